"""The headers of CORS, by the Fetch standard; no request can break a header."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mockserver.errors import OptionError
from mockserver.mock.messages import Pair, Request
from mockserver.mock.request.cors import ALLOWED, EXPOSED, MAX_REQUESTED, Cors, is_preflight

HERE = "http://localhost:5173"
GET = [("Origin", HERE), ("Access-Control-Request-Method", "GET")]


def preflight(cors: Cors, *more: Pair, headers: Sequence[Pair] = GET) -> dict[str, str]:
    return as_dict(cors.preflight(Request("OPTIONS", "/a", headers=(*headers, *more)), ["GET", "HEAD"]))


def as_dict(headers: Sequence[Pair]) -> dict[str, str]:
    found = dict(headers)
    assert len(found) == len(headers), "a header occurs twice"
    return found


def words(text: str) -> list[str]:
    return text.split(", ")


def may_read(headers: dict[str, str], origin: str) -> bool:
    """Return the result of the CORS check in the Fetch standard, for a request with credentials."""
    allowed = headers.get("Access-Control-Allow-Origin")
    return allowed == origin and headers.get("Access-Control-Allow-Credentials") == "true"


# Answers ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "origin",
    [HERE, "https://app.example.com", "http://[::1]:3000", "http://127.0.0.1", "null", "chrome-extension://abcdefgh"],
)
def test_pages_of_any_origin_may_read_by_default(origin: str) -> None:
    headers = as_dict(Cors().answer(origin))
    assert may_read(headers, origin)
    assert headers["Vary"] == "Origin"


def test_a_page_may_read_the_headers_of_the_mock() -> None:
    exposed = words(as_dict(Cors().answer(HERE))["Access-Control-Expose-Headers"])
    assert exposed == list(EXPOSED)
    assert {"X-Mock-World", "X-Mock-Warning", "X-Mock-Scenario", "Preference-Applied"} <= set(exposed)
    assert {"Retry-After", "WWW-Authenticate", "Content-Length"} <= set(exposed)
    assert "*" not in exposed, "with credentials, a star is the name of a header"


def test_without_an_origin_there_is_only_vary() -> None:
    assert Cors().answer(None) == (("Vary", "Origin"),)
    assert Cors([HERE]).answer(None) == (("Vary", "Origin"),)


# Some origins -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("allowed", "origin", "expected"),
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
def test_only_allowed_origins_may_read(allowed: str, origin: str, expected: bool) -> None:
    cors = Cors(["https://other.example", allowed])
    assert may_read(as_dict(cors.answer(origin)), origin) == expected
    headers = preflight(cors, headers=[("Origin", origin), *GET[1:]])
    assert may_read(headers, origin) == expected
    if not expected:
        assert cors.answer(origin) == (("Vary", "Origin"),)
        assert headers == {"Vary": "Origin"}


def test_an_empty_list_allows_no_origin() -> None:
    assert Cors([]).answer(HERE) == (("Vary", "Origin"),)


@pytest.mark.parametrize(
    ("origin", "hint"),
    [
        ("localhost:3000", "expected scheme, host and port only: 'http://localhost:3000'"),
        ("http://localhost:3000/", "expected scheme, host and port only: 'http://localhost:3000'"),
        ("https://a.b/app?x#y", "expected scheme, host and port only: 'https://a.b'"),
        (" http://a.b ", "expected scheme, host and port only: 'http://a.b'"),
        ("*", "to allow all origins, leave the option out"),
        ("http://*.example.com", "'*' can replace the port only, as in http://localhost:*"),
        ("http://a.b:0", "expected scheme, host and port only, as in http://localhost:3000"),
        ("http://a.b:70000", "expected scheme, host and port only, as in http://localhost:3000"),
        ("http://a.b:70000/", "expected scheme, host and port only, as in http://localhost:3000"),
        ("http://user@a.b", "expected scheme, host and port only, as in http://localhost:3000"),
        ("http://", "expected scheme, host and port only, as in http://localhost:3000"),
        ("", "expected scheme, host and port only, as in http://localhost:3000"),
    ],
)
def test_an_invalid_origin_is_refused_with_a_hint(origin: str, hint: str) -> None:
    with pytest.raises(OptionError) as caught:
        Cors([HERE, origin])
    assert str(caught.value) == f"invalid origin '{origin}'; {hint}"


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
def test_preflights_are_recognised(method: str, headers: list[Pair], expected: bool) -> None:
    assert is_preflight(Request(method, "/a", headers=tuple(headers))) is expected


def test_the_answer_to_a_preflight() -> None:
    assert preflight(Cors()) == {
        "Access-Control-Allow-Origin": HERE,
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Allow-Methods": "GET, HEAD",
        "Access-Control-Allow-Headers": "X-API-Key, Authorization, Content-Type, Prefer",
        "Access-Control-Max-Age": "600",
        "Vary": "Origin",
    }


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "M-SEARCH", "x" * 100])
def test_the_requested_method_is_allowed(method: str) -> None:
    """So a page can read the 405 of a method that the path does not have."""
    headers = preflight(Cors(), headers=[GET[0], ("Access-Control-Request-Method", method)])
    assert words(headers["Access-Control-Allow-Methods"]) == ["GET", "HEAD", method]


@pytest.mark.parametrize("method", ["", "PUT, X", "a b", "x" * 101, "P\u00dcT", "GET", "PUT\r\nX-Evil: 1"])
def test_an_invalid_method_is_not_allowed(method: str) -> None:
    headers = preflight(Cors(), headers=[GET[0], ("Access-Control-Request-Method", method)])
    assert words(headers["Access-Control-Allow-Methods"]) == ["GET", "HEAD"]


def test_the_requested_headers_are_allowed() -> None:
    requested = "x-trace, CONTENT-TYPE,x-request-id , x-trace"
    headers = preflight(Cors(), ("access-control-request-headers", requested))
    assert words(headers["Access-Control-Allow-Headers"]) == [*ALLOWED, "x-trace", "x-request-id"]


def test_invalid_headers_are_not_allowed() -> None:
    requested = f"x-good, x bad, , x(bad), {'x' * 101}, ü, x-fine"
    headers = preflight(Cors(), ("Access-Control-Request-Headers", requested))
    assert words(headers["Access-Control-Allow-Headers"])[len(ALLOWED) :] == ["x-good", "x-fine"]


def test_the_number_of_allowed_headers_is_bounded() -> None:
    requested = ",".join(f"x-{i}" for i in range(5000))
    headers = preflight(Cors(), ("Access-Control-Request-Headers", requested))
    assert len(words(headers["Access-Control-Allow-Headers"])) == len(ALLOWED) + MAX_REQUESTED


@pytest.mark.parametrize(("sent", "granted"), [("true", True), ("TRUE", True), ("false", False), ("1", False)])
def test_private_network_access_is_allowed(sent: str, granted: bool) -> None:
    headers = preflight(Cors(), ("Access-Control-Request-Private-Network", sent))
    assert headers.get("Access-Control-Allow-Private-Network") == ("true" if granted else None)


# Any request --------------------------------------------------------------------------------------------------------


@given(origin=st.text(max_size=60), requested=st.text(max_size=200), restricted=st.booleans())
@example(origin=f"{HERE}\r\nX-Evil: 1", requested="x\r\nX-Evil: 1", restricted=False)
@example(origin=f"{HERE}\n", requested="x-a\n", restricted=False)
@example(origin="http://" + "a" * 8192, requested="a" * 8192, restricted=False)
@example(origin="http://bücher.example", requested="ü,€", restricted=False)
@example(origin="http://a.b:*", requested="*", restricted=False)
def test_no_request_breaks_a_header(origin: str, requested: str, restricted: bool) -> None:
    cors = Cors([HERE, "http://localhost:*"] if restricted else None)
    sent = (
        ("Origin", origin),
        ("Access-Control-Request-Method", requested),
        ("Access-Control-Request-Headers", requested),
    )
    for name, value in (*cors.answer(origin), *cors.preflight(Request("OPTIONS", "/a", headers=sent), ["GET"])):
        assert re.fullmatch("[!-~]([ -~]{0,6000}[!-~])?", value), (name, value)
        assert name != "Access-Control-Allow-Origin" or len(value) < 400


@pytest.mark.parametrize("origin", ["", "*", "http://a.b:*", "http://a.b/", f"{HERE}\n", "http://a b", "//a.b", "Null"])
def test_an_invalid_origin_may_not_read(origin: str) -> None:
    assert Cors().answer(origin) == (("Vary", "Origin"),)
