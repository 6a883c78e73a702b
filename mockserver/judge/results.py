"""Turns verdicts into what reports show: every cause of a failed law once, and requests without secrets."""

from __future__ import annotations

from collections.abc import Sequence

from mockserver.judge.causes import cause_of, distinct
from mockserver.judge.exchange import Exchange
from mockserver.judge.laws import Finding, Verdict
from mockserver.judge.laws.report import likely_cause
from mockserver.judge.outcome import FAILED, INCONCLUSIVE, Evidence, ReportedFinding, RuleResult
from mockserver.judge.survey import Survey

SHOWN_BODY = 4096
"""Bytes of an answer's body that a report shows."""


def law_results(verdicts: Sequence[Verdict], survey: Survey) -> tuple[RuleResult, ...]:
    """Return what came of each law on a survey, in the order of the verdicts."""
    return tuple(_result(verdict, survey) for verdict in verdicts)


def undecided(names: Sequence[str], claims: Sequence[str], reason: str) -> tuple[RuleResult, ...]:
    """Return the results of laws on a list that could not be judged, for that reason."""
    return tuple(RuleResult(n, c, INCONCLUSIVE, reason) for n, c in zip(names, claims, strict=True))


def evidence_of(exchange: Exchange) -> Evidence:
    """Return an exchange as a report shows it."""
    body = exchange.content[:SHOWN_BODY].decode("utf-8", "replace") or exchange.error
    return Evidence(
        exchange.method,
        exchange.url,
        exchange.status,
        exchange.curl,
        exchange.shown_request_headers,
        exchange.shown_response_headers,
        body,
    )


def _result(verdict: Verdict, survey: Survey) -> RuleResult:
    return RuleResult(
        verdict.law.name,
        verdict.law.claim,
        verdict.status,
        verdict.reason,
        verdict.notes,
        verdict.cases,
        verdict.requests,
        tuple(_reported(verdict, found, cause) for cause, found in _by_cause(verdict, survey).items()),
    )


def _by_cause(verdict: Verdict, survey: Survey) -> dict[str, Finding]:
    """Return the smallest finding of each cause of a failed law; that of the verdict comes first."""
    if verdict.status != FAILED or verdict.finding is None:
        return {}
    found = [case for case in verdict.law.examine(survey) if isinstance(case, Finding)]
    if verdict.law.compares_answers and survey.moved:
        found = [case for case in found if case.certain]
    smallest: dict[str, Finding] = {}
    for case in (verdict.finding, *sorted(found, key=lambda case: len(case.evidence))):
        smallest.setdefault(cause_of(verdict.law.name, case, survey.semantics), case)
    return {cause: smallest[cause] for cause in distinct(smallest)}


def _reported(verdict: Verdict, found: Finding, cause: str) -> ReportedFinding:
    return ReportedFinding(
        verdict.operation,
        verdict.law.name,
        cause,
        found.fact,
        found.got,
        found.expected,
        likely_cause(verdict),
        tuple(evidence_of(exchange) for exchange in found.evidence),
    )
