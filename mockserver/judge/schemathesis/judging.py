"""Surveys and judges one list operation of a document that Schemathesis has loaded."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from mockserver.contract import Operation
from mockserver.errors import JudgeError
from mockserver.judge.exchange import Exchange
from mockserver.judge.laws import LAWS, Verdict, judge_survey, parts_for
from mockserver.judge.profile import Profile
from mockserver.judge.refusals import NoPageError, why_not_judged
from mockserver.judge.schemathesis.lists import Case
from mockserver.judge.schemathesis.sending import CaseFetch
from mockserver.judge.schemathesis.target import Inputs
from mockserver.judge.survey import Progress, Survey, take_survey
from mockserver.judge.walk import ReceivedPage, page_query, received_page
from mockserver.semantics import ListSemantics

SECOND_BUDGET = 150
"""Requests, beyond the budget, that a second survey of what seems wrong may take."""


def judge_case(
    case: Case,
    semantics: ListSemantics,
    names: Sequence[str] | None = None,
    *,
    budget: int = 450,
    seed: int = 0,
    refresh: bool = True,
) -> tuple[Verdict, ...]:
    """Return the verdicts on the list operation of a case, of all laws or those in ``names``.

    ``budget`` is the number of requests, ``seed`` decides what is sampled, ``refresh=False`` sends no request that
    could change the server's data. Raises `JudgeError` if the server shows no page at all.
    """
    return judge_survey(survey_case(case, semantics, budget=budget, seed=seed, refresh=refresh), names)


def survey_case(
    case: Case,
    semantics: ListSemantics,
    *,
    budget: int = 450,
    seed: int = 0,
    refresh: bool = True,
    profile: Profile | None = None,
    progress: Progress | None = None,
    parts: Collection[str] = (),
) -> Survey:
    """Survey the list operation of a case: concurrently over a network, one request after the other in process.

    ``parts`` names the parts of a survey to take, all if empty. Raises `JudgeError` if the server shows no page at all.
    """
    fetch = CaseFetch(case, semantics.operation)
    at_once = 1 if fetch.in_process else fetch.target.safety.at_once
    hurried = fetch.target.pace.deadline is not None
    take = partial(take_survey, fetch, semantics, seed=seed, refresh=refresh, profile=profile, hurried=hurried)
    with ThreadPoolExecutor(max_workers=at_once) as pool:
        if at_once > 1:
            take = partial(take, each=pool.map)
        first = partial(take, budget=budget, parts=parts)
        survey = first(progress=progress) if progress is not None else first()
        if not survey.base.pages:
            raise_unless_judgeable(survey.base.last, semantics.operation)
        _take_second_look(survey, take)
    return survey


def _take_second_look(survey: Survey, take: Callable[..., Survey]) -> None:
    """Survey again what seems wrong, if data that move could be the reason for it."""
    names = [law.name for law in LAWS.values() if law.compares_answers and law.repeatable]
    findings = {verdict.law.name: verdict.finding for verdict in judge_survey(survey, names)}
    suspects = [name for name, finding in findings.items() if finding is not None and not finding.certain]
    if not suspects or not survey.base.pages:
        return
    try:
        survey.second_look = take(budget=SECOND_BUDGET, parts=parts_for(suspects))
    except JudgeError:
        return  # There is no time for it, or the server limits requests.


def raise_unless_judgeable(last: Exchange | None, operation: Operation | None = None) -> None:
    """Raise `NoPageError` with the reason why a first page shows nothing. JSON with status 200 is always judged."""
    reason = why_not_judged(last, operation)
    if reason:
        raise NoPageError(reason, last)


def first_page(case: Case, semantics: ListSemantics, inputs: Inputs) -> ReceivedPage | None:
    """Ask for the first page of a list with these inputs; ``None`` if it is none."""
    fetch = CaseFetch(case, semantics.operation, inputs)
    return received_page(fetch(page_query(semantics)), semantics)
