"""Scenarios: what goes wrong, or looks different, for an app that cannot add a header to its requests.

A `Scenario` is data: a name of `KINDS`, options, and whom it concerns (an operation, a key, the next so many requests).
What it does to the n-th request that it concerns is an `Act`, a pure function of the scenario, its seed and n: the same
run fails in the same places. Who counts the requests is `mockserver.state.base`; who carries an act out is the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from math import ceil
from typing import Any

from mockserver.errors import OptionError
from mockserver.mock.scenarios.views import View, empty, one_page, shifting
from mockserver.values.seeded import draw

MAX_SECONDS = 60.0
"""The longest delay that may be asked for."""

LIMITS = ("operation", "key", "times")
"""What narrows a scenario down: it then concerns only these requests."""


@dataclass(frozen=True)
class Option:
    """One option of a scenario: a number from ``low`` to ``high``, or text where ``default`` is text."""

    default: float | str
    about: str
    low: float = 0
    high: float = MAX_SECONDS


@dataclass(frozen=True)
class Act:
    """What happens to one request: the records are seen through ``view``, or it is refused with ``status``, its answer
    comes ``delay`` seconds later, is ``cut`` amid its JSON, or ``closes`` the connection halfway."""

    scenario: str
    view: View | None = None
    status: int | None = None
    retry_after: int | None = None
    delay: float = 0.0
    cut: bool = False
    closes: bool = False


@dataclass(frozen=True)
class Turn:
    """Which request it is: the ``number``-th (from 1) since ``start``, at ``now`` (both seconds since 1970).

    ``total`` is which one it is since the scenario was put on; 0 if no window has ended since.
    """

    number: int
    now: float = 0.0
    start: float = 0.0
    total: int = 0


@dataclass(frozen=True)
class Kind:
    """A kind of scenario: what it is about, its options, and what it does (``None``: nothing to this request).

    ``window`` names the option that says after how many seconds the counting of requests starts again.
    """

    about: str
    act: Callable[[Scenario, Turn], Act | None]
    options: Mapping[str, Option] = field(default_factory=dict)
    window: str | None = None


@dataclass(frozen=True)
class Scenario:
    """A scenario that is on. ``options`` are complete; ``run`` names this run of it: each counts from 1 again."""

    name: str
    options: Mapping[str, float | str]
    operation: str | None = None
    key: str | None = None
    times: int | None = None
    run: str = ""

    def concerns(self, operation: str, key: str | None) -> bool:
        """Whether it is about requests of this operation that come with this key."""
        return self.operation in (None, operation) and self.key in (None, key)

    @property
    def window(self) -> float:
        """Seconds after which its requests are counted from 1 again; 0 for never."""
        name = KINDS[self.name].window
        return 0.0 if name is None else self.number(name)

    def act(self, turn: Turn) -> Act | None:
        """What happens to that request."""
        if self.times is not None and max(turn.number, turn.total) > self.times:
            return None
        return KINDS[self.name].act(self, turn)

    def number(self, option: str) -> float:
        """The value of an option that is a number."""
        return float(self.options[option])

    def chance(self, turn: Turn, what: str) -> float:
        """A number from 0 to below 1 that hangs on the seed and the request's number alone."""
        return draw(str(self.options.get("seed", "")), self.name, what, turn.number) / 2**128

    def told(self) -> dict[str, Any]:
        """The scenario as plain JSON, as `scenario_of` reads it; ``run`` apart."""
        limits = {name: getattr(self, name) for name in LIMITS if getattr(self, name) is not None}
        return {"name": self.name, **self.options, **limits}


def scenario_of(said: Mapping[str, Any], *, operations: tuple[str, ...] = (), run: str = "") -> Scenario:
    """A scenario from plain JSON: its name, its options, and what narrows it down, in one mapping.

    ``operations`` are the ids that there are, if that should be checked. Raises `OptionError` that says all that is
    wrong.
    """
    name = said.get("name")
    if not isinstance(name, str) or name not in KINDS:
        raise OptionError(f"there is no scenario {name!r}; {_nearest(str(name), tuple(KINDS))}")
    known = KINDS[name].options
    faults = [_unknown(name, word) for word in said if word not in ("name", *LIMITS, *known)]
    options = {word: _value(word, said.get(word, o.default), o, faults) for word, o in known.items()}
    operation, key, times = (said.get(word) for word in LIMITS)
    if operation is not None and operations and operation not in operations:
        faults.append(f"there is no operation {operation!r}; {_nearest(str(operation), operations)}")
    if key is not None and not isinstance(key, str):
        faults.append(f"'key' is {key!r}; it must be text")
    if times is not None and (not isinstance(times, int) or isinstance(times, bool) or times < 1):
        faults.append(f"'times' is {times!r}; it must be a whole number, 1 or more")
    if name == "slow" and not faults and options["min"] > options["max"]:  # type: ignore[operator]
        faults.append(f"'min' is {options['min']}, above 'max', {options['max']}")
    if faults:
        raise OptionError(f"scenario {name}: {'; '.join(faults)}")
    return Scenario(name, options, operation, key, times, run)


