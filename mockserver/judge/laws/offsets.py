"""The law of offsets."""

from __future__ import annotations

from mockserver.judge.exchange import Exchange
from mockserver.judge.inputs import gives_meaning
from mockserver.judge.laws.compare import around_difference, difference, expected_ids, filters_text, requested_size
from mockserver.judge.laws.law import PASSED, Case, Cases, Finding, Note, law
from mockserver.judge.laws.promised import promised
from mockserver.judge.survey import Probe, Survey
from mockserver.judge.walk import NO_SUCH_RANGE, ReceivedPage, Walk, largest_offset, received_page


def needs_offset(survey: Survey) -> str:
    """Apply to lists with an offset."""
    return "" if survey.semantics.offset is not None else "the operation has no offset"


@law(
    "offset-slice",
    claim="offset=k is the walk from k",
    parts=("offsets", "hostile"),
    required=("offsets",),
    applies=needs_offset,
    needs_walk=True,
)
def offset_slice(survey: Survey) -> Cases:
    """Check that ``offset=k`` is the walk from k, that there is nothing past the end, and that an echo says k."""
    walk = survey.offset_walk
    if walk is not None and walk.last is not None and not _beyond_cap(walk.last, survey):
        yield _refused(walk.last)
        return
    if walk is not None and survey.base.complete:
        yield from _whole_list(walk, survey)
    for probe in survey.offsets:
        yield from _slice(probe, survey)
    for probe in survey.hostile:
        yield from _negative(probe.exchange, survey)
    yield from promised("offset", survey, ())
    yield from promised("limit", survey, ())


def _is_never_served(probe: Probe, survey: Survey) -> bool:
    """Return whether a value of a filter is refused in each way: it has another form than the records' values."""
    walks = [walk for walk in survey.filtered if set(walk.filters.items()) <= set(probe.filters.items())]
    return bool(probe.filters and walks) and not any(walk.pages for walk in walks)


def _negative(exchange: Exchange, survey: Survey) -> Cases:
    """Check that a negative offset is refused, empty, or the beginning of the list: no other part of it."""
    page, name = received_page(exchange, survey.semantics), survey.semantics.offset or ""
    is_asked = exchange.query == ((name, "-1"),) and not gives_meaning(survey.semantics.operation.parameter(name), -1)
    if page is None or not is_asked:
        return
    walk = survey.offset_walk or survey.base
    if page.ids != walk.ids[: len(page.ids)]:
        got, expected = f"{len(page.ids)} records", "a 4xx, nothing, or the first page"
        yield Finding("offset=-1 is served as another page", got, expected, (exchange,))
    else:
        yield PASSED


def _refused(exchange: Exchange) -> Finding:
    return Finding("an offset is refused", exchange.outcome, "a page", (exchange,))


def _beyond_cap(exchange: Exchange, survey: Survey) -> bool:
    """Return whether an offset is larger than the contract, the profile or the server itself says that it serves."""
    offset = max((int(value) for name, value in exchange.query if name == survey.semantics.offset), default=0)
    size = requested_size(exchange, survey) or 1
    if survey.window and exchange.refused and offset + size > survey.window:
        return True
    caps = [survey.profile.offset_cap, largest_offset(survey.semantics)]
    return any(cap is not None and offset > cap for cap in caps)


def _whole_list(walk: Walk, survey: Survey) -> Cases:
    """Check the walk by offset against the base walk."""
    if walk.complete:
        yield _same_records(walk, survey)
    elif len(walk.ids) > len(survey.base.ids):
        evidence = tuple(page.exchange for page in walk.pages[-2:])
        got = f"{len(walk.ids)} records, and more"
        yield Finding("the list by offset does not end", got, "nothing past the end", evidence)


def _same_records(walk: Walk, survey: Survey) -> Case:
    wrong = difference(sorted(walk.ids), sorted(survey.base.ids))
    if wrong:
        fact = "the list by offset holds other records than the list by cursor"
        evidence = (walk.pages[0].exchange, *around_difference(survey.base, walk.ids)[:1])
        return Finding(fact, wrong, "the same records", evidence)
    if walk.ids != survey.base.ids:
        return Note("the list by offset has an order of its own")
    return PASSED


def _slice(probe: Probe, survey: Survey) -> Cases:
    offset, exchange = int(probe.value), probe.exchange
    page = received_page(exchange, survey.semantics)
    if page is None:
        count = len(expected_ids(survey, probe.filters)) if survey.base.complete else len(survey.base.ids) + 2
        if exchange.status in NO_SUCH_RANGE and offset >= count:
            yield Note("an offset past the end is refused")
        elif offset > len(survey.base.ids) + 1 or _beyond_cap(exchange, survey):
            yield Note("an offset far past the end is refused")
        elif not (exchange.refused and _is_never_served(probe, survey)):
            yield _refused(exchange)
        return
    yield from _echoes(page, offset + survey.semantics.first_offset, survey)
    walk = survey.offset_walk
    if walk is not None and walk.complete and survey.base.complete:
        yield _compared(page, offset, probe, walk, survey)


def _compared(page: ReceivedPage, offset: int, probe: Probe, walk: Walk, survey: Survey) -> Case:
    matching = set(expected_ids(survey, probe.filters))
    if not matching <= set(survey.base.ids):
        # The plain list hides some of them by default: it does not tell where they stand.
        return PASSED
    # The list by offset may have an order of its own; if that walk repeats records, the base says which there are.
    is_sound = len(set(walk.ids)) == len(walk.ids)
    ids = [i for i in (walk.ids if is_sound else survey.base.ids) if i in matching]
    # An empty page is expected past the end only.
    run = ids[offset : offset + max(1, len(page.ids))]
    if list(page.ids) == run:
        return PASSED
    expected = "nothing: past the end"
    if offset < len(ids):
        expected = f"the records from number {offset + 1} on, of {len(ids)} with {filters_text(probe.filters)}"
    got = difference(page.ids, run) or "nothing"
    return Finding(f"offset={offset} is not the walk from {offset}", got, expected, (page.exchange,))


def _echoes(page: ReceivedPage, offset: int, survey: Survey) -> Cases:
    """Check what the answer repeats of the request."""
    evidence = (page.exchange,)
    if page.offset is not None and page.offset != offset:
        fact, got, expected = "the echo of the offset is wrong", f"offset: {page.offset}", f"offset: {offset}"
        yield Finding(fact, got, expected, evidence, certain=True)
    size = requested_size(page.exchange, survey)
    has_size = any(name == survey.semantics.limit for name, _ in page.exchange.query)
    if page.limit is not None and has_size and page.limit != size:
        fact, got, expected = "the echo of the page size is wrong", f"limit: {page.limit}", f"limit: {size}"
        yield Finding(fact, got, expected, evidence, certain=True)
