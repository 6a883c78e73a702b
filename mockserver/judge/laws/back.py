"""The law of walking back."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

from mockserver.judge.laws.accepted import declares_meaning
from mockserver.judge.laws.compare import difference, expected_ids
from mockserver.judge.laws.law import PASSED, Case, Cases, Finding, Note, law
from mockserver.judge.survey import Survey
from mockserver.judge.walk import ReceivedPage, Walk


def needs_before(survey: Survey) -> str:
    """Apply to lists that can be walked back."""
    semantics = survey.semantics
    if semantics.before is None or (semantics.previous_cursor is None and not semantics.id_cursors):
        return "the operation has no cursor for the preceding page"
    return ""


@law(
    "back",
    claim="walking back meets the same records in the same order",
    parts=("backward", "filters"),
    applies=needs_before,
    needs_walk=True,
)
def back(survey: Survey) -> Cases:
    """Check that ``before`` gives the run that ends just before a page, and that walking back meets every record."""
    for walk in (*survey.walks, *survey.filtered):
        yield from _offers_a_way_back(walk, expected_ids(survey, walk.filters))
    reading = _reading(survey)
    if reading != "nearest":
        yield Note(_READINGS[reading])
    for page, walk in survey.backward:
        ids = expected_ids(survey, walk.filters)
        if page.ids and ids.count(page.ids[0]) == 1:
            yield from _way_back(page, walk, ids, reading)
    for page, walk in survey.forward_again:
        last = page.ids[0 if reading == "reversed" else -1] if page.ids else ""
        if survey.base.ids.count(last) == 1 and walk.pages:
            yield _way_forward(page, last, walk.pages[0], survey.base.ids)


Reading = Literal["nearest", "reversed", "newest"]

_READINGS: dict[Reading, str] = {
    "reversed": "the records before a cursor come in reverse order, each time",
    "newest": "before gives the newest records, not those next to the cursor, each time",
}


def _reading(survey: Survey) -> Reading:
    """Return what ``before`` gives each time. Where the contract declares what the list means, there is one reading."""
    if not declares_meaning(survey):
        for reading in _READINGS:
            pages = [_run(page.ids, walk, survey, reading) for page, walk in survey.backward if page.ids]
            told = [fits for fits in pages if fits is not None]
            if told and all(told):
                return reading
    return "nearest"


def _run(ids: Sequence[str], walk: Walk, survey: Survey, reading: Reading) -> bool | None:
    """Return whether a page before the one of these ``ids`` is as one reading says, and not as any would have it."""
    expected = expected_ids(survey, walk.filters)
    if not walk.pages or not walk.pages[0].ids or expected.count(ids[0]) != 1:
        return None
    start, got = expected.index(ids[0]), walk.pages[0].ids
    if reading == "newest" and walk.pages[0].previous is None:
        # A list that is asked again for newer records always has a cursor for them; else this is simply the first page.
        return False
    if got == _expected_run(expected, start, len(got), reading):
        return None if got == _expected_run(expected, start, len(got), "nearest") else True
    return False


def _expected_run(ids: Sequence[str], start: int, size: int, reading: Reading) -> tuple[str, ...]:
    """Return the page of this size before place ``start``."""
    if reading == "newest":
        return tuple(ids[: min(size, start)])
    run = tuple(ids[max(0, start - size) : start])
    return run[::-1] if reading == "reversed" else run


def _offers_a_way_back(walk: Walk, ids: Sequence[str]) -> Cases:
    """Check that every page with records before it has a cursor that leads to them."""
    places = {i: place for place, i in enumerate(ids)}
    for before, page in pairwise(walk.pages):
        if not before.ids or not page.ids or places.get(page.ids[0], 0) == 0:
            continue
        if page.previous is None:
            fact, evidence = "a page after the first has no cursor to go back", (before.exchange, page.exchange)
            yield Finding(fact, "no cursor", "a cursor", evidence)
        else:
            yield PASSED


def _way_back(page: ReceivedPage, walk: Walk, ids: Sequence[str], reading: Reading) -> Cases:
    """Check a walk back from ``page``: each of its pages is the run of ``ids`` that ends where the one before began."""
    start = ids.index(page.ids[0])
    evidence = [page.exchange]
    for one in walk.pages:
        evidence = [*evidence[-1:], one.exchange]
        run = _expected_run(ids, start, len(one.ids), reading)
        if one.ids != run:
            is_first_page = one.ids and one.ids == tuple(ids[: len(one.ids)])
            got = "the first page" if is_first_page else difference(one.ids, run)
            expected = f"the run that ends just before {page.ids[0]}"
            yield Finding("the preceding page is another one", got, expected, tuple(evidence))
            return
        start = 0 if reading == "newest" else start - len(one.ids)
        yield PASSED
    if walk.complete and start > 0:
        got = f"no way further back, {start} records before the beginning"
        yield Finding("walking back does not meet every record", got, "every record", tuple(evidence))


def _way_forward(page: ReceivedPage, last: str, ahead: ReceivedPage, ids: Sequence[str]) -> Case:
    """Check that the page ahead of one that was reached by going back is the run just after its ``last`` record."""
    start = ids.index(last) + 1
    run = ids[start : start + len(ahead.ids)]
    leads_on = bool(ahead.ids) or start >= len(ids) or ahead.next is not None
    if ahead.ids == tuple(run) and leads_on:
        return PASSED
    fact = "going forward again from a page reached by going back gives another page"
    got = difference(ahead.ids, run) or "nothing"
    return Finding(fact, got, "the run just after it", (page.exchange, ahead.exchange))
