"""Page arithmetic: which of the records that match a request are on its page. Nothing here knows HTTP.

A page is a range of *ranks*, the places of records among those that match the filters.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PageRange:
    """Ranks ``start`` (included) to ``stop`` (excluded) of ``count`` matches.

    ``backward`` says that the walk goes towards the beginning of the list.
    """

    start: int
    stop: int
    count: int
    backward: bool = False

    @property
    def empty(self) -> bool:
        """Whether the page has no record."""
        return self.start >= self.stop

    @property
    def follows(self) -> bool:
        """Whether records follow the page in list order; false for an empty page."""
        return not self.empty and self.stop < self.count

    @property
    def precedes(self) -> bool:
        """Whether records precede the page in list order; false for an empty page."""
        return not self.empty and self.start > 0

    @property
    def has_more(self) -> bool:
        """Whether there are more records in the direction of the walk.

        The rule is that of docs/specification.md, "What a page says of itself".
        """
        return self.precedes if self.backward else self.follows


def page_from(count: int, limit: int, start: int) -> PageRange:
    """Return the page of at most ``limit`` of ``count`` matches that begins at rank ``start``; empty past the end."""
    start = min(max(start, 0), count)
    return PageRange(start, min(start + limit, count), count)


def page_until(count: int, limit: int, stop: int) -> PageRange:
    """Return the page of at most ``limit`` of ``count`` matches that ends just before rank ``stop``, in list order."""
    stop = min(max(stop, 0), count)
    return PageRange(max(stop - limit, 0), stop, count, backward=True)
