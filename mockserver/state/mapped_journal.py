"""The journal and the counter of the processes of one machine, in memory-mapped files.

The journal of a process is a ring: the number of rows that were ever written, then `CAPACITY` slots. A slot has the
number of its row before and after the row, so that a reader recognises one that is being overwritten.
"""

from __future__ import annotations

import os
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

from mockserver.errors import OptionError
from mockserver.state.counters import SIZE, Counter, Label, Series, summed
from mockserver.state.journal import CAPACITY, MAX_ENTRY_BYTES, Row
from mockserver.state.mapped_files import ProcessFiles, mapped

_SLOT = 4096
_ROW = struct.Struct("<QQQI")
_NUMBER = struct.Struct("<Q")
_HEAD = _NUMBER.size


class FileJournal:
    """A `Journal` in files next to ``path``. Raises `OptionError` if they cannot be created."""

    def __init__(self, path: str | Path) -> None:
        self._path = str(path)
        self._rings = ProcessFiles(path, "requests", _HEAD + CAPACITY * _SLOT)
        self._lock = threading.Lock()
        try:
            # The time up to which rows were cleared, for all processes.
            file = os.open(f"{path}-cleared", os.O_RDWR | os.O_CREAT, 0o600)
            self._cleared = mapped(file, _HEAD)
            os.close(file)
        except OSError as error:
            raise OptionError(f"the journal cannot be kept next to '{path}': {error}") from None

    def __reduce__(self) -> tuple[type[FileJournal], tuple[str]]:
        return FileJournal, (self._path,)

    def add(self, row: Row) -> None:
        entry = row.entry[:MAX_ENTRY_BYTES]
        with self._lock:
            ring = self._rings.own()
            (number,) = _NUMBER.unpack_from(ring, 0)
            begin = _HEAD + number % CAPACITY * _SLOT
            _NUMBER.pack_into(ring, begin, 0)
            ring[begin + _ROW.size : begin + _ROW.size + len(entry)] = entry
            _ROW.pack_into(ring, begin, number + 1, row.instant, row.duration, len(entry))
            _NUMBER.pack_into(ring, begin + _SLOT - _NUMBER.size, number + 1)
            _NUMBER.pack_into(ring, 0, number + 1)

    def rows(self) -> list[Row]:
        (cleared,) = _NUMBER.unpack_from(self._cleared, 0)
        found = [row for ring in self._rings.all() for row in _read(ring)]
        return sorted(row for row in found if row.instant > cleared)[-CAPACITY:]

    def clear(self) -> None:
        latest = max((row.instant for row in self.rows()), default=0)
        if latest:
            _NUMBER.pack_into(self._cleared, 0, latest)


def _read(ring: bytes) -> Iterator[Row]:
    """Yield the rows of a ring, except one that is being written at this time."""
    (written,) = _NUMBER.unpack_from(ring, 0)
    for number in range(max(0, written - CAPACITY), written):
        begin = _HEAD + number % CAPACITY * _SLOT
        first, instant, duration, size = _ROW.unpack_from(ring, begin)
        (last,) = _NUMBER.unpack_from(ring, begin + _SLOT - _NUMBER.size)
        if first == last == number + 1:
            entry = begin + _ROW.size
            yield Row(instant, duration, ring[entry : entry + size])


class FileCounter:
    """A counter of all processes: each counts in a file of its own next to ``path``, and reading adds them up."""

    def __init__(self, path: str | Path) -> None:
        self._path = str(path)
        self._tables = ProcessFiles(path, "counter", SIZE)
        self._process = -1
        self._counter: Counter | None = None
        self._lock = threading.Lock()

    def __reduce__(self) -> tuple[type[FileCounter], tuple[str]]:
        return FileCounter, (self._path,)

    def count(self, label: Label, duration: int) -> None:
        if self._counter is None or self._process != os.getpid():
            with self._lock:
                self._counter = Counter(memoryview(self._tables.own()))
                self._process = os.getpid()
        self._counter.count(label, duration)

    def series(self) -> list[Series]:
        return summed(self._tables.all())
