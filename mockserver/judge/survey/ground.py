"""What every part of a survey stands on: the way to send, the base walk, and the values that were seen in it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockserver.judge.survey.evidence import Survey, filter_text
from mockserver.judge.survey.recorder import Recorder
from mockserver.judge.walk import Direction, Exchange, Page, Walk, query_of, smallest_page, walk
from mockserver.semantics import ListSemantics

Each = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]

BASE_PAGES = 20
"""How many of the largest pages the base walk takes at most: larger data are judged on their beginning."""


@dataclass
class Ground:
    """A survey under way. ``each`` maps a function over requests that do not wait on each other."""

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
        """The whole list, at the largest page size."""
        return self.survey.base

    @property
    def size(self) -> int:
        """How many records the base walk met."""
        return len(self.base.ids)

    def fitting(self, size: int | None) -> int | None:
        """A page size within the bounds that the contract sets."""
        if size is None or self.semantics.limit is None:
            return None
        return min(self.semantics.max_limit, max(smallest_page(self.semantics), size))

    def walk(
        self,
        *,
        filters: Mapping[str, str] | None = None,
        sizes: Sequence[int | None] = (None,),
        pages: int,
        direction: Direction | None = None,
        start: str | None = None,
    ) -> Walk:
        """A walk with this survey's way to send; forwards as the base was walked, unless a direction is given."""
        direction = direction or self.base.direction
        fitting = [self.fitting(size) for size in sizes]
        return walk(
            self.fetch,
            self.semantics,
            filters=filters,
            sizes=fitting,
            direction=direction,
            start=start,
            max_pages=pages,
        )

    def send(self, filters: Mapping[str, str] | None = None, size: int | None = None, **position: Any) -> Exchange:
        """One page by filters, size and position."""
        return self.fetch(query_of(self.semantics, filters, self.fitting(size), **position))

    def counts(self, name: str) -> Counter[str]:
        """How often each value of a filter's property was seen in the base walk."""
        found = self.survey.known.get(name)
        if found is None:
            values = (filter_text(item, self.semantics.filters[name]) for item in self.base.items)
            found = self.survey.known[name] = Counter(v for v in values if v)
        return found

    def all_filters(self) -> dict[str, str]:
        """Every filter at once, as one record in the middle has them."""
        if not self.base.items:
            return {}
        item = self.base.items[self.size // 2]
        found = {n: filter_text(item, p) for n, p in self.semantics.filters.items()}
        return {n: v for n, v in found.items() if v}

    def step_back(
        self, page: Page, sizes: Sequence[int | None], pages: int, filters: Mapping[str, str] | None = None
    ) -> None:
        """Walk back from a page, by its own cursor, and keep what was met."""
        if page.previous is not None and self.semantics.before is not None:
            there = self.walk(filters=filters, sizes=sizes, pages=pages, direction="before", start=page.previous)
            self.survey.backs.append((page, there))


def largest_page(semantics: ListSemantics) -> int | None:
    """The largest page size; ``None`` where there is none to ask for."""
    return semantics.max_limit if semantics.limit is not None else None


def telling_values(counts: Counter[str]) -> list[str]:
    """Where wrong filters show: the commonest value, the rarest, one that another begins with, one to be quoted."""
    if not counts:
        return []
    ranked = [value for value, _ in counts.most_common()]
    stem = next((v for v in ranked if any(o != v and o.startswith(v) for o in ranked)), ranked[0])
    quoted = next(
        (v for v in ranked if not v.isascii() or not v.replace("_", "").replace("-", "").isalnum()), ranked[0]
    )
    return list(dict.fromkeys((ranked[0], ranked[-1], stem, quoted)))
