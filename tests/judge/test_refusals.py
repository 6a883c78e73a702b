"""What is said of a first page that was refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mockserver.judge.exchange import Exchange
from mockserver.judge.refusals import asked_for, why_not_judged
from tests.support.list_server import parameter, semantics

URL = "http://a.example/things?limit=20"
NAMES = {"limit": {"type": "integer"}, "region": {"type": "string"}, "X-Tenant": {"type": "string"}}
OPERATION = semantics({"parameters": [parameter(name, schema) for name, schema in NAMES.items()]}).operation


def refused(status: int | None, body: Any = None, *, text: str = "", error: str = "") -> Exchange:
    content = (json.dumps(body) if body is not None else text).encode()
    return Exchange((("limit", "20"),), status, body, error, url=URL, content=content)


@pytest.mark.parametrize(
    ("exchange", "said"),
    [
        (None, "nothing was sent"),
        (refused(None, error="timed out"), f"GET {URL}: no answer: timed out"),
        (refused(401), f"GET {URL}: status 401: give a key with -H"),
        (refused(302, error="redirected to /login"), f"GET {URL}: status 302: redirected to /login"),
        (refused(404, {"a": 1}), f"GET {URL}: the first page is answered with status 404: is this the base URL"),
        (refused(500, text="boom"), f"GET {URL}: the first page is answered with status 500: boom"),
        (refused(200, text="<html>"), f"GET {URL}: the first page is not JSON"),
        (refused(400, {"error": "no"}), f'GET {URL}: the first page is answered with status 400: {{"error": "no"}}'),
    ],
)
def test_the_reason_names_the_url_that_was_asked(exchange: Exchange | None, said: str) -> None:
    assert why_not_judged(exchange, OPERATION).startswith(said)


def test_json_with_status_200_is_judged() -> None:
    assert why_not_judged(refused(200, [])) == ""


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ({"detail": [{"loc": ["query", "region"], "msg": "Field required"}]}, ("region",)),
        ({"detail": [{"loc": ["header", "x_tenant"], "msg": "Field required"}]}, ("X-Tenant",)),
        ({"errors": [{"field": "region", "message": "is required"}]}, ("region",)),
        ({"errors": {"region": ["This field is required."]}}, ("region",)),
        ({"errors": {"query": {"since": ["Missing data for required field."]}}}, ("since",)),
        ({"region": ["This field is required."]}, ("region",)),
        ({"message": "Required query parameter 'since' is missing"}, ("since",)),
        ({"message": "Missing required parameter: 'since'"}, ("since",)),
        ({"message": '"region" is required'}, ("region",)),
        ({"violations": [{"path": "query/region", "message": "must not be null"}]}, ("region",)),
        ({"message": "please say which region you mean"}, ("region",)),
        ({"message": "the limit must be lower"}, ()),
        ({"detail": [{"loc": ["query", "limit"], "msg": "too large"}]}, ()),
        ([{"name": "since"}], ("since",)),
        ("no", ()),
    ],
)
def test_the_parameters_that_a_refusal_asks_for(body: Any, names: tuple[str, ...]) -> None:
    assert asked_for(refused(422, body), OPERATION) == names


def test_a_long_body_is_cut() -> None:
    assert len(why_not_judged(refused(500, text="x" * 5000))) < 400
