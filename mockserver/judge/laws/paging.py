"""The laws of pages and walks: size, repeats, ends, cursors, the way back, offsets, the same again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mockserver.judge.laws.verdicts import (
    KEPT,
    Breach,
    Case,
    Cases,
    Note,
    disagreement,
    expected_ids,
    sizes_shown,
)
from mockserver.judge.survey import Survey
from mockserver.judge.walk import Exchange, Page, Walk, read_page, smallest_page


def walks_of(survey: Survey) -> Iterator[Walk]:
    """Every walk from the list's beginning, base first."""
    yield survey.base
    yield from survey.snapshots
    yield from survey.walks
    yield from survey.filtered


def every_walk(survey: Survey) -> Iterator[Walk]:
    """Every walk at all, those that start in the middle among them."""
    yield from walks_of(survey)
    for _, there in (*survey.backs, *survey.onward):
        yield there
    if survey.offset_walk is not None:
        yield survey.offset_walk


def needs_cursor(survey: Survey) -> str:
    """Not applicable to a list without cursors."""
    return "" if survey.semantics.after is not None else "the operation has no cursor"


def needs_before(survey: Survey) -> str:
    """Not applicable to a list that cannot be walked back."""
    there = survey.semantics.before is not None and survey.semantics.previous_cursor is not None
    return "" if there else "the operation has no cursor for the preceding page"


def needs_offset(survey: Survey) -> str:
    """Not applicable to a list without an offset."""
    return "" if survey.semantics.offset is not None else "the operation has no offset"


def needs_limit(survey: Survey) -> str:
    """Not applicable to a list without a page size."""
    return "" if survey.semantics.limit is not None else "the operation has no page size"


def asked_size(exchange: Exchange, survey: Survey) -> int | None:
    """The page size that a request asked for, or the default; ``None`` where it is out of range or no number."""
    semantics = survey.semantics
    values = [value for name, value in exchange.query if name == semantics.limit]
    if not values:
        return semantics.default_limit
    value = values[0]
    plain = len(values) == 1 and value.isascii() and value.isdigit() and len(value) < 10
    return int(value) if plain and smallest_page(semantics) <= int(value) <= semantics.max_limit else None


def page_size(survey: Survey) -> Cases:
    """A page has at most ``limit`` records, in each direction, and at most the default without one."""
    for exchange in survey.exchanges:
        page, size = read_page(exchange, survey.semantics), asked_size(exchange, survey)
        if page is None or size is None:
            continue
        if len(page.items) > size:
            yield Breach(
                "a page holds more than was asked for", f"{len(page.items)} records", f"at most {size}", (exchange,)
            )
        else:
            yield KEPT
    if survey.profile.full_pages:
        yield from _short_pages(survey)


def _short_pages(survey: Survey) -> Cases:
    """Where the profile demands full pages: every page but the last holds what was asked for."""
    for there in walks_of(survey):
        for page in there.pages[:-1]:
            size = asked_size(page.exchange, survey)
            if size is not None and len(page.items) < size:
                came = f"{len(page.items)} records"
                yield Breach("a page before the last is not full", came, f"{size}, by the profile", (page.exchange,))


def no_repeat(survey: Survey) -> Cases:
    """A walk never shows an id twice."""
    for there in every_walk(survey):
        seen: dict[str, Page] = {}
        for page in there.pages:
            yield _repeat(page, seen) if len(page.ids) else KEPT
            seen |= dict.fromkeys(page.ids, page)


def _repeat(page: Page, seen: Mapping[str, Page]) -> Case:
    twice = next((i for n, i in enumerate(page.ids) if i in page.ids[:n]), None)
    if twice is not None:
        return Breach(
            "a page shows a record twice", f"{twice} twice", "each record once", (page.exchange,), certain=True
        )
    again = next((i for i in page.ids if i in seen), None)
    if again is None:
        return KEPT
    evidence = (seen[again].exchange, page.exchange)
    return Breach("a walk shows a record twice", f"{again} on two pages", "each record once", evidence)


def walk_ends(survey: Survey) -> Cases:
    """A walk ends; no cursor comes twice."""
    for there in every_walk(survey):
        if there.end == "loop":
            evidence = tuple(p.exchange for p in there.pages[-2:])
            yield Breach("a walk goes round in a circle", "a cursor that came before", "a new one, or none", evidence)
        elif there.complete:
            yield KEPT


def has_more(survey: Survey) -> Cases:
    """``has_more: true`` has a next page with records; ``false`` has none."""
    for there in walks_of(survey):
        if there.direction == "after":
            expected = expected_ids(survey, there.filters) if survey.base.complete else None
            for number, page in enumerate(there.pages):
                yield from _forward_claim(there, number, page, expected, survey)
    for _, there in survey.backs:
        for page in there.pages:
            yield from _backward_claim(page, expected_ids(survey, there.filters), survey)


