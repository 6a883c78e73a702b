"""Files that the processes of one machine share: each process owns one, and may read all.

They are numbered from 0. A process owns the first that no living process has locked; so a later start goes on with the
files of an earlier one, and what a process that ended has written stays.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

from mockserver.errors import OptionError

MOST = 512
"""How many processes can own a file of one name at a time."""


class Numbered:
    """Files ``PATH-NAME-NUMBER`` of ``size`` bytes each."""

    def __init__(self, path: str | Path, name: str, size: int) -> None:
        self._path = Path(path)
        self._name = name
        self._size = size
        self._process = -1
        self._mine: mmap.mmap | None = None
        self._locks: list[int] = []

    def mine(self) -> mmap.mmap:
        """This process's file, mapped. Not safe from several threads at once. Raises `OptionError`, `OSError`."""
        if self._mine is None or self._process != os.getpid():
            # One that came through a fork is the parent's.
            self._mine = self._claim()
            self._process = os.getpid()
        return self._mine

    def all(self) -> Iterator[bytes]:
        """The bytes of every file, those that are only being made left out."""
        for file in takewhile(Path.exists, map(self._file, range(MOST))):
            text = file.read_bytes()
            if len(text) == self._size:
                yield text

    def _file(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}-{self._name}-{number}")

    def _claim(self) -> mmap.mmap:
        import fcntl

        for number in range(MOST):
            file = os.open(self._file(number), os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(file)
                continue
            # It stays open, and so locked, for as long as the process lives.
            self._locks.append(file)
            return mapped(file, self._size)
        raise OptionError(f"more than {MOST} processes share '{self._path}'")


def mapped(file: int, size: int) -> mmap.mmap:
    """The bytes of an open file, made ``size`` long, as every process that maps it sees them at once."""
    os.ftruncate(file, size)
    return mmap.mmap(file, size)
