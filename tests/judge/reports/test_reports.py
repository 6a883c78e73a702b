"""Every report of a run: complete, safe whatever the text, and of the form that its readers want."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import jsonschema_rs
import pytest

import mockserver.judge.reports
from mockserver.errors import OptionError
from mockserver.judge.outcome import FAILED, NOT_UNDERSTOOD, OperationOutcome, Outcome, RuleResult
from mockserver.judge.reports.as_json import VERSION, as_json, report
from mockserver.judge.reports.html import html
from mockserver.judge.reports.junit import junit
from mockserver.judge.reports.markdown import SHOWN, markdown
from mockserver.judge.reports.sarif import sarif
from mockserver.judge.reports.text import clean
from mockserver.judge.reports.writing import OWN_REPORTS, prepare, write_reports
from tests.support.markup import read_html
from tests.support.outcomes import CLAIM, NASTY, URL, finding, outcome

SCHEMA = json.loads((Path(mockserver.judge.reports.__file__).parent / "report.schema.json").read_text("utf-8"))


@pytest.mark.parametrize("name", OWN_REPORTS)
def test_no_report_holds_characters_that_xml_cannot_or_that_terminals_obey(name: str) -> None:
    text = OWN_REPORTS[name][1](outcome())
    assert "\x00" not in text
    assert "\x1b" not in text
    text.encode("utf-8")


@pytest.mark.parametrize("name", OWN_REPORTS)
def test_a_run_in_which_nothing_could_be_asked_has_every_report(name: str) -> None:
    assert OWN_REPORTS[name][1](Outcome("http://a.example", "api.yaml"))


# JUnit ----------------------------------------------------------------------------------------------------------------


def suites() -> dict[str, ElementTree.Element]:
    return {suite.attrib["name"]: suite for suite in ElementTree.fromstring(junit(outcome()))}


def cases(suite: ElementTree.Element) -> dict[str, ElementTree.Element]:
    return {case.attrib["name"]: case for case in suite.findall("testcase")}


def test_junit_has_a_suite_for_each_operation_and_a_case_for_each_law() -> None:
    found = suites()
    assert list(found) == ["GET /things", "GET /shut", "coverage of the contract"]
    assert list(cases(found["GET /things"])) == [
        *("total", "back", "replay", "limits", "key", "record", "single answers"),
    ]
    counted = {name: found["GET /things"].attrib[name] for name in ("tests", "failures", "skipped", "errors")}
    assert counted == {"tests": "7", "failures": "2", "skipped": "4", "errors": "0"}
    root = ElementTree.fromstring(junit(outcome()))
    assert (root.attrib["tests"], root.attrib["failures"]) == ("9", "3")


def test_junit_shows_the_evidence_of_a_failure_and_not_what_is_known() -> None:
    (failure,) = cases(suites()["GET /things"])["total"].findall("failure")
    assert failure.attrib["type"] == "total"
    assert failure.text is not None
    assert "Claim:    " + CLAIM in failure.text
    assert f"curl -s '{URL}'" in failure.text
    assert f"Asked:    GET {URL} (no answer)" in failure.text
    assert "Cause:    another" not in failure.text
    assert "<script>" in failure.text


@pytest.mark.parametrize(
    ("law", "message"),
    [
        ("back", "known until 2030-01-02"),
        ("replay", "inconclusive: moved"),
        ("limits", "not understood: no way to page two"),
        ("key", "not applicable: no key"),
    ],
)
def test_junit_skips_a_law_without_a_verdict_and_says_why(law: str, message: str) -> None:
    (skipped,) = cases(suites()["GET /things"])[law].findall("skipped")
    assert message in skipped.attrib["message"]


def test_junit_has_an_error_only_if_no_list_was_judged() -> None:
    whole = outcome()
    shut = replace(whole, operations=whole.operations[1:])
    assert ElementTree.fromstring(junit(whole)).attrib["errors"] == "0"
    root = ElementTree.fromstring(junit(shut))
    assert root.attrib["errors"] == "1"
    (error,) = root.iter("error")
    assert "status 403" in error.attrib["message"]


def test_junit_has_a_case_for_a_demanded_coverage_only() -> None:
    assert "coverage of the contract" not in junit(outcome(min_coverage=None))
    (failure,) = cases(suites()["coverage of the contract"])["coverage"].findall("failure")
    assert failure.attrib["message"] == "got 33.3 %, expected 80 %"
    assert "GET /things: value colour=" in str(failure.text)


# Markdown -------------------------------------------------------------------------------------------------------------


def test_markdown_has_a_table_whose_cells_cannot_be_broken() -> None:
    named = replace(outcome().operations[0], path="/a|b<c>`d`")
    text = markdown(replace(outcome(), operations=(named,)))
    lines = text.rstrip().rpartition("### Summary\n\n")[2].splitlines()
    assert {line.count("|") for line in lines} == {7}
    assert "/a&#124;b&#60;c&#62;&#96;d&#96;" in lines[2]


def test_markdown_shows_no_html_but_its_own() -> None:
    outside = re.sub(r"^(`{3,})text\n.*?^\1$", "", markdown(outcome()), flags=re.MULTILINE | re.DOTALL)
    assert set(re.findall(r"</?(\w+)", outside)) == {"code", "details", "summary"}
    assert "](http" not in outside


def test_markdown_is_bounded() -> None:
    many = tuple(finding(f"cause {number}") for number in range(SHOWN + 7))
    text = markdown(outcome(RuleResult("total", CLAIM, FAILED, findings=many)))
    assert text.count("<details><summary>list") == SHOWN
    assert "And 8 more" in text
    assert len(text) < 2**19


# SARIF ----------------------------------------------------------------------------------------------------------------


def test_sarif_has_every_finding_at_the_line_of_its_operation() -> None:
    document = json.loads(sarif(outcome()))
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == ["total", "back", "not_a_server_error"]
    assert [rules[result["ruleIndex"]] for result in run["results"]] == ["total", "total", "back", "not_a_server_error"]
    for result in run["results"]:
        (location,) = result["locations"]
        place = location["physicalLocation"]
        assert place["artifactLocation"] == {"uri": "api.yaml", "uriBaseId": "%SRCROOT%"}
        assert place["region"] == {"startLine": 12}


def test_sarif_has_what_the_schema_2_1_0_requires() -> None:
    """Written down from the schema: what each object must have, and the values that a property may have."""
    log = json.loads(sarif(outcome()))
    assert (log["version"], log["$schema"].endswith("sarif-2.1.0.json")) == ("2.1.0", True)
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] and len({rule["id"] for rule in driver["rules"]}) == len(driver["rules"])
    assert all(rule["shortDescription"]["text"] for rule in driver["rules"])
    assert run["columnKind"] in ("utf16CodeUnits", "unicodeCodePoints")
    assert all(isinstance(invocation["executionSuccessful"], bool) for invocation in run["invocations"])
    assert run["results"]
    for result in run["results"]:
        assert result["message"]["text"]
        assert result["level"] in ("none", "note", "warning", "error")
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        for location in result["locations"]:
            place = location["physicalLocation"]
            assert place["artifactLocation"]["uri"]
            assert place["artifactLocation"].get("uriBaseId") in (None, *run["originalUriBaseIds"])
            assert place["region"]["startLine"] >= 1
        assert all(found["kind"] in ("inSource", "external") for found in result.get("suppressions", []))
        assert all(isinstance(value, str) for value in result["partialFingerprints"].values())


def test_sarif_suppresses_what_is_known() -> None:
    results = json.loads(sarif(outcome()))["runs"][0]["results"]
    assert [(r["level"], "suppressions" in r) for r in results] == [
        ("error", False), ("note", True), ("note", True), ("error", False),
    ]  # fmt: skip


def test_sarif_fingerprints_are_those_of_the_cause_not_of_the_data() -> None:
    def prints(*found: str) -> list[str]:
        law = RuleResult("total", CLAIM, FAILED, findings=tuple(finding("c", got=text) for text in found))
        return [r["partialFingerprints"]["cause/v1"] for r in json.loads(sarif(outcome(law)))["runs"][0]["results"]]

    assert prints("1", "2")[0] == prints("1", "2")[1]
    assert len(set(prints("1"))) == 2, "the crash has another one"


def test_sarif_names_files_outside_the_folder_and_urls_in_full(tmp_path: Path) -> None:
    def place(source: str) -> dict[str, str]:
        named = replace(outcome().operations[0], source=source, line=None)
        result = json.loads(sarif(replace(outcome(), operations=(named,))))["runs"][0]["results"][0]
        found: dict[str, str] = result["locations"][0]["physicalLocation"]["artifactLocation"]
        return found

    assert place("https://a.example/api.yaml") == {"uri": "https://a.example/api.yaml"}
    assert place(str(tmp_path / "a b.yaml")) == {"uri": (tmp_path / "a b.yaml").as_uri()}
    assert place("sub/a b.yaml")["uri"] == "sub/a%20b.yaml"


# JSON -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("run", [outcome(), Outcome("http://a.example", "c.yaml")], ids=["full", "empty"])
def test_json_is_as_its_schema_says(run: Outcome) -> None:
    jsonschema_rs.validate(SCHEMA, json.loads(as_json(run)))
    assert json.loads(as_json(run))["version"] == VERSION


def test_every_field_of_the_json_is_in_its_schema() -> None:
    """A field that nobody documents is a mistake."""
    closed = json.loads(json.dumps(SCHEMA).replace('"required"', '"additionalProperties": false, "required"'))
    jsonschema_rs.validate(closed, json.loads(as_json(outcome())))


def test_json_tells_exit_code_verdicts_and_coverage() -> None:
    told = report(outcome())
    assert told["exit_code"] == 1
    verdicts = {law["law"]: law["verdict"] for law in told["operations"][0]["laws"]}
    assert verdicts["back"] == "known"
    assert verdicts["limits"] == NOT_UNDERSTOOD
    assert told["coverage"]["percent"] == 33.33
    assert told["coverage"]["kinds"]["law"] == {"exercised": 0, "count": 1}


# HTML -----------------------------------------------------------------------------------------------------------------


def test_html_is_one_file_that_asks_for_nothing() -> None:
    text = html(outcome())
    assert not re.search(r'(?:src|href|action)="(?!#|data:)', text)
    assert "url(" not in text
    assert "@import" not in text
    assert "<script" not in text
    assert "default-src 'none'" in text


def test_html_escapes_what_the_server_sent() -> None:
    text = html(outcome())
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_html_is_well_formed_and_has_the_laws_on_top() -> None:
    text = html(outcome())
    read_html(text)
    assert text.index("Laws of GET /things") < text.index("Findings of GET /things") < text.index('id="coverage"')
    operation = OperationOutcome("list", "GET", "/x")
    assert "Operations" not in html(Outcome("http://a.example", "c.yaml", (operation,)))


# Files ----------------------------------------------------------------------------------------------------------------


def test_reports_are_written_under_names_that_stay(tmp_path: Path) -> None:
    written = write_reports(outcome(), ["sarif", "har", "junit", "junit"], tmp_path / "new" / "folder")
    assert [path.name for path in written] == ["sarif-report.sarif", "junit-report.xml"]
    assert all(path.stat().st_size for path in written)


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for attempt in (lambda: prepare(tmp_path / "file"), lambda: write_reports(outcome(), ["html"], tmp_path / "file")):
        with pytest.raises(OptionError, match="cannot write"):
            attempt()


def test_text_is_cleaned_but_kept() -> None:
    assert clean("a\tb\n\N{SNOWMAN}\N{GRINNING FACE}") == "a\tb\n\N{SNOWMAN}\N{GRINNING FACE}"
    assert clean("\x00\x7f\ud800\uffff") == "\N{REPLACEMENT CHARACTER}" * 4
    assert "\x1b" in NASTY
