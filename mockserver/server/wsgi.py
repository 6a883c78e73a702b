"""WSGI in and out: an environment becomes a `Request`, a `Reply` becomes an answer, at once or later."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote_to_bytes

from mockserver.mock.messages import LATER, Pair, Reply, Request

CONTROL = "/__mock__"
"""Paths below it belong to the control API and the console, even if the contract has such paths."""

CLOSE_DELAY = 0.02
"""Seconds in which the server sends the first half of an answer, before the connection is closed."""

MAX_BODY = 32 * 2**20
"""The most bytes of a request's body that are read."""

Environment = dict[str, Any]
Application = Callable[[Environment, Callable[..., Any]], Iterable[bytes]]
Sleep = Callable[[float], None]


def to_request(environ: Environment) -> Request:
    """Return the request of a WSGI environment as plain values; bytes that are not UTF-8 become lone surrogates."""
    path = environ.get("PATH_INFO", "").encode("latin-1", "replace").decode("utf-8", "surrogateescape")
    headers = tuple((k[5:].replace("_", "-"), v) for k, v in environ.items() if k.startswith("HTTP_"))
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(name):
            headers += ((name.replace("_", "-"), environ[name]),)
    query = _query(environ.get("QUERY_STRING", ""))
    return Request(environ["REQUEST_METHOD"], path, query, headers, lambda: _body(environ))


def send(environ: Environment, start_response: Callable[..., Any], reply: Reply) -> Iterable[bytes]:
    """Send a reply after its delay: all of it, or half of it if the connection is to be closed."""
    wait(environ, delay_of(reply))
    start_response(f"{reply.status} {reason(reply.status)}", list(reply.headers))
    return first_half(reply.body) if reply.closes else [reply.body]


def delay_of(reply: Reply) -> float:
    """Return the seconds after which a reply is sent."""
    if reply.delay:
        return reply.delay
    return CLOSE_DELAY if reply.closes else 0.0


def wait(environ: Environment, seconds: float, sleep: Sleep = time.sleep) -> None:
    """Delay the answer: by the server if it can do that without blocking a thread, otherwise by sleeping here."""
    if seconds <= 0:
        return
    later = environ.get(LATER)
    if later is None:
        sleep(seconds)
    else:
        later(seconds)


def first_half(body: bytes) -> Iterator[bytes]:
    """Yield half of a body. It is shorter than announced, so the server has to close the connection after it."""
    yield body[: len(body) // 2]
    time.sleep(CLOSE_DELAY)


def reason(status: int) -> str:
    """Return the reason phrase of a status."""
    try:
        return HTTPStatus(status).phrase.upper()
    except ValueError:
        return "UNKNOWN"


def _query(text: str) -> tuple[Pair, ...]:
    """Return the pairs of a query string, decoded once. An invalid percent escape is kept as text, as in browsers."""
    pairs = (part.partition("=") for part in text.split("&") if part)
    return tuple((_decoded(name), _decoded(value)) for name, _, value in pairs)


def _decoded(text: str) -> str:
    if text.isascii() and "%" not in text and "+" not in text:
        return text
    raw = text.replace("+", " ").encode("latin-1", "replace")
    return unquote_to_bytes(raw).decode("utf-8", "surrogateescape")


def _body(environ: Environment) -> bytes:
    """Return the first `MAX_BODY` bytes of the body."""
    length = environ.get("CONTENT_LENGTH") or ""
    stream = environ.get("wsgi.input")
    if stream is None or not length.isdigit():
        return b""
    body: bytes = stream.read(min(int(length), MAX_BODY))
    return body
