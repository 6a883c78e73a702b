"""A caller's key is masked in the journal and the archive, wherever the contract declares it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask.testing import FlaskClient

from mockserver import create_app
from mockserver.mock.masking import is_key, masked, masked_query, masked_violations

KEY = "sk-super secret&key"
SENT = "sk-super%20secret%26key"
TEXT = {"type": "string", "maxLength": 30}
SCHEMES = {
    "header": {"type": "apiKey", "in": "header", "name": "X-Caller"},
    "query": {"type": "apiKey", "in": "query", "name": "sesame"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "session"},
}


def parameter(where: str, name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "in": where, "schema": {**TEXT, **more}}


def contract(tmp_path: Path, *parameters: dict[str, Any], security: list[dict[str, Any]] | None = None) -> Path:
    operation = {"operationId": "o", "parameters": list(parameters), "responses": {"200": {"description": "d"}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "security": [{name: []} for name in SCHEMES] if security is None else security,
        "components": {"securitySchemes": SCHEMES},
        "paths": {"/o": {"get": operation}},
    }
    path = tmp_path / "c.yaml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    return path


def client_of(path: Path) -> FlaskClient:
    return create_app(path).test_client()


def entry(client: FlaskClient) -> dict[str, Any]:
    """Return the only entry of the journal, after a check that journal and archive do not contain the key."""
    (one,) = client.get("/__mock__/requests").json["requests"]
    text = client.get("/__mock__/requests?format=har").text + json.dumps(one)
    for spelling in ("secret", "%73ecret", "c%72et"):
        assert spelling not in text
    found: dict[str, Any] = one
    return found


def test_a_key_in_the_query_is_masked(tmp_path: Path) -> None:
    client = client_of(contract(tmp_path, parameter("query", "sesame"), parameter("query", "x")))
    assert client.get(f"/o?x=1&sesame={SENT}&x2=a%20b").status_code == 200
    one = entry(client)
    assert (one["query"], one["parameters"]) == ("x=1&sesame=sk***&x2=a%20b", {"x": "1"})
    (sent,) = client.get("/__mock__/requests?format=har").json["log"]["entries"]
    assert sent["request"]["url"].endswith("/o?x=1&sesame=sk***&x2=a%20b")
    assert {"name": "sesame", "value": "sk***"} in sent["request"]["queryString"]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        (f"sesame={SENT}", "sesame=sk***"),
        (f"s%65same={SENT}", "s%65same=sk***"),
        (f"SESAME={SENT}", "SESAME=sk***"),
        (f"API-Key={SENT}&a=b", "API-Key=sk***&a=b"),
        (f"my%5Fapi%5fkey={SENT}", "my%5Fapi%5fkey=sk***"),
        (f"access_token={SENT}&sesame=short", "access_token=sk***&sesame=***"),
        (f"sesame={SENT}&sesame={SENT}", "sesame=sk***&sesame=sk***"),
        ("sesame=%26%3Dsuper%20secret", "sesame=%26%3D***"),
        ("sesame=&sesame&=&&a", "sesame=&sesame&=&&a"),
        ("sesame=%FF%FEsuper%20secret", "sesame=%3F%3F***"),
        ("token=BTC&keys=1", "token=BTC&keys=1"),
    ],
)
@pytest.mark.parametrize("path", ["/o", "/nowhere"])
def test_a_key_is_masked_in_every_spelling(query: str, shown: str, path: str, tmp_path: Path) -> None:
    """Also for a path that no operation has."""
    client = client_of(contract(tmp_path))
    client.get(f"{path}?{query}")
    assert entry(client)["query"] == shown


def test_a_key_of_another_operation_is_masked(tmp_path: Path) -> None:
    """A client may send it with every request. It is not masked if the operation has a parameter of this name."""
    client = client_of(contract(tmp_path, security=[]))
    client.get(f"/o?sesame={SENT}")
    assert entry(client)["query"] == "sesame=sk***"
    client = client_of(contract(tmp_path, parameter("query", "sesame"), security=[]))
    client.get("/o?sesame=open")
    assert entry(client)["query"] == "sesame=open"


def test_a_key_in_a_cookie_is_not_in_the_journal(tmp_path: Path) -> None:
    named = parameter("cookie", "apikey", default="my secret one")
    client = client_of(contract(tmp_path, parameter("cookie", "session"), parameter("cookie", "c"), named))
    client.set_cookie("session", "sk-super secret")
    client.set_cookie("c", "1")
    assert client.get("/o").status_code == 200
    assert entry(client)["parameters"] == {"c": "1"}


@pytest.mark.parametrize(
    ("where", "name"),
    [("header", "X-Caller"), ("header", "x-caller"), ("query", "sesame"), ("cookie", "session"), ("query", "api_key")],
)
def test_an_invalid_key_is_masked(where: str, name: str, tmp_path: Path) -> None:
    client = client_of(contract(tmp_path, parameter(where, name, maxLength=3)))
    key = "sk-super-secret"
    if where == "cookie":
        client.set_cookie(name, key)
    values = {name: key}
    answer = client.get(
        "/o", headers=values if where == "header" else {}, query_string=values if where == "query" else {}
    )
    assert answer.status_code == 422
    assert answer.json["detail"][0]["input"] == key, "the caller gets what it sent"
    (violation,) = entry(client)["violations"]
    assert violation == {
        "loc": [where, name],
        "msg": "String should have at most 3 characters",
        "type": "string_too_long",
        "input": "sk***",
        "ctx": {"max_length": 3},
    }


def test_a_key_given_twice_is_masked(tmp_path: Path) -> None:
    client = client_of(contract(tmp_path, parameter("query", "sesame")))
    assert client.get(f"/o?sesame={SENT}&sesame={SENT}").status_code == 422
    assert entry(client)["violations"][0]["input"] == ["sk***", "sk***"]


def test_a_key_in_a_message_is_masked(tmp_path: Path) -> None:
    """Messages about dates may quote the value."""
    made = {
        "loc": ["query", "k"],
        "msg": "no such 'a-secret'",
        "type": "t",
        "input": "a-secret",
        "ctx": {"e": "a-secret!"},
    }
    other = made | {"loc": ["query", "x"]}
    shown = made | {"msg": "no such 'a-***'", "input": "a-***", "ctx": {"e": "a-***!"}}
    assert masked_violations([made, other], (("query", "k"),)) == [shown, other]


# Functions ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "name", "found"),
    [
        ("query", "K", True),
        ("header", "K", False),
        ("query", "kk", False),
        ("query", "x_api-key", True),
        ("cookie", "AccessToken", True),
        ("header", "access_token", False),
        ("path", "api_key", False),
    ],
)
def test_keys_are_recognised_by_place_or_name(where: str, name: str, found: bool) -> None:
    assert is_key(where, name, (("query", "k"),)) is found


def test_keys_are_masked() -> None:
    assert [masked(k) for k in (None, "", "short", "sk-12345678", "é" * 9)] == [None, None, "***", "sk***", "??***"]


def test_a_query_without_a_key_is_unchanged() -> None:
    query = "a=%zz&b=+é&&=c&d"
    assert masked_query(query, ()) is query
