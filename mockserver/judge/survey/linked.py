"""The parts of a survey that follow the server's own links, and that ask for pages by their numbers."""

from __future__ import annotations

import math

from mockserver.contract import non_null
from mockserver.judge.survey.evidence import Probe
from mockserver.judge.survey.parts import part
from mockserver.judge.survey.run import SurveyRun
from mockserver.judge.walk import Direction, ReceivedPage, Walk

_PAGES = 9


@part("links")
def links(run: SurveyRun) -> None:
    """Follow next links from the beginning, under filters too, and the previous links back from where they led."""
    first = _page_with_links(run)
    if first is None:
        return
    ways: list[Direction] = ["link"] if first.links.get("next") else []
    ways += ["header-link"] if first.header_links.get("next") else []
    for way in ways:
        for filters, count in _jobs(run):
            size = max(1, math.ceil(count / 3 if filters else count / 6))
            found = run.walk(filters=filters, sizes=(size,), pages=_PAGES, direction=way)
            run.survey.linked.append(found)
            _follow_back(run, found)


def _page_with_links(run: SurveyRun) -> ReceivedPage | None:
    """Return a first page that has links: that of the base walk, or where this is the whole list, a smaller one."""
    first = run.base.pages[0]
    if first.links.get("next") or first.header_links.get("next") or len(first.ids) < run.size or run.size < 2:
        return first
    size = max(1, run.size // 3)
    return next(iter(run.walk(sizes=(size,), pages=1).pages), None) if run.semantics.limit is not None else first


def _jobs(run: SurveyRun) -> list[tuple[dict[str, str], int]]:
    """Return the filters to walk under, and how many records each leaves."""
    jobs: list[tuple[dict[str, str], int]] = [({}, run.size)]
    for name in run.semantics.filters:
        value, count = run.commonest(name)
        if count > 1:
            jobs.append(({name: value}, count))
        hidden = _hidden_choice(run, name)
        if hidden:
            # A link that forgets it leads back to what the default shows.
            run.survey.filtered.append(run.walk(filters={name: hidden}, sizes=(run.largest_page,), pages=3))
            jobs.append(({name: hidden}, run.size))
    everything = run.all_filters()
    return [*jobs, (everything, 1)] if len(everything) > 1 else jobs


def _hidden_choice(run: SurveyRun, name: str) -> str:
    """Return a value that the contract lists and the plain list does not show, if a default restricts this one."""
    parameter = run.semantics.operation.parameter(name)
    schema = non_null(parameter.schema) if parameter is not None else {}
    default, seen = schema.get("default"), run.counts(name)
    if default is None or set(seen) != {str(default)}:
        return ""
    return next((str(c) for c in schema.get("enum", ()) if isinstance(c, str) and c != default and c not in WORDS), "")


WORDS = ("all", "any", "none", "*", "")
"""Choices that are no value of a record."""


def _follow_back(run: SurveyRun, there: Walk) -> None:
    """Follow previous links from the last page that has records."""
    last = next((page for page in reversed(there.pages) if page.ids), None)
    url = None if last is None else last.links.get("previous", last.header_links.get("previous"))
    if last is None or url is None or last is there.pages[0]:
        return
    back = run.walk(
        filters=there.filters, sizes=there.sizes, pages=_PAGES, direction="link-back", start=url, start_page=last
    )
    run.survey.linked_back.append((last, back))


@part("pages")
def pages(run: SurveyRun) -> None:
    """Walk by page number, then ask for single pages of that walk, for some past its end, and before its first."""
    if run.semantics.page is None or not run.size:
        return
    first = run.semantics.first_page
    jobs: list[tuple[dict[str, str], int]] = [({}, max(1, math.ceil(run.size / 5)))]
    for name in run.semantics.filters:
        value, count = run.commonest(name)
        if count > 1:
            jobs.append(({name: value}, math.ceil(count / 2)))
    for filters, size in jobs[:3]:
        there = run.walk(filters=filters, sizes=(size,), pages=_PAGES, direction="page")
        run.survey.page_walks.append(there)
        last = first + len(there.pages) - 1
        numbers = [last, first + 1, first]
        numbers += [] if filters else [last + 1, last + 1000, first - 1, -1]

        def probe(number: int, filters: dict[str, str] = filters, size: int = size, there: Walk = there) -> Probe:
            return Probe("page", (number, there), run.send(filters, size, page=number), filters)

        run.survey.pages += run.each(probe, dict.fromkeys(numbers))
