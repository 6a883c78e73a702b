"""The journal keeps the latest requests, each as one row."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple, Protocol

CAPACITY = 1000
"""The number of requests that are kept."""

MAX_ENTRY_BYTES = 4000
"""The largest size of an entry."""


class Row(NamedTuple):
    """An entry as it is kept: its time (nanoseconds since 1970), its duration (nanoseconds) and its JSON."""

    instant: int
    duration: int
    entry: bytes


class Journal(Protocol):
    """Keeps the latest `CAPACITY` requests. All methods are safe to call from several threads at once."""

    def add(self, row: Row) -> None:
        """Add a row; the oldest one is dropped if there are too many."""

    def rows(self) -> list[Row]:
        """Return all rows, oldest first."""

    def clear(self) -> None:
        """Remove all rows."""


class MemoryJournal:
    """A `Journal` in the memory of one process."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._rows: deque[Row] = deque(maxlen=capacity)

    def add(self, row: Row) -> None:
        self._rows.append(row)

    def rows(self) -> list[Row]:
        return sorted(self._rows.copy())

    def clear(self) -> None:
        self._rows.clear()
