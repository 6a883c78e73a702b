"""The law of refreshes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from mockserver.judge.exchange import Exchange
from mockserver.judge.laws.compare import difference, expected_ids, requested_size
from mockserver.judge.laws.law import PASSED, Case, Cases, Finding, law
from mockserver.judge.survey import Survey
from mockserver.judge.walk import ReceivedPage, Walk, received_page
from mockserver.semantics.page import value_at


def needs_refresh(survey: Survey) -> str:
    """Apply to lists with a refresh of one scope, if it may be tried."""
    refresh = survey.semantics.refresh
    if refresh is None or refresh.scope is None:
        return "the operation has no refresh"
    if not survey.base.ids:
        return "there is nothing to refresh"
    return "" if survey.may_refresh else "refreshes are turned off"


@law(
    "refresh",
    claim="a refresh keeps the list and moves no time backwards",
    parts=("refresh",),
    applies=needs_refresh,
    repeatable=False,
)
def refresh(survey: Survey) -> Cases:
    """Check that a refresh of one scope keeps ids and order, and moves no sync time backwards."""
    for probe in survey.refresh_answers:
        page = received_page(probe.exchange, survey.semantics)
        if page is not None:
            yield _answer(page, expected_ids(survey, probe.filters), survey)
    # The last refresh has no walks if the budget was spent before them.
    for probe, (before, after) in zip(survey.refresh_answers, survey.refreshed, strict=False):
        evidence = (*_first_exchange(before), probe.exchange, *_first_exchange(after))
        wrong = difference(after.ids, before.ids)
        if wrong:
            fact = "a refresh changes which records there are, or their order"
            yield Finding(fact, wrong, "the same list", evidence)
        else:
            yield _sync_times(before, after, survey, evidence)


def _first_exchange(walk: Walk) -> tuple[Exchange, ...]:
    return tuple(page.exchange for page in walk.pages[:1])


def _answer(page: ReceivedPage, expected: Sequence[str], survey: Survey) -> Case:
    """Return the case of the answer itself: it holds the records of the scope, as far as the page goes."""
    size = min(requested_size(page.exchange, survey) or len(expected), len(expected))
    if page.next or not survey.base.complete:
        size = len(page.ids)
    wrong = difference(page.ids, expected[:size])
    if wrong:
        fact = "the answer of a refresh holds other records"
        return Finding(fact, wrong, "the records of that scope, in order", (page.exchange,))
    return PASSED


def _sync_times(before: Walk, after: Walk, survey: Survey, evidence: tuple[Exchange, ...]) -> Case:
    """Return the case of the sync times. The sync time is the first of what moves; the others may do anything."""
    refresh = survey.semantics.refresh
    if refresh is None or not refresh.moves:
        return PASSED
    name = refresh.moves[0]
    for old, new, identity in zip(before.items, after.items, before.ids, strict=False):
        old_value, new_value = value_at(old, (name,)), value_at(new, (name,))
        earlier, later = _instant(old_value), _instant(new_value)
        if earlier is None:
            continue
        if later is None or (earlier - later).total_seconds() > survey.profile.clock_tolerance:
            got = f"{name} of {identity}: {old_value}, then {new_value}"
            return Finding("a refresh moves a sync time backwards", got, "the same or later", evidence)
    return PASSED


def _instant(value: Any) -> datetime | None:
    """Return a date-time, taken as UTC where it has no offset; ``None`` for anything else."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
