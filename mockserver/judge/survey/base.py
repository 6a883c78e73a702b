"""Takes the walk that every survey begins with, and learns on the way how the list is walked, and how large pages are.

Nothing is assumed that the contract does not say: where it leaves open how the next page is reached, the answers show
it, and each way is tried before it is believed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from mockserver.errors import JudgeError
from mockserver.judge.survey.learnt import from_answer, without_count_of_page
from mockserver.judge.survey.reach import WALKED, Reach, reach_of
from mockserver.judge.survey.recorder import BudgetSpent, Recorder
from mockserver.judge.survey.run import BASE_PAGES
from mockserver.judge.survey.ways import (
    is_whole_list,
    leads_on,
    read_again,
    says_more,
    stands_still,
    ways_on,
    window_of,
    without_position,
)
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

    ``tried`` is a walk the usual way that ended on its first page, though another way led on. ``window`` is how many
    records of a longer list can be reached, 0 if all can.
    """

    base: Walk
    semantics: ListSemantics
    reach: Reach = WALKED
    tried: Walk | None = None
    window: int = 0


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
        base = self._without_count_of_page(base, base, more=False)
        usual = base
        if len(base.pages) == 1:
            base = self._other_ways_within_budget(base)
        elif stands_still(base):
            base = usual = self._moving_way(base)
        window = window_of(base)
        if window:
            base = replace(base, ending="bounded", last=None)
        tried = replace(usual, ending="unknown") if base.direction != usual.direction else None
        return Beginning(base, self._with_learnt_size(base), reach_of(self.semantics, base), tried, window)

    def _walk(self, direction: Direction, size: int | None = None, pages: int | None = None) -> Walk:
        sizes = (size or self.size,)
        return walk(self.fetch, self.semantics, sizes=sizes, direction=direction, max_pages=pages or self.pages)

    def _without_count_of_page(self, base: Walk, shown: Walk, *, more: bool) -> Walk:
        """Return the base walk as it reads without a total that counts a page only, if ``shown`` shows that."""
        known = without_count_of_page(self.semantics, shown.pages, more=more)
        if known is self.semantics:
            return base
        self.semantics = known
        return replace(base, pages=read_again(base.pages, known))

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
        ways = list(ways_on(learnt, first, base.direction))
        if is_whole_list(first, self.size, base, self.semantics):
            return self._with_way_of_smaller_pages(base)
        found = self._first_that_leads_on(ways)
        if found is not None:
            return found
        # A way that was refused is understood: that it does not work is what the laws find.
        if base.ending in ("refused", "loop") or self._is_walked_in_smaller_pages(base, first):
            return base
        return replace(base, ending="unknown")

    def _first_that_leads_on(
        self, ways: Iterable[tuple[Direction, ListSemantics]], size: int | None = None
    ) -> Walk | None:
        """Return the first walk that reaches a second page, and keep what the list means then."""
        before = self.semantics
        for direction, semantics in ways:
            self.semantics = semantics
            found = self._walk(direction, size)
            if leads_on(found):
                return found
        self.semantics = before
        return None

    def _with_way_of_smaller_pages(self, base: Walk) -> Walk:
        """Return a list that is whole on one page, with the way on that its smaller pages have."""
        count = len(base.pages[0].items)
        size = max(smallest_page_size(self.semantics), count // 3)
        if self.size is None or count < 3 or size >= count:
            return base
        small = self._walk(base.direction, size, 2)
        if not small.pages or len(small.pages[0].items) >= count:
            return base
        first = small.pages[0]
        base = self._without_count_of_page(base, small, more=True)
        if base.direction == "after" and first.next is not None:
            return base
        if base.direction in ("page", "offset") and not stands_still(small):
            return base
        learnt = from_answer(self.semantics, first.exchange.body)
        ways = list(ways_on(learnt, first, base.direction))
        if not says_more(first):
            # Nothing shows that this page is not all there is: another mode of the server proves nothing.
            ways = [way for way in ways if way[0] not in ("offset", "page")]
        found = self._first_that_leads_on(ways, size)
        if found is None:
            return base
        if base.direction in ("page", "offset"):
            self.semantics = without_position(self.semantics, base.direction)
        return replace(base, direction=found.direction, pages=read_again(base.pages, self.semantics))

    def _moving_way(self, base: Walk) -> Walk:
        """Return a walk by another way than by numbers that have no effect (they are for the client); else the walk."""
        first = base.pages[0]
        learnt = without_position(from_answer(self.semantics, first.exchange.body), base.direction)
        return self._first_that_leads_on(list(ways_on(learnt, first, base.direction))) or base

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
        return any(leads_on(self._walk(way, size, 2)) for way in ways)

    def _with_learnt_size(self, base: Walk) -> ListSemantics:
        """Return the semantics with the largest page size, if the contract does not have it and a page shows it."""
        semantics = self.semantics
        shown = len(base.pages[0].items)
        if semantics.limit is None or semantics.declared_max_limit is not None:
            return semantics
        if self.size is None:
            # A larger page was refused before: what comes without a size is all that is known to be served.
            why = {**semantics.why, "max_limit": "learnt: the page that comes without a size"}
            size = max(1, shown)
            return replace(semantics, max_limit=size, default_limit=min(semantics.default_limit, size), why=why)
        largest = shown if len(base.pages) > 1 and 0 < shown < self.size else self.size
        why = {**semantics.why, "max_limit": f"learnt: a page of {self.size} was asked for"}
        default = semantics.declared_default_limit or min(semantics.default_limit, largest)
        return replace(semantics, max_limit=largest, default_limit=default, why=why)
