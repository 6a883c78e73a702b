"""Scenarios as data: what goes wrong or looks different, and for which requests.

A `Scenario` has a kind, options, and limits (an operation, a key, a number of requests). Its `Effect` on the n-th
matching request depends only on the scenario, its seed and n, so the same run fails in the same places. The state
counts the requests; the engine applies the effects.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mockserver.mock.scenarios.views import View
from mockserver.values.seeded import draw

MAX_SECONDS = 60.0
"""The longest delay that a scenario may ask for."""

LIMITS = ("operation", "key", "times")
"""The limits of a scenario: it only affects requests of this operation, with this key, this number of times."""


@dataclass(frozen=True)
class ScenarioOption:
    """An option of a scenario: a number from ``low`` to ``high``, or text if ``default`` is text."""

    default: float | str
    about: str
    low: float = 0
    high: float = MAX_SECONDS


@dataclass(frozen=True)
class Effect:
    """What a scenario does to one request.

    It sees the records through ``view``, or is refused with ``status``. Its answer is delayed by ``delay`` seconds, is
    ``cut`` in the middle, or ``closes`` the connection halfway.
    """

    scenario: str
    view: View | None = None
    status: int | None = None
    retry_after: int | None = None
    delay: float = 0.0
    cut: bool = False
    closes: bool = False


@dataclass(frozen=True)
class Turn:
    """The place of a request among those that a scenario counts, and its time.

    ``number`` counts from 1 since ``start``, the start of the window; ``now`` is the time of the request (both are
    seconds since 1970). ``total`` counts since the scenario was activated; 0 if it is unknown.
    """

    number: int
    now: float = 0.0
    start: float = 0.0
    total: int = 0


@dataclass(frozen=True)
class ScenarioKind:
    """A kind of scenario: what it is about, its options, and its effect on a request (``None``: no effect).

    ``window`` names the option with the number of seconds after which requests are counted from 1 again.
    """

    about: str
    effect: Callable[[Scenario, Turn], Effect | None]
    options: Mapping[str, ScenarioOption] = field(default_factory=dict)
    window: str | None = None


@dataclass(frozen=True)
class Scenario:
    """An active scenario. ``options`` are complete; ``run`` identifies the activation, as each one counts from 1."""

    name: str
    kind: ScenarioKind = field(repr=False)
    options: Mapping[str, float | str]
    operation: str | None = None
    key: str | None = None
    times: int | None = None
    run: str = ""

    def concerns(self, operation: str, key: str | None) -> bool:
        """Return whether the scenario counts requests of this operation with this key."""
        return self.operation in (None, operation) and self.key in (None, key)

    @property
    def window(self) -> float:
        """The number of seconds after which requests are counted from 1 again; 0 for never."""
        return 0.0 if self.kind.window is None else self.number(self.kind.window)

    def effect(self, turn: Turn) -> Effect | None:
        """Return the effect on a request, or ``None`` if there is none."""
        if self.times is not None and max(turn.number, turn.total) > self.times:
            return None
        return self.kind.effect(self, turn)

    def number(self, option: str) -> float:
        """Return the value of a numeric option."""
        return float(self.options[option])

    def chance(self, turn: Turn, what: str) -> float:
        """Return a number from 0 to below 1 that depends only on ``what``, the seed and the number of the request."""
        return draw(str(self.options.get("seed", "")), self.name, what, turn.number) / 2**128

    def as_json(self) -> dict[str, Any]:
        """Return the scenario as plain JSON, as `scenario_of` reads it, without ``run``."""
        limits = {name: getattr(self, name) for name in LIMITS if getattr(self, name) is not None}
        return {"name": self.name, **self.options, **limits}
