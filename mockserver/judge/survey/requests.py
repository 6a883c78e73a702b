"""The parts of a survey that send single requests: slices, page sizes, invalid input, the same again."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mockserver.contract import Parameter
from mockserver.judge.exchange import Exchange, Query
from mockserver.judge.filter_words import unknown_by_meaning
from mockserver.judge.inputs import declared_bounds
from mockserver.judge.survey.cursors import bare_cursor
from mockserver.judge.survey.evidence import Probe, filter_text
from mockserver.judge.survey.hostile import (
    PAGE_SIZES,
    hostile_queries,
    more_hostile_queries,
    near_misses,
    pasted_misses,
)
from mockserver.judge.survey.parts import part
from mockserver.judge.survey.run import BASE_PAGES, SurveyRun
from mockserver.judge.walk import ReceivedPage, Walk, largest_offset

Slice = tuple[dict[str, str], int, int | None]
"""A slice of a list to ask for: its filters, its offset, its page size."""

MOST_REORDERED = 5
"""How many requests are sent again with their parameters in another order."""

CONCURRENT = 16
"""How many different requests are sent concurrently."""


@part("unknown-values")
def unknown_values(run: SurveyRun) -> None:
    """Ask for values that no record has."""
    _ask_for_misses(run, near_misses)


@part("pasted-values", is_hostile=True)
def pasted_values(run: SurveyRun) -> None:
    """Ask for values that no record has, and that show where a server pastes them into something else."""
    _ask_for_misses(run, pasted_misses)


def _ask_for_misses(run: SurveyRun, misses_of: Callable[[str, Parameter, frozenset[str]], Iterator[str]]) -> None:
    misses: list[tuple[str, str]] = []
    for name in run.semantics.filters:
        parameter = run.semantics.operation.parameter(name)
        value, count = run.commonest(name)
        if parameter is not None and count:
            known = frozenset(run.counts(name))
            found = misses_of(value, parameter, known)
            misses += [(name, miss) for miss in found if unknown_by_meaning(miss, known, parameter)]

    def probe(miss: tuple[str, str]) -> Probe:
        name, value = miss
        return Probe(name, value, run.send({name: value}), {name: value})

    run.survey.unknown_values += run.each(probe, misses)


@part("offsets")
def offsets(run: SurveyRun) -> None:
    """Walk over the list by offset, and ask for slices of it, some of them past its end."""
    if run.semantics.offset is None:
        return
    run.survey.offset_walk = run.walk(sizes=(run.largest_page,), pages=2 * BASE_PAGES, direction="offset")
    size, cap = run.size, largest_offset(run.semantics)
    positions = [(0, 5), (5, 5), (1, 7), (7, 7), (size // 2, 7), (size // 2, None)]
    positions += [(size - 1, 5), (size, 5), (size + 1, None), (size + 1000, 5), (2**32, 5)]
    slices: list[Slice] = []
    for offset, page_size in dict.fromkeys(positions):
        if offset >= 0 and (cap is None or offset <= cap):
            slices.append(({}, offset, page_size))
    for name in run.semantics.filters:
        value, count = run.commonest(name)
        if count > 1:
            slices += [({name: value}, offset, 3) for offset in (1, count)]

    def probe(wanted: Slice) -> Probe:
        filters, offset, page_size = wanted
        position = offset + run.semantics.first_offset
        return Probe("offset", offset, run.send(filters, page_size, offset=position), filters)

    run.survey.offsets += run.each(probe, slices)


@part("list-end", takes_snapshot=True)
def list_end(run: SurveyRun) -> None:
    """Ask for the end of a list that is too long to be walked: where its total says that it is."""
    total = run.base.pages[0].total
    if run.base.complete or run.semantics.offset is None or total is None:
        return
    cap = largest_offset(run.semantics)
    for offset in (total - 2, total):
        if cap is None or offset <= cap:
            run.survey.list_end.append(
                Probe("list end", (offset, total), run.send(size=5, offset=offset + run.semantics.first_offset))
            )


@part("limits", is_hostile=True)
def sizes_out_of_range(run: SurveyRun) -> None:
    """Ask for page sizes that are out of range, or are not numbers."""
    name = run.semantics.limit
    parameter = run.semantics.operation.parameter(name) if name is not None else None
    if name is None or parameter is None:
        return
    default = parameter.schema.get("default")
    if isinstance(default, int) and not isinstance(default, bool):
        run.survey.default_size = Probe("default", default, run.fetch(((name, str(default)),)))
    low, high = declared_bounds(parameter)
    values = [] if high is None else [str(high + 1), str(high * 2), str(high * 5)]
    values += [str(low - 1)] if low is not None else []
    values = list(dict.fromkeys((*values, *PAGE_SIZES)))
    run.survey.sizes_out_of_range += run.each(lambda value: Probe("limit", value, run.fetch(((name, value),))), values)


@part("both-cursors")
def both_cursors(run: SurveyRun) -> None:
    """Send both cursors at once: an early and a late cursor of the next page, each with one of the preceding page."""
    pages = _walked_pages(run)
    following = [page.next for page in pages if page.next]
    preceding = [page.previous for page in pages if page.previous]
    if not following or not preceding:
        return
    before = preceding[-1]
    for after in dict.fromkeys((following[0], following[-1])):
        answer = run.send(size=7, after=after, before=before)
        run.survey.both_cursors.append(Probe("both cursors", (after, before), answer))


def _walked_pages(run: SurveyRun) -> list[ReceivedPage]:
    return [page for walk in run.survey.walks for page in walk.pages]


@part("hostile", is_hostile=True)
def hostile(run: SurveyRun) -> None:
    """Send the input that crashes careless servers most often."""
    cursor = next((page.next or page.previous for page in _walked_pages(run) if page.next or page.previous), None)
    cursor = bare_cursor(cursor, run.semantics.cursors) if cursor else None
    filters = run.all_filters()
    _send_hostile(run, list(hostile_queries(run.semantics, filters, cursor)))
    more = list(more_hostile_queries(run.semantics, filters, cursor))
    run.random.shuffle(more)
    run.survey.queries_left = more


@part("more-hostile", is_hostile=True)
def more_hostile(run: SurveyRun) -> None:
    """Send a sample of other hostile input, with what is left of the budget. So this part comes last."""
    _send_hostile(run, run.survey.queries_left[: max(0, run.fetch.left)])


def _send_hostile(run: SurveyRun, queries: list[tuple[str, Query]]) -> None:
    def probe(described: tuple[str, Query]) -> Probe:
        what, query = described
        return Probe(what, query, run.fetch(query))

    run.survey.hostile += run.each(probe, queries)


@part("replays")
def replays(run: SurveyRun) -> None:
    """Send requests again that were answered before."""
    first = run.base.pages[0].exchange
    for _ in range(3):
        run.survey.replays.append((first, run.fetch(first.query)))
    walks = (*run.survey.walks[:3], *run.survey.filtered[:4])
    # A link is asked for by its own path: its query alone is another request.
    answered = [walk.pages[-1].exchange for walk in walks if walk.pages and not walk.pages[-1].exchange.followed]
    run.survey.replays += [(exchange, run.fetch(exchange.query)) for exchange in answered]
    run.survey.reordered += [(one, run.fetch(one.query[::-1])) for one in _with_most_parameters(run)]


def _with_most_parameters(run: SurveyRun) -> list[Exchange]:
    """Return the answered requests that tell most when their parameters are sent in another order.

    What depends on the order is mostly which filter is applied: those come first of which each leaves something out,
    each pair of filters once.
    """
    walks = [walk for walk in run.survey.filtered if walk.pages and len(walk.pages[0].exchange.query) > 1]
    walks.sort(key=lambda walk: (-_telling_filters(run, walk), -len(walk.filters)))
    firsts: dict[tuple[str, ...], Exchange] = {}
    for walk in walks:
        firsts.setdefault(tuple(walk.filters), walk.pages[0].exchange)
    return list(firsts.values())[:MOST_REORDERED]


def _telling_filters(run: SurveyRun, walk: Walk) -> int:
    """Return how many of a walk's filters show when they are dropped: the others alone leave more records."""
    targets = run.semantics.filters
    rows = [
        {name: filter_text(item, targets[name]) == walk.filters[name] for name in walk.filters}
        for item in run.base.items
    ]
    rows = [row for row in rows if sum(not is_met for is_met in row.values()) == 1]
    return len({name for row in rows for name, is_met in row.items() if not is_met})


@part("concurrent", takes_snapshot=True, is_hostile=True)
def concurrent(run: SurveyRun) -> None:
    """Send different requests concurrently, each of which was answered alone before."""
    answered: dict[Query, Exchange] = {}
    for exchange in run.fetch.exchanges:
        names = {name for name, _ in exchange.query}
        if exchange.status == 200 and not exchange.followed and not names & set(run.semantics.cursors):
            answered[exchange.query] = exchange
    queries = list(answered)
    chosen = run.random.sample(queries, min(CONCURRENT, len(queries)))
    answers = run.each(run.fetch, chosen)
    run.survey.concurrent += [(answered[query], answer) for query, answer in zip(chosen, answers, strict=True)]
