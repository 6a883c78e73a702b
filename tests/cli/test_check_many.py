"""`mockserver check` on a contract with many lists: exit codes, a verdict for each operation, the table at the end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import jsonify, request

from tests.support.checking import check, check_in_a_process, rows, summary
from tests.support.list_app import FEW, application, contract, off_by_one, serving
from tests.support.list_server import ListServer

QUICK = ("--laws-only", "--law", "total", "--budget", "80")


def judged(tmp_path: Path, served: dict[str, Any], *args: str, refuse: Any = None) -> tuple[int, str, str]:
    path = contract(tmp_path / "contract.yaml", *served)
    with serving(application(served, refuse)) as base_url:
        return check(base_url, "--contract", str(path), *args)


def refusing(path: str, status: int, body: Any) -> Any:
    """Refuse what is asked of one path."""
    return lambda: (jsonify(body), status) if request.path == path else None


def test_one_list_that_cannot_be_judged_does_not_keep_the_others_from_it(tmp_path: Path) -> None:
    code, out, err = judged(
        tmp_path, {"/shut": FEW, "/things": FEW}, *QUICK, refuse=refusing("/shut", 403, {"detail": "no"})
    )
    assert (code, err) == (0, "")
    table = summary(out)
    assert table["GET /shut"][:2] == ["not judged", "-"]
    assert "/shut: status 403" in table["GET /shut"][-1]
    assert table["GET /things"][:2] == ["passed", "1 passed"]


def test_a_law_that_fails_on_one_list_is_1_whatever_the_others_do(tmp_path: Path) -> None:
    wrong = ListServer(FEW, mutation=off_by_one)
    served = {"/shut": FEW, "/wrong": wrong, "/things": FEW}
    code, out, _ = judged(tmp_path, served, *QUICK, refuse=refusing("/shut", 403, {}))
    assert code == 1
    assert summary(out)["GET /wrong"][::4] == ["failed", "total"]


def test_no_list_judged_at_all_is_2_and_said_on_stderr(tmp_path: Path) -> None:
    code, out, err = judged(tmp_path, {"/things": [], "/others": []}, *QUICK)
    assert code == 2
    assert "GET /things" in summary(out)
    assert err.startswith("mockserver: GET http://127.0.0.1:")
    assert "/things?limit=20: the list shows no records" in err
    assert err.endswith("(and 1 more lists)\n")


@pytest.mark.parametrize(
    ("fail_on", "code"), [((), 0), (("--fail-on", "not-understood"), 0), (("--fail-on", "inconclusive"), 2)]
)
def test_undecided_verdicts_are_an_error_where_that_is_asked_for(
    tmp_path: Path, fail_on: tuple[str, ...], code: int
) -> None:
    """The law of error bodies saw no documented refusal of a body."""
    options = ("--laws-only", "--law", "error-shape", "--law", "total", "--budget", "30")
    assert judged(tmp_path, {"/things": FEW[:2]}, *options, *fail_on)[0] == code


def test_a_list_that_was_not_judged_counts_as_inconclusive(tmp_path: Path) -> None:
    served = {"/shut": FEW, "/things": FEW}
    options = (*QUICK, "--fail-on", "inconclusive")
    assert judged(tmp_path, served, *options, refuse=refusing("/shut", 403, {}))[0] == 2


def test_an_unknown_verdict_to_fail_on_is_one_sentence(tmp_path: Path) -> None:
    code, _, err = judged(tmp_path, {"/things": FEW}, "--fail-on", "inconclusiv")
    assert code == 2
    assert err == (
        "mockserver: unknown verdict 'inconclusiv'; did you mean 'inconclusive'? "
        "available: inconclusive, not-understood\n"
    )


def test_a_refused_first_page_names_its_url_its_body_and_what_it_asks_for(tmp_path: Path) -> None:
    body = {"detail": [{"loc": ["query", "tenant"], "msg": "Field required", "type": "missing"}]}
    code, out, err = judged(tmp_path, {"/things": FEW}, *QUICK, refuse=refusing("/things", 422, body))
    assert code == 2
    for text in (out, err):
        assert "/things: the first page is answered with status 422: " in text
        assert '"loc":["query","tenant"]' in text
        assert "it asks for tenant: give --param tenant=VALUE" in text


def test_operations_are_named_by_id_by_pattern_and_by_path(tmp_path: Path) -> None:
    served = {"/things": FEW, "/others": FEW, "/v2/things": FEW, "/v2/more": FEW}
    by_id = judged(tmp_path, served, *QUICK, "--operation", "list_others")
    assert list(summary(by_id[1])) == ["GET /others"]
    both = judged(tmp_path, served, *QUICK, "--operation", "list_o*", "--operation", "GET /v2/*")
    assert list(summary(both[1])) == ["GET /others", "GET /v2/things", "GET /v2/more"]
    by_path = judged(tmp_path, served, *QUICK, "--operation", "/v2/things")
    assert list(summary(by_path[1])) == ["GET /v2/things"]
    code, _, err = judged(tmp_path, served, *QUICK, "--operation", "list_others", "--operation", "list_x*")
    assert code == 2
    assert "unknown list operation 'list_x*'" in err


def test_the_table_is_the_last_thing_and_single_answers_are_in_it(tmp_path: Path) -> None:
    """A crash that no list shows: the laws pass, a single answer does not."""

    def crash() -> Any:
        return (jsonify({}), 500) if request.path == "/things/0" else None

    def one_thing(whole: dict[str, Any]) -> None:
        identity = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "enum": ["0"]}}
        answers = {"200": {"description": ""}, "500": {"description": ""}}
        whole["paths"]["/things/{id}"] = {
            "get": {"operationId": "get_thing", "parameters": [identity], "responses": answers}
        }

    path = contract(tmp_path / "contract.yaml", "/things", change=one_thing)
    with serving(application({"/things": FEW}, crash)) as base_url:
        code, out, _ = check(base_url, "--contract", str(path), "--law", "total", "--operation", "*thing*")
    assert code == 1
    assert rows(out) == {"total": "passed"}
    table = summary(out)
    assert table["GET /things"][:3] == ["passed", "1 passed", "passed"]
    assert table["GET /things/{id}"][:3] == ["failed", "-", "failed"]
    assert "get_thing: not_a_server_error: Server error" in out
    assert f"{base_url}/things/0" in out


def test_a_server_that_does_not_answer_is_not_asked_for_every_list(tmp_path: Path) -> None:
    path = contract(tmp_path / "contract.yaml", *(f"/list{n}" for n in range(6)))
    code, out, _ = check("http://127.0.0.1:1", "--contract", str(path), *QUICK)
    assert code == 2
    assert out.count("no answer: the connection failed") == 3 + 3
    assert out.count("not asked, because the server did not answer for 3 lists in a row") == 3 + 3


def test_exit_codes_are_the_same_with_every_report(tmp_path: Path) -> None:
    """The contract has no examples, so a phase of examples alone has nothing to send."""
    wrong = ListServer(FEW, mutation=off_by_one)
    for number, served in enumerate(({"/things": FEW}, {"/things": wrong})):
        path = contract(tmp_path / "contract.yaml", *served)
        for report in ("junit,json,html", "har,allure,ndjson,vcr"):
            folder = tmp_path / f"{report}{number}"
            options = (*QUICK, "--report", report, "--report-dir", str(folder))
            with serving(application(served)) as base_url:
                assert check_in_a_process(base_url, "--contract", str(path), *options)[0] == number, report
            assert len(list(folder.iterdir())) == report.count(",") + 1
