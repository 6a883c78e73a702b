"""The law of totals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mockserver.judge.laws.compare import expected_ids, filters_text
from mockserver.judge.laws.law import PASSED, WALKS, Case, Cases, Finding, law
from mockserver.judge.survey import Probe, Survey
from mockserver.judge.walk import ReceivedPage, Walk, received_page


def needs_total(survey: Survey) -> str:
    """Apply to lists with a total that is not an estimate."""
    if survey.semantics.total is None or survey.semantics.total_kind == "none":
        return "the operation has no total"
    if survey.profile.total != "exact":
        return "the profile says that the total is an estimate"
    if survey.semantics.total_kind != "exact":
        return "the contract declares the total to be an estimate"
    return ""


@dataclass(frozen=True)
class _StatedTotal:
    """A page that states a total, the filters it was asked for with, and the walk by cursor it is on, if any."""

    page: ReceivedPage
    filters: Mapping[str, str]
    walk: Walk | None = None


@law("total", claim="the total is the number of records", parts=WALKS, applies=needs_total, needs_walk=True)
def total(survey: Survey) -> Cases:
    """Check the total of every page, under each filter, against the records walked."""
    for stated in _stated_totals(survey):
        yield _compared(stated, survey)
    for probe in survey.list_end:
        yield from _list_end(probe, survey)


def _stated_totals(survey: Survey) -> Iterator[_StatedTotal]:
    others = [walk for _, walk in (*survey.backward, *survey.forward_again)]
    by_offset = [survey.offset_walk] if survey.offset_walk is not None else []
    for walk in (survey.base, *survey.walks, *survey.filtered, *others, *by_offset):
        for page in walk.pages:
            if page.total is not None:
                yield _StatedTotal(page, walk.filters, walk if walk.direction == "after" else None)
    for probe in (*survey.offsets, *survey.unknown_values, *survey.refresh_answers):
        found = received_page(probe.exchange, survey.semantics)
        if found is not None and found.total is not None:
            yield _StatedTotal(found, probe.filters)


def _compared(stated: _StatedTotal, survey: Survey) -> Case:
    got, evidence = f"total: {stated.page.total}", (stated.page.exchange,)
    count = _known_count(stated, survey)
    if count is not None:
        if stated.page.total == count:
            return PASSED
        expected = f"{count} with {filters_text(stated.filters)}"
        return Finding("the total is not the number of records", got, expected, evidence)
    walked = len(survey.base.ids)
    if not stated.filters and stated.page.total is not None and stated.page.total < walked:
        return Finding("the total is less than the records walked", got, f"{walked} or more", evidence)
    return PASSED


def _known_count(stated: _StatedTotal, survey: Survey) -> int | None:
    """Return how many records match, or ``None`` if no walk went to the end."""
    if survey.base.complete:
        return len(set(expected_ids(survey, stated.filters)))
    if stated.walk is not None and stated.walk.complete:
        # The base walk is too long to be walked to its end, but this one is not.
        return len(set(stated.walk.ids))
    return None


def _list_end(probe: Probe, survey: Survey) -> Cases:
    """Check a list too long to be walked: there are records just before its total, and none at its total."""
    offset, count = probe.value
    page = received_page(probe.exchange, survey.semantics)
    if page is None or page.total != count:
        return
    fewest = 1 if offset < count else 0
    if fewest <= len(page.items) <= count - offset:
        yield PASSED
    else:
        got = f"{len(page.items)} records from offset {offset} on, and a total of {count}"
        fact = "the list does not end where its total says"
        yield Finding(fact, got, f"{count - offset}", (probe.exchange,))
