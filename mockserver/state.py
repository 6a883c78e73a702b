"""The few mutable things: which records were refreshed, and when; and the mock's clock.

In memory by default; in SQLite where several worker processes share it. A refresh is kept by *scope* (whose world,
which list), *value* (of the property that the refresh is about) and *instant*; it only ever moves forward. What a
refresh does to a record is `renewed`, a pure function. Both stores keep at most ``capacity`` refreshes and forget the
oldest.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from mockserver.errors import OptionError
from mockserver.times import DEFAULT_CLOCK

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

CAPACITY = 100_000
Clock = Callable[[], datetime]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_EXPONENT = 1000
_EXACT = Context(prec=4 * _MAX_EXPONENT)


class State(Protocol):
    """What the mock remembers between requests. Every method is safe to call from several threads at once."""

    def refresh(self, scope: str, value: str, instant: datetime) -> None:
        """Remember that the records of ``scope`` with this value were refreshed at ``instant`` (aware)."""

    def refreshed(self, scope: str, values: Iterable[str]) -> Mapping[str, datetime]:
        """When each of these values was last refreshed; those that never were are left out."""

    def version(self) -> int:
        """A number that grows whenever an answer may change: what was remembered under an older one is stale."""

    def reset(self) -> None:
        """Forget everything: the pure world is back."""

    def close(self) -> None:
        """Let go of files and connections."""


class MemoryState:
    """A `State` of one process."""

    def __init__(self, *, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._refreshes: OrderedDict[tuple[str, str], datetime] = OrderedDict()
        self._version = 0
        self._lock = threading.Lock()

    def refresh(self, scope: str, value: str, instant: datetime) -> None:
        """See `State.refresh`."""
        key = (scope, value)
        with self._lock:
            before = self._refreshes.get(key)
            if before is not None and before >= instant:
                return
            self._refreshes[key] = instant
            self._refreshes.move_to_end(key)
            while len(self._refreshes) > self._capacity:
                self._refreshes.popitem(last=False)
            self._version += 1

    def refreshed(self, scope: str, values: Iterable[str]) -> Mapping[str, datetime]:
        """See `State.refreshed`."""
        if not self._refreshes:
            return {}
        with self._lock:
            return {v: self._refreshes[scope, v] for v in set(values) if (scope, v) in self._refreshes}

    def version(self) -> int:
        """See `State.version`."""
        return self._version

    def reset(self) -> None:
        """See `State.reset`."""
        with self._lock:
            self._refreshes.clear()
            self._version += 1

    def close(self) -> None:
        """Nothing is held."""


_SCHEMA = """
CREATE TABLE IF NOT EXISTS refreshes (scope TEXT, value TEXT, instant INTEGER, turn INTEGER, PRIMARY KEY (scope,
value)); CREATE INDEX IF NOT EXISTS refreshes_by_turn ON refreshes (turn); CREATE TABLE IF NOT EXISTS counter (one
INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL); INSERT OR IGNORE INTO counter VALUES (1, 0);
"""
_REFRESH = """
INSERT INTO refreshes SELECT ?, ?, ?, version + 1 FROM counter WHERE true
ON CONFLICT (scope, value) DO UPDATE SET instant = excluded.instant, turn = excluded.turn
WHERE excluded.instant > refreshes.instant
"""
_PRUNE = """
DELETE FROM refreshes WHERE rowid IN
(SELECT rowid FROM refreshes ORDER BY turn LIMIT (SELECT max(count(*) - ?, 0) FROM refreshes))
"""


class SqliteState:
    """A `State` in one SQLite file (WAL), shared by the worker processes of one machine.

    Each process has one connection of its own. Raises `OptionError` where the file cannot be used.
    """

    def __init__(self, path: str | Path, *, capacity: int = CAPACITY) -> None:
        import sqlite3

        self._path = str(path)
        self._capacity = capacity
        self._lock = threading.Lock()
        self._process = -1
        self._connections: list[sqlite3.Connection] = []
        try:
            with self._connected() as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise OptionError(f"the state cannot be kept in '{path}': {error}") from None

    def __reduce__(self) -> tuple[type[SqliteState], tuple[str]]:
        return SqliteState, (self._path,)

    def refresh(self, scope: str, value: str, instant: datetime) -> None:
        """See `State.refresh`."""
        row = (scope, value, (instant - _EPOCH) // timedelta(microseconds=1))
        with self._transaction() as connection:
            if connection.execute(_REFRESH, row).rowcount > 0:
                connection.execute("UPDATE counter SET version = version + 1")
                connection.execute(_PRUNE, (self._capacity,))

    def refreshed(self, scope: str, values: Iterable[str]) -> Mapping[str, datetime]:
        """See `State.refreshed`."""
        wanted = list(set(values))
        marks = ", ".join("?" * len(wanted))
        query = f"SELECT value, instant FROM refreshes WHERE scope = ? AND value IN ({marks})"
        with self._connected() as connection:
            rows = connection.execute(query, (scope, *wanted)).fetchall()
        return {value: _EPOCH + timedelta(microseconds=instant) for value, instant in rows}

    def version(self) -> int:
        """See `State.version`."""
        with self._connected() as connection:
            return int(connection.execute("SELECT version FROM counter").fetchone()[0])

    def reset(self) -> None:
        """See `State.reset`."""
        with self._transaction() as connection:
            connection.execute("DELETE FROM refreshes")
            connection.execute("UPDATE counter SET version = version + 1")

    def close(self) -> None:
        """Close this process's connection; the next call opens another."""
        with self._lock:
            if self._process == os.getpid() and self._connections:
                self._connections.pop().close()
            self._process = -1

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """This process's connection, for one thread at a time. One that came through a fork is the parent's: unused."""
        import sqlite3

        with self._lock:
            if self._process != os.getpid():
                connection = sqlite3.connect(self._path, timeout=30, isolation_level=None, check_same_thread=False)
                connection.execute("PRAGMA synchronous = OFF")
                self._connections.append(connection)
                self._process = os.getpid()
            yield self._connections[-1]

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._connected() as connection, connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection


