"""The fast path before Flask: GETs of lists are answered here, from a cache if possible.

The answer of a list depends only on its world, the path, the query and the few headers that have a meaning. Every
change gives the state a new version, or the mock a new snapshot. So an answer is cached under the snapshot and the raw
request, and is found again without parsing. Not cached are refusals, answers that a scenario changed, and answers to
requests that change the state. All other requests go on to Flask.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from time import perf_counter_ns
from typing import Any

from mockserver.mock.cache import Cache
from mockserver.mock.messages import Request
from mockserver.mock.runtime import Answered, Mock
from mockserver.mock.snapshot import Snapshot
from mockserver.server.wsgi import CONTROL, Application, Environment, send, to_request

CAPACITY = 16 * 2**20
"""The most bytes of cached answers in a process."""


class FastPath:
    """A WSGI application that answers GETs of lists, and passes all other requests to ``rest``."""

    def __init__(self, rest: Application, mock: Mock, *, capacity: int = CAPACITY) -> None:
        self._rest = rest
        self._mock = mock
        self._snapshot: Snapshot | None = None
        self._headers: tuple[str, ...] = ()
        self.cache: Cache[Answered] = Cache(capacity)

    def __call__(self, environ: Environment, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request (WSGI's interface)."""
        begun = perf_counter_ns()
        if environ["REQUEST_METHOD"] != "GET":
            return self._rest(environ, start_response)
        snapshot = self._mock.snapshot()
        if snapshot is not self._snapshot:
            self._begin(snapshot)
        get = environ.get
        key = (get("PATH_INFO", ""), get("QUERY_STRING", ""), *[get(name) for name in self._headers])
        found = self.cache.get((snapshot, key))
        if found is None or snapshot.overrides.scenario is not None:
            return self._answer(environ, start_response, snapshot, key)
        self._mock.keep(found.entry, found.label, begun)
        start_response("200 OK", list(found.reply.headers))
        return [found.reply.body]

    def _begin(self, snapshot: Snapshot) -> None:
        """Begin a new snapshot with an empty cache. Two threads may do so at the same time."""
        names = (*snapshot.engine.list_headers(), "Origin")
        self._headers = tuple(f"HTTP_{name.upper().replace('-', '_')}" for name in dict.fromkeys(names))
        self.cache.clear()
        self._snapshot = snapshot

    def _answer(
        self,
        environ: Environment,
        start_response: Callable[..., Any],
        snapshot: Snapshot,
        key: tuple[str | None, ...],
    ) -> Iterable[bytes]:
        request = to_request(environ)
        if not _is_list(request, snapshot):
            return self._rest(environ, start_response)
        answered = self._mock.answer(request, environ.get("QUERY_STRING", ""))
        reply = answered.reply
        # A shared state may be lost, or come back, while an answer is made: then the answer belongs to no snapshot.
        if reply.cacheable and self._mock.snapshot() is snapshot is self._snapshot:
            size = sum(len(part) for part in key if part is not None)
            self.cache.put((snapshot, key), answered, len(reply.body) + len(answered.entry) + size)
        return send(environ, start_response, reply)


def _is_list(request: Request, snapshot: Snapshot) -> bool:
    return not request.path.startswith(CONTROL) and snapshot.engine.is_list(request.path)
