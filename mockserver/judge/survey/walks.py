"""The parts of a survey that walk: at other page sizes, backwards, under filters, after a refresh."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations

from mockserver.contract import non_null
from mockserver.judge.survey.evidence import Probe, filter_text
from mockserver.judge.survey.parts import part
from mockserver.judge.survey.run import SurveyRun, revealing_values, telling_values
from mockserver.judge.walk import Walk

FilteredWalk = tuple[dict[str, str], int | None, int]
"""A filtered walk to be taken: its filters, its page size, and how many pages at most."""


@part("default")
def default_size(run: SurveyRun) -> None:
    """Walk without asking for a page size."""
    run.survey.walks.append(run.walk(pages=6))


@part("small", takes_snapshot=True)
def small_pages(run: SurveyRun) -> None:
    """Walk over the list in small pages."""
    if run.semantics.limit is not None:
        small = min(run.semantics.max_limit, max(2, math.ceil(run.size / 20)))
        run.survey.walks.append(run.walk(sizes=(small,), pages=30))


@part("sizes", takes_snapshot=True)
def other_sizes(run: SurveyRun) -> None:
    """Walk at page sizes around every bound, one record at a time, and with a size that changes on the way."""
    if run.semantics.limit is None:
        return
    default, largest = run.semantics.default_limit, run.semantics.max_limit
    run.survey.walks.append(run.walk(sizes=(1,), pages=5))
    if run.base.direction in ("after", "offset"):
        # A page number means another place at another page size; a link has a size of its own.
        run.survey.walks.append(run.walk(sizes=(2, 5, 1, largest), pages=6))
    around_bounds = {2, 3, 10, default - 1, default, default + 1, largest // 2, largest - 1}
    around_end = {run.size, run.size - 1}
    if run.size % 2 == 0:
        around_end.add(run.size // 2)
    sizes = {run.within_bounds(size) for size in around_bounds | around_end if 1 < size <= largest}
    run.survey.walks += run.each(lambda size: run.walk(sizes=(size,), pages=2), sorted(sizes, key=str))


@part("backward")
def backward(run: SurveyRun) -> None:
    """Walk the whole way back, step back from single pages, and go forward again."""
    semantics = run.semantics
    if semantics.before is None or (semantics.previous_cursor is None and not semantics.id_cursors) or run.size < 2:
        return
    size = min(run.semantics.max_limit, max(1, run.size // 6))
    there = run.walk(sizes=(size,), pages=9)
    run.survey.walks.append(there)
    if not there.pages:
        return
    run.step_back(there.pages[-1], (size,), 12)
    for page, other_size in zip(there.pages[1:4], (1, size, run.semantics.max_limit), strict=False):
        run.step_back(page, (other_size,), 1)
    for page in there.pages[1:2]:
        # A page larger than all that precedes tells the newest records from the first page of the list.
        run.step_back(page, (run.semantics.max_limit,), 1)
    run.step_back(there.pages[0], (size,), 1)
    _go_forward_again(run)


def _go_forward_again(run: SurveyRun) -> None:
    """Go forward from pages that were reached by walking back."""
    for there in [walk for _, walk in run.survey.backward if not walk.filters][:2]:
        page = there.pages[0] if there.pages else None
        if page is not None and page.next is not None and run.semantics.after is not None:
            ahead = run.walk(sizes=(None,), pages=1, direction="after", start=page.next)
            run.survey.forward_again.append((page, ahead))


@part("filters")
def filters(run: SurveyRun) -> None:
    """Walk under each filter with its revealing values, in a few pages and in one that holds exactly what there is."""
    jobs: list[FilteredWalk] = []
    for name in run.semantics.filters:
        counts = run.counts(name)
        jobs += [({name: value}, math.ceil(counts[value] / 3), 5) for value in revealing_values(counts)]
        value, count = run.commonest(name)
        if 0 < count <= run.semantics.max_limit:
            # Of a page that holds exactly what there is, has_more must be false.
            jobs.append(({name: value}, count, 2))
    walks = list(_filtered_walks(run, jobs))
    run.survey.filtered += walks
    _step_back_under_filters(run, walks)


def _filtered_walks(run: SurveyRun, jobs: Sequence[FilteredWalk]) -> Iterable[Walk]:
    """Take filtered walks. What was walked before the budget was spent is not lost."""

    def take(job: FilteredWalk) -> Walk:
        filters, size, pages = job
        return run.walk(filters=filters, sizes=(size,), pages=pages)

    return run.each(take, jobs)


def _step_back_under_filters(run: SurveyRun, walks: Sequence[Walk]) -> None:
    """Take one step back within a filtered walk, once for each filter."""
    first_by_filter: dict[str, Walk] = {}
    for there in walks:
        if len(there.pages) > 1 and there.pages[-1].previous:
            first_by_filter.setdefault(next(iter(there.filters)), there)
    for there in first_by_filter.values():
        run.step_back(there.pages[-1], there.sizes, 1, there.filters)


@part("pairs", takes_snapshot=True)
def pairs(run: SurveyRun) -> None:
    """Walk under two filters at once, where some records have both values and where none has, and under all filters."""
    jobs: list[FilteredWalk] = []
    for one, other in combinations(run.semantics.filters, 2):
        jobs += _pair(run, one, other)
    everything = run.all_filters()
    if len(everything) > 2:
        jobs.append((everything, None, 2))
    walks = list(_filtered_walks(run, jobs))
    run.survey.filtered += walks
    _step_back_under_filters(run, [walk for walk in walks if len(walk.pages) > 1][:2])
    _send_under_other_filters(run)


def _send_under_other_filters(run: SurveyRun) -> None:
    """Send cursors that were issued under one filter with another value of it, or with another filter; four at most."""
    walks = [walk for walk in run.survey.filtered if walk.pages and walk.pages[0].next and len(walk.filters) == 1]
    if run.semantics.after is None:
        return
    for walk in walks[:: max(1, len(walks) // 4)][:4]:
        other = next((one.filters for one in walks if one.filters != walk.filters and _apart(run, one, walk)), None)
        if other is not None:
            answer = run.send(other, after=walk.pages[0].next)
            run.survey.foreign_cursors.append(Probe("cursor", dict(walk.filters), answer, dict(other)))


def _apart(run: SurveyRun, one: Walk, other: Walk) -> bool:
    """Return whether two filtered walks together leave out some of the list."""
    return len({*one.ids, *other.ids}) < run.size


def _pair(run: SurveyRun, one: str, other: str) -> list[FilteredWalk]:
    """Return the walks under two filters."""
    targets = run.semantics.filters
    rows = [(filter_text(item, targets[one]), filter_text(item, targets[other])) for item in run.base.items]
    together = Counter((a, b) for a, b in rows if a and b)
    ones, others = run.counts(one), run.counts(other)
    jobs: list[FilteredWalk] = []
    if together:
        # Best are two values that each leave out most of what the other one has.
        best = max(together, key=lambda pair: (min(ones[pair[0]], others[pair[1]]) - together[pair], -together[pair]))
        jobs.append(({one: best[0], other: best[1]}, math.ceil(together[best] / 2), 4))
    apart = next(((a, b) for a in ones for b in others if (a, b) not in together), None)
    if apart is not None:
        jobs.append(({one: apart[0], other: apart[1]}, None, 2))
    return jobs


def _choices(run: SurveyRun, name: str) -> list[str]:
    """Return the values that the contract lists for a filter."""
    parameter = run.semantics.operation.parameter(name)
    schema = non_null(parameter.schema) if parameter is not None else {}
    return [str(choice) for choice in schema.get("enum", ()) if choice is not None]


@part("more-values")
def more_values(run: SurveyRun) -> None:
    """Walk under some of the other values that were seen, in large pages."""
    done = {tuple(walk.filters.items()) for walk in run.survey.filtered}
    jobs: list[FilteredWalk] = []
    for name in run.semantics.filters:
        values = [value for value in run.counts(name) if ((name, value),) not in done]
        sample = telling_values(values, _choices(run, name), run.random)
        jobs += [({name: value}, run.largest_page, 2) for value in sample]
    run.survey.filtered += _filtered_walks(run, jobs)
