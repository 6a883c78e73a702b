"""Follows pages through any `fetch`, bounded, and keeps what it saw.

A *fetch* sends one request and gives an `Exchange`, whatever happened; a `Page` is how an exchange reads as a page of a
list; a `Walk` is a run of pages, each reached by what the one before it said. Nothing here judges.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from mockserver.contract import non_null
from mockserver.semantics import ListSemantics

Query = tuple[tuple[str, str], ...]
Direction = Literal["after", "before", "offset", "page"]
Ending = Literal["end", "bounded", "loop", "refused", "unreadable"]


@dataclass(frozen=True)
class Exchange:
    """One request and what came back.

    ``status`` is ``None`` where no answer came (``error`` says why); ``body`` is the parsed JSON, ``None`` where it is
    none; ``faults`` is what the contract has against the answer; ``curl`` is the request as a line to paste;
    ``secondhand`` says that a cursor in it had been sent before.
    """

    query: Query
    status: int | None
    body: Any = None
    error: str = ""
    faults: tuple[str, ...] = ()
    curl: str = ""
    secondhand: bool = False

    @property
    def refused(self) -> bool:
        """Whether the answer is a 4xx."""
        return self.status is not None and 400 <= self.status < 500

    @property
    def crashed(self) -> bool:
        """Whether the answer is a 5xx, or there is none."""
        return self.status is None or self.status >= 500


class Fetch(Protocol):
    """Sends one GET with these query parameters, with the caller's key or without; never raises for what comes back."""

    def __call__(self, query: Query, *, key: bool = True) -> Exchange: ...


@dataclass(frozen=True)
class Page:
    """An exchange that reads as a page. ``ids`` are the records' identities as text, in the page's order."""

    exchange: Exchange
    items: tuple[Any, ...]
    ids: tuple[str, ...]
    next: str | None
    previous: str | None
    has_more: bool | None
    total: int | None
    offset: int | None
    limit: int | None


@dataclass(frozen=True)
class Walk:
    """A run of pages. ``filters`` and ``sizes`` say with what; ``end`` says why it stopped.

    ``end``: the server said that there is no more (``end``), the walker was told to stop (``bounded``), a cursor came
    twice (``loop``), a cursor was not taken (``refused``: a 4xx, a 5xx or no answer) or the answer is no page
    (``unreadable``); ``last`` is the exchange of the last two. ``beyond`` is what a cursor led to that was given
    together with ``has_more: false``.
    """

    filters: Mapping[str, str]
    sizes: tuple[int | None, ...]
    direction: Direction
    pages: tuple[Page, ...]
    end: Ending
    last: Exchange | None = None
    beyond: Exchange | None = None

    @property
    def complete(self) -> bool:
        """Whether it went to the end of the list."""
        return self.end == "end"

    @property
    def ids(self) -> tuple[str, ...]:
        """The identities met, in list order: pages of a backward walk are put in front of each other."""
        pages = reversed(self.pages) if self.direction == "before" else self.pages
        return tuple(i for page in pages for i in page.ids)

    @property
    def items(self) -> tuple[Any, ...]:
        """The records met, in the order of `ids`."""
        pages = reversed(self.pages) if self.direction == "before" else self.pages
        return tuple(i for page in pages for i in page.items)

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """Everything that was sent for it, in order."""
        extra = (e for e in (self.last, self.beyond) if e is not None)
        return (*(p.exchange for p in self.pages), *extra)


def at(body: Any, path: Sequence[str] | None) -> Any:
    """What stands at a path of keys in a JSON value, or ``None``."""
    if path is None:
        return None
    for key in path:
        body = body.get(key) if isinstance(body, dict) else None
    return body


def identity_of(item: Any, semantics: ListSemantics) -> str:
    """A record's identity as text: the identifying property, or the whole record where there is none."""
    if isinstance(item, dict) and semantics.identity is not None and item.get(semantics.identity) is not None:
        return str(item[semantics.identity])
    return json.dumps(item, sort_keys=True)


def read_page(exchange: Exchange, semantics: ListSemantics) -> Page | None:
    """The exchange as a page; ``None`` where it is no 200 with an array where the items belong."""
    items = at(exchange.body, semantics.items)
    if exchange.status != 200 or not isinstance(items, list):
        return None
    body = exchange.body
    return Page(
        exchange=exchange,
        items=tuple(items),
        ids=tuple(identity_of(item, semantics) for item in items),
        next=_cursor(at(body, semantics.next_cursor)),
        previous=_cursor(at(body, semantics.previous_cursor)),
        has_more=_typed(at(body, semantics.has_more), bool),
        total=_integer(at(body, semantics.total)),
        offset=_integer(at(body, semantics.offset_echo)),
        limit=_integer(at(body, semantics.limit_echo)),
    )


def _cursor(value: Any) -> str | None:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) and value != "" else None


