"""What every store of the mutable state does.

The state has few parts. A *refresh* is kept by scope (which world, which list), value (of the property that the refresh
is about) and instant; it only moves forward. Every store keeps at most ``capacity`` refreshes and drops the oldest. A
*setting* is a text under a name: the active scenario, the fixtures. A *run* counts the requests of an active scenario.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from datetime import datetime
from typing import Protocol

CAPACITY = 100_000
"""How many refreshes a store keeps."""


class State(Protocol):
    """What the mock remembers between requests. Every method is safe to call from several threads at once."""

    def refresh(self, scope: str, value: str, instant: datetime) -> bool:
        """Remember that the records of ``scope`` with this value were refreshed at ``instant`` (aware).

        Returns ``False`` if it could not be kept. A later refresh that is known already is not replaced.
        """

    def refreshed(self, scope: str, values: Iterable[str]) -> Mapping[str, datetime]:
        """Return when each of these values was last refreshed; a value that never was is left out."""

    def version(self) -> Hashable:
        """Return a version that changes whenever an answer may change.

        It is asked for at every request, so it is cheap.
        """

    def setting(self, name: str) -> str | None:
        """Return the text of a setting; ``None`` if it is not set, or cannot be known now."""

    def set(self, name: str, text: str | None) -> bool:
        """Set the text of a setting, or remove it. Returns ``False`` if that could not be kept."""

    def tick(self, run: str, now: float, window: float) -> tuple[int, int, float]:
        """Count one more request of a run. Returns its number in the window, its number in the run, and the start.

        Numbers count from 1, the start is that of the window. A run other than the last one starts again at 1. So does
        a window of more than 0 seconds, at the first request after its end. ``now`` and the start are seconds since
        1970. The version stays.
        """

    def ticks(self, run: str) -> int:
        """Return how many requests a run has counted."""

    def reachable(self) -> bool:
        """Return whether a change would be kept now."""

    def reset(self) -> bool:
        """Forget everything: the computed world is back. Returns ``False`` if that could not be kept."""

    def close(self) -> None:
        """Close files and connections."""
