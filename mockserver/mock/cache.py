"""A cache that is bounded by bytes and drops entries that were not used recently."""

from __future__ import annotations

from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

V = TypeVar("V")

OVERHEAD = 400
"""The bytes that an entry takes in addition to its key and value: the tuples around them, and a row of the table."""


class Cache(Generic[V]):
    """A table of at most ``capacity`` bytes, as its callers count them. Safe to use from several threads at once.

    There are two generations. A new entry, or one that is found in the old generation, goes into the young one. When
    the young one reaches half of the capacity, it becomes the old one, and the previous old one is dropped. So entries
    that are used stay, and reading needs no lock.
    """

    def __init__(self, capacity: int) -> None:
        self._half = capacity // 2
        self._young: dict[Hashable, tuple[V, int]] = {}
        self._old: dict[Hashable, tuple[V, int]] = {}
        self._bytes = 0
        self._old_bytes = 0
        self._lock = Lock()

    @property
    def size(self) -> int:
        """The number of bytes in use; never more than the capacity."""
        return self._bytes + self._old_bytes

    def get(self, key: Hashable) -> V | None:
        """Return the value under a key, or ``None``."""
        found = self._young.get(key)
        if found is None:
            found = self._old.get(key)
            if found is None:
                return None
            self._store(key, found)
        return found[0]

    def put(self, key: Hashable, value: V, size: int) -> None:
        """Store a value of ``size`` bytes, including its key. One that exceeds half of the capacity is not stored."""
        self._store(key, (value, size + OVERHEAD))

    def clear(self) -> None:
        """Drop all entries."""
        with self._lock:
            self._young, self._old = {}, {}
            self._bytes = self._old_bytes = 0

    def _store(self, key: Hashable, entry: tuple[V, int]) -> None:
        size = entry[1]
        with self._lock:
            before = self._young.pop(key, None)
            self._bytes -= before[1] if before is not None else 0
            if size > self._half:
                before = self._old.pop(key, None)
                self._old_bytes -= before[1] if before is not None else 0
                return
            if self._bytes + size > self._half:
                self._old, self._old_bytes = self._young, self._bytes
                self._young, self._bytes = {}, 0
            self._young[key] = entry
            self._bytes += size
