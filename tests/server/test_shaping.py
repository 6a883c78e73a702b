"""Answers that a frontend developer changes: by scenarios, preferences, and pages of other origins."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask.testing import FlaskClient

from mockserver import create_app
from mockserver.errors import OptionError
from mockserver.mock.messages import LATER
from mockserver.mock.options import default_contract
from mockserver.server.wsgi import wait

PATH = "/api/v1/wallets/balances"


def client_of(**options: Any) -> FlaskClient:
    return create_app(**options).test_client()


def ids(page: Any) -> list[str]:
    return [row["id"] for row in page["result"]]


def walk(client: FlaskClient, **query: Any) -> list[str]:
    """Return every id of a walk to the end."""
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


def test_without_a_scenario_no_header_names_one() -> None:
    assert "X-Mock-Scenario" not in client_of().get(PATH).headers


def test_empty_returns_no_records() -> None:
    client = client_of(scenario="empty")
    answer = client.get(PATH)
    assert answer.headers["X-Mock-Scenario"] == "empty"
    assert answer.json["result"] == []
    assert answer.json["meta"] == dict.fromkeys(("after", "before", "limit", "offset")) | {
        "total": 0,
        "has_more": False,
    }


@pytest.mark.parametrize("limit", [1, 7, 50, 200])
def test_one_page_is_the_whole_list_at_any_page_size(limit: int) -> None:
    page = client_of(scenario="one-page").get(f"{PATH}?limit={limit}").json
    assert ids(page) == EVERYTHING[:limit]
    assert (page["meta"]["has_more"], page["meta"]["after"], page["meta"]["total"]) == (
        False,
        None,
        min(limit, len(EVERYTHING)),
    )


def test_one_page_ends_a_walk_that_has_begun() -> None:
    after = client_of().get(f"{PATH}?limit=50").json["meta"]["after"]
    page = client_of(scenario="one-page").get(f"{PATH}?limit=50&after={after}").json
    assert (page["result"], page["meta"]["has_more"]) == ([], False)


def test_unauthorized_refuses_every_key() -> None:
    answer = client_of(scenario="unauthorized").get(PATH, headers={"X-API-Key": "k"})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("ApiKey")
    assert "'unauthorized' is active" in answer.json["suggestion"]


def test_rate_limited_refuses_with_the_seconds_to_wait() -> None:
    """By the machine's clock; tests/mock/scenarios/test_kinds.py has the exact seconds."""
    client = client_of(scenario="rate-limited:after=2,per=3000")
    answers = [client.get(PATH) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
    assert 2900 < int(answers[-1].headers["Retry-After"]) <= 3000


def test_rate_limited_answers_again_after_the_seconds_to_wait() -> None:
    client = client_of(scenario="rate-limited:after=1,per=0.2")
    answers = (client.get(PATH) for _ in range(100))
    refused = next(answer for answer in answers if answer.status_code == 429)
    time.sleep(int(refused.headers["Retry-After"]))
    assert client.get(PATH).status_code == 200


def test_server_error_is_as_the_contract_documents_it(tmp_path: Path) -> None:
    answer = client_of(scenario="server-error:every=1,status=503").get(PATH)
    assert (answer.status_code, answer.json["error"]) == (503, "Service unavailable")
    document = yaml.safe_load(default_contract().read_text())
    example = {"application/json": {"example": {"oops": 1}}}
    document["paths"][PATH]["get"]["responses"]["500"] = {"description": "Broken.", "content": example}
    (tmp_path / "c.yaml").write_text(yaml.safe_dump(document))
    answer = client_of(contract=tmp_path / "c.yaml", scenario="server-error:every=1").get(PATH)
    assert (answer.status_code, answer.json) == (500, {"oops": 1})


def test_truncated_is_json_that_is_cut_off() -> None:
    answer = client_of(scenario="truncated").get(PATH)
    assert answer.status_code == 200
    assert len(answer.data) == int(answer.headers["Content-Length"]) > 1000
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.data)


