"""The judge's entry for programs: a base URL or an application, a contract, and the verdicts."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask, jsonify, request

from mockserver.errors import ContractError, JudgeError, OptionError
from mockserver.judge import Access, Safety, judge_server
from mockserver.judge.laws import LAWS
from mockserver.judge.profile import Profile
from mockserver.version import version
from tests.reference_servers.running import running
from tests.reference_servers.server import create_app as create_reference_server
from tests.support.list_server import Design, ListServer, document
from tests.support.paths import CONTRACT, ROOT
from tests.support.serving import clean_environment

RECORDS = [{"id": f"{n * 7919 % 1009:04}", "colour": "red" if n % 3 else "blue", "shape": "disc"} for n in range(45)]


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    """The contract of two lists of the same things, a file."""
    path = tmp_path / "things.yaml"
    both = document()
    get = both["paths"]["/things"]["get"]
    both["paths"]["/others"] = {"get": {**get, "operationId": "list_others"}}
    path.write_text(yaml.safe_dump(both, sort_keys=False), encoding="utf-8")
    return path


def application(*, wrong_total: bool = False) -> Flask:
    """Both lists, as a WSGI application; the total of the second one is wrong if asked for."""
    app = Flask(__name__)
    app.config["seen"] = Counter[str]()

    def serve(server: ListServer) -> Any:
        app.config["seen"].update(name for name, _ in request.headers)
        exchange = server(tuple(request.args.items(multi=True)))
        return jsonify(exchange.body), exchange.status

    things = ListServer(RECORDS, Design())
    others = ListServer(RECORDS, mutation=(lambda a: setattr(a, "total", a.total + 1)) if wrong_total else None)
    app.add_url_rule("/things", "things", lambda: serve(things))
    app.add_url_rule("/others", "others", lambda: serve(others))
    return app


def test_an_application_is_judged_in_process(contract: Path) -> None:
    verdicts = judge_server(application(), contract)
    assert [v.law.name for v in verdicts] == [*LAWS, *LAWS]
    assert [v.operation for v in verdicts] == ["list_things"] * len(LAWS) + ["list_others"] * len(LAWS)
    others = dict.fromkeys(("refresh", "key", "page-slice", "links"), "not applicable") | {
        "error-shape": "inconclusive"
    }
    expected = {**dict.fromkeys(LAWS, "passed"), **others}
    assert {v.law.name: v.status for v in verdicts} == expected


def test_a_failed_law_names_its_operation(contract: Path) -> None:
    (failed,) = [v for v in judge_server(application(wrong_total=True), contract) if v.status == "failed"]
    assert (failed.law.name, failed.operation) == ("total", "list_others")
    assert failed.finding is not None
    assert failed.finding.got == "total: 46"
    assert failed.finding.evidence


def test_one_operation_and_some_laws(contract: Path) -> None:
    app = application(wrong_total=True)
    verdicts = judge_server(app, contract, operation="list_things", laws=["total", "page-size"])
    assert [(v.law.name, v.status) for v in verdicts] == [("page-size", "passed"), ("total", "passed")]


def test_headers_go_with_every_request(contract: Path) -> None:
    app = application()
    judge_server(app, str(contract), operation="list_things", laws=["total"], headers={"X-Trace": "t-1"})
    seen = app.config["seen"]
    assert seen["X-Trace"] == seen["Host"] > 10


def test_access_and_safety_are_given_as_values(contract: Path, tmp_path: Path) -> None:
    (tmp_path / "profile.toml").write_text('params = {tenant = "acme", shop = "a"}', encoding="utf-8")
    app = application()
    seen: list[tuple[str | None, ...]] = []

    @app.before_request
    def note() -> None:
        headers = (request.headers.get(name) for name in ("Authorization", "User-Agent"))
        seen.append((request.args.get("tenant"), request.args.get("shop"), *headers))

    access, safety = Access(params={"shop": "b"}, bearer="sesame"), Safety(read_only=True, gentle=True, seconds=60)
    options: dict[str, Any] = {"laws": "total", "profile": tmp_path / "profile.toml"}
    verdicts = judge_server(app, contract, access=access, safety=safety, **options)
    assert [v.status for v in verdicts] == ["passed", "passed"]
    assert set(seen) == {("acme", "b", "Bearer sesame", f"mockserver-check/{version()}")}


def test_a_time_for_the_run_is_shared_by_its_lists(contract: Path) -> None:
    app = application()
    app.before_request(lambda: time.sleep(0.05))
    started = time.monotonic()
    verdicts = judge_server(app, contract, safety=Safety(seconds=3))
    assert time.monotonic() - started < 4
    for operation in ("list_things", "list_others"):
        found = {v.law.name: v.status for v in verdicts if v.operation == operation}
        assert (found["filter-sound"], found["replay"]) == ("passed", "inconclusive")


def test_a_profile_is_a_file_or_a_value(contract: Path, tmp_path: Path) -> None:
    path = tmp_path / "profile.toml"
    path.write_text('total = "estimate"', encoding="utf-8")
    app = application(wrong_total=True)
    for profile in (path, str(path), Profile(total="estimate")):
        (verdict,) = judge_server(app, contract, operation="list_others", laws=["total"], profile=profile)
        assert verdict.status == "not applicable"


def test_a_base_url_is_judged_within_its_budget() -> None:
    with running(create_reference_server(fault="total-off-by-one")) as base_url:
        verdicts = judge_server(base_url + "/", CONTRACT, budget=120, refresh=False)
    found = {v.law.name: v for v in verdicts}
    assert found["total"].status == "failed"
    assert found["refresh"].reason == "refreshes are turned off"
    assert found["no-crash"].requests == 120


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"server": "ftp://a.example"}, "'ftp://a.example' is not a base URL"),
        ({"operation": "list_thing"}, "unknown list operation 'list_thing'; did you mean 'list_things'?"),
        ({"rate": "fast"}, "got the rate 'fast', expected N/s, N/m or N/h"),
        ({"laws": "totl"}, "unknown law 'totl'; did you mean 'total'?"),
        ({"laws": ["gravity"]}, "unknown law 'gravity'; available: page-size"),
        ({"profile": "nowhere.toml"}, "cannot read the profile nowhere.toml"),
    ],
)
def test_an_argument_that_cannot_be_used_is_an_error(contract: Path, arguments: dict[str, Any], problem: str) -> None:
    with pytest.raises(OptionError) as caught:
        judge_server(**{"server": application(), "contract": contract, **arguments})
    assert caught.value.message.startswith(problem)


def test_a_contract_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text("openapi: 3.1.0\npaths: {/a: {get: {x-list-semantics: {}, responses: {}}}}\n", encoding="utf-8")
    with pytest.raises(ContractError) as caught:
        judge_server(application(), path)
    assert caught.value.line == 2


def test_a_server_without_a_page_cannot_be_judged(contract: Path) -> None:
    with pytest.raises(JudgeError, match="the first page is answered with status 404"):
        judge_server(Flask("empty"), contract)


def test_a_budget_that_is_too_small_for_a_first_page_cannot_judge(contract: Path) -> None:
    app = Flask("nothing")
    dead_end = ListServer(RECORDS[:3], Design(dead_end_cursor=True))
    app.add_url_rule("/things", "things", lambda: jsonify(dead_end(tuple(request.args.items())).body))
    with pytest.raises(JudgeError, match="a budget of 1 is too small to judge a list"):
        judge_server(app, contract, operation="list_things", budget=1)


LAZY = """
import json, sys
import mockserver.judge
before = [n for n in ("schemathesis", "hypothesis", "flask", "mockserver.judge.laws") if n in sys.modules]
verdicts = mockserver.judge.judge_server({url!r}, {contract!r}, laws=["total"])
after = [n for n in ("schemathesis", "flask", "mockserver.mock", "mockserver.server") if n in sys.modules]
import schemathesis.hooks
hooks = [str(h) for h in schemathesis.hooks.GLOBAL_HOOK_DISPATCHER.get_all_by_name("map_case")]
print(json.dumps([before, after, hooks, [v.status for v in verdicts]]))
"""


def test_nothing_is_imported_before_the_judge_is_used_and_no_hook_is_registered(tmp_path: Path) -> None:
    """Started in a folder without a ``schemathesis.toml`` that names the hooks."""
    with running(create_reference_server()) as base_url:
        program = LAZY.format(url=base_url, contract=str(CONTRACT))
        command = [sys.executable, "-c", program]
        environment = clean_environment({"PYTHONPATH": str(ROOT)})
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=60, cwd=tmp_path, env=environment, check=True
        )
    assert json.loads(done.stdout) == [[], ["schemathesis"], [], ["passed"]]


WITHOUT_EXTRA = """
import sys
import time
sys.modules["schemathesis"] = None
import mockserver.errors, mockserver.judge
try:
    mockserver.judge.judge_server("http://127.0.0.1:1", {contract!r})
except mockserver.errors.OptionError as error:
    print(error.message)
"""


def test_without_the_extra_the_error_says_how_to_install_it() -> None:
    command = [sys.executable, "-c", WITHOUT_EXTRA.format(contract=str(CONTRACT))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=ROOT, check=True)
    assert done.stdout.strip() == "judging needs schemathesis; install it with: pip install 'mockserver[check]'"
