"""The law of page sizes at, within and beyond the bounds that the contract declares."""

from __future__ import annotations

from mockserver.contract import Parameter
from mockserver.judge.inputs import declared_bounds, documents_refusal, is_no_number, whole_number
from mockserver.judge.laws.law import PASSED, Cases, Finding, Note, law
from mockserver.judge.laws.paging import needs_limit
from mockserver.judge.survey import BASE, Probe, Survey
from mockserver.judge.walk import ReceivedPage, Walk, received_page

_SHOWN_CHARACTERS = 24
"""How much of a hostile value is shown."""


@law(
    "limits",
    claim="the page size stays within its bounds",
    parts=(BASE, "default", "limits", "sizes", "hostile"),
    compares_answers=False,
    applies=needs_limit,
)
def limits(survey: Survey) -> Cases:
    """Check that declared sizes and the default work, and that sizes beyond the bounds and no numbers are refused."""
    parameter = survey.semantics.operation.parameter(survey.semantics.limit or "")
    if parameter is None:
        return
    for walk in (survey.base, *survey.walks):
        yield from _in_range(walk, parameter)
    yield from _default(survey, parameter)
    for probe in survey.sizes_out_of_range:
        page = received_page(probe.exchange, survey.semantics)
        if page is None:
            yield PASSED
        else:
            yield from _served(probe, page, survey, parameter)
    yield from _no_numbers(survey)


def _in_range(walk: Walk, parameter: Parameter) -> Cases:
    if walk.pages:
        yield PASSED
        return
    size, last = walk.sizes[0], walk.last
    low, high = declared_bounds(parameter)
    if last is None or not last.refused or last.status in (401, 403, 429) or size is None:
        return
    if (high is not None and size <= high) or size == low:
        yield Finding("a page size in range is refused", last.outcome, "a page", (last,))


def _default(survey: Survey, parameter: Parameter) -> Cases:
    """Compare the page that comes without a size with the one for the default; both may be short, but alike.

    More than the default is left to the law page-size.
    """
    default = parameter.schema.get("default")
    plain = next((walk.pages[0] for walk in survey.walks if walk.pages and walk.sizes == (None,)), None)
    asked = received_page(survey.default_size.exchange, survey.semantics) if survey.default_size else None
    if plain is None or asked is None or survey.moved:
        return
    got, wanted = len(plain.items), len(asked.items)
    if got == wanted or got > int(default or 0):
        yield PASSED
        return
    fact = "without a page size, the first page is not as long as with the declared default"
    evidence = (plain.exchange, asked.exchange)
    yield Finding(fact, f"{got} records", f"{wanted}, as with {parameter.name}={default}", evidence)


def _served(probe: Probe, page: ReceivedPage, survey: Survey, parameter: Parameter) -> Cases:
    """Judge a page that came for a size that is beyond the bounds, or is no number."""
    asked = str(probe.value)
    size = f"a page size of {asked[:_SHOWN_CHARACTERS]!r}"
    low, high = declared_bounds(parameter)
    number, count = whole_number(asked), len(page.items)
    is_above = number is not None and high is not None and number > high
    is_below = number is not None and low is not None and number < low
    if not documents_refusal(survey.semantics.operation):
        yield PASSED
        yield Note("a page size out of range, or that is no number, is not refused")
    elif is_above or is_below:
        bound = max(1, low or 0) if is_below else high or 0
        if not (survey.profile.clamp_sizes or survey.semantics.over_limit == "clamp"):
            where = "below the minimum" if is_below else "above the maximum"
            yield Finding(f"{size}, {where}, is not refused", f"{count} records", "a 4xx", (probe.exchange,))
        elif count > bound:
            expected = f"a 4xx, or at most {bound}"
            yield Finding(f"{size} is neither refused nor clamped", f"{count} records", expected, (probe.exchange,))
        else:
            yield PASSED
            yield Note("a page size out of range is clamped, not refused")
    elif is_no_number(asked, parameter):
        yield Finding(f"{size} is taken for a number", f"{count} records", "a 4xx", (probe.exchange,))
    else:
        yield PASSED


def _no_numbers(survey: Survey) -> Cases:
    """Judge other parameters than the page size that take numbers alone: offsets, pages, filters, any."""
    operation = survey.semantics.operation
    for probe in survey.hostile if documents_refusal(operation) else ():
        ((name, value), *more) = probe.exchange.query or (("", ""),)
        parameter = operation.parameter(name)
        if more or parameter is None or name in survey.semantics.cursors or not is_no_number(value, parameter):
            continue
        if probe.exchange.status == 200:
            fact = f"{name}={value[:_SHOWN_CHARACTERS]!r} is taken for a number"
            yield Finding(fact, probe.exchange.outcome, "a 4xx", (probe.exchange,), certain=True)
        else:
            yield PASSED
