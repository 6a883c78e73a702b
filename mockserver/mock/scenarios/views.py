"""Views of a selection: some of its records, in the same order, computed by arithmetic."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from mockserver.world.selections import Ordinals

if TYPE_CHECKING:
    from mockserver.world.model import Selection

View = Callable[["Selection", int], "Selection"]
"""Takes the matching records and the requested page size; returns the records that are visible."""


def empty(_: Selection, __: int) -> Selection:
    """Return a selection without records."""
    return Ordinals(())


def one_page(selection: Selection, limit: int) -> Selection:
    """Return the first page of a selection."""
    return _First(selection, limit)


def shifting(period: int, place: int) -> View:
    """Return a view that hides the match at one place (0 <= place < period) in every ``period`` matches (2 or more)."""
    return lambda selection, _: _Thinned(selection, period, place)


class _First:
    """The first ``count`` records of a selection."""

    def __init__(self, selection: Selection, count: int) -> None:
        self._selection = selection
        self.count = min(selection.count, count)

    def ordinal(self, rank: int) -> int:
        return self._selection.ordinal(rank)

    def rank(self, ordinal: int) -> int:
        return min(self._selection.rank(ordinal), self.count)


class _Thinned:
    """A selection without every rank whose remainder, when divided by ``period``, is ``place``."""

    def __init__(self, selection: Selection, period: int, place: int) -> None:
        self._selection = selection
        self._period = period
        self._place = place
        self.count = self._visible(selection.count)

    def _visible(self, rank: int) -> int:
        """Return how many of the first ``rank`` matches are visible."""
        periods, rest = divmod(rank, self._period)
        visible = rest - 1 if rest > self._place else rest
        return periods * (self._period - 1) + visible

    def ordinal(self, rank: int) -> int:
        periods, rest = divmod(rank, self._period - 1)
        place = rest + 1 if rest >= self._place else rest
        return self._selection.ordinal(periods * self._period + place)

    def rank(self, ordinal: int) -> int:
        return self._visible(self._selection.rank(ordinal))
