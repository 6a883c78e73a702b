"""WSGI in and out: an environment becomes a `Request`, a `Reply` becomes an answer, at once or later."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote_to_bytes

from mockserver.mock.messages import LATER, Pair, Reply, Request

CONTROL = "/__mock__"
"""Paths below are the mock's own, whatever the contract says."""

CLOSING = 0.02
"""Seconds that a server has to send half of an answer before the connection ends."""

LARGEST = 32 * 2**20
"""The most bytes of a request's body that are read."""

Environment = dict[str, Any]
Application = Callable[[Environment, Callable[..., Any]], Iterable[bytes]]


def to_request(environ: Environment) -> Request:
    """Return a WSGI environment as a plain `Request`; bytes that are not UTF-8 become lone surrogates."""
    path = environ.get("PATH_INFO", "").encode("latin-1", "replace").decode("utf-8", "surrogateescape")
    headers = tuple((k[5:].replace("_", "-"), v) for k, v in environ.items() if k.startswith("HTTP_"))
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(name):
            headers += ((name.replace("_", "-"), environ[name]),)
    query = _query(environ.get("QUERY_STRING", ""))
    return Request(environ["REQUEST_METHOD"], path, query, headers, lambda: _body(environ))


def send(environ: Environment, start_response: Callable[..., Any], reply: Reply) -> Iterable[bytes]:
    """Send a reply when it is due: whole, or cut by the end of the connection."""
    wait(environ, reply.delay or (CLOSING if reply.closes else 0))
    start_response(f"{reply.status} {reason(reply.status)}", list(reply.headers))
    return halved(reply.body) if reply.closes else [reply.body]


def wait(environ: Environment, seconds: float) -> None:
    """Delay the answer: by the server, where it can do that without a waiting thread, else here."""
    if seconds <= 0:
        return
    later = environ.get(LATER)
    if later is None:
        time.sleep(seconds)
    else:
        later(seconds)


def halved(body: bytes) -> Iterator[bytes]:
    """Yield half of a body, less than was announced, so that the server has to close the connection after it."""
    yield body[: len(body) // 2]
    time.sleep(CLOSING)


def reason(status: int) -> str:
    """Return the phrase of a status."""
    try:
        return HTTPStatus(status).phrase.upper()
    except ValueError:
        return "UNKNOWN"


def _query(text: str) -> tuple[Pair, ...]:
    """Return the pairs of a query string, decoded once; a broken percent escape stands for itself, as in browsers."""
    pairs = (part.partition("=") for part in text.split("&") if part)
    return tuple((_decoded(name), _decoded(value)) for name, _, value in pairs)


def _decoded(text: str) -> str:
    if text.isascii() and "%" not in text and "+" not in text:
        return text
    raw = text.replace("+", " ").encode("latin-1", "replace")
    return unquote_to_bytes(raw).decode("utf-8", "surrogateescape")


def _body(environ: Environment) -> bytes:
    """Return the body, at most `LARGEST` bytes of it."""
    length = environ.get("CONTENT_LENGTH") or ""
    stream = environ.get("wsgi.input")
    if stream is None or not length.isdigit():
        return b""
    read: bytes = stream.read(min(int(length), LARGEST))
    return read
