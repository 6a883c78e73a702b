"""Answers as a frontend developer shapes them: scenarios, preferences, and pages of other origins."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask.testing import FlaskClient

from mockserver import create_app
from mockserver.errors import OptionError
from mockserver.mock.options import default_contract

PATH = "/api/v1/wallets/balances"
Play = Callable[[str], FlaskClient]


def client_of(**options: Any) -> FlaskClient:
    return create_app(**options).test_client()


def ids(page: Any) -> list[str]:
    return [row["id"] for row in page["result"]]


def walk(client: FlaskClient, **query: Any) -> list[str]:
    """Every id that a client meets on its way to the end."""
    found: list[str] = []
    after: str | None = None
    for _ in range(200):
        page = client.get(PATH, query_string={**query, **({"after": after} if after else {})}).json
        found += ids(page)
        after = page["meta"]["after"]
        if not page["meta"]["has_more"]:
            return found
    raise AssertionError("the walk does not end")


EVERYTHING = walk(client_of(), limit=200)


# Scenarios ------------------------------------------------------------------------------------------------------------


def test_without_a_scenario_nothing_tells_of_one() -> None:
    assert "X-Mock-Scenario" not in client_of().get(PATH).headers


def test_empty_shows_no_records() -> None:
    client = client_of(scenario="empty")
    answer = client.get(PATH)
    assert answer.headers["X-Mock-Scenario"] == "empty"
    assert answer.json["result"] == []
    assert answer.json["meta"] == dict.fromkeys(("after", "before", "limit", "offset")) | {
        "total": 0,
        "has_more": False,
    }


@pytest.mark.parametrize("limit", [1, 7, 50, 200])
def test_one_page_is_all_there_is_at_any_size(limit: int) -> None:
    page = client_of(scenario="one-page").get(f"{PATH}?limit={limit}").json
    assert ids(page) == EVERYTHING[:limit]
    assert (page["meta"]["has_more"], page["meta"]["after"], page["meta"]["total"]) == (
        False,
        None,
        min(limit, len(EVERYTHING)),
    )


def test_one_page_ends_for_a_walk_that_was_on_its_way() -> None:
    after = client_of().get(f"{PATH}?limit=50").json["meta"]["after"]
    page = client_of(scenario="one-page").get(f"{PATH}?limit=50&after={after}").json
    assert (page["result"], page["meta"]["has_more"]) == ([], False)


def test_unauthorized_refuses_every_key() -> None:
    answer = client_of(scenario="unauthorized").get(PATH, headers={"X-API-Key": "k"})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("ApiKey")
    assert "'unauthorized' is active" in answer.json["suggestion"]


def test_rate_limited_says_when_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(scenario="rate-limited:after=2,per=30")
    client, now = app.test_client(), [1000.0]
    monkeypatch.setattr(app.extensions["mockserver"].engine, "_seconds", lambda: now[0])
    assert [client.get(PATH).status_code for _ in range(4)] == [200, 200, 429, 429]
    now[0] += 12.5
    refused = client.get(PATH)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "18")
    now[0] += int(refused.headers["Retry-After"])
    assert client.get(PATH).status_code == 200


def test_server_error_is_the_contracts_own_where_it_has_one(tmp_path: Path) -> None:
    answer = client_of(scenario="server-error:every=1,status=503").get(PATH)
    assert (answer.status_code, answer.json["error"]) == (503, "Service unavailable")
    document = yaml.safe_load(default_contract().read_text())
    example = {"application/json": {"example": {"oops": 1}}}
    document["paths"][PATH]["get"]["responses"]["500"] = {"description": "Broken.", "content": example}
    (tmp_path / "c.yaml").write_text(yaml.safe_dump(document))
    answer = client_of(contract=tmp_path / "c.yaml", scenario="server-error:every=1").get(PATH)
    assert (answer.status_code, answer.json) == (500, {"oops": 1})


def test_truncated_is_json_that_is_cut() -> None:
    answer = client_of(scenario="truncated").get(PATH)
    assert answer.status_code == 200
    assert len(answer.data) == int(answer.headers["Content-Length"]) > 1000
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.data)


def test_disconnect_ends_before_what_was_announced() -> None:
    answer = client_of(scenario="disconnect").get(PATH)
    assert 0 < len(answer.data) < int(answer.headers["Content-Length"])


def test_shifting_loses_and_finds_records_but_shows_none_twice() -> None:
    walks = [walk(client_of(scenario=f"shifting:every=5,seed={seed}"), limit=20) for seed in range(4)]
    for found in walks:
        assert found == [i for i in EVERYTHING if i in set(found)], "in list order, none twice"
        assert 0.7 * len(EVERYTHING) < len(found) < len(EVERYTHING)
    assert len({tuple(found) for found in walks}) > 1
    client = client_of(scenario="shifting:every=5")
    pages = [set(ids(client.get(f"{PATH}?limit=200").json)) for _ in range(6)]
    assert any(a - b for a, b in pairwise(pages)), "records vanish"
    assert any(b - a for a, b in pairwise(pages)), "records come back"


def test_the_same_run_fails_in_the_same_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockserver.server.wsgi.time.sleep", lambda _: None)

    def run(seed: str) -> list[tuple[int, int]]:
        client = client_of(scenario=f"flaky:rate=0.5,seed={seed}")
        return [(answer.status_code, len(answer.data)) for answer in (client.get(f"{PATH}?limit=3") for _ in range(40))]

    assert run("a") == run("a") != run("b")
    assert {status for status, _ in run("a")} == {200, 500, 503}
    assert len({size for status, size in run("a") if status == 200}) == 3, "whole, cut, and closed halfway"


def test_a_scenario_is_limited_to_an_operation_a_key_and_the_next_requests() -> None:
    client = client_of(scenario="server-error:every=1,key=mine,times=2")
    asked: Sequence[str | None] = ("mine", "other", None, "mine", "mine")
    statuses = [client.get(PATH, headers={"X-API-Key": k} if k else {}).status_code for k in asked]
    assert statuses == [500, 200, 200, 500, 200]
    with pytest.raises(OptionError, match="unknown operation 'list_boats'"):
        create_app(scenario="empty:operation=list_boats")


def test_what_a_scenario_did_is_not_remembered() -> None:
    app = create_app(scenario="empty:times=1")
    client = app.test_client()
    assert client.get(PATH).json["result"] == []
    assert ids(client.get(f"{PATH}?limit=200").json) == EVERYTHING
    assert ids(client.get(f"{PATH}").json) == EVERYTHING[:50]


def test_only_what_a_scenario_changed_says_so() -> None:
    """A list's view changes no refusal; a body that is not there is not cut."""
    for scenario, method, query in (("empty", "GET", "limit=0"), ("truncated", "HEAD", ""), ("disconnect", "HEAD", "")):
        client = client_of(scenario=scenario)
        answer = client.open(f"{PATH}?{query}", method=method)
        assert "X-Mock-Scenario" not in answer.headers, scenario
        assert client.get("/__mock__/requests").json["requests"][-1]["scenario"] is None
    whole = client_of().head(PATH).headers["Content-Length"]
    assert client_of(scenario="truncated").head(PATH).headers["Content-Length"] == whole


