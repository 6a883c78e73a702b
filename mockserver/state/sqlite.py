"""A store of the state in a SQLite file (WAL), which the worker processes of one machine share.

The version is read at every request, so this must not need a query. A second file, ``-version``, is mapped into the
memory of every process. It has two numbers: the version that a transaction is about to commit, and the one that was
committed last. If they are equal, no change is under way. If they differ, because a transaction is running or a process
has died during one, the version is read from the database.
"""

from __future__ import annotations

import mmap
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from mockserver.errors import OptionError
from mockserver.state.base import CAPACITY

if TYPE_CHECKING:
    import sqlite3

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PENDING, _COMMITTED = 0, 1
_BYTES = 16
_SCHEMA = """
CREATE TABLE IF NOT EXISTS refreshes (scope TEXT, value TEXT, instant INTEGER, turn INTEGER, PRIMARY KEY (scope,
value)); CREATE INDEX IF NOT EXISTS refreshes_by_turn ON refreshes (turn); CREATE TABLE IF NOT EXISTS counter (one
INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL); INSERT OR IGNORE INTO counter VALUES (1, 0);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, text TEXT);
CREATE TABLE IF NOT EXISTS runs (one INTEGER PRIMARY KEY CHECK (one = 1), run TEXT, number INTEGER, total INTEGER,
start REAL); INSERT OR IGNORE INTO runs VALUES (1, '', 0, 0, 0);
"""
_REFRESH = """
INSERT INTO refreshes SELECT ?, ?, ?, version + 1 FROM counter WHERE true
ON CONFLICT (scope, value) DO UPDATE SET instant = excluded.instant, turn = excluded.turn
WHERE excluded.instant > refreshes.instant
"""
_BUMP = "UPDATE counter SET version = version + 1"
_TICK = """
UPDATE runs SET number = CASE WHEN run = :run AND NOT (:window > 0 AND :now >= start + :window) THEN number + 1 ELSE 1
END, start = CASE WHEN run = :run AND NOT (:window > 0 AND :now >= start + :window) THEN start ELSE :now END,
total = CASE WHEN run = :run THEN total + 1 ELSE 1 END, run = :run RETURNING number, total, start
"""
_PRUNE = """
DELETE FROM refreshes WHERE rowid IN
(SELECT rowid FROM refreshes ORDER BY turn LIMIT (SELECT max(count(*) - ?, 0) FROM refreshes))
"""


class SqliteState:
    """A `State` in a file. Each process has one connection.

    Raises `OptionError` if the file cannot be used.
    """

    def __init__(self, path: str | Path, *, capacity: int = CAPACITY) -> None:
        import sqlite3

        self.path = str(path)
        self._capacity = capacity
        self._lock = threading.Lock()
        self._process = -1
        self._connections: list[sqlite3.Connection] = []
        self._versions = memoryview(bytes(_BYTES)).cast("Q")
        try:
            with self._connected() as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.executescript(_SCHEMA)
        except (sqlite3.Error, OSError) as error:
            raise OptionError(f"the state cannot be kept in '{path}': {error}") from None

    def __reduce__(self) -> tuple[type[SqliteState], tuple[str]]:
        return SqliteState, (self.path,)

    def refresh(self, scope: str, value: str, instant: datetime) -> bool:
        row = (scope, value, (instant - _EPOCH) // timedelta(microseconds=1))
        with self._transaction() as connection:
            if connection.execute(_REFRESH, row).rowcount > 0:
                connection.execute(_BUMP)
                connection.execute(_PRUNE, (self._capacity,))
        return True

    def refreshed(self, scope: str, values: Iterable[str]) -> Mapping[str, datetime]:
        distinct = list(set(values))
        placeholders = ", ".join("?" * len(distinct))
        query = f"SELECT value, instant FROM refreshes WHERE scope = ? AND value IN ({placeholders})"
        with self._connected() as connection:
            rows = connection.execute(query, (scope, *distinct)).fetchall()
        return {value: _EPOCH + timedelta(microseconds=instant) for value, instant in rows}

    def version(self) -> int:
        if self._process == os.getpid():
            versions = self._versions
            version = versions[_COMMITTED]
            if version == versions[_PENDING]:
                return version
        with self._connected() as connection:
            return _version(connection)

    def setting(self, name: str) -> str | None:
        with self._connected() as connection:
            row = connection.execute("SELECT text FROM settings WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def set(self, name: str, text: str | None) -> bool:
        with self._transaction() as connection:
            connection.execute("DELETE FROM settings WHERE name = ?", (name,))
            if text is not None:
                connection.execute("INSERT INTO settings VALUES (?, ?)", (name, text))
            connection.execute(_BUMP)
        return True

    def tick(self, run: str, now: float, window: float) -> tuple[int, int, float]:
        parameters = {"run": run, "now": now, "window": window}
        with self._connected() as connection:
            number, total, start = connection.execute(_TICK, parameters).fetchall()[0]
        return int(number), int(total), float(start)

    def ticks(self, run: str) -> int:
        with self._connected() as connection:
            row = connection.execute("SELECT total FROM runs WHERE run = ?", (run,)).fetchone()
        return 0 if row is None else int(row[0])

    def reachable(self) -> bool:
        return True

    def reset(self) -> bool:
        with self._transaction() as connection:
            connection.execute("DELETE FROM refreshes")
            connection.execute("DELETE FROM settings")
            connection.execute("UPDATE runs SET run = '', number = 0, total = 0, start = 0")
            connection.execute(_BUMP)
        return True

    def close(self) -> None:
        """Close the connection of this process; the next call opens a new one."""
        with self._lock:
            if self._process == os.getpid() and self._connections:
                self._connections.pop().close()
            self._process = -1

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """Return the connection of this process, for one thread at a time; after a fork, a new one is opened."""
        import sqlite3

        with self._lock:
            if self._process != os.getpid():
                connection = sqlite3.connect(self.path, timeout=30, isolation_level=None, check_same_thread=False)
                connection.execute("PRAGMA synchronous = OFF")
                self._connections.append(connection)
                self._versions = _mapped(f"{self.path}-version")
                self._process = os.getpid()
            yield self._connections[-1]

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._connected() as connection:
            with connection:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                pending = _version(connection)
                self._versions[_PENDING] = pending
            # If another process is about to commit already, that process will set the committed version.
            if self._versions[_PENDING] == pending:
                self._versions[_COMMITTED] = pending


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT version FROM counter").fetchone()[0])


def _mapped(path: str) -> memoryview:
    """Return the numbers in a file as shared memory: a change is seen by all processes at once."""
    number = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.ftruncate(number, _BYTES)
        return memoryview(mmap.mmap(number, _BYTES)).cast("Q")
    finally:
        os.close(number)
