"""Follows the pages of a list through any `Fetch`, bounded, and keeps what it saw. It does not judge.

A `ReceivedPage` is an exchange that reads as a page of a list; a `Walk` is a run of pages, each reached by what the one
before it said.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Literal

from mockserver.contract import non_null
from mockserver.judge.exchange import Exchange, Fetch, Query
from mockserver.judge.following import target
from mockserver.judge.left_out import with_empty_items
from mockserver.semantics import ListSemantics, Page, read_page

Direction = Literal["after", "before", "offset", "page", "link", "header-link", "link-back"]
Ending = Literal["end", "bounded", "loop", "refused", "unreadable", "unknown"]
Position = str | int | None
"""Where a page begins: a cursor, an offset, a page number, or a URL; ``None`` for the beginning of the list."""

FOLLOWING = ("link", "header-link", "link-back")
"""Directions that follow URLs of the server's own: next in the body, next in the ``Link`` header, previous."""

PAST_THE_END = (400, 404, 416, 422)
"""How a server may refuse a page number past the last page."""

NO_SUCH_RANGE = (404, 416)
"""How a server may refuse an offset past the end."""

_PAGES = (200, 206)  # Statuses of answers that are pages.


@dataclass(frozen=True)
class ReceivedPage(Page):
    """A page, and the exchange that it was read from."""

    exchange: Exchange = field(kw_only=True)


def received_page(exchange: Exchange, semantics: ListSemantics) -> ReceivedPage | None:
    """Return the page in an answer; ``None`` if the answer is not a 200 with an array where the items belong."""
    if exchange.status not in _PAGES:
        return None
    body = with_empty_items(exchange.body, semantics)
    page = read_page(body, semantics, exchange.response_headers)
    return None if page is None else ReceivedPage(**vars(page), exchange=exchange)


@dataclass(frozen=True)
class Walk:
    """A run of pages, with the ``filters`` and the page ``sizes`` that were asked for (``None``: no size was).

    ``ending`` says why it stopped: the server said that there is no more (``end``), the walk had to stop
    (``bounded``), a cursor was returned again (``loop``), a request was refused, crashed or got no answer
    (``refused``), or an answer was not a page (``unreadable``). ``last`` is the exchange of the last two. ``beyond`` is
    what a cursor led to that was returned with ``has_more: false``, or what came past the last page. ``unknown`` says
    that there seem to be more records, but no way to them was found.
    """

    filters: Mapping[str, str]
    sizes: tuple[int | None, ...]
    direction: Direction
    pages: tuple[ReceivedPage, ...]
    ending: Ending
    last: Exchange | None = None
    beyond: Exchange | None = None

    @property
    def complete(self) -> bool:
        """Whether it went to the end of the list."""
        return self.ending == "end"

    @property
    def ids(self) -> tuple[str, ...]:
        """The identities met, in list order: a backward walk meets its last page first."""
        return tuple(i for page in self._pages_in_list_order() for i in page.ids)

    @property
    def items(self) -> tuple[Any, ...]:
        """The records met, in the order of `ids`."""
        return tuple(item for page in self._pages_in_list_order() for item in page.items)

    def _pages_in_list_order(self) -> Sequence[ReceivedPage]:
        return self.pages[::-1] if self.direction in ("before", "link-back") else self.pages


def page_query(
    semantics: ListSemantics,
    filters: Mapping[str, str] | None = None,
    size: int | None = None,
    **position: Position,
) -> Query:
    """Return the query for one page: filters, page size, and a position by its role (``after=``, ``offset=``, ...).

    A size or a position is left out where the operation has no parameter for it.
    """
    pairs = list((filters or {}).items())
    if size is not None and semantics.limit is not None:
        pairs.append((semantics.limit, str(size)))
    for role, value in position.items():
        name = getattr(semantics, role, None)
        if value is not None and name is not None:
            pairs.append((name, str(value)))
    return tuple(pairs)


UNBOUNDED_SIZE = 100
"""The page size to begin with where the contract has no maximum. What comes says what the largest size is."""


def largest_page_size(semantics: ListSemantics) -> int | None:
    """Return the largest page size; ``None`` if none can be asked for.

    Where the contract has no maximum, and none was learnt, it is `UNBOUNDED_SIZE`.
    """
    if semantics.limit is None:
        return None
    if semantics.declared_max_limit is None and "max_limit" not in semantics.why:
        return max(UNBOUNDED_SIZE, smallest_page_size(semantics))
    return semantics.max_limit


def smallest_page_size(semantics: ListSemantics) -> int:
    """Return the smallest page size that may be asked for: what the contract says, else 1."""
    return max(1, semantics.declared_min_limit or 1)


def largest_offset(semantics: ListSemantics) -> int | None:
    """Return the largest offset that has to be served; ``None`` if the contract does not say."""
    parameter = semantics.operation.parameter(semantics.offset) if semantics.offset is not None else None
    maximum = non_null(parameter.schema).get("maximum") if parameter is not None else None
    return math.floor(maximum) if isinstance(maximum, int | float) and math.isfinite(maximum) else None


def forward_direction(semantics: ListSemantics) -> Direction | None:
    """Return how a list is walked from its beginning: by cursor, else by offset, by page number, or not (``None``)."""
    if semantics.after is not None and (semantics.next_cursor is not None or semantics.id_cursors):
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
    start: Position = None,
    start_url: str = "",
    max_pages: int = 1000,
) -> Walk:
    """Walk from ``start`` until the list ends, or for ``max_pages``.

    ``sizes`` are the page sizes, used in turn (``None``: ask for none). Sends at most ``max_pages`` requests, and one
    more for a cursor that comes with ``has_more: false``. A walk that begins with a URL needs to know where that came
    from: ``start_url``.
    """
    steps = _WalkInProgress(fetch, semantics, dict(filters or {}), tuple(sizes), direction, start_url)
    return steps.run(start, max_pages)