def test_disconnect_sends_less_than_announced() -> None:
    answer = client_of(scenario="disconnect").get(PATH)
    assert 0 < len(answer.data) < int(answer.headers["Content-Length"])


def test_shifting_hides_and_shows_records_but_none_twice() -> None:
    walks = [walk(client_of(scenario=f"shifting:every=5,seed={seed}"), limit=20) for seed in range(4)]
    for found in walks:
        assert found == [i for i in EVERYTHING if i in set(found)], "in list order, none twice"
        assert 0.7 * len(EVERYTHING) < len(found) < len(EVERYTHING)
    assert len({tuple(found) for found in walks}) > 1
    client = client_of(scenario="shifting:every=5")
    pages = [set(ids(client.get(f"{PATH}?limit=200").json)) for _ in range(6)]
    assert any(a - b for a, b in pairwise(pages)), "records disappear"
    assert any(b - a for a, b in pairwise(pages)), "records come back"


def test_the_same_run_fails_in_the_same_places() -> None:
    def run(seed: str) -> list[tuple[int, int]]:
        client = client_of(scenario=f"flaky:rate=0.5,seed={seed}")
        client.environ_base[LATER] = lambda _: None  # a server that does not delay answers
        return [(answer.status_code, len(answer.data)) for answer in (client.get(f"{PATH}?limit=3") for _ in range(40))]

    assert run("a") == run("a") != run("b")
    assert {status for status, _ in run("a")} == {200, 500, 503}
    assert len({size for status, size in run("a") if status == 200}) == 3, "complete, cut off, and closed halfway"


def test_a_scenario_is_limited_to_an_operation_a_key_and_the_next_requests() -> None:
    client = client_of(scenario="server-error:every=1,key=mine,times=2")
    keys: Sequence[str | None] = ("mine", "other", None, "mine", "mine")
    statuses = [client.get(PATH, headers={"X-API-Key": k} if k else {}).status_code for k in keys]
    assert statuses == [500, 200, 200, 500, 200]
    with pytest.raises(OptionError, match="unknown operation 'list_boats'"):
        create_app(scenario="empty:operation=list_boats")


def test_answers_of_a_scenario_are_not_cached() -> None:
    app = create_app(scenario="empty:times=1")
    client = app.test_client()
    assert client.get(PATH).json["result"] == []
    assert ids(client.get(f"{PATH}?limit=200").json) == EVERYTHING
    assert ids(client.get(f"{PATH}").json) == EVERYTHING[:50]


def test_only_answers_that_a_scenario_changed_name_it() -> None:
    """A scenario that changes lists does not change refusals; an answer without a body is not cut off."""
    for scenario, method, query in (("empty", "GET", "limit=0"), ("truncated", "HEAD", ""), ("disconnect", "HEAD", "")):
        client = client_of(scenario=scenario)
        answer = client.open(f"{PATH}?{query}", method=method)
        assert "X-Mock-Scenario" not in answer.headers, scenario
        assert client.get("/__mock__/requests").json["requests"][-1]["scenario"] is None
    length = client_of().head(PATH).headers["Content-Length"]
    assert client_of(scenario="truncated").head(PATH).headers["Content-Length"] == length


def test_a_scenario_counts_only_requests_of_operations() -> None:
    client = client_of(scenario="server-error:every=2")
    client.get("/nowhere")
    client.options(PATH, headers={"Origin": "http://a", "Access-Control-Request-Method": "GET"})
    client.get("/__mock__/world")
    assert [client.get(PATH).status_code for _ in range(2)] == [200, 500]


def test_the_journal_names_the_scenario() -> None:
    client = client_of(scenario="server-error:every=2")
    for _ in range(2):
        client.get(PATH)
    entries = client.get("/__mock__/requests").json["requests"]
    assert [(e["status"], e["scenario"]) for e in entries] == [(200, None), (500, "server-error")]


# Preferences (RFC 7240) -----------------------------------------------------------------------------------------------


def prefer(text: str, query: str = "", **options: Any) -> Any:
    return client_of(**options).get(f"{PATH}?{query}", headers={"Prefer": text})