def test_a_scenario_counts_only_requests_that_it_concerns() -> None:
    client = client_of(scenario="server-error:every=2")
    client.get("/nowhere")
    client.options(PATH, headers={"Origin": "http://a", "Access-Control-Request-Method": "GET"})
    client.get("/__mock__/world")
    assert [client.get(PATH).status_code for _ in range(2)] == [200, 500]


def test_the_journal_says_which_scenario_it_was() -> None:
    client = client_of(scenario="server-error:every=2")
    for _ in range(2):
        client.get(PATH)
    told = client.get("/__mock__/requests").json["requests"]
    assert [(e["status"], e["scenario"]) for e in told] == [(200, None), (500, "server-error")]


# Preferences (RFC 7240) -----------------------------------------------------------------------------------------------


def prefer(text: str, query: str = "", **options: Any) -> Any:
    return client_of(**options).get(f"{PATH}?{query}", headers={"Prefer": text})


def test_a_code_is_answered_with_its_example() -> None:
    answer = prefer("code=422")
    assert answer.status_code == 422
    assert answer.headers["Preference-Applied"] == "code=422"
    assert answer.json["error"]["detail"][0]["input"] == "201", "the contract's own example"
    assert prefer("code=401").status_code == 401
    page = prefer("code=200", "limit=3")
    assert (ids(page.json), page.headers["Preference-Applied"]) == (EVERYTHING[:3], "code=200")


