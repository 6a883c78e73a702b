"""Surveys a list: which walks and which single requests are sent, in which order, within a budget of requests.

Each part of a survey is declared beside its code, in `walks` and `requests`; ``PARTS`` puts them in order.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

import mockserver.judge.survey.keys

# Imported for the parts that they declare.
import mockserver.judge.survey.linked
import mockserver.judge.survey.refreshes
import mockserver.judge.survey.requests
import mockserver.judge.survey.sorting
import mockserver.judge.survey.walks  # noqa: F401
from mockserver.judge.exchange import Fetch
from mockserver.judge.filter_words import caseless_filters, equality_filters, with_one_page_size, without_strangers
from mockserver.judge.profile import Profile
from mockserver.judge.survey.base import first_walk
from mockserver.judge.survey.evidence import Probe, RefreshOff, RefreshTry, SortedWalks, Survey, filter_text
from mockserver.judge.survey.parts import BASE, REGISTRY, Part
from mockserver.judge.survey.recorder import BudgetSpent, Recorder
from mockserver.judge.survey.run import Each, SurveyRun
from mockserver.semantics import ListSemantics

__all__ = [
    "BASE",
    "PARTS",
    "Each",
    "Part",
    "Probe",
    "Progress",
    "RefreshOff",
    "RefreshTry",
    "SortedWalks",
    "Survey",
    "filter_text",
    "take_survey",
]

PARTS = REGISTRY.in_order(
    (
        "default", "small", "filters", "pairs", "unknown-values", "pasted-values", "offsets", "pages", "links",
        "sizes", "backward", "sorting", "limits", "both-cursors", "replays", "concurrent", "without-key",
        "wrong-keys", "list-end", "refresh", "hostile", "more-values", "more-hostile",
    )
)  # fmt: skip
"""The parts by name, in the order in which they are taken.

Those that compare answers come first; from `refresh` on the records may hold other values than in the base walk.
"""

HURRIED = REGISTRY.in_order(
    (
        "default", "filters", "unknown-values", "limits", "offsets", "pages", "links", "small", "pairs",
        "pasted-values", "sorting", "hostile", "without-key", "wrong-keys", "backward", "sizes", "both-cursors",
        "replays", "concurrent", "list-end", "refresh", "more-values", "more-hostile",
    )
)  # fmt: skip
"""The order in which the parts are taken where time is limited: first those that tell most for the time they take.

These send many requests at once; long walks wait for each answer.
"""

Progress = Callable[[str, int, Survey], None]
"""Called after each part with its name, the number of requests sent so far, and the survey as it is then."""


def _ignore(_part: str, _sent: int, _survey: Survey) -> None:
    """Report no progress."""


def take_survey(
    fetch: Fetch,
    semantics: ListSemantics,
    *,
    budget: int = 450,
    seed: int = 0,
    refresh: bool = True,
    each: Each = map,
    profile: Profile | None = None,
    progress: Progress = _ignore,
    parts: Collection[str] = (),
    hurried: bool = False,
) -> Survey:
    """Survey a list operation with at most ``budget`` requests.

    ``each`` maps a function over independent requests, one by one or at once. ``seed`` decides which values are
    sampled. ``refresh=False`` sends no request that could change the server's data. ``profile`` is kept for the laws.
    ``parts`` names the parts to take, all if empty; `progress` is called after each. ``hurried`` takes the most telling
    ones first, for a survey that may be ended by time.

    Raises `JudgeError` if the budget does not suffice for a first page.
    """
    semantics = with_one_page_size(equality_filters(semantics))
    profile = profile or Profile()
    profile = replace(profile, caseless=(*profile.caseless, *caseless_filters(semantics)))
    recorder = Recorder(fetch, budget, semantics.cursors)
    found = first_walk(recorder, semantics, budget)
    survey = Survey(found.semantics, found.base, profile, refresh, recorder.exchanges)
    if not survey.base.pages:
        # A server that fails at the largest page size is still judged at the others. A size that the contract does not
        # name may be refused.
        if semantics.declared_max_limit is not None or not (found.base.last is not None and found.base.last.refused):
            survey.walks.append(survey.base)
        found = first_walk(recorder, semantics, budget, largest=False)
        survey.base, survey.semantics = found.base, found.semantics
    survey.reach, survey.window = found.reach, found.window
    survey.walks += [found.tried] if found.tried is not None else []
    survey.requests_by_part[BASE] = len(recorder.exchanges)
    if survey.base.pages:
        run = SurveyRun(recorder, survey, random.Random(seed), each)
        values: dict[str, Collection[str]] = {name: run.counts(name) for name in semantics.filters}
        survey.semantics = without_strangers(survey.semantics, values)
        _take_all((HURRIED if hurried else PARTS).values(), run, parts, progress)
    return survey


def _take_all(order: Iterable[Part], run: SurveyRun, wanted: Collection[str], progress: Progress) -> None:
    for part in order:
        if (run.survey.may_refresh or not part.changes_data) and (not wanted or part.name in wanted):
            _take(part, run)
            progress(part.name, len(run.fetch.exchanges), run.survey)


def _take(part: Part, run: SurveyRun) -> None:
    """Take one part; if the budget ends on the way, the part is among the unreached ones."""
    before = len(run.fetch.exchanges)
    try:
        part.take(run)
        if part.takes_snapshot:
            run.take_snapshot()
    except BudgetSpent:
        run.survey.unreached_parts.append(part.name)
    run.survey.requests_by_part[part.name] = len(run.fetch.exchanges) - before
