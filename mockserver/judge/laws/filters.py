"""The laws of filters and totals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mockserver.judge.laws.verdicts import KEPT, Breach, Cases, disagreement, expected_ids, matches, shown
from mockserver.judge.survey import Probe, Survey
from mockserver.judge.walk import Exchange, Page, Walk, read_page


def needs_filters(survey: Survey) -> str:
    """Not applicable to a list without filters."""
    return "" if survey.semantics.filters else "the operation has no filters"


def needs_total(survey: Survey) -> str:
    """Not applicable where there is no total, or one that is a guess."""
    if survey.semantics.total is None or survey.semantics.total_kind == "none":
        return "the operation has no total"
    if survey.profile.total != "exact":
        return "the profile says that the total is an estimate"
    return "" if survey.semantics.total_kind == "exact" else "the contract declares the total to be an estimate"


def filtered_pages(survey: Survey) -> Iterator[tuple[Mapping[str, str], Page]]:
    """Every page that was asked for with filters, and the filters."""
    for there in (*survey.filtered, *(w for _, w in survey.backs if w.filters)):
        for page in there.pages:
            yield there.filters, page
    for probe in (*survey.unknown, *survey.offsets, *survey.refresh_answers):
        found = read_page(probe.exchange, survey.semantics)
        if found is not None and probe.filters:
            yield probe.filters, found


def filter_sound(survey: Survey) -> Cases:
    """Every record matches every filter given."""
    for filters, page in filtered_pages(survey):
        strangers = [n for n, item in enumerate(page.items) if not matches(item, survey, filters)]
        if strangers:
            came = f"{len(strangers)} of {len(page.items)} records do not, such as {page.ids[strangers[0]]}"
            yield Breach(
                "a filtered page holds records that do not match",
                came,
                f"only {shown(filters)}",
                (page.exchange,),
                certain=True,
            )
        elif page.items:
            yield KEPT


def filter_complete(survey: Survey) -> Cases:
    """A filtered walk is the base walk restricted to that value; two filters are their intersection."""
    for there in survey.filtered:
        if not there.pages:
            continue
        expected = expected_ids(survey, there.filters)
        wrong = disagreement(there, expected, whole=survey.base.complete)
        if wrong:
            right = f"the {len(expected)} records of the whole walk that have {shown(there.filters)}, in its order"
            evidence = (survey.base.pages[0].exchange, *(p.exchange for p in there.pages[-2:]))
            yield Breach("a filtered walk is not the whole walk restricted", wrong, right, evidence)
        elif expected:
            yield KEPT


def filter_unknown(survey: Survey) -> Cases:
    """An unknown value gives no records."""
    for probe in survey.unknown:
        page = read_page(probe.exchange, survey.semantics)
        if page is not None and page.items and not all(matches(i, survey, probe.filters) for i in page.items):
            came = f"{len(page.items)} records"
            fact = f"{probe.what}={probe.value!r}, which no record has, gives records"
            yield Breach(fact, came, "none, or a 4xx", (probe.exchange,), certain=True)
        elif page is not None or probe.exchange.refused:
            yield KEPT


def total(survey: Survey) -> Cases:
    """An exact total equals the records walked, on every page, under each filter."""
    for filters, page, there in _pages_with_total(survey):
        known = expected_ids(survey, filters) if survey.base.complete else None
        # A filtered walk's own count stands in where the base is too long to be walked to its end.
        if known is None and there is not None and there.complete:
            known = there.ids
        yield from _wrong_total(page, known, survey.base, filters)
    for probe in survey.far:
        yield from _wrong_end(probe, survey)


def _wrong_end(probe: Probe, survey: Survey) -> Cases:
    """A list too long to be walked: just before its total there are records, and at its total there are none."""
    k, count = probe.value
    page = read_page(probe.exchange, survey.semantics)
    if page is None or page.total != count:
        return
    if not (1 if k < count else 0) <= len(page.items) <= count - k:
        came = f"{len(page.items)} records from offset {k} on, and a total of {count}"
        yield Breach("the list does not end where its total says", came, f"{count - k}", (probe.exchange,))
    else:
        yield KEPT


def _pages_with_total(survey: Survey) -> Iterator[tuple[Mapping[str, str], Page, Walk | None]]:
    walks = [survey.base, *survey.walks, *survey.filtered, *(w for _, w in (*survey.backs, *survey.onward))]
    for there in (*walks, *([survey.offset_walk] if survey.offset_walk else [])):
        for page in there.pages:
            if page.total is not None:
                yield there.filters, page, there if there.direction == "after" else None
    for probe in (*survey.offsets, *survey.unknown, *survey.refresh_answers):
        found = read_page(probe.exchange, survey.semantics)
        if found is not None and found.total is not None:
            yield probe.filters, found, None


def _wrong_total(page: Page, known: Sequence[str] | None, base: Walk, filters: Mapping[str, str]) -> Cases:
    count = len(set(known)) if known is not None else None
    if count is not None and page.total != count:
        evidence: tuple[Exchange, ...] = (page.exchange,)
        yield Breach(
            "the total is not the number of records", f"total: {page.total}", f"{count} with {shown(filters)}", evidence
        )
    elif count is None and page.total is not None and not filters and page.total < len(base.ids):
        yield Breach(
            "the total is less than was walked", f"total: {page.total}", f"{len(base.ids)} or more", (page.exchange,)
        )
    else:
        yield KEPT
