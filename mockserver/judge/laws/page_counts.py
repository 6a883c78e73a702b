"""What the law of totals says of the number of pages: as many as the records take at the page size that came."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from mockserver.judge.laws.accepted import rest_that_comes_along
from mockserver.judge.laws.compare import expected_ids, filters_text, requested_size
from mockserver.judge.laws.law import PASSED, Case, Cases, Finding
from mockserver.judge.survey import Survey
from mockserver.judge.walk import ReceivedPage, received_page

_CAPPED = 10
"""From how many pages on a number of pages that is too small may be a cap."""

_ROUND = 100
"""From where on a round number of records that the pages hold may be a cap, too."""


def page_counts(survey: Survey) -> Cases:
    """Check the number of pages that answers state."""
    rest = rest_that_comes_along(survey)
    for filters, page in _counted(survey):
        yield _compared(page, filters, rest, survey)


def states_pages(survey: Survey) -> bool:
    """Return whether any page of the base walk says how many pages there are."""
    return any(page.pages is not None for page in survey.base.pages)


def _counted(survey: Survey) -> Iterator[tuple[Mapping[str, str], ReceivedPage]]:
    """Yield each page that says how many pages there are, and the filters that it was asked for with."""
    for walk in (survey.base, *survey.walks, *survey.filtered, *survey.page_walks):
        yield from ((walk.filters, page) for page in walk.pages if page.pages is not None)
    for probe in survey.unknown_values:
        page = received_page(probe.exchange, survey.semantics)
        if page is not None and page.pages is not None:
            yield probe.filters, page


def _compared(page: ReceivedPage, filters: Mapping[str, str], rest: int, survey: Survey) -> Case:
    size = requested_size(page.exchange, survey)
    counts = {page.total} if page.total is not None else set()
    if survey.base.complete:
        counts.add(len(set(expected_ids(survey, filters))))
    if survey.window:
        # Of a longer list, those pages may be counted that can be reached.
        counts |= {min(count, survey.window) for count in counts}
    if size is None or not counts or page.pages is None or (not page.ids and max(counts) > 0):
        return PASSED
    sizes = {size, page.limit or size, len(page.ids) or size}
    if len(survey.base.pages) > 1:
        # The server may cap the size without saying so.
        sizes.add(min(size, max(len(one.ids) for one in survey.base.pages) or size))
    expected = {pages for count in counts for one in sizes for pages in _pages(count, one, rest, survey)}
    reached = page.pages * size
    is_round = reached >= _ROUND and not str(reached)[1:].strip("0")
    is_capped = page.pages < min(expected) and (page.pages >= _CAPPED or is_round)
    if page.pages in expected or is_capped:
        return PASSED
    wanted = f"{math.ceil(max(counts) / size)} of {size} records with {filters_text(filters)}"
    return Finding("the number of pages is not that of the records", f"pages: {page.pages}", wanted, (page.exchange,))


def _pages(count: int, size: int, rest: int, survey: Survey) -> set[int]:
    """Return how many pages there may be: of an empty list none or one; the last may take a rest along.

    Where pages are counted from 0, it may be the number of the last one.
    """
    pages = math.ceil(count / size)
    found = {pages, max(1, math.ceil((count - rest) / size))} if count else {0, 1}
    from_zero = survey.semantics.page is not None and survey.semantics.first_page == 0
    return found | {max(0, pages - 1)} if from_zero else found
