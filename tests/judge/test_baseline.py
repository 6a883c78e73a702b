"""Baselines: what is known, what is mended, what is new, and every kind of broken file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from mockserver.errors import OptionError
from mockserver.judge.baseline import Baseline, Entry, load_baseline, save_baseline
from mockserver.judge.ci import CiOptions
from mockserver.judge.outcome import Outcome, ReportedFinding, RuleResult
from tests.support.outcomes import CLAIM, NASTY, finding, outcome

TODAY = date(2030, 1, 2)
IDS = ("list_things", "GET /shut")


def known(*entries: Entry) -> Baseline:
    return Baseline(entries, TODAY)


def entry(cause: str, law: str = "total", **more: object) -> Entry:
    return Entry("list_things", law, cause, **more)  # type: ignore[arg-type]


def run(verdict: str, *causes: str) -> Outcome:
    whole = outcome(RuleResult("total", CLAIM, verdict, findings=tuple(map(finding, causes))))
    return replace(whole, operations=(replace(whole.operations[0], answers=None),), min_coverage=None)


def marked(baseline: Baseline, found: ReportedFinding) -> tuple[bool, str]:
    made = baseline.mark(found)
    return made.known, made.until


def test_a_finding_is_known_by_operation_law_and_cause() -> None:
    baseline = known(entry("the total is wrong"))
    assert baseline.mark(finding(fact="other", got="99")).known
    assert not baseline.mark(finding(operation="list_others")).known
    assert not baseline.mark(finding(law="back")).known
    assert not baseline.mark(finding("another")).known


def test_more_parameters_are_the_same_cause_and_fewer_are_not() -> None:
    baseline = known(entry("wrong with colour"))
    assert baseline.mark(finding("wrong with colour, shape")).known
    assert not baseline.mark(finding("wrong")).known
    assert not baseline.mark(finding("wrong with shape")).known


@pytest.mark.parametrize(
    ("until", "is_known"), [(None, True), (date(2030, 1, 3), True), (TODAY, True), (date(2030, 1, 1), False)]
)
def test_a_finding_is_known_up_to_its_last_day(until: date | None, is_known: bool) -> None:
    baseline = known(entry("c", until=until))
    assert marked(baseline, finding("c")) == (is_known, until.isoformat() if until else "")


def test_an_outcome_with_known_findings_alone_is_green() -> None:
    red = run("failed", "a", "b")
    for entries, code in (([], 1), (["a"], 1), (["a", "b"], 0)):
        operations = tuple(map(known(*map(entry, entries)).marked, red.operations))
        assert replace(red, operations=operations).exit_code == code


@pytest.mark.parametrize(
    ("found", "mended"),
    [
        (run("passed"), ["a"]),
        (run("failed", "a"), []),
        (run("failed", "b"), ["a"]),
        (run("inconclusive"), []),
        (run("not understood"), []),
        (run("not applicable"), []),
    ],
    ids=["passed", "still there", "another cause", "inconclusive", "not understood", "not applicable"],
)
def test_only_what_was_judged_is_mended(found: Outcome, mended: list[str]) -> None:
    baseline = known(entry("a"))
    assert [e.cause for e in baseline.mended(found, IDS)] == mended


def test_what_was_left_out_is_not_mended_and_what_left_the_contract_is() -> None:
    baseline = known(entry("a", "back"), entry("crash", "not_a_server_error"), Entry("gone", "total", "a"))
    assert [e.operation for e in baseline.mended(run("passed"), IDS)] == ["gone"]


def test_an_update_adds_what_is_new_takes_out_what_is_mended_and_keeps_the_rest() -> None:
    kept = entry("a", until=TODAY, reason="ticket 1")
    other = entry("c", "back")
    updated = known(kept, entry("mended"), other).updated(run("failed", "a", "b"), IDS)
    assert set(updated.entries) == {kept, other, entry("b")}


def test_a_baseline_survives_a_file(tmp_path: Path) -> None:
    baseline = known(entry(NASTY.replace("\ud800", ""), until=TODAY, reason='"quoted" \\ and\nmore\x7f'), entry("b"))
    save_baseline(baseline, tmp_path / "new" / "b.toml")
    again = load_baseline(tmp_path / "new" / "b.toml", today=TODAY)
    assert set(again.entries) == set(baseline.entries)
    text = (tmp_path / "new" / "b.toml").read_text(encoding="utf-8")
    assert "\nuntil = 2030-01-02\n" in text


def test_a_file_is_the_same_however_the_findings_come(tmp_path: Path) -> None:
    for name, entries in (("1", [entry("a"), entry("b")]), ("2", [entry("b"), entry("a")])):
        save_baseline(known(*entries), tmp_path / name)
    assert (tmp_path / "1").read_text() == (tmp_path / "2").read_text()


FINDING = '[[finding]]\noperation = "o"\nlaw = "total"\ncause = "c"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[finding]", "is not TOML"),
        ("\x00", "is not TOML"),
        ("version = 2", "got version 2, expected 1"),
        ("findings = []", "unknown key 'findings'; did you mean 'finding'?"),
        ("finding = 3", "expected tables that begin with [[finding]]"),
        ("[finding]\nlaw = 'total'", "expected tables that begin with [[finding]]"),
        ('[[finding]]\noperation = "o"\nlaw = "total"', "finding 1: got cause = None, expected a text"),
        (f"{FINDING}expires = 2030-01-01", "finding 1: unknown key 'expires'"),
        (f'{FINDING}{FINDING}until = "soon"', "finding 2: got until = 'soon', expected a day such as 2030-12-31"),
        (f"{FINDING}until = 2030", "finding 1: got until = '2030', expected a day"),
        (f"{FINDING}until = 2030-01-01T00:00:00Z", "expected a day such as 2030-12-31"),
        (f"{FINDING}reason = 7", "finding 1: got reason = 7, expected a text"),
    ],
)
def test_a_broken_file_is_one_sentence_that_names_it(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "known.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(OptionError) as error:
        load_baseline(path, today=TODAY)
    assert said in error.value.message
    assert "known.toml" in error.value.message
    assert "\n" not in error.value.message


def test_a_day_may_be_a_text(tmp_path: Path) -> None:
    path = tmp_path / "known.toml"
    path.write_text(f'{FINDING}until = "2030-01-02"', encoding="utf-8")
    assert load_baseline(path, today=TODAY).entries[0].until == TODAY


def test_a_missing_file_is_empty_only_where_it_will_be_written(tmp_path: Path) -> None:
    path = tmp_path / "known.toml"
    assert load_baseline(path, today=TODAY, may_be_missing=True).entries == ()
    with pytest.raises(OptionError, match=r"there is no baseline .*known\.toml; write it with --update-baseline"):
        load_baseline(path, today=TODAY)
    with pytest.raises(OptionError, match="cannot read the baseline"):
        load_baseline(tmp_path, today=TODAY, may_be_missing=True)


def test_a_baseline_is_left_as_it_is_if_nothing_was_judged(tmp_path: Path) -> None:
    """A server that is down has mended nothing."""
    path = tmp_path / "known.toml"
    options = CiOptions(known(entry("a"), Entry("gone", "total", "a")), path, update_baseline=True)
    refused = replace(run("inconclusive").operations[0], reason="GET http://a.example: status 403")
    after = options.applied(Outcome("http://a.example", "c.yaml", (refused,)), IDS)
    assert not path.exists()
    assert after.mended == ()
    assert "was left as it is, because no list was judged" in after.notes[0]
