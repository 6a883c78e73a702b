"""The part of a survey that walks a list under each documented sorting, at two page sizes."""

from __future__ import annotations

import math

from mockserver.judge.sortings import Sorting, sortings
from mockserver.judge.survey.evidence import SortedWalks, filter_text
from mockserver.judge.survey.parts import part
from mockserver.judge.survey.run import BASE_PAGES, SurveyRun
from mockserver.judge.walk import Walk

_PAGES = 7
"""In about how many pages a sorted list is walked at the smaller size: records are lost where pages meet."""

_BEGINNING = 2
"""How many large pages are walked of a list that the base walk did not reach the end of."""

_SHARE = 3
"""A third of the requests that are left may be spent on sortings."""


@part("sorting")
def sorting(run: SurveyRun) -> None:
    """Walk under each sorting in large and in small pages; again, if the walks differ."""
    volatile = {path[0] for path in run.survey.volatile}
    found = [sorting for sorting in sortings(run.semantics) if sorting.field not in volatile]
    found.sort(key=lambda sorting: _telling(run, sorting), reverse=True)
    if not found or run.size < 2:
        return
    large = _large_pages(run)
    size = sum(len(page.ids) for page in run.base.pages[:large])
    small = max(1, math.ceil(size / _PAGES))
    cost = 2 + math.ceil(size / small) + min(large, len(run.base.pages))
    for wanted in found[: max(1, run.fetch.left // _SHARE // cost)]:
        walks = _take(run, wanted, small)
        if walks is None:
            continue
        run.survey.sorted.append(walks)
        if _differ(walks, run.base):
            again = _take(run, wanted, small)
            if again is not None:
                run.survey.sorted.append(again)
    run.take_snapshot()


def _large_pages(run: SurveyRun) -> int:
    """Return how many large pages are walked: to the end, or the beginning of a list too long for that."""
    return BASE_PAGES + 1 if run.base.complete else _BEGINNING


def _take(run: SurveyRun, wanted: Sorting, small: int) -> SortedWalks | None:
    """Return the walks under one sorting; ``None`` if it is refused."""
    filters = dict(wanted.query)
    large = run.walk(filters=filters, sizes=run.base.sizes, pages=_large_pages(run))
    if not large.pages:
        return None
    pages = 2 * _PAGES if run.base.complete else _PAGES
    return SortedWalks(wanted, large, run.walk(filters=filters, sizes=(small,), pages=pages))


def _differ(walks: SortedWalks, base: Walk) -> bool:
    """Return whether walks are not the same records in the same order."""
    large, small = walks.large, walks.small
    if not (large.complete and small.complete):
        common = min(len(large.ids), len(small.ids))
        return large.ids[:common] != small.ids[:common]
    return large.ids != small.ids or sorted(large.ids) != sorted(base.ids)


def _telling(run: SurveyRun, wanted: Sorting) -> tuple[bool, bool, bool]:
    """Return a sort key: a property that is null at times, or the same for some records, tells most."""
    if wanted.field is None:
        return (False, False, False)
    name = wanted.field
    values = [item.get(name) if isinstance(item, dict) else None for item in run.base.items]
    texts = [filter_text(item, name) or str(value) for item, value in zip(run.base.items, values, strict=True)]
    return (None in values, len(set(texts)) < len(texts), True)
