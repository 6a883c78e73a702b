"""One cause fails one law; two causes fail two."""

from __future__ import annotations

import pytest

from mockserver.judge.laws import LAWS, Verdict, judge_survey
from mockserver.judge.survey import take_survey
from tests.reference_servers.faults import FAULTS
from tests.support.list_server import Answer, ListServer, semantics
from tests.support.targets import second_server
from tests.support.verdicts import verdicts

RECORDS = [
    {"id": f"r{n:02}", "colour": "red" if n % 3 else "blue", "shape": "disc" if n % 2 else "ring"} for n in range(30)
]


def judged(mutation: object) -> dict[str, Verdict]:
    survey = take_survey(ListServer(RECORDS, mutation=mutation), semantics())  # type: ignore[arg-type]
    return {verdict.law.name: verdict for verdict in judge_survey(survey)}


def failed(found: dict[str, Verdict]) -> list[str]:
    return [name for name, verdict in found.items() if verdict.status == "failed"]


@pytest.mark.parametrize(
    ("fault", "law", "explained"),
    [
        ("chain-filter-ignored", "filter-sound", {"filter-unknown", "total", "offset-slice"}),
        ("before-drops-filters", "filter-sound", {"back"}),
        ("like-wildcards", "filter-unknown", set()),
        ("wallet-filter-evm-only", "filter-complete", {"total", "back"}),
        ("offset-past-end-crashes", "no-crash", {"offset-slice"}),
    ],
)
def test_one_cause_fails_one_law_and_the_others_point_to_it(fault: str, law: str, explained: set[str]) -> None:
    assert law in FAULTS[fault].laws
    with second_server(fault=fault) as target:
        found = verdicts(target)
    assert failed(found) == [law]
    pointing = {name: v for name, v in found.items() if f"see the law {law}" in v.reason}
    assert set(pointing) >= explained
    for verdict in pointing.values():
        assert verdict.status == "inconclusive"
        assert verdict.finding is None
        assert verdict.reason.startswith("seen: ")


def test_a_second_cause_is_not_hidden_by_the_first() -> None:
    """The total is wrong with filters and without; the filter explains only the first."""

    def both(answer: Answer) -> None:
        answer.total += 1
        if "colour" in answer.values:
            answer.matching = list(answer.server.records)

    found = judged(both)
    assert {"total", "filter-sound"} <= set(failed(found))


def test_a_law_that_is_judged_alone_is_not_explained_away() -> None:
    with second_server(fault="chain-filter-ignored") as target:
        alone = verdicts(target, "total")
    assert alone["total"].status == "failed"
    assert set(LAWS) >= set(alone)
