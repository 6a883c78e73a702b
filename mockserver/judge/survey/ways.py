"""Knows the ways from one page to the next, and whether one of them leads on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mockserver.judge.survey.learnt import is_vague_total
from mockserver.judge.survey.reach import is_whole
from mockserver.judge.walk import Direction, ReceivedPage, Walk, received_page
from mockserver.semantics import ListSemantics

Way = tuple[Direction, ListSemantics]
"""A way on, and what the list means if it is taken."""


_SMALLEST_WINDOW = 100
_OUT_OF_WINDOW = (400, 403, 416, 422)


def ways_on(semantics: ListSemantics, first: ReceivedPage, tried: Direction) -> Iterator[Way]:
    """Yield each way to a next page that the contract or the first page suggests, the surest first."""
    again = received_page(first.exchange, semantics) or first
    if again.next is not None and (tried != "after" or first.next is None):
        yield "after", semantics
    if again.links.get("next"):
        yield "link", semantics
    if again.header_links.get("next"):
        yield "header-link", semantics
    if semantics.offset is not None and tried != "offset":
        yield "offset", semantics
    if semantics.page is not None and tried != "page":
        yield "page", semantics
    if semantics.after is not None and semantics.next_cursor is None and semantics.identity and again.next is None:
        yield "after", replace(semantics, id_cursors=True)
    if semantics.before is not None and semantics.previous_cursor is None and semantics.identity:
        # The newest records come first: those before the last one of a page are the next ones.
        yield "after", replace(semantics, after=semantics.before, before=None, next_cursor=None, id_cursors=True)


def leads_on(found: Walk) -> bool:
    """Return whether a walk reached records beyond its first page."""
    first = set(found.pages[0].ids) if found.pages else set()
    return any(set(page.ids) - first for page in found.pages[1:])


def is_whole_list(first: ReceivedPage, size: int | None, base: Walk, semantics: ListSemantics) -> bool:
    """Return whether one page is the whole list: the server says so, or the way to the next page ended there."""
    count = len(first.items)
    if first.has_more is False:
        return True
    if first.has_more is True or (first.total or 0) > count or (first.pages or 0) > 1:
        return False
    if first.links.get("next") or first.header_links.get("next"):
        return False
    if count == 0 or (first.total == count and not is_vague_total(semantics)):
        return True
    if base.ending != "end":
        return False
    if base.direction in ("offset", "page"):
        # The page after it was asked for, and held nothing.
        return True
    has_cursor = semantics.after is not None and semantics.next_cursor is not None
    return is_whole(first, semantics) or (has_cursor and (size is None or count < size))


def says_more(page: ReceivedPage) -> bool:
    """Return whether a page says that there are more records than its own."""
    return bool(page.has_more) or (page.total or 0) > len(page.items) or (page.pages or 0) > 1


def stands_still(walk: Walk) -> bool:
    """Return whether a walk by number or offset shows its first page again: what was sent has no effect."""
    if walk.direction not in ("page", "offset") or len(walk.pages) < 2:
        return False
    return bool(walk.pages[0].ids) and walk.pages[0].ids == walk.pages[1].ids


def window_of(walk: Walk) -> int:
    """Return how many records of a longer list can be reached, if the server says so; 0 if all can.

    That is a round number, as any such bound is, of records; the total is larger, and what follows is refused, or is
    not among the pages that the server counts.
    """
    count, first = len(walk.ids), walk.pages[0]
    is_round = count >= _SMALLEST_WINDOW and not str(count)[1:].strip("0")
    if not is_round or first.total is None or first.total <= count:
        return 0
    refusal = walk.last if walk.ending == "refused" else walk.beyond
    is_refused = refusal is not None and refusal.status in _OUT_OF_WINDOW
    return count if is_refused or first.pages == sum(bool(page.ids) for page in walk.pages) else 0


def without_position(semantics: ListSemantics, role: str) -> ListSemantics:
    """Return the same list without a number that has no effect."""
    if role == "page":
        return replace(semantics, page=None, page_echo=None, next_page=None, previous_page=None)
    return replace(semantics, offset=None, offset_echo=None)


def read_again(pages: Sequence[ReceivedPage], semantics: ListSemantics) -> tuple[ReceivedPage, ...]:
    """Return pages as they read now that more is known of what the list means."""
    return tuple(received_page(page.exchange, semantics) or page for page in pages)
