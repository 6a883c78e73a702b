"""The laws of records: what each must be, and what a refresh may do to them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from mockserver.judge.laws.paging import asked_size
from mockserver.judge.laws.verdicts import KEPT, Breach, Cases, difference, expected_ids
from mockserver.judge.survey import Survey
from mockserver.judge.walk import Exchange, Page, Walk, at, read_page

_PLAIN = re.compile(r"(?:0|[1-9]\d*)(?:\.\d+)?", re.ASCII)


def needs_refresh(survey: Survey) -> str:
    """Not applicable to a list without a refresh of one scope, or when it must not be tried."""
    refresh = survey.semantics.refresh
    if refresh is None or refresh.scope is None:
        return "the operation has no refresh"
    if not survey.base.ids:
        return "there is nothing to refresh"
    return "" if survey.may_refresh else "it must not be tried"


def record(survey: Survey) -> Cases:
    """Every page fits the contract; amounts are plain, not negative, and add up; what belongs together is the same."""
    shared: dict[tuple[Any, ...], tuple[Any, Exchange]] = {}
    for exchange in survey.exchanges:
        if exchange.status != 200:
            continue
        if exchange.faults:
            yield Breach(
                "an answer does not fit the contract",
                exchange.faults[0],
                "what the contract says",
                (exchange,),
                certain=True,
            )
        elif exchange.body is None:
            yield Breach("an answer is not JSON", exchange.error or "no JSON", "a JSON body", (exchange,), certain=True)
        page = read_page(exchange, survey.semantics)
        for item in page.items if page is not None else ():
            if isinstance(item, dict):
                yield from _item(item, exchange, survey)
                yield from _shared(item, exchange, survey, shared)


def _item(item: Mapping[str, Any], exchange: Exchange, survey: Survey) -> Cases:
    rules = survey.semantics.invariants
    demanded = survey.profile
    decimals = rules.decimals if demanded.decimals else ()
    wrong = [(n, item[n]) for n in decimals if item.get(n) is not None and not _plain(item[n])]
    for name, value in wrong[:1]:
        came = f"{name}: {value!r}"
        yield Breach(
            f"{name} is no plain decimal number", came, "digits, as text, not negative", (exchange,), certain=True
        )
    for name, parts in rules.sums.items() if demanded.sums else ():
        values = [item.get(n) for n in (name, *parts)]
        if all(_plain(v) for v in values):
            # Exact at any length: a decimal context would round what a chain counts.
            total, *rest = (Fraction(str(v)) for v in values)
            if total != sum(rest):
                came = ", ".join(f"{n}: {item[n]}" for n in (name, *parts))
                yield Breach(
                    f"{name} does not add up", came, f"{name} = {' + '.join(parts)}", (exchange,), certain=True
                )
    yield KEPT


def _plain(value: Any) -> bool:
    return isinstance(value, str) and _PLAIN.fullmatch(value) is not None


def _shared(
    item: Mapping[str, Any], exchange: Exchange, survey: Survey, seen: dict[tuple[Any, ...], tuple[Any, Exchange]]
) -> Cases:
    for name, keys in survey.semantics.invariants.constant.items() if survey.profile.constant else ():
        values = [item.get(k) for k in keys]
        value = item.get(name)
        if value is None or None in values:
            continue
        first, where = seen.setdefault((name, *map(str, values)), (value, exchange))
        if str(first).lower() != str(value).lower():
            same = " and ".join(f"{k} {v}" for k, v in zip(keys, values, strict=True))
            came = f"{name} {first} and {name} {value} for {same}"
            yield Breach(
                f"{name} is not one per {' and '.join(keys)}", came, "the same", (where, exchange), certain=True
            )


def refresh(survey: Survey) -> Cases:
    """A refresh with its scope keeps ids and order, and moves no sync time backwards."""
    for probe in survey.refresh_answers:
        page = read_page(probe.exchange, survey.semantics)
        if page is not None:
            yield from _answer(page, probe.exchange, expected_ids(survey, probe.filters), survey)
    for probe, (before, after) in zip(survey.refresh_answers, survey.refreshed, strict=False):
        wrong = difference(after.ids, before.ids)
        evidence = (*_first(before), probe.exchange, *_first(after))
        if wrong:
            yield Breach("a refresh changes which records there are, or their order", wrong, "the same list", evidence)
        else:
            yield from _times(before, after, survey, evidence)


def _answer(page: Page, exchange: Exchange, expected: Sequence[str], survey: Survey) -> Cases:
    asked = asked_size(exchange, survey) or len(expected)
    size = len(page.ids) if page.next or not survey.base.complete else min(asked, len(expected))
    wrong = difference(page.ids, expected[:size])
    if wrong:
        yield Breach(
            "the answer of a refresh holds other records", wrong, "the records of that scope, in order", (exchange,)
        )
    else:
        yield KEPT


def _first(there: Walk) -> Iterator[Exchange]:
    yield from (p.exchange for p in there.pages[:1])


def _times(before: Walk, after: Walk, survey: Survey, evidence: tuple[Exchange, ...]) -> Cases:
    found, tolerance = survey.semantics.refresh, survey.profile.clock_tolerance
    # The sync time is the first of what moves; what a refresh does to the others is the server's affair.
    for name in found.moves[:1] if found is not None else ():
        for old, new, identity in zip(before.items, after.items, before.ids, strict=False):
            earlier, later = _instant(at(old, (name,))), _instant(at(new, (name,)))
            if earlier is not None and (later is None or (earlier - later).total_seconds() > tolerance):
                came = f"{name} of {identity}: {at(old, (name,))}, then {at(new, (name,))}"
                yield Breach("a refresh moves a sync time backwards", came, "the same or later", evidence)
                return
    yield KEPT


def _instant(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