def _typed(value: Any, kind: type[bool]) -> bool | None:
    return value if isinstance(value, kind) else None


def _integer(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def query_of(
    semantics: ListSemantics,
    filters: Mapping[str, str] | None = None,
    size: int | None = None,
    **position: str | int | None,
) -> Query:
    """The query for one page: filters, page size, and a position by role (``after=``, ``offset=``, ...)."""
    pairs = list((filters or {}).items())
    if size is not None and semantics.limit is not None:
        pairs.append((semantics.limit, str(size)))
    for role, value in position.items():
        name = getattr(semantics, role)
        if value is not None and name is not None:
            pairs.append((name, str(value)))
    return tuple(pairs)


def smallest_page(semantics: ListSemantics) -> int:
    """The smallest page size that may be asked for: what the contract says, else 1."""
    parameter = semantics.operation.parameter(semantics.limit) if semantics.limit is not None else None
    return max(1, int(non_null(parameter.schema).get("minimum", 1))) if parameter is not None else 1


def largest_offset(semantics: ListSemantics) -> int | None:
    """The largest offset that has to be served, where the contract says one."""
    parameter = semantics.operation.parameter(semantics.offset) if semantics.offset is not None else None
    maximum = non_null(parameter.schema).get("maximum") if parameter is not None else None
    return int(maximum) if maximum is not None else None


def forward(semantics: ListSemantics) -> Direction | None:
    """How this list is walked from its beginning: by cursor, else by offset, else by page number; else ``None``."""
    if semantics.after is not None and semantics.next_cursor is not None:
        return "after"
    if semantics.offset is not None:
        return "offset"
    return "page" if semantics.page is not None else None


def walk(
    fetch: Fetch,
    semantics: ListSemantics,
    *,
    filters: Mapping[str, str] | None = None,
    sizes: Sequence[int | None] = (None,),
    direction: Direction = "after",
    start: str | int | None = None,
    max_pages: int = 1000,
) -> Walk:
    """Walk from ``start`` (a cursor or an offset; ``None``: the list's beginning) until it ends, or for ``max_pages``.

    ``sizes`` are the page sizes, used in turn (``None``: none is asked for). Sends ``max_pages`` requests at most, and
    one more for a cursor that comes with ``has_more: false``.
    """
    steps = _Steps(fetch, semantics, dict(filters or {}), tuple(sizes), direction)
    return steps.run(start, max_pages)


@dataclass
class _Steps:
    """One walk under way."""

    fetch: Fetch
    semantics: ListSemantics
    filters: dict[str, str]
    sizes: tuple[int | None, ...]
    direction: Direction
    pages: list[Page] = field(default_factory=list)

    def run(self, start: str | int | None, max_pages: int) -> Walk:
        # An offset of 0 is said: without it a server may answer in its cursor mode, in another order.
        position = 0 if start is None and self.direction == "offset" else start
        seen: set[str | int | None] = set()
        for size in _in_turn(self.sizes, max_pages):
            if position in seen:
                return self._stopped("loop")
            seen.add(position)
            exchange = self._send(size, position)
            page = read_page(exchange, self.semantics)
            if page is None:
                return self._stopped("unreadable" if exchange.status == 200 else "refused", last=exchange)
            self.pages.append(page)
            following = self._following(page, position)
            if self._is_last(page, position, following):
                return self._stopped("end", beyond=self._look_beyond(size, following, seen))
            position = following
        return self._stopped("bounded")

    def _send(self, size: int | None, position: str | int | None) -> Exchange:
        return self.fetch(query_of(self.semantics, self.filters, size, **{self.direction: position}))

    def _following(self, page: Page, position: str | int | None) -> str | int | None:
        if self.direction == "after":
            return page.next
        if self.direction == "before":
            return page.previous
        if self.direction == "offset":
            return int(position or 0) + len(page.items) if page.items else None
        return int(position or 1) + 1 if page.items else None

    def _is_last(self, page: Page, position: str | int | None, following: str | int | None) -> bool:
        if following is None or (not page.items and following == position):
            # An empty page that gives its own cursor back is a dead end, not a loop: nobody is sent anywhere.
            return True
        if self.direction == "before":
            # What has_more speaks of under `before` is anyone's choice: only the cursor counts.
            return False
        # By offset and by number a page's has_more may be the other mode's, left at its default: only emptiness counts.
        return self.direction == "after" and page.has_more is False

    def _look_beyond(self, size: int | None, following: str | int | None, seen: set[Any]) -> Exchange | None:
        if following is None or following in seen:
            return None
        return self._send(size, following)

    def _stopped(self, end: Ending, *, last: Exchange | None = None, beyond: Exchange | None = None) -> Walk:
        return Walk(self.filters, self.sizes, self.direction, tuple(self.pages), end, last, beyond)


def _in_turn(sizes: tuple[int | None, ...], count: int) -> Iterator[int | None]:
    for number in range(count):
        yield sizes[number % len(sizes)]
