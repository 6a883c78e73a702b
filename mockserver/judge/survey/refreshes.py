"""The part of a survey that asks for refreshes: one by one, with another filter, switched off, several at once."""

from __future__ import annotations

import time
from typing import Any

from mockserver.judge.exchange import Exchange
from mockserver.judge.survey.evidence import Probe, RefreshOff, RefreshTry, filter_text
from mockserver.judge.survey.parts import part
from mockserver.judge.survey.run import SurveyRun, revealing_values
from mockserver.judge.walk import Walk, page_query
from mockserver.semantics.page import value_at

_PAUSES = (0.2, 0.8)
"""Seconds to wait for a server that refreshes after it has answered."""

Filters = dict[str, str]


@part("refresh", changes_data=True)
def refresh(run: SurveyRun) -> None:
    """Ask for a refresh of single scopes, and walk over the list before and after each."""
    declared = run.semantics.refresh
    if declared is None or declared.scope is None or not run.size:
        return
    values = revealing_values(run.counts(declared.scope))
    if not values:
        return
    _ask_for_none(run, {declared.scope: values[0]})
    before = _whole_list(run)
    for filters, size in _tries(run, declared.scope, values):
        answer = _refresh(run, filters, size)
        probe = Probe("refresh", filters[declared.scope], answer, filters)
        run.survey.refresh_answers.append(probe)
        after = _whole_list(run)
        later = _later(run, filters, before, after) if answer.status == 200 else None
        run.survey.refreshes.append(RefreshTry(probe, before, after, later))
        before = later or after
    _ask_at_once(run, declared.scope, values)


def _tries(run: SurveyRun, scope: str, values: list[str]) -> list[tuple[Filters, int | None]]:
    """Return the refreshes to ask for: their filters and page sizes."""
    first = {scope: values[0]}
    tries: list[tuple[Filters, int | None]] = [(first, run.largest_page), (first, 1), ({scope: values[-1]}, 2)]
    narrower = _narrower(run, scope, values[0])
    return [*tries, (first | narrower, run.largest_page)] if narrower else tries


def _narrower(run: SurveyRun, scope: str, value: str) -> Filters:
    """Return another filter that leaves out some of the records of a scope; empty if there is none."""
    target = run.semantics.filters[scope]
    inside = [item for item in run.base.items if filter_text(item, target) == value]
    for name, other in run.semantics.filters.items():
        found = [filter_text(item, other) for item in inside] if name != scope else []
        if found and found[0] and found.count(found[0]) < len(found):
            return {name: found[0]}
    return {}


def _whole_list(run: SurveyRun) -> Walk:
    return run.walk(sizes=run.base.sizes, pages=max(2, len(run.base.pages)))


def _refresh(run: SurveyRun, filters: Filters, size: int | None, asked: str = "true") -> Exchange:
    declared = run.semantics.refresh
    assert declared is not None
    return run.fetch((*page_query(run.semantics, filters, size), (declared.parameter, asked)))


def _ask_for_none(run: SurveyRun, scope: Filters) -> None:
    """Say twice that there is to be no refresh: times that move by themselves seldom do so twice."""
    for _ in range(2):
        before = run.send(scope, run.largest_page)
        answer = _refresh(run, scope, run.largest_page, "false")
        run.survey.refresh_off.append(RefreshOff(before, answer, run.send(scope, run.largest_page)))


def _later(run: SurveyRun, filters: Filters, before: Walk, after: Walk) -> Walk | None:
    """Return the list some time later, if no sync time moved yet; ``None`` if one did, or none has to."""
    declared = run.semantics.refresh
    if declared is None or not declared.moves or _times(before, declared.moves[0]) != _times(after, declared.moves[0]):
        return None
    if _need_not_move(run, filters, after, declared.moves[0]):
        return None
    later = after
    for pause in _PAUSES:
        time.sleep(pause)
        later = _whole_list(run)
        if _times(later, declared.moves[0]) != _times(before, declared.moves[0]):
            break
    return later


def _need_not_move(run: SurveyRun, filters: Filters, after: Walk, name: str) -> bool:
    """Return whether the times of a scope may stay, since they are the newest that the server shows.

    Only texts of one form can be compared as texts; for all others it is waited.
    """
    declared = run.semantics.refresh
    scope = declared.scope if declared is not None else None
    if scope is None:
        return False
    times = [time for time in _times(after, name) if time is not None]
    of_one_form = all(isinstance(t, str) and t.endswith("Z") and len(t) == len(times[0]) for t in times)
    target = run.semantics.filters[scope]
    inside = {value_at(item, (name,)) for item in after.items if filter_text(item, target) == filters[scope]}
    return bool(times) and of_one_form and inside == {max(times)}


def _times(walk: Walk, name: str) -> list[Any]:
    return [value_at(item, (name,)) for item in walk.items]


def _ask_at_once(run: SurveyRun, scope: str, values: list[str]) -> None:
    """Ask for refreshes at the same time, and for the same records meanwhile."""

    def ask(wanted: tuple[Filters, bool]) -> Probe:
        filters, fresh = wanted
        send = _refresh if fresh else SurveyRun.send
        return Probe("refresh", filters[scope], send(run, filters, run.largest_page), filters)

    first, last = {scope: values[0]}, {scope: values[-1]}
    jobs = [(first, True), (first, False), (last, True), (first, True), (first, False), (last, False)]
    run.survey.refresh_answers += run.each(ask, jobs)
