"""The exit code, and the verdict on an operation, by what came of its rules."""

from __future__ import annotations

import pytest

from mockserver.judge.coverage import Coverage, Item
from mockserver.judge.outcome import OperationOutcome, Outcome, ReportedFinding, RuleResult

HALF = Coverage((Item("law", "GET /x", "total", True), Item("law", "GET /x", "back", False, "no cursor")))


def result(verdict: str, *, known: bool = False) -> RuleResult:
    found = (ReportedFinding("op", "total", "cause", "fact", known=known),) if verdict == "failed" else ()
    return RuleResult("total", "a claim", verdict, findings=found)


def operation(*verdicts: str, reason: str = "", known: bool = False, answers: str | None = None) -> OperationOutcome:
    laws = tuple(result(verdict, known=known) for verdict in verdicts)
    single = result(answers) if answers is not None else None
    return OperationOutcome("op", "GET", "/x", is_list=True, laws=laws, reason=reason, answers=single)


@pytest.mark.parametrize(
    ("found", "status"),
    [
        (operation("passed", "inconclusive", "not applicable"), "passed"),
        (operation("passed", "failed", "not understood"), "failed"),
        (operation("passed", "failed", known=True), "known"),
        (operation("passed", "not understood"), "not understood"),
        (operation("inconclusive", "not applicable"), "inconclusive"),
        (operation("inconclusive", reason="refused"), "not judged"),
        (operation("inconclusive", reason="refused", answers="failed"), "failed"),
        (operation("passed", answers="failed"), "failed"),
    ],
)
def test_an_operation_has_the_worst_verdict_of_its_rules(found: OperationOutcome, status: str) -> None:
    assert found.status == status


@pytest.mark.parametrize(
    ("operations", "fail_on", "code"),
    [
        ([operation("passed")], (), 0),
        ([operation("passed", "failed")], (), 1),
        ([operation("passed", "failed", known=True)], (), 0),
        ([operation("passed", answers="failed")], (), 1),
        ([operation("inconclusive", reason="refused")], (), 2),
        ([operation("inconclusive", reason="refused", answers="failed")], (), 1),
        ([operation("inconclusive", reason="refused"), operation("passed")], (), 0),
        ([operation("inconclusive", reason="refused"), operation("passed")], ("inconclusive",), 2),
        ([operation("passed", "inconclusive")], ("inconclusive",), 2),
        ([operation("passed", "inconclusive")], ("not-understood",), 0),
        ([operation("passed", "not understood")], ("not-understood",), 2),
        ([operation("failed", "not understood")], ("not-understood",), 1),
        ([], (), 2),
    ],
)
def test_the_exit_code(operations: list[OperationOutcome], fail_on: tuple[str, ...], code: int) -> None:
    assert Outcome("http://a.example", "c.yaml", tuple(operations), fail_on=fail_on).exit_code == code


def test_a_demanded_coverage_that_is_missed_is_1() -> None:
    assert Outcome("http://a.example", "c.yaml", (operation("passed"),), coverage=HALF, min_coverage=60).exit_code == 1
