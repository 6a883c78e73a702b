"""Every kind of scenario, and what it does to a request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import ceil
from typing import Any

from mockserver.mock.scenarios.model import Act, Kind, Option, Scenario, Turn
from mockserver.mock.scenarios.views import View, empty, one_page, shifting


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
    """Return an act for every n-th request, n being the option ``every``."""
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


_SEED = Option("", "any text; another seed fails elsewhere")
_EVERY = {"every": Option(1, "which requests: every n-th", 1, 10**6)}

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
        "Every n-th request fails.",
        _every(lambda s: Act(s.name, status=int(s.number("status")))),
        {
            "every": Option(3, "which requests: every n-th", 1, 10**6),
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
        {"rate": Option(0.3, "share of requests that fail, from 0 to 1", 0, 1), "seed": _SEED},
    ),
    "truncated": Kind("JSON that is cut off in the middle.", _every(lambda s: Act(s.name, cut=True)), _EVERY),
    "disconnect": Kind(
        "The connection is closed in the middle of the answer.", _every(lambda s: Act(s.name, closes=True)), _EVERY
    ),
    "shifting": Kind(
        "Records disappear and come back between pages.",
        _shifting,
        {"every": Option(7, "one of this many records is missing at a time", 2, 1000), "seed": _SEED},
    ),
}
"""Every kind of scenario, by its name."""
