"""The law of replays: the same request gives the same page."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from mockserver.judge.exchange import Exchange
from mockserver.judge.laws.compare import difference
from mockserver.judge.laws.drift import drift
from mockserver.judge.laws.law import PASSED, Case, Cases, Finding, Note, law
from mockserver.judge.survey import Survey
from mockserver.judge.volatile import steadies
from mockserver.judge.walk import ReceivedPage, received_page

_FEWEST_RUNS = 4
"""How often a page has to be seen before anything is said of records that come and go."""

_DRIFTING_RUNS = 5
"""How often a page has to be seen before it is said to grow or to shrink each time."""


@law("replay", claim="the same request gives the same page", parts=("pairs", "replays", "concurrent"))
def replay(survey: Survey) -> Cases:
    """Check requests that were sent again, alone and concurrently with others, and snapshots of the base."""
    yield from _random_pages(survey)
    yield from _drifting_pages(survey)
    pairs = list(survey.replays)
    if survey.base.pages:
        first = survey.base.pages[0].exchange
        pairs += [(first, snapshot.pages[0].exchange) for snapshot in survey.snapshots if snapshot.pages]
    for one, again in pairs:
        yield _compared(one, again, survey, "the same request gives another page")
    for one, again in survey.reordered:
        yield _compared(one, again, survey, "the order of the parameters changes the page")
    for one, again in survey.concurrent:
        yield _compared(one, again, survey, "a request gives another page when others are sent concurrently")


def _compared(one: Exchange, again: Exchange, survey: Survey, fact: str) -> Case:
    expected_page, page = received_page(one, survey.semantics), received_page(again, survey.semantics)
    expected, evidence = "the page from before", (one, again)
    if expected_page is None:
        return PASSED
    if page is None:
        if again.refused and again.reused_cursor:
            return Note("a cursor that was used before is refused: cursors work once")
        return Finding(fact, again.outcome, expected, evidence)
    if _is_scroll(one, expected_page, survey):
        return Note("a cursor moves on each time that it is sent: it is a scroll")
    items, expected_items = steadies(page.items, survey.volatile), steadies(expected_page.items, survey.volatile)
    if _is_shorter_or_longer(expected_items, items):
        return Note("the same request gives a shorter page at another time")
    if items != expected_items:
        got = difference(page.ids, expected_page.ids) or "the same ids with other content"
        same_records = sorted(map(str, items)) == sorted(map(str, expected_items))
        return Finding(fact, got, expected, evidence, certain=same_records)
    if (page.has_more, page.total) != (expected_page.has_more, expected_page.total):
        return Finding(fact, _claims(page), _claims(expected_page), evidence)
    return PASSED


def _is_scroll(one: Exchange, page: ReceivedPage, survey: Survey) -> bool:
    """Return whether a page gave back the cursor that led to it, in a list that ended all the same."""
    cursors = {value for name, value in one.query if name in survey.semantics.cursors}
    return page.next in cursors and survey.base.complete and bool(page.ids)


def _is_shorter_or_longer(one: Sequence[object], other: Sequence[object]) -> bool:
    """Return whether one page is the beginning of the other."""
    common = min(len(one), len(other))
    return common > 0 and len(one) != len(other) and one[:common] == other[:common]


def _claims(page: ReceivedPage) -> str:
    return f"total {page.total}, has_more {page.has_more}"


def _random_pages(survey: Survey) -> Cases:
    """Check that the first page is not made at random. Random pages are not moving data.

    They show by ids that are never the same, or by records that vanish and come back unchanged.
    """
    runs = survey.first_pages()
    if len(runs) < _FEWEST_RUNS:
        return
    evidence = tuple(page.exchange for page in runs[:3])
    neighbours = [(one, other) for one, other in pairwise(runs) if one.ids and other.ids]
    if all(not set(one.ids) & set(other.ids) for one, other in neighbours):
        fact = "every request makes up its records anew"
        yield Finding(fact, "no id in common", "the same ids", evidence, certain=True)
    back_again = [
        len((set(one.ids) & set(third.ids)) - set(two.ids))
        for one, two, third in zip(runs, runs[1:], runs[2:], strict=False)
    ]
    if min(back_again) * 4 >= len(runs[0].ids):
        fact, got = "the same request chooses its records at random", "records that vanish and come back"
        yield Finding(fact, got, "the same page", evidence, certain=True)


def _drifting_pages(survey: Survey) -> Cases:
    """Check that a page does not become a little more, or a little less, each time that it is asked for.

    Records that are deleted do not come back; a page that shrinks while its records are still in the list is no moving
    data.
    """
    runs = survey.first_pages()
    if len(runs) < _DRIFTING_RUNS:
        return
    evidence, times = tuple(page.exchange for page in runs[:3]), f"at each of {len(runs)} requests"
    changed = drift(runs, survey.volatile)
    if changed:
        fact, expected = "records change a little each time they are asked for", "the same records"
        yield Finding(fact, f"{changed} {times}", expected, evidence, certain=True)
    sizes = [len(page.ids) for page in runs]
    lost = set(runs[0].ids) - set(runs[-1].ids)
    if all(one > other for one, other in pairwise(sizes)) and lost & _seen_after(runs[-1].exchange, survey):
        got = f"{sizes[0]} records, then {', '.join(map(str, sizes[1:3]))}, ..."
        fact = "a page shrinks each time it is asked for"
        yield Finding(fact, got, "the same page", evidence, certain=True)


def _seen_after(exchange: Exchange, survey: Survey) -> set[str]:
    """Return the ids of all records that came after an exchange."""
    numbers = [number for number, one in enumerate(survey.exchanges) if one is exchange]
    later = survey.exchanges[numbers[0] + 1 :] if numbers else []
    pages = [received_page(one, survey.semantics) for one in later]
    return {identity for page in pages if page is not None for identity in page.ids}
