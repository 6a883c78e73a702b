"""Read scenarios from plain JSON or from the command line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.errors import OptionError, unknown
from mockserver.mock.scenarios.kinds import KINDS
from mockserver.mock.scenarios.model import LIMITS, Scenario, ScenarioOption


def scenario_of(given: Mapping[str, Any], *, operations: tuple[str, ...] = (), run: str = "") -> Scenario:
    """Return the scenario that plain JSON describes: name, options and limits in one mapping.

    ``operations`` are the ids of the contract's operations; without them, any operation is accepted. Raises
    `OptionError` with every fault.
    """
    name = given.get("name")
    if not isinstance(name, str) or name not in KINDS:
        raise OptionError(unknown("scenario", name, KINDS))
    known = KINDS[name].options
    allowed = (*known, *LIMITS)
    faults = [unknown("option", option, allowed) for option in given if option not in ("name", *allowed)]
    options = {option: _value(option, given.get(option, o.default), o, faults) for option, o in known.items()}
    operation, key, times = (given.get(limit) for limit in LIMITS)
    if operation is not None and operations and operation not in operations:
        faults.append(unknown("operation", operation, operations))
    if key is not None and not isinstance(key, str):
        faults.append(f"got 'key' {key!r}, expected text")
    if times is not None and (not isinstance(times, int) or isinstance(times, bool) or times < 1):
        faults.append(f"got 'times' {times!r}, expected a whole number, 1 or more")
    # Both are numbers: a value of another type is among the faults already.
    if name == "slow" and not faults and options["min"] > options["max"]:  # type: ignore[operator]
        faults.append(f"got 'min' {options['min']}, expected at most 'max', {options['max']}")
    if faults:
        raise OptionError(f"scenario {name}: {'; '.join(faults)}")
    return Scenario(name, KINDS[name], options, operation, key, times, run)


def read_scenario(text: str) -> dict[str, Any]:
    """Return ``NAME[:option=value,...]`` as plain JSON for `scenario_of`. Raises `OptionError` for another format."""
    name, _, rest = text.partition(":")
    given: dict[str, Any] = {"name": name.strip()}
    for part in filter(None, (p.strip() for p in rest.split(","))):
        option, equals, value = part.partition("=")
        if not equals:
            raise OptionError(
                f"scenario {name}: got '{part}', expected option=value; write NAME:option=value,option=value"
            )
        given[option.strip()] = _number_or_text(option.strip(), value.strip())
    return given


def _number_or_text(option: str, value: str) -> Any:
    if option in ("operation", "key", "seed"):
        return value
    try:
        return int(value) if value.lstrip("-").isdigit() else float(value)
    except ValueError:
        return value


def _value(name: str, value: Any, option: ScenarioOption, faults: list[str]) -> float | str:
    """Return the value of an option; if it is invalid, add a fault and return the default."""
    if isinstance(option.default, str):
        if isinstance(value, str):
            return value
        faults.append(f"got '{name}' {value!r}, expected text")
    elif isinstance(value, bool) or not isinstance(value, int | float) or not option.low <= value <= option.high:
        faults.append(f"got '{name}' {value!r}, expected a number from {option.low:g} to {option.high:g}")
    elif isinstance(option.default, int) and value != int(value):
        faults.append(f"got '{name}' {value!r}, expected a whole number")
    else:
        return int(value) if isinstance(option.default, int) else float(value)
    return option.default
