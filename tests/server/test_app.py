"""The application for the shipped contract, as a client sees it: the rules of docs/specification.md."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver import create_app
from mockserver.contract import load_contract
from mockserver.errors import ContractError, OptionError
from mockserver.mock.options import default_contract
from mockserver.semantics import list_operations
from mockserver.server.wsgi import to_request
from mockserver.state.memory import MemoryState
from mockserver.world.model import LARGEST
from tests.support.paths import ROOT
from tests.support.worlds import build_world

PATH = "/api/v1/wallets/balances"
CONTRACT = load_contract(default_contract())
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def app() -> Flask:
    return create_app()


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    yield app.test_client()
    app.extensions["mockserver"].state.reset()


@pytest.fixture(scope="module")
def rows() -> Rows:
    """Return every balance of the default world, directly from its dataset."""
    dataset = build_world(list_operations(CONTRACT)).datasets["list_balances"]
    return [dataset.record(ordinal) for ordinal in range(dataset.size)]


def get(client: FlaskClient, **query: Any) -> Any:
    response = client.get(PATH, query_string=query)
    assert response.status_code == 200, response.text
    return response.json


def ids(rows: Rows) -> list[str]:
    return [row["id"] for row in rows]


def walk(client: FlaskClient, direction: str = "after", **query: Any) -> list[Rows]:
    """Return the pages up to the one whose cursor in that direction is null."""
    page = get(client, **query)
    pages = [page["result"]]
    while page["meta"][direction] is not None:
        assert len(pages) < 300
        page = get(client, **{k: v for k, v in query.items() if k != "offset"}, **{direction: page["meta"][direction]})
        pages.append(page["result"])
    return pages


def schema_of(status: str) -> Any:
    response = CONTRACT.operations[0].responses[status]
    return jsonschema_rs.validator_for(dict(response.schema or {}))


# Walking ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [1, 7, 50, 200])
def test_a_walk_at_any_page_size_returns_all_records(client: FlaskClient, rows: Rows, limit: int) -> None:
    pages = walk(client, limit=limit)
    assert [row for page in pages for row in page] == rows
    assert [len(p) for p in pages[:-1]] == [limit] * (len(pages) - 1)
    last = len(rows) - 1
    back = walk(client, "before", limit=limit, offset=last)
    assert [row for page in reversed(back) for row in page] == rows


@pytest.mark.parametrize("name", ["wallet_uuid", "chain_id", "address", "token_id"])
def test_each_value_of_each_filter_returns_its_records(client: FlaskClient, rows: Rows, name: str) -> None:
    for value in {row[name] for row in rows} - {None}:
        expected = [row for row in rows if row[name] == value]
        assert [row for page in walk(client, limit=20, **{name: value}) for row in page] == expected
        assert get(client, limit=1, **{name: value})["meta"]["total"] == len(expected)


def test_filters_are_combined_with_and(client: FlaskClient, rows: Rows) -> None:
    for row in rows[::17]:
        query = {name: row[name] for name in ("chain_id", "token_id", "wallet_uuid") if row[name] is not None}
        expected = [r for r in rows if all(r[n] == v for n, v in query.items())]
        assert get(client, limit=200, **query)["result"] == expected


@pytest.mark.parametrize(
    "query",
    [
        {"chain_id": "seth"},
        {"token_id": "SETH_usdc"},
        {"address": "0x0"},
        {"wallet_uuid": "0" * 8 + "-0000" * 3 + "-" + "0" * 12},
    ],
)
def test_an_unknown_value_returns_an_empty_list(client: FlaskClient, query: dict[str, str]) -> None:
    page = get(client, **query)
    assert page["result"] == []
    assert page["meta"] == dict.fromkeys(("offset", "limit", "after", "before")) | {"total": 0, "has_more": False}


def test_an_address_is_case_sensitive_and_a_uuid_is_not(client: FlaskClient, rows: Rows) -> None:
    row = next(r for r in rows if r["address"].startswith("0x"))
    assert get(client, address=row["address"].lower())["result"] == []
    assert (
        get(client, wallet_uuid=row["wallet_uuid"].upper())["result"]
        == get(client, wallet_uuid=row["wallet_uuid"])["result"]
        != []
    )


@pytest.mark.parametrize("offset", [0, 1, 49, 172, 173, 10**6, 2**63 - 1])
def test_an_offset_returns_a_slice_of_the_list(client: FlaskClient, rows: Rows, offset: int) -> None:
    page = get(client, offset=offset, limit=60)
    assert page["result"] == rows[offset : offset + 60]
    assert (page["meta"]["offset"], page["meta"]["limit"]) == (offset, 60)


def test_every_answer_fits_the_contract(client: FlaskClient, rows: Rows) -> None:
    cursor = get(client, limit=5)["meta"]["after"]
    address = rows[0]["address"]
    good = [
        {},
        {"limit": 200},
        {"after": cursor},
        {"offset": 170},
        {"force_refresh": "true", "address": address},
        {"chain_id": "x"},
    ]
    for query in good:
        schema_of("200").validate(get(client, **query))
    for query in ({"limit": 0}, {"after": "x", "before": cursor}, {"wallet_uuid": "x" * 999}, {"limit": ["1", "2"]}):
        response = client.get(PATH, query_string=query)
        assert response.status_code == 422
        assert response.content_type == "application/json"
        schema_of("422").validate(response.json)


def test_a_page_contains_exactly_what_the_contract_documents(client: FlaskClient) -> None:
    page = get(client)
    assert set(page) == {"result", "success", "suggestion", "message", "meta"}
    assert set(page["meta"]) == {"total", "offset", "limit", "has_more", "after", "before"}
    assert (page["success"], page["suggestion"], page["message"]) == (True, "", "")
    headers = client.get(PATH, query_string={"x": 1}).headers.keys()
    assert [h for h in headers if not h.startswith("X-Mock-")] == ["Content-Type", "Content-Length"]


# Refusals -----------------------------------------------------------------------------------------------------------


def refused(client: FlaskClient, query: str) -> list[tuple[str, str]]:
    response = client.get(f"{PATH}?{query}")
    assert response.status_code == 422, response.text
    assert response.json is not None
    assert response.json["success"] is False
    return [(d["loc"][1], d["type"]) for d in response.json["error"]["detail"]]


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("limit=0", "greater_than_equal"),
        ("limit=201", "less_than_equal"),
        ("limit=1.0", "int_parsing"),
        ("limit=%2B5", "int_parsing"),
        ("limit=+5", "int_parsing"),
        ("limit=", "int_parsing"),
        ("limit", "int_parsing"),
        ("limit=%zz", "int_parsing"),
        ("limit=5&limit=5", "too_long"),
        ("offset=-1", "greater_than_equal"),
        ("offset=9223372036854775808", "less_than_equal"),
        ("force_refresh=1", "bool_parsing"),
        ("force_refresh=", "bool_parsing"),
        ("force_refresh=True", "bool_parsing"),
        ("wallet_uuid=x", "uuid_parsing"),
        ("wallet_uuid=%FF", "string_unicode"),
        ("chain_id=%ED%A0%80", "string_unicode"),
        ("after=x", "value_error"),
        ("before=%00", "value_error"),
    ],
)
def test_invalid_input_is_refused(client: FlaskClient, query: str, fault: str) -> None:
    assert refused(client, query) == [(query.partition("=")[0], fault)]


def test_empty_values_of_nullable_parameters_count_as_missing(client: FlaskClient) -> None:
    page = get(client, wallet_uuid="", chain_id="", address="", token_id="", after="", before="", offset="")
    assert page == get(client)


def test_a_cursor_of_another_world_or_filter_is_refused_with_the_reason(client: FlaskClient) -> None:
    def reason(query: dict[str, str]) -> str:
        response = client.get(PATH, query_string=query)
        assert response.status_code == 422
        assert response.json is not None
        found: str = response.json["error"]["detail"][0]["ctx"]["reason"]
        return found

    for other in (create_app(seed="other"), create_app(wallets=15), create_app(size=20)):
        assert reason({"after": get(other.test_client(), limit=2)["meta"]["after"]}) == "seed"
    assert reason({"after": get(client, limit=1, chain_id="SETH")["meta"]["after"]}) == "filters"
    assert get(client, after=get(create_app().test_client(), limit=2)["meta"]["after"])["result"]


def test_unknown_paths_and_methods_are_refused(client: FlaskClient) -> None:
    for path in (
        "/",
        "/api/v1/wallets/balances/",
        "//api/v1/wallets/balances",
        "/api//v1/wallets/balances",
        "/static/x",
        "/%ff",
        "/%00",
        "/a%2f..%2fb",
    ):
        response = client.get(path)
        assert response.status_code == 404
        assert "Location" not in response.headers
        assert response.json is not None
        assert PATH in response.json["suggestion"]
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"):
        response = client.open(PATH, method=method, data=b"x" * 10)
        assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD")


def test_head_is_get_without_a_body_and_a_body_on_get_is_ignored(client: FlaskClient) -> None:
    plain = client.get(PATH)
    head = client.head(PATH)
    assert (head.status_code, head.data) == (200, b"")
    assert dict(head.headers) == dict(plain.headers)
    assert client.get(PATH, data=b'{"limit": 1}', content_type="application/json").data == plain.data
    assert plain.headers.getlist("Content-Length") == [str(len(plain.data))]


# Keys and refreshes -------------------------------------------------------------------------------------------------


def test_any_key_is_accepted_unless_keys_are_required(client: FlaskClient) -> None:
    assert client.get(PATH, headers={"X-API-Key": "anything"}).data == client.get(PATH).data
    strict = create_app(api_keys=["sesame", "other"]).test_client()
    assert [
        strict.get(PATH, headers=h).status_code
        for h in ({}, {"X-API-Key": "x"}, {"X-API-Key": "sesame"}, {"x-api-key": "other"})
    ] == [401, 401, 200, 200]
    refusal = strict.get(PATH)
    assert refusal.json is not None
    assert refusal.json["success"] is False
    assert "WWW-Authenticate" in refusal.headers


def test_an_isolated_key_has_its_own_user_and_wallets() -> None:
    app = create_app(isolate_keys=True)

    def see(key: str) -> Rows:
        page = app.test_client().get(PATH, query_string={"limit": 200}, headers={"X-API-Key": key}).json
        assert page is not None
        found: Rows = page["result"]
        return found

    for name in ("user_id", "wallet_uuid", "address", "id"):
        assert {r[name] for r in see("a")}.isdisjoint(r[name] for r in see("b"))
    assert see("a") == see("a")
    assert len({r["user_id"] for r in see("a")}) == 1


def pending_address(rows: Rows) -> str:
    found: str = next(r["address"] for r in rows if r["pending"] not in (None, "0"))
    return found


def test_a_refresh_settles_pending_amounts_and_moves_times(client: FlaskClient, rows: Rows) -> None:
    address = pending_address(rows)
    before = [r for r in rows if r["address"] == address]
    after = get(client, address=address, force_refresh="true", limit=200)["result"]
    assert ids(after) == ids(before)
    for old, new in zip(before, after, strict=True):
        assert new["balance_updated_at"] == new["updated_at"] == "2025-01-15T12:00:00Z"
        assert new["total"] == old["total"]
        if old["pending"] is not None:
            assert new["pending"] == "0"
            assert Decimal(new["amount"]) == Decimal(old["amount"]) + Decimal(old["pending"])
            assert Decimal(new["total"]) == sum(Decimal(new[n]) for n in ("amount", "pending", "locked"))
        same = {"amount", "pending", "updated_at", "balance_updated_at"}
        assert {k: v for k, v in new.items() if k not in same} == {k: v for k, v in old.items() if k not in same}
    everything = [row for page in walk(client) for row in page]
    assert [r for r in everything if r["address"] == address] == after, "later requests see the refresh"
    assert [r for r in everything if r["address"] != address] == [r for r in rows if r["address"] != address]
    schema_of("200").validate(get(client, address=address))


def test_a_refresh_without_an_address_changes_nothing(client: FlaskClient, rows: Rows) -> None:
    assert get(client, force_refresh="true", limit=200, wallet_uuid=rows[0]["wallet_uuid"])["result"][0] == rows[0]
    assert [row for page in walk(client) for row in page] == rows


def test_a_refresh_affects_only_its_isolated_key() -> None:
    client = create_app(isolate_keys=True).test_client()

    def see(key: str, **query: Any) -> Any:
        return client.get(PATH, query_string=query, headers={"X-API-Key": key}).json

    address = see("a")["result"][0]["address"]
    see("a", address=address, force_refresh="true")
    assert see("a")["result"][0]["updated_at"] == "2025-01-15T12:00:00Z"
    before = see("b")
    see("b", address=address, force_refresh="true")
    assert see("b") == before


def test_the_clock_can_be_set(rows: Rows) -> None:
    address = rows[0]["address"]
    now = [datetime(2026, 1, 1, tzinfo=UTC)]
    state = MemoryState()
    for clock, expected in (
        (lambda: now[0], "2026-01-01T00:00:00Z"),
        ("2027-05-06T07:08:09.5Z", "2027-05-06T07:08:09.500000Z"),
    ):
        client = create_app(clock=clock, state=state).test_client()
        assert get(client, address=address, force_refresh="true")["result"][0]["updated_at"] == expected
    live = get(create_app(clock="live").test_client(), address=address, force_refresh="true")["result"][0]["updated_at"]
    assert abs(datetime.fromisoformat(live) - datetime.now(UTC)).total_seconds() < 60


# Determinism and size -----------------------------------------------------------------------------------------------

REQUESTS = ["", "?limit=3", "?offset=100&limit=7", "?chain_id=SETH", "?limit=0", "?token_id=SOL&limit=1"]
SCRIPT = """
import sys
from mockserver import create_app
client = create_app().test_client()
for query in sys.argv[1:]:
    sys.stdout.buffer.write(client.get("/api/v1/wallets/balances" + query).data + b"\\n")
