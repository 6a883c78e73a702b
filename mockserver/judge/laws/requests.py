"""The laws of single requests: limits, nonsense, two cursors, error bodies, keys."""

from __future__ import annotations

from mockserver.judge.laws.verdicts import KEPT, Breach, Case, Cases, Note
from mockserver.judge.survey import Survey
from mockserver.judge.walk import Exchange, Page, read_page, smallest_page


def needs_key(survey: Survey) -> str:
    """Not applicable to an operation without a key, or to a server that demands none."""
    if not survey.semantics.operation.key_headers:
        return "the operation knows no key"
    open_to_all = survey.keyless and survey.keyless[0].exchange.status == 200
    return "the server answers without a key" if open_to_all else ""


def needs_both(survey: Survey) -> str:
    """Not applicable to a list with fewer than two cursors."""
    return "" if len(survey.semantics.cursors) == 2 else "the operation has no two cursors"


def limits(survey: Survey) -> Cases:
    """1 and the maximum work; above, below and not a number never return more than the maximum."""
    for there in (survey.base, *survey.walks):
        if there.pages:
            yield KEPT
        elif there.last is not None and there.last.refused:
            yield Breach("a page size in range is refused", f"status {there.last.status}", "a page", (there.last,))
    for probe in survey.limits:
        page = read_page(probe.exchange, survey.semantics)
        if page is None:
            yield KEPT
        else:
            yield from _out_of_range(str(probe.value), len(page.items), probe.exchange, survey)


def _out_of_range(asked: str, count: int, exchange: Exchange, survey: Survey) -> Cases:
    largest = survey.semantics.max_limit
    smallest = smallest_page(survey.semantics)
    below = asked.lstrip("-").isdigit() and int(asked) < smallest
    if count > largest:
        yield Breach(
            f"a page size of {asked[:24]!r} gives more than the maximum",
            f"{count} records",
            f"at most {largest}",
            (exchange,),
        )
    elif below and count > smallest:
        # A clamp to the nearest bound is fair; the default or everything for 0 is neither a clamp nor a refusal.
        came = f"{count} records"
        yield Breach(
            f"a page size of {asked[:24]!r} is neither refused nor clamped",
            came,
            f"a 4xx, or at most {smallest}",
            (exchange,),
        )
    else:
        yield KEPT
        yield Note("a page size out of range is clamped, not refused")


def no_crash(survey: Survey) -> Cases:
    """No 5xx, and no silence, for anything that is sent."""
    for exchange in survey.exchanges:
        if exchange.crashed:
            yield Breach(
                "the server fails on a request", _answer(exchange), "a page or a 4xx", (exchange,), certain=True
            )
        else:
            yield KEPT


def _answer(exchange: Exchange) -> str:
    return f"status {exchange.status}" if exchange.status is not None else exchange.error or "no answer"


def both_cursors(survey: Survey) -> Cases:
    """Both cursors at once: a 4xx, or records of the list in order and within the limit."""
    for probe in survey.both:
        page = read_page(probe.exchange, survey.semantics)
        case = _both(page, survey) if page is not None else KEPT
        yield case
        if page is not None and case is KEPT:
            yield Note("two cursors at once: one of them wins")


def _both(page: Page, survey: Survey) -> Case:
    exchange = page.exchange
    asked = next((int(v) for n, v in exchange.query if n == survey.semantics.limit), survey.semantics.default_limit)
    if len(page.ids) > asked:
        return Breach(
            "two cursors at once give more than was asked for",
            f"{len(page.ids)} records",
            f"at most {asked}",
            (exchange,),
        )
    place = {i: n for n, i in enumerate(survey.base.ids)}
    places = [place.get(i) for i in page.ids]
    known = [p for p in places if p is not None]
    if (len(known) < len(places) and survey.base.complete) or known != sorted(known):
        return Breach(
            "two cursors at once give records out of the list's order", "another order", "list order", (exchange,)
        )
    return KEPT


def error_shape(survey: Survey) -> Cases:
    """A 4xx that the contract documents has the documented body."""
    for exchange in survey.exchanges:
        if not exchange.refused or exchange.status is None:
            continue
        if survey.semantics.operation.response(exchange.status) is None:
            yield Note(f"status {exchange.status} is not documented")
        elif exchange.faults:
            expected = "the body that the contract documents"
            yield Breach(
                f"a {exchange.status} has another body", exchange.faults[0], expected, (exchange,), certain=True
            )
        else:
            yield KEPT


def key(survey: Survey) -> Cases:
    """Where a key is demanded, a cursor or a filter without it is refused."""
    for probe in survey.keyless:
        if probe.exchange.status is not None and probe.exchange.status < 300:
            expected = "refused, as the plain request without a key is"
            fact = f"a request with {probe.what} is answered without the key"
            yield Breach(
                fact,
                f"status {probe.exchange.status}",
                expected,
                (survey.keyless[0].exchange, probe.exchange),
                certain=True,
            )
        else:
            yield KEPT
