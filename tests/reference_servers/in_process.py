"""Calling an application in the process of its caller, without a network: the ASGI application as a WSGI one."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from starlette.types import ASGIApp, Message, Scope

Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], Any]
WsgiApp = Callable[[Environ, StartResponse], Iterable[bytes]]


@contextmanager
def in_process(app: ASGIApp) -> Iterator[WsgiApp]:
    """Give `app` as a WSGI application, whose requests run one by one on an event loop of its own.

    The endpoints of `app` must not use threads: a thread would live for one request only.
    """
    loop = asyncio.new_event_loop()

    def call(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        status, headers, body = loop.run_until_complete(_answer(app, _scope(environ)))
        start_response(f"{status} {HTTPStatus(status).phrase}", headers)
        return [body]

    try:
        yield call
    finally:
        loop.close()


async def _answer(app: ASGIApp, scope: Scope) -> tuple[int, list[tuple[str, str]], bytes]:
    """Send one GET; the status, headers and body of the answer."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in sent[0]["headers"]]
    return sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:])


def _scope(environ: Environ) -> Scope:
    """Return the ASGI scope of a WSGI environment."""
    headers = [
        (name.removeprefix("HTTP_").replace("_", "-").lower().encode("latin-1"), value.encode("latin-1"))
        for name, value in environ.items()
        if name.startswith("HTTP_")
    ]
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": environ["REQUEST_METHOD"],
        "scheme": "http",
        "path": environ["PATH_INFO"],
        "query_string": environ["QUERY_STRING"].encode("latin-1"),
        "headers": headers,
    }
