"""Values that the explorer's filters offer: those that records of the world have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from mockserver.world.identities import spelled

if TYPE_CHECKING:
    from mockserver.semantics import ListSemantics
    from mockserver.world.model import Dataset, EdgeCase

AT_THE_ENDS = 200
"""How many of the first records are looked at, and how many of the last."""

IN_BETWEEN = 200
"""How many of all records are looked at, at equal distances."""

MAX_VALUES = 300
"""The most values that a filter offers."""


class Choice(NamedTuple):
    """A value to choose, and its name if it has one."""

    value: str
    label: str = ""


class Samples:
    """The values of each filter, looked up once for a dataset. Safe to call from several threads."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[Dataset, Mapping[str, Sequence[str]]]] = {}

    def values(self, semantics: ListSemantics, dataset: Dataset) -> Mapping[str, Sequence[str]]:
        """Return by parameter the distinct values of some records, as a query spells them."""
        found = self._found.get(semantics.operation.id)
        if found is None or found[0] is not dataset:
            found = dataset, _values(semantics, dataset)
            self._found[semantics.operation.id] = found
        return found[1]


def choices(values: Sequence[str], named: Mapping[str, str]) -> list[Choice]:
    """Return the values as choices; those of an edge case come first, with its name.

    ``named`` are the names of edge cases by the values that select them.
    """
    first = [Choice(value, name) for value, name in named.items() if value in values]
    return [*first, *(Choice(value) for value in values if value not in named)]


def names_by_value(cases: Sequence[EdgeCase], target: str) -> dict[str, str]:
    """Return the names of the edge cases that a property selects, by the property's value."""
    return {case.filters[target]: case.name for case in cases if target in case.filters}


def _values(semantics: ListSemantics, dataset: Dataset) -> dict[str, list[str]]:
    found: dict[str, dict[str, None]] = {name: {} for name in semantics.filters}
    for ordinal in _sampled(dataset.size):
        record = dataset.record(ordinal)
        for parameter, name in semantics.filters.items():
            if len(found[parameter]) < MAX_VALUES:
                found[parameter] |= dict.fromkeys(_spelled(record.get(name)))
    return {parameter: sorted(values, key=str.lower) for parameter, values in found.items()}


def _sampled(size: int) -> Iterable[int]:
    """Return ordinals from all parts of a list, with its first and last ones, each once."""
    first = range(min(size, AT_THE_ENDS))
    last = range(max(size - AT_THE_ENDS, 0), size)
    between = range(0, size, max(size // IN_BETWEEN, 1))
    return dict.fromkeys((*first, *between, *last))


def _spelled(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [spelled(v) for v in values if v is not None]
