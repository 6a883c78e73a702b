"""The laws of pages and walks: size, repeats, ends, what has_more says, cursors, independence of the page size."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from http import HTTPStatus
from itertools import pairwise

from mockserver.judge.exchange import Exchange
from mockserver.judge.laws.accepted import ends_list, repeats_of_data, rest_that_comes_along, tokens_sent_alone
from mockserver.judge.laws.compare import (
    around_difference,
    disagreement,
    filters_text,
    matches,
    requested_size,
    sizes_text,
)
from mockserver.judge.laws.content import other_content
from mockserver.judge.laws.forgotten import forgotten_sizes
from mockserver.judge.laws.law import PASSED, WALKS, Case, Cases, Finding, Note, law
from mockserver.judge.laws.sorting import sorted_walks
from mockserver.judge.survey import BASE, Survey
from mockserver.judge.walk import ReceivedPage, Walk, received_page


def walks_from_beginning(survey: Survey) -> Iterator[Walk]:
    """Yield every walk from the list's beginning, the base walk first."""
    yield survey.base
    yield from survey.snapshots
    yield from survey.walks
    yield from survey.filtered


def all_walks(survey: Survey) -> Iterator[Walk]:
    """Yield every walk, those that start in the middle included."""
    yield from walks_from_beginning(survey)
    for _, walk in (*survey.backward, *survey.forward_again):
        yield walk
    if survey.offset_walk is not None:
        yield survey.offset_walk


def needs_cursor(survey: Survey) -> str:
    """Apply to lists with a cursor."""
    return "" if survey.semantics.after is not None else "the operation has no cursor"


def needs_identity(survey: Survey) -> str:
    """Apply to lists whose records have an identity: equal records without one are no repeats."""
    return "" if survey.semantics.identity is not None else "the records have no identity"


def needs_limit(survey: Survey) -> str:
    """Apply to lists with a page size."""
    return "" if survey.semantics.limit is not None else "the operation has no page size"


@law(
    "page-size",
    claim="a page has at most as many records as were asked for",
    every_answer=True,
    compares_answers=False,
)
def page_size(survey: Survey) -> Cases:
    """Check every page: at most ``limit`` records in each direction, and at most the default without one."""
    rest, alone = rest_that_comes_along(survey), tokens_sent_alone(survey)
    for exchange in survey.exchanges:
        page, size = received_page(exchange, survey.semantics), requested_size(exchange, survey)
        if page is None or size is None or _carries_its_size(exchange, alone, survey):
            continue
        if size < len(page.items) <= size + rest and ends_list(page, survey):
            yield Note(f"the last page takes a rest of up to {rest} records along")
        elif len(page.items) > size:
            got = f"{len(page.items)} records"
            yield Finding("a page holds more than was asked for", got, f"at most {size}", (exchange,))
        else:
            yield PASSED
    if survey.profile.full_pages:
        yield from _short_pages(survey)


def _carries_its_size(exchange: Exchange, alone: Collection[str], survey: Survey) -> bool:
    """Return whether a cursor was sent without a page size because it refuses one."""
    names = dict(exchange.query)
    return survey.semantics.limit not in names and any(names.get(name) in alone for name in survey.semantics.cursors)


def _short_pages(survey: Survey) -> Cases:
    """Check that every page but the last is full. Only a profile requires it."""
    for walk in walks_from_beginning(survey):
        for page in walk.pages[:-1]:
            size = requested_size(page.exchange, survey)
            if size is not None and len(page.items) < size:
                got = f"{len(page.items)} records"
                expected = f"{size}, as the profile requires"
                yield Finding("a page before the last is not full", got, expected, (page.exchange,))


@law("no-repeat", claim="a walk never shows an id twice", parts=WALKS, applies=needs_identity, needs_walk=True)
def no_repeat(survey: Survey) -> Cases:
    """Check the ids of every walk."""
    in_data = repeats_of_data(survey)
    if in_data:
        yield Note("the list holds some records more than once, at the same places at every page size")
    for walk in all_walks(survey):
        seen: dict[str, ReceivedPage] = {}
        for page in walk.pages:
            yield _repeat(page, seen, in_data)
            seen |= dict.fromkeys(page.ids, page)
    yield from sorted_walks(survey, "no-repeat")


