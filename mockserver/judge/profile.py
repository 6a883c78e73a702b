"""Reads how a server differs on purpose, from a TOML file: laws that are turned off, loosened, or made stricter."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from mockserver.errors import OptionError, unknown


@dataclass(frozen=True)
class Profile:
    """How a server is judged.

    ``off``: laws that are not judged. ``full_pages``: every page before the last has to hold as many records as were
    asked for (law page-size). ``total``: ``exact``, or ``estimate`` where it may be wrong. ``offset_cap``: the largest
    offset that has to be served. ``decimals``, ``sums``, ``constant``: whether the contract's invariants of that kind
    are judged (law record). ``caseless``: filters that are compared without case. ``clock_tolerance``: seconds by which
    a sync time may seem to go back (law refresh). ``params``: values for parameters, by name.
    """

    off: tuple[str, ...] = ()
    full_pages: bool = False
    total: str = "exact"
    offset_cap: int | None = None
    decimals: bool = True
    sums: bool = True
    constant: bool = True
    caseless: tuple[str, ...] = ()
    clock_tolerance: float = 1.0
    params: Mapping[str, str] = field(default_factory=dict)


_COMMENTS = {
    "off": 'Laws that are not judged, such as ["total", "back"].',
    "full_pages": "Require every page before the last to be full; otherwise short pages are allowed.",
    "total": '"estimate" if the total may be wrong.',
    "offset_cap": "The largest offset that the server has to serve.",
    "decimals": "Require amounts to be plain decimal numbers, as the contract declares them.",
    "sums": "Require sums to add up, as the contract declares them.",
    "constant": "Require equal values where the contract declares that they are equal.",
    "caseless": 'Filters that the server compares without case, such as ["chain_id"].',
    "clock_tolerance": "Seconds by which a sync time may seem to go back after a refresh.",
    "params": 'Values for parameters by name, as --param gives them, such as {tenant = "acme"}.',
}
_EXAMPLES = {"offset_cap": "10000", "params": "{}"}


def template(values: Mapping[str, tuple[str, str]] | None = None) -> str:
    """Return a profile as a TOML file that explains every switch.

    ``values`` maps a switch to its value, in TOML, and the reason for it, which becomes a comment. Switches that are
    not in it are commented out.
    """
    lines = ["# How `mockserver check --profile FILE` judges a server that differs on purpose.", ""]
    for switch in fields(Profile):
        lines.append(f"# {_COMMENTS[switch.name]}")
        if values and switch.name in values:
            value, reason = values[switch.name]
            lines += [f"# {line}" for line in reason.splitlines()]
            lines.append(f"{switch.name} = {value}")
        else:
            lines.append(f"#{switch.name} = {_EXAMPLES.get(switch.name) or _toml(switch.default)}")
        lines.append("")
    return "\n".join(lines)


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return "[]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def load_profile(path: str | Path, laws: Collection[str]) -> Profile:
    """Return the profile in a TOML file; ``laws`` are the names that may be turned off.

    Raises `OptionError` for a file that cannot be read, is not TOML, or sets what a profile does not have.
    """
    try:
        raw = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise OptionError(f"cannot read the profile {path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OptionError(f"the profile {path} is not TOML: {error}") from None
    known = [switch.name for switch in fields(Profile)]
    for name, value in raw.items():
        if name not in known:
            raise OptionError(f"the profile {path}: {unknown('switch', name, known)}")
        if not _is_valid(name, value):
            raise OptionError(f"the profile {path}: got {name} = {value!r}; {_COMMENTS[name]}")
    for name in raw.get("off", []):
        if name not in laws:
            raise OptionError(f"the profile {path}: {unknown('law', name, laws)}")
    settings: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in raw.items()}
    settings["params"] = {name: str(value) for name, value in raw.get("params", {}).items()}
    return Profile(**settings)


def _is_valid(name: str, value: Any) -> bool:
    is_flag = isinstance(value, bool)
    if name in ("off", "caseless"):
        return isinstance(value, list) and all(isinstance(text, str) for text in value)
    if name == "params":
        return isinstance(value, dict) and all(isinstance(text, str | int | float) for text in value.values())
    if name == "total":
        return value in ("exact", "estimate")
    if name == "offset_cap":
        return isinstance(value, int) and not is_flag and value >= 0
    if name == "clock_tolerance":
        return isinstance(value, int | float) and not is_flag and value >= 0
    return is_flag
