"""The law of what an answer says of whether more follows."""

from __future__ import annotations

from collections.abc import Sequence

from mockserver.judge.laws.compare import expected_ids
from mockserver.judge.laws.law import PASSED, WALKS, Case, Cases, Finding, law
from mockserver.judge.laws.paging import all_walks, needs_cursor, walks_from_beginning
from mockserver.judge.laws.promised import promised
from mockserver.judge.survey import Survey
from mockserver.judge.walk import ReceivedPage, Walk, forward_direction, received_page


def needs_has_more(survey: Survey) -> str:
    """Apply to lists with a way to the next page that say whether more follows, or promise to."""
    if forward_direction(survey.semantics) is None and survey.semantics.after is None:
        return "the operation has no cursor"
    if "has_more" in survey.semantics.promises:
        return needs_cursor(survey)
    is_said = any(page.has_more is not None for walk in all_walks(survey) for page in walk.pages)
    return "" if is_said else "no page says whether more follows"


@law(
    "has-more",
    claim="has_more is true where records follow, and false where none do",
    parts=WALKS,
    applies=needs_has_more,
    needs_walk=True,
)
def has_more(survey: Survey) -> Cases:
    """Check that ``has_more: true`` has a next page with records, and ``false`` has none."""
    yield from promised("has_more", survey, list(walks_from_beginning(survey)))
    for walk in walks_from_beginning(survey):
        if walk.direction == "after" or _is_of_numbers(walk, survey):
            expected = expected_ids(survey, walk.filters) if survey.base.complete else None
            for number, page in enumerate(walk.pages):
                yield from _forward_claim(walk, number, page, expected, survey)
    for _, walk in survey.backward:
        for page in walk.pages:
            yield from _backward_claim(page, expected_ids(survey, walk.filters), survey)


def _is_of_numbers(walk: Walk, survey: Survey) -> bool:
    """Return whether a walk is by number or offset, and the list has no cursors that ``has_more`` could be about."""
    return survey.semantics.after is None and walk.direction in ("offset", "page")


def _forward_claim(
    walk: Walk, number: int, page: ReceivedPage, expected: Sequence[str] | None, survey: Survey
) -> Cases:
    follows = _records_follow(page, expected)
    if page.has_more is True:
        yield _true_claim(walk, number, page, follows)
    elif page.has_more is False:
        is_last = number == len(walk.pages) - 1
        yield _false_claim(walk if is_last else None, page, follows, survey)


def _true_claim(walk: Walk, number: int, page: ReceivedPage, follows: bool | None) -> Case:
    later = walk.pages[number + 1 :]
    if page.next is None and walk.direction == "after":
        fact = "has_more is true, but there is no cursor"
        return Finding(fact, "has_more: true, no cursor", "a cursor", (page.exchange,))
    shown_none = not any(p.ids for p in later)
    if shown_none and (walk.complete or follows is False):
        evidence = (page.exchange, *(p.exchange for p in later[:1]))
        expected = "has_more: false on the last page"
        return Finding("has_more is true, but no records follow", "has_more: true", expected, evidence)
    return PASSED


def _false_claim(ended: Walk | None, page: ReceivedPage, follows: bool | None, survey: Survey) -> Case:
    """Return the case of a ``has_more: false``; ``ended`` is the walk if this was its last page."""
    beyond = ended.beyond if ended is not None else None
    led_to = received_page(beyond, survey.semantics) if beyond is not None else None
    if beyond is not None and led_to is not None and led_to.items:
        got = f"has_more: false, and a cursor that leads to {len(led_to.items)} records"
        fact = "has_more is false, but its cursor leads to records"
        return Finding(fact, got, "nothing beyond", (page.exchange, beyond))
    if follows:
        fact = "has_more is false, but records follow"
        return Finding(fact, "has_more: false", "has_more: true before the end", (page.exchange,))
    return PASSED


def _records_follow(page: ReceivedPage, expected: Sequence[str] | None) -> bool | None:
    """Return whether records follow this page in the list; ``None`` if the base walk does not tell."""
    if expected is None or not page.ids or expected.count(page.ids[-1]) != 1:
        return None
    return expected.index(page.ids[-1]) < len(expected) - 1


def _backward_claim(page: ReceivedPage, ids: Sequence[str], survey: Survey) -> Cases:
    """Check ``has_more`` under ``before``: it may be about either direction, so both have to be wrong."""
    if page.has_more is None or not survey.base.complete or not page.ids:
        return
    if page.ids[0] not in ids or page.ids[-1] not in ids:
        return
    # The run may come reversed.
    first, last = sorted((ids.index(page.ids[0]), ids.index(page.ids[-1])))
    follows, precedes = last < len(ids) - 1, first > 0
    if follows == precedes and page.has_more != follows:
        got, expected = f"has_more: {page.has_more}".lower(), f"has_more: {follows} in both directions".lower()
        yield Finding("has_more is wrong in both directions", got, expected, (page.exchange,))
    else:
        yield PASSED
