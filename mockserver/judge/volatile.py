"""Learns which fields of records change by themselves, by asking twice, and leaves them out of comparisons.

Signed URLs, clocks, ids of requests: a server makes them anew for each answer, so that they say nothing of whether two
answers hold the same records.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from mockserver.semantics import FieldPath

_NEARLY_ALL = 0.8
"""The share of the records in which a field that is made anew for each answer differs from one answer to the next.

It is not 1: a clock may stand still in a few.
"""

_MISSING = object()

Take = Mapping[str, Any]
"""The records of one page as they came at one time, by identity."""


def volatile_fields(takes: Sequence[Take]) -> frozenset[FieldPath]:
    """Return the fields that changed in nearly all records from one asking for the same page to the next.

    What changes in a few records only is moving data. What grows each time, or changes its type, is not volatile: it
    would be a fault. Arrays are compared as they are.
    """
    runs: dict[tuple[str, FieldPath], list[Any]] = {}
    for number, take in enumerate(takes):
        for identity, record in take.items():
            for path, value in _fields(record):
                runs.setdefault((identity, path), [_MISSING] * len(takes))[number] = value
    by_path: dict[FieldPath, list[list[Any]]] = {}
    for (_, path), values in runs.items():
        by_path.setdefault(path, []).append(values)
    return frozenset(path for path, found in by_path.items() if _is_volatile(found))


def steady(value: Any, volatile: frozenset[FieldPath], path: FieldPath = ()) -> Any:
    """Return a record without its volatile fields; anything else as it is."""
    if not volatile or not isinstance(value, dict):
        return value
    return {
        name: steady(inner, volatile, (*path, name)) for name, inner in value.items() if (*path, name) not in volatile
    }


def steadies(records: Sequence[Any], volatile: frozenset[FieldPath]) -> list[Any]:
    """Return records without their volatile fields."""
    return [steady(record, volatile) for record in records]


def _fields(value: Any, path: FieldPath = ()) -> Iterator[tuple[FieldPath, Any]]:
    """Yield every value of a record that is no object, with its path."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _fields(inner, (*path, name))
    elif path:
        yield path, value


def _is_volatile(records: Sequence[Sequence[Any]]) -> bool:
    """Return whether one field is made anew for each answer; its values in each record, in the order of the takes."""
    changes = 0
    for number in range(max(map(len, records)) - 1):
        pairs = [(values[number], values[number + 1]) for values in records]
        pairs = [pair for pair in pairs if _MISSING not in pair and None not in pair]
        changed = sum(one != other for one, other in pairs)
        if any(not _may_be_volatile(one, other) for one, other in pairs if one != other):
            return False
        if changed and changed >= _NEARLY_ALL * len(pairs):
            # One record that changed once may be moving data.
            changes += 1 if changed == 1 else 2
    return changes > 1 and not _all_grow(records)


def _may_be_volatile(one: Any, other: Any) -> bool:
    """Return whether a clock, a signature or the like may have made both values: two texts, or two numbers."""
    if isinstance(one, str) or isinstance(other, str):
        return isinstance(one, str) and isinstance(other, str)
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in (one, other))


def _all_grow(records: Sequence[Sequence[Any]]) -> bool:
    """Return whether the texts become longer with each change."""
    growing = [_grows([value for value in values if isinstance(value, str)]) for values in records]
    return all(growing)


def _grows(texts: Sequence[str]) -> bool:
    return all(len(one) < len(other) for one, other in pairwise(texts) if one != other) and len(set(texts)) > 1