def test_a_preferred_status_has_its_example() -> None:
    answer = prefer("code=422")
    assert answer.status_code == 422
    assert answer.headers["Preference-Applied"] == "code=422"
    assert answer.json["error"]["detail"][0]["input"] == "201", "the contract's own example"
    assert prefer("code=401").status_code == 401
    page = prefer("code=200", "limit=3")
    assert (ids(page.json), page.headers["Preference-Applied"]) == (EVERYTHING[:3], "code=200")


def test_an_undocumented_status_is_refused_with_the_documented_ones() -> None:
    answer = prefer("code=404")
    assert answer.status_code == 422
    (detail,) = answer.json["error"]["detail"]
    assert detail["loc"] == ["header", "Prefer"]
    assert "available: 200, 401, 422" in detail["msg"]


def test_an_example_is_preferred_by_its_name() -> None:
    answer = prefer("example=page")
    assert answer.json["result"][0]["token_id"] == "SETH_USDC"
    assert (answer.json["meta"]["total"], answer.headers["Preference-Applied"]) == (3, "example=page")
    assert prefer("code=422, example=limit").status_code == 422
    refused = prefer("example=pge")
    assert refused.status_code == 422
    assert "available: page" in refused.json["error"]["detail"][0]["msg"]


def test_dynamic_generates_an_answer(tmp_path: Path) -> None:
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
    assert ids(prefer("dynamic=true", "limit=2").json) == EVERYTHING[:2], "a list is always generated"


def test_faults_of_the_request_come_before_its_preferences() -> None:
    answer = prefer("code=200, wait=0", "limit=0")
    assert answer.status_code == 422
    assert answer.json["error"]["detail"][0]["loc"] == ["query", "limit"]
    assert answer.headers["Preference-Applied"] == "wait=0"
    assert prefer("code=200", api_keys=["k"]).status_code == 401


@pytest.mark.parametrize("text", ["return=minimal", "", "handling=lenient; x=y", "nonsense;;;", '"'])
def test_unknown_preferences_are_ignored(text: str) -> None:
    answer = prefer(text, "limit=2")
    assert ids(answer.json) == EVERYTHING[:2]
    assert "Preference-Applied" not in answer.headers


@pytest.mark.parametrize(
    ("text", "message"), [("code=9", "a status from 200 to 599"), ("wait=soon", "seconds from 0 to 60")]
)
def test_malformed_preferences_are_refused(text: str, message: str) -> None:
    answer = prefer(text)
    assert answer.status_code == 422
    assert message in answer.json["error"]["detail"][0]["msg"]


def test_a_preferred_wait_delays_the_answer() -> None:
    """The server delays it; tests/cli/test_cli.py measures that over the wire."""
    delays: list[float] = []
    client = client_of()
    client.environ_base[LATER] = delays.append
    answer = client.get(f"{PATH}?limit=2", headers={"Prefer": "wait=1.5"})
    assert (ids(answer.json), answer.headers["Preference-Applied"]) == (EVERYTHING[:2], "wait=1.5")
    for method, status in (("GET", 404), ("HEAD", 404)):
        assert client.open("/nowhere", method=method, headers={"Prefer": "wait=9"}).status_code == status
    assert client.post(PATH, headers={"Prefer": "wait=2"}).status_code == 405
    assert client.head(PATH, headers={"Prefer": "wait=3"}).status_code == 200
    assert client.get(f"{PATH}?limit=2").headers.get("Preference-Applied") is None
    assert delays == [1.5, 9, 9, 2, 3]


def test_a_preferred_wait_is_added_to_the_delay_of_a_scenario() -> None:
    delays: list[float] = []
    client = client_of()
    client.environ_base[LATER] = delays.append
    client.put("/__mock__/scenario", json={"name": "slow", "min": 2, "max": 2})
    client.get(PATH, headers={"Prefer": "wait=1.5"})
    assert delays == [3.5]


def test_without_a_server_that_delays_answers_the_application_sleeps() -> None:
    slept: list[float] = []
    wait({}, 1.5, slept.append)
    wait({}, 0, slept.append)
    wait({LATER: lambda _: None}, 2, slept.append)
    assert slept == [1.5]


