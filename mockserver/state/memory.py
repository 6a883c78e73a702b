"""A store of the state in the memory of one process."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from datetime import datetime

from mockserver.state.base import CAPACITY


class MemoryState:
    """A `State` in the memory of one process; it ends with the process."""

    def __init__(self, *, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._refreshes: OrderedDict[tuple[str, str], datetime] = OrderedDict()
        self._settings: dict[str, str] = {}
        self._run: tuple[str, int, int, float] = ("", 0, 0, 0.0)
        self._version = 0
        self._lock = threading.Lock()

    def refresh(self, scope: str, value: str, instant: datetime) -> bool:
        key = (scope, value)
        with self._lock:
            before = self._refreshes.get(key)
            if before is not None and before >= instant:
                return True
            self._refreshes[key] = instant
            self._refreshes.move_to_end(key)
            while len(self._refreshes) > self._capacity:
                self._refreshes.popitem(last=False)
            self._version += 1
        return True

    def refreshed(self, scope: str, values: Iterable[str]) -> Mapping[str, datetime]:
        if not self._refreshes:
            return {}
        with self._lock:
            return {v: self._refreshes[scope, v] for v in set(values) if (scope, v) in self._refreshes}

    def version(self) -> int:
        return self._version

    def setting(self, name: str) -> str | None:
        return self._settings.get(name)

    def set(self, name: str, text: str | None) -> bool:
        with self._lock:
            self._settings.pop(name, None)
            self._settings |= {} if text is None else {name: text}
            self._version += 1
        return True

    def tick(self, run: str, now: float, window: float) -> tuple[int, int, float]:
        with self._lock:
            known, number, total, start = self._run
            if known != run:
                number, total, start = 0, 0, now
            elif window and now >= start + window:
                number, start = 0, now
            self._run = (run, number + 1, total + 1, start)
            return self._run[1:]

    def ticks(self, run: str) -> int:
        known, _, total, _ = self._run
        return total if known == run else 0

    def reachable(self) -> bool:
        return True

    def reset(self) -> bool:
        with self._lock:
            self._refreshes.clear()
            self._settings.clear()
            self._run = ("", 0, 0, 0.0)
            self._version += 1
        return True

    def close(self) -> None:
        pass