def test_a_code_that_is_not_documented_is_refused_with_those_that_are() -> None:
    answer = prefer("code=404")
    assert answer.status_code == 422
    (detail,) = answer.json["error"]["detail"]
    assert detail["loc"] == ["header", "Prefer"]
    assert "available: 200, 401, 422" in detail["msg"]


def test_an_example_is_answered_by_its_name() -> None:
    answer = prefer("example=page")
    assert answer.json["result"][0]["token_id"] == "SETH_USDC"
    assert (answer.json["meta"]["total"], answer.headers["Preference-Applied"]) == (3, "example=page")
    assert prefer("code=422, example=limit").status_code == 422
    refused = prefer("example=pge")
    assert refused.status_code == 422
    assert "available: page" in refused.json["error"]["detail"][0]["msg"]


def test_dynamic_makes_an_answer_of_its_own(tmp_path: Path) -> None:
    document = yaml.safe_load(default_contract().read_text())
    item = {"application/json": {"schema": {"type": "object", "required": ["a"], "properties": {"a": {"const": 1}}}}}
    item["application/json"]["example"] = {"a": 1, "b": 2}
    document["paths"] = {"/one": {"get": {"responses": {"200": {"description": "One.", "content": item}}}}}
    (tmp_path / "c.yaml").write_text(yaml.safe_dump(document))
    client = client_of(contract=tmp_path / "c.yaml")
    assert client.get("/one").json == {"a": 1, "b": 2}
    answer = client.get("/one", headers={"Prefer": "dynamic=true"})
    assert (answer.json["a"], answer.headers["Preference-Applied"]) == (1, "dynamic=true")
    assert answer.json != {"a": 1, "b": 2}
    assert ids(prefer("dynamic=true", "limit=2").json) == EVERYTHING[:2], "a list is made anyway"


def test_faults_of_the_request_go_before_what_it_prefers() -> None:
    answer = prefer("code=200, wait=0", "limit=0")
    assert answer.status_code == 422
    assert answer.json["error"]["detail"][0]["loc"] == ["query", "limit"]
    assert answer.headers["Preference-Applied"] == "wait=0"
    assert prefer("code=200", api_keys=["k"]).status_code == 401


@pytest.mark.parametrize("text", ["return=minimal", "", "handling=lenient; x=y", "nonsense;;;", '"'])
def test_what_is_not_ours_is_ignored(text: str) -> None:
    answer = prefer(text, "limit=2")
    assert ids(answer.json) == EVERYTHING[:2]
    assert "Preference-Applied" not in answer.headers


@pytest.mark.parametrize(
    ("text", "told"), [("code=9", "a status from 200 to 599"), ("wait=soon", "seconds from 0 to 60")]
)
def test_what_is_malformed_is_refused(text: str, told: str) -> None:
    answer = prefer(text)
    assert answer.status_code == 422
    assert told in answer.json["error"]["detail"][0]["msg"]


def test_a_wait_is_a_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the server's clock, which is not waited for here; tests/test_cli.py does, over the wire."""
    waited: list[float] = []
    monkeypatch.setattr("mockserver.server.wsgi.time.sleep", waited.append)
    client = client_of()
    answer = client.get(f"{PATH}?limit=2", headers={"Prefer": "wait=1.5"})
    assert (ids(answer.json), answer.headers["Preference-Applied"]) == (EVERYTHING[:2], "wait=1.5")
    for method, status in (("GET", 404), ("HEAD", 404)):
        assert client.open("/nowhere", method=method, headers={"Prefer": "wait=9"}).status_code == status
    assert client.post(PATH, headers={"Prefer": "wait=2"}).status_code == 405
    assert client.head(PATH, headers={"Prefer": "wait=3"}).status_code == 200
    assert client.get(f"{PATH}?limit=2").headers.get("Preference-Applied") is None
    assert waited == [1.5, 9, 9, 2, 3]


