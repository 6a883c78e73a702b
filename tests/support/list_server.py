"""A correct list server in memory, of many designs, and mutations of it, to try the laws on."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from mockserver.contract import parse_contract
from mockserver.judge.exchange import Exchange, KeyUse, Query
from mockserver.semantics import ListSemantics, list_operations

Record = dict[str, Any]
MAXIMUM, DEFAULT = 20, 6

TEXT: dict[str, Any] = {"type": "string"}
NULLABLE: dict[str, Any] = {"type": ["string", "null"]}
COUNT: dict[str, Any] = {"type": ["integer", "null"]}


def parameter(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Return a query parameter as a contract describes it."""
    return {"name": name, "in": "query", "schema": schema}


def document(operation: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the contract of a small list: filters ``colour`` and ``shape``, both cursors, an offset, a total."""
    item = {"type": "object", "required": ["id"], "properties": {"id": TEXT, "colour": TEXT, "shape": TEXT}}
    meta = {"total": COUNT, "offset": COUNT, "has_more": {"type": "boolean"}, "after": NULLABLE, "before": NULLABLE}
    body = {"type": "object", "properties": {"items": {"type": "array", "items": item}, "meta": {"properties": meta}}}
    body["properties"]["meta"]["type"] = "object"
    limit = {"type": "integer", "minimum": 1, "maximum": MAXIMUM, "default": DEFAULT}
    names = {
        "colour": TEXT,
        "shape": TEXT,
        "limit": limit,
        "after": TEXT,
        "before": TEXT,
        "offset": {"type": "integer"},
    }
    get = {
        "operationId": "list_things",
        "parameters": [parameter(name, schema) for name, schema in names.items()],
        "responses": {"200": {"description": "", "content": {"application/json": {"schema": body}}}},
        **(operation or {}),
    }
    return {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {"/things": {"get": get}}}


def semantics(operation: dict[str, Any] | None = None) -> ListSemantics:
    """Return what the small list means."""
    (found,) = list_operations(parse_contract(document(operation), "things.json"))
    return found


@dataclass(frozen=True)
class Design:
    """How a correct server may be built. ``short``: pages hold one record fewer than asked for."""

    total: bool = True
    forward_has_more: bool = False
    dead_end_cursor: bool = False
    absent_cursors: bool = False
    bad_cursor: str = "reject"
    clamps: bool = False
    cursor_of: str = "id"
    short: bool = False


@dataclass
class ListServer:
    """Answers queries over records in a fixed order. ``mutation`` changes a page's parts on their way out."""

    records: Sequence[Record]
    design: Design = field(default_factory=Design)
    mutation: Callable[[Answer], None] | None = None

    def __call__(self, query: Query, *, key: KeyUse = True, link: str = "") -> Exchange:
        values = dict(query)
        answer = Answer(self, values)
        refusal = answer.prepare()
        if refusal:
            return Exchange(query, 422, {"detail": refusal}, url=f"http://list.example/things?{urlencode(query)}")
        if self.mutation is not None:
            self.mutation(answer)
        if answer.crash:
            return Exchange(query, 500, None, url=f"http://list.example/things?{urlencode(query)}")
        return Exchange(
            query, 200, json.loads(json.dumps(answer.body())), url=f"http://list.example/things?{urlencode(query)}"
        )


class Answer:
    """One page: which records match, where it starts, how many it may hold."""

    def __init__(self, server: ListServer, values: dict[str, str]) -> None:
        self.server, self.values, self.design = server, values, server.design
        self.matching = [
            r for r in server.records if all(r[n] == values[n] for n in ("colour", "shape") if n in values)
        ]
        self.total = len(self.matching)
        self.start, self.size, self.crash = 0, DEFAULT, False
        self.backward = "before" in values
        self.edits: dict[str, Any] = {}
        self.rows: list[Record] | None = None

    def prepare(self) -> str:
        """Read limit and position; return why the request is refused, or an empty text."""
        raw = self.values.get("limit", str(DEFAULT))
        if not raw.lstrip("-").isdigit() or not raw.isascii():
            return "limit"
        self.size = int(raw)
        if not 1 <= self.size <= MAXIMUM:
            if not self.design.clamps:
                return "limit"
            self.size = min(MAXIMUM, max(1, self.size))
        if self.design.short and self.size > 2 and "offset" not in self.values:
            self.size -= 1
        if sum(n in self.values for n in ("after", "before", "offset")) > 1:
            return "two positions"
        return self._position()

    def _position(self) -> str:
        if "offset" in self.values:
            raw = self.values["offset"]
            if not raw.isdigit() or not raw.isascii() or len(raw) > 18:
                return "offset"
            self.start = int(raw)
        for name in ("after", "before"):
            if name in self.values:
                place = self._place(self.values[name])
                if place is None:
                    return "" if self.design.bad_cursor == "first_page" else "cursor"
                before = sum(self.server.records.index(r) < place for r in self.matching)
                inclusive = sum(self.server.records.index(r) <= place for r in self.matching)
                self.start = inclusive if name == "after" else max(0, before - self.size)
                self.size = min(self.size, before) if name == "before" else self.size
        return ""

    def _place(self, cursor: str) -> int | None:
        cursors = [self._cursor(r) for r in self.server.records]
        return cursors.index(cursor) if cursor in cursors else None

    def _cursor(self, record: Record) -> str:
        place = list(self.server.records).index(record)
        return f"n{place}" if self.design.cursor_of == "place" else f"c-{record['id']}"

    def page(self) -> list[Record]:
        """Return the records of the page."""
        return self.matching[self.start : self.start + self.size] if self.rows is None else self.rows

    def body(self) -> dict[str, Any]:
        """Return the body of the answer."""
        rows = self.page()
        precedes, follows = self.start > 0 and bool(rows), self.start + len(rows) < len(self.matching) and bool(rows)
        more = precedes if self.backward and not self.design.forward_has_more else follows
        last = rows and (follows or self.design.dead_end_cursor)
        meta: dict[str, Any] = {
            "total": self.total if self.design.total else None,
            "offset": int(self.values["offset"]) if "offset" in self.values else None,
            "has_more": more,
            "after": self._cursor(rows[-1]) if last else None,
            "before": self._cursor(rows[0]) if rows and precedes else None,
        }
        meta |= self.edits
        if self.design.absent_cursors:
            meta = {k: v for k, v in meta.items() if v is not None}
        return {"items": rows, "meta": meta}
