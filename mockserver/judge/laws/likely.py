"""Judges what names and descriptions suggest of records: where nearly all values bear it out, exceptions are found."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from mockserver.judge.exchange import Exchange
from mockserver.judge.laws.amounts import PLAIN_DECIMAL, Record, number
from mockserver.judge.laws.law import Case, Cases, Finding, Note
from mockserver.judge.laws.sums import FEWEST, NEARLY_ALL, Sum, best_sum
from mockserver.judge.survey import Survey
from mockserver.semantics.likely import description

_MOST_RECORDS = 400
_ODD_NUMBER = re.compile(
    r"\s*[-+]?(?:\d[\d,_ ]*\.?\d*|\.\d+)(?:e[-+]?\d+)?\s*|0x[0-9a-f]+|[-+]?(?:nan|inf|infinity)|"
    r"null|undefined|(?-i:None)",
    re.IGNORECASE,
)
"""A number in another spelling than a plain decimal, or what broken code writes in its place."""

_GROUPED = re.compile(r"-?\d{1,3}(?:[, _]\d{3})+(?:\.\d+)?", re.ASCII)
"""A number as people write it: from a thousand on with separators."""


@dataclass(frozen=True)
class BorneOut:
    """The suggested invariants that nearly all records bear out.

    ``decimals`` are plain decimals: in those that are ``described`` as such anything else is an exception that the
    description does not name, in the others a number in another spelling. In those that are ``grouped``, numbers may
    have separators from a thousand on. ``unsigned`` are never negative.
    """

    decimals: tuple[str, ...] = ()
    described: Mapping[str, str] = field(default_factory=dict)
    grouped: frozenset[str] = frozenset()
    unsigned: tuple[str, ...] = ()
    sums: tuple[Sum, ...] = ()


def sample(survey: Survey) -> Sequence[Record]:
    """Return the records of the base walk, or the first of many."""
    return [item for item in survey.base.items if isinstance(item, dict)][:_MOST_RECORDS]


def borne_out(survey: Survey) -> BorneOut:
    """Return which of the suggested invariants nearly all records of the base walk bear out."""
    likely, items = survey.semantics.likely, sample(survey)
    sums = [best_sum(name, parts, items) for name, parts in likely.sums.items()] if survey.profile.sums else []
    if not survey.profile.decimals:
        return BorneOut(sums=tuple(found for found in sums if found))
    decimals = tuple(name for name in likely.decimals if is_decimal_in_nearly_all(name, items))
    return BorneOut(
        decimals,
        {name: description(survey.semantics.properties[name]) for name in likely.described},
        frozenset(name for name in decimals if not _reaches_a_thousand(name, items)),
        tuple(name for name in likely.unsigned if name in decimals and _is_seldom_negative(name, items)),
        tuple(found for found in sums if found),
    )


def exceptions(item: Record, exchange: Exchange, found: BorneOut) -> Cases:
    """Yield what of one record is an exception."""
    for name in found.decimals:
        if _is_exception(name, item.get(name), found):
            fact, expected = f"{name} is not a plain decimal number", "a plain decimal, as in nearly all records"
            yield Finding(fact, f"{name}: {item[name]!r}", expected, (exchange,), certain=True)
            return
    for name in found.unsigned:
        if (number(item.get(name)) or 0) < 0:
            fact, got = f"{name} is negative", f"{name}: {item[name]!r}"
            yield Finding(fact, got, "zero or more, as in nearly all records", (exchange,), certain=True)
            return
    for added in found.sums:
        if added.holds(item) is False:
            yield _of_sum(added, item, exchange)


def _is_exception(name: str, value: Any, found: BorneOut) -> bool:
    if not isinstance(value, str) or PLAIN_DECIMAL.fullmatch(value):
        return False
    if name in found.described:
        return not _is_named(value, found.described[name])
    return bool(_ODD_NUMBER.fullmatch(value)) and not (name in found.grouped and _GROUPED.fullmatch(value))


def _is_named(value: str, text: str) -> bool:
    """Return whether a description names a value that is no decimal: a word such as ``unlimited``, or hexadecimals."""
    if not value.strip():
        return re.search(r"empty|blank", text, re.IGNORECASE) is not None
    is_hex = value.lower().startswith("0x") and re.search(r"\bhex", text, re.IGNORECASE)
    return bool(is_hex) or re.search(rf"(?<!\w){re.escape(value.strip())}(?!\w)", text, re.IGNORECASE) is not None


def _of_sum(added: Sum, item: Record, exchange: Exchange) -> Case:
    if added.is_excused(item):
        return Note(f"{added.text} in nearly all records, but not in those that something else may explain")
    got = ", ".join(f"{other}: {item[other]}" for other in (added.total, *added.parts))
    expected = f"{added.text}, as in nearly all records"
    return Finding(f"{added.total} does not add up", got, expected, (exchange,), certain=True)


def is_decimal_in_nearly_all(name: str, items: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether a property is a plain decimal as text in nearly all records that have it."""
    values = [item[name] for item in items if item.get(name) is not None]
    plain = sum(isinstance(value, str) and PLAIN_DECIMAL.fullmatch(value) is not None for value in values)
    return plain >= max(FEWEST, NEARLY_ALL * len(values))


def _reaches_a_thousand(name: str, items: Sequence[Record]) -> bool:
    return any(abs(value) >= 1000 for value in _numbers(name, items))


def _is_seldom_negative(name: str, items: Sequence[Record]) -> bool:
    values = _numbers(name, items)
    return len([value for value in values if value < 0]) <= (1 - NEARLY_ALL) * len(values)


def _numbers(name: str, items: Sequence[Record]) -> list[Fraction]:
    return [value for value in (number(item.get(name)) for item in items) if value is not None]