def clock_of(option: str) -> Clock:
    """The clock that an option names: ``fixed``, ``live``, or an RFC 3339 instant at which it stands.

    Raises `OptionError` for anything else.
    """
    if option == "live":
        return lambda: datetime.now(UTC)
    instant = DEFAULT_CLOCK if option == "fixed" else parse_instant(option)
    if instant is None:
        raise OptionError(
            f"the clock '{option}' is neither 'fixed', 'live' nor an instant such as 2025-01-15T12:00:00Z"
        )
    return lambda: instant


def parse_instant(text: object) -> datetime | None:
    """An RFC 3339 date-time as an aware datetime in UTC, or ``None`` if it is none."""
    if not isinstance(text, str) or len(text) < len("2025-01-15T12:00:00Z") or text[10] not in "Tt ":
        return None
    try:
        instant = datetime.fromisoformat(text.upper())
        return instant.astimezone(UTC) if instant.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def format_instant(instant: datetime) -> str:
    """An aware datetime as RFC 3339 in UTC with ``Z``; a fraction only where there is one."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def renewed(
    record: Mapping[str, Any], *, instant: datetime, moves: Sequence[str], settles: tuple[str, str] | None
) -> dict[str, Any]:
    """A record as it is after a refresh at ``instant``; the record that is given stays as it was.

    Each property of ``moves`` becomes the later of itself and the instant (null becomes the instant); ``settles`` adds
    its first property to its second, exactly, and leaves "0". Properties that the record lacks stay away.
    """
    fresh = dict(record)
    for name in moves:
        if name in fresh:
            before = parse_instant(fresh[name])
            if fresh[name] is None or (before is not None and before < instant):
                fresh[name] = format_instant(instant)
    if settles is not None:
        fresh |= _settled(fresh, *settles)
    return fresh


def _settled(record: Mapping[str, Any], source: str, target: str) -> dict[str, Any]:
    moved, kept = _amount(record.get(source)), _amount(record.get(target))
    if moved is None or moved == 0 or target not in record or (kept is None and record[target] is not None):
        return {}
    model = record[source] if kept is None else record[target]
    return {target: _like(model, _EXACT.add(moved, kept or Decimal(0))), source: _like(record[source], Decimal(0))}


def _amount(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)) or len(str(value)) > _MAX_EXPONENT:
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and abs(amount.adjusted()) < _MAX_EXPONENT else None


def _like(model: object, amount: Decimal) -> str | int | float:
    """The amount in the model's type; as text in plain notation without trailing zeros."""
    if isinstance(model, int):
        return int(amount)
    if isinstance(model, float):
        return float(amount)
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
