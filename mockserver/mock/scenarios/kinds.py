"""All kinds of scenarios, with their options and effects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import ceil
from typing import Any

from mockserver.mock.scenarios.model import Effect, Scenario, ScenarioKind, ScenarioOption, Turn
from mockserver.mock.scenarios.views import View, empty, one_page, shifting


def _with_view(view: View) -> Callable[[Scenario, Turn], Effect]:
    """Return the effect of seeing the records through a view."""
    return lambda scenario, _: Effect(scenario.name, view=view)


def _shifting(scenario: Scenario, turn: Turn) -> Effect:
    period = int(scenario.number("every"))
    return Effect(scenario.name, view=shifting(period, int(scenario.chance(turn, "place") * period)))


def _rate_limited(scenario: Scenario, turn: Turn) -> Effect | None:
    if turn.number <= scenario.number("after"):
        return None
    rest = ceil(turn.start + scenario.number("per") - turn.now)
    return Effect(scenario.name, status=429, retry_after=max(rest, 1))


def _every(effect: Callable[[Scenario], Effect]) -> Callable[[Scenario, Turn], Effect | None]:
    """Return the effect for every n-th request, where n is the option ``every``, and no effect for the others."""
    return lambda scenario, turn: effect(scenario) if turn.number % int(scenario.number("every")) == 0 else None


def _slow(scenario: Scenario, turn: Turn) -> Effect:
    low, high = scenario.number("min"), scenario.number("max")
    return Effect(scenario.name, delay=low + (high - low) * scenario.chance(turn, "delay"))


def _flaky(scenario: Scenario, turn: Turn) -> Effect | None:
    if scenario.chance(turn, "whether") >= scenario.number("rate"):
        return None
    ways: tuple[dict[str, Any], ...] = (
        {"status": 500},
        {"status": 503, "retry_after": 1},
        {"cut": True},
        {"closes": True},
        {"delay": 0.5 + 1.5 * scenario.chance(turn, "delay")},
    )
    return Effect(scenario.name, **ways[int(scenario.chance(turn, "how") * len(ways))])


_SEED = ScenarioOption("", "any text; another seed affects other requests")
_EVERY = {"every": ScenarioOption(1, "n: every n-th request is affected", 1, 10**6)}

KINDS: Mapping[str, ScenarioKind] = {
    "empty": ScenarioKind("Lists have no records.", _with_view(empty)),
    "one-page": ScenarioKind("Lists end after their first page, whatever its size.", _with_view(one_page)),
    "unauthorized": ScenarioKind("Every key is refused: 401.", lambda s, _: Effect(s.name, status=401)),
    "rate-limited": ScenarioKind(
        "After some requests, 429 with Retry-After until that time has passed.",
        _rate_limited,
        {
            "after": ScenarioOption(5, "number of requests that succeed", 0, 10**6),
            "per": ScenarioOption(10.0, "number of seconds after which counting starts again", 0.1, 3600),
        },
        window="per",
    ),
    "server-error": ScenarioKind(
        "Every n-th request fails.",
        _every(lambda s: Effect(s.name, status=int(s.number("status")))),
        {
            "every": ScenarioOption(3, "n: every n-th request fails", 1, 10**6),
            "status": ScenarioOption(500, "the status", 500, 599),
        },
    ),
    "slow": ScenarioKind(
        "Answers are delayed.",
        _slow,
        {
            "min": ScenarioOption(0.5, "shortest delay in seconds"),
            "max": ScenarioOption(2.0, "longest delay in seconds"),
            "seed": _SEED,
        },
    ),
    "flaky": ScenarioKind(
        "Some requests fail: 500, 503, cut-off JSON, a closed connection, or a delay.",
        _flaky,
        {"rate": ScenarioOption(0.3, "share of requests that fail, from 0 to 1", 0, 1), "seed": _SEED},
    ),
    "truncated": ScenarioKind("The JSON is cut off in the middle.", _every(lambda s: Effect(s.name, cut=True)), _EVERY),
    "disconnect": ScenarioKind(
        "The connection is closed in the middle of the answer.", _every(lambda s: Effect(s.name, closes=True)), _EVERY
    ),
    "shifting": ScenarioKind(
        "Records disappear and reappear between pages.",
        _shifting,
        {"every": ScenarioOption(7, "n: one of every n records is hidden at a time", 2, 1000), "seed": _SEED},
    ),
}
"""The kinds of scenarios, by name."""
