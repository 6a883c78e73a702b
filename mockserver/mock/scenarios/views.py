"""Views of a selection: the same records in the same order, but not all of them; arithmetic, as selections are."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from mockserver.world.selections import Ordinals

if TYPE_CHECKING:
    from mockserver.world.model import Selection

View = Callable[["Selection", int], "Selection"]
"""Takes the records that match and the page size asked for; gives those that are to be seen."""


def empty(_: Selection, __: int) -> Selection:
    """No records."""
    return Ordinals(())


def one_page(selection: Selection, limit: int) -> Selection:
    """The first page of them."""
    return _First(selection, limit)


def shifting(period: int, place: int) -> View:
    """All but those at one place (0 <= place < period) of every ``period`` matches (2 or more)."""
    return lambda selection, _: _Thinned(selection, period, place)


class _First:
    """The first ``count`` of a selection."""

    def __init__(self, selection: Selection, count: int) -> None:
        self._selection = selection
        self.count = min(selection.count, count)

    def ordinal(self, rank: int) -> int:
        """See `world.Selection`."""
        return self._selection.ordinal(rank)

    def rank(self, ordinal: int) -> int:
        """See `world.Selection`."""
        return min(self._selection.rank(ordinal), self.count)


class _Thinned:
    """A selection without every rank that leaves the rest ``place`` when divided by ``period``."""

    def __init__(self, selection: Selection, period: int, place: int) -> None:
        self._selection = selection
        self._period = period
        self._place = place
        self.count = self._seen(selection.count)

    def _seen(self, rank: int) -> int:
        """How many of the first ``rank`` matches are seen."""
        periods, rest = divmod(rank, self._period)
        return periods * (self._period - 1) + rest - (rest > self._place)

    def ordinal(self, rank: int) -> int:
        """See `world.Selection`."""
        periods, rest = divmod(rank, self._period - 1)
        return self._selection.ordinal(periods * self._period + rest + (rest >= self._place))

    def rank(self, ordinal: int) -> int:
        """See `world.Selection`."""
        return self._seen(self._selection.rank(ordinal))
