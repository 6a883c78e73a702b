"""Checks that pages say what the contract promises that they say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from mockserver.judge.laws.law import PASSED, Cases, Finding
from mockserver.judge.survey import Survey
from mockserver.judge.walk import ReceivedPage, Walk, received_page

_NEARLY_ALL = 0.9
_FEWEST = 10

Said = Literal["has_more", "offset", "limit"]


def promised(name: Said, survey: Survey, walks: Sequence[Walk]) -> Cases:
    """Check every page of which a field is promised; ``walks`` are those without an offset.

    What only words promise is judged where nearly all of these pages keep it, and not of a last or empty page: null may
    be its way to say that nothing follows.
    """
    declared, likely = survey.semantics.promises.get(name), survey.semantics.likely.promises.get(name)
    promise = declared or likely
    if promise is None:
        return
    pages = list(_by_offset(survey)) if promise == "when_used" else [page for walk in walks for page in walk.pages]
    if declared is None:
        pages = [page for page in pages if page.items and (page.next is not None or promise == "when_used")]
    silent = [page for page in pages if getattr(page, name) is None]
    if declared is None and (len(pages) < _FEWEST or len(silent) > (1 - _NEARLY_ALL) * len(pages)):
        return
    yield from (PASSED for _ in pages[len(silent) :])
    if silent:
        where = "every page by offset" if promise == "when_used" else "every page that is not by offset"
        fact, expected = f"{name} is missing, which the contract promises", f"{name} on {where}"
        yield Finding(fact, f"no {name}", expected, (silent[0].exchange,))


def _by_offset(survey: Survey) -> Iterator[ReceivedPage]:
    """Yield the pages that were asked for by offset."""
    walked = survey.offset_walk.pages if survey.offset_walk is not None else ()
    found = (*walked, *(received_page(probe.exchange, survey.semantics) for probe in survey.offsets))
    for page in found:
        if page is not None and any(key == survey.semantics.offset for key, _ in page.exchange.query):
            yield page
