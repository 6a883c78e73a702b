"""Count requests and their durations, at almost no cost per request.

The numbers are in a table in a block of bytes; each row has a label and integers that only grow. With memory-mapped
files, the tables of several processes are added up. `mockserver.server.control.metrics` shows the result in Prometheus'
text format.
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
"""Upper bounds of the buckets, in seconds. One more bucket has the requests above the last bound."""

MAX_SERIES = 256
"""The number of rows of a table. Labels without a row are counted in the last one, under `OTHER`."""

_LABEL = 128
_NUMBERS = 3 + len(BOUNDS)
_ROW = _LABEL + 8 * _NUMBERS
SIZE = MAX_SERIES * _ROW
"""The number of bytes of a table."""

Label = tuple[str, str, str]
"""Operation (empty if there is none), method, status."""

_MAX_OPERATION = _LABEL - len('["", "OPTIONS", "200"]')
OTHER: Label = ("", "other", "other")
_NANOSECONDS = tuple(int(bound * 1e9) for bound in BOUNDS)


def label_of(operation: str | None, method: str, status: int) -> Label:
    """Return the label of a request. The name of an operation that is too long for a row is cut and gets a hash.

    ``method`` must be one of a fixed set, of at most seven characters: a method that a caller invented gets no row.
    """
    return _shortened(operation or ""), method, str(status)


@lru_cache(maxsize=1024)
def _shortened(operation: str) -> str:
    if len(json.dumps(operation)) - 2 <= _MAX_OPERATION:
        return operation
    ending = "..." + hashlib.sha256(operation.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    beginning = operation[:_MAX_OPERATION]
    while len(json.dumps(beginning + ending)) - 2 > _MAX_OPERATION:
        beginning = beginning[:-1]
    return beginning + ending


@dataclass(frozen=True)
class Series:
    """The numbers of one label: requests, seconds in total, and requests by bucket (not cumulative)."""

    label: Label
    count: int
    seconds: float
    buckets: tuple[int, ...]


class Counter:
    """Counts in a block of `SIZE` bytes: the given one or a new one. Safe to use from several threads at once."""

    def __init__(self, block: bytearray | memoryview | None = None) -> None:
        self.block = memoryview(bytearray(SIZE) if block is None else block)
        self._rows = {label: numbers for label, numbers in _rows(self.block) if label != OTHER}
        self._lock = threading.Lock()

    def count(self, label: Label, duration: int) -> None:
        """Count a request that took ``duration`` nanoseconds."""
        numbers = self._rows.get(label)
        with self._lock:
            if numbers is None:
                numbers = self._row(label)
            numbers[0] += 1
            numbers[1] += duration
            numbers[2 + bisect_left(_NANOSECONDS, duration)] += 1

    def series(self) -> list[Series]:
        """Return the numbers of each label, sorted by label."""
        return summed([self.block])

    def _row(self, label: Label) -> memoryview:
        if label in self._rows:
            return self._rows[label]
        index = len(self._rows)
        text = json.dumps(label).encode()
        if index >= MAX_SERIES - 1 or len(text) > _LABEL:
            index, text = MAX_SERIES - 1, json.dumps(OTHER).encode()
        begin = index * _ROW
        self.block[begin : begin + len(text)] = text
        numbers = self.block[begin + _LABEL : begin + _ROW].cast("Q")
        if index < MAX_SERIES - 1:
            self._rows[label] = numbers
        return numbers


def summed(blocks: Iterable[bytes | memoryview]) -> list[Series]:
    """Return the sums of several tables, sorted by label."""
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
