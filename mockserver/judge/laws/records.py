"""The law of records: what each must be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from mockserver.contract import non_null
from mockserver.judge.exchange import Exchange
from mockserver.judge.inputs import documents_refusal, parameters_without_role
from mockserver.judge.laws.law import PASSED, Cases, Finding, law
from mockserver.judge.laws.likely import borne_out, exceptions
from mockserver.judge.laws.suggested import suggestions
from mockserver.judge.survey import Survey
from mockserver.judge.walk import received_page

_PLAIN_DECIMAL = re.compile(r"(?:0|[1-9]\d*)(?:\.\d+)?", re.ASCII)
_ZONELESS = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?", re.ASCII)

_SUCCESS = ("success", "ok", "succeeded", "successful")
"""Names of a field that says that a request was answered."""

_SeenValues = dict[tuple[str, ...], tuple[Any, Exchange]]
"""The first value of a property for equal other properties, and where it was seen."""


@law("record", claim="every record is what the contract says", every_answer=True, compares_answers=False)
def record(survey: Survey) -> Cases:
    """Check that every answer fits the contract, amounts are plain and add up, and what belongs together is equal."""
    seen: _SeenValues = {}
    likely = borne_out(survey)
    otherwise = _may_be_otherwise(survey)
    yield from _twins(survey)
    yield from _zoneless(survey)
    yield from _called_failures(survey)
    yield from suggestions(survey, likely)
    for exchange in survey.exchanges:
        if exchange.status != 200 or exchange.broken or id(exchange) in otherwise:
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


def _may_be_otherwise(survey: Survey) -> set[int]:
    """Return the answers that a parameter without a role may have made something else: other fields, another format."""
    names = {parameter.name for parameter in parameters_without_role(survey.semantics)}
    return {id(p.exchange) for p in survey.hostile if any(name in names for name, _ in p.exchange.query)}


def _answer(exchange: Exchange) -> Cases:
    # A time without an offset is found by itself, once, or allowed by the profile.
    faults = [fault for fault in exchange.faults if not _is_of_zone(fault)]
    if faults:
        fact, expected = "an answer does not match the contract", "what the contract says"
        yield Finding(fact, faults[0], expected, (exchange,), certain=True)
    elif exchange.body is None:
        got = exchange.error or "no JSON"
        yield Finding("an answer is not JSON", got, "a JSON body", (exchange,), certain=True)


def _is_of_zone(fault: str) -> bool:
    """Return whether a fault is that a time has no offset."""
    found = re.search(r"['\"]([^'\"]+)['\"] is not a ['\"]date-time['\"]", fault)
    return found is not None and _ZONELESS.fullmatch(found[1]) is not None


def _twins(survey: Survey) -> Cases:
    """Find ids that differ in case only, in a list whose ids are otherwise all written in one case."""
    seen: dict[str, str] = {}
    cased = [i for i in survey.base.ids if i.lower() != i.upper()]
    for one_case in (str.lower, str.upper):
        if sum(one_case(i) == i for i in cased) * 10 >= len(cased) * 9:
            break
    else:
        return
    for page in survey.base.pages:
        for i in page.ids:
            twin = seen.setdefault(i.lower(), i)
            if twin != i:
                got = f"{twin} and {i}"
                yield Finding("two ids differ in case only", got, "different ids", (page.exchange,), certain=True)
                return


def _zoneless(survey: Survey) -> Cases:
    """Find a date-time without an offset, which RFC 3339 does not know; once, though all may be so."""
    if survey.profile.zoneless_times:
        return
    names = [n for n, s in survey.semantics.properties.items() if non_null(s).get("format") == "date-time"]
    for page in survey.base.pages:
        for item in page.items if names else ():
            for name in names:
                value = item.get(name) if isinstance(item, dict) else None
                if isinstance(value, str) and _ZONELESS.fullmatch(value):
                    fact, expected = f"{name} is a date-time without an offset", "one with Z or an offset (RFC 3339)"
                    yield Finding(fact, value, expected, (page.exchange,), certain=True)
                    return


def _called_failures(survey: Survey) -> Cases:
    """Find an answer with records that says that it failed, in a list whose others say that they did not.

    One without records may say so with a 200, unless the contract documents another status for it.
    """
    answers = [one for one in survey.exchanges if one.status == 200 and isinstance(one.body, dict)]
    pages = [(one, received_page(one, survey.semantics)) for one in answers]
    refuses = documents_refusal(survey.semantics.operation)
    meant = [one for one, page in pages if refuses or (page is not None and page.items)]
    for name in _SUCCESS:
        failures = [one for one in meant if one.body.get(name) is False]
        if failures and any(one.body.get(name) is True for one in meant):
            fact, got = f"an answer with status 200 says {name}: false", f"status 200, and {name}: false"
            yield Finding(fact, got, f"{name}: true", tuple(failures[:1]), certain=True)


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
