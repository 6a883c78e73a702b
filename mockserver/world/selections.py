"""Which records match, as arithmetic on ordinals: those at known places, and those at the same places of every period.

Each is a `world.Selection`; `profiles.Spread` is the third of the kind.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence


class Listed:
    """The records at known ordinals, ascending: any sequence of them, a ``range`` too."""

    def __init__(self, ordinals: Sequence[int]) -> None:
        self._ordinals = ordinals
        self.count = len(ordinals)

    def ordinal(self, rank: int) -> int:
        """The ordinal of the rank-th match; `IndexError` if there is none."""
        return self._ordinals[rank]

    def rank(self, ordinal: int) -> int:
        """How many matches lie before that ordinal."""
        return bisect_left(self._ordinals, ordinal)


class Periodic:
    """The same ``places`` (ascending) of every ``period`` records, among the first ``size``."""

    def __init__(self, places: Sequence[int], period: int, size: int) -> None:
        self._places = places
        self._period = period
        self.count = self.rank(size)

    def ordinal(self, rank: int) -> int:
        """The ordinal of the rank-th match; `IndexError` if there is none."""
        if not 0 <= rank < self.count:
            raise IndexError(rank)
        periods, rest = divmod(rank, len(self._places))
        return periods * self._period + self._places[rest]

    def rank(self, ordinal: int) -> int:
        """How many matches lie before that ordinal."""
        periods, rest = divmod(ordinal, self._period)
        return periods * len(self._places) + bisect_left(self._places, rest)