@dataclass
class _WalkInProgress:
    fetch: Fetch
    semantics: ListSemantics
    filters: dict[str, str]
    sizes: tuple[int | None, ...]
    direction: Direction
    start_url: str = ""
    pages: list[ReceivedPage] = field(default_factory=list)
    sent: Position = None
    left_out: str = ""

    def run(self, start: Position, max_pages: int) -> Walk:
        position = start if start is not None else self._beginning()
        seen: set[Position] = set()
        for size in _in_turn(self.sizes, max_pages):
            is_again = position in seen
            if is_again and position != self.sent:
                return self._stopped("loop")
            seen.add(position)
            exchange = self._send(size, position)
            page = received_page(exchange, self.semantics)
            if self._is_past_the_end(exchange, page, position):
                return self._stopped("end", beyond=exchange)
            if page is None:
                return self._stopped("unreadable" if exchange.status == 200 else "refused", last=exchange)
            if is_again and self._shows_nothing_new(page):
                return self._stopped("loop")
            self.pages.append(page)
            following = self._following(page, position)
            if self._is_last(page, position, following):
                return self._stopped("end", beyond=self._look_beyond(size, following, seen))
            position = following
        return self._stopped("bounded")

    def _beginning(self) -> Position:
        """Return the first position. It is sent: without one a server may answer in another mode, in another order."""
        if self.direction == "offset":
            return self.semantics.first_offset
        return self.semantics.first_page if self.direction == "page" else None

    def _is_past_the_end(self, exchange: Exchange, page: ReceivedPage | None, position: Position) -> bool:
        """Return whether this is what comes past the last page, by number or by offset: a refusal, or that page again.

        A server that shows its first page for each position never came as far.
        """
        if not self.pages or self.direction not in ("page", "offset"):
            return False
        if page is None and self.direction == "offset":
            total, reached = self.pages[-1].total, int(position or 0) - self.semantics.first_offset
            return exchange.status in NO_SUCH_RANGE and total is not None and reached >= total
        if page is None:
            return exchange.status in PAST_THE_END
        if not page.ids or page.ids != self.pages[-1].ids:
            return False
        return len(self.pages) > 1 or (page.total is not None and page.total <= len(page.ids))

    def _send(self, size: int | None, position: Position) -> Exchange:
        self.sent = position
        if self.direction in FOLLOWING and isinstance(position, str):
            asked = self.pages[-1].exchange.url if self.pages else self.start_url
            leads = target(position, asked, self.semantics.operation)
            return self.fetch(leads.query, link=leads.link)
        if position is None or self.direction not in ("after", "before"):
            return self._send_with(size, position, "")
        refused = exchange = self._send_with(size, position, self.left_out)
        # Some tokens carry the filters, or the page size too, and refuse them beside it.
        for left_out in ("filters", "filters and size"):
            is_more = left_out != self.left_out and (self.filters if left_out == "filters" else size is not None)
            if exchange.status in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY) and is_more:
                exchange = self._send_with(size, position, left_out)
                self.left_out = left_out if exchange.status == HTTPStatus.OK else self.left_out
        return exchange if exchange.status == HTTPStatus.OK else refused

    def _send_with(self, size: int | None, position: Position, left_out: str) -> Exchange:
        filters = {} if left_out else self.filters
        asked = None if left_out == "filters and size" else size
        return self.fetch(page_query(self.semantics, filters, asked, **{self.direction: position}))

    def _shows_nothing_new(self, page: ReceivedPage) -> bool:
        """Return whether a cursor that was sent again led to no other records: it is no scroll, which moves on."""
        return bool(page.ids) and set(page.ids) <= {i for known in self.pages for i in known.ids}

    def _following(self, page: ReceivedPage, position: Position) -> Position:
        """Return the position of the page that comes next in this direction, or ``None`` if there is none."""
        if self.direction == "after":
            return page.next
        if self.direction == "before":
            return page.previous
        if self.direction in FOLLOWING:
            return _link(page, self.direction)
        if not page.items:
            return None
        if self.direction == "offset":
            return int(position or 0) + len(page.items)
        return int(position or 0) + 1

    def _is_last(self, page: ReceivedPage, position: Position, following: Position) -> bool:
        if following is None:
            return True
        if not page.items and following == position:
            # An empty page that gives its own cursor back is a dead end, not a loop: it leads to no page seen before.
            return True
        if self.direction == "before":
            # Servers differ in what has_more says under `before`, so only the cursor counts.
            return False
        # By offset and by number has_more may be that of the cursor mode, left at its default: only emptiness counts.
        return self.direction == "after" and page.has_more is False

    def _look_beyond(self, size: int | None, following: Position, seen: set[Position]) -> Exchange | None:
        if following is None or following in seen or self.direction in FOLLOWING:
            return None
        return self._send(size, following)

    def _stopped(self, ending: Ending, *, last: Exchange | None = None, beyond: Exchange | None = None) -> Walk:
        return Walk(self.filters, self.sizes, self.direction, tuple(self.pages), ending, last, beyond)


def _link(page: ReceivedPage, direction: Direction) -> str | None:
    """Return the URL of the page that comes next."""
    if direction == "link":
        return page.links.get("next")
    if direction == "header-link":
        return page.header_links.get("next")
    return page.links.get("previous", page.header_links.get("previous"))


def _in_turn(sizes: tuple[int | None, ...], count: int) -> Iterator[int | None]:
    for number in range(count):
        yield sizes[number % len(sizes)]