def _forward_claim(there: Walk, number: int, page: Page, expected: Sequence[str] | None, survey: Survey) -> Cases:
    later = there.pages[number + 1 :]
    follows = _follows(page, expected)
    if page.has_more is True:
        nothing = there.complete and not any(p.ids for p in later)
        if page.next is None:
            yield Breach(
                "has_more is true, and no cursor leads on", "has_more: true, no cursor", "a cursor", (page.exchange,)
            )
        elif nothing or (follows is False and not any(p.ids for p in later)):
            rest = tuple(p.exchange for p in later[:1])
            yield Breach(
                "has_more is true, and nothing follows",
                "has_more: true",
                "false on the last page",
                (page.exchange, *rest),
            )
        else:
            yield KEPT
    elif page.has_more is False:
        beyond = there.beyond if number == len(there.pages) - 1 else None
        led = read_page(beyond, survey.semantics) if beyond is not None else None
        count = len(led.items) if led is not None else 0
        if beyond is not None and count:
            came = f"has_more: false, and a cursor that leads to {count} records"
            yield Breach("has_more is false, and its cursor leads on", came, "nothing beyond", (page.exchange, beyond))
        elif follows:
            yield Breach(
                "has_more is false, and records follow", "has_more: false", "true before the end", (page.exchange,)
            )
        else:
            yield KEPT


def _follows(page: Page, expected: Sequence[str] | None) -> bool | None:
    """Whether records follow this page in the list, as far as the base walk knows."""
    if expected is None or not page.ids or page.ids[-1] not in expected:
        return None
    return expected.index(page.ids[-1]) < len(expected) - 1


def _backward_claim(page: Page, ids: Sequence[str], survey: Survey) -> Cases:
    """Under ``before`` either reading will do; where both readings agree there is only one answer."""
    if page.has_more is None or not survey.base.complete or not page.ids or not {page.ids[0], page.ids[-1]} <= {*ids}:
        return
    onward, backward = ids.index(page.ids[-1]) < len(ids) - 1, ids.index(page.ids[0]) > 0
    if onward == backward != page.has_more:
        came, expected = f"has_more: {page.has_more}".lower(), f"{onward}, in either direction".lower()
        yield Breach("has_more is wrong in either reading", came, expected, (page.exchange,))
    else:
        yield KEPT


def cursor_accepted(survey: Survey) -> Cases:
    """A cursor that the server issued works with the same filters."""
    for there in every_walk(survey):
        if there.direction in ("offset", "page"):
            continue
        if there.end == "refused" and there.last is not None and there.pages:
            yield _refusal(there, survey)
        yield from (KEPT for _ in there.pages[1:])
    for page, there in (*survey.backs, *survey.onward):
        if there.last is not None and not there.pages:
            yield _refusal(there, survey, page)


def _refusal(there: Walk, survey: Survey, page: Page | None = None) -> Case:
    last = there.last
    assert last is not None
    issued = there.pages[-1] if page is None else page
    if last.refused and asked_size(issued.exchange, survey) != asked_size(last, survey):
        return Note("a cursor is refused when the page size changes")
    if last.secondhand and last.refused:
        return Note("a cursor that was used before is refused: cursors serve once")
    if issued.has_more is False or (there.direction == "before" and issued.ids[:1] == survey.base.ids[:1]):
        return Note("a cursor that leads nowhere is refused")
    came = f"status {last.status}" if last.status is not None else last.error
    return Breach("a cursor that the server issued is refused", came, "a page", (issued.exchange, last))


def limit_free(survey: Survey) -> Cases:
    """The walk gives the same ids in the same order at any page size, and when the size changes mid-walk."""
    for there in (*survey.walks, *survey.snapshots):
        if not there.pages:
            continue
        wrong = disagreement(there, survey.base.ids, whole=survey.base.complete)
        if wrong:
            expected = f"the same {len(survey.base.ids)} records as with {sizes_shown(survey.base)}"
            yield Breach(
                f"the walk is another one at {sizes_shown(there)}",
                wrong,
                expected,
                around_difference(there, survey.base.ids),
            )
        else:
            yield KEPT


def around_difference(there: Walk, expected: Sequence[str]) -> tuple[Exchange, ...]:
    """The pages on either side of the first difference."""
    position = 0
    for number, page in enumerate(there.pages):
        if tuple(expected[position : position + len(page.ids)]) != page.ids:
            return tuple(p.exchange for p in there.pages[max(0, number - 1) : number + 1])
        position += len(page.ids)
    return tuple(p.exchange for p in there.pages[-1:])
