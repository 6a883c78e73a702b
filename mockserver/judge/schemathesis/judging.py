"""A list operation of a loaded document, looked over and judged."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from mockserver.errors import JudgeError
from mockserver.judge.laws import LAWS, Verdict, judge
from mockserver.judge.profile import Profile
from mockserver.judge.schemathesis.lists import Case
from mockserver.judge.schemathesis.sending import KEY_VARIABLE, CaseFetch
from mockserver.judge.survey import Progress, Survey, take_survey
from mockserver.judge.walk import Exchange
from mockserver.semantics import ListSemantics

CONCURRENCY = 8
"""How many requests are under way at once, where they do not wait on each other."""

AGAIN = 200
"""Requests, beyond the budget, that a second look at what seems broken may take."""


def judge_case(
    case: Case,
    semantics: ListSemantics,
    names: Sequence[str] | None = None,
    *,
    budget: int = 300,
    seed: int = 0,
    refresh: bool = True,
) -> tuple[Verdict, ...]:
    """Survey the operation of a case through Schemathesis' transport, and judge it.

    Raises `JudgeError` when the server shows no page at all.
    """
    return judge(survey_case(case, semantics, budget=budget, seed=seed, refresh=refresh), names)


def survey_case(
    case: Case,
    semantics: ListSemantics,
    *,
    budget: int = 300,
    seed: int = 0,
    refresh: bool = True,
    profile: Profile | None = None,
    progress: Progress | None = None,
    parts: Collection[str] = (),
) -> Survey:
    """Look over the list operation of a case: concurrently over a network, one by one in process.

    ``parts`` names the parts of a survey to be taken, all if empty.

    Raises `JudgeError` when the server shows no page at all.
    """
    fetch = CaseFetch(case, semantics.operation)
    take = partial(take_survey, fetch, semantics, seed=seed, refresh=refresh, profile=profile)
    with ThreadPoolExecutor(max_workers=CONCURRENCY) as pool:
        if case.operation.app is None:
            take = partial(take, each=pool.map)
        first = partial(take, budget=budget, parts=parts)
        survey = first(progress=progress) if progress is not None else first()
        if not survey.base.pages:
            raise_unless_judgeable(survey.base.last)
        _look_again(survey, take)
    return survey


def _look_again(survey: Survey, take: Callable[..., Survey]) -> None:
    """What looks broken, and would also look so if data moved, is looked at again from a fresh walk."""
    repeatable = [law.name for law in LAWS.values() if law.steady and law.repeatable]
    suspects = {v.law for v in judge(survey, repeatable) if v.breach is not None and not v.breach.certain}
    if suspects and survey.base.pages:
        # Cursors to probe with come from the plain walks, whatever is suspected.
        parts = {"default", "small"} | {part for law in suspects for part in law.parts}
        survey.second_look = take(budget=AGAIN, parts=parts)


def raise_unless_judgeable(last: Exchange | None) -> None:
    """Raise `JudgeError` with the reason why a first page tells nothing; JSON with status 200 is always judged."""
    if last is None or last.status is None:
        raise JudgeError(f"no answer: {last.error if last else 'nothing was sent'}")
    if last.status in (401, 403):
        raise JudgeError(f"status {last.status}: give a key with -H, or in the environment variable {KEY_VARIABLE}")
    if last.status == 200 and last.body is None:
        raise JudgeError("the first page is not JSON: is this the base URL of the API?")
    if 300 <= last.status < 400:
        raise JudgeError(f"status {last.status}: the server sends us elsewhere{last.error}; give that base URL")
    if last.status != 200:
        raise JudgeError(f"the first page is answered with status {last.status}")
