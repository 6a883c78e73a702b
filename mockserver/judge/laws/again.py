"""The laws of going over the same list again: replayed, walked back, sliced by offset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from mockserver.judge.laws.paging import around_difference, asked_size
from mockserver.judge.laws.verdicts import KEPT, Breach, Case, Cases, Note, difference, expected_ids, shown
from mockserver.judge.survey import Probe, Survey
from mockserver.judge.walk import Exchange, Page, Walk, largest_offset, read_page


def replay(survey: Survey) -> Cases:
    """The same request gives the same page; two walks agree; also among other requests at the same moment."""
    yield from _shuffles(survey)
    first = survey.base.pages[:1]
    again = [(first[0].exchange, s.pages[0].exchange) for s in survey.snapshots if s.pages and first]
    for one, other in (*survey.replays, *again):
        yield _same(one, other, survey, "the same request gives another page")
    for one, other in survey.crowd:
        yield _same(one, other, survey, "a request is answered otherwise when others are sent at the same moment")


def _same(one: Exchange, other: Exchange, survey: Survey, fact: str) -> Case:
    page, again = read_page(one, survey.semantics), read_page(other, survey.semantics)
    if page is not None and again is None and other.refused and other.secondhand:
        return Note("a cursor that was used before is refused: cursors serve once")
    if page is None:
        return KEPT
    if again is None:
        return Breach(
            fact, f"status {other.status}" if other.status else other.error, "the page of before", (one, other)
        )
    common = min(len(page.items), len(again.items))
    if common and len(page.items) != len(again.items) and page.items[:common] == again.items[:common]:
        return Note("the same request gives a shorter page at another time")
    if page.items != again.items:
        came = difference(again.ids, page.ids) or "the same ids with other content"
        ordered = sorted(map(str, page.items)) == sorted(map(str, again.items))
        return Breach(fact, came, "the page of before", (one, other), certain=ordered)
    if (page.has_more, page.total) != (again.has_more, again.total):
        came = f"total {again.total}, has_more {again.has_more}"
        return Breach(fact, came, f"total {page.total}, has_more {page.has_more}", (one, other))
    return KEPT


def _shuffles(survey: Survey) -> Cases:
    """A first page that is drawn anew each time is no moving data: records vanish and come back, unchanged."""
    if not survey.base.pages or not survey.base.pages[0].ids:
        return
    first = survey.base.pages[0]
    again = [read_page(e, survey.semantics) for one, e in survey.replays if one is first.exchange]
    runs = [first, *(p for p in again if p is not None), *(s.pages[0] for s in survey.snapshots if s.pages)]
    if len(runs) < 4:
        return
    steps = list(pairwise(runs))
    evidence = tuple(p.exchange for p in runs[:3])
    if all(not set(a.ids) & set(b.ids) for a, b in steps if a.ids and b.ids):
        yield Breach(
            "every request invents its records anew", "no id in common", "the same ids", evidence, certain=True
        )
    triples = zip(runs, runs[1:], runs[2:], strict=False)
    flaps = [len((set(a.ids) & set(c.ids)) - set(b.ids)) for a, b, c in triples]
    if flaps and min(flaps) * 4 >= len(first.ids):
        yield Breach(
            "the same request draws its records by lot",
            "records that vanish and come back",
            "the same page",
            evidence,
            certain=True,
        )


def back(survey: Survey) -> Cases:
    """``before`` of a page gives the run that ends just before it, in list order; walking back meets every record."""
    place = {i: n for n, i in enumerate(survey.base.ids)}
    for there in (*survey.walks, *survey.filtered):
        run = expected_ids(survey, there.filters)
        yield from _offers_a_way_back(there, {i: n for n, i in enumerate(run)})
    for page, there in survey.backs:
        run = expected_ids(survey, there.filters)
        if page.ids and page.ids[0] in run:
            yield from _way_back(page, there, run, run.index(page.ids[0]))
    for page, ahead in survey.onward:
        start = place.get(page.ids[-1]) if page.ids else None
        if start is not None and ahead.pages:
            yield _run_ahead(page, ahead, survey.base.ids, start + 1)


def _offers_a_way_back(there: Walk, place: Mapping[str, int]) -> Cases:
    for before, page in pairwise(there.pages):
        if page.ids and place.get(page.ids[0], 0) > 0 and before.ids:
            if page.previous is None:
                yield Breach(
                    "a page after the first offers no way back",
                    "no cursor",
                    "a cursor",
                    (before.exchange, page.exchange),
                )
            else:
                yield KEPT


def _way_back(page: Page, there: Walk, ids: Sequence[str], start: int) -> Cases:
    evidence = [page.exchange]
    for one in there.pages:
        evidence = [*evidence[-1:], one.exchange]
        expected = ids[max(0, start - len(one.ids)) : start]
        if list(one.ids) != list(expected):
            wrong = (
                "the first page" if one.ids and one.ids == tuple(ids[: len(one.ids)]) else difference(one.ids, expected)
            )
            yield Breach(
                "the page before is another one", wrong, f"the run that ends just before {page.ids[0]}", tuple(evidence)
            )
            return
        start -= len(one.ids)
        yield KEPT
    if there.complete and start > 0:
        came = f"no way further back, {start} records before the beginning"
        yield Breach("walking back does not meet every record", came, "every record", tuple(evidence))


def _run_ahead(page: Page, ahead: Walk, ids: Sequence[str], start: int) -> Case:
    one = ahead.pages[0]
    expected = list(ids[start : start + len(one.ids)])
    if list(one.ids) == expected and (one.ids or start >= len(ids) or one.next):
        return KEPT
    wrong = difference(one.ids, expected) or "nothing"
    evidence = (page.exchange, one.exchange)
    return Breach(
        "forward again from a page reached by going back is another page", wrong, "the run just after it", evidence
    )


def offset_slice(survey: Survey) -> Cases:
    """``offset=k`` is the walk from k; past the end nothing; the echo is k."""
    there = survey.offset_walk
    if there is not None and there.last is not None and not _beyond_cap(there.last, survey):
        yield Breach("an offset is refused", f"status {there.last.status}", "a page", (there.last,))
        return
    whole = there is not None and there.complete and survey.base.complete
    if there is not None and whole:
        yield _same_set(there, survey)
    elif there is not None and survey.base.complete and len(there.ids) > len(survey.base.ids):
        evidence = tuple(p.exchange for p in there.pages[-2:])
        yield Breach(
            "the list by offset does not end", f"{len(there.ids)} records, and more", "nothing past the end", evidence
        )
    for probe in survey.offsets:
        yield from _slice(probe, there, survey, whole=whole)


def _beyond_cap(exchange: Exchange, survey: Survey) -> bool:
    """Whether an offset is larger than the contract or the profile has the server serve."""
    asked = max((int(v) for n, v in exchange.query if n == survey.semantics.offset), default=0)
    caps = [cap for cap in (survey.profile.offset_cap, largest_offset(survey.semantics)) if cap is not None]
    return any(asked > cap for cap in caps)


def _same_set(there: Walk, survey: Survey) -> Case:
    wrong = difference(sorted(there.ids), sorted(survey.base.ids))
    evidence = tuple(e for e in (there.pages[0].exchange, *around_difference(survey.base, there.ids)[:1]))
    if wrong:
        return Breach(
            "the list by offset holds other records than the list by cursor", wrong, "the same records", evidence
        )
    if there.ids != survey.base.ids:
        return Note("the list by offset has an order of its own")
    return KEPT


def _slice(probe: Probe, there: Walk | None, survey: Survey, *, whole: bool) -> Cases:
    k, exchange = int(probe.value), probe.exchange
    page = read_page(exchange, survey.semantics)
    if page is None:
        far = k > len(survey.base.ids) + 1 or _beyond_cap(exchange, survey)
        fact = "an offset is refused"
        yield (
            Note("an offset far past the end is refused")
            if far
            else Breach(fact, f"status {exchange.status}", "a page", (exchange,))
        )
        return
    yield from _echo(page, k, survey)
    if there is None or not whole:
        return
    keep = set(expected_ids(survey, probe.filters))
    # The order is the offset's own; where that walk repeats itself, the base says what there is.
    walked = there.ids if len(set(there.ids)) == len(there.ids) else survey.base.ids
    run = [i for i in walked if i in keep]
    expected = run[k : k + len(page.ids)] if page.ids else run[k : k + 1]
    if list(page.ids) != expected:
        wrong = difference(page.ids, expected) or "nothing"
        right = (
            f"the records from number {k + 1} on, of {len(run)} with {shown(probe.filters)}"
            if k < len(run)
            else "nothing: past the end"
        )
        yield Breach(f"offset={k} is not the walk from {k}", wrong, right, (exchange,))
    else:
        yield KEPT


def _echo(page: Page, k: int, survey: Survey) -> Cases:
    if page.offset is not None and page.offset != k:
        yield Breach(
            "the echo of the offset is wrong", f"offset: {page.offset}", f"offset: {k}", (page.exchange,), certain=True
        )
    size = asked_size(page.exchange, survey)
    asked = any(name == survey.semantics.limit for name, _ in page.exchange.query)
    if page.limit is not None and asked and page.limit != size:
        yield Breach(
            "the echo of the page size is wrong",
            f"limit: {page.limit}",
            f"limit: {size}",
            (page.exchange,),
            certain=True,
        )
