"""How much of a contract a run exercised, as plain values: every part of it, and why a part was not exercised."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = ("operation", "parameter", "filter", "value", "status", "law")
"""What is counted: operations, their parameters, filters, values of enums, documented statuses, and laws."""


@dataclass(frozen=True)
class Item:
    """One part of a contract. ``operation`` is its method and path.

    ``reason`` says why it was not exercised. ``counts`` is false for what no judge can exercise, such as a documented
    status 500, and for laws that do not apply.
    """

    kind: str
    operation: str
    name: str
    exercised: bool
    reason: str = ""
    counts: bool = True


@dataclass(frozen=True)
class Coverage:
    """Every part of a contract."""

    items: tuple[Item, ...] = ()

    @property
    def percent(self) -> float:
        """How much of what counts was exercised, from 0 to 100; 100 where nothing counts."""
        exercised, count = self.of()
        return 100.0 * exercised / count if count else 100.0

    @property
    def missed(self) -> tuple[Item, ...]:
        """What counts and was not exercised."""
        return tuple(item for item in self.items if item.counts and not item.exercised)

    def of(self, kind: str | None = None, operation: str | None = None) -> tuple[int, int]:
        """Return how many parts were exercised, and how many count; of one kind or one operation only, if given."""
        counted = [
            item.exercised
            for item in self.items
            if item.counts and kind in (None, item.kind) and operation in (None, item.operation)
        ]
        return sum(counted), len(counted)
