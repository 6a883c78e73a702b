"""The laws of single requests: hostile input, two cursors, error bodies, keys."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from mockserver.judge.exchange import Exchange
from mockserver.judge.laws.compare import requested_size
from mockserver.judge.laws.law import PASSED, Case, Cases, Finding, Note, law
from mockserver.judge.strict import stack_trace
from mockserver.judge.survey import Survey
from mockserver.judge.walk import ReceivedPage, received_page

_PLACES = {"loc", "param", "parameter", "field", "name", "pointer", "source", "path", "property", "target"}
"""Names of the places where errors name what is wrong."""


def needs_key(survey: Survey) -> str:
    """Apply to operations with a key, if the server demands it."""
    if not survey.semantics.operation.key_parameters:
        return "the operation has no key"
    is_open = bool(survey.without_key) and survey.without_key[0].exchange.status == 200
    return "the server answers without a key" if is_open else ""


def needs_both_cursors(survey: Survey) -> str:
    """Apply to lists with two cursors."""
    return "" if len(survey.semantics.cursors) == 2 else "the operation does not have two cursors"


@law(
    "no-crash",
    claim="nothing that is sent makes the server fail",
    parts=("hostile", "more-hostile"),
    required=("hostile",),
    every_answer=True,
    compares_answers=False,
)
def no_crash(survey: Survey) -> Cases:
    """Check that there is an answer below 500 to everything that is sent, and that none shows a stack trace."""
    for exchange in survey.exchanges:
        trace = stack_trace(exchange.body, exchange.content, survey.semantics.items)
        if _is_busy(exchange):
            yield Note("the server says at times that it is busy")
        elif trace:
            fact, expected = "an answer shows a stack trace, or an error of the database", "an error for callers"
            yield Finding(fact, trace, expected, (exchange,), certain=True)
        elif exchange.crashed:
            fact, expected = "the server fails on a request", "a page or a 4xx"
            yield Finding(fact, exchange.outcome, expected, (exchange,), certain=True)
        else:
            yield PASSED


def _is_busy(exchange: Exchange) -> bool:
    """Return whether the answer asks to come again later."""
    names = {name.lower() for name, _ in exchange.response_headers}
    limited = "retry-after" in names or any("ratelimit" in name or "rate-limit" in name for name in names)
    return exchange.status in (429, 503) and limited


@law(
    "both-cursors",
    claim="two cursors at once are refused, or one wins",
    parts=("both-cursors",),
    applies=needs_both_cursors,
    needs_walk=True,
)
def both_cursors(survey: Survey) -> Cases:
    """Check that both cursors at once get a 4xx, or records of the list in order and within the page size."""
    for probe in survey.both_cursors:
        page = received_page(probe.exchange, survey.semantics)
        case = PASSED if page is None else _served_both(page, survey)
        yield case
        if page is not None and case is PASSED:
            yield Note("two cursors at once: one of them wins")


def _served_both(page: ReceivedPage, survey: Survey) -> Case:
    size = requested_size(page.exchange, survey)
    if size is not None and len(page.ids) > size:
        fact, got = "two cursors at once give more than was asked for", f"{len(page.ids)} records"
        return Finding(fact, got, f"at most {size}", (page.exchange,))
    places = {i: place for place, i in enumerate(survey.base.ids)}
    known = [places[i] for i in page.ids if i in places]
    has_strangers = len(known) < len(page.ids) and survey.base.complete
    if has_strangers or known != sorted(known):
        fact = "two cursors at once give records out of the list's order"
        return Finding(fact, "another order", "list order", (page.exchange,))
    return PASSED


@law(
    "error-shape",
    claim="a documented 4xx has the documented body",
    every_answer=True,
    compares_answers=False,
)
def error_shape(survey: Survey) -> Cases:
    """Check the body of every 4xx that the contract documents."""
    for exchange in survey.exchanges:
        if not exchange.refused or exchange.status is None:
            continue
        if survey.semantics.operation.response(exchange.status) is None:
            yield Note(f"status {exchange.status} is not documented")
        elif exchange.faults:
            fact, expected = f"a {exchange.status} has another body", "the body that the contract documents"
            yield Finding(fact, exchange.faults[0], expected, (exchange,), certain=True)
        else:
            yield _named(exchange, survey)


def _named(exchange: Exchange, survey: Survey) -> Case:
    """Judge whether the refusal of a single faulty parameter names another one instead of it.

    What is wrong inside a cursor may be another parameter's value, and a page number is often counted as an offset.
    """
    semantics = survey.semantics
    sent = [name for name, _ in exchange.query]
    if len(sent) != 1 or exchange.status not in (400, 422) or {*semantics.cursors, semantics.page} & set(sent):
        return PASSED
    known = {p.name for p in semantics.operation.parameters}
    places = set(_places(exchange.body))
    wrong = sorted(places & known - set(sent))
    if sent[0] not in known or not wrong or sent[0] in json.dumps(exchange.body):
        return PASSED
    fact = f"the refusal of {sent[0]} names another parameter"
    return Finding(fact, ", ".join(wrong), sent[0], (exchange,), certain=True)


def _places(value: Any, inside: bool = False) -> Iterator[str]:
    """Yield the texts that stand where errors name what is wrong, and their last parts (``/query/limit``)."""
    if isinstance(value, str) and inside:
        yield value
        yield re.split(r"[/.]", value)[-1]
    elif isinstance(value, list):
        for item in value:
            yield from _places(item, inside)
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _places(inner, inside or name.lower() in _PLACES)


@law(
    "key",
    claim="without its key nothing is answered, nor with a wrong one",
    parts=("without-key", "wrong-keys"),
    compares_answers=False,
    applies=needs_key,
)
def key(survey: Survey) -> Cases:
    """Check that where a key is demanded, a cursor or a filter without it is refused too, and so is a part of it."""
    for probe in survey.without_key:
        if _is_served(probe.exchange):
            fact = f"a request with {probe.what} is answered without the key"
            expected = "refused, as the plain request without a key is"
            evidence = (survey.without_key[0].exchange, probe.exchange)
            yield Finding(fact, probe.exchange.outcome, expected, evidence, certain=True)
        else:
            yield PASSED
    made_up = survey.wrong_keys[:1]
    if made_up and _is_served(made_up[0].exchange):
        yield Note("any key is accepted")
        return
    for probe in survey.wrong_keys:
        if not _is_served(probe.exchange):
            yield PASSED
            continue
        key = "a made-up key" if probe.value == "made-up" else "the beginning of the key"
        fact = f"a request with {probe.what} is answered with {key}"
        fact = fact.replace(" with nothing", "")
        evidence = (made_up[0].exchange, probe.exchange)
        yield Finding(fact, probe.exchange.outcome, "refused, as a made-up key is", evidence, certain=True)


def _is_served(exchange: Exchange) -> bool:
    return exchange.status is not None and exchange.status < 300
