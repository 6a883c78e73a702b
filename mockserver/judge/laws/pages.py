"""The law of page numbers."""

from __future__ import annotations

from mockserver.judge.inputs import gives_meaning
from mockserver.judge.laws.compare import difference
from mockserver.judge.laws.law import PASSED, Case, Cases, Finding, Note, law
from mockserver.judge.survey import Probe, Survey
from mockserver.judge.walk import PAST_THE_END, ReceivedPage, Walk, received_page


def needs_page(survey: Survey) -> str:
    """Apply to lists with a page number."""
    return "" if survey.semantics.page is not None else "the operation has no page number"


@law("page-slice", claim="page n is the walk's page n", parts=("pages",), applies=needs_page, needs_walk=True)
def page_slice(survey: Survey) -> Cases:
    """Check that page n is that of the walk, that there is nothing past the end, and that echoes say what was asked."""
    for probe in survey.pages:
        number, walk = probe.value
        yield from _page(probe, int(number), walk, survey)
    for walk in (survey.base, *survey.page_walks):
        beyond = received_page(walk.beyond, survey.semantics) if walk.beyond is not None else None
        if walk.direction == "page" and walk.beyond is not None and beyond is not None and beyond.ids:
            if _says_another_number(beyond, walk, survey):
                yield Note("a page past the end is served as the last one, and says so")
                continue
            got = f"{len(beyond.ids)} records, those of the last page"
            fact = "a page past the end shows records"
            yield Finding(fact, got, "nothing, or a 4xx", (walk.beyond,))


def _page(probe: Probe, number: int, walk: Walk, survey: Survey) -> Cases:
    page, exchange = received_page(probe.exchange, survey.semantics), probe.exchange
    place = number - survey.semantics.first_page
    if page is None:
        if 0 <= place < len(walk.pages):
            if walk.pages[place].ids:
                yield Finding("a page is refused", exchange.outcome, "a page", (exchange,))
        elif exchange.status in PAST_THE_END:
            yield PASSED
        return
    if place < 0:
        yield _before_the_first(page, number, walk, survey)
        return
    if place >= len(walk.pages) and walk.complete and walk.pages and _says_another_number(page, walk, survey):
        yield Note("a page past the end is served as the last one, and says so")
        return
    yield from _echoes(page, number, walk, survey)
    if place < len(walk.pages):
        yield _compared(page, number, walk.pages[place])
    elif walk.complete:
        yield _past_the_end(page)


def _says_another_number(page: ReceivedPage, walk: Walk, survey: Survey) -> bool:
    """Return whether a page past the end is the last one, by its records and by the number that it gives itself."""
    full = [one for one in walk.pages if one.ids]
    last = survey.semantics.first_page + len(full) - 1
    return bool(full) and page.ids == full[-1].ids and page.number == last


def _before_the_first(page: ReceivedPage, number: int, walk: Walk, survey: Survey) -> Case:
    """A page before the first may be refused, empty, or the first; it is another where words say so."""
    parameter = survey.semantics.operation.parameter(survey.semantics.page or "")
    if not page.ids or not walk.pages or page.ids == walk.pages[0].ids or gives_meaning(parameter, number):
        return PASSED
    fact = f"page {number} is served as another page"
    return Finding(fact, f"{len(page.ids)} records", "a 4xx, nothing, or the first page", (page.exchange,))


def _compared(page: ReceivedPage, number: int, walked: ReceivedPage) -> Case:
    if page.ids == walked.ids:
        return PASSED
    got = difference(page.ids, walked.ids) or "nothing"
    evidence = (walked.exchange, page.exchange)
    return Finding(f"page {number} is not the walk's page {number}", got, "the page of the walk", evidence)


def _past_the_end(page: ReceivedPage) -> Case:
    if not page.ids:
        return PASSED
    fact = "a page past the end shows records"
    return Finding(fact, f"{len(page.ids)} records", "nothing, or a 4xx", (page.exchange,))


def _echoes(page: ReceivedPage, number: int, walk: Walk, survey: Survey) -> Cases:
    """Check what the answer says of its own number, and of those beside it."""
    evidence, first = (page.exchange,), survey.semantics.first_page
    if page.number is not None and page.ids and page.number != number:
        fact = "the echo of the page number is wrong"
        yield Finding(fact, f"page: {page.number}", f"page: {number}", evidence, certain=True)
    if page.previous_number is not None and page.ids and page.previous_number != number - 1:
        expected = f"{number - 1}" if number > first else "none"
        fact = "the number of the previous page is wrong"
        yield Finding(fact, f"{page.previous_number}", expected, evidence, certain=True)
    if page.next_number is None or not page.ids:
        return
    is_last = walk.complete and number - first == sum(bool(one.ids) for one in walk.pages) - 1
    if page.next_number != number + 1:
        fact = "the number of the next page is wrong"
        yield Finding(fact, f"{page.next_number}", f"{number + 1}", evidence, certain=True)
    elif is_last:
        fact = "the last page names a next page"
        yield Finding(fact, f"{page.next_number}", "none", evidence)
