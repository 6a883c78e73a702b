"""The laws of single requests: page sizes out of range, hostile input, two cursors, error bodies, keys."""

from __future__ import annotations

from mockserver.judge.laws.compare import requested_size
from mockserver.judge.laws.law import PASSED, Case, Cases, Finding, Note, law
from mockserver.judge.laws.paging import needs_limit
from mockserver.judge.survey import BASE, Probe, Survey
from mockserver.judge.walk import ReceivedPage, received_page, smallest_page_size

_SHOWN_CHARACTERS = 24
"""How much of a hostile value is shown."""


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
    "limits",
    claim="the page size stays within its bounds",
    parts=(BASE, "limits", "sizes"),
    compares_answers=False,
    applies=needs_limit,
)
def limits(survey: Survey) -> Cases:
    """Check that sizes in range work, and that sizes above, below or not a number never give more than the maximum."""
    for walk in (survey.base, *survey.walks):
        if walk.pages:
            yield PASSED
        elif walk.last is not None and walk.last.refused:
            yield Finding("a page size in range is refused", walk.last.outcome, "a page", (walk.last,))
    for probe in survey.sizes_out_of_range:
        page = received_page(probe.exchange, survey.semantics)
        if page is None:
            yield PASSED
        else:
            yield from _served_out_of_range(probe, page, survey)


def _served_out_of_range(probe: Probe, page: ReceivedPage, survey: Survey) -> Cases:
    asked, count = str(probe.value), len(page.items)
    largest, smallest = survey.semantics.declared_max_limit, smallest_page_size(survey.semantics)
    is_bounded = survey.semantics.declared_min_limit is not None
    is_below = is_bounded and asked.lstrip("-").isdigit() and int(asked) < smallest
    size = f"a page size of {asked[:_SHOWN_CHARACTERS]!r}"
    got, evidence = f"{count} records", (probe.exchange,)
    if largest is not None and count > largest:
        yield Finding(f"{size} gives more than the maximum", got, f"at most {largest}", evidence)
    elif is_below and count > smallest:
        # The nearest bound is allowed; the default or everything instead of 0 is neither that nor a refusal.
        expected = f"a 4xx, or at most {smallest}"
        yield Finding(f"{size} is neither refused nor clamped", got, expected, evidence)
    else:
        yield PASSED
        yield Note("a page size out of range is clamped, not refused")


@law(
    "no-crash",
    claim="nothing that is sent makes the server fail",
    parts=("hostile", "more-hostile"),
    required=("hostile",),
    every_answer=True,
    compares_answers=False,
)
def no_crash(survey: Survey) -> Cases:
    """Check that there is an answer below 500 to everything that is sent."""
    for exchange in survey.exchanges:
        if exchange.crashed:
            fact, expected = "the server fails on a request", "a page or a 4xx"
            yield Finding(fact, exchange.outcome, expected, (exchange,), certain=True)
        else:
            yield PASSED


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
            yield PASSED


@law(
    "key",
    claim="without its key nothing is answered",
    parts=("without-key",),
    compares_answers=False,
    applies=needs_key,
)
def key(survey: Survey) -> Cases:
    """Check that where a key is demanded, a cursor or a filter without it is refused too."""
    for probe in survey.without_key:
        if probe.exchange.status is not None and probe.exchange.status < 300:
            fact = f"a request with {probe.what} is answered without the key"
            expected = "refused, as the plain request without a key is"
            evidence = (survey.without_key[0].exchange, probe.exchange)
            yield Finding(fact, probe.exchange.outcome, expected, evidence, certain=True)
        else:
            yield PASSED
