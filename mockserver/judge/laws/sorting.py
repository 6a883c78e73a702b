"""What the laws of walks say of walks under a sorting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, get_args

from mockserver.judge.laws.compare import around_difference, difference, disagreement
from mockserver.judge.laws.law import PASSED, Case, Cases, Finding, Note
from mockserver.judge.survey import SortedWalks, Survey
from mockserver.judge.walk import Walk

LawOfSorting = Literal["cursor-accepted", "walk-ends", "no-repeat", "limit-free"]
_LAWS: tuple[LawOfSorting, ...] = get_args(LawOfSorting)
"""Of a fault that shows in several ways, the first of these tells most."""

Fault = tuple[LawOfSorting, Finding]


def sorted_walks(survey: Survey, law: LawOfSorting) -> Cases:
    """Yield what one of these laws says of the sorted walks: each fault fails one of them.

    A fault has to show twice, and only where the walks without a sorting are sound.
    """
    if not _is_sound(survey):
        return
    faults: dict[str, list[Fault]] = {}
    for walks in survey.sorted:
        fault = _fault(walks, survey)
        if fault is None:
            yield PASSED
            if law == "limit-free":
                yield from _order(walks)
        else:
            faults.setdefault(walks.sorting.text, []).append(fault)
    yield from _told(faults, law)


def _told(faults: Mapping[str, Sequence[Fault]], law: LawOfSorting) -> Cases:
    """Yield the faults that are told by a law: all by one, since one cause shows in several ways."""
    sure = [found[-1] for found in faults.values() if len(found) > 1 and len({name for name, _ in found}) == 1]
    teller = next((name for name in _LAWS if any(name == other for other, _ in sure)), None)
    if law == teller:
        yield from (finding for name, finding in sure if name == law)
    for text, found in faults.items():
        if law == "limit-free" and found[-1] not in sure:
            yield Note(f"under {text} the list is not the same each time")


def _is_sound(survey: Survey) -> bool:
    """Return whether plain walks show each record once, and come to an end; if not, that is told without sortings."""
    base = survey.base
    if survey.semantics.identity is None or survey.moved or len(set(base.ids)) < len(base.ids):
        return False
    plain = [walk for walk in survey.walks if walk.pages]
    return all(walk.ending != "loop" and not disagreement(walk, base.ids, to_end=base.complete) for walk in plain)


def _fault(walks: SortedWalks, survey: Survey) -> Fault | None:
    """Return the law that walks under one sorting fail, and how: an endless walk, repeats or differences."""
    text, large, small = walks.sorting.text, walks.large, walks.small
    if _is_forgotten(walks, survey):
        evidence = tuple(page.exchange for page in small.pages[:2])
        fact = f"a cursor that was issued under {text} forgets it"
        got, expected = "the next page in the order of the plain list", "the next page of the same order"
        return "cursor-accepted", Finding(fact, got, expected, evidence, True)
    for walk in (large, small):
        if walk.ending == "loop":
            got = "a position that was there before"
            evidence = tuple(page.exchange for page in walk.pages[-2:])
            return "walk-ends", Finding(f"a walk goes round in a circle under {text}", got, "an end", evidence, True)
    for walk in (large, small):
        twice = next((i for i, count in Counter(walk.ids).items() if count > 1), None)
        if twice is not None:
            evidence = tuple(page.exchange for page in walk.pages if twice in page.ids)[:2]
            fact = f"a walk shows a record twice under {text}"
            return "no-repeat", Finding(fact, f"{twice} twice", "each record once", evidence, True)
    return _difference(walks, survey)


def _is_forgotten(walks: SortedWalks, survey: Survey) -> bool:
    """Return whether a second page is a run of the plain list, and none of the sorted one."""
    pages = walks.small.pages
    if walks.small.direction != "after" or len(pages) < 2 or len(pages[1].ids) < 2:
        return False
    return _is_run(pages[1].ids, survey.base.ids) and not _is_run(pages[1].ids, walks.large.ids)


def _is_run(ids: Sequence[str], of: Sequence[str]) -> bool:
    """Return whether these ids stand one after the other in others."""
    start = of.index(ids[0]) if ids[0] in of else len(of)
    return list(of[start : start + len(ids)]) == list(ids)


def _difference(walks: SortedWalks, survey: Survey) -> Fault | None:
    text, large, small = walks.sorting.text, walks.large, walks.small
    if not {large.ending, small.ending} <= {"end", "bounded"}:
        return None
    is_whole = large.complete and small.complete
    common = max(len(large.ids), len(small.ids)) if is_whole else min(len(large.ids), len(small.ids))
    wrong = difference(small.ids[:common], large.ids[:common])
    if wrong:
        fact = f"under {text} the walk differs with the page size"
        evidence = around_difference(small, large.ids)
        return "limit-free", Finding(fact, wrong, f"the same {common} records", evidence, True)
    if not is_whole:
        return None
    other = difference(sorted(large.ids), sorted(survey.base.ids))
    if other and (walks.sorting.field is not None or walks.sorting.up is not None):
        fact, expected = f"under {text} the list has other records", f"the {len(survey.base.ids)} records of the list"
        return "limit-free", Finding(fact, other, expected, (large.pages[-1].exchange,), True)
    return None


def _order(walks: SortedWalks) -> Iterator[Case]:
    """Note a list of numbers that is not in the order that was asked for; other values have no order for certain."""
    name, up = walks.sorting.field, walks.sorting.up
    numbers = _numbers(walks.large, name) if name is not None and up is not None else []
    if numbers and numbers != sorted(numbers, reverse=not up):
        yield Note(f"under {walks.sorting.text} the values of {name} are not in order")


def _numbers(walk: Walk, name: str) -> list[Any]:
    """Return the values of a property, if they are all numbers."""
    values = [item.get(name) if isinstance(item, dict) else None for item in walk.items]
    return values if all(isinstance(v, int | float) and not isinstance(v, bool) for v in values) else []
