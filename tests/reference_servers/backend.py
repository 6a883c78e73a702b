"""The second server's pipeline, one method a stage: wire, validate, refresh, select, page, meta, reply.

A fault or a design is a subclass that replaces one stage; both at once are combined by inheritance (fault first).
"""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from threading import RLock
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field, field_validator
from starlette.responses import JSONResponse, Response

from tests.reference_servers.data import EPOCH, Balance, balances
from tests.reference_servers.store import Clause, Row, Store

FILTERS = ("wallet_uuid", "chain_id", "address", "token_id")
Position = tuple[int, str]
"""A place in the list: a record's age and id."""


class Params(BaseModel):
    """The query parameters of the operation; an empty nullable one is absent."""

    wallet_uuid: UUID | None = None
    chain_id: str | None = None
    address: str | None = None
    token_id: str | None = None
    force_refresh: bool = False
    limit: int = Field(default=50, ge=1, le=200)
    after: str | None = None
    before: str | None = None
    offset: int | None = Field(default=None, ge=0, le=2**63 - 1)

    @field_validator("wallet_uuid", "chain_id", "address", "token_id", "after", "before", "offset", mode="before")
    @classmethod
    def blank(cls, value: Any) -> Any:
        """Read an empty string as null."""
        return None if value == "" else value

    def filters(self) -> dict[str, str]:
        """Return the filters that were given, as the strings that the table holds."""
        return {name: str(getattr(self, name)) for name in FILTERS if getattr(self, name) is not None}


class Refused(Exception):
    """A request that is answered with 422; `entries` are the envelope's details."""

    def __init__(self, *entries: dict[str, Any]) -> None:
        super().__init__(entries)
        self.entries = list(entries)

    @classmethod
    def parameter(cls, name: str, message: str, value: object) -> "Refused":
        """Refuse the value of one query parameter."""
        return cls({"loc": ["query", name], "msg": message, "type": "value_error", "input": str(value)})


class Crash(Exception):
    """A planted bug went off: answered with 500."""


@dataclass
class Page:
    """A page's rows in list order; the rows its cursors are made of; whether records follow and precede it."""

    rows: list[Row]
    first: Row | None
    last: Row | None
    follows: bool
    precedes: bool


def position(row: Row) -> Position:
    """Return the place of a row in the list."""
    return row["age"], row["id"]


@lru_cache(maxsize=4096)
def instant(micros: int) -> str:
    """Format microseconds since 1970 as RFC 3339, in whole seconds."""
    return datetime.fromtimestamp(micros // 1_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def pack(content: object) -> str:
    """Encode as base64url of compact JSON, without padding."""
    return base64.urlsafe_b64encode(json.dumps(content, separators=(",", ":")).encode()).decode().rstrip("=")


def unpack(text: str) -> Any:
    """Decode what `pack` encoded, up to 1,200 characters. Raises ValueError for anything else."""
    if len(text) > 1200 or not text.isascii():
        raise ValueError("not a cursor")
    try:
        content = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, UnicodeDecodeError, RecursionError) as error:
        raise ValueError("not a cursor") from error
    if pack(content) != text:
        raise ValueError("not a cursor")
    return content


