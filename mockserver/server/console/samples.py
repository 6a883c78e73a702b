"""Real values to pick from: what the records of a world hold in the properties that its filters compare."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from mockserver.world.identities import spelled

if TYPE_CHECKING:
    from mockserver.semantics import ListSemantics
    from mockserver.world.build import Dataset

NEAR, FAR, MOST = 200, 200, 300
"""How many of the first records are looked at, how many of the others, and how many values are offered."""


class Choice(NamedTuple):
    """A value to pick, and what is said of it."""

    value: str
    label: str = ""


Cases = Sequence[tuple[str, str, str]]
"""The awkward cases of a world: name, the value that finds it, and what is to be seen there."""


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


def choices(values: Sequence[str], cases: Cases) -> list[Choice]:
    """The values to pick from; those of an awkward case first, and named."""
    known = {value: name for name, value, _ in cases}
    named = [Choice(value, name) for value, name in known.items() if value in values]
    return [*named, *(Choice(value) for value in values if value not in known)]


def shown_by(cases: Cases, found: Mapping[str, Sequence[str]]) -> str | None:
    """The filter by which the awkward cases are found, if there is one."""
    wanted = {value for _, value, _ in cases}
    best = max(found, key=lambda name: len(wanted.intersection(found[name])), default=None)
    return best if best is not None and wanted.intersection(found[best]) else None
