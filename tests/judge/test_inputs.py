"""What an operation is asked with, and what of it goes into a JSON body."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.contract import Operation, parse_contract
from mockserver.judge.exchange import Exchange
from mockserver.judge.schemathesis.inputs import MissingValueError, inputs_for, split_body, typed
from mockserver.judge.schemathesis.patience import is_throttled, next_wait, wanted_wait

BODY = {
    "type": "object",
    "required": ["kind"],
    "properties": {
        "kind": {"type": "string", "enum": ["disc", "cube"]},
        "limit": {"type": "integer"},
        "after": {"type": ["string", "null"]},
        "page": {"type": "object", "properties": {"size": {"type": "integer"}}},
    },
}


def operation(method: str, **parts: Any) -> Operation:
    """Return the only operation of a contract."""
    described = {"responses": {"200": {"description": ""}}, **parts}
    paths = {"/shops/{shop}/search": {method: described}}
    document = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": paths}
    return parse_contract(document, "t").operations[0]


def search(**media: Any) -> Operation:
    body = {"content": {"application/json": {"schema": BODY, **media}}}
    shop = {"name": "shop", "in": "path", "required": True, "schema": {"type": "string", "default": "a"}}
    trace = {"name": "trace", "in": "query", "schema": {"type": "string"}}
    return operation("post", requestBody=body, parameters=[shop, trace])


def test_a_search_sends_its_position_in_the_body() -> None:
    found = search()
    inputs = inputs_for(found, {"tenant": "acme"})
    assert (inputs.path, inputs.query, inputs.body) == ({"shop": "a"}, (("tenant", "acme"),), {"kind": "disc"})
    query = [("limit", "5"), ("after", "12"), ("page.size", "7"), ("trace", "1"), ("limit.x", "2")]
    pairs, body = split_body(found, query, inputs)
    assert pairs == [("trace", "1"), ("limit.x", "2")]
    assert body == {"kind": "disc", "limit": 5, "after": "12", "page": {"size": 7}}
    assert inputs.body == {"kind": "disc"}


def test_a_given_value_goes_before_the_example_of_a_body() -> None:
    found = search(example={"kind": "cube", "limit": 3})
    assert inputs_for(found, {"limit": "4"}).body == {"kind": "cube", "limit": 4}


@pytest.mark.parametrize(("text", "value"), [("5", 5), ("abc", "abc"), ("true", "true"), ("[1]", "[1]"), ("1.5", 1.5)])
def test_a_text_is_a_number_where_it_is_one(text: str, value: Any) -> None:
    assert typed(text, {"type": ["integer", "null"]}) == value


def test_every_missing_parameter_is_named_at_once() -> None:
    parameters = [
        {"name": "shop", "in": "path", "required": True, "schema": {"type": "string"}},
        {"name": "X-Tenant", "in": "header", "required": True, "schema": {"type": "string"}},
    ]
    with pytest.raises(MissingValueError) as caught:
        inputs_for(operation("get", parameters=parameters), {})
    assert "shop (path), X-Tenant (header)" in str(caught.value)
    assert str(caught.value).endswith("give --param shop=VALUE --param X-Tenant=VALUE")


def test_a_search_is_shown_with_its_body() -> None:
    exchange = Exchange((), 200, method="POST", url="http://h/search", sent='{"limit": 5}')
    assert exchange.curl == "curl -s -H 'Content-Type: application/json' -d '{\"limit\": 5}' http://h/search"


@pytest.mark.parametrize(
    ("status", "headers", "wait"),
    [
        (429, {"retry-after": ["7"]}, 7.0),
        (503, {"retry-after": ["7"]}, 7.0),
        (403, {"x-ratelimit-remaining": ["0"], "x-ratelimit-reset": ["3"]}, 3.0),
        (429, {"ratelimit": ["limit=10, remaining=0, reset=4"]}, 4.0),
        (429, {"retry-after": ["soon"]}, None),
        (429, {}, None),
    ],
)
def test_what_a_server_asks_to_wait(status: int, headers: dict[str, list[str]], wait: float | None) -> None:
    assert is_throttled(status, headers)
    assert wanted_wait(headers) == wait


@pytest.mark.parametrize(
    ("status", "headers"), [(503, {}), (403, {}), (403, {"x-ratelimit-remaining": ["9"]}), (500, {})]
)
def test_other_answers_are_no_limit(status: int, headers: dict[str, list[str]]) -> None:
    assert not is_throttled(status, headers)


def test_waiting_has_an_end() -> None:
    assert next_wait({"retry-after": ["3600"]}, 0) is None
    assert [next_wait({}, tries) for tries in range(4)] == [0.5, 1.0, 2.0, None]
