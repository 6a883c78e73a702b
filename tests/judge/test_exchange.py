"""What an exchange carries of the request and the answer, and what of it may be shown."""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import replace
from typing import Any

import pytest
import schemathesis
from flask import Flask, Response

from mockserver.judge.exchange import KEPT_BODY, KEPT_HEADERS, Exchange, KeyUse, bounded
from mockserver.judge.schemathesis.credentials import Credential
from mockserver.judge.schemathesis.lists import LISTS
from mockserver.judge.schemathesis.sending import CaseFetch
from mockserver.judge.schemathesis.spoiling import spoiled
from tests.support.list_server import document
from tests.support.paths import BALANCES, CONTRACT

SECRET = "sesame-12"


def fetch(app: Any, headers: dict[str, str] | None = None) -> CaseFetch:
    """Send to an application in process, by a contract of a list with an API key."""
    contract = document()
    contract["components"] = {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-API-Key"}}}
    contract["security"] = [{"key": []}]
    schema = schemathesis.openapi.from_dict(contract)
    schema.app = app
    schema.config.update(base_url="http://localhost", headers=headers or {})
    operation = schema["/things"]["GET"]
    semantics = LISTS.of(operation)
    assert semantics is not None
    return CaseFetch(operation.Case(), semantics.operation)


def answering(body: bytes | str, status: int = 200, **headers: str) -> Flask:
    app = Flask(__name__)

    @app.get("/things")
    def things() -> Response:
        return Response(body, status, {name.replace("_", "-"): value for name, value in headers.items()})

    return app


def test_an_exchange_carries_the_request_and_the_answer() -> None:
    body = json.dumps({"items": [{"id": "a"}], "meta": {}})
    app = answering(body, Content_Type="application/json", X_Request_Id="r-1")
    exchange = fetch(app, {"X-API-Key": SECRET, "X-Trace": "t-1"})((("colour", "red & blue"), ("limit", "1")))
    assert (exchange.method, exchange.status) == ("GET", 200)
    assert exchange.url == "http://localhost/things?colour=red+%26+blue&limit=1"
    assert exchange.query == (("colour", "red & blue"), ("limit", "1"))
    assert ("X-Trace", "t-1") in exchange.request_headers
    assert ("X-API-Key", SECRET) in exchange.request_headers
    assert ("x-request-id", "r-1") in exchange.response_headers
    assert exchange.body == {"items": [{"id": "a"}], "meta": {}}
    assert (exchange.content, exchange.size) == (body.encode(), len(body))
    assert 0 < exchange.elapsed < 10
    assert not exchange.faults


def test_no_value_of_the_caller_s_headers_is_shown() -> None:
    app = answering("{}", Content_Type="application/json", Set_Cookie=f"session={SECRET}", X_Request_Id="r-1")
    exchange = fetch(app, {"X-API-Key": SECRET, "X-Trace": SECRET, "Authorization": SECRET})(())
    assert SECRET not in exchange.curl
    assert '-H "X-API-Key: $MOCKSERVER_KEY"' in exchange.curl
    assert '-H "X-Trace: ..."' in exchange.curl
    assert SECRET not in repr(exchange)
    sent, received = exchange.shown_request_headers, exchange.shown_response_headers
    assert SECRET not in str(sent) + str(received)
    assert ("X-Trace", "...") in sent
    assert ("set-cookie", "...") in received
    assert ("x-request-id", "r-1") in received
    assert [name for name, _ in sent] == [name for name, _ in exchange.request_headers]


def test_without_the_key_the_key_is_not_sent() -> None:
    exchange = fetch(answering("{}"), {"X-API-Key": SECRET, "X-Trace": "t-1"})((), key=False)
    assert "X-API-Key" not in dict(exchange.request_headers)
    assert exchange.curl == 'curl -s -H "X-Trace: ..." http://localhost/things'


def test_of_a_large_answer_the_beginning_is_kept() -> None:
    text = "x" * (3 * KEPT_BODY)
    exchange = fetch(answering(json.dumps({"items": [{"id": text}], "meta": {}}), Content_Type="application/json"))(())
    assert len(exchange.content) == KEPT_BODY
    assert exchange.size > 3 * KEPT_BODY
    assert exchange.body["items"][0]["id"] == text


def test_of_many_headers_those_that_fit_are_kept() -> None:
    headers = [(f"x-{n}", "v" * 1000) for n in range(100)]
    kept = bounded(headers)
    assert 10 < len(kept) < 20
    assert sum(len(name) + len(value) for name, value in kept) <= KEPT_HEADERS
    assert kept == tuple(headers[: len(kept)])
    assert bounded([("x", "v" * (KEPT_HEADERS + 1)), ("y", "1")]) == (("y", "1"),)


@pytest.mark.parametrize(
    ("exchange", "outcome", "refused", "crashed"),
    [
        (Exchange((), 200), "status 200", False, False),
        (Exchange((), 422), "status 422", True, False),
        (Exchange((), 503), "status 503", False, True),
        (Exchange((), None, error="no answer in time"), "no answer in time", False, True),
        (Exchange((), None), "no answer", False, True),
    ],
)
def test_how_an_exchange_came_out(exchange: Exchange, outcome: str, refused: bool, crashed: bool) -> None:
    assert (exchange.outcome, exchange.refused, exchange.crashed) == (outcome, refused, crashed)


def test_a_body_that_is_not_json_is_kept_as_it_came() -> None:
    exchange = fetch(answering(gzip.compress(b"{}"), Content_Type="application/json"))(())
    assert exchange.body is None
    assert exchange.error == exchange.broken == "the body is gzip, without a Content-Encoding that says so"
    assert exchange.content.startswith(b"\x1f\x8b")


def test_an_answer_of_another_media_type_is_a_fault() -> None:
    exchange = fetch(answering("{}", Content_Type="text/html"))(())
    assert exchange.faults == ("got Content-Type text/html, expected application/json",)


def test_an_exchange_without_an_answer_carries_the_request() -> None:
    schema = schemathesis.openapi.from_path(CONTRACT)
    schema.config.update(base_url="http://127.0.0.1:1", headers={"X-API-Key": SECRET})
    operation = schema[BALANCES]["GET"]
    semantics = LISTS.of(operation)
    assert semantics is not None
    exchange = CaseFetch(operation.Case(), semantics.operation)((("limit", "1"),))
    assert exchange.status is None
    assert exchange.error == "the connection failed: it is refused, nobody listens there"
    assert exchange.url == f"http://127.0.0.1:1{BALANCES}?limit=1"
    assert ("X-API-Key", SECRET) in exchange.request_headers
    assert SECRET not in exchange.curl + repr(exchange)
    assert exchange.size == 0


def test_exchanges_differ_by_what_they_carry() -> None:
    exchange = Exchange((), 200, url="http://a")
    assert exchange == Exchange((), 200, url="http://a")
    assert exchange != replace(exchange, url="http://b")


@pytest.mark.parametrize(
    ("use", "sent", "shown"),
    [
        ("half", SECRET[:4], "${MOCKSERVER_KEY:0:4}"),
        ("nearly all", SECRET[:6], "${MOCKSERVER_KEY:0:6}"),
        ("made-up", "made-up-m", "made-up-m"),
    ],
)
def test_a_wrong_key_is_sent_in_the_place_of_the_key(use: KeyUse, sent: str, shown: str) -> None:
    exchange = fetch(answering("{}"), {"X-API-Key": SECRET, "X-Trace": "t-1"})((), key=use)
    assert dict(exchange.request_headers)["X-API-Key"] == sent
    assert exchange.curl == f'curl -s -H "X-API-Key: {shown}" -H "X-Trace: ..." http://localhost/things'


def test_of_a_wrong_key_the_word_before_it_and_the_user_stay() -> None:
    bearer = Credential("header", "Authorization", "Bearer 12345678", "Bearer $MOCKSERVER_BEARER")
    assert spoiled(bearer, "half").value == "Bearer 1234"
    assert spoiled(bearer, "half").shown == "Bearer ${MOCKSERVER_BEARER:0:4}"
    basic = Credential("header", "Authorization", "Basic " + base64.b64encode(b"ann:12345678").decode())
    assert spoiled(basic, "half").value == "Basic " + base64.b64encode(b"ann:1234").decode()
