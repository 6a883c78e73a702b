"""Finds page sizes that are forgotten after the first page: the others are as long as one without a size."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.judge.laws.compare import requested_size
from mockserver.judge.laws.law import Cases, Finding
from mockserver.judge.survey import Survey
from mockserver.judge.walk import ReceivedPage, Walk

_FEWEST = 2
"""How many pages have to show it, and none the contrary."""


def forgotten_sizes(survey: Survey) -> Cases:
    """Find first pages that are as long as was asked for where each page after one is as long as without a size.

    Pages may be shorter than was asked for, each for a reason of its own; these have one in common.
    """
    plain = next((walk.pages[0] for walk in survey.walks if walk.sizes == (None,) and len(walk.pages) > 1), None)
    default = 0 if plain is None else len(plain.ids)
    later = [pair for walk in (survey.base, *survey.walks) for pair in _later_pages(walk, default, survey)]
    if default and len(later) >= _FEWEST and all(len(page.ids) == default for _, page in later):
        first, page = later[0]
        got = f"{len(first.ids)} records, then {default}, as without a page size"
        expected = f"{len(first.ids)} on each page before the last"
        fact = "a cursor forgets the page size that it is sent with"
        yield Finding(fact, got, expected, (first.exchange, page.exchange))


def _later_pages(walk: Walk, default: int, survey: Survey) -> Iterator[tuple[ReceivedPage, ReceivedPage]]:
    """Yield the first page of a walk in full pages larger than the default, with each page after it but the last."""
    if walk.direction != "after" or len(walk.sizes) > 1 or len(walk.pages) < 2:
        return
    first = walk.pages[0]
    size = requested_size(first.exchange, survey)
    if size is None or size <= default or len(first.ids) != size:
        return
    pages = walk.pages[1:] if walk.ending == "bounded" else walk.pages[1:-1]
    yield from ((first, page) for page in pages if requested_size(page.exchange, survey) == size)
