"""Notes what only values suggest: nothing in the contract says that the exceptions are wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import permutations
from typing import Any

from mockserver.contract import non_null
from mockserver.judge.laws.amounts import PLAIN_DECIMAL, Record, number
from mockserver.judge.laws.law import Note
from mockserver.judge.laws.likely import BorneOut, is_decimal_in_nearly_all, sample
from mockserver.judge.laws.sums import FEWEST, NEARLY_ALL, best_sum
from mockserver.judge.survey import Survey
from mockserver.semantics.likely import words

_MOST_AMOUNTS = 8
_FIRST = frozenset(("created", "creation", "inserted", "started", "opened", "registered"))


def suggestions(survey: Survey, judged: BorneOut) -> Iterator[Note]:
    """Note the rules that nearly all records follow, and how many do not."""
    declared, items = survey.semantics.invariants, sample(survey)
    if declared.sums or declared.decimals or len(items) < FEWEST:
        return
    yield from _sums(items, {added.total for added in judged.sums} | {n for a in judged.sums for n in a.parts})
    yield from _decimals(items, survey, judged)
    yield from _times(items, survey)


def _sums(items: Sequence[Record], judged: set[str]) -> Iterator[Note]:
    names = [name for name in items[0] if name not in judged and _is_amount(name, items)]
    for total in names[:_MOST_AMOUNTS]:
        found = best_sum(total, [name for name in names[:_MOST_AMOUNTS] if name != total], items, most=2)
        count = sum(found.holds(item) is False for item in items) if found else 0
        if found and count:
            yield Note(f"{found.text} in nearly all records, but not in {count}")


def _is_amount(name: str, items: Sequence[Record]) -> bool:
    return all(number(item.get(name)) is not None for item in items)


def _decimals(items: Sequence[Record], survey: Survey, judged: BorneOut) -> Iterator[Note]:
    for name in survey.semantics.properties:
        if name in judged.decimals or not is_decimal_in_nearly_all(name, items):
            continue
        odd = [value for value in (item.get(name) for item in items) if _is_odd(value)]
        if odd:
            yield Note(f"{name} is a plain decimal in nearly all records, but {odd[0]!r} in one")


def _is_odd(value: Any) -> bool:
    return isinstance(value, str) and PLAIN_DECIMAL.fullmatch(value) is None


def _times(items: Sequence[Record], survey: Survey) -> Iterator[Note]:
    properties = survey.semantics.properties
    names = [name for name, schema in properties.items() if non_null(schema).get("format") == "date-time"]
    for one, other in permutations(names, 2):
        if words(one) & _FIRST and not words(other) & _FIRST:
            pairs = [(_time(item.get(one)), _time(item.get(other))) for item in items]
            later = [first > last for first, last in pairs if first is not None and last is not None]
            if any(later) and sum(later) <= (1 - NEARLY_ALL) * len(later):
                yield Note(f"{one} is after {other} in {sum(later)} of {len(later)} records")


def _time(value: Any) -> float | None:
    try:
        return datetime.fromisoformat(str(value)).timestamp()
    except (ValueError, OverflowError):
        return None
