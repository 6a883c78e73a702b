"""The interface of all stores of the mutable state.

The state has three parts. A *refresh* has a scope (world and list), a value (of the property that selects the refreshed
records) and a time, which only moves forward. A store keeps at most ``capacity`` refreshes and drops the oldest. A
*setting* is a text with a name: the active scenario, the fixtures. A *run* counts the requests of an active scenario.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from datetime import datetime
from typing import Protocol

CAPACITY = 100_000
"""The number of refreshes that a store keeps."""


class State(Protocol):
    """What the mock remembers between requests. All methods are safe to call from several threads at once."""

    def refresh(self, scope: str, value: str, instant: datetime) -> bool:
        """Remember that the records of ``scope`` with this value were refreshed at ``instant``, an aware datetime.

        A later refresh of the same records is not replaced. Returns ``False`` if the refresh could not be kept.
        """

    def refreshed(self, scope: str, values: Iterable[str]) -> Mapping[str, datetime]:
        """Return when each of these values was last refreshed, without those that never were."""

    def version(self) -> Hashable:
        """Return a version that changes whenever an answer may change.

        It is called at every request, so it has to be fast.
        """

    def setting(self, name: str) -> str | None:
        """Return the text of a setting; ``None`` if it is not set, or if the store cannot be reached."""

    def set(self, name: str, text: str | None) -> bool:
        """Set the text of a setting, or remove it (``None``). Returns ``False`` if the change could not be kept."""

    def tick(self, run: str, now: float, window: float) -> tuple[int, int, float]:
        """Count a request of a run. Returns its number in the window, its number in the run, and the window's start.

        Numbers count from 1. Another run than the last one starts at 1 again. A window of more than 0 seconds starts
        again with the first request after its end. ``now`` and the start are seconds since 1970. The version stays the
        same.
        """

    def ticks(self, run: str) -> int:
        """Return the number of requests that a run has counted."""

    def reachable(self) -> bool:
        """Return whether a change can be kept now."""

    def reset(self) -> bool:
        """Remove all refreshes, settings and counts. Returns ``False`` if the change could not be kept."""

    def close(self) -> None:
        """Close files and connections."""
