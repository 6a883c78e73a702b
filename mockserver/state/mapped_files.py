"""Memory-mapped files of the processes of one machine: each process writes to its own file and can read all of them.

The files are numbered from 0. A process takes the first file that no other process has locked. So what a process has
written remains after it ends, and a later process continues its file.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

from mockserver.errors import OptionError

MAX_PROCESSES = 512
"""The number of processes that can share a path."""


class ProcessFiles:
    """The files ``PATH-NAME-NUMBER``, of ``size`` bytes each."""

    def __init__(self, path: str | Path, name: str, size: int) -> None:
        self._path = Path(path)
        self._name = name
        self._size = size
        self._process = -1
        self._own: mmap.mmap | None = None
        self._locks: list[int] = []

    def own(self) -> mmap.mmap:
        """Return the mapped file of this process. Must not be called from several threads at once.

        Raises `OptionError` if there are too many processes, `OSError` if a file cannot be created.
        """
        if self._own is None or self._process != os.getpid():
            # After a fork, the file that is open belongs to the parent.
            self._own = self._claimed()
            self._process = os.getpid()
        return self._own

    def all(self) -> Iterator[bytes]:
        """Yield the bytes of every file, except those that are just being created."""
        for file in takewhile(Path.exists, map(self._file, range(MAX_PROCESSES))):
            content = file.read_bytes()
            if len(content) == self._size:
                yield content

    def _file(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}-{self._name}-{number}")

    def _claimed(self) -> mmap.mmap:
        import fcntl

        for number in range(MAX_PROCESSES):
            file = os.open(self._file(number), os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(file)
                continue
            # The file stays open, and therefore locked, until the process ends.
            self._locks.append(file)
            return mapped(file, self._size)
        raise OptionError(f"more than {MAX_PROCESSES} processes share '{self._path}'")


def mapped(file: int, size: int) -> mmap.mmap:
    """Return an open file as shared memory of ``size`` bytes: a change is seen by all processes at once."""
    os.ftruncate(file, size)
    return mmap.mmap(file, size)
