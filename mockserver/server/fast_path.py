"""What stands before Flask: GETs of the contract's lists are answered here, from memory where that is possible.

An answer of a list is a pure function of its world and of what the request says in its path, its query and the few
headers that are given a meaning; what changes it gives the state another version, or the mock another moment. So an
answer is remembered under all of these, as they came, and found again without being understood. Nothing that changes
the state is remembered, nor any refusal, nor what a scenario did. All else is passed on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from time import perf_counter_ns
from typing import Any
from urllib.parse import unquote_to_bytes

from mockserver.mock.cache import Memory
from mockserver.mock.messages import LATER, Pair, Reply, Request
from mockserver.mock.runtime import Answered, Mock, Moment

CAPACITY = 16 * 2**20
"""The bytes of remembered answers that a process keeps at most."""

CONTROL = "/__mock__"
"""Paths below are the mock's own, whatever the contract says."""

CLOSING = 0.02
"""Seconds that a server has to send half of an answer before the connection ends."""

Environment = dict[str, Any]
Application = Callable[[Environment, Callable[..., Any]], Iterable[bytes]]


class Front:
    """A WSGI application: answers GETs of lists, and leaves everything else to ``rest``."""

    def __init__(self, rest: Application, mock: Mock, *, capacity: int = CAPACITY) -> None:
        self._rest = rest
        self._mock = mock
        self._moment: Moment | None = None
        self._headers: tuple[str, ...] = ()
        self.memory: Memory[Answered] = Memory(capacity)

    def __call__(self, environ: Environment, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """The answer to a request, as WSGI has it."""
        begun = perf_counter_ns()
        if environ["REQUEST_METHOD"] != "GET":
            return self._rest(environ, start_response)
        moment = self._mock.look()
        if moment is not self._moment:
            self._begin(moment)
        get = environ.get
        key = (get("PATH_INFO", ""), get("QUERY_STRING", ""), *[get(name) for name in self._headers])
        found = self.memory.get((moment, key))
        if found is None or moment.told.scenario is not None:
            return self._work_out(environ, start_response, moment, key)
        self._mock.noted(found.note, found.label, begun)
        start_response("200 OK", list(found.reply.headers))
        return [found.reply.body]

    def _begin(self, moment: Moment) -> None:
        """Forget what was remembered of another moment. Two threads may do so at once."""
        names = (*moment.engine.list_headers(), "Origin")
        self._headers = tuple(f"HTTP_{name.upper().replace('-', '_')}" for name in dict.fromkeys(names))
        self.memory.clear()
        self._moment = moment

    def _work_out(
        self,
        environ: Environment,
        start_response: Callable[..., Any],
        moment: Moment,
        key: tuple[str | None, ...],
    ) -> Iterable[bytes]:
        request = to_request(environ)
        if request.path.startswith(CONTROL) or not moment.engine.is_list(request.path):
            return self._rest(environ, start_response)
        try:
            answered = self._mock.answer(request, environ.get("QUERY_STRING", ""))
        except Exception:
            # Tells what went wrong in the way that everything else is told.
            return self._rest(environ, start_response)
        reply = answered.reply
        # A shared state may be lost, or come back, while an answer is made: then it is of no moment that we know.
        if reply.lasting and self._mock.look() is moment is self._moment:
            said = sum(len(part) for part in key if part is not None)
            self.memory.put((moment, key), answered, len(reply.body) + len(answered.note) + said)
        return send(environ, start_response, reply)


def send(environ: Environment, start_response: Callable[..., Any], reply: Reply) -> Iterable[bytes]:
    """A reply as WSGI has it: when it is due, and whole, or cut by the end of the connection."""
    wait(environ, reply.delay or CLOSING * reply.closes)
    start_response(f"{reply.status} {reason(reply.status)}", list(reply.headers))
    return halved(reply.body) if reply.closes else [reply.body]


def wait(environ: Environment, seconds: float) -> None:
    """Have the answer sent later: by the server, if it can do that without a thread that waits."""
    if seconds <= 0:
        return
    later = environ.get(LATER)
    if later is None:
        time.sleep(seconds)
    else:
        later(seconds)


def halved(body: bytes) -> Iterator[bytes]:
    """Half of a body: less than was announced, so that a server has to close the connection, once that half is out."""
    yield body[: len(body) // 2]
    time.sleep(CLOSING)


def reason(status: int) -> str:
    """The phrase of a status."""
    try:
        return HTTPStatus(status).phrase.upper()
    except ValueError:
        return "UNKNOWN"


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
