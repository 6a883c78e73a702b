"""The law of replays: the same request gives the same page."""

from __future__ import annotations

from itertools import pairwise

from mockserver.judge.exchange import Exchange
from mockserver.judge.laws.compare import difference
from mockserver.judge.laws.law import PASSED, Case, Cases, Finding, Note, law
from mockserver.judge.survey import Survey
from mockserver.judge.walk import ReceivedPage, received_page

_FEWEST_RUNS = 4
"""How often a page has to be seen before anything is said of records that come and go."""


@law("replay", claim="the same request gives the same page", parts=("replays", "concurrent"))
def replay(survey: Survey) -> Cases:
    """Check requests that were sent again, alone and concurrently with others, and snapshots of the base."""
    yield from _random_pages(survey)
    pairs = list(survey.replays)
    if survey.base.pages:
        first = survey.base.pages[0].exchange
        pairs += [(first, snapshot.pages[0].exchange) for snapshot in survey.snapshots if snapshot.pages]
    for one, again in pairs:
        yield _compared(one, again, survey, "the same request gives another page")
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
    if _is_shorter_or_longer(expected_page, page):
        return Note("the same request gives a shorter page at another time")
    if page.items != expected_page.items:
        got = difference(page.ids, expected_page.ids) or "the same ids with other content"
        same_records = sorted(map(str, page.items)) == sorted(map(str, expected_page.items))
        return Finding(fact, got, expected, evidence, certain=same_records)
    if (page.has_more, page.total) != (expected_page.has_more, expected_page.total):
        return Finding(fact, _claims(page), _claims(expected_page), evidence)
    return PASSED


def _is_shorter_or_longer(one: ReceivedPage, other: ReceivedPage) -> bool:
    """Return whether one page is the beginning of the other."""
    common = min(len(one.items), len(other.items))
    return common > 0 and len(one.items) != len(other.items) and one.items[:common] == other.items[:common]


def _claims(page: ReceivedPage) -> str:
    return f"total {page.total}, has_more {page.has_more}"


def _random_pages(survey: Survey) -> Cases:
    """Check that the first page is not made at random. Random pages are not moving data.

    They show by ids that are never the same, or by records that vanish and come back unchanged.
    """
    runs = _first_pages(survey)
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


def _first_pages(survey: Survey) -> list[ReceivedPage]:
    """Return every page that the first request of the base walk gave; empty if it gave no records at first."""
    if not survey.base.pages or not survey.base.pages[0].ids:
        return []
    first = survey.base.pages[0]
    replayed = [received_page(again, survey.semantics) for one, again in survey.replays if one is first.exchange]
    snapshots = [snapshot.pages[0] for snapshot in survey.snapshots if snapshot.pages]
    return [first, *(page for page in replayed if page is not None), *snapshots]
