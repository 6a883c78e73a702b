"""The control API: its answers, who may use it, and its document."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import validate as validate_openapi
from prometheus_client.parser import text_string_to_metric_families
from werkzeug.test import create_environ, run_wsgi_app

from mockserver import create_app
from mockserver.contract import load_contract
from mockserver.mock.scenarios.kinds import KINDS
from mockserver.server.control.api import control_contract
from mockserver.server.control.guard import is_loopback

PATH = "/api/v1/wallets/balances"
CONTROL = "/__mock__"
PAGE = "http://localhost:3000"

BOATS = """\
openapi: 3.1.0
info: {title: Boats, version: "1"}
paths:
  /boats:
    get:
      operationId: list_boats
      responses:
        "200":
          description: Boats.
          content:
            application/json:
              schema: {type: array, items: {type: object, properties: {id: {type: string}}}}
"""


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


# Health, world, metrics -----------------------------------------------------------------------------------------------


def test_a_running_mock_is_healthy_and_ready(client: FlaskClient) -> None:
    assert client.get(f"{CONTROL}/health").json == {"status": "ok"}
    assert client.get(f"{CONTROL}/ready").json == {"status": "ready"}


def test_without_its_shared_state_the_mock_is_not_ready(capsys: pytest.CaptureFixture[str]) -> None:
    client = create_app(state="redis://127.0.0.1:1").test_client()
    answer = client.get(f"{CONTROL}/ready")
    assert (answer.status_code, answer.json["status"]) == (503, "not ready")
    assert "cannot be reached" in answer.json["problem"]
    assert client.get(f"{CONTROL}/health").status_code == 200
    assert "cannot be reached" in capsys.readouterr().err


def test_the_world_is_described(client: FlaskClient) -> None:
    world = client.get(f"{CONTROL}/world").json
    page = client.get(PATH)
    assert world["label"] == page.headers["X-Mock-World"]
    (one,) = world["lists"]
    assert (one["operation"], one["path"], one["size"]) == ("list_balances", PATH, page.json["meta"]["total"])
    assert one["filters"] == ["wallet_uuid", "chain_id", "address", "token_id"]
    assert world["contract"]["fault"] is None
    assert (world["contract"]["version"], world["contract"]["openapi"]) == ("1.0.0", "3.1.0")
    assert len(world["cases"]) == 9
    for case in world["cases"]:
        found = client.get(PATH, query_string={"wallet_uuid": case["wallet_uuid"]}).json["result"]
        assert found or case["name"] == "a wallet with no balances"


def test_invalid_runtime_settings_are_reported(tmp_path: Path) -> None:
    """Another mock with the same state was given fixtures for an operation that this one does not have."""
    contract = tmp_path / "other.yaml"
    contract.write_text(BOATS)
    state = str(tmp_path / "state.db")
    balances, boats = create_app(state=state).test_client(), create_app(contract, state=state).test_client()
    assert boats.get(f"{CONTROL}/world").json["problem"] is None
    balances.put(f"{CONTROL}/fixtures", json={"list_balances": [{"token_id": "SETH"}]})
    assert balances.get(f"{CONTROL}/world").json["problem"] is None
    world = boats.get(f"{CONTROL}/world").json
    assert "list_balances" in world["problem"]
    assert world["contract"]["fault"] is None


def test_metrics_count_requests(client: FlaskClient) -> None:
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


def test_a_scenario_is_activated_and_turned_off(client: FlaskClient) -> None:
    assert client.get(f"{CONTROL}/scenario").json == {"scenario": None, "requests": 0}
    answer = client.put(f"{CONTROL}/scenario", json={"name": "server-error", "every": 2}).json
    assert answer == {"scenario": {"name": "server-error", "every": 2, "status": 500}, "requests": 0}
    assert [client.get(PATH).status_code for _ in range(4)] == [200, 500, 200, 500]
    assert client.get(f"{CONTROL}/scenario").json["requests"] == 4
    client.put(f"{CONTROL}/scenario", json={"name": "server-error", "every": 2})
    assert client.get(PATH).status_code == 200, "a restarted scenario counts from 1"
    assert client.delete(f"{CONTROL}/scenario").json == {"scenario": None, "requests": 0}
    assert [client.get(PATH).status_code for _ in range(2)] == [200, 200]


def test_every_scenario_is_listed_and_documented(client: FlaskClient) -> None:
    kinds = client.get(f"{CONTROL}/scenarios").json["scenarios"]
    assert [kind["name"] for kind in kinds] == list(KINDS)
    document = control_contract().document
    assert document["components"]["schemas"]["Scenario"]["properties"]["name"]["enum"] == list(KINDS)
    for kind in kinds:
        options = {option["name"]: option["default"] for option in kind["options"]}
        assert client.put(f"{CONTROL}/scenario", json={"name": kind["name"], **options}).status_code == 200


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("{", "the body is not JSON"),
        ("NaN", "the body is not JSON"),
        ("[" * 100_000, "the body is not JSON"),
        (r'{"name": "\ud800"}', "surrogate"),
        (r'{"name": "slow", "\udfff": 1}', "surrogate"),
        (b'{"name": "\xed\xa0\x80"}', "surrogate"),
        ("[]", "is not of type"),
        ("{}", "is a required property"),
        ('{"name": "slw"}', "is not one of"),
        ('{"name": "slow", "mni": 1}', "did you mean 'min'?"),
        ('{"name": "slow", "min": 61}', "expected a number from 0 to 60"),
        ('{"name": "slow", "operation": "nope"}', "unknown operation 'nope'"),
        ('{"name": "slow", "times": 0}', "less than the minimum"),
    ],
)
def test_an_invalid_scenario_is_refused_and_changes_nothing(
    client: FlaskClient, body: str | bytes, message: str
) -> None:
    client.put(f"{CONTROL}/scenario", json={"name": "empty"})
    (fault,) = faults(client.put(f"{CONTROL}/scenario", data=body))
    assert message in fault
    assert client.get(f"{CONTROL}/scenario").json["scenario"] == {"name": "empty"}


def test_a_fault_may_contain_a_lone_surrogate(tmp_path: Path) -> None:
    """JSON can spell one, so the id of an operation may contain it; it cannot be sent as UTF-8."""
    contract = tmp_path / "boats.json"
    document = yaml.safe_load(BOATS)
    document["paths"]["/boats"]["get"]["operationId"] = "list_\ud800"
    contract.write_text(json.dumps(document))
    client = create_app(contract).test_client()
    (fault,) = faults(client.put(f"{CONTROL}/scenario", json={"name": "slow", "operation": "list_boats"}))
    assert "unknown operation 'list_boats'" in fault
    assert "list_?" in fault


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", "scenario"), ("PUT", "fixtures"), ("POST", "requests/count"), ("POST", "switch")]
)
@pytest.mark.parametrize("announced", [True, False])
def test_a_body_that_is_too_long_is_refused(client: FlaskClient, method: str, path: str, announced: bool) -> None:
    """With and without (chunked) its length in a header. No more than the limit is read."""
    sent = LongBody()
    length = (
        {"CONTENT_LENGTH": "40000000"}
        if announced
        else {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    )
    overrides = {"wsgi.input": sent, "CONTENT_TYPE": "application/json", **length}
    answer = client.open(f"{CONTROL}/{path}", method=method, environ_overrides=overrides)
    if path != "switch" or announced:
        assert (answer.status_code, answer.json["success"]) == (413, False)
        assert "32 MB" in answer.json["suggestion"]
    assert sent.count < 40_000_000


class LongBody(io.RawIOBase):
    """A body of 64 MB of blanks; ``count`` is the number of bytes that were read."""

    count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        size = min(len(buffer), 64 * 2**20 - self.count)
        buffer[:size] = b" " * size
        self.count += size
        return size


def test_a_key_is_never_shown(client: FlaskClient) -> None:
    secret = "sk-very-secret"
    client.put(f"{CONTROL}/scenario", json={"name": "empty", "key": secret})
    assert client.get(PATH, headers={"X-API-Key": secret}).json["result"] == []
    assert client.get(PATH).json["result"] != []
    for path in ("scenario", "requests", "requests?format=har", "world", "metrics"):
        assert secret not in client.get(f"{CONTROL}/{path}").text
    assert client.get(f"{CONTROL}/scenario").json["scenario"]["key"] == "sk***"
    assert [e["key"] for e in entries(client)] == ["sk***", None]


# Journal --------------------------------------------------------------------------------------------------------------


def test_the_journal_has_requests_and_the_reasons_of_refusals(client: FlaskClient) -> None:
    client.get(f"{PATH}?limit=2&chain_id=SETH")
    client.get(f"{PATH}?limit=201&wallet_uuid=x&limt=3&after=nonsense&chain_id=ETH")
    client.get("/nowhere")
    client.get(f"{CONTROL}/world")
    good, bad, unknown = entries(client)
    assert (good["operation"], good["status"], good["query"]) == ("list_balances", 200, "limit=2&chain_id=SETH")
    assert good["parameters"] == {"limit": 2, "chain_id": "SETH", "force_refresh": False}
    assert bad["status"] == 422
    assert [v["loc"][1] for v in bad["violations"]] == ["wallet_uuid", "limit", "after"]
    assert bad["parameters"] == {"chain_id": "ETH", "force_refresh": False}, "only the valid parameters"
    assert "did you mean 'limit'?" in bad["warnings"][0]
    assert (unknown["status"], unknown["operation"], unknown["path"]) == (404, None, "/nowhere")
    assert entries(client, status="4xx", path=PATH) == [bad]
    assert entries(client, since=bad["id"]) == [unknown]
    assert entries(client, limit="1") == [unknown]


def test_a_cached_answer_is_in_the_journal_like_any_other(client: FlaskClient) -> None:
    for _ in range(3):
        client.get(f"{PATH}?limit=7")
    one, *more = [{k: e[k] for k in e if k not in ("id", "time", "milliseconds")} for e in entries(client)]
    assert more == [one, one]


def test_matching_requests_are_counted(client: FlaskClient) -> None:
    def count(**conditions: Any) -> int:
        return int(client.post(f"{CONTROL}/requests/count", json=conditions).json["count"])

    before = client.get(f"{CONTROL}/requests").json["requests"]
    assert before == []
    for query in ("chain_id=SETH", "chain_id=SETH&limit=3", "chain_id=ETH", "limit=0"):
        client.get(f"{PATH}?{query}")
    assert count() == 4
    assert count(parameters={"chain_id": "SETH"}) == 2
    assert count(parameters={"limit": 50}) == 2, "a default counts as a value of the request"
    assert count(status="422", operation="list_balances") == 1
    assert [count(status=status) for status in (422, 422.0, 200, 500, "4xx")] == [1, 1, 3, 0, 1]
    assert count(method="post") == 0
    assert client.delete(f"{CONTROL}/requests").status_code == 204
    assert count() == 0


@pytest.mark.parametrize(
    "query", ["status=9", "status=abc", "since=yesterday", "limit=0", "limit=x", "format=xml", "limit=1&limit=2"]
)
def test_an_invalid_query_of_the_journal_is_refused(client: FlaskClient, query: str) -> None:
    assert faults(client.get(f"{CONTROL}/requests?{query}"))


def test_invalid_conditions_of_a_count_are_refused(client: FlaskClient) -> None:
    for body in (
        {"stauts": "422"},
        {"status": 99},
        {"status": 600},
        {"status": 422.5},
        {"status": True},
        {"since": "x"},
        {"parameters": []},
    ):
        assert faults(client.post(f"{CONTROL}/requests/count", json=body))


def test_the_journal_can_be_exported_as_har(client: FlaskClient) -> None:
    client.get(f"{PATH}?limit=0")
    log = client.get(f"{CONTROL}/requests?format=har").json["log"]
    (one,) = log["entries"]
    assert one["request"]["url"] == f"http://localhost{PATH}?limit=0"
    assert "greater than or equal to 1" in one["comment"]


# Fixtures, reset ------------------------------------------------------------------------------------------------------


def test_fixtures_are_set_and_removed_at_runtime(client: FlaskClient) -> None:
    before = client.get(f"{PATH}?limit=200")
    cursor = client.get(f"{PATH}?limit=50").json["meta"]["after"]
    fixture = {"token_id": "SETH_USDC", "amount": "1.5", "pending": "0.25", "locked": "0"}
    (record,) = client.put(f"{CONTROL}/fixtures", json={"list_balances": [fixture]}).json["pinned"]["list_balances"]
    assert {name: record[name] for name in fixture} == fixture
    assert (record["total"], record["chain_id"]) == ("1.75", "SETH")
    after = client.get(f"{PATH}?limit=200")
    assert after.json["result"] == [*before.json["result"], record]
    assert after.headers["X-Mock-World"] != before.headers["X-Mock-World"]
    found = client.get(PATH, query_string={"address": record["address"]}).json
    assert (found["result"], found["meta"]["total"]) == ([record], 1)
    assert client.get(PATH, query_string={"after": cursor}).status_code == 200, "a cursor stays valid"
    assert client.get(f"{CONTROL}/fixtures").json["pinned"] == {"list_balances": [record]}
    last = client.get(PATH, query_string={"offset": 173, "limit": 1}).json
    assert last["result"] == [record]
    assert client.delete(f"{CONTROL}/fixtures").status_code == 204
    assert client.get(f"{PATH}?limit=200").data == before.data
    assert client.get(f"{CONTROL}/fixtures").json == {"pinned": {}}


def test_fixtures_that_the_contract_does_not_allow_are_refused(client: FlaskClient) -> None:
    before = client.get(PATH).data
    for body, message in (
        ({"list_balances": [{"token_id": 5}]}, "token_id"),
        ({"list_balances": [{"amount": "-1", "token_id": "SETH"}]}, "amount"),
        ({"list_balances": [{"tokn_id": "SETH"}]}, "token_id"),
        ({"list_boats": []}, "list_balances"),
        ({"list_balances": [{"updated_at": "yesterday"}]}, "updated_at"),
    ):
        assert message in " ".join(faults(client.put(f"{CONTROL}/fixtures", json=body)))
    assert faults(client.put(f"{CONTROL}/fixtures", json=[1]))
    assert client.get(PATH).data == before


def test_every_fault_of_fixtures_is_listed_separately(client: FlaskClient) -> None:
    records = [{"amount": number} for number in range(30)]
    found = faults(client.put(f"{CONTROL}/fixtures", json={"list_balances": records}))
    assert len(found) == 30
    assert all(f"[{number}].amount" in text for number, text in enumerate(found))


def test_reset_returns_to_the_start() -> None:
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


UNREACHABLE = "redis://127.0.0.1:1"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "scenario", {"name": "empty"}),
        ("DELETE", "scenario", None),
        ("PUT", "fixtures", {"list_balances": [{"token_id": "SETH"}]}),
        ("DELETE", "fixtures", None),
        ("POST", "reset", None),
    ],
)
@pytest.mark.usefixtures("capsys")
def test_a_change_that_cannot_be_kept_is_answered_with_503(method: str, path: str, body: Any) -> None:
    client = create_app(state=UNREACHABLE).test_client()
    answer = client.open(f"{CONTROL}/{path}", method=method, json=body)
    assert (answer.status_code, answer.json["success"]) == (503, False)
    assert answer.json["error"]
    assert f"{CONTROL}/ready" in answer.json["suggestion"]
    responses = control_contract().document["paths"][f"{CONTROL}/{path}"][method.lower()]["responses"]
    assert "503" in responses


@pytest.mark.parametrize(("path", "form"), [("switch", {"name": "empty"}), ("switch/off", {})])
@pytest.mark.usefixtures("capsys")
def test_a_form_whose_change_cannot_be_kept_is_not_redirected(path: str, form: dict[str, str]) -> None:
    answer = create_app(state=UNREACHABLE).test_client().post(f"{CONTROL}/{path}", data=form)
    assert answer.status_code in (422, 503)


# Who may use it -------------------------------------------------------------------------------------------------------

LOCAL_HOSTS = [
    "127.0.0.1",
    "127.0.0.1:4010",
    "localhost",
    "LOCALHOST:80",
    "app.localhost:3",
    "[::1]",
    "[::1]:80",
    "127.9.9.9",
]
FOREIGN_HOSTS = [
    "evil.example",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "10.0.0.1",
    "0.0.0.0",
    "",
    "[::2]",
    "a:b:c",
]


def test_which_hosts_are_this_machine() -> None:
    assert [host for host in LOCAL_HOSTS if not is_loopback(host)] == []
    assert [host for host in FOREIGN_HOSTS if is_loopback(host)] == []


RESTRICTED = [("GET", "/"), ("GET", "/requests"), ("PUT", "/scenario"), ("DELETE", "/scenario"), ("POST", "/reset")]


@pytest.mark.parametrize(("method", "path"), RESTRICTED)
def test_a_foreign_host_or_origin_is_refused(client: FlaskClient, method: str, path: str) -> None:
    def send(**headers: str) -> Any:
        return client.open(CONTROL + path, method=method, headers=headers, json={"name": "empty"})

    foreign = send(Host="evil.example")
    assert foreign.status_code == 403
    assert "evil.example" in foreign.json["error"]
    assert "--control-token" in foreign.json["suggestion"]
    for origin in ("https://evil.example", "null", "http://127.0.0.1.evil.example", "file://"):
        assert send(Origin=origin).status_code == 403, origin
    allowed = send(Origin="http://localhost:3000")
    assert allowed.status_code < 400
    assert allowed.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"
    assert send(Host="localhost:4010", Origin="http://localhost:4010").status_code < 400
    assert client.get(PATH, headers={"Host": "evil.example"}).status_code == 200, "the mock itself answers everyone"


def test_health_is_public(client: FlaskClient) -> None:
    for path in ("health", "ready"):
        assert client.get(f"{CONTROL}/{path}", headers={"Host": "10.0.0.1"}).status_code == 200


LOCAL_ADDRESSES = ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1", ""]
FOREIGN_ADDRESSES = ["192.0.2.7", "172.17.0.1", "::ffff:192.0.2.7", "fe80::1%eth0", "2001:db8::1", "localhost"]


def test_another_machine_is_refused_for_any_host(client: FlaskClient) -> None:
    for method, path in RESTRICTED:
        for address in FOREIGN_ADDRESSES:
            overrides = {"REMOTE_ADDR": address}
            answer = client.open(CONTROL + path, method=method, json={"name": "empty"}, environ_overrides=overrides)
            assert answer.status_code == 403, address
            assert address in answer.json["error"]
            assert "--control-token" in answer.json["suggestion"]
    for address in LOCAL_ADDRESSES:
        assert client.get(f"{CONTROL}/world", environ_overrides={"REMOTE_ADDR": address}).status_code == 200, address
    foreign = {"REMOTE_ADDR": "192.0.2.7"}
    assert client.get(f"{CONTROL}/health", environ_overrides=foreign).status_code == 200
    assert client.get(PATH, environ_overrides=foreign).status_code == 200, "the mock itself answers everyone"
    assert client.options(f"{CONTROL}/scenario", headers=PREFLIGHT, environ_overrides=foreign).status_code == 403


def test_a_request_without_an_address_is_one_of_this_process(client: FlaskClient) -> None:
    environ = create_environ(f"{CONTROL}/world")
    environ.pop("REMOTE_ADDR", None)
    _, status, _ = run_wsgi_app(client.application.wsgi_app, environ, buffered=True)
    assert status == "200 OK"


def test_another_machine_may_use_it_with_the_token() -> None:
    overrides = {"REMOTE_ADDR": "192.0.2.7"}
    client = create_app(control_token="x").test_client()
    answer = client.get(f"{CONTROL}/world", headers={"Authorization": "Bearer x"}, environ_overrides=overrides)
    assert answer.status_code == 200


PREFLIGHT = {
    "Origin": PAGE,
    "Access-Control-Request-Method": "PUT",
    "Access-Control-Request-Headers": "authorization, content-type",
    "Access-Control-Request-Private-Network": "true",
}


def words(answer: Any, name: str) -> set[str]:
    return {word.strip().lower() for word in answer.headers[name].split(",")}


@pytest.mark.parametrize("token", [None, "sesame"])
def test_a_preflight_of_a_page_of_this_machine_needs_no_token(token: str | None) -> None:
    client = create_app(control_token=token).test_client()
    for path in ("scenario", "fixtures", "reset", "requests/count"):
        answer = client.options(f"{CONTROL}/{path}", headers=PREFLIGHT)
        assert answer.status_code < 300
        assert answer.headers["Access-Control-Allow-Origin"] == PAGE
        assert {"authorization", "content-type"} <= words(answer, "Access-Control-Allow-Headers")
        assert {"put", "post", "delete"} <= words(answer, "Access-Control-Allow-Methods")
        assert answer.headers["Access-Control-Allow-Private-Network"] == "true"
        for origin in ("https://evil.example", "null"):
            foreign = client.options(f"{CONTROL}/{path}", headers={**PREFLIGHT, "Origin": origin})
            assert foreign.status_code in (401, 403)
            assert "Access-Control-Allow-Origin" not in foreign.headers
            assert "Access-Control-Allow-Private-Network" not in foreign.headers
    public = {name: value for name, value in PREFLIGHT.items() if "Private" not in name}
    answer = client.options(f"{CONTROL}/scenario", headers=public)
    assert "Access-Control-Allow-Private-Network" not in answer.headers
    headers = {"Origin": PAGE, **({"Authorization": f"Bearer {token}"} if token else {})}
    answer = client.put(f"{CONTROL}/scenario", json={"name": "empty"}, headers=headers)
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, PAGE)


def test_a_foreign_name_that_resolves_to_this_machine_is_refused(client: FlaskClient) -> None:
    rebound = {**PREFLIGHT, "Host": "evil.example:4010", "Origin": "http://evil.example:4010"}
    assert client.options(f"{CONTROL}/scenario", headers=rebound).status_code == 403


def test_an_options_request_other_than_a_preflight_needs_the_token() -> None:
    client = create_app(control_token="sesame").test_client()
    assert client.options(f"{CONTROL}/scenario", headers={"Origin": PAGE}).status_code == 401
    assert client.options(f"{CONTROL}/scenario").status_code == 401


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("Bearer sesame", 200),
        ("bearer sesame", 200),
        ("BEARER  sesame", 200),
        ("sesame", 401),
        ("Basic sesame", 401),
        ("Bearer", 401),
        ("Bearer ", 401),
        ("Bearer Bearer sesame", 401),
        ("Bearersesame", 401),
        ("Bearer sesame2", 401),
        ("Bearer \u20ac", 401),
    ],
)
def test_how_a_token_is_sent(header: str, status: int) -> None:
    client = create_app(control_token="sesame").test_client()
    assert client.get(f"{CONTROL}/world", headers={"Authorization": header}).status_code == status


@pytest.mark.parametrize("token", ["s\u00e9same \u20ac; \U0001f511", "voil\u00e0", "?"])
def test_a_token_may_be_any_text(token: str) -> None:
    client = create_app(control_token=token).test_client()
    header = f"Bearer {token}".encode().decode("latin-1")
    assert client.get(f"{CONTROL}/world", headers={"Authorization": header}).status_code == 200
    assert client.get(f"{CONTROL}/?{urlencode({'token': token})}").status_code == 302
    assert client.get(f"{CONTROL}/world").status_code == 200, "the cookie replaces the token"


def test_a_token_need_not_be_utf_8() -> None:
    """An environment variable may be Latin-1."""
    client = create_app(control_token=b"voil\xe0".decode("utf-8", "surrogateescape")).test_client()
    for given, status in (("voil\u00e0", 200), ("voila", 401), ("voil\u20ac", 401)):
        assert client.get(f"{CONTROL}/world", headers={"Authorization": f"Bearer {given}"}).status_code == status
    assert client.get(f"{CONTROL}/?token=voila").status_code == 401


def test_the_redirect_removes_only_the_token_from_the_url() -> None:
    client = create_app(control_token="sesame").test_client()
    answer = client.get(f"{CONTROL}/journal?status=4xx&token=sesame&path=%2Fa%26b%0D%0A&path=%C3%BC")
    location = urlsplit(answer.headers["Location"])
    assert location.path == f"{CONTROL}/journal"
    assert parse_qsl(location.query) == [("status", "4xx"), ("path", "/a&b\r\n"), ("path", "\u00fc")]


def test_two_mocks_on_one_machine_have_separate_tokens() -> None:
    """A browser sends a cookie to every port of its host."""
    one, two = create_app(control_token="one"), create_app(control_token="two")
    browser = one.test_client()
    browser.get(f"{CONTROL}/?token=one")
    (cookie,) = browser._cookies.values()
    assert cookie.path == CONTROL, "it is not sent to other programs on this host"
    browser.application = two
    assert browser.get(f"{CONTROL}/world").status_code == 401
    browser.get(f"{CONTROL}/?token=two")
    assert browser.get(f"{CONTROL}/world").status_code == 200
    browser.application = one
    assert browser.get(f"{CONTROL}/world").status_code == 200, "the cookie of the other mock has not replaced it"


def test_with_a_token_any_host_is_accepted_but_no_request_without_it() -> None:
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
    assert f"Path={CONTROL}" in cookie
    assert "SameSite=Strict" in cookie
    assert client.get(f"{CONTROL}/world").status_code == 200, "the cookie replaces the token"
    stolen = client.put(f"{CONTROL}/scenario", json={"name": "empty"}, headers={"Origin": "https://evil.example"})
    assert stolen.status_code == 403


def test_a_missing_slash_at_the_end_is_added(client: FlaskClient) -> None:
    answer = client.get(CONTROL)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{CONTROL}/")


def test_unknown_paths_and_methods_are_refused(client: FlaskClient) -> None:
    answer = client.get(f"{CONTROL}/nowhere")
    assert (answer.status_code, answer.json["error"]) == (404, "Not Found")
    assert f"{CONTROL}/openapi.json" in answer.json["suggestion"]
    wrong = client.post(f"{CONTROL}/world")
    assert (wrong.status_code, wrong.json["error"]) == (405, "Method Not Allowed")
    assert "GET" in wrong.headers["Allow"]
    assert entries(client) == [], "requests to the control API are not in the journal"


@pytest.mark.parametrize(
    "path",
    [
        "//__mock__/world",
        "/__mock__//world",
        "//__mock__//world",
        "///__mock__/",
        "//openapi.json",
        "/__mock__//static/x",
    ],
)
def test_a_path_with_a_double_slash_is_another_path(client: FlaskClient, path: str) -> None:
    answer = client.get("/", environ_overrides={"PATH_INFO": path})
    assert (answer.status_code, answer.json["success"]) == (404, False)
    if path.startswith("//"):
        assert PATH in answer.json["suggestion"], "this is the 404 of the contract"
        assert "Content-Security-Policy" not in answer.headers
        assert [entry["path"] for entry in entries(client)] == [path]


def test_the_control_api_can_be_turned_off() -> None:
    client = create_app(control=False).test_client()
    for path in ("/", "/world", "/health"):
        answer = client.get(CONTROL + path)
        assert answer.status_code == 404
        assert PATH in answer.json["suggestion"]
    assert client.get("/openapi.json").status_code == 200


def test_answers_forbid_foreign_scripts_and_frames(client: FlaskClient) -> None:
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


def test_the_document_is_valid_and_names_this_server(documents: Iterator[tuple[str, Any]], tmp_path: Path) -> None:
    for path, answer in documents:
        file = tmp_path / path.rpartition("/")[2]
        file.write_bytes(answer.data)
        contract = load_contract(file)
        validate_openapi(dict(contract.document))
        assert contract.document["servers"] == [{"url": "http://localhost"}]


def test_every_route_is_documented_and_every_operation_is_a_route(app: Flask) -> None:
    documented = {(o.method, o.path) for o in control_contract().operations}
    routes = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("control.") and "openapi" not in rule.endpoint
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes == documented


def test_the_document_has_the_token_and_its_refusal() -> None:
    """The token is one of two alternatives, and its refusal is documented, except for public operations."""
    document = control_contract().document
    assert document["components"]["securitySchemes"]["bearerAuth"]["scheme"] == "bearer"
    for path, item in document["paths"].items():
        for operation in item.values():
            is_public = path in (f"{CONTROL}/health", f"{CONTROL}/ready")
            security = operation.get("security", document["security"])
            assert security == ([] if is_public else [{}, {"bearerAuth": []}])
            assert ("401" in operation["responses"]) != is_public
            assert ("413" in operation["responses"]) == ("requestBody" in operation)


def test_an_operation_of_the_contract_overrides_the_document(tmp_path: Path) -> None:
    file = tmp_path / "boats.yaml"
    file.write_text(BOATS)
    app = create_app(file)
    client, reload = app.test_client(), app.extensions["mockserver"].reload
    for path in ("/openapi.json", "/openapi.yaml"):
        file.write_text(BOATS)
        reload()
        assert "Boats" in client.get(path).text
        client.delete(f"{CONTROL}/requests")
        file.write_text(BOATS.replace("/boats", path))
        reload()
        answer = client.get(path, headers={"Origin": PAGE})
        assert "X-Mock-World" in answer.headers
        assert "Boats" not in answer.text
        assert answer.headers.getlist("Access-Control-Allow-Origin") == [PAGE]
        assert [entry["operation"] for entry in entries(client)] == ["list_boats"]
        wrong = client.put(path)
        assert (wrong.status_code, wrong.headers["Allow"]) == (405, "GET, HEAD")
        preflight = client.options(path, headers=PREFLIGHT)
        assert preflight.status_code == 204
        assert preflight.headers.getlist("Access-Control-Allow-Origin") == [PAGE]
        file.write_text(BOATS.replace("Boats", "Ships"))
        reload()
        answer = client.get(path)
        assert "Ships" in answer.text
        assert "X-Mock-World" not in answer.headers


@pytest.mark.parametrize("path", ["/openapi.json", "/openapi.yaml"])
def test_pages_of_other_sites_may_read_the_document(client: FlaskClient, path: str) -> None:
    sent = {**PREFLIGHT, "Origin": "https://editor.example", "Access-Control-Request-Method": "GET"}
    answer = client.options(path, headers=sent)
    assert answer.status_code == 204
    assert answer.headers.getlist("Access-Control-Allow-Origin") == ["https://editor.example"]
    assert {"get", "head"} <= words(answer, "Access-Control-Allow-Methods")
    assert "authorization" in words(answer, "Access-Control-Allow-Headers")
    assert answer.headers["Access-Control-Allow-Private-Network"] == "true"
    narrow = create_app(cors_origins=[PAGE]).test_client().options(path, headers=sent)
    off = create_app(cors=False).test_client().options(path, headers=sent)
    for refused in (narrow, off):
        assert not [name for name in refused.headers.keys() if name.startswith("Access-Control")]  # noqa: SIM118


def test_the_served_contract_names_this_server(client: FlaskClient, tmp_path: Path) -> None:
    for name, kind in (("openapi.json", "application/json"), ("openapi.yaml", "application/yaml")):
        answer = client.get(f"/{name}", headers={"Origin": "http://localhost:3000"})
        assert answer.content_type == kind
        assert answer.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"
        (tmp_path / name).write_bytes(answer.data)
        contract = load_contract(tmp_path / name)
        assert contract.document["servers"] == [{"url": "http://localhost"}]
        assert [o.id for o in contract.operations] == ["list_balances"]


@pytest.mark.parametrize("name", ["openapi.json", "openapi.yaml"])
def test_a_contract_that_is_too_deep_is_not_served_as_a_document(tmp_path: Path, name: str) -> None:
    contract = tmp_path / "boats.json"
    text = json.dumps(yaml.safe_load(BOATS))
    contract.write_text(text[:-1] + ', "x-deep": ' + "[" * 300 + "]" * 300 + "}")
    client = create_app(contract).test_client()
    assert client.get("/boats").status_code == 200
    answer = client.get(f"/{name}")
    assert (answer.status_code, answer.json["success"]) == (501, False)
    assert "more than 200 levels" in answer.json["error"]