"""


def test_answers_do_not_depend_on_order_process_or_hash_seed(client: FlaskClient) -> None:
    expected = [client.get(PATH + query).data for query in REQUESTS]
    for order, salt in ((REQUESTS, "1"), (REQUESTS[::-1], "2")):
        ran = subprocess.run(
            [sys.executable, "-c", SCRIPT, *order],
            env=environment(PYTHONHASHSEED=salt),
            capture_output=True,
            check=True,
        )
        answers = dict(zip(order, ran.stdout.splitlines(), strict=True))
        assert [answers[query] for query in REQUESTS] == expected


def environment(**more: str) -> dict[str, str]:
    import os

    kept = {k: v for k, v in os.environ.items() if not k.startswith("MOCKSERVER_")}
    return kept | {"PYTHONPATH": str(ROOT)} | more


def test_a_list_of_a_hundred_million_records_is_paged_like_a_small_one() -> None:
    client = create_app(size=10**8).test_client()
    page = get(client, offset=10**8 - 3)
    assert len(page["result"]) == 3
    assert page["meta"]["total"] == 10**8
    middle = get(client, offset=5 * 10**7, limit=2)
    following = get(client, after=middle["meta"]["after"], limit=2)
    assert following["result"] == get(client, offset=5 * 10**7 + 2, limit=2)["result"]
    wallet = middle["result"][0]["wallet_uuid"]
    assert {r["wallet_uuid"] for r in get(client, wallet_uuid=wallet)["result"]} == {wallet}


@pytest.mark.parametrize("option", ["wallets", "size"])
@pytest.mark.parametrize("number", [10**8, LARGEST])
def test_the_last_page_and_every_filter_work_in_the_largest_worlds(option: str, number: int) -> None:
    client = create_app(**{option: number}).test_client()
    total = get(client, limit=1)["meta"]["total"]
    assert total >= number
    last = get(client, offset=total - 1)
    (row,) = last["result"]
    assert last["meta"]["has_more"] is False
    assert get(client, before=last["meta"]["before"], limit=2)["meta"]["after"] is not None
    for name in ("wallet_uuid", "token_id", "chain_id", "address"):
        found = get(client, **{name: row[name]}, limit=1)["meta"]["total"]
        assert get(client, **{name: row[name]}, offset=found - 1)["result"] == [row]
    with pytest.raises(OptionError, match=f"expected a number from 0 to {LARGEST}"):
        create_app(**{option: LARGEST + 1})


# Construction -------------------------------------------------------------------------------------------------------


def test_options_that_are_not_given_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    contract = tmp_path / "c.yaml"
    contract.write_text(default_contract().read_text().replace("/api/v1/wallets/balances", "/b"))
    settings = {
        "CONTRACT": str(contract), "SEED": "s", "WALLETS": "3", "API_KEY": "k1 k2", "ISOLATE_KEYS": "true",
        "CLOCK": "2030-01-01T00:00:00Z",
    }  # fmt: skip
    for name, value in settings.items():
        monkeypatch.setenv(f"MOCKSERVER_{name}", value)
    client = create_app().test_client()
    assert client.get("/b").status_code == 401
    response = client.get("/b", headers={"X-API-Key": "k2"})
    same = create_app(contract, seed="s", wallets=3, isolate_keys=True, api_keys=["k2"], clock="fixed").test_client()
    assert response.data == same.get("/b", headers={"X-API-Key": "k2"}).data
    monkeypatch.setenv("MOCKSERVER_SIZE", "7")
    assert b'"total":7,' in create_app(api_keys=[]).test_client().get("/b").data


@pytest.mark.parametrize(
    ("name", "value"), [("SIZE", "-1"), ("WALLETS", "many"), ("ISOLATE_KEYS", "maybe"), ("CLOCK", "x")]
)
def test_an_invalid_environment_variable_is_reported(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"MOCKSERVER_{name}", value)
    with pytest.raises(OptionError, match=f"'{value}'"):
        create_app()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"isolate_keys": "no"}, "got isolate_keys 'no', expected true or false"),
        ({"cors": "false"}, "got cors 'false', expected true or false"),
        ({"scenario": 5}, "got the scenario 5, expected text or a mapping"),
    ],
)
def test_an_argument_of_another_type_is_reported(given: Any, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        create_app(**given)


def test_a_contract_that_was_read_already_is_accepted(client: FlaskClient) -> None:
    assert create_app(CONTRACT).test_client().get(PATH).data == client.get(PATH).data


def test_a_single_answer_depends_on_path_and_key(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(
        "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths:\n  /things/{id}:\n    get:\n"
        "      parameters: [{name: id, in: path, required: true, schema: {type: string}}]\n"
        "      responses: {'200': {description: x, content: {application/json: {schema: {type: integer}}}}}\n"
    )
    client = create_app(file, isolate_keys=True).test_client()
    values = [
        client.get(f"/things/{i}", headers={"X-API-Key": k}).json for i, k in (("a", "x"), ("b", "x"), ("a", "y"))
    ]
    assert len(set(values)) == 3
    assert all(isinstance(v, int) for v in values)
    assert client.get("/things/a", headers={"X-API-Key": "x"}).json == values[0]


@pytest.mark.parametrize(("status", "query", "answered"), [("200", "", 501), ("422", "?n=x", 422)])
def test_a_schema_that_no_value_fits_leaves_the_rest(tmp_path: Path, status: str, query: str, answered: int) -> None:
    """An answer that cannot be made is a 501 with the reason; a refusal then has a body of the mock's own."""
    file = tmp_path / "c.yaml"
    detail = "{type: array, items: {properties: {loc: {}, msg: {}, type: {}}}}"
    file.write_text(
        "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths:\n  /thing:\n    get:\n      operationId: getThing\n"
        "      parameters: [{name: n, in: query, schema: {type: integer}}]\n"
        f"      responses:\n        '{status}':\n          description: x\n          content:\n"
        "            application/json:\n"
        f"              schema: {{type: object, required: [n], properties: {{detail: {detail}, n: {{not: {{}}}}}}}}\n"
    )
    answer = create_app(file).test_client().get(f"/thing{query}")
    assert answer.status_code == answered
    if answered == 501:
        assert "GET /thing cannot be answered: no value fits" in answer.get_json()["error"]
    else:
        assert answer.get_json()["detail"][0]["loc"] == ["query", "n"]


