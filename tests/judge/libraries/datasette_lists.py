"""Tables of Datasette as JSON. It generates no document, so a small one is written here."""

from __future__ import annotations

import atexit
import sqlite3
import tempfile
from pathlib import Path
from typing import Any

from datasette import app as datasette_app
from datasette import handle_exception

from tests.judge.libraries.library import Library
from tests.judge.libraries.records import rows

TEXT: dict[str, Any] = {"type": "string"}
TEXT_OR_NULL: dict[str, Any] = {"type": ["string", "null"]}
NUMBER: dict[str, Any] = {"type": "integer"}
NUMBER_OR_NULL: dict[str, Any] = {"type": ["integer", "null"]}

COLUMNS = {
    "id": NUMBER,
    "code": TEXT,
    "title": TEXT,
    "author": TEXT,
    "shelf": TEXT_OR_NULL,
    "year": NUMBER,
    "price": NUMBER_OR_NULL,
    "added": {"type": "string", "format": "date-time"},
}

TABLES = {"books": "id", "undeclared": "id", "shaped": "id", "by_year": "code"}
"""The tables, and their keys."""

METADATA = {"databases": {"shop": {"tables": {"by_year": {"sort": "year"}}}}}
"""The table ``by_year`` is sorted by a column with ties, and its key is a text."""

MEANING = {"limit": "_size", "after": "_next", "next_cursor": "next", "total_at": "filtered_table_rows_count"}
"""What the names of Datasette mean, as a block ``x-list-semantics``."""

SHAPE = {"name": "_shape", "in": "query", "required": True, "schema": {"type": "string", "enum": ["objects"]}}
"""The parameter without which rows are arrays."""


def create_library() -> Library:
    """Return the application and the document."""
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    path = Path(folder.name) / "shop.db"
    _fill(path)
    # With it Datasette prints a page of local variables for each request that it refuses, which takes most of the time.
    handle_exception.rich = None
    site = datasette_app.Datasette([str(path)], metadata=METADATA, settings={"suggest_facets": False})
    return Library(_with_objects(site.app()), document())


def _fill(path: Path) -> None:
    """Make the database: tables, and a view."""
    numbers = [name for name, schema in COLUMNS.items() if schema in (NUMBER, NUMBER_OR_NULL)]
    columns = ", ".join(f"{name} {'integer' if name in numbers else 'text'}" for name in COLUMNS)
    places = ", ".join(f":{name}" for name in COLUMNS)
    values = [{**row, "added": row["added"].isoformat()} for row in rows()]
    connection = sqlite3.connect(path)
    for table, key in TABLES.items():
        connection.execute(f"create table {table} ({columns}, primary key ({key}))")
        connection.executemany(f"insert into {table} values ({places})", values)
    connection.execute("create view listed as select * from books order by year, id")
    connection.commit()
    connection.close()


def _with_objects(app: Any) -> Any:
    """Return the application with objects as the default shape of rows, for documents without the parameter."""

    async def serve(scope: Any, receive: Any, send: Any) -> None:
        query = scope.get("query_string", b"")
        if scope["type"] == "http" and scope["path"] != "/shop/shaped.json" and b"_shape=" not in query:
            scope = {**scope, "query_string": query + b"&_shape=objects"}
        await app(scope, receive, send)

    return serve


def document() -> dict[str, Any]:
    """Return the document."""
    paths = {
        "/shop/books.json": _get("table", MEANING),
        "/shop/undeclared.json": _get("table-undeclared"),
        "/shop/shaped.json": _get("table-shaped", MEANING, SHAPE),
        "/shop/by_year.json": _get("table-by-year", MEANING),
        "/shop/listed.json": _get("view", MEANING),
    }
    return {"openapi": "3.1.0", "info": {"title": "Shop", "version": "1"}, "paths": paths}


def _get(name: str, meaning: dict[str, str] | None = None, *parameters: dict[str, Any]) -> dict[str, Any]:
    """Return the path item of a table."""
    size = {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}
    query = {"author": TEXT, "shelf": TEXT, "year": NUMBER, "_size": size, "_next": TEXT}
    page = {
        "rows": {"type": "array", "items": {"type": "object", "required": list(COLUMNS), "properties": COLUMNS}},
        "next": TEXT_OR_NULL,
        "next_url": TEXT_OR_NULL,
        "filtered_table_rows_count": NUMBER_OR_NULL,
    }
    body = {"type": "object", "required": list(page), "properties": page}
    operation = {
        "operationId": name,
        "parameters": [*({"name": n, "in": "query", "schema": schema} for n, schema in query.items()), *parameters],
        "responses": {"200": {"description": "A page", "content": {"application/json": {"schema": body}}}},
    }
    return {"get": operation | ({"x-list-semantics": meaning} if meaning else {})}
