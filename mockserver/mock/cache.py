"""A cache bounded by bytes: entries that were not asked for lately are dropped."""

from __future__ import annotations

from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

V = TypeVar("V")

OVERHEAD = 400
"""Bytes that an entry takes beside its key and value: the tuples around them and the table's row."""


class Cache(Generic[V]):
    """A table of at most ``capacity`` bytes, as its callers count them. Safe from several threads at once.

    There are two generations. What is put, or found in the old one, goes into the young one. When that holds half of
    the capacity, it becomes the old one, and the former old one is dropped. So an entry that is asked for stays, and
    reading needs no lock.
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
        """The bytes in use; never above the capacity."""
        return self._bytes + self._old_bytes

    def get(self, key: Hashable) -> V | None:
        """Return the value under a key, or ``None``."""
        found = self._young.get(key)
        if found is None:
            found = self._old.get(key)
            if found is None:
                return None
            self._keep(key, found)
        return found[0]

    def put(self, key: Hashable, value: V, size: int) -> None:
        """Keep a value of ``size`` bytes, its key included; one that would fill half of the cache is not kept."""
        self._keep(key, (value, size + OVERHEAD))

    def clear(self) -> None:
        """Drop everything."""
        with self._lock:
            self._young, self._old = {}, {}
            self._bytes = self._old_bytes = 0

    def _keep(self, key: Hashable, entry: tuple[V, int]) -> None:
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