def test_a_missing_contract_is_a_contract_error(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="nowhere"):
        create_app(tmp_path / "nowhere.yaml")


def test_importing_the_package_imports_nothing_heavy() -> None:
    script = (
        "import sys, mockserver;"
        "print(*(m for m in sys.modules if m.split('.')[0] in ('flask', 'yaml', 'faker', 'granian')))"
    )
    ran = subprocess.run([sys.executable, "-c", script], env=environment(), capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == ""


def test_serving_imports_neither_faker_nor_the_judge() -> None:
    script = (
        "import sys, mockserver; mockserver.create_app().test_client().get('/api/v1/wallets/balances');"
        "print(*(m for m in sys.modules if m.split('.')[0] in ('faker', 'schemathesis', 'hypothesis', 'pydantic')))"
    )
    ran = subprocess.run([sys.executable, "-c", script], env=environment(), capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == ""


def test_the_package_exports_its_public_names() -> None:
    import mockserver

    assert sorted(mockserver.__all__) == mockserver.__all__ == dir(mockserver)
    assert {"create_app", "Mock", "MockserverError", "ContractError", "__version__"} <= set(mockserver.__all__)
    assert all(getattr(mockserver, name) for name in mockserver.__all__)
    mock = mockserver.Mock(wallets=2)
    assert [dataset.size for dataset in mock.engine.worlds(None).datasets.values()] == [11], "the domains are installed"
    assert mockserver.create_app is create_app
    assert mockserver.__version__
    with pytest.raises(AttributeError, match="nothing"):
        _ = mockserver.nothing


def test_routes_of_flask_come_first_and_their_refusals_are_json() -> None:
    from werkzeug.exceptions import ImATeapot

    app = create_app()

    @app.get("/__mock__/tea")
    def tea() -> str:
        raise ImATeapot

    response = app.test_client().get("/__mock__/tea")
    assert response.status_code == 418
    assert response.json is not None
    assert response.json["success"] is False


# Arbitrary requests -------------------------------------------------------------------------------------------------

ENCODED = st.text(alphabet="abz019%&=+;?#/. \x00\r\n\xe9\xff~", max_size=60) | st.binary(max_size=40).map(
    lambda b: b.decode("latin-1")
)
NAMED = st.sampled_from([p.name for p in CONTRACT.operations[0].parameters]).flatmap(
    lambda n: ENCODED.map(lambda v: f"{n}={v}")
)
HEADERS = st.dictionaries(
    st.sampled_from(["HTTP_HOST", "HTTP_X_API_KEY", "HTTP_COOKIE", "CONTENT_TYPE", "CONTENT_LENGTH", "HTTP_X"]),
    ENCODED,
    max_size=3,
)


@settings(max_examples=300, deadline=None)
@given(
    method=st.sampled_from(["GET", "HEAD", "POST", "OPTIONS", "X"]),
    path=st.just(PATH) | ENCODED,
    query=st.lists(ENCODED | NAMED, max_size=5).map("&".join),
    headers=HEADERS,
)
def test_no_request_is_answered_with_a_5xx(method: str, path: str, query: str, headers: dict[str, str]) -> None:
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "SCRIPT_NAME": "", "SERVER_NAME": "x",
        "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.url_scheme": "http", **headers,
    }  # fmt: skip
    seen: list[str] = []
    body = b"".join(FUZZED(environ, lambda status, _headers, _=None: seen.append(status)))
    assert seen[0][0] in "24"
    assert body == b"" or json.loads(body)


FUZZED = create_app()


@pytest.mark.parametrize(
    ("wire", "pairs"),
    [
        ("a=1&b=2", [("a", "1"), ("b", "2")]),
        ("a=1&&a=2&", [("a", "1"), ("a", "2")]),
        ("a", [("a", "")]),
        ("=x", [("", "x")]),
        ("a=b=c", [("a", "b=c")]),
        ("a+b=c+d%2B", [("a b", "c d+")]),
        ("a=%C3%A9", [("a", "é")]),
        ("a=%ff%zz%", [("a", "\udcff%zz%")]),
        ("a;b=1", [("a;b", "1")]),
        ("a=\xc3\xa9", [("a", "é")]),
    ],
)
def test_a_query_is_decoded_once(wire: str, pairs: list[tuple[str, str]]) -> None:
    request = to_request({"REQUEST_METHOD": "GET", "QUERY_STRING": wire, "PATH_INFO": "/\xc3\xa9", "HTTP_X_Y": "z"})
    assert list(request.query) == pairs
    assert (request.path, request.headers, request.header("x-y")) == ("/é", (("X-Y", "z"),), "z")


def test_a_query_of_100_kb_is_answered(client: FlaskClient) -> None:
    for query in (
        "a" * 100_000,
        "limit=" + "9" * 100_000,
        "&".join(["x=1"] * 25_000),
        "&".join(["chain_id=a"] * 9_000),
        "after=" + "A" * 100_000,
        "&" * 100_000,
    ):
        response = client.get(f"{PATH}?{query}")
        assert response.status_code in (200, 422)
        assert len(response.data) < 50_000
        assert len(str(response.headers)) < 2_000
