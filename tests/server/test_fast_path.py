"""The fast path: cached answers equal computed ones, and the cache stays within its bounds."""

from __future__ import annotations

import json
import random
import string
from collections.abc import Hashable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver import Mock, create_app
from mockserver.contract import load_contract
from mockserver.mock.cache import OVERHEAD, Cache
from mockserver.mock.messages import Request
from mockserver.mock.options import default_contract
from mockserver.mock.runtime import Answered
from mockserver.semantics import list_operations
from mockserver.server.fast_path import FastPath
from mockserver.server.wsgi import to_request
from mockserver.state.memory import MemoryState
from tests.support.worlds import build_world

PATH = "/api/v1/wallets/balances"
CONTRACT = load_contract(default_contract())
DATASET = build_world(list_operations(CONTRACT)).datasets["list_balances"]
ROWS = [DATASET.record(ordinal) for ordinal in range(DATASET.size)]


def fast_path_of(app: Flask) -> FastPath:
    assert isinstance(app.wsgi_app, FastPath)
    return app.wsgi_app


def ask(app: Flask, query: str = "", path: str = PATH, method: str = "GET", **headers: str) -> tuple[Any, ...]:
    """Return status, headers and body of the answer to a request, as WSGI has them."""
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, **headers}
    started: list[Any] = []
    body = b"".join(
        app.wsgi_app(complete(environ), lambda status, fields, _=None: started.extend((status, sorted(fields))))
    )
    return (*started, body)


def complete(environ: dict[str, Any]) -> dict[str, Any]:
    """Return a WSGI environment with the keys that Flask needs."""
    fixed = {"SERVER_NAME": "x", "SERVER_PORT": "80", "wsgi.url_scheme": "http", "SERVER_PROTOCOL": "HTTP/1.1"}
    return fixed | environ


class Changing(MemoryState):
    """A state that has another version each time, so that nothing can be cached."""

    def version(self) -> Hashable:
        return object()


@pytest.fixture(scope="module")
def caching() -> Flask:
    return create_app(CONTRACT)


@pytest.fixture(scope="module")
def not_caching() -> Flask:
    return create_app(CONTRACT, state=Changing())


ADDRESSES = sorted({row["address"] for row in ROWS})
CURSORS = [
    create_app(CONTRACT).test_client().get(PATH, query_string={"limit": 1, "offset": n}).json["meta"]["after"]
    for n in (0, 60, 171)
]
VALUES = {
    "limit": st.sampled_from(["1", "7", "50", "200", "0", "x", "", "+5"]),
    "offset": st.sampled_from(["0", "3", "170", "173", "-1", ""]),
    "after": st.sampled_from([*CURSORS, "x", ""]),
    "before": st.sampled_from([*CURSORS, "x", ""]),
    "chain_id": st.sampled_from(["SETH", "ETH", "seth", "%53ETH", ""]),
    "token_id": st.sampled_from(["SETH_USDC", "ETH", "é"]),
    "address": st.sampled_from(ADDRESSES),
    "wallet_uuid": st.sampled_from([ROWS[0]["wallet_uuid"], ROWS[0]["wallet_uuid"].upper(), "x"]),
    "force_refresh": st.sampled_from(["true", "false", "1"]),
    "limt": st.text(string.printable, max_size=5).map(lambda text: urlencode({"": text})[1:]),
}
PAIRS = st.sampled_from(sorted(VALUES)).flatmap(lambda name: VALUES[name].map(lambda value: f"{name}={value}"))
QUERIES = st.lists(PAIRS, max_size=4).map("&".join) | st.text(max_size=20).map(
    lambda text: text.encode("utf-8", "replace").decode("latin-1")
)
REQUESTS = st.tuples(QUERIES, st.sampled_from([None, "k", "other"]), st.sampled_from(["GET", "GET", "GET", "HEAD"]))


@settings(max_examples=150, deadline=None)
@given(st.lists(REQUESTS, min_size=1, max_size=6))
def test_cached_answers_equal_computed_ones(
    caching: Flask, not_caching: Flask, requests: list[tuple[str, str | None, str]]
) -> None:
    """Byte for byte, also the second time, whatever was requested and refreshed before."""
    for app in (caching, not_caching):
        app.extensions["mockserver"].state.reset()
    for query, key, method in [*requests, *requests]:
        headers = {} if key is None else {"HTTP_X_API_KEY": key}
        assert ask(caching, query, method=method, **headers) == ask(not_caching, query, method=method, **headers)
    assert fast_path_of(not_caching).cache.size == 0


def test_a_cached_answer_is_not_computed_again() -> None:
    app, mock = create_app(CONTRACT), CountingMock(CONTRACT)
    app.wsgi_app = FastPath(app.wsgi_app, mock)
    first = ask(app, "limit=3")
    assert ask(app, "limit=3") == first
    assert first[0] == "200 OK"
    assert mock.answered == 1
    assert len(mock.journal.rows()) == 2


class CountingMock(Mock):
    """A mock that counts the answers that it computed."""

    answered = 0

    def answer(self, request: Request, query: str) -> Answered:
        self.answered += 1
        return super().answer(request, query)


