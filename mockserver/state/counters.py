"""How many requests were answered, and how fast: numbers that only grow, at next to no cost for each request.

A tally is a table in a block of bytes: each row has a label and whole numbers. Processes that share a mapped file add
the rows of all of them. `metrics` shows it in Prometheus' text format, with that library, when it is asked for.
"""

from __future__ import annotations

import hashlib
import json
import threading
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)
"""Upper bounds of the buckets, in seconds; one more takes the rest."""

SERIES = 256
"""Rows of a table; what has no row of its own any more is counted in the last one, under `OTHER`."""

_LABEL = 128
_NUMBERS = 3 + len(BOUNDS)
_ROW = _LABEL + 8 * _NUMBERS
SIZE = SERIES * _ROW
"""Bytes of a table."""

Label = tuple[str, str, str]
"""Operation (or nothing), method, status."""

_OPERATION = _LABEL - len('["", "OPTIONS", "200"]')
OTHER: Label = ("", "other", "other")
_NANOSECONDS = tuple(int(bound * 1e9) for bound in BOUNDS)


def label_of(operation: str | None, method: str, status: int) -> Label:
    """The label of a request; an operation's name that is too long for a row is cut, and told from others by a hash.

    ``method`` is one of a few, of at most seven characters: what a caller can invent has no row of its own.
    """
    return _fitting(operation or ""), method, str(status)


@lru_cache(maxsize=1024)
def _fitting(operation: str) -> str:
    if len(json.dumps(operation)) - 2 <= _OPERATION:
        return operation
    ending = "..." + hashlib.sha256(operation.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    kept = operation[:_OPERATION]
    while len(json.dumps(kept + ending)) - 2 > _OPERATION:
        kept = kept[:-1]
    return kept + ending


@dataclass(frozen=True)
class Series:
    """One label's numbers: requests, seconds altogether, requests by bucket (not cumulated, one more than `BOUNDS`)."""

    label: Label
    count: int
    seconds: float
    buckets: tuple[int, ...]


class Counter:
    """Counts into a block of `SIZE` bytes, its own or one that is given. Safe from several threads at once."""

    def __init__(self, block: bytearray | memoryview | None = None) -> None:
        self.block = memoryview(bytearray(SIZE) if block is None else block)
        self._rows = {label: numbers for label, numbers in _rows(self.block) if label != OTHER}
        self._lock = threading.Lock()

    def count(self, label: Label, duration: int) -> None:
        """One more request, that took so many nanoseconds."""
        numbers = self._rows.get(label)
        with self._lock:
            if numbers is None:
                numbers = self._row(label)
            numbers[0] += 1
            numbers[1] += duration
            numbers[2 + bisect_left(_NANOSECONDS, duration)] += 1

    def series(self) -> list[Series]:
        """What was counted so far, by label."""
        return added([self.block])

    def _row(self, label: Label) -> memoryview:
        if label in self._rows:
            return self._rows[label]
        place = len(self._rows)
        text = json.dumps(label).encode()
        if place >= SERIES - 1 or len(text) > _LABEL:
            place, text = SERIES - 1, json.dumps(OTHER).encode()
        begin = place * _ROW
        self.block[begin : begin + len(text)] = text
        numbers = self.block[begin + _LABEL : begin + _ROW].cast("Q")
        if place < SERIES - 1:
            self._rows[label] = numbers
        return numbers


def added(blocks: Iterable[bytes | memoryview]) -> list[Series]:
    """The sum of several tables, by label."""
    sums: dict[Label, list[int]] = {}
    for block in blocks:
        for label, numbers in _rows(memoryview(block)):
            before = sums.get(label, [0] * _NUMBERS)
            sums[label] = [a + b for a, b in zip(before, numbers, strict=True)]
    return [Series(label, s[0], s[1] / 1e9, tuple(s[2:])) for label, s in sorted(sums.items())]


def _rows(block: memoryview) -> Iterator[tuple[Label, memoryview]]:
    for begin in range(0, SIZE, _ROW):
        text = bytes(block[begin : begin + _LABEL]).rstrip(b"\0")
        if text:
            operation, method, status = json.loads(text)
            yield (operation, method, status), block[begin + _LABEL : begin + _ROW].cast("Q")
