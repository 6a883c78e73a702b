"""Gives the parts of a survey what they share: the way to send, the base walk, and the values that were seen in it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockserver.judge.exchange import Exchange
from mockserver.judge.survey.evidence import Survey, filter_text
from mockserver.judge.survey.reach import as_far_as_seen
from mockserver.judge.survey.recorder import Recorder
from mockserver.judge.walk import (
    Direction,
    ReceivedPage,
    Walk,
    largest_page_size,
    page_query,
    smallest_page_size,
    walk,
)
from mockserver.semantics import ListSemantics

Each = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]
"""Maps a function over values in any order or at once, as `map` does one after the other."""

BASE_PAGES = 20
"""How many pages, of the largest size, the base walk takes at most: of a longer list the beginning is judged."""


@dataclass
class SurveyRun:
    """A survey in progress. ``each`` maps a function over requests that do not depend on each other."""

    fetch: Recorder
    survey: Survey
    random: random.Random
    each: Each

    @property
    def semantics(self) -> ListSemantics:
        """What the list operation means."""
        return self.survey.semantics

    @property
    def base(self) -> Walk:
        """The walk over the list at the largest page size."""
        return self.survey.base

    @property
    def size(self) -> int:
        """How many records the base walk met."""
        return len(self.base.ids)

    @property
    def largest_page(self) -> int | None:
        """The largest page size; ``None`` if none can be asked for."""
        return largest_page_size(self.semantics)

    def within_bounds(self, size: int | None) -> int | None:
        """Return a page size brought within the bounds of the contract; ``None`` if none can be asked for."""
        if size is None or self.semantics.limit is None:
            return None
        return min(self.semantics.max_limit, max(smallest_page_size(self.semantics), size))

    def walk(
        self,
        *,
        filters: Mapping[str, str] | None = None,
        sizes: Sequence[int | None] = (None,),
        pages: int,
        direction: Direction | None = None,
        start: str | None = None,
        start_page: ReceivedPage | None = None,
    ) -> Walk:
        """Walk for at most so many ``pages``, forwards as the base was walked unless a direction is given."""
        walked = walk(
            self.fetch,
            self.semantics,
            filters=filters,
            sizes=[self.within_bounds(size) for size in sizes],
            direction=direction or self.base.direction,
            start=start,
            start_url="" if start_page is None else start_page.exchange.url,
            max_pages=pages,
        )
        return as_far_as_seen(walked, self.semantics)

    def send(self, filters: Mapping[str, str] | None = None, size: int | None = None, **position: Any) -> Exchange:
        """Ask for one page by filters, size and position."""
        return self.fetch(page_query(self.semantics, filters, self.within_bounds(size), **position))

    def take_snapshot(self) -> None:
        """Take the base walk again, at most its first two pages, to see whether the data move."""
        if self.base.pages:
            pages = min(len(self.base.pages), 2)
            self.survey.snapshots.append(self.walk(sizes=self.base.sizes, pages=pages, direction=self.base.direction))

    def step_back(
        self, page: ReceivedPage, sizes: Sequence[int | None], pages: int, filters: Mapping[str, str] | None = None
    ) -> None:
        """Walk back from a page by its own cursor, if it has one, and keep what was met."""
        if page.previous is not None and self.semantics.before is not None:
            walked = self.walk(filters=filters, sizes=sizes, pages=pages, direction="before", start=page.previous)
            self.survey.backward.append((page, walked))

    # Values to filter by ---------------------------------------------------------------------------------------------

    def counts(self, name: str) -> Counter[str]:
        """Return how often each value of a filter's property was seen in the base walk."""
        found = self.survey.value_counts.get(name)
        if found is None:
            values = (filter_text(item, self.semantics.filters[name]) for item in self.base.items)
            found = self.survey.value_counts[name] = Counter(value for value in values if value)
        return found

    def commonest(self, name: str) -> tuple[str, int]:
        """Return the commonest value of a filter's property and how often it was seen; an empty text and 0 if none."""
        commonest = self.counts(name).most_common(1)
        return commonest[0] if commonest else ("", 0)

    def all_filters(self) -> dict[str, str]:
        """Return every filter at once, with the values of one record in the middle of the list."""
        if not self.base.items:
            return {}
        item = self.base.items[self.size // 2]
        values = {name: filter_text(item, target) for name, target in self.semantics.filters.items()}
        return {name: value for name, value in values.items() if value}


def revealing_values(counts: Counter[str]) -> list[str]:
    """Return the values that most often reveal a wrong filter.

    They are the commonest, the rarest, one that another one begins with, one that needs quoting in a query, and one
    that differs from another one in case only.
    """
    if not counts:
        return []
    ranked = [value for value, _ in counts.most_common()]
    prefix = next((v for v in ranked if any(other != v and other.startswith(v) for other in ranked)), ranked[0])
    quoted = next((v for v in ranked if _needs_quoting(v)), ranked[0])
    cases = Counter(value.lower() for value in ranked)
    twin = next((value for value in ranked if cases[value.lower()] > 1), ranked[0])
    return list(dict.fromkeys((ranked[0], ranked[-1], prefix, quoted, twin)))


MOST_VALUES = 8
"""How many more values of a filter are tried, besides the revealing ones."""


def telling_values(values: Sequence[str], choices: Sequence[str], chance: random.Random) -> list[str]:
    """Return a sample of values: those that need quoting, all that the contract lists, if few, and some at random."""
    quoted = [value for value in values if _needs_quoting(value)][: MOST_VALUES // 2]
    ends = [value for value in (*choices[:1], *choices[-1:], *choices[1:-1]) if value in values]
    rest = chance.sample(values, len(values))
    return list(dict.fromkeys((*quoted, *ends, *rest)))[:MOST_VALUES]


def _needs_quoting(value: str) -> bool:
    return not value.isascii() or not value.replace("_", "").replace("-", "").isalnum()
