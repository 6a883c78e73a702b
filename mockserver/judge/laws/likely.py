"""Judges what names and descriptions suggest of records: where nearly all values bear it out, exceptions are found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from typing import Any

from mockserver.judge.exchange import Exchange
from mockserver.judge.laws.law import Cases, Finding
from mockserver.judge.survey import Survey

_NEARLY_ALL = 0.9
_FEWEST = 10
"""Records that have to bear an invariant out before any is an exception."""

_MOST_PARTS = 6
_MOST_RECORDS = 400
_CENT = Fraction(101, 10_000)
"""How far a sum of JSON numbers may be off, a little more than a hundredth: amounts are rounded one by one."""

_PLAIN_DECIMAL = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?", re.ASCII)
_ODD_NUMBER = re.compile(
    r"\s*[-+]?(?:\d[\d,_ ]*\.?\d*|\.\d+)(?:e[-+]?\d+)?\s*|0x[0-9a-f]+|[-+]?(?:nan|inf|infinity)|none|null|undefined",
    re.IGNORECASE,
)
"""A number in another spelling than a plain decimal, or what broken code writes in its place."""


@dataclass(frozen=True)
class BorneOut:
    """The suggested invariants that nearly all records bear out."""

    decimals: tuple[str, ...] = ()
    sums: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def borne_out(survey: Survey) -> BorneOut:
    """Return which of the suggested invariants nearly all records of the base walk bear out."""
    likely = survey.semantics.likely
    items = [item for item in survey.base.items if isinstance(item, dict)][:_MOST_RECORDS]
    decimals = [name for name in likely.decimals if _is_decimal_in_nearly_all(name, items)]
    sums = {name: _best_parts(name, parts, items) for name, parts in likely.sums.items()}
    return BorneOut(
        tuple(decimals) if survey.profile.decimals else (),
        {name: parts for name, parts in sums.items() if parts and survey.profile.sums},
    )


def exceptions(item: Mapping[str, Any], exchange: Exchange, found: BorneOut) -> Cases:
    """Yield what of one record is an exception."""
    for name in found.decimals:
        value = item.get(name)
        if isinstance(value, str) and not _PLAIN_DECIMAL.fullmatch(value) and _ODD_NUMBER.fullmatch(value):
            fact, expected = f"{name} is not a plain decimal number", "a plain decimal, as in nearly all records"
            yield Finding(fact, f"{name}: {value!r}", expected, (exchange,), certain=True)
            return
    for name, parts in found.sums.items():
        if _adds_up(item, name, parts) is False:
            got = ", ".join(f"{other}: {item[other]}" for other in (name, *parts))
            expected = f"{name} = {' + '.join(parts)}, as in nearly all records"
            yield Finding(f"{name} does not add up", got, expected, (exchange,), certain=True)


def _is_decimal_in_nearly_all(name: str, items: Sequence[Mapping[str, Any]]) -> bool:
    values = [item[name] for item in items if item.get(name) is not None]
    plain = sum(isinstance(value, str) and _PLAIN_DECIMAL.fullmatch(value) is not None for value in values)
    return plain >= max(_FEWEST, _NEARLY_ALL * len(values))


def _best_parts(total: str, parts: Sequence[str], items: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the parts that add up to a total in nearly all records, of several choices the best; empty if none do.

    At least two parts have to be other than zero in `_FEWEST` records: a total that is one of its parts tells nothing.
    """
    best: tuple[str, ...] = ()
    best_rate = _NEARLY_ALL
    for chosen in _choices(parts[:_MOST_PARTS]):
        held = [(item, _adds_up(item, total, chosen)) for item in items]
        known = [holds for _, holds in held if holds is not None]
        telling = sum(holds is True and _has_two_parts(item, chosen) for item, holds in held)
        if telling >= _FEWEST and sum(known) >= best_rate * len(known):
            rate = sum(known) / len(known)
            if not best or rate > best_rate or len(chosen) > len(best):
                best, best_rate = chosen, rate
    return best


def _choices(parts: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for count in range(2, len(parts) + 1):
        yield from combinations(parts, count)


def _adds_up(item: Mapping[str, Any], total: str, parts: Sequence[str]) -> bool | None:
    """Return whether a total is the sum of its parts; ``None`` if one of them is missing or no number."""
    values = [_number(item.get(name)) for name in (total, *parts)]
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return None
    error = abs(known[0] - sum(known[1:]))
    if any(isinstance(item[name], float) for name in (total, *parts)):
        return error <= _CENT
    return error <= _rounding(str(item[total]), [str(item[name]) for name in parts])


def _rounding(total: str, parts: Sequence[str]) -> Fraction:
    """Return how far a total may be off that is rounded to fewer places than its parts have; at least to hundredths."""
    places = _places(total)
    return Fraction(1, 2 * 10**places) if 2 <= places < max(map(_places, parts)) else Fraction(0)


def _places(text: str) -> int:
    return len(text.partition(".")[2])


def _number(value: Any) -> Fraction | None:
    """Return an amount exactly: a decimal context would round large ones."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        return Fraction(str(value)) if isinstance(value, int | float) or _PLAIN_DECIMAL.fullmatch(value) else None
    except ValueError:
        return None


def _has_two_parts(item: Mapping[str, Any], parts: Sequence[str]) -> bool:
    return sum(bool(_number(item.get(name))) for name in parts) > 1
