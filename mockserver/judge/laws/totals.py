"""The law of totals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mockserver.judge.laws.accepted import repeats_of_data
from mockserver.judge.laws.compare import expected_ids, filters_text
from mockserver.judge.laws.law import PASSED, WALKS, Case, Cases, Finding, Note, law
from mockserver.judge.laws.page_counts import page_counts, states_pages
from mockserver.judge.survey import Probe, Survey
from mockserver.judge.walk import ReceivedPage, Walk, received_page
from mockserver.semantics import ListSemantics
from mockserver.semantics.bodies import body_fields
from mockserver.semantics.page import value_at

_OR_MORE = ("gte", "ge", ">=", "at_least", "atleast", "lower_bound")
_ESTIMATE = re.compile(
    r"\b(approximat|estimat|roughly|not (?:be )?exact|inexact|at least|lower bound|capped|may be (?:lower|higher|off))",
    re.IGNORECASE,
)


_OF_EVERYTHING = re.compile(
    r"\b(?:in|of) the (?:whole |entire )?(?:database|collection|table|index|dataset)\b"
    r"|(?:regardless|irrespective|independent(?:ly)?) of|ignor\w+ (?:the |any |all )?filter|(?:before|without) filter"
    r"|unfiltered|not the number of",
    re.IGNORECASE,
)


def is_described_as_estimate(semantics: ListSemantics) -> bool:
    """Return whether the words of the total's field call it an estimate. What the contract declares goes before."""
    return "total_kind" not in semantics.why and _ESTIMATE.search(_description(semantics)) is not None


def _description(semantics: ListSemantics) -> str:
    """Return what the contract says of the field of the total."""
    answer = semantics.operation.response(200)
    if answer is None or answer.schema is None or semantics.total is None:
        return ""
    return str(body_fields(answer.schema).get(semantics.total, {}).get("description", ""))


def needs_total(survey: Survey) -> str:
    """Apply to lists with a total that is not an estimate."""
    is_stated = survey.semantics.total is not None or any(page.total is not None for page in survey.base.pages)
    if not (is_stated or states_pages(survey)) or survey.semantics.total_kind == "none":
        return "the operation has no total"
    if survey.profile.total != "exact":
        return "the profile says that the total is an estimate"
    if survey.semantics.total_kind != "exact" or is_described_as_estimate(survey.semantics):
        return "the contract declares the total to be an estimate"
    return "" if any(_stated_totals(survey)) or states_pages(survey) else "no page states a total"


@dataclass(frozen=True)
class _StatedTotal:
    """A page that states a total, the filters it was asked for with, and the walk by cursor it is on, if any."""

    page: ReceivedPage
    filters: Mapping[str, str]
    walk: Walk | None = None


@law("total", claim="the total is the number of records", parts=(*WALKS, "pages"), applies=needs_total, needs_walk=True)
def total(survey: Survey) -> Cases:
    """Check the total of every page, under each filter, against the records walked, and the number of pages too."""
    cap = _cap(survey)
    if cap:
        yield Note(f"the total stands still at {cap}")
    is_of_everything = "total_kind" not in survey.semantics.why and _OF_EVERYTHING.search(
        _description(survey.semantics)
    )
    for stated in _stated_totals(survey):
        if not (stated.filters and is_of_everything):
            yield _compared(stated, cap, survey)
    for probe in survey.list_end:
        yield from _list_end(probe, survey)
    if not cap:
        yield from page_counts(survey)


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


def _cap(survey: Survey) -> int:
    """Return the round number at which the total stands still in a longer list; 0 if it does not.

    A contract that declares its total exact has none.
    """
    if survey.semantics.why.get("total_kind"):
        return 0
    stated = {page.total for page in survey.base.pages}
    cap = min((total for total in stated if total is not None), default=0)
    is_round = len(str(cap)) > 2 and not str(cap)[1:].strip("0")
    return cap if len(stated) == 1 and is_round and len(survey.base.ids) > cap else 0


def _is_lower_bound(page: ReceivedPage, survey: Survey) -> bool:
    """Return whether an answer says beside its total that there may be more (Elasticsearch's ``relation: gte``)."""
    place = value_at(page.exchange.body, (survey.semantics.total or ())[:-1])
    beside = place.items() if isinstance(place, dict) else ()
    return any("relation" in name.lower() and str(value).lower() in _OR_MORE for name, value in beside)


def _compared(stated: _StatedTotal, cap: int, survey: Survey) -> Case:
    got, evidence = f"total: {stated.page.total}", (stated.page.exchange,)
    count = _known_count(stated, survey)
    if count is not None:
        if stated.page.total == count or (cap and stated.page.total == cap < count):
            return PASSED
        if _is_lower_bound(stated.page, survey) and (stated.page.total or 0) <= count:
            return PASSED
        expected = f"{count} with {filters_text(stated.filters)}"
        return Finding("the total is not the number of records", got, expected, evidence)
    walked = len(survey.base.ids)
    is_exact = not cap and not _is_lower_bound(stated.page, survey)
    if is_exact and not stated.filters and stated.page.total is not None and stated.page.total < walked:
        return Finding("the total is less than the records walked", got, f"{walked} or more", evidence)
    return PASSED


def _known_count(stated: _StatedTotal, survey: Survey) -> int | None:
    """Return how many records match, or ``None`` if no walk went to the end."""
    if survey.base.complete:
        ids = expected_ids(survey, stated.filters)
        # What the list holds twice counts twice; what a faulty walk shows twice does not.
        return len(ids) if repeats_of_data(survey) else len(set(ids))
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