def test_a_caller_cannot_change_a_cached_answer() -> None:
    app = create_app(CONTRACT)
    seen: list[Any] = []
    for _ in range(3):
        list(
            app.wsgi_app(
                complete({"REQUEST_METHOD": "GET", "PATH_INFO": PATH, "QUERY_STRING": ""}),
                lambda _, fields: (seen.append(list(fields)), fields.clear()),
            )
        )
    assert seen[0] == seen[1] == seen[2] != []


def test_keys_have_separate_answers() -> None:
    app = create_app(CONTRACT, isolate_keys=True)
    pages = {key: ask(app, HTTP_X_API_KEY=key) for key in ("a", "b")}
    assert pages["a"] != pages["b"]
    assert {key: ask(app, HTTP_X_API_KEY=key) for key in pages} == pages
    guarded = create_app(CONTRACT, api_keys=["a"])
    assert ask(guarded, HTTP_X_API_KEY="a")[0] == "200 OK"
    assert ask(guarded)[0] == ask(guarded, HTTP_X_API_KEY="b")[0] == "401 UNAUTHORIZED"


def test_refusals_and_refreshes_are_not_cached() -> None:
    app = create_app(CONTRACT)
    cache = fast_path_of(app).cache
    assert ask(app, "limit=0")[0].startswith("422")
    assert ask(app, path="/nowhere")[0].startswith("404")
    assert ask(app, path="/__mock__/nowhere")[0].startswith("404")
    assert ask(app, method="POST")[0].startswith("405")
    ask(app, f"address={ADDRESSES[0]}&force_refresh=true")
    ask(app, "force_refresh=true")
    assert cache.size == 0
    ask(app)
    assert cache.size > 0


def test_a_refresh_replaces_cached_answers_at_once() -> None:
    app = create_app(CONTRACT)
    address = ROWS[0]["address"]
    before = ask(app, f"address={address}")
    assert ask(app, f"address={address}") == before
    refreshed = ask(app, f"address={address}&force_refresh=true")
    assert refreshed != before
    assert ask(app, f"address={address}") == refreshed
    app.extensions["mockserver"].state.reset()
    assert ask(app, f"address={address}") == before


def test_the_cache_stays_within_its_capacity() -> None:
    app = create_app(CONTRACT)
    fast_path = FastPath(app.wsgi_app, app.extensions["mockserver"], capacity=200_000)
    app.wsgi_app = fast_path
    for number in range(300):
        ask(app, f"limit={number % 50 + 1}&{'&' * number}")
        assert fast_path.cache.size <= 200_000
    ask(app, "x" * 150_000)
    assert fast_path.cache.size <= 200_000


def updated(answer: tuple[Any, ...]) -> datetime:
    """Return when the first record of an answer was updated."""
    return datetime.fromisoformat(json.loads(answer[2])["result"][0]["updated_at"])


def test_threads_see_the_same_state() -> None:
    app = create_app(CONTRACT, clock="live")
    addresses = ADDRESSES[:6]
    one = addresses[0]

    def work(seed: int) -> None:
        generator = random.Random(seed)
        for _ in range(40):
            if generator.random() < 0.2:
                refreshed = ask(app, f"address={one}&force_refresh=true&limit=1")
                seen = ask(app, f"address={one}&limit=1")
                assert updated(seen) >= updated(refreshed)
            else:
                assert ask(app, f"address={generator.choice(addresses)}")[0] == "200 OK"

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(8)))
    assert ask(app, f"address={one}") == ask(app, f"address={one}&")


# The cache itself ---------------------------------------------------------------------------------------------------


@settings(max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 700), st.booleans()), max_size=60))
def test_a_cache_returns_the_latest_value_or_nothing(steps: Iterable[tuple[int, int, bool]]) -> None:
    capacity = 4 * (OVERHEAD + 300)
    cache: Cache[int] = Cache(capacity)
    model: dict[int, int] = {}
    for turn, (key, size, put) in enumerate(steps):
        if put:
            cache.put(key, turn, size)
            model[key] = turn
        assert cache.get(key) in (None, model.get(key))
        assert cache.size <= capacity


def test_values_in_use_stay_and_others_are_dropped() -> None:
    cache: Cache[str] = Cache(20 * (OVERHEAD + 100))
    cache.put("wanted", "w", 100)
    for number in range(100):
        cache.put(number, "x", 100)
        assert cache.get("wanted") == "w"
    assert cache.get(0) is None
    assert cache.get(99) == "x"
    cache.clear()
    assert (cache.get("wanted"), cache.size) == (None, 0)


def test_a_value_that_is_too_large_is_not_cached() -> None:
    cache: Cache[str] = Cache(1000)
    cache.put("k", "v", 501)
    assert (cache.get("k"), cache.size) == (None, 0)
    cache.put("k", "small", 1)
    cache.put("l", "small", 50)
    assert cache.get("k") == "small"
    cache.put("k", "v", 501)
    assert cache.get("k") is None, "the value before it is outdated"
    cache.put("l", "v", 501)
    assert (cache.get("l"), cache.size) == (None, 0)


@given(st.text(st.characters(max_codepoint=255)), st.text(st.characters(max_codepoint=255)))
def test_a_query_is_decoded_once(name: str, value: str) -> None:
    environ = {"REQUEST_METHOD": "GET", "QUERY_STRING": urlencode([(name, value), ("z", "a%b+c")])}
    assert to_request(environ).query == ((name, value), ("z", "a%b+c"))
