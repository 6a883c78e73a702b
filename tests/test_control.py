"""The control plane: what its API answers, who may use it, and that it is what its own document says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import validate as validate_openapi
from prometheus_client.parser import text_string_to_metric_families

from mockserver import create_app
from mockserver.console.api import control_contract
from mockserver.console.guard import is_loopback
from mockserver.contract import load_contract
from mockserver.scenarios import KINDS

PATH = "/api/v1/wallets/balances"
CONTROL = "/__mock__"


@pytest.fixture
def app() -> Flask:
    return create_app()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def faults(answer: Any) -> list[str]:
    assert answer.status_code == 422, answer.data
    assert answer.json["success"] is False
    return [detail["msg"] for detail in answer.json["error"]["detail"]]


def entries(client: FlaskClient, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"{CONTROL}/requests", query_string=query).json["requests"]
    return found


# Health, world, numbers -----------------------------------------------------------------------------------------------


def test_it_is_well(client: FlaskClient) -> None:
    assert client.get(f"{CONTROL}/health").json == {"status": "ok"}
    assert client.get(f"{CONTROL}/ready").json == {"status": "ready"}


def test_without_its_shared_state_it_is_not_ready(capsys: pytest.CaptureFixture[str]) -> None:
    client = create_app(state="redis://127.0.0.1:1").test_client()
    answer = client.get(f"{CONTROL}/ready")
    assert (answer.status_code, answer.json["status"]) == (503, "not ready")
    assert "cannot be reached" in answer.json["problem"]
    assert client.get(f"{CONTROL}/health").status_code == 200
    assert "is gone" in capsys.readouterr().err


def test_the_world_is_told_as_it_is(client: FlaskClient) -> None:
    told = client.get(f"{CONTROL}/world").json
    page = client.get(PATH)
    assert told["label"] == page.headers["X-Mock-World"]
    (one,) = told["lists"]
    assert (one["operation"], one["path"], one["size"]) == ("list_balances", PATH, page.json["meta"]["total"])
    assert one["filters"] == ["wallet_uuid", "chain_id", "address", "token_id"]
    assert told["contract"]["fault"] is None
    assert len(told["cases"]) == 9
    for case in told["cases"]:
        found = client.get(PATH, query_string={"wallet_uuid": case["wallet_uuid"]}).json["result"]
        assert found or case["name"] == "a wallet with no balances"


def test_numbers_grow_with_requests(client: FlaskClient) -> None:
    for query in ("", "", "limit=0"):
        client.get(f"{PATH}?{query}")
    client.post(PATH)
    answer = client.get(f"{CONTROL}/metrics")
    assert answer.content_type.startswith("text/plain; version=")
    samples = [s for f in text_string_to_metric_families(answer.text) for s in f.samples]
    counts = {
        (s.labels["operation"], s.labels["method"], s.labels["status"]): s.value
        for s in samples
        if s.name == "mockserver_requests_total"
    }
    assert counts == {
        ("list_balances", "GET", "200"): 2,
        ("list_balances", "GET", "422"): 1,
        ("", "POST", "405"): 1,
    }


# Scenario -------------------------------------------------------------------------------------------------------------


def test_a_scenario_is_put_on_and_off(client: FlaskClient) -> None:
    assert client.get(f"{CONTROL}/scenario").json == {"scenario": None, "requests": 0}
    told = client.put(f"{CONTROL}/scenario", json={"name": "server-error", "every": 2}).json
    assert told == {"scenario": {"name": "server-error", "every": 2, "status": 500}, "requests": 0}
    assert [client.get(PATH).status_code for _ in range(4)] == [200, 500, 200, 500]
    assert client.get(f"{CONTROL}/scenario").json["requests"] == 4
    client.put(f"{CONTROL}/scenario", json={"name": "server-error", "every": 2})
    assert client.get(PATH).status_code == 200, "it counts from 1 again"
    assert client.delete(f"{CONTROL}/scenario").json == {"scenario": None, "requests": 0}
    assert [client.get(PATH).status_code for _ in range(2)] == [200, 200]


def test_every_scenario_is_told_and_documented(client: FlaskClient) -> None:
    told = client.get(f"{CONTROL}/scenarios").json["scenarios"]
    assert [kind["name"] for kind in told] == list(KINDS)
    document = control_contract().document
    assert document["components"]["schemas"]["Scenario"]["properties"]["name"]["enum"] == list(KINDS)
    for kind in told:
        options = {option["name"]: option["default"] for option in kind["options"]}
        assert client.put(f"{CONTROL}/scenario", json={"name": kind["name"], **options}).status_code == 200


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("{", "the body is not JSON"),
        ("NaN", "the body is not JSON"),
        ("[" * 100_000, "the body is not JSON"),
        ("[]", "is not of type"),
        ("{}", "is a required property"),
        ('{"name": "slw"}', "is not one of"),
        ('{"name": "slow", "mni": 1}', "did you mean 'min'?"),
        ('{"name": "slow", "min": 61}', "must be a number from 0 to 60"),
        ('{"name": "slow", "operation": "nope"}', "there is no operation 'nope'"),
        ('{"name": "slow", "times": 0}', "less than the minimum"),
    ],
)
def test_what_is_no_scenario_is_refused_and_the_old_one_stays(client: FlaskClient, body: str, told: str) -> None:
    client.put(f"{CONTROL}/scenario", json={"name": "empty"})
    (said,) = faults(client.put(f"{CONTROL}/scenario", data=body))
    assert told in said
    assert client.get(f"{CONTROL}/scenario").json["scenario"] == {"name": "empty"}


def test_a_key_is_never_told(client: FlaskClient) -> None:
    secret = "sk-very-secret"
    client.put(f"{CONTROL}/scenario", json={"name": "empty", "key": secret})
    assert client.get(PATH, headers={"X-API-Key": secret}).json["result"] == []
    assert client.get(PATH).json["result"] != []
    for path in ("scenario", "requests", "requests?format=har", "world", "metrics"):
        assert secret not in client.get(f"{CONTROL}/{path}").text
    assert client.get(f"{CONTROL}/scenario").json["scenario"]["key"] == "sk***"
    assert [e["key"] for e in entries(client)] == ["sk***", None]


# Journal --------------------------------------------------------------------------------------------------------------


def test_the_journal_says_what_was_asked_and_why_it_was_refused(client: FlaskClient) -> None:
    client.get(f"{PATH}?limit=2&chain_id=SETH")
    client.get(f"{PATH}?limit=201&wallet_uuid=x&limt=3&after=nonsense&chain_id=ETH")
    client.get("/nowhere")
    client.get(f"{CONTROL}/world")
    good, bad, lost = entries(client)
    assert (good["operation"], good["status"], good["query"]) == ("list_balances", 200, "limit=2&chain_id=SETH")
    assert good["parameters"] == {"limit": 2, "chain_id": "SETH", "force_refresh": False}
    assert bad["status"] == 422
    assert [v["loc"][1] for v in bad["violations"]] == ["wallet_uuid", "limit", "after"]
    assert bad["parameters"] == {"chain_id": "ETH", "force_refresh": False}, "what was understood, and no more"
    assert "did you mean 'limit'?" in bad["warnings"][0]
    assert (lost["status"], lost["operation"], lost["path"]) == (404, None, "/nowhere")
    assert entries(client, status="4xx", path=PATH) == [bad]
    assert entries(client, since=bad["id"]) == [lost]
    assert entries(client, limit="1") == [lost]


def test_a_remembered_answer_is_in_the_journal_like_any_other(client: FlaskClient) -> None:
    for _ in range(3):
        client.get(f"{PATH}?limit=7")
    one, *more = [{k: e[k] for k in e if k not in ("id", "time", "milliseconds")} for e in entries(client)]
    assert more == [one, one]


def test_how_many_like_this(client: FlaskClient) -> None:
    def count(**wanted: Any) -> int:
        return int(client.post(f"{CONTROL}/requests/count", json=wanted).json["count"])

    before = client.get(f"{CONTROL}/requests").json["requests"]
    assert before == []
    for query in ("chain_id=SETH", "chain_id=SETH&limit=3", "chain_id=ETH", "limit=0"):
        client.get(f"{PATH}?{query}")
    assert count() == 4
    assert count(parameters={"chain_id": "SETH"}) == 2
    assert count(parameters={"limit": 50}) == 2, "a default counts as given"
    assert count(status="422", operation="list_balances") == 1
    assert count(method="post") == 0
    assert client.delete(f"{CONTROL}/requests").status_code == 204
    assert count() == 0


@pytest.mark.parametrize(
    "query", ["status=9", "status=abc", "since=yesterday", "limit=0", "limit=x", "format=xml", "limit=1&limit=2"]
)
def test_a_wrong_question_to_the_journal_is_refused(client: FlaskClient, query: str) -> None:
    assert faults(client.get(f"{CONTROL}/requests?{query}"))


def test_a_count_of_what_nobody_knows_is_refused(client: FlaskClient) -> None:
    for body in ({"stauts": "422"}, {"status": 422}, {"since": "x"}, {"parameters": []}):
        assert faults(client.post(f"{CONTROL}/requests/count", json=body))


def test_an_archive_can_be_had(client: FlaskClient) -> None:
    client.get(f"{PATH}?limit=0")
    log = client.get(f"{CONTROL}/requests?format=har").json["log"]
    (one,) = log["entries"]
    assert one["request"]["url"] == f"http://localhost{PATH}?limit=0"
    assert "greater than or equal to 1" in one["comment"]


# Fixtures, reset ------------------------------------------------------------------------------------------------------


def test_records_are_pinned_and_unpinned_while_it_runs(client: FlaskClient) -> None:
    before = client.get(f"{PATH}?limit=200")
    cursor = client.get(f"{PATH}?limit=50").json["meta"]["after"]
    pin = {"token_id": "SETH_USDC", "amount": "1.5", "pending": "0.25", "locked": "0"}
    (whole,) = client.put(f"{CONTROL}/fixtures", json={"list_balances": [pin]}).json["pinned"]["list_balances"]
    assert {name: whole[name] for name in pin} == pin
    assert (whole["total"], whole["chain_id"]) == ("1.75", "SETH")
    after = client.get(f"{PATH}?limit=200")
    assert after.json["result"] == [*before.json["result"], whole]
    assert after.headers["X-Mock-World"] != before.headers["X-Mock-World"]
    found = client.get(PATH, query_string={"address": whole["address"]}).json
    assert (found["result"], found["meta"]["total"]) == ([whole], 1)
    assert client.get(PATH, query_string={"after": cursor}).status_code == 200, "a cursor outlives a pin"
    assert client.get(f"{CONTROL}/fixtures").json["pinned"] == {"list_balances": [whole]}
    last = client.get(PATH, query_string={"offset": 173, "limit": 1}).json
    assert last["result"] == [whole]
    assert client.delete(f"{CONTROL}/fixtures").status_code == 204
    assert client.get(f"{PATH}?limit=200").data == before.data
    assert client.get(f"{CONTROL}/fixtures").json == {"pinned": {}}


def test_what_the_contract_does_not_allow_is_not_pinned(client: FlaskClient) -> None:
    before = client.get(PATH).data
    for body, told in (
        ({"list_balances": [{"token_id": 5}]}, "token_id"),
        ({"list_balances": [{"amount": "-1", "token_id": "SETH"}]}, "amount"),
        ({"list_balances": [{"tokn_id": "SETH"}]}, "token_id"),
        ({"list_boats": []}, "list_balances"),
        ({"list_balances": [{"updated_at": "yesterday"}]}, "updated_at"),
    ):
        assert told in " ".join(faults(client.put(f"{CONTROL}/fixtures", json=body)))
    assert faults(client.put(f"{CONTROL}/fixtures", json=[1]))
    assert client.get(PATH).data == before


def test_reset_goes_back_to_the_start() -> None:
    client = create_app(scenario="server-error:every=1").test_client()
    client.delete(f"{CONTROL}/scenario")
    before = client.get(f"{PATH}?limit=200").data
    address = json.loads(before)["result"][0]["address"]
    client.get(PATH, query_string={"address": address, "force_refresh": "true"})
    client.put(f"{CONTROL}/fixtures", json={"list_balances": [{"token_id": "SETH"}]})
    assert client.get(f"{PATH}?limit=200").data != before
    assert client.post(f"{CONTROL}/reset").status_code == 204
    assert client.get(f"{CONTROL}/scenario").json["scenario"]["name"] == "server-error"
    assert client.get(PATH).status_code == 500
    assert len(entries(client)) == 1
    client.delete(f"{CONTROL}/scenario")
    assert client.get(f"{PATH}?limit=200").data == before


# Who may use it -------------------------------------------------------------------------------------------------------

HERE = ["127.0.0.1", "127.0.0.1:4010", "localhost", "LOCALHOST:80", "app.localhost:3", "[::1]", "[::1]:80", "127.9.9.9"]
ELSEWHERE = [
    "evil.example",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "10.0.0.1",
    "0.0.0.0",
    "",
    "[::2]",
    "a:b:c",
]


def test_which_names_mean_this_machine() -> None:
    assert [host for host in HERE if not is_loopback(host)] == []
    assert [host for host in ELSEWHERE if is_loopback(host)] == []


STEERING = [("GET", "/"), ("GET", "/requests"), ("PUT", "/scenario"), ("DELETE", "/scenario"), ("POST", "/reset")]


@pytest.mark.parametrize(("method", "path"), STEERING)
def test_a_foreign_host_or_page_is_refused(client: FlaskClient, method: str, path: str) -> None:
    def ask(**headers: str) -> Any:
        return client.open(CONTROL + path, method=method, headers=headers, json={"name": "empty"})

    foreign = ask(Host="evil.example")
    assert foreign.status_code == 403
    assert "evil.example" in foreign.json["error"]
    assert "--control-token" in foreign.json["suggestion"]
    for origin in ("https://evil.example", "null", "http://127.0.0.1.evil.example", "file://"):
        assert ask(Origin=origin).status_code == 403, origin
    allowed = ask(Origin="http://localhost:3000")
    assert allowed.status_code < 400
    assert allowed.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"
    assert ask(Host="localhost:4010", Origin="http://localhost:4010").status_code < 400
    assert client.get(PATH, headers={"Host": "evil.example"}).status_code == 200, "the mock itself is for all"


def test_health_is_for_all(client: FlaskClient) -> None:
    for path in ("health", "ready"):
        assert client.get(f"{CONTROL}/{path}", headers={"Host": "10.0.0.1"}).status_code == 200


def test_with_a_token_any_host_will_do_and_nothing_without_it() -> None:
    app = create_app(control_token="open sesame")
    client = app.test_client()
    refused = client.get(f"{CONTROL}/world")
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"] == "Bearer"
    assert "Authorization: Bearer TOKEN" in refused.json["suggestion"]
    assert client.get(f"{CONTROL}/world", headers={"Authorization": "Bearer wrong"}).status_code == 401
    right = {"Authorization": "Bearer open sesame", "Host": "10.0.0.1:4010"}
    assert client.get(f"{CONTROL}/world", headers=right).status_code == 200
    assert client.get(f"{CONTROL}/?token=wrong").status_code == 401
    assert client.put(f"{CONTROL}/scenario?token=open%20sesame", json={"name": "empty"}).status_code == 401
    answer = client.get(f"{CONTROL}/?token=open%20sesame")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{CONTROL}/")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert client.get(f"{CONTROL}/world").status_code == 200, "the cookie opens it"
    stolen = client.put(f"{CONTROL}/scenario", json={"name": "empty"}, headers={"Origin": "https://evil.example"})
    assert stolen.status_code == 403


def test_a_slash_that_was_forgotten_is_put_there(client: FlaskClient) -> None:
    answer = client.get(CONTROL)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{CONTROL}/")


def test_what_there_is_not_is_told(client: FlaskClient) -> None:
    answer = client.get(f"{CONTROL}/nowhere")
    assert (answer.status_code, answer.json["error"]) == (404, "Not Found")
    assert f"{CONTROL}/openapi.json" in answer.json["suggestion"]
    wrong = client.post(f"{CONTROL}/world")
    assert (wrong.status_code, wrong.json["error"]) == (405, "Method Not Allowed")
    assert "GET" in wrong.headers["Allow"]
    assert entries(client) == [], "what is asked of the control plane is not in the journal"


def test_it_can_be_left_out() -> None:
    client = create_app(control=False).test_client()
    for path in ("/", "/world", "/health"):
        answer = client.get(CONTROL + path)
        assert answer.status_code == 404
        assert PATH in answer.json["suggestion"]
    assert client.get("/openapi.json").status_code == 200


def test_nothing_of_it_may_be_framed_or_run_elsewhere(client: FlaskClient) -> None:
    for path in ("/", "/world", "/journal"):
        headers = client.get(CONTROL + path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"


# Its document ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def documents(client: FlaskClient) -> Iterator[tuple[str, Any]]:
    return ((path, client.get(path)) for path in (f"{CONTROL}/openapi.json", f"{CONTROL}/openapi.yaml"))


def test_its_document_is_valid_and_names_this_server(documents: Iterator[tuple[str, Any]], tmp_path: Path) -> None:
    for path, answer in documents:
        file = tmp_path / path.rpartition("/")[2]
        file.write_bytes(answer.data)
        contract = load_contract(file)
        validate_openapi(dict(contract.document))
        assert contract.document["servers"] == [{"url": "http://localhost"}]


def test_every_route_is_documented_and_every_operation_is_a_route(app: Flask) -> None:
    told = {(o.method, o.path) for o in control_contract().operations}
    routes = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("control.") and "openapi" not in rule.endpoint
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes == told


def test_the_contract_is_served_with_this_server_in_it(client: FlaskClient, tmp_path: Path) -> None:
    for name, kind in (("openapi.json", "application/json"), ("openapi.yaml", "application/yaml")):
        answer = client.get(f"/{name}", headers={"Origin": "http://localhost:3000"})
        assert answer.content_type == kind
        assert answer.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"
        (tmp_path / name).write_bytes(answer.data)
        contract = load_contract(tmp_path / name)
        assert contract.document["servers"] == [{"url": "http://localhost"}]
        assert [o.id for o in contract.operations] == ["list_balances"]
