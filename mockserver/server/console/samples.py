"""Real values to pick from: what the records of a world hold in the properties that its filters compare."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from mockserver.world.identities import spelled

if TYPE_CHECKING:
    from mockserver.semantics import ListSemantics
    from mockserver.world.model import Dataset, EdgeCase

NEAR, FAR, MOST = 200, 200, 300
"""How many of the first records are looked at, how many of the others, and how many values are offered."""


class Choice(NamedTuple):
    """A value to pick, and what is said of it."""

    value: str
    label: str = ""


class Samples:
    """The values of each filter, found once for a dataset. Safe to call from several threads at once."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[Dataset, Mapping[str, Sequence[str]]]] = {}

    def values(self, semantics: ListSemantics, dataset: Dataset) -> Mapping[str, Sequence[str]]:
        """By parameter, the distinct values that some of the records have, as a query spells them."""
        kept = self._kept.get(semantics.operation.id)
        if kept is None or kept[0] is not dataset:
            kept = dataset, _found(semantics, dataset)
            self._kept[semantics.operation.id] = kept
        return kept[1]


def _found(semantics: ListSemantics, dataset: Dataset) -> dict[str, list[str]]:
    found: dict[str, dict[str, None]] = {name: {} for name in semantics.filters}
    for ordinal in _some(dataset.size):
        record = dataset.record(ordinal)
        for parameter, name in semantics.filters.items():
            if len(found[parameter]) < MOST:
                found[parameter] |= dict.fromkeys(_spelled(record.get(name)))
    return {parameter: sorted(values, key=str.lower) for parameter, values in found.items()}


def _some(size: int) -> Iterable[int]:
    """Ordinals from everywhere in a list, the first and the last among them."""
    step = max(size // FAR, 1)
    return dict.fromkeys((*range(min(size, NEAR)), *range(0, size, step), *range(max(size - NEAR, 0), size)))


def _spelled(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [spelled(v) for v in values if v is not None]


def choices(values: Sequence[str], named_by: Mapping[str, str]) -> list[Choice]:
    """Return the values to pick from; those of an edge case come first, with its name.

    ``named_by`` is the name of an edge case by the value that selects it.
    """
    known = named_by
    named = [Choice(value, name) for value, name in known.items() if value in values]
    return [*named, *(Choice(value) for value in values if value not in known)]


def names_by_value(cases: Sequence[EdgeCase], target: str) -> dict[str, str]:
    """Return the names of the edge cases that a property selects, by its value."""
    return {case.filters[target]: case.name for case in cases if target in case.filters}