class Backend:
    """The correct server.

    `total` is exact under `offset` and null otherwise; `has_more` says whether records follow the page in list order.
    """

    params: type[Params] = Params
    total_shown = "offset"
    """When `total` is filled: offset, always, first, never."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.lock = RLock()
        self.refreshed = 0
        rows = self.load(size)
        self.late = rows[int(size * 0.93)].id if rows else ""
        self.store = Store(rows)

    def load(self, size: int) -> Sequence[Balance]:
        """Return the records, in list order."""
        return balances(size)

    def wire(self, raw: bytes) -> bytes:
        """Return the raw query string as the server is to read it."""
        return raw

    def allowed(self, key: str | None, keys: Sequence[str], asked: Sequence[str]) -> bool:
        """Return whether `key` is one of `keys` (none: all are let in); `asked` names the query parameters."""
        return not keys or key in keys

    def answer(self, query: Params) -> Any:
        """Return the body of the 200 response. Raises Refused."""
        with self.lock:
            self.check(query)
            self.refresh(query)
            page = self.page(query)
            return self.body(query, [self.record(row) for row in page.rows], self.meta(query, page))

    def check(self, query: Params) -> None:
        """Refuse two ways of paging at once."""
        given = [name for name in ("after", "before", "offset") if getattr(query, name) is not None]
        if len(given) > 1:
            raise Refused.parameter(given[1], f"cannot be used together with {given[0]}", getattr(query, given[1]))

    def refresh(self, query: Params) -> None:
        """Sync the balances of one address: their times move forward, nothing else changes."""
        if query.force_refresh and query.address is not None:
            self.sync(query.address, self.tick())

    def tick(self) -> int:
        """Return the time of a refresh: later than every time in the data, a second later at each refresh."""
        self.refreshed += 1
        return EPOCH + 3_600_000_000 + self.refreshed * 1_000_000

    def sync(self, address: str, now: int) -> None:
        """Store the outcome of a sync."""
        self.store.change("UPDATE balances SET updated = ?, synced = ? WHERE address = ?", now, now, address)

    def where(self, query: Params) -> list[Clause]:
        """Return the clauses of the filters."""
        return [self.match(name, value) for name, value in query.filters().items()]

    def match(self, column: str, value: str) -> Clause:
        """Return the clause of one filter."""
        return f"{column} = ?", (value,)

    def order(self, back: bool) -> str:
        """Return the ORDER BY of the list, or of the list read backward."""
        return "age DESC, id DESC" if back else "age, id"

    def beyond(self, place: Position, back: bool) -> Clause:
        """Return the clause for the records after (or before) a place."""
        return ("(age, id) < (?, ?)" if back else "(age, id) > (?, ?)"), place

    def encode(self, row: Row, query: Params, name: str) -> str:
        """Return the cursor of a row, for the parameter `name`."""
        return pack([row["age"], row["id"]])

    def decode(self, text: str, query: Params, name: str) -> Position:
        """Return the place that a cursor names. Raises ValueError."""
        content = unpack(text)
        if not isinstance(content, list) or [type(part) for part in content] != [int, str]:
            raise ValueError("not a cursor")
        if abs(content[0]) >= 2**63 or not content[1].isascii():
            raise ValueError("not a cursor")
        return content[0], content[1]

    def start(self, query: Params) -> Position | None:
        """Return the place that the request's cursor names, if it has one. Raises Refused."""
        name = "before" if query.before is not None else "after"
        text: str | None = getattr(query, name)
        if text is None:
            return None
        try:
            return self.decode(text, query, name)
        except ValueError as error:
            raise self.bad_cursor(name, text) from error

    def bad_cursor(self, name: str, text: str) -> Refused:
        """Return the error for a cursor that this server did not issue."""
        return Refused.parameter(name, "is not a cursor of this list", text)

    def page(self, query: Params) -> Page:
        """Return the page that a request asks for."""
        return self.seek(query) if query.offset is None else self.slice(query, query.offset)

    def slice(self, query: Params, offset: int) -> Page:
        """Return the page at an offset."""
        where = self.where(query)
        return self.bounded(self.store.select(where, self.order(False), query.limit, offset), where)

    def seek(self, query: Params) -> Page:
        """Return the page next to the cursor: one row more than needed is read, and cut off."""
        back = query.before is not None
        place = self.start(query)
        where = self.where(query)
        there = [] if place is None else [self.beyond(place, back)]
        rows = self.cut(self.store.select(where + there, self.order(back), query.limit + 1), query.limit, back)
        return self.bounded(rows[::-1] if back else rows, where)

    def cut(self, rows: list[Row], limit: int, back: bool) -> list[Row]:
        """Return the rows of the page, out of those that were read."""
        return rows[:limit]

    def bounded(self, rows: list[Row], where: list[Clause]) -> Page:
        """Return `rows` as a page that knows whether records follow and precede it."""
        if not rows:
            return Page([], None, None, False, False)
        follows = self.any(where, position(rows[-1]), False)
        return Page(rows, rows[0], rows[-1], follows, self.any(where, position(rows[0]), True))

    def any(self, where: list[Clause], place: Position, back: bool) -> bool:
        """Return whether a record that meets `where` lies beyond a place."""
        return bool(self.store.select([*where, self.beyond(place, back)], self.order(back), 1))

    def has_more(self, query: Params, page: Page) -> bool:
        """Return whether records follow the page in list order, whichever direction led to it."""
        return page.follows

    def total(self, query: Params, page: Page) -> int:
        """Count the records that meet the filters."""
        return self.store.count(self.where(query))

    def shows_total(self, query: Params) -> bool:
        """Return whether this response has a `total`."""
        first = query.after is None and query.before is None and not query.offset
        return {"always": True, "never": False, "first": first}.get(self.total_shown, query.offset is not None)

    def meta(self, query: Params, page: Page) -> dict[str, Any] | None:
        """Return the pagination metadata."""
        total = self.total(query, page) if self.shows_total(query) else None
        if query.offset is not None:
            cursors = dict.fromkeys(("has_more", "after", "before"))
            return {"total": total, "offset": query.offset, "limit": query.limit, **cursors}
        return {"total": total, "offset": None, "limit": None, **self.cursors(query, page)}

    def cursors(self, query: Params, page: Page) -> dict[str, Any]:
        """Return the metadata of cursor mode."""
        return {
            "has_more": self.has_more(query, page),
            "after": self.encode(page.last, query, "after") if page.last and page.follows else None,
            "before": self.encode(page.first, query, "before") if page.first and page.precedes else None,
        }

    def record(self, row: Row) -> dict[str, Any]:
        """Return a row as the contract describes it."""
        shown = {name: value for name, value in row.items() if name not in {"age", "updated", "synced"}}
        shown["compatible_chains"] = row["compatible_chains"].split(",") if row["compatible_chains"] else []
        shown["updated_at"] = self.moment(row["updated"])
        shown["balance_updated_at"] = None if row["synced"] is None else self.moment(row["synced"])
        return shown

    def moment(self, micros: int) -> Any:
        """Return a time as the contract describes it."""
        return instant(micros)

    def body(self, query: Params, records: list[dict[str, Any]], meta: dict[str, Any] | None) -> Any:
        """Return the envelope of a success."""
        return {"result": records, "success": True, "suggestion": "", "message": "", "meta": meta}

    def refusal(self, entries: list[dict[str, Any]]) -> Response:
        """Return the response to bad input."""
        return self.reply(422, {"success": False, "error": {"detail": entries}})

    def reply(self, status: int, body: Any) -> Response:
        """Return a response with this body."""
        return JSONResponse(body, status)
