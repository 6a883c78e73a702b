"""Derives the verdict of a law from its cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from mockserver.judge.laws.law import Case, Finding, Law, Note
from mockserver.judge.survey import Survey

Status = Literal["passed", "failed", "inconclusive", "not understood", "not applicable"]


@dataclass(frozen=True)
class Verdict:
    """What a law says of a list.

    ``reason`` is for people; ``finding`` is there if the law failed. ``cases`` counts the cases that were
    examined, ``requests`` the requests that were sent for the parts that the law reads (laws share them). ``notes`` are
    about what a correct server may do. ``operation`` is the id of the list operation.
    """

    law: Law
    status: Status
    reason: str = ""
    finding: Finding | None = None
    cases: int = 0
    requests: int = 0
    notes: tuple[str, ...] = ()
    operation: str = ""


def verdict_of(law: Law, survey: Survey) -> Verdict:
    """Return the verdict of one law on a survey."""
    operation = survey.semantics.operation.id
    reason = "turned off by the profile" if law.name in survey.profile.off else law.applies(survey)
    if reason:
        return Verdict(law, "not applicable", reason, operation=operation)
    cases = list(law.examine(survey))
    if law.needs_walk and survey.reach.kind != "walked":
        return _unreached(law, survey, cases)
    notes = tuple(dict.fromkeys(case.text for case in cases if isinstance(case, Note)))
    examined = sum(not isinstance(case, Note) for case in cases)
    found = [case for case in cases if isinstance(case, Finding)]
    status, reason, finding = _failure(law, survey, found) if found else _success(law, survey, examined)
    requests = sum(n for part, n in survey.requests_by_part.items() if law.every_answer or part in law.parts)
    return Verdict(law, status, reason, finding, examined, requests, notes, operation)


def _unreached(law: Law, survey: Survey, cases: Sequence[Case]) -> Verdict:
    """Return the verdict on a list of which one page was reached: only what this page shows by itself can fail."""
    operation = survey.semantics.operation.id
    for case in cases:
        if isinstance(case, Finding) and case.certain:
            return Verdict(law, "failed", case.fact, case, 1, operation=operation)
    status: Status = "not applicable" if survey.reach.kind == "single page" else "not understood"
    return Verdict(law, status, survey.reach.reason, operation=operation)


def _failure(law: Law, survey: Survey, found: Sequence[Finding]) -> tuple[Status, str, Finding | None]:
    """Return whether findings make a law fail, or moving data may be the reason for them."""
    sure = found
    if law.compares_answers and survey.moved:
        sure = [case for case in found if case.certain]
    if not sure:
        reason = f"the data moved during the survey; observed meanwhile: {found[0].fact}"
        return "inconclusive", reason, None
    if _gone_at_second_look(law, sure, survey):
        return "inconclusive", f"seen once, but not in a second survey: {sure[0].fact}", None
    smallest = min(sure, key=_size_of_evidence)
    return "failed", smallest.fact, smallest


def _success(law: Law, survey: Survey, examined: int) -> tuple[Status, str, Finding | None]:
    """Return whether a law without findings passes, or too little was seen."""
    missing = [part for part in law.required if part in survey.unreached_parts]
    if missing:
        return "inconclusive", f"not completed within the budget: {', '.join(missing)}", None
    if examined:
        return "passed", "", None
    reason = "too little data to tell"
    if survey.unreached_parts:
        reason += f"; not reached within the budget: {', '.join(survey.unreached_parts)}"
    return "inconclusive", reason, None


def _gone_at_second_look(law: Law, found: Sequence[Finding], survey: Survey) -> bool:
    """Return whether findings that moving data could explain were not there in a second survey."""
    again = survey.second_look
    if again is None or not law.compares_answers or not law.repeatable or any(case.certain for case in found):
        return False
    if again.moved:
        return True
    # A part that the budget of the second survey cut short refutes nothing.
    is_whole = not set(law.parts) & set(again.unreached_parts)
    return is_whole and verdict_of(law, again).status == "passed"


def _size_of_evidence(case: Finding) -> tuple[int, int]:
    """Return a sort key: the fewest requests come first, then the shortest."""
    return len(case.evidence), sum(len(str(exchange.query)) for exchange in case.evidence)
