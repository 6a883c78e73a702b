"""Selections (`model.Selection`) that are computed by arithmetic on ordinals."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any

from mockserver.world.model import Dataset, Selection

Filters = Mapping[str, tuple[Any, ...]]
"""The values that each property may have: several if a filter takes a list, none if two filters exclude each other."""


class Ordinals:
    """The records at known ordinals: an ascending sequence of them, such as a ``range``."""

    def __init__(self, ordinals: Sequence[int]) -> None:
        self._ordinals = ordinals
        self.count = len(ordinals)

    def ordinal(self, rank: int) -> int:
        return self._ordinals[rank]

    def rank(self, ordinal: int) -> int:
        return bisect_left(self._ordinals, ordinal)


class Periodic:
    """The records at the same ``places`` (ascending) in every ``period`` records, among the first ``size`` records."""

    def __init__(self, places: Sequence[int], period: int, size: int) -> None:
        self._places = places
        self._period = period
        self.count = self.rank(size)

    def ordinal(self, rank: int) -> int:
        if not 0 <= rank < self.count:
            raise IndexError(rank)
        periods, rest = divmod(rank, len(self._places))
        return periods * self._period + self._places[rest]

    def rank(self, ordinal: int) -> int:
        periods, rest = divmod(ordinal, self._period)
        return periods * len(self._places) + bisect_left(self._places, rest)


class Union:
    """The union, in list order, of disjoint selections of a dataset of ``size`` records."""

    def __init__(self, parts: Iterable[Selection], size: int) -> None:
        self._parts = [part for part in parts if part.count]
        self._size = size
        self.count = sum(part.count for part in self._parts)

    def rank(self, ordinal: int) -> int:
        return sum(part.rank(ordinal) for part in self._parts)

    def ordinal(self, rank: int) -> int:
        """Return the ordinal of a match, by binary search."""
        low, high = 0, self._size - 1
        while low < high:
            middle = (low + high) // 2
            if self.rank(middle + 1) > rank:
                high = middle
            else:
                low = middle + 1
        return low


def select(dataset: Dataset, filters: Filters) -> Selection:
    """Return the records of which each filtered property has one of its values, in list order."""
    choices = [dict(zip(filters, values, strict=True)) for values in product(*filters.values())]
    if len(choices) == 1:
        return dataset.select(choices[0])
    return Union([dataset.select(choice) for choice in choices], dataset.size)
