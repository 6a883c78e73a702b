"""The law of records: what each must be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from mockserver.judge.exchange import Exchange
from mockserver.judge.laws.law import PASSED, Cases, Finding, law
from mockserver.judge.laws.likely import borne_out, exceptions
from mockserver.judge.survey import Survey
from mockserver.judge.walk import received_page

_PLAIN_DECIMAL = re.compile(r"(?:0|[1-9]\d*)(?:\.\d+)?", re.ASCII)

_SeenValues = dict[tuple[str, ...], tuple[Any, Exchange]]
"""The first value of a property for equal other properties, and where it was seen."""


@law("record", claim="every record is what the contract says", every_answer=True, compares_answers=False)
def record(survey: Survey) -> Cases:
    """Check that every answer fits the contract, amounts are plain and add up, and what belongs together is equal."""
    seen: _SeenValues = {}
    likely = borne_out(survey)
    for exchange in survey.exchanges:
        if exchange.status != 200 or exchange.broken:
            continue  # What cannot be read is found by the law no-crash.
        yield from _answer(exchange)
        page = received_page(exchange, survey.semantics)
        for item in page.items if page is not None else ():
            if isinstance(item, dict):
                yield from _decimals(item, exchange, survey)
                yield from _sums(item, exchange, survey)
                yield from _constants(item, exchange, survey, seen)
                yield from exceptions(item, exchange, likely)
                yield PASSED


def _answer(exchange: Exchange) -> Cases:
    if exchange.faults:
        fact, expected = "an answer does not match the contract", "what the contract says"
        yield Finding(fact, exchange.faults[0], expected, (exchange,), certain=True)
    elif exchange.body is None:
        got = exchange.error or "no JSON"
        yield Finding("an answer is not JSON", got, "a JSON body", (exchange,), certain=True)


def _decimals(item: Mapping[str, Any], exchange: Exchange, survey: Survey) -> Cases:
    for name in survey.semantics.invariants.decimals if survey.profile.decimals else ():
        value = item.get(name)
        if value is not None and not _is_plain(value):
            fact, got = f"{name} is not a plain decimal number", f"{name}: {value!r}"
            yield Finding(fact, got, "digits, as text, not negative", (exchange,), certain=True)
            return


def _sums(item: Mapping[str, Any], exchange: Exchange, survey: Survey) -> Cases:
    for name, parts in survey.semantics.invariants.sums.items() if survey.profile.sums else ():
        values = [item.get(other) for other in (name, *parts)]
        if not all(_is_plain(value) for value in values):
            continue
        # Fractions are exact at any length; a decimal context would round large amounts.
        total, *addends = (Fraction(str(value)) for value in values)
        if total != sum(addends):
            got = ", ".join(f"{other}: {item[other]}" for other in (name, *parts))
            expected = f"{name} = {' + '.join(parts)}"
            yield Finding(f"{name} does not add up", got, expected, (exchange,), certain=True)


def _is_plain(value: Any) -> bool:
    return isinstance(value, str) and _PLAIN_DECIMAL.fullmatch(value) is not None


def _constants(item: Mapping[str, Any], exchange: Exchange, survey: Survey, seen: _SeenValues) -> Cases:
    """Check the properties that others determine, against the first record with the same others."""
    for name, others in survey.semantics.invariants.constant.items() if survey.profile.constant else ():
        value, determining = item.get(name), [item.get(other) for other in others]
        if value is None or None in determining:
            continue
        first, where = seen.setdefault((name, *map(str, determining)), (value, exchange))
        if str(first).lower() != str(value).lower():
            same = " and ".join(f"{other} {text}" for other, text in zip(others, determining, strict=True))
            fact = f"{name} is not one per {' and '.join(others)}"
            got = f"{name} {first} and {name} {value} for {same}"
            yield Finding(fact, got, "the same", (where, exchange), certain=True)
