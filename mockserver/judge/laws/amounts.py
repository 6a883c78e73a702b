"""Reads amounts exactly, be they JSON numbers or text, and adds them up as rounded amounts add up."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

Record = Mapping[str, Any]

PLAIN_DECIMAL = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?", re.ASCII)
_CENT = Fraction(101, 10_000)
"""How far a sum of JSON numbers may be off for each two amounts, a little more than a hundredth: each is rounded."""

_MOST_PLACES = 4
"""With more places than these an amount is not money that is rounded, but exact."""


def number(value: Any) -> Fraction | None:
    """Return an amount exactly (a decimal context would round large ones); ``None`` if it is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        return Fraction(str(value)) if isinstance(value, int | float) or PLAIN_DECIMAL.fullmatch(value) else None
    except ValueError:
        return None


def places(value: Any) -> int:
    """Return how many digits an amount has after its point."""
    return len(str(value).partition(".")[2])


def difference(item: Record, total: str, parts: Sequence[str]) -> Fraction | None:
    """Return what a total has more than its parts; ``None`` if one of them is missing or no number."""
    values = [number(item.get(name)) for name in (total, *parts)]
    known = [value for value in values if value is not None]
    return known[0] - sum(known[1:]) if len(known) == len(values) else None


def tolerance(total: str, parts: Sequence[str], items: Sequence[Record]) -> tuple[Fraction, int]:
    """Return how far a total may be off, and the most places that a total of this list has.

    Amounts as text that nearly all have the same few places are rounded one by one.
    """
    shown = [places(item[name]) for item in items for name in (total, *parts) if isinstance(item.get(name), str)]
    most = max((places(item[total]) for item in items if isinstance(item.get(total), str)), default=0)
    (usual, count), *_ = Counter(shown).most_common(1) or [(0, 0)]
    units = (len(parts) + 1) // 2
    if 0 < usual <= _MOST_PLACES and count >= 0.9 * len(shown):
        return Fraction(units, 10**usual), most
    return Fraction(0), most


def is_close(item: Record, total: str, parts: Sequence[str], allowed: tuple[Fraction, int]) -> bool | None:
    """Return whether a total is the sum of its parts, but for rounding; ``None`` if one of them is no number."""
    off = difference(item, total, parts)
    if off is None:
        return None
    if any(isinstance(item[name], float) for name in (total, *parts)):
        return abs(off) <= _CENT * ((len(parts) + 1) // 2)
    fixed, most = allowed
    return abs(off) <= max(fixed, _rounding(item, total, parts, most))


def _rounding(item: Record, total: str, parts: Sequence[str], most: int) -> Fraction:
    """Return how far a total may be off that is rounded to fewer places than its parts have; at least to hundredths.

    Zeros at its end may be missing: then it is rounded to the ``most`` places that any total has.
    """
    found = places(item[total]) if places(item[total]) > 1 else most
    is_rounded = 2 <= found < max(places(item[name]) for name in parts)
    return Fraction(1, 2 * 10**found) if is_rounded else Fraction(0)
