"""The journal: where the latest requests are kept, each as one row."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple, Protocol

CAPACITY = 1000
"""How many requests are kept."""

LARGEST = 4000
"""The most bytes of one entry."""


class Row(NamedTuple):
    """One entry as it is kept: when (nanoseconds since 1970), how long it took (nanoseconds), and its JSON."""

    instant: int
    duration: int
    entry: bytes


class Journal(Protocol):
    """Keeps the latest `CAPACITY` requests. Every method is safe to call from several threads at once."""

    def add(self, row: Row) -> None:
        """Keep one more row; the oldest is dropped."""

    def rows(self) -> list[Row]:
        """Return the rows that are kept, oldest first."""

    def clear(self) -> None:
        """Forget every row."""


class MemoryJournal:
    """A `Journal` of one process."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._rows: deque[Row] = deque(maxlen=capacity)

    def add(self, row: Row) -> None:
        self._rows.append(row)

    def rows(self) -> list[Row]:
        return sorted(self._rows.copy())

    def clear(self) -> None:
        self._rows.clear()
