"""Reads how a server differs on purpose, from a TOML file: laws that are turned off, loosened, or made stricter."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from fnmatch import fnmatchcase
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
    a sync time may seem to go back (law refresh). ``params``: values for parameters, by name. ``clamp_sizes``: page
    sizes out of range may be brought to the nearest bound (law limits). ``zoneless_times``: date-times may lack their
    offset (law record).

    ``operations`` has other switches for some operations: names or patterns, each with its switches.
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
    clamp_sizes: bool = False
    zoneless_times: bool = False
    params: Mapping[str, str] = field(default_factory=dict, hash=False)
    operations: Sequence[tuple[str, Mapping[str, Any]]] = field(default=(), hash=False)

    def of(self, names: Collection[str]) -> Profile:
        """Return the profile of the operation with these names: its id, and its method and path.

        Of the sections that name it, each switch is taken from the last one; from one without ``*`` and ``?`` first.
        """
        found = [
            (pattern in names, switches)
            for pattern, switches in self.operations
            if pattern in names or any(fnmatchcase(name, pattern) for name in names)
        ]
        changed: dict[str, Any] = {}
        for _, switches in sorted(found, key=lambda section: section[0]):
            changed |= switches
        return replace(self, **changed, operations=())


OF_OPERATIONS = tuple(switch.name for switch in fields(Profile) if switch.name not in ("operations", "params"))
"""The switches that a section can have: parameters are for the whole run."""


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
    "clamp_sizes": "Allow page sizes out of range to be brought to the nearest bound instead of refused.",
    "zoneless_times": "Allow date-times without an offset, such as 2024-01-01T00:00:00.",
    "params": 'Values for parameters by name, as --param gives them, such as {tenant = "acme"}.',
    "operations": """\
Other switches for some operations, by id, path or pattern. Mostly written as sections at the end of this file, such as
[operations."list_*"] or [operations."GET /v2/*"]. Where several name an operation, the last one decides, switch by
switch; a name decides before a pattern.""",
}
_EXAMPLES = {"offset_cap": "10000", "params": "{}", "operations": '{"list_*" = {total = "estimate"}}'}


Switches = Mapping[str, tuple[str, str]]
"""Values of switches, in TOML, each with the reason for it, which becomes a comment."""


def template(values: Switches | None = None, operations: Mapping[str, Switches] | None = None) -> str:
    """Return a profile as a TOML file that explains every switch. Switches that are not given are commented out.

    ``operations`` maps the names of operations to the switches of their sections.
    """
    lines = ["# How `mockserver check --profile FILE` judges a server that differs on purpose.", ""]
    for switch in fields(Profile):
        lines += [f"# {line}" for line in _COMMENTS[switch.name].splitlines()]
        if values and switch.name in values:
            lines += _switch(switch.name, *values[switch.name])
        elif switch.name != "operations" or not operations:
            lines.append(f"#{switch.name} = {_EXAMPLES.get(switch.name) or _toml(switch.default)}")
        lines.append("")
    for name, switches in (operations or {}).items():
        lines.append(f"[operations.{json.dumps(name, ensure_ascii=False)}]")
        lines += [line for switch, (value, reason) in switches.items() for line in _switch(switch, value, reason)]
        lines.append("")
    return "\n".join(lines)


def _switch(name: str, value: str, reason: str) -> list[str]:
    return [*(f"# {line}" for line in reason.splitlines()), f"{name} = {value}"]


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
    try:
        return _profile(raw, laws)
    except OptionError as error:
        raise OptionError(f"the profile {path}: {error.message}") from None


def _profile(raw: Mapping[str, Any], laws: Collection[str]) -> Profile:
    sections = raw.get("operations", {})
    if not isinstance(sections, dict) or not all(isinstance(section, dict) for section in sections.values()):
        raise OptionError('got operations that are no sections, expected [operations."NAME"]')
    own = {name: value for name, value in raw.items() if name != "operations"}
    base = _switches(own, laws, [switch.name for switch in fields(Profile)])
    found = []
    for name, section in sections.items():
        try:
            found.append((name, _switches(section, laws, OF_OPERATIONS)))
        except OptionError as error:
            raise OptionError(f"operations.{json.dumps(name, ensure_ascii=False)}: {error.message}") from None
    return Profile(**base, operations=tuple(found))


def _switches(raw: Mapping[str, Any], laws: Collection[str], known: Sequence[str]) -> dict[str, Any]:
    """Return switches as a profile has them. Raises `OptionError` for one that it does not have, or of another kind."""
    for name, value in raw.items():
        if name not in known:
            raise OptionError(unknown("switch", name, known))
        if not _is_valid(name, value):
            raise OptionError(f"got {name} = {value!r}; {_COMMENTS[name]}")
    for name in raw.get("off", []):
        if name not in laws:
            raise OptionError(unknown("law", name, laws))
    switches: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in raw.items()}
    if "params" in raw:
        switches["params"] = {name: str(value) for name, value in raw["params"].items()}
    return switches


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