def read_scenario(text: str) -> dict[str, Any]:
    """What ``NAME[:option=value,...]`` says, as plain JSON for `scenario_of`. Raises `OptionError`."""
    name, _, rest = text.partition(":")
    said: dict[str, Any] = {"name": name.strip()}
    for part in filter(None, (p.strip() for p in rest.split(","))):
        word, equals, value = part.partition("=")
        if not equals:
            raise OptionError(f"scenario {name}: '{part}' is no option; write NAME:option=value,option=value")
        said[word.strip()] = _spelled(word.strip(), value.strip())
    return said


def _spelled(word: str, value: str) -> Any:
    if word in ("operation", "key", "seed"):
        return value
    try:
        return int(value) if value.lstrip("-").isdigit() else float(value)
    except ValueError:
        return value


def _value(word: str, value: Any, option: Option, faults: list[str]) -> float | str:
    if isinstance(option.default, str):
        if isinstance(value, str):
            return value
        faults.append(f"'{word}' is {value!r}; it must be text")
    elif isinstance(value, bool) or not isinstance(value, int | float) or not option.low <= value <= option.high:
        faults.append(f"'{word}' is {value!r}; it must be a number from {option.low:g} to {option.high:g}")
    elif isinstance(option.default, int) and value != int(value):
        faults.append(f"'{word}' is {value!r}; it must be a whole number")
    else:
        return int(value) if isinstance(option.default, int) else float(value)
    return option.default


def _unknown(name: str, word: str) -> str:
    return f"it has no option '{word}'; {_nearest(word, (*KINDS[name].options, *LIMITS))}"


def _nearest(word: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(word, known, 1)
    hint = f"did you mean '{near[0]}'? " if near else ""
    return f"{hint}there are: {', '.join(known)}"


# What each kind does --------------------------------------------------------------------------------------------------


def _looks(view: View) -> Callable[[Scenario, Turn], Act]:
    return lambda scenario, _: Act(scenario.name, view=view)


def _shifting(scenario: Scenario, turn: Turn) -> Act:
    period = int(scenario.number("every"))
    return Act(scenario.name, view=shifting(period, int(scenario.chance(turn, "place") * period)))


def _rate_limited(scenario: Scenario, turn: Turn) -> Act | None:
    if turn.number <= scenario.number("after"):
        return None
    rest = ceil(turn.start + scenario.number("per") - turn.now)
    return Act(scenario.name, status=429, retry_after=max(rest, 1))


def _every(act: Callable[[Scenario], Act]) -> Callable[[Scenario, Turn], Act | None]:
    """Only every so-many-th request."""
    return lambda scenario, turn: act(scenario) if turn.number % int(scenario.number("every")) == 0 else None


def _slow(scenario: Scenario, turn: Turn) -> Act:
    low, high = scenario.number("min"), scenario.number("max")
    return Act(scenario.name, delay=low + (high - low) * scenario.chance(turn, "delay"))


def _flaky(scenario: Scenario, turn: Turn) -> Act | None:
    if scenario.chance(turn, "whether") >= scenario.number("rate"):
        return None
    ways: tuple[dict[str, Any], ...] = (
        {"status": 500},
        {"status": 503, "retry_after": 1},
        {"cut": True},
        {"closes": True},
        {"delay": 0.5 + 1.5 * scenario.chance(turn, "delay")},
    )
    return Act(scenario.name, **ways[int(scenario.chance(turn, "how") * len(ways))])


_SEED = Option("", "any text; another seed, other places")
_EVERY = {"every": Option(1, "which requests: every so-many-th", 1, 10**6)}

KINDS: Mapping[str, Kind] = {
    "empty": Kind("Lists hold no records.", _looks(empty)),
    "one-page": Kind("The first page is all there is, whatever its size.", _looks(one_page)),
    "unauthorized": Kind("Every key is refused: 401.", lambda s, _: Act(s.name, status=401)),
    "rate-limited": Kind(
        "After some requests, 429 with Retry-After, until that time has passed.",
        _rate_limited,
        {
            "after": Option(5, "requests that pass", 0, 10**6),
            "per": Option(10.0, "seconds after which counting starts again", 0.1, 3600),
        },
        window="per",
    ),
    "server-error": Kind(
        "Every so-many-th request fails.",
        _every(lambda s: Act(s.name, status=int(s.number("status")))),
        {
            "every": Option(3, "which requests: every so-many-th", 1, 10**6),
            "status": Option(500, "the status", 500, 599),
        },
    ),
    "slow": Kind(
        "Answers come late.",
        _slow,
        {
            "min": Option(0.5, "seconds at least"),
            "max": Option(2.0, "seconds at most"),
            "seed": _SEED,
        },
    ),
    "flaky": Kind(
        "Some requests fail: 500, 503, cut-off JSON, a closed connection, or a delay.",
        _flaky,
        {"rate": Option(0.3, "how many of all requests, from 0 to 1", 0, 1), "seed": _SEED},
    ),
    "truncated": Kind("JSON that is cut off in its middle.", _every(lambda s: Act(s.name, cut=True)), _EVERY),
    "disconnect": Kind("The connection is closed amid the answer.", _every(lambda s: Act(s.name, closes=True)), _EVERY),
    "shifting": Kind(
        "Records vanish and come back between pages.",
        _shifting,
        {"every": Option(7, "one record of so many is away at a time", 2, 1000), "seed": _SEED},
    ),
}
"""Every scenario that there is, by its name."""
