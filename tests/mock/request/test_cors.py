"""Cross-origin requests: what a browser is told, by the Fetch standard, and that nothing sent can break a header."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mockserver.errors import OptionError
from mockserver.mock.messages import Pair, Request
from mockserver.mock.request.cors import ALLOWED, EXPOSED, MAX_ASKED, Cors, is_preflight

HERE = "http://localhost:5173"
GET = [("Origin", HERE), ("Access-Control-Request-Method", "GET")]


def preflight(cors: Cors, *more: Pair, headers: Sequence[Pair] = GET) -> dict[str, str]:
    return as_dict(cors.preflight(Request("OPTIONS", "/a", headers=(*headers, *more)), ["GET", "HEAD"]))


def as_dict(headers: Sequence[Pair]) -> dict[str, str]:
    found = dict(headers)
    assert len(found) == len(headers), "a header stands twice"
    return found


def words(text: str) -> list[str]:
    return text.split(", ")


def may_read(headers: dict[str, str], origin: str) -> bool:
    """The CORS check of the Fetch standard, for a request with credentials."""
    allowed = headers.get("Access-Control-Allow-Origin")
    return allowed == origin and headers.get("Access-Control-Allow-Credentials") == "true"


# Answers ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "origin",
    [HERE, "https://app.example.com", "http://[::1]:3000", "http://127.0.0.1", "null", "chrome-extension://abcdefgh"],
)
def test_any_page_may_read_by_default(origin: str) -> None:
    headers = as_dict(Cors().answer(origin))
    assert may_read(headers, origin)
    assert headers["Vary"] == "Origin"


def test_a_page_may_read_our_headers() -> None:
    exposed = words(as_dict(Cors().answer(HERE))["Access-Control-Expose-Headers"])
    assert exposed == list(EXPOSED)
    assert {"X-Mock-World", "X-Mock-Warning", "X-Mock-Scenario", "Preference-Applied"} <= set(exposed)
    assert {"Retry-After", "WWW-Authenticate", "Content-Length"} <= set(exposed)
    assert "*" not in exposed, "with credentials a star is a header of that name"


def test_without_an_origin_only_caches_are_told() -> None:
    assert Cors().answer(None) == (("Vary", "Origin"),)
    assert Cors([HERE]).answer(None) == (("Vary", "Origin"),)


# Narrowed -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("allowed", "origin", "admitted"),
    [
        (HERE, HERE, True),
        (HERE, "http://localhost:5174", False),
        (HERE, "https://localhost:5173", False),
        (HERE, "http://localhost", False),
        (HERE, "http://localhost:5173.evil.com", False),
        (HERE, "http://localhost.evil.com:5173", False),
        (HERE, "null", False),
        ("HTTP://LocalHost:5173", HERE, True),
        ("http://localhost:80", "http://localhost", True),
        ("https://a.b", "https://a.b:443", True),
        ("https://a.b", "https://a.b:80", False),
        ("http://localhost:*", HERE, True),
        ("http://localhost:*", "http://localhost", True),
        ("http://localhost:*", "https://localhost:5173", False),
        ("http://localhost:*", "http://localhost.evil.com:5173", False),
        ("http://[::1]:*", "http://[::1]:9", True),
        ("null", "null", True),
        ("null", HERE, False),
    ],
)
def test_narrowed_to_an_origin(allowed: str, origin: str, admitted: bool) -> None:
    cors = Cors(["https://other.example", allowed])
    assert may_read(as_dict(cors.answer(origin)), origin) == admitted
    headers = preflight(cors, headers=[("Origin", origin), *GET[1:]])
    assert may_read(headers, origin) == admitted
    if not admitted:
        assert cors.answer(origin) == (("Vary", "Origin"),)
        assert headers == {"Vary": "Origin"}


def test_narrowed_to_nothing_admits_nobody() -> None:
    assert Cors([]).answer(HERE) == (("Vary", "Origin"),)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("localhost:3000", "an origin is scheme, host and port alone: write 'http://localhost:3000'"),
        ("http://localhost:3000/", "an origin is scheme, host and port alone: write 'http://localhost:3000'"),
        ("https://a.b/app?x#y", "an origin is scheme, host and port alone: write 'https://a.b'"),
        (" http://a.b ", "an origin is scheme, host and port alone: write 'http://a.b'"),
        ("*", "any page may read the answers if no origin is given at all"),
        ("http://*.example.com", "'*' can stand for the port only, as in http://localhost:*"),
        ("http://a.b:0", "an origin is scheme, host and port alone, as in http://localhost:3000"),
        ("http://a.b:70000", "an origin is scheme, host and port alone, as in http://localhost:3000"),
        ("http://a.b:70000/", "an origin is scheme, host and port alone, as in http://localhost:3000"),
        ("http://user@a.b", "an origin is scheme, host and port alone, as in http://localhost:3000"),
        ("http://", "an origin is scheme, host and port alone, as in http://localhost:3000"),
        ("", "an origin is scheme, host and port alone, as in http://localhost:3000"),
    ],
)
def test_what_is_no_origin_is_refused_with_what_to_write(wrong: str, said: str) -> None:
    with pytest.raises(OptionError) as caught:
        Cors([HERE, wrong])
    assert str(caught.value) == f"'{wrong}' is no origin: {said}"


# Preflights ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "headers", "expected"),
    [
        ("OPTIONS", GET, True),
        ("OPTIONS", [(name.lower(), value) for name, value in GET], True),
        ("OPTIONS", GET[:1], False),
        ("OPTIONS", GET[1:], False),
        ("GET", GET, False),
    ],
)
def test_what_a_preflight_is(method: str, headers: list[Pair], expected: bool) -> None:
    assert is_preflight(Request(method, "/a", headers=tuple(headers))) is expected


def test_a_preflight_is_told_everything() -> None:
    assert preflight(Cors()) == {
        "Access-Control-Allow-Origin": HERE,
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Allow-Methods": "GET, HEAD",
        "Access-Control-Allow-Headers": "X-API-Key, Authorization, Content-Type, Prefer",
        "Access-Control-Max-Age": "600",
        "Vary": "Origin",
    }


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "M-SEARCH", "x" * 100])
def test_a_page_may_send_the_method_that_it_asks_for(method: str) -> None:
    """What the path does not have is then answered with its 405, which a page can read, and not by the browser."""
    headers = preflight(Cors(), headers=[GET[0], ("Access-Control-Request-Method", method)])
    assert words(headers["Access-Control-Allow-Methods"]) == ["GET", "HEAD", method]


@pytest.mark.parametrize("method", ["", "PUT, X", "a b", "x" * 101, "P\u00dcT", "GET", "PUT\r\nX-Evil: 1"])
def test_a_method_that_cannot_be_is_not_allowed(method: str) -> None:
    headers = preflight(Cors(), headers=[GET[0], ("Access-Control-Request-Method", method)])
    assert words(headers["Access-Control-Allow-Methods"]) == ["GET", "HEAD"]


def test_a_page_may_send_the_headers_that_it_asks_for() -> None:
    asked = "x-trace, CONTENT-TYPE,x-request-id , x-trace"
    headers = preflight(Cors(), ("access-control-request-headers", asked))
    assert words(headers["Access-Control-Allow-Headers"]) == [*ALLOWED, "x-trace", "x-request-id"]


def test_headers_that_cannot_be_are_not_allowed() -> None:
    asked = f"x-good, x bad, , x(bad), {'x' * 101}, ü, x-fine"
    headers = preflight(Cors(), ("Access-Control-Request-Headers", asked))
    assert words(headers["Access-Control-Allow-Headers"])[len(ALLOWED) :] == ["x-good", "x-fine"]


def test_how_many_headers_are_allowed_is_bounded() -> None:
    asked = ",".join(f"x-{i}" for i in range(5000))
    headers = preflight(Cors(), ("Access-Control-Request-Headers", asked))
    assert len(words(headers["Access-Control-Allow-Headers"])) == len(ALLOWED) + MAX_ASKED


@pytest.mark.parametrize(("sent", "granted"), [("true", True), ("TRUE", True), ("false", False), ("1", False)])
def test_a_page_of_the_internet_may_reach_this_machine(sent: str, granted: bool) -> None:
    headers = preflight(Cors(), ("Access-Control-Request-Private-Network", sent))
    assert headers.get("Access-Control-Allow-Private-Network") == ("true" if granted else None)


# Whatever is sent ---------------------------------------------------------------------------------------------------


@given(origin=st.text(max_size=60), asked=st.text(max_size=200), narrowed=st.booleans())
@example(origin=f"{HERE}\r\nX-Evil: 1", asked="x\r\nX-Evil: 1", narrowed=False)
@example(origin=f"{HERE}\n", asked="x-a\n", narrowed=False)
@example(origin="http://" + "a" * 8192, asked="a" * 8192, narrowed=False)
@example(origin="http://bücher.example", asked="ü,€", narrowed=False)
@example(origin="http://a.b:*", asked="*", narrowed=False)
def test_no_request_breaks_a_header(origin: str, asked: str, narrowed: bool) -> None:
    cors = Cors([HERE, "http://localhost:*"] if narrowed else None)
    sent = (("Origin", origin), ("Access-Control-Request-Method", asked), ("Access-Control-Request-Headers", asked))
    for name, value in (*cors.answer(origin), *cors.preflight(Request("OPTIONS", "/a", headers=sent), ["GET"])):
        assert re.fullmatch("[!-~]([ -~]{0,6000}[!-~])?", value), (name, value)
        assert name != "Access-Control-Allow-Origin" or len(value) < 400


@pytest.mark.parametrize("origin", ["", "*", "http://a.b:*", "http://a.b/", f"{HERE}\n", "http://a b", "//a.b", "Null"])
def test_what_is_no_origin_reads_nothing(origin: str) -> None:
    assert Cors().answer(origin) == (("Vary", "Origin"),)