def test_a_preference_does_not_refresh() -> None:
    client = client_of()
    row = client.get(f"{PATH}?limit=1").json["result"][0]
    query = {"address": row["address"], "force_refresh": "true"}
    assert client.get(PATH, query_string=query, headers={"Prefer": "code=422"}).status_code == 422
    assert client.get(f"{PATH}?limit=1").json["result"][0] == row


# Pages of other origins -----------------------------------------------------------------------------------------------

ORIGIN = "http://localhost:3000"
ASKED = {
    "Origin": ORIGIN,
    "Access-Control-Request-Method": "GET",
    "Access-Control-Request-Headers": "x-api-key, prefer",
}


def test_a_page_of_any_origin_may_ask_and_read() -> None:
    client = client_of()
    told = client.options(PATH, headers=ASKED)
    assert (told.status_code, told.data) == (204, b"")
    assert told.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert told.headers["Access-Control-Allow-Methods"] == "GET, HEAD"
    allowed = {name.strip().lower() for name in told.headers["Access-Control-Allow-Headers"].split(",")}
    assert {"x-api-key", "authorization", "content-type", "prefer"} <= allowed
    private = client.options(PATH, headers={**ASKED, "Access-Control-Request-Private-Network": "true"})
    assert private.headers["Access-Control-Allow-Private-Network"] == "true"
    for query in ("", "", "limit=0"):
        answer = client.get(f"{PATH}?{query}", headers={"Origin": ORIGIN})
        assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert "X-Mock-World" in answer.headers["Access-Control-Expose-Headers"]
    assert client.get("/nowhere", headers={"Origin": ORIGIN}).headers["Access-Control-Allow-Origin"] == ORIGIN
    assert client.get(PATH, headers={"Origin": "http://b"}).headers["Access-Control-Allow-Origin"] == "http://b"
    assert "Access-Control-Allow-Origin" not in client.get(PATH).headers


def test_a_page_that_uses_a_wrong_method_can_read_that_it_is_wrong() -> None:
    client = client_of()
    told = client.options(PATH, headers={**ASKED, "Access-Control-Request-Method": "PUT"})
    assert "PUT" in told.headers["Access-Control-Allow-Methods"].split(", ")
    answer = client.put(PATH, headers={"Origin": ORIGIN})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN


def test_a_refusal_of_a_scenario_can_be_read_too() -> None:
    for scenario in ("server-error:every=1", "unauthorized", "rate-limited:after=0", "truncated"):
        answer = client_of(scenario=scenario).get(PATH, headers={"Origin": ORIGIN})
        assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN, scenario


def test_origins_can_be_narrowed_and_the_whole_turned_off() -> None:
    narrow = client_of(cors_origins=[ORIGIN, "http://app.example:*"])
    for origin in (ORIGIN, "http://app.example:1", "http://app.example:2"):
        assert narrow.get(PATH, headers={"Origin": origin}).headers["Access-Control-Allow-Origin"] == origin
    for origin in ("http://localhost:3001", "https://localhost:3000", "http://evil.example"):
        assert "Access-Control-Allow-Origin" not in narrow.get(PATH, headers={"Origin": origin}).headers
        told = narrow.options(PATH, headers={**ASKED, "Origin": origin})
        assert "Access-Control-Allow-Origin" not in told.headers
    off = client_of(cors=False)
    assert "Access-Control-Allow-Origin" not in off.get(PATH, headers={"Origin": ORIGIN}).headers
    assert off.options(PATH, headers=ASKED).status_code == 405
    with pytest.raises(OptionError, match="expected scheme, host and port only: 'http://localhost:3000'"):
        create_app(cors_origins=["localhost:3000/"])


def test_options_that_are_no_preflight_are_a_wrong_method() -> None:
    assert client_of().options(PATH).status_code == 405


def test_options_that_nobody_knows_are_a_mistake_of_the_program() -> None:
    with pytest.raises(TypeError, match="there is no option sede"):
        create_app(sede="x")  # type: ignore[call-arg]
