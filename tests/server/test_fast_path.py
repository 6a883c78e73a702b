"""What is answered from memory is what would have been answered without one; and the memory stays within its bounds."""

from __future__ import annotations

import random
import string
from collections.abc import Hashable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver import create_app
from mockserver.contract import load_contract
from mockserver.errors import ContractError
from mockserver.mock.cache import OVERHEAD, Cache
from mockserver.mock.options import default_contract
from mockserver.semantics import list_operations
from mockserver.server.fast_path import FastPath
from mockserver.server.wsgi import to_request
from mockserver.state.memory import MemoryState
from tests.support.worlds import build_world

PATH = "/api/v1/wallets/balances"
CONTRACT = load_contract(default_contract())
DATASET = build_world(list_operations(CONTRACT)).datasets["list_balances"]
ROWS = [DATASET.record(ordinal) for ordinal in range(DATASET.size)]


def front_of(app: Flask) -> FastPath:
    assert isinstance(app.wsgi_app, FastPath)
    return app.wsgi_app


def ask(app: Flask, query: str = "", path: str = PATH, method: str = "GET", **headers: str) -> tuple[Any, ...]:
    """Status, headers and body of a request, as WSGI has them."""
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, **headers}
    said: list[Any] = []
    body = b"".join(app.wsgi_app(whole(environ), lambda status, fields, _=None: said.extend((status, sorted(fields)))))
    return (*said, body)


def whole(environ: dict[str, Any]) -> dict[str, Any]:
    """A WSGI environment with what Flask cannot do without."""
    fixed = {"SERVER_NAME": "x", "SERVER_PORT": "80", "wsgi.url_scheme": "http", "SERVER_PROTOCOL": "HTTP/1.1"}
    return fixed | environ


class Changing(MemoryState):
    """A state that is another one each time it is asked: nothing can be remembered."""

    def version(self) -> Hashable:
        """Never one that was."""
        return object()


@pytest.fixture(scope="module")
def remembering() -> Flask:
    return create_app(CONTRACT)


@pytest.fixture(scope="module")
def forgetful() -> Flask:
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
def test_what_is_remembered_is_what_would_be_worked_out(
    remembering: Flask, forgetful: Flask, requests: list[tuple[str, str | None, str]]
) -> None:
    """Byte for byte, the second time too, whatever was asked and refreshed before."""
    for app in (remembering, forgetful):
        app.extensions["mockserver"].state.reset()
    for query, key, method in [*requests, *requests]:
        headers = {} if key is None else {"HTTP_X_API_KEY": key}
        assert ask(remembering, query, method=method, **headers) == ask(forgetful, query, method=method, **headers)
    assert front_of(forgetful).cache.size == 0


