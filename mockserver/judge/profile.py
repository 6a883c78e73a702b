"""What a server does otherwise on purpose, as a TOML file says it: laws turned off, or loosened, or made stricter."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from mockserver.errors import OptionError


@dataclass(frozen=True)
class Profile:
    """How a server is judged.

    ``off``: laws that are not judged. ``full_pages``: every page before the last has to hold as many records as were
    asked for (law page-size). ``total``: ``exact``, or ``estimate`` where it may be wrong. ``offset_cap``: the largest
    offset that has to be served. ``decimals``, ``sums``, ``constant``: whether these invariants of the contract are
    demanded (law record). ``caseless``: filters that are compared without case. ``clock_tolerance``: seconds by which a
    sync time may seem to go back (law refresh).
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


_COMMENTS = {
    "off": 'Laws that are not judged, such as ["total", "back"].',
    "full_pages": "Demand that every page before the last is full; short pages are fair otherwise.",
    "total": '"estimate" where the total may be wrong.',
    "offset_cap": "The largest offset that the server has to serve.",
    "decimals": "Demand that amounts are plain decimal numbers, as the contract declares them.",
    "sums": "Demand that sums add up, as the contract declares them.",
    "constant": "Demand that what belongs together is the same, as the contract declares it.",
    "caseless": 'Filters that the server compares without case, such as ["chain_id"].',
    "clock_tolerance": "Seconds by which a sync time may seem to go back after a refresh.",
}
_EXAMPLES = {"offset_cap": "10000"}


def template(found: Mapping[str, tuple[str, str]] | None = None) -> str:
    """A profile as a TOML file in which every switch is explained and, unless ``found``, commented out.

    ``found`` maps a switch to its value in TOML, and to the reason, which becomes a comment.
    """
    lines = ["# How `mockserver check --profile FILE` judges a server that differs on purpose.", ""]
    for one in fields(Profile):
        lines.append(f"# {_COMMENTS[one.name]}")
        if found and one.name in found:
            value, reason = found[one.name]
            lines += [f"# {line}" for line in reason.splitlines()]
            lines.append(f"{one.name} = {value}")
        else:
            lines.append(f"#{one.name} = {_EXAMPLES.get(one.name) or _toml(one.default)}")
        lines.append("")
    return "\n".join(lines)


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return "[]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def load_profile(path: str | Path, laws: Mapping[str, Any]) -> Profile:
    """Read a profile. Raises `OptionError` for a file that cannot be read, is no TOML, or says what no profile can."""
    try:
        raw = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise OptionError(f"cannot read the profile {path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OptionError(f"the profile {path} is not TOML: {error}") from None
    known = {one.name: one for one in fields(Profile)}
    for name, value in raw.items():
        if name not in known:
            raise OptionError(f"the profile {path} says '{name}', which is no switch; there are: {', '.join(known)}")
        _check_value(path, name, value)
    unknown = [name for name in raw.get("off", []) if name not in laws]
    if unknown:
        raise OptionError(f"the profile {path} turns off '{unknown[0]}', which is no law; there are: {', '.join(laws)}")
    settings: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in raw.items()}
    return Profile(**settings)


def _check_value(path: str | Path, name: str, value: Any) -> None:
    texts = isinstance(value, list) and all(isinstance(v, str) for v in value)
    fits = {
        "off": texts,
        "caseless": texts,
        "total": value in ("exact", "estimate"),
        "offset_cap": isinstance(value, int) and not isinstance(value, bool) and value >= 0,
        "clock_tolerance": isinstance(value, int | float) and not isinstance(value, bool) and value >= 0,
    }
    if not fits.get(name, isinstance(value, bool)):
        raise OptionError(f"the profile {path} says {name} = {value!r}; {_COMMENTS[name]}")
