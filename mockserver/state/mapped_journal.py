"""The journal and the tally of the processes of one machine, in files that each of them maps into its memory.

The journal of a process is a ring: a number that says how many rows were ever written, then `CAPACITY` slots. A slot
holds the row's own number before and after its bytes, so that a reader knows one that is being written over.
"""

from __future__ import annotations

import os
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

from mockserver.errors import OptionError
from mockserver.state.counters import SIZE, Counter, Label, Series, added
from mockserver.state.journal import CAPACITY, LARGEST, Row
from mockserver.state.mapped_files import Numbered, mapped

_SLOT = 4096
_ROW = struct.Struct("<QQQI")
_NUMBER = struct.Struct("<Q")
_HEAD = _NUMBER.size


class FileJournal:
    """A `Journal` in files beside ``path``. Raises `OptionError` where they cannot be made."""

    def __init__(self, path: str | Path) -> None:
        self._path = str(path)
        self._rings = Numbered(path, "requests", _HEAD + CAPACITY * _SLOT)
        self._lock = threading.Lock()
        try:
            # Up to which instant nothing is to be seen any more.
            file = os.open(f"{path}-cleared", os.O_RDWR | os.O_CREAT, 0o600)
            self._cleared = mapped(file, _HEAD)
            os.close(file)
        except OSError as error:
            raise OptionError(f"the journal cannot be kept beside '{path}': {error}") from None

    def __reduce__(self) -> tuple[type[FileJournal], tuple[str]]:
        return FileJournal, (self._path,)

    def add(self, row: Row) -> None:
        entry = row.entry[:LARGEST]
        with self._lock:
            ring = self._rings.mine()
            (number,) = _NUMBER.unpack_from(ring, 0)
            at = _HEAD + number % CAPACITY * _SLOT
            _NUMBER.pack_into(ring, at, 0)
            ring[at + _ROW.size : at + _ROW.size + len(entry)] = entry
            _ROW.pack_into(ring, at, number + 1, row.instant, row.duration, len(entry))
            _NUMBER.pack_into(ring, at + _SLOT - _NUMBER.size, number + 1)
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
    """The rows of a ring, whoever owns it; what is being written at this moment is left out."""
    (written,) = _NUMBER.unpack_from(ring, 0)
    for number in range(max(0, written - CAPACITY), written):
        at = _HEAD + number % CAPACITY * _SLOT
        first, instant, duration, size = _ROW.unpack_from(ring, at)
        (last,) = _NUMBER.unpack_from(ring, at + _SLOT - _NUMBER.size)
        if first == last == number + 1:
            begin = at + _ROW.size
            yield Row(instant, duration, ring[begin : begin + size])


class FileCounter:
    """A tally that counts for this process, in a file beside ``path``, and adds up those of all."""

    def __init__(self, path: str | Path) -> None:
        self._path = str(path)
        self._tables = Numbered(path, "tally", SIZE)
        self._process = -1
        self._counter: Counter | None = None
        self._lock = threading.Lock()

    def __reduce__(self) -> tuple[type[FileCounter], tuple[str]]:
        return FileCounter, (self._path,)

    def count(self, label: Label, duration: int) -> None:
        if self._counter is None or self._process != os.getpid():
            with self._lock:
                self._counter = Counter(memoryview(self._tables.mine()))
                self._process = os.getpid()
        self._counter.count(label, duration)

    def series(self) -> list[Series]:
        return added(self._tables.all())
