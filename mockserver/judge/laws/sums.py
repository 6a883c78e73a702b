"""Finds which amounts add up in nearly all records, and which of the others have an excuse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from typing import Any

from mockserver.judge.laws.amounts import Record, difference, is_close, number, tolerance
from mockserver.semantics.likely import OTHER_WORDS, words

NEARLY_ALL = 0.9
FEWEST = 10
"""Records that have to bear a rule out before any is an exception."""

_MOST_PARTS = 6
_KINDS = frozenset(("kind", "mode", "phase", "stage", "state", "status", "type"))
"""Words in the names of properties that say of which kind a record is: the total of a canceled order may be zero."""

_FEW = 12
_NOISE = Fraction(1, 10**12)
"""How far off a total is, by its size, that went through a float: it is a sum all the same, and a wrong one."""


@dataclass(frozen=True)
class Sum:
    """A property that is the sum of ``parts`` in nearly all records.

    ``allowed`` is how far it may be off. ``kinds`` are, by property, the kinds of the records that bear it out.
    """

    total: str
    parts: tuple[str, ...]
    allowed: tuple[Fraction, int]
    kinds: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def holds(self, item: Record) -> bool | None:
        """Return whether a record bears it out; ``None`` if an amount is missing or no number."""
        return is_close(item, self.total, self.parts, self.allowed)

    def is_nearly_right(self, item: Record) -> bool:
        """Return whether a total is wrong in its last digits only."""
        off, value = difference(item, self.total, self.parts), number(item.get(self.total))
        return off is not None and value is not None and abs(off) <= _NOISE * abs(value)

    def is_excused(self, item: Record) -> bool:
        """Return whether something else in a record may explain why it does not add up.

        It is another amount, as a discount that few have, or a kind that no record has which adds up.
        """
        off = difference(item, self.total, self.parts)
        amounts = (name for name in item if name not in (self.total, *self.parts) and not words(name) & OTHER_WORDS)
        others = (number(item[name]) for name in amounts)
        if off and any(other is not None and abs(other) == abs(off) for other in others):
            return True
        return any(str(item.get(name)) not in known for name, known in self.kinds.items())

    @property
    def text(self) -> str:
        """The sum for people."""
        return f"{self.total} = {' + '.join(self.parts)}"


def best_sum(total: str, parts: Sequence[str], items: Sequence[Record], most: int = _MOST_PARTS) -> Sum | None:
    """Return the sum of those parts that nearly all records bear out, of several choices the best.

    At least two parts have to be other than zero in `FEWEST` records: a total that is one of its parts tells nothing.
    Nor does a part that is zero wherever the sum holds.
    """
    best: Sum | None = None
    best_rate = (NEARLY_ALL, 0)
    for chosen in _choices(parts[:_MOST_PARTS], most):
        tried = Sum(total, chosen, tolerance(total, chosen, items))
        rate = _rate(tried, items)
        if rate > best_rate:
            best, best_rate = tried, rate
    if best is None:
        return None
    return Sum(best.total, best.parts, best.allowed, _kinds([item for item in items if best.holds(item)]))


def _choices(parts: Sequence[str], most: int) -> Iterator[tuple[str, ...]]:
    for count in range(2, min(len(parts), most) + 1):
        yield from combinations(parts, count)


def _rate(tried: Sum, items: Sequence[Record]) -> tuple[float, int]:
    """Return in how many of the records that tell a sum holds, and how many parts they have; 0 if too few tell."""
    known, held, telling, weight = 0, 0, 0, 0
    for item in items:
        holds = tried.holds(item)
        known += holds is not None
        if holds or tried.is_nearly_right(item):
            count = sum(bool(number(item.get(name))) for name in tried.parts)
            held, telling, weight = held + 1, telling + (count > 1), weight + count
        elif known >= FEWEST and held < known / 2:
            break
    return (held / known, weight) if telling >= FEWEST else (0, 0)


def _kinds(items: Sequence[Record]) -> dict[str, frozenset[str]]:
    """Return the values of properties that say of which kind a record is: words of few values, and flags."""
    found = {}
    for name in dict.fromkeys(name for item in items for name in item):
        values = [item.get(name) for item in items]
        known = frozenset(map(str, values))
        is_flag = all(value is None or isinstance(value, bool) for value in values)
        if len(known) <= _FEW and (is_flag or (_may_be_kind(values) and words(name) & _KINDS)):
            found[name] = known
    return found


def _may_be_kind(values: Sequence[Any]) -> bool:
    return all(value is None or isinstance(value, str) for value in values)