def test_the_second_time_nothing_is_worked_out(monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(CONTRACT)
    first = ask(app, "limit=3")
    monkeypatch.setattr(app.extensions["mockserver"].engine, "handle", pytest.fail)
    assert ask(app, "limit=3") == first
    assert first[0] == "200 OK"


def test_a_caller_cannot_spoil_what_is_remembered() -> None:
    app = create_app(CONTRACT)
    seen: list[Any] = []
    for _ in range(3):
        list(
            app.wsgi_app(
                whole({"REQUEST_METHOD": "GET", "PATH_INFO": PATH, "QUERY_STRING": ""}),
                lambda _, fields: (seen.append(list(fields)), fields.clear()),
            )
        )
    assert seen[0] == seen[1] == seen[2] != []


def test_keys_are_kept_apart() -> None:
    app = create_app(CONTRACT, isolate_keys=True)
    pages = {key: ask(app, HTTP_X_API_KEY=key) for key in ("a", "b")}
    assert pages["a"] != pages["b"]
    assert {key: ask(app, HTTP_X_API_KEY=key) for key in pages} == pages
    guarded = create_app(CONTRACT, api_keys=["a"])
    assert ask(guarded, HTTP_X_API_KEY="a")[0] == "200 OK"
    assert ask(guarded)[0] == ask(guarded, HTTP_X_API_KEY="b")[0] == "401 UNAUTHORIZED"


def test_refusals_and_refreshes_are_not_remembered() -> None:
    app = create_app(CONTRACT)
    memory = front_of(app).cache
    assert ask(app, "limit=0")[0].startswith("422")
    assert ask(app, path="/nowhere")[0].startswith("404")
    assert ask(app, path="/__mock__/nowhere")[0].startswith("404")
    assert ask(app, method="POST")[0].startswith("405")
    ask(app, f"address={ADDRESSES[0]}&force_refresh=true")
    ask(app, "force_refresh=true")
    assert memory.size == 0
    ask(app)
    assert memory.size > 0


def test_a_refresh_is_seen_at_once_by_what_was_remembered() -> None:
    app = create_app(CONTRACT)
    address = ROWS[0]["address"]
    before = ask(app, f"address={address}")
    assert ask(app, f"address={address}") == before
    refreshed = ask(app, f"address={address}&force_refresh=true")
    assert refreshed != before
    assert ask(app, f"address={address}") == refreshed
    app.extensions["mockserver"].state.reset()
    assert ask(app, f"address={address}") == before


def test_what_cannot_be_answered_is_told_as_everything_else_is(monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(CONTRACT)

    def fail(*_: object) -> None:
        raise ContractError("x", None, "y")

    monkeypatch.setattr(app.extensions["mockserver"].engine, "handle", fail)
    status, headers, body = ask(app, **{"wsgi.errors": __import__("io").StringIO()})
    assert status.startswith("500")
    assert ("Content-Type", "application/json") in headers
    assert b'"success":false' in body


def test_what_is_remembered_stays_within_its_bytes() -> None:
    app = create_app(CONTRACT)
    front = FastPath(app.wsgi_app, app.extensions["mockserver"], capacity=200_000)
    app.wsgi_app = front  # type: ignore[method-assign]
    for number in range(300):
        ask(app, f"limit={number % 50 + 1}&{'&' * number}")
        assert front.cache.size <= 200_000
    ask(app, "x" * 150_000)
    assert front.cache.size <= 200_000


def test_threads_see_one_truth() -> None:
    app = create_app(CONTRACT, clock="live")
    addresses = ADDRESSES[:6]
    one = addresses[0]

    def work(seed: int) -> None:
        dice = random.Random(seed)
        for _ in range(40):
            if dice.random() < 0.2:
                told = ask(app, f"address={one}&force_refresh=true&limit=1")
                seen = ask(app, f"address={one}&limit=1")
                assert seen[2] >= told[2] or seen[0] == "200 OK"
            else:
                assert ask(app, f"address={dice.choice(addresses)}")[0] == "200 OK"

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(8)))
    assert ask(app, f"address={one}") == ask(app, f"address={one}&")


# The memory itself --------------------------------------------------------------------------------------------------


@settings(max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 700), st.booleans()), max_size=60))
def test_a_memory_gives_what_was_put_last_or_nothing(steps: Iterable[tuple[int, int, bool]]) -> None:
    capacity = 4 * (OVERHEAD + 300)
    memory: Cache[int] = Cache(capacity)
    model: dict[int, int] = {}
    for turn, (key, size, put) in enumerate(steps):
        if put:
            memory.put(key, turn, size)
            model[key] = turn
        assert memory.get(key) in (None, model.get(key))
        assert memory.size <= capacity


def test_what_is_asked_for_stays_and_the_rest_goes() -> None:
    memory: Cache[str] = Cache(20 * (OVERHEAD + 100))
    memory.put("wanted", "w", 100)
    for number in range(100):
        memory.put(number, "x", 100)
        assert memory.get("wanted") == "w"
    assert memory.get(0) is None
    assert memory.get(99) == "x"
    memory.clear()
    assert (memory.get("wanted"), memory.size) == (None, 0)


def test_what_is_too_large_is_not_kept() -> None:
    memory: Cache[str] = Cache(1000)
    memory.put("k", "v", 501)
    assert (memory.get("k"), memory.size) == (None, 0)
    memory.put("k", "small", 1)
    memory.put("l", "small", 50)
    assert memory.get("k") == "small"
    memory.put("k", "v", 501)
    assert memory.get("k") is None, "what was there before is no longer true"
    memory.put("l", "v", 501)
    assert (memory.get("l"), memory.size) == (None, 0)


@given(st.text(st.characters(max_codepoint=255)), st.text(st.characters(max_codepoint=255)))
def test_a_query_is_decoded_once(name: str, value: str) -> None:
    environ = {"REQUEST_METHOD": "GET", "QUERY_STRING": urlencode({name: value, "z": "a%b+c"})}
    assert to_request(environ).query == ((name, value), ("z", "a%b+c"))