def test_a_preference_does_not_refresh() -> None:
    client = client_of()
    row = client.get(f"{PATH}?limit=1").json["result"][0]
    query = {"address": row["address"], "force_refresh": "true"}
    assert client.get(PATH, query_string=query, headers={"Prefer": "code=422"}).status_code == 422
    assert client.get(f"{PATH}?limit=1").json["result"][0] == row


# Pages of other origins -----------------------------------------------------------------------------------------------

ORIGIN = "http://localhost:3000"
PREFLIGHT = {
    "Origin": ORIGIN,
    "Access-Control-Request-Method": "GET",
    "Access-Control-Request-Headers": "x-api-key, prefer",
}


def test_a_page_of_any_origin_may_send_requests_and_read_answers() -> None:
    client = client_of()
    preflight = client.options(PATH, headers=PREFLIGHT)
    assert (preflight.status_code, preflight.data) == (204, b"")
    assert preflight.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert preflight.headers["Access-Control-Allow-Methods"] == "GET, HEAD"
    allowed = {name.strip().lower() for name in preflight.headers["Access-Control-Allow-Headers"].split(",")}
    assert {"x-api-key", "authorization", "content-type", "prefer"} <= allowed
    private = client.options(PATH, headers={**PREFLIGHT, "Access-Control-Request-Private-Network": "true"})
    assert private.headers["Access-Control-Allow-Private-Network"] == "true"
    for query in ("", "", "limit=0"):
        answer = client.get(f"{PATH}?{query}", headers={"Origin": ORIGIN})
        assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert "X-Mock-World" in answer.headers["Access-Control-Expose-Headers"]
    assert client.get("/nowhere", headers={"Origin": ORIGIN}).headers["Access-Control-Allow-Origin"] == ORIGIN
    assert client.get(PATH, headers={"Origin": "http://b"}).headers["Access-Control-Allow-Origin"] == "http://b"
    assert "Access-Control-Allow-Origin" not in client.get(PATH).headers


def test_a_page_can_read_the_refusal_of_a_wrong_method() -> None:
    client = client_of()
    preflight = client.options(PATH, headers={**PREFLIGHT, "Access-Control-Request-Method": "PUT"})
    assert "PUT" in preflight.headers["Access-Control-Allow-Methods"].split(", ")
    answer = client.put(PATH, headers={"Origin": ORIGIN})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN


def test_a_page_can_read_the_refusal_of_a_scenario() -> None:
    for scenario in ("server-error:every=1", "unauthorized", "rate-limited:after=0", "truncated"):
        answer = client_of(scenario=scenario).get(PATH, headers={"Origin": ORIGIN})
        assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN, scenario


def test_origins_can_be_limited_and_cors_turned_off() -> None:
    narrow = client_of(cors_origins=[ORIGIN, "http://app.example:*"])
    for origin in (ORIGIN, "http://app.example:1", "http://app.example:2"):
        assert narrow.get(PATH, headers={"Origin": origin}).headers["Access-Control-Allow-Origin"] == origin
    for origin in ("http://localhost:3001", "https://localhost:3000", "http://evil.example"):
        assert "Access-Control-Allow-Origin" not in narrow.get(PATH, headers={"Origin": origin}).headers
        preflight = narrow.options(PATH, headers={**PREFLIGHT, "Origin": origin})
        assert "Access-Control-Allow-Origin" not in preflight.headers
    off = client_of(cors=False)
    assert "Access-Control-Allow-Origin" not in off.get(PATH, headers={"Origin": ORIGIN}).headers
    assert off.options(PATH, headers=PREFLIGHT).status_code == 405
    with pytest.raises(OptionError, match="expected scheme, host and port only: 'http://localhost:3000'"):
        create_app(cors_origins=["localhost:3000/"])


def test_an_options_request_other_than_a_preflight_is_a_wrong_method() -> None:
    assert client_of().options(PATH).status_code == 405


def test_an_unknown_option_of_create_app_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="unknown option 'sede'; did you mean 'seed'"):
        create_app(sede="x")
