"""Where the contract declares the caller's key."""

from __future__ import annotations

from pathlib import Path

import yaml

from mockserver.contract import load_contract
from mockserver.mock.request.api_keys import key_places
from tests.mock.test_masking import contract, parameter


def test_the_places_of_keys_are_read_from_the_contract(tmp_path: Path) -> None:
    named = [parameter("query", "apiKey"), parameter("cookie", "access_token"), parameter("header", "My-Api-Key")]
    operation = load_contract(contract(tmp_path, *named, parameter("query", "token"))).operations[0]
    places = [("header", "X-Caller"), ("query", "sesame"), ("cookie", "session")]
    more = [("query", "apiKey"), ("cookie", "access_token"), ("header", "My-Api-Key")]
    assert operation.key_parameters == (*places, *more)
    assert operation.key_headers == ("X-Caller", "My-Api-Key")
    assert key_places(operation) == operation.key_parameters


def test_without_a_declared_header_the_default_one_is_used(tmp_path: Path) -> None:
    operation = load_contract(contract(tmp_path, security=[{"query": []}])).operations[0]
    assert set(key_places(operation)) == {("query", "sesame"), ("cookie", "session"), ("header", "X-API-Key")}


def test_a_faulty_scheme_that_is_not_used_is_ignored(tmp_path: Path) -> None:
    path = contract(tmp_path, security=[])
    broken = {"a": {"$ref": "#/nowhere"}, "b": 5, "c": {"type": "apiKey", "in": "path", "name": "p"}}
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    document["components"]["securitySchemes"] |= broken
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    assert set(load_contract(path).key_parameters) == {("query", "sesame"), ("cookie", "session")}
    path.write_text(yaml.safe_dump(document | {"security": [{"a": []}]}), encoding="utf-8")
    assert all("nowhere" in (operation.unreadable or "") for operation in load_contract(path).operations)
