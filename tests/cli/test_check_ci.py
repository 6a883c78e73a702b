"""`mockserver check` in CI: baseline, coverage, set-up, profiles for operations, and reports, as a user types them."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.support.checking import check, rows, summary
from tests.support.list_app import FEW, application, contract, off_by_one, serving
from tests.support.list_server import ListServer

QUICK = ("--laws-only", "--law", "total", "--law", "page-size", "--budget", "80")
Run = Callable[..., tuple[int, str, str]]


def wrong() -> ListServer:
    return ListServer(FEW, mutation=off_by_one)


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Run]:
    """Check a right list and a wrong one; ``served`` replaces them."""

    def run(*args: str, served: dict[str, object] | None = None) -> tuple[int, str, str]:
        lists = served or {"/things": FEW, "/wrong": wrong()}
        path = contract(tmp_path / "contract.yaml", *lists)
        with serving(application(lists)) as base_url:  # type: ignore[arg-type]
            return check(base_url, "--contract", str(path), *QUICK, *args)

    return run


def findings(path: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = tomllib.loads(path.read_text(encoding="utf-8")).get("finding", [])
    return found


# Baseline -------------------------------------------------------------------------------------------------------------


def test_the_first_day_is_green_and_what_is_new_the_day_after_is_red(runs: Run, tmp_path: Path) -> None:
    path = tmp_path / "known.toml"
    baseline = ("--baseline", str(path))
    assert runs()[0] == 1
    code, out, _ = runs(*baseline, "--update-baseline")
    assert code == 0
    assert f"Note: the baseline {path} has 1 findings: 1 added, 0 taken out" in out
    assert [(f["operation"], f["law"]) for f in findings(path)] == [("list_wrong", "total")]

    code, out, _ = runs(*baseline)
    assert code == 0
    assert "  total            known " in out
    assert "Baseline: total: the total is not the number of records: known" in out
    assert summary(out)["GET /wrong"][:2] == ["known", "1 known, 1 passed"]

    code, out, _ = runs(*baseline, served={"/things": wrong(), "/wrong": wrong()})
    assert code == 1
    assert summary(out)["GET /things"][0] == "failed"
    assert summary(out)["GET /wrong"][0] == "known"


@pytest.mark.parametrize("seed", ["0", "7"])
def test_other_data_another_port_and_another_seed_are_the_same_finding(runs: Run, tmp_path: Path, seed: str) -> None:
    path = tmp_path / "known.toml"
    runs("--baseline", str(path), "--update-baseline")
    others = [{"id": f"x{n}", "colour": "green" if n % 2 else "grey", "shape": "ring"} for n in range(31)]
    served = {"/things": others, "/wrong": ListServer(others, mutation=off_by_one)}
    assert runs("--baseline", str(path), "--seed", seed, served=served)[0] == 0


def test_what_is_mended_is_told_and_taken_out_by_an_update(runs: Run, tmp_path: Path) -> None:
    path = tmp_path / "known.toml"
    runs("--baseline", str(path), "--update-baseline")
    mended = {"/things": FEW, "/wrong": FEW}
    code, out, _ = runs("--baseline", str(path), served=mended)
    assert code == 0
    assert "Mended: list_wrong: total: the total is not the number of records" in out
    assert len(findings(path)) == 1
    runs("--baseline", str(path), "--update-baseline", served=mended)
    assert findings(path) == []


def test_a_day_that_has_passed_fails_and_an_update_keeps_day_and_reason(runs: Run, tmp_path: Path) -> None:
    path = tmp_path / "known.toml"
    runs("--baseline", str(path), "--update-baseline")
    dated = path.read_text() + 'until = 2020-01-31\nreason = "ticket 1"\n'
    path.write_text(dated)
    code, out, _ = runs("--baseline", str(path))
    assert code == 1
    assert "was known until 2020-01-31, which has passed: ticket 1" in out
    assert runs("--baseline", str(path), "--update-baseline")[0] == 1
    assert [(f["until"], f["reason"]) for f in findings(path)] == [(date(2020, 1, 31), "ticket 1")]
    path.write_text(dated.replace("2020-01-31", "2999-12-31"))
    code, out, _ = runs("--baseline", str(path))
    assert code == 0
    assert "known until 2999-12-31: ticket 1" in out


def test_what_a_run_leaves_out_stays_in_the_baseline(runs: Run, tmp_path: Path) -> None:
    path = tmp_path / "known.toml"
    runs("--baseline", str(path), "--update-baseline")
    code, out, _ = runs("--baseline", str(path), "--update-baseline", "--operation", "list_things")
    assert code == 0
    assert "Mended" not in out
    assert len(findings(path)) == 1


# Coverage -------------------------------------------------------------------------------------------------------------


def test_the_coverage_is_shown_and_can_be_demanded(runs: Run) -> None:
    served = {"/things": FEW}
    code, out, _ = runs(served=served)
    found = re.search(
        r"^Coverage of the contract: (\d+\.\d) % \(operations 1 of 1, parameters 6 of 6", out, re.MULTILINE
    )
    assert code == 0
    assert found is not None, out
    percent = float(found[1])
    assert re.search(r"^  not exercised: GET /things: law no-repeat, .*: left out by --law$", out, re.MULTILINE)
    assert runs("--min-coverage", f"{percent - 1}%", served=served)[0] == 0
    code, out, _ = runs("--min-coverage", str(percent + 1), served=served)
    assert code == 1
    assert f"{percent:.1f} %, expected {percent + 1:g} % (" in out


def test_an_operation_that_is_left_out_is_not_exercised(runs: Run) -> None:
    out = runs("--operation", "list_things")[1]
    assert "(operations 1 of 2, " in out
    left_out = r"^  not exercised: GET /wrong: operation list_wrong, .*: left out by --operation$"
    assert re.search(left_out, out, re.MULTILINE)


# Set-up ---------------------------------------------------------------------------------------------------------------


def test_commands_run_around_the_run_and_nothing_of_them_is_in_the_output(runs: Run, tmp_path: Path) -> None:
    log = tmp_path / "log"
    before, after = f"echo seeded | tee -a {log}", f"echo cleaned | tee -a {log}"
    code, out, _ = runs("--before", before, "--after", after)
    assert code == 1
    assert log.read_text().split() == ["seeded", "cleaned"]
    assert "seeded" not in out
    assert list(summary(out)) == ["GET /things", "GET /wrong"]


def test_a_command_before_that_fails_is_2(runs: Run, tmp_path: Path) -> None:
    code, out, err = runs("--before", "exit 5", "--after", f"touch {tmp_path / 'cleaned'}")
    assert (code, out) == (2, "")
    assert err == "mockserver: the command before the run ended with status 5: exit 5\n"
    assert (tmp_path / "cleaned").exists()


# Profiles -------------------------------------------------------------------------------------------------------------


def test_a_section_of_a_profile_holds_for_its_operations_alone(runs: Run, tmp_path: Path) -> None:
    path = tmp_path / "profile.toml"
    for name, code in (("list_w*", 0), ("GET /wrong", 0), ("list_things", 1)):
        path.write_text(f'[operations."{name}"]\ntotal = "estimate"', encoding="utf-8")
        assert runs("--profile", str(path))[0] == code, name


def test_learn_writes_a_section_for_the_list_that_needs_one(runs: Run, tmp_path: Path) -> None:
    code, out, _ = runs("--learn")
    assert code == 0
    assert tomllib.loads(out) == {"operations": {"list_wrong": {"total": "estimate"}}}
    path = tmp_path / "profile.toml"
    path.write_text(out, encoding="utf-8")
    assert runs("--profile", str(path))[0] == 0


# Reports --------------------------------------------------------------------------------------------------------------


def test_every_report_tells_the_same(runs: Run, tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    names = "junit,markdown,sarif,json,html"
    code, out, _ = runs("--report", names, "--report-dir", str(folder))
    assert code == 1
    assert sorted(path.name for path in folder.iterdir()) == [
        *("html-report.html", "json-report.json", "junit-report.xml", "markdown-report.md", "sarif-report.sarif"),
    ]
    assert f"Reports: {folder / 'junit-report.xml'}, " in out
    assert rows(out)["page-size"] == "passed"
    junit = ElementTree.fromstring((folder / "junit-report.xml").read_text(encoding="utf-8"))
    assert [suite.attrib["name"] for suite in junit] == ["GET /things", "GET /wrong"]
    assert junit.attrib["failures"] == "1"
    (result,) = json.loads((folder / "sarif-report.sarif").read_text())["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"].endswith("/contract.yaml")
    line = (tmp_path / "contract.yaml").read_text().splitlines()[place["region"]["startLine"] - 1]
    assert line.strip() in ("get:", "/wrong:")
    report = json.loads((folder / "json-report.json").read_text())
    assert report["exit_code"] == 1
    assert report["operations"][1]["laws"][1]["findings"][0]["evidence"][0]["url"].startswith("http://127.0.0.1:")
    assert "total: the total is not the number of records" in (folder / "markdown-report.md").read_text()
    assert "total: the total is not the number of records" in (folder / "html-report.html").read_text()


def test_the_summary_is_the_last_thing_with_everything(runs: Run, tmp_path: Path) -> None:
    reports = ("--report", "junit", "--report-dir", str(tmp_path / "r"))
    out = runs(*reports, "--baseline", str(tmp_path / "b.toml"), "--update-baseline")[1]
    assert len(summary(out)) == 2


# Bad input ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--update-baseline",), "got --update-baseline without --baseline"),
        (("--baseline", "nowhere.toml"), "there is no baseline nowhere.toml; write it with --update-baseline"),
        (("--baseline", "."), "cannot read the baseline ."),
        (("--baseline", "README.md"), "the baseline README.md is not TOML"),
        (("--min-coverage", "120"), "got --min-coverage 120, expected a percentage from 0 to 100"),
        (("--min-coverage", "-1"), "expected a percentage from 0 to 100"),
        (("--min-coverage", "nan"), "expected a percentage from 0 to 100"),
        (("--min-coverage", "most"), "got --min-coverage most, expected a percentage from 0 to 100"),
        (("--wait", "0"), "got --wait 0, expected a number of seconds above 0"),
        (("--report", "xml"), "unknown report 'xml'; "),
        (("--report", "junit,,htm"), "unknown report 'htm'; did you mean 'html'?"),
        (("--report", "junit", "--report-dir", "README.md"), "cannot write reports to README.md"),
        (("--report", "junit", "--report-dir", "/proc/none"), "cannot write reports to /proc/none"),
        (("--operation", ""), "unknown list operation ''"),
    ],
)
def test_a_mistake_is_one_sentence(args: tuple[str, ...], said: str) -> None:
    code, out, err = check("http://127.0.0.1:1", *args)
    assert (code, out) == (2, "")
    assert said in err
    assert err.strip().count("\n") <= 3


def test_what_a_server_sends_cannot_command_the_terminal(tmp_path: Path) -> None:
    records = [{**record, "colour": "\x1b[2Jred"} for record in FEW]
    lists = {"/things": ListServer(records, mutation=off_by_one)}
    path = contract(tmp_path / "contract.yaml", *lists)
    with serving(application(lists)) as base_url:
        code, out, err = check(base_url, "--contract", str(path), "--laws-only", "--budget", "60")
    assert code == 1
    assert "\x1b" not in out + err


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("http://u:p@127.0.0.1:1",), "the base URL has a user; give --basic USER:PASSWORD instead"),
        (("http://127.0.0.1:1?a=b",), "it has a query or a fragment; give --param NAME=VALUE instead"),
        (("api.example.com/v1",), "did you mean https://api.example.com/v1?"),
        (("127.0.0.1:80",), "did you mean http://127.0.0.1:80?"),
        (("./app.py",), "an application is named by its module: package.module:app"),
        (("no_such_app.py:app",), "did you mean no_such_app:app?"),
        (("http://127.0.0.1:1", "--contract", ""), "got an empty --contract"),
        (("http://127.0.0.1:1", "--contract", "ftp://a/b.yaml"), "got --contract ftp://a/b.yaml, expected a file, an"),
        (("http://127.0.0.1:1", "--contract", "/proc/none.yaml"), "/proc/none.yaml: cannot read the contract: No such"),
        (("http://127.0.0.1:1", "--bearer", ""), "got an empty --bearer"),
        (("http://127.0.0.1:1", "--bearer", "a\nb"), "--bearer has characters that are not printable"),
        (
            ("http://127.0.0.1:1", "--oauth-client-id", "a", "--oauth-client-secret", "b", "--oauth-token-url", "x y"),
            "URL",
        ),
        (
            ("http://127.0.0.1:1", "--baseline", "/proc/x.toml", "--update-baseline"),
            "cannot write the baseline /proc/x",
        ),
    ],
)
def test_a_careless_command_is_one_sentence_before_anything_is_asked(args: tuple[str, ...], said: str) -> None:
    code, out, err = check(*args)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://127.0.0.1:1", "the connection failed: it is refused, nobody listens there"),
        ("http://no-such-host.invalid", "the connection failed: the host is unknown"),
    ],
)
def test_why_there_is_no_answer_is_said_with_the_url(tmp_path: Path, url: str, said: str) -> None:
    path = contract(tmp_path / "contract.yaml", "/things")
    code, _, err = check(url, "--contract", str(path), *QUICK)
    assert (code, err) == (2, f"mockserver: GET {url}/things: no answer: {said}\n")


def test_a_token_that_is_refused_is_told_from_one_that_is_missing(tmp_path: Path) -> None:
    path = contract(tmp_path / "contract.yaml", "/things")
    with serving(application({"/things": FEW}, lambda: ({"detail": "expired"}, 401))) as base_url:
        wrong = check(base_url, "--contract", str(path), *QUICK, "--bearer", "sesame-1")[2]
        none = check(base_url, "--contract", str(path), *QUICK)[2]
    assert 'status 401: what proves who is calling is refused: Authorization; the answer: {"detail":"expired"}' in wrong
    assert "status 401: give a key with -H" in none
    assert "sesame-1" not in wrong
