"""What a scenario is: data that says what goes wrong, or looks different, for which requests.

A `Scenario` has a kind, options, and limits (an operation, a key, the next requests). What it does to the n-th request
that it concerns is an `Act`, a pure function of the scenario, its seed and n: the same run fails in the same places.
The state counts the requests; the engine carries an act out.
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
"""What limits a scenario: it then concerns only these requests."""


@dataclass(frozen=True)
class Option:
    """One option of a scenario: a number from ``low`` to ``high``, or text where ``default`` is text."""

    default: float | str
    about: str
    low: float = 0
    high: float = MAX_SECONDS


@dataclass(frozen=True)
class Act:
    """What happens to one request: it sees the records through ``view``, or is refused with ``status``.

    Its answer comes ``delay`` seconds later, is ``cut`` in the middle, or ``closes`` the connection halfway.
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
    """Which request it is: number ``number`` (from 1) since ``start``, at ``now`` (both seconds since 1970).

    ``total`` is its number since the scenario was activated; 0 if no window has ended since.
    """

    number: int
    now: float = 0.0
    start: float = 0.0
    total: int = 0


@dataclass(frozen=True)
class Kind:
    """A kind of scenario: what it is about, its options, and what it does (``None``: nothing to this request).

    ``window`` names the option with the seconds after which requests are counted from 1 again.
    """

    about: str
    act: Callable[[Scenario, Turn], Act | None]
    options: Mapping[str, Option] = field(default_factory=dict)
    window: str | None = None


@dataclass(frozen=True)
class Scenario:
    """An active scenario. ``options`` are complete; ``run`` names this activation: each counts from 1 again."""

    name: str
    kind: Kind = field(repr=False)
    options: Mapping[str, float | str]
    operation: str | None = None
    key: str | None = None
    times: int | None = None
    run: str = ""

    def concerns(self, operation: str, key: str | None) -> bool:
        """Return whether it concerns requests of this operation with this key."""
        return self.operation in (None, operation) and self.key in (None, key)

    @property
    def window(self) -> float:
        """Seconds after which its requests are counted from 1 again; 0 for never."""
        return 0.0 if self.kind.window is None else self.number(self.kind.window)

    def act(self, turn: Turn) -> Act | None:
        """Return what happens to that request."""
        if self.times is not None and max(turn.number, turn.total) > self.times:
            return None
        return self.kind.act(self, turn)

    def number(self, option: str) -> float:
        """Return the value of an option that is a number."""
        return float(self.options[option])

    def chance(self, turn: Turn, what: str) -> float:
        """Return a number from 0 to below 1 that depends on the seed and the request's number alone."""
        return draw(str(self.options.get("seed", "")), self.name, what, turn.number) / 2**128

    def as_json(self) -> dict[str, Any]:
        """Return the scenario as plain JSON, as `scenario_of` reads it; without ``run``."""
        limits = {name: getattr(self, name) for name in LIMITS if getattr(self, name) is not None}
        return {"name": self.name, **self.options, **limits}
