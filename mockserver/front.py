"""What stands before Flask: pages of lists are answered here, from memory where that is possible.

An answer of a list is a pure function of its world and of what the request says in its path, its query and the few
headers that the contract gives a meaning; refreshes are the only thing that changes it, and each gives the state
another version. So an answer is remembered under all of these, as they came, and found again without being understood.
Nothing that changes the state is remembered, nor any refusal; what is no list's is passed on.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote_to_bytes

from mockserver.handlers import Engine
from mockserver.memory import Memory
from mockserver.messages import Pair, Reply, Request

CAPACITY = 16 * 2**20
"""The bytes of remembered answers that a process keeps at most."""

CONTROL = "/__mock__"
"""Paths below are the mock's own, whatever the contract says."""

Environment = dict[str, Any]
Application = Callable[[Environment, Callable[..., Any]], Iterable[bytes]]


class Front:
    """A WSGI application: answers GETs of the engine's lists, and leaves everything else to ``rest``."""

    def __init__(self, rest: Application, engine: Engine, *, capacity: int = CAPACITY) -> None:
        self._rest = rest
        self._engine = engine
        self._headers = tuple(f"HTTP_{name.upper().replace('-', '_')}" for name in engine.list_headers())
        self._version: Hashable = None
        self.memory: Memory[tuple[list[Pair], bytes]] = Memory(capacity)

    def __call__(self, environ: Environment, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """The answer to a request, as WSGI has it."""
        if environ["REQUEST_METHOD"] != "GET":
            return self._rest(environ, start_response)
        get = environ.get
        key = (get("PATH_INFO", ""), get("QUERY_STRING", ""), *[get(name) for name in self._headers])
        version = self._engine.state.version()
        if version != self._version:
            self.memory.clear()
            self._version = version
        found = self.memory.get((version, key))
        if found is None:
            return self._work_out(environ, start_response, version, key)
        start_response("200 OK", found[0].copy())
        return [found[1]]

    def _work_out(
        self, environ: Environment, start_response: Callable[..., Any], version: Hashable, key: tuple[str | None, ...]
    ) -> Iterable[bytes]:
        request = to_request(environ)
        if request.path.startswith(CONTROL) or not self._engine.is_list(request.path):
            return self._rest(environ, start_response)
        try:
            reply = self._engine.handle(request)
        except Exception:
            # Tells what went wrong in the way that everything else is told.
            return self._rest(environ, start_response)
        headers = list(reply.headers)
        # A shared state may be lost, or come back, while an answer is made: then it is of no version that we know.
        if reply.lasting and self._engine.state.version() == version:
            said = sum(len(part) for part in key if part is not None)
            self.memory.put((version, key), (headers, reply.body), len(reply.body) + said)
        start_response(_status(reply), headers.copy())
        return [reply.body]


def _status(reply: Reply) -> str:
    return f"{reply.status} {HTTPStatus(reply.status).phrase.upper()}"


def to_request(environ: Environment) -> Request:
    """A WSGI environment as a plain `Request`; bytes that are not UTF-8 become lone surrogates."""
    path = environ.get("PATH_INFO", "").encode("latin-1", "replace").decode("utf-8", "surrogateescape")
    headers = tuple((k[5:].replace("_", "-"), v) for k, v in environ.items() if k.startswith("HTTP_"))
    return Request(environ["REQUEST_METHOD"], path, _query(environ.get("QUERY_STRING", "")), headers)


def _query(text: str) -> tuple[Pair, ...]:
    """The pairs of a query string, decoded once; a wrong percent sign stands for itself, as browsers have it."""
    pairs = (part.partition("=") for part in text.split("&") if part)
    return tuple((_decoded(name), _decoded(value)) for name, _, value in pairs)


def _decoded(text: str) -> str:
    if text.isascii() and "%" not in text and "+" not in text:
        return text
    raw = text.replace("+", " ").encode("latin-1", "replace")
    return unquote_to_bytes(raw).decode("utf-8", "surrogateescape")
