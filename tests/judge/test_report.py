"""Verdicts as people read them."""

from __future__ import annotations

import pytest

from mockserver.judge.exchange import Exchange
from mockserver.judge.laws import LAWS, Finding, Verdict
from mockserver.judge.laws.report import likely_cause, report, summary

SENT = Exchange((("limit", "2"),), 200, url="http://a.example/things?limit=2", caller_headers={"X-API-Key": "$KEY"})
FOUND = Finding("a page holds more than was asked for", "3 records", "at most 2", (SENT, SENT))


def failed(law: str, *faults: str) -> Verdict:
    sent = Exchange((), 200, url="http://a.example/things", faults=faults)
    return Verdict(LAWS[law], "failed", FOUND.fact, Finding("f", "g", "e", (sent,)))


def test_a_failed_law_says_what_to_look_at_and_how_to_see_it_again() -> None:
    verdict = Verdict(LAWS["page-size"], "failed", FOUND.fact, FOUND, notes=("cursors work once",))
    assert report(verdict).splitlines() == [
        "Law:      a page has at most as many records as were asked for",
        "Got:      3 records",
        "Expected: at most 2",
        "Reproduce with:",
        "    curl -s -H \"X-API-Key: $KEY\" 'http://a.example/things?limit=2'",
        "    curl -s -H \"X-API-Key: $KEY\" 'http://a.example/things?limit=2'",
        "Likely cause: the server",
        "Note:     cursors work once",
    ]


def test_any_other_verdict_is_one_line() -> None:
    law = LAWS["back"]
    assert report(Verdict(law, "passed")) == f"{law.claim}: passed"
    assert report(Verdict(law, "inconclusive", "too little data to tell")) == (
        f"{law.claim}: inconclusive (too little data to tell)"
    )


@pytest.mark.parametrize(
    ("verdict", "cause"),
    [
        (failed("back"), "the server"),
        (failed("record"), "the test data"),
        (failed("record", "'total' is a required property"), "the server, or the contract if it describes the answer"),
        (failed("total"), "the server, or the contract if the total is an estimate"),
    ],
    ids=["any law", "a record that fits the contract", "a record that does not", "a total"],
)
def test_the_likely_cause_is_the_server_the_contract_or_the_test_data(verdict: Verdict, cause: str) -> None:
    assert likely_cause(verdict).startswith(cause)


def test_a_summary_counts_all_and_names_the_undecided() -> None:
    verdicts = (
        Verdict(LAWS["total"], "passed", notes=("a note",)),
        Verdict(LAWS["back"], "passed"),
        failed("record"),
        Verdict(LAWS["key"], "not applicable", "the operation has no key"),
    )
    assert summary("GET /things", verdicts).splitlines() == [
        "Laws of GET /things: 2 passed, 1 failed, 1 not applicable",
        "  key: not applicable: the operation has no key",
        "  total: note: a note",
    ]
