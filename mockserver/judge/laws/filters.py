"""The laws of filters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mockserver.contract import non_null
from mockserver.judge.laws.compare import disagreement, expected_ids, filters_text, matches
from mockserver.judge.laws.law import FILTERS, PASSED, Cases, Finding, Note, law
from mockserver.judge.survey import Probe, Survey, filter_text
from mockserver.judge.walk import ReceivedPage, received_page

_REFUSALS = (400, 404, 422)
"""How a server says that a value is wrong. A 403 or 406 may be a firewall's."""


def needs_filters(survey: Survey) -> str:
    """Apply to lists with filters."""
    return "" if survey.semantics.filters else "the operation has no filters"


def _filtered_pages(survey: Survey) -> Iterator[tuple[Mapping[str, str], ReceivedPage]]:
    """Yield every page that was asked for with filters, and the filters."""
    for walk in (*survey.filtered, *(walk for _, walk in survey.backward if walk.filters)):
        for page in walk.pages:
            yield walk.filters, page
    for probe in (*survey.offsets, *survey.refresh_answers):
        found = received_page(probe.exchange, survey.semantics)
        if found is not None and probe.filters:
            yield probe.filters, found


@law(
    "filter-sound",
    claim="every record matches every filter",
    parts=FILTERS,
    compares_answers=False,
    applies=needs_filters,
)
def filter_sound(survey: Survey) -> Cases:
    """Check every record of every page that was asked for with filters."""
    for filters, page in _filtered_pages(survey):
        wrong = [i for i, item in zip(page.ids, page.items, strict=True) if not matches(item, survey, filters)]
        if wrong:
            got = f"{len(wrong)} of {len(page.items)} records do not match, such as {wrong[0]}"
            expected = f"only {filters_text(filters)}"
            fact = "a filtered page holds records that do not match"
            yield Finding(fact, got, expected, (page.exchange,), certain=True)
        elif page.items:
            yield PASSED
    for probe in survey.foreign_cursors:
        yield from _under_other_filters(probe, survey)


def _under_other_filters(probe: Probe, survey: Survey) -> Cases:
    """Check a cursor that was issued under other filters: it may be obeyed by its own or by the new ones."""
    page = received_page(probe.exchange, survey.semantics)
    if page is None:
        return
    wrong = [
        identity
        for identity, item in zip(page.ids, page.items, strict=True)
        if not matches(item, survey, probe.filters) and not matches(item, survey, probe.value)
    ]
    if wrong:
        got = f"{len(wrong)} of {len(page.items)} records match neither, such as {wrong[0]}"
        expected = f"a refusal, or only {filters_text(probe.filters)}, or only {filters_text(probe.value)}"
        fact = "a cursor that was issued under another filter shows records that match neither"
        yield Finding(fact, got, expected, (probe.exchange,), certain=True)


@law(
    "filter-complete",
    claim="a filtered walk is the matching part of the unfiltered walk",
    parts=FILTERS,
    applies=needs_filters,
    needs_walk=True,
)
def filter_complete(survey: Survey) -> Cases:
    """Check every filtered walk against the records of the base walk that match its filters."""
    plain = set(survey.base.ids)
    for walk in survey.filtered:
        if not walk.pages or not all(matches(item, survey, walk.filters) for item in walk.items):
            # Records that do not match are found by the law `filter-sound`.
            continue
        ids = expected_ids(survey, walk.filters)
        wrong = disagreement(walk, ids, to_end=survey.base.complete)
        if not set(ids) <= plain:
            yield Note("the plain list leaves out records that a filter shows")
        if wrong:
            expected = f"the {len(ids)} records of the unfiltered walk with {filters_text(walk.filters)}, in its order"
            evidence = (survey.base.pages[0].exchange, *(page.exchange for page in walk.pages[-2:]))
            fact = "a filtered walk is not the matching part of the unfiltered walk"
            yield Finding(fact, wrong, expected, evidence)
        elif ids:
            yield PASSED
    yield from _refused_values(survey)


def _refused_values(survey: Survey) -> Cases:
    """Find values that records have and the filter refuses, though the contract allows them and it takes others."""
    alone = [walk for walk in survey.filtered if len(walk.filters) == 1]
    taken = {name for walk in alone if walk.ids for name in walk.filters}
    for walk in alone:
        ((name, value),) = walk.filters.items()
        refusal = walk.last
        if walk.pages or name not in taken or refusal is None or refusal.status not in _REFUSALS:
            continue
        if not _is_allowed(value, name, survey) or not expected_ids(survey, walk.filters):
            continue
        holder = next(page for page in survey.base.pages if any(matches(i, survey, walk.filters) for i in page.items))
        fact = f"the filter {name} refuses a value that records have"
        expected = f"the {len(expected_ids(survey, walk.filters))} records with {filters_text(walk.filters)}"
        yield Finding(fact, refusal.outcome, expected, (holder.exchange, refusal))


def _is_allowed(value: str, name: str, survey: Survey) -> bool:
    """Return whether the contract says nothing of a filter's values, but that they are text or one of these."""
    parameter = survey.semantics.operation.parameter(name)
    schema = non_null(parameter.schema) if parameter is not None else {}
    if schema.get("type") != "string" or schema.keys() & {"pattern", "maxLength", "minLength", "format", "const"}:
        return False
    return "enum" not in schema or value in schema["enum"]


@law(
    "filter-unknown",
    claim="an unknown value gives no records",
    parts=("unknown-values", "pasted-values"),
    compares_answers=False,
    applies=needs_filters,
)
def filter_unknown(survey: Survey) -> Cases:
    """Check what is answered to values that no record has."""
    for probe in survey.unknown_values:
        page = received_page(probe.exchange, survey.semantics)
        if page is not None and _compares_without_case(page, probe, survey):
            yield Note(f"{probe.what} is compared without case")
        elif page is not None and not all(matches(item, survey, probe.filters) for item in page.items):
            fact = f"{probe.what}={probe.value!r}, which no record has, gives records"
            got, expected = f"{len(page.items)} records", "none, or a 4xx"
            yield Finding(fact, got, expected, (probe.exchange,), certain=True)
        elif page is not None or probe.exchange.refused:
            yield PASSED


def _compares_without_case(page: ReceivedPage, probe: Probe, survey: Survey) -> bool:
    """Return whether an answer shows records with that value in another case, where case tells no values apart."""
    target = survey.semantics.filters[probe.what]
    values = {filter_text(item, target) for item in survey.base.items}
    if not page.items or len({value.lower() for value in values}) < len(values):
        return False
    return all(filter_text(item, target).lower() == str(probe.value).lower() for item in page.items)