def _repeat(page: ReceivedPage, seen: Mapping[str, ReceivedPage], in_data: Collection[str]) -> Case:
    """Return the case of a page after those that were ``seen``; ids ``in_data`` may come again."""
    expected = "each record once"
    on_page: set[str] = set()
    for i in page.ids:
        if i in in_data:
            continue
        if i in on_page:
            return Finding("a page shows a record twice", f"{i} twice", expected, (page.exchange,), certain=True)
        on_page.add(i)
    again = next((i for i in page.ids if i in seen and i not in in_data), None)
    if again is None:
        return PASSED
    evidence = (seen[again].exchange, page.exchange)
    return Finding("a walk shows a record twice", f"{again} on two pages", expected, evidence)


@law("walk-ends", claim="a walk ends, and no cursor appears twice", parts=WALKS, needs_walk=True)
def walk_ends(survey: Survey) -> Cases:
    """Check that no walk was led to a cursor that it had sent before."""
    for walk in all_walks(survey):
        if walk.ending == "loop":
            evidence = tuple(page.exchange for page in walk.pages[-2:])
            got, expected = "a cursor that was returned before", "a new one, or none"
            yield Finding("a walk goes round in a circle", got, expected, evidence)
        elif walk.complete:
            yield PASSED
    yield from sorted_walks(survey, "walk-ends")


@law(
    "cursor-accepted", claim="a cursor that the server issued works", parts=WALKS, applies=needs_cursor, needs_walk=True
)
def cursor_accepted(survey: Survey) -> Cases:
    """Check that no cursor is refused that is sent with the filters that it was issued under."""
    for walk in all_walks(survey):
        if walk.direction in ("offset", "page"):
            continue
        if walk.ending == "refused" and walk.last is not None and walk.pages:
            yield _refusal(walk, walk.last, walk.pages[-1], survey)
        for issued, page in pairwise(walk.pages):
            yield _kept_filters(issued, page, walk, survey)
    for page, walk in (*survey.backward, *survey.forward_again):
        if walk.last is not None and not walk.pages:
            yield _refusal(walk, walk.last, page, survey)
    yield from forgotten_sizes(survey)
    yield from sorted_walks(survey, "cursor-accepted")


def _kept_filters(issued: ReceivedPage, page: ReceivedPage, walk: Walk, survey: Survey) -> Case:
    """Return the case of a page by cursor; one that refuses its filters beside it has to carry them."""
    is_alone = bool(walk.filters) and not any(name in walk.filters for name, _ in page.exchange.query)
    if is_alone and not all(matches(item, survey, walk.filters) for item in page.items):
        fact = "a cursor refuses the filters that it was issued under, and drops them without"
        evidence = (issued.exchange, page.exchange)
        return Finding(fact, "other records", f"only {filters_text(walk.filters)}", evidence)
    return PASSED


def _refusal(walk: Walk, last: Exchange, issued: ReceivedPage, survey: Survey) -> Case:
    """Return the case of a refused cursor; ``issued`` is the page that it was on, ``last`` the refusal."""
    if last.refused and requested_size(issued.exchange, survey) != requested_size(last, survey):
        return Note("a cursor is refused when the page size changes")
    if last.refused and last.reused_cursor:
        return Note("a cursor that was used before is refused: cursors work once")
    if last.status == HTTPStatus.GONE:
        return Note("a cursor has expired")
    is_first_page = walk.direction == "before" and issued.ids[:1] == survey.base.ids[:1]
    if issued.has_more is False or is_first_page:
        return Note("a cursor that leads nowhere is refused")
    fact = "a cursor that the server issued is refused"
    return Finding(fact, last.outcome, "a page", (issued.exchange, last))


@law(
    "limit-free",
    claim="the walk is the same at any page size",
    parts=(BASE, "default", "small", "sizes", "backward", "sorting"),
    applies=needs_limit,
    needs_walk=True,
)
def limit_free(survey: Survey) -> Cases:
    """Check that every walk meets the same records in the same order, also where the size changes on the way."""
    for walk in (*survey.walks, *survey.snapshots):
        if not walk.pages or walk.ending == "unknown":
            continue
        wrong = disagreement(walk, survey.base.ids, to_end=survey.base.complete)
        if wrong:
            expected = f"the same {len(survey.base.ids)} records as with {sizes_text(survey.base)}"
            evidence = around_difference(walk, survey.base.ids)
            yield Finding(f"the walk differs at {sizes_text(walk)}", wrong, expected, evidence)
        else:
            yield PASSED
    for walk in survey.walks:
        yield from other_content(walk, survey)
    yield from sorted_walks(survey, "limit-free")
