"""The table of balances in SQLite, in memory: select, count, change. Knows nothing of HTTP, filters or cursors."""

import sqlite3
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from tests.reference_servers.data import Balance

Row = dict[str, Any]
Clause = tuple[str, tuple[Any, ...]]
"""An SQL condition and its arguments."""

COLUMNS = tuple(field.name for field in fields(Balance))
INDEXES = ("age, id", "wallet_uuid, age, id", "chain_id, age, id", "address, age, id", "token_id, age, id")


def _row(cursor: sqlite3.Cursor, values: tuple[Any, ...]) -> Row:
    return {column[0]: value for column, value in zip(cursor.description, values, strict=True)}


class Store:
    """One table in one in-memory database; its caller makes one call at a time."""

    def __init__(self, rows: Sequence[Balance]) -> None:
        self.database = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self.database.row_factory = _row
        self.database.execute(f"CREATE TABLE balances ({', '.join(COLUMNS)})")
        self.insert([vars(row) for row in rows])
        for index, columns in enumerate(INDEXES):
            self.database.execute(f"CREATE INDEX by_{index} ON balances ({columns})")

    def insert(self, rows: Sequence[Row]) -> None:
        """Add `rows`, each with every column."""
        marks = ", ".join(f":{column}" for column in COLUMNS)
        self.database.execute("BEGIN")
        self.database.executemany(f"INSERT INTO balances VALUES ({marks})", rows)
        self.database.execute("COMMIT")

    def select(self, where: Sequence[Clause], order: str, limit: int = -1, skip: int = 0) -> list[Row]:
        """Return at most `limit` rows (-1: all) that meet every clause, in `order`, after the first `skip` of them."""
        condition, arguments = _joined(where)
        sql = f"SELECT * FROM balances WHERE {condition} ORDER BY {order} LIMIT ? OFFSET ?"
        found: list[Row] = self.database.execute(sql, (*arguments, limit, skip)).fetchall()
        return found

    def count(self, where: Sequence[Clause]) -> int:
        """Count the rows that meet every clause."""
        condition, arguments = _joined(where)
        sql = f"SELECT COUNT(*) AS n FROM balances WHERE {condition}"
        found: Row = self.database.execute(sql, arguments).fetchone()
        return int(found["n"])

    def change(self, sql: str, *arguments: Any) -> None:
        """Run one UPDATE or DELETE."""
        self.database.execute(sql, arguments)


def _joined(where: Sequence[Clause]) -> Clause:
    condition = " AND ".join(f"({sql})" for sql, _ in where) or "1"
    return condition, tuple(argument for _, arguments in where for argument in arguments)
