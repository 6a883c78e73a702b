"""The contract suite: single answers by Schemathesis, whole walks by the laws, against every target."""

from typing import Any

import pytest
import schemathesis

import mockserver.checks  # noqa: F401 - the hooks of `schemathesis.toml`, wherever the tests are started from
from mockserver.judge.laws import LAWS, judge_survey
from mockserver.judge.laws.report import report
from mockserver.judge.schemathesis.judging import survey_case
from mockserver.judge.schemathesis.lists import LISTS
from mockserver.judge.survey import Survey

pytestmark = pytest.mark.judge

schema = schemathesis.pytest.from_fixture("api_schema")


@schema.parametrize()
def test_answers_conform(case: Any) -> None:
    """Every answer to generated input, valid and not, is one that the contract promises."""
    case.call_and_validate()


@pytest.fixture(scope="session")
def surveys(api_schema: Any) -> dict[str, Survey]:
    """What was seen of each list operation of the contract, looked over once for all laws."""
    found = {}
    for result in api_schema.get_all_operations():
        operation = result.ok()
        semantics = LISTS.of(operation)
        if semantics is not None:
            found[operation.label] = survey_case(operation.Case(), semantics)
    assert found, "the contract has no list operation"
    return found


@pytest.mark.parametrize("name", LAWS)
def test_law(name: str, surveys: dict[str, Survey]) -> None:
    """The law holds for every list operation, or does not apply, and then it says why."""
    for survey in surveys.values():
        (verdict,) = judge_survey(survey, [name])
        assert verdict.status != "failed", report(verdict)
        if verdict.status != "passed":
            # Neither passed nor failed: shown as such, with its reason.
            pytest.skip(f"{verdict.status}: {verdict.reason}")
