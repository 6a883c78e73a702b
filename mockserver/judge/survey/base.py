"""Takes the walk that every survey begins with, and learns on the way how the list is walked, and how large pages are.

Nothing is assumed that the contract does not say: where it leaves open how the next page is reached, the answers show
it, and each way is tried before it is believed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from mockserver.errors import JudgeError
from mockserver.judge.survey.learnt import from_answer
from mockserver.judge.survey.reach import WALKED, Reach, is_whole, reach_of
from mockserver.judge.survey.recorder import BudgetSpent, Recorder
from mockserver.judge.survey.run import BASE_PAGES
from mockserver.judge.walk import (
    Direction,
    ReceivedPage,
    Walk,
    forward_direction,
    largest_page_size,
    page_query,
    received_page,
    smallest_page_size,
    walk,
)
from mockserver.semantics import ListSemantics


class Beginning(NamedTuple):
    """The base walk, what the list means with what was learnt, and how far it was reached.

    ``tried`` is a walk the usual way that ended on its first page, though another way led on.
    """

    base: Walk
    semantics: ListSemantics
    reach: Reach = WALKED
    tried: Walk | None = None


def first_walk(fetch: Recorder, semantics: ListSemantics, budget: int, *, largest: bool = True) -> Beginning:
    """Return the base walk, at the largest page size, or without asking for a size.

    Raises `JudgeError` if the budget does not suffice for it.
    """
    try:
        return _Search(fetch, semantics, min(BASE_PAGES, max(1, budget - 1)), largest).run()
    except BudgetSpent as spent:
        raise JudgeError(str(spent) or f"a budget of {budget} is too small to judge a list; try 450") from None


class _Search:
    def __init__(self, fetch: Recorder, semantics: ListSemantics, pages: int, largest: bool) -> None:
        self.fetch, self.semantics, self.pages = fetch, semantics, pages
        self.size = largest_page_size(semantics) if largest else None

    def run(self) -> Beginning:
        self._learn_the_first_number()
        base = self._walk(forward_direction(self.semantics) or "after")
        if not base.pages and base.last is not None and base.last.status == 200:
            learnt = from_answer(self.semantics, base.last.body)
            if learnt is not self.semantics:
                self.semantics = learnt
                base = self._walk(forward_direction(self.semantics) or "after")
        if not base.pages:
            return Beginning(base, self.semantics)
        usual = base
        if len(base.pages) == 1:
            base = self._other_ways_within_budget(base)
        tried = replace(usual, ending="unknown") if base.direction != usual.direction else None
        return Beginning(base, self._with_learnt_size(base), reach_of(self.semantics, base), tried)

    def _walk(self, direction: Direction, size: int | None = None, pages: int | None = None) -> Walk:
        sizes = (size or self.size,)
        return walk(self.fetch, self.semantics, sizes=sizes, direction=direction, max_pages=pages or self.pages)

    # Where counting begins --------------------------------------------------------------------------------------------

    def _learn_the_first_number(self) -> None:
        """Learn whether pages, or records, are counted from 0 or 1, where the contract does not say."""
        direction = forward_direction(self.semantics)
        key = {"page": "first_page", "offset": "first_offset"}.get(direction or "")
        if direction is None or key is None or key in self.semantics.why:
            return
        if direction == "offset" and "index" not in str(self.semantics.offset).lower():
            return
        size = 2 if self.size is not None and self.size > 1 else self.size
        plain = self._page(page_query(self.semantics, None, size))
        zero, one = (self._page(page_query(self.semantics, None, size, **{direction: n})) for n in (0, 1))
        if plain is None or not plain.ids:
            return
        if one is not None and one.ids == plain.ids:
            first = 1
        elif zero is not None and zero.ids == plain.ids:
            first = 0
        else:
            return
        why = {**self.semantics.why, key: "learnt: the page that comes without a number"}
        if key == "first_page":
            self.semantics = replace(self.semantics, first_page=first, why=why)
        else:
            self.semantics = replace(self.semantics, first_offset=first, why=why)

    def _page(self, query: tuple[tuple[str, str], ...]) -> ReceivedPage | None:
        return received_page(self.fetch(query), self.semantics)

    # The way to the next page ----------------------------------------------------------------------------------------

    def _other_ways_within_budget(self, base: Walk) -> Walk:
        """Return what `_other_ways` finds; the one page as it is if the budget does not reach for another way."""
        before = self.semantics
        try:
            return self._other_ways(base)
        except BudgetSpent:
            self.semantics = before
            return replace(base, ending="bounded")

    def _other_ways(self, base: Walk) -> Walk:
        """Return a walk that leads further than one page; else the one page.

        A list that is shown to be whole on one page has no need of another way.
        """
        if base.ending != "end":
            # There is a way, and it failed: the laws say so.
            return base
        first = base.pages[0]
        learnt = from_answer(self.semantics, first.exchange.body)
        ways = list(_ways(learnt, first, base.direction))
        if _is_whole(first, self.size, base, self.semantics):
            return base
        before = self.semantics
        for direction, semantics in ways:
            self.semantics = semantics
            found = self._walk(direction)
            if _leads_on(found):
                return found
        self.semantics = before
        # A way that was refused is understood: that it does not work is what the laws find.
        if base.ending in ("refused", "loop") or self._is_walked_in_smaller_pages(base, first):
            return base
        return replace(base, ending="unknown")

    def _is_walked_in_smaller_pages(self, base: Walk, first: ReceivedPage) -> bool:
        """Return whether a smaller page leads on, so that the one page that was full is the whole list."""
        if len(first.items) < 2 or self.size is None:
            return False
        size = max(smallest_page_size(self.semantics), len(first.items) // 2)
        if size >= len(first.items):
            return False
        ways: list[Direction] = [base.direction]
        if self.semantics.offset is not None:
            ways.append("offset")
        if self.semantics.page is not None:
            ways.append("page")
        return any(_leads_on(self._walk(way, size, 2)) for way in ways)

    def _with_learnt_size(self, base: Walk) -> ListSemantics:
        """Return the semantics with the largest page size, if the contract does not have it and a page shows it."""
        semantics = self.semantics
        if semantics.limit is None or semantics.declared_max_limit is not None or self.size is None:
            return semantics
        shown = len(base.pages[0].items)
        largest = shown if len(base.pages) > 1 and 0 < shown < self.size else self.size
        why = {**semantics.why, "max_limit": f"learnt: a page of {self.size} was asked for"}
        default = semantics.declared_default_limit or min(semantics.default_limit, largest)
        return replace(semantics, max_limit=largest, default_limit=default, why=why)


def _ways(semantics: ListSemantics, first: ReceivedPage, tried: Direction) -> Iterator[tuple[Direction, ListSemantics]]:
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


def _leads_on(found: Walk) -> bool:
    """Return whether a walk reached records beyond its first page."""
    first = set(found.pages[0].ids) if found.pages else set()
    return any(set(page.ids) - first for page in found.pages[1:])


def _is_whole(first: ReceivedPage, size: int | None, base: Walk, semantics: ListSemantics) -> bool:
    """Return whether one page is the whole list: the server says so, or the way to the next page ended there."""
    count = len(first.items)
    if first.has_more is False:
        return True
    if first.has_more is True or (first.total or 0) > count or (first.pages or 0) > 1:
        return False
    if first.links.get("next") or first.header_links.get("next"):
        return False
    if first.total == count or count == 0:
        return True
    if base.ending != "end":
        return False
    if base.direction in ("offset", "page"):
        # The page after it was asked for, and held nothing.
        return True
    has_cursor = semantics.after is not None and semantics.next_cursor is not None
    return is_whole(first, semantics) or (has_cursor and (size is None or count < size))
