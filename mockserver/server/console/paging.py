"""Where a page lies in its list, and the links to the pages beside it: by what the server's own answers say.

A cursor does not tell a place. So a link says how many records lie before the page that it leads to, as they were
counted on the way from the first page; what the answer then says must agree, or the place is not known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mockserver.mock.messages import Pair
from mockserver.semantics import ListSemantics, Page, read_page
from mockserver.server.console.requests import Asked
from mockserver.world.identities import spelled

MOVED = "the list has changed since its first page was shown"
UNWALKED = "a cursor alone does not tell a place; start at First to count"


@dataclass(frozen=True)
class Walk:
    """What a link says of the page that it leads to: its ``start`` or its ``stop`` (ranks, from 0), and the total."""

    start: int | None = None
    stop: int | None = None
    total: int | None = None

    def pairs(self) -> list[Pair]:
        """As a link's query spells it."""
        known = {"start": self.start, "stop": self.stop, "total": self.total}
        return [("walk", "1"), *((name, str(value)) for name, value in known.items() if value is not None)]


def read_walk(args: Mapping[str, str]) -> Walk | None:
    """What a link said; ``None`` where the page was not reached by one."""
    if args.get("walk") != "1":
        return None
    return Walk(*(_whole(args.get(name)) for name in ("start", "stop", "total")))


def _whole(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) <= 18 else None


Listing = Page
"""What an answer says of its list."""


def read_listing(semantics: ListSemantics, body: Any) -> Listing | None:
    """Return the list in an answer; ``None`` if there is none. A total that is declared worthless is left out."""
    page = read_page(body, semantics)
    if page is not None and semantics.total_kind == "none":
        return replace(page, total=None)
    return page


@dataclass(frozen=True)
class Place:
    """Records ``start`` (from 0) to ``stop`` (excluded) of ``total``; ``why`` says how that is known, or why not."""

    start: int | None
    stop: int | None
    total: int | None
    why: str


def kind_of(semantics: ListSemantics, asked: Asked) -> str | None:
    """How the request says where its page is: ``after``, ``before``, ``offset``, ``page``, or not at all."""
    kinds = ("after", "before", "offset", "page")
    return next((kind for kind in kinds if asked.said(getattr(semantics, kind)) is not None), None)


def limit_of(semantics: ListSemantics, asked: Asked) -> int:
    """The page size that the request asks for."""
    said = _whole(asked.said(semantics.limit))
    return min(said or semantics.default_limit, semantics.max_limit)


def place_of(semantics: ListSemantics, asked: Asked, walk: Walk | None, listing: Listing) -> Place:
    """Where the page lies."""
    kind = kind_of(semantics, asked)
    start, why = _claimed(semantics, asked, kind, walk, listing)
    if start is not None and kind in ("after", "before") and not _agrees(semantics, kind, start, walk, listing):
        start, why = None, MOVED
    stop = None if start is None else start + len(listing.items)
    return Place(start, stop, stop if listing.total is None and _ends(semantics, kind, listing) else listing.total, why)


def _claimed(
    semantics: ListSemantics, asked: Asked, kind: str | None, walk: Walk | None, listing: Listing
) -> tuple[int | None, str]:
    if kind is None:
        return 0, "the first page"
    if kind == "offset":
        return _whole(asked.said(semantics.offset)), "by the offset"
    if kind == "page":
        page = _whole(asked.said(semantics.page))
        return None if not page else (page - 1) * limit_of(semantics, asked), "by the number of the page"
    if walk is None:
        return None, UNWALKED
    if kind == "after":
        return walk.start, "counted from the first page" if walk.start is not None else UNWALKED
    start = None if walk.stop is None else walk.stop - len(listing.items)
    return start, "counted from the first page" if start is not None else UNWALKED


def _agrees(semantics: ListSemantics, kind: str, start: int, walk: Walk | None, listing: Listing) -> bool:
    """Whether what the answer says can be true of a page that starts there."""
    stop, items = start + len(listing.items), bool(listing.items)
    first = None if semantics.previous_cursor is None or not items else listing.previous is None
    ends = _ends(semantics, kind, listing)
    if kind == "before" and listing.has_more is not None and items:
        first = not listing.has_more
    total = listing.total if semantics.total_kind == "exact" else None
    return (
        start >= 0
        and (walk is None or None in (walk.total, total) or walk.total == total)
        and (first is None or first == (start == 0))
        and (total is None or stop <= total)
        and (None in (total, ends) or ends == (stop == total))
    )


def _ends(semantics: ListSemantics, kind: str | None, listing: Listing) -> bool | None:
    """Whether the page is the last one; ``None`` where the answer does not say."""
    if not listing.items:
        return None
    if semantics.next_cursor is not None:
        return listing.next is None
    return None if listing.has_more is None or kind == "before" else not listing.has_more


# The pages beside it --------------------------------------------------------------------------------------------------


def without_place(semantics: ListSemantics, pairs: Sequence[Pair]) -> list[Pair]:
    """Form values without those that say where a page is."""
    names = {f"query.{name}" for name in (*semantics.cursors, semantics.offset, semantics.page) if name}
    return [pair for pair in pairs if pair[0] not in names]


def following(semantics: ListSemantics, asked: Asked, listing: Listing, place: Place) -> list[Pair] | None:
    """What leads to the next page, as form values; ``None`` if there is none, or no way to it."""
    kind, count = kind_of(semantics, asked), len(listing.items)
    cursor = listing.next or _identity(semantics, listing, -1, kind == "before" or listing.has_more is True)
    if semantics.after and cursor:
        return [(f"query.{semantics.after}", cursor), *Walk(start=place.stop, total=place.total).pairs()]
    if semantics.after and semantics.next_cursor:
        return None
    known = None if None in (place.total, place.stop) else (place.stop or 0) < (place.total or 0)
    more = listing.has_more if listing.has_more is not None else known
    if not count or (count < limit_of(semantics, asked) if more is None else not more):
        return None
    return _counted(semantics, asked, place.stop, 1)


def preceding(semantics: ListSemantics, asked: Asked, listing: Listing, place: Place) -> list[Pair] | None:
    """What leads to the page before, as form values; ``None`` if there is none, or no way to it."""
    kind = kind_of(semantics, asked)
    cursor = listing.previous or _identity(
        semantics, listing, 0, kind == "after" or (kind == "before" and listing.has_more is True)
    )
    if semantics.before and cursor:
        return [(f"query.{semantics.before}", cursor), *Walk(stop=place.start, total=place.total).pairs()]
    if semantics.before and semantics.previous_cursor:
        return None
    if not place.start or kind not in ("offset", "page"):
        return None
    return _counted(semantics, asked, max(place.start - limit_of(semantics, asked), 0), -1)


def _identity(semantics: ListSemantics, listing: Listing, index: int, there: bool) -> str | None:
    """The identity of the first or last record, which is a cursor where answers hold none."""
    if not there or not listing.items or semantics.identity is None or semantics.next_cursor is not None:
        return None
    item = listing.items[index]
    value = item.get(semantics.identity) if isinstance(item, dict) else None
    return None if value is None else spelled(value)


def _counted(semantics: ListSemantics, asked: Asked, start: int | None, step: int) -> list[Pair] | None:
    if semantics.page is not None and kind_of(semantics, asked) in (None, "page"):
        page = _whole(asked.said(semantics.page)) or 1
        return [(f"query.{semantics.page}", str(page + step))]
    if semantics.offset is not None and start is not None:
        return [(f"query.{semantics.offset}", str(start))]
    return None
