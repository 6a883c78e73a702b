"""The position of a page in its list, and the links to the pages beside it, by what the server's own answers say.

A cursor does not tell its position. So a link with a cursor also says how many records lie before the page that it
leads to, counted from the first page on. If the answer contradicts this, the position is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mockserver.mock.messages import Pair
from mockserver.semantics import ListSemantics, Page
from mockserver.server.console.requests import FormRequest
from mockserver.world.identities import spelled

CHANGED = "the list has changed since its first page was shown"
NOT_COUNTED = "a cursor does not tell its position; start at First to count"
COUNTED = "counted from the first page"


@dataclass(frozen=True)
class Hint:
    """What a link says about the page that it leads to: its first rank, or the rank after its last, and the total.

    Ranks count from 0.
    """

    start: int | None = None
    stop: int | None = None
    total: int | None = None

    def pairs(self) -> list[Pair]:
        """Return the hint as parameters of a link; `read_hint` reads them."""
        known = {"start": self.start, "stop": self.stop, "total": self.total}
        return [("walk", "1"), *((name, str(value)) for name, value in known.items() if value is not None)]


def read_hint(args: Mapping[str, str]) -> Hint | None:
    """Return the hint of the link that led here; ``None`` if no link of a page did."""
    if args.get("walk") != "1":
        return None
    return Hint(_number(args.get("start")), _number(args.get("stop")), _number(args.get("total")))


def _number(text: str | None) -> int | None:
    if text is None or not (text.isascii() and text.isdigit() and len(text) <= 18):
        return None
    return int(text)


@dataclass(frozen=True)
class PagePosition:
    """Ranks ``start`` (from 0) to ``stop`` (excluded) of ``total``; ``None`` for what is unknown.

    ``reason`` says how the position is known, or why it is not.
    """

    start: int | None
    stop: int | None
    total: int | None
    reason: str


def without_position(semantics: ListSemantics, pairs: Sequence[Pair]) -> list[Pair]:
    """Return form values without those that say where a page begins."""
    names = {f"query.{name}" for name in (*semantics.cursors, semantics.offset, semantics.page) if name}
    return [pair for pair in pairs if pair[0] not in names]


class Paging:
    """A page of a list that a request asked for; ``hint`` is that of the link that led to it, if one did.

    ``position`` is where the page lies. `next` and `previous` return the links to the pages beside it.
    """

    def __init__(self, semantics: ListSemantics, request: FormRequest, page: Page, hint: Hint | None) -> None:
        self._semantics = semantics
        self._request = request
        self._page = page
        self._hint = hint or Hint()
        self._role = _position_role(semantics, request)
        self._limit = _limit(semantics, request)
        self._total = None if semantics.total_kind == "none" else page.total
        self.position = self._position()

    # The position ----------------------------------------------------------------------------------------------------

    def _position(self) -> PagePosition:
        start, reason = self._start()
        if start is not None and self._role in ("after", "before") and self._contradicts(start):
            start, reason = None, CHANGED
        stop = None if start is None else start + len(self._page.items)
        total = self._total
        if total is None and self._is_last():
            total = stop
        return PagePosition(start, stop, total, reason)

    def _start(self) -> tuple[int | None, str]:
        """Return the rank at which the page starts by its request or the hint, and the reason."""
        if self._role is None:
            return 0, "the first page"
        if self._role == "offset":
            return _number(self._request.parameter(self._semantics.offset)), "from the offset"
        if self._role == "page":
            number = _number(self._request.parameter(self._semantics.page))
            return (number - 1) * self._limit if number else None, "from the page number"
        start = self._hint.start if self._role == "after" else self._start_from_stop()
        return start, NOT_COUNTED if start is None else COUNTED

    def _start_from_stop(self) -> int | None:
        return None if self._hint.stop is None else self._hint.stop - len(self._page.items)

    def _contradicts(self, start: int) -> bool:
        """Return whether the answer contradicts that the page starts at this rank."""
        stop = start + len(self._page.items)
        if start < 0 or (self._is_first() is not None and self._is_first() != (start == 0)):
            return True
        if self._semantics.total_kind != "exact" or self._total is None:
            return False
        if self._hint.total is not None and self._hint.total != self._total:
            return True
        return stop > self._total or (self._is_last() is not None and self._is_last() != (stop == self._total))

    def _is_first(self) -> bool | None:
        """Return whether the answer says that no page is before this one; ``None`` if it does not say."""
        if not self._page.items:
            return None
        if self._role == "before" and self._page.has_more is not None:
            return not self._page.has_more
        return None if self._semantics.previous_cursor is None else self._page.previous is None

    def _is_last(self) -> bool | None:
        """Return whether the answer says that no page is after this one; ``None`` if it does not say."""
        if not self._page.items:
            return None
        if self._semantics.next_cursor is not None:
            return self._page.next is None
        return None if self._page.has_more is None or self._role == "before" else not self._page.has_more

    # The pages beside it ---------------------------------------------------------------------------------------------

    def next(self) -> list[Pair] | None:
        """Return the form values that lead to the next page; ``None`` if there is none, or no way to it."""
        semantics, page = self._semantics, self._page
        cursor = page.next
        if cursor is None and (self._role == "before" or page.has_more is True):
            cursor = self._identity(-1)
        if semantics.after and cursor:
            hint = Hint(start=self.position.stop, total=self.position.total)
            return [(f"query.{semantics.after}", cursor), *hint.pairs()]
        if (semantics.after and semantics.next_cursor) or not self._has_next():
            return None
        return self._link_by_number(self.position.stop, 1)

    def previous(self) -> list[Pair] | None:
        """Return the form values that lead to the previous page; ``None`` if there is none, or no way to it."""
        semantics, page = self._semantics, self._page
        cursor = page.previous
        if cursor is None and (self._role == "after" or (self._role == "before" and page.has_more is True)):
            cursor = self._identity(0)
        if semantics.before and cursor:
            hint = Hint(stop=self.position.start, total=self.position.total)
            return [(f"query.{semantics.before}", cursor), *hint.pairs()]
        if semantics.before and semantics.previous_cursor:
            return None
        if not self.position.start or self._role not in ("offset", "page"):
            return None
        return self._link_by_number(max(self.position.start - self._limit, 0), -1)

    def _identity(self, index: int) -> str | None:
        """Return the identity of a record of the page, which is its cursor in lists whose answers have no cursors."""
        semantics = self._semantics
        if not self._page.items or semantics.identity is None or semantics.next_cursor is not None:
            return None
        record = self._page.items[index]
        value = record.get(semantics.identity) if isinstance(record, dict) else None
        return None if value is None else spelled(value)

    def _has_next(self) -> bool:
        """Return whether a page is after this one, by what the answer says, else by the position, else by the size."""
        count = len(self._page.items)
        if not count:
            return False
        if self._page.has_more is not None:
            return self._page.has_more
        if self.position.stop is not None and self.position.total is not None:
            return self.position.stop < self.position.total
        return count >= self._limit

    def _link_by_number(self, start: int | None, step: int) -> list[Pair] | None:
        """Return the form values for the page that is ``step`` pages on, or that starts at rank ``start``."""
        semantics = self._semantics
        if semantics.page is not None and self._role in (None, "page"):
            number = _number(self._request.parameter(semantics.page)) or 1
            return [(f"query.{semantics.page}", str(number + step))]
        if semantics.offset is not None and start is not None:
            return [(f"query.{semantics.offset}", str(start))]
        return None


def _position_role(semantics: ListSemantics, request: FormRequest) -> str | None:
    """Return by what a request says where its page begins: ``after``, ``before``, ``offset``, ``page`` or ``None``."""
    for role in ("after", "before", "offset", "page"):
        if request.parameter(getattr(semantics, role)) is not None:
            return role
    return None


def _limit(semantics: ListSemantics, request: FormRequest) -> int:
    """Return the page size of a request."""
    return min(_number(request.parameter(semantics.limit)) or semantics.default_limit, semantics.max_limit)
