"""A Flask application that serves one contract: request in, reply out.

Flask answers the control API and the console. Every other method and path goes to the mock as it came: nothing is
redirected, merged or decoded twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from mockserver.contract import Contract
from mockserver.mock.messages import Reply
from mockserver.mock.options import Given, environment, options_of
from mockserver.mock.runtime import Mock
from mockserver.server.control.contract_document import is_contracts, served
from mockserver.server.fast_path import FastPath
from mockserver.server.wsgi import CLOSING, CONTROL, LARGEST, halved, to_request, wait
from mockserver.state.base import State
from mockserver.state.journal import Journal, MemoryJournal
from mockserver.state.memory import MemoryState
from mockserver.values.encode import encode

if TYPE_CHECKING:
    from mockserver.world.domain import Domain

SUGGESTIONS = {
    404: f"{CONTROL}/ is the console; {CONTROL}/openapi.json says what else there is.",
    413: "A body may have 32 MB at most.",
}


def create_app(
    contract: str | Path | Contract | None = None,
    *,
    domains: Sequence[Domain] = (),
    state: State | str | None = None,
    counter: Any = None,
    **given: Unpack[Given],
) -> Flask:
    """Return a WSGI application that serves a contract: a path, or one already read.

    ``domains`` know better data for some lists. ``state`` keeps refreshes, journal and runtime settings: a file, a
    Redis URL or a `State`, by default in memory. ``counter`` counts requests; `Given` explains all others. What is
    ``None`` comes from the environment (``MOCKSERVER_SEED`` and so on, lists separated by blanks), else has its
    default. The `Mock` is ``app.extensions["mockserver"]``.

    Raises `ContractError`, `FixtureError` and `OptionError`.
    """
    names = [option.name for domain in domains for option in domain.options]
    options = options_of(contract, given, names)
    kept, journal = _state(state or environment("STATE"))
    return _flask(Mock(options, domains=domains, state=kept, journal=journal, counter=counter))


def _state(where: State | str | None) -> tuple[State, Journal]:
    """The state, and the journal that belongs to it."""
    if where is None or isinstance(where, MemoryState):
        return where or MemoryState(), MemoryJournal()
    from mockserver.state.stores import open_journal, open_state

    state = open_state(where) if isinstance(where, str) else where
    return state, open_journal(state)


def _flask(mock: Mock) -> Flask:
    app = Flask("mockserver", static_folder=None)
    app.url_map.merge_slashes = False
    app.config["MAX_CONTENT_LENGTH"] = LARGEST
    app.extensions["mockserver"] = mock

    @app.before_request
    def answer() -> Response | None:
        """What Flask has a route for is Flask's, all else the contract's."""
        asked = to_request(request.environ)
        if _is_ours(mock, asked.path):
            return None
        request.url_rule = None  # so that nothing is done to the answer that is done to ours
        reply = mock.answer(asked, request.environ.get("QUERY_STRING", "")).reply
        wait(request.environ, reply.delay or (CLOSING if reply.closes else 0))
        return _to_response(reply)

    @app.errorhandler(HTTPException)
    def refuse(error: HTTPException) -> Response:
        """Refusals of Flask's own have the shape of ours; ``Allow`` and its like stay."""
        suggestion = SUGGESTIONS.get(error.code or 0) or error.description or ""
        headers = {**dict(error.get_headers()), "Content-Type": "application/json"}
        body = encode({"success": False, "error": error.name, "suggestion": suggestion})
        return Response(body, error.code, headers)

    app.register_blueprint(served(mock))
    if mock.options.control:
        from mockserver.server.control_plane import register

        register(app, mock)
    app.wsgi_app = FastPath(app.wsgi_app, mock)  # type: ignore[method-assign]
    return app


def _is_ours(mock: Mock, path: str) -> bool:
    """Whether Flask answers; ``path`` is as it came, since of slashes at its start werkzeug sees but one."""
    if path.startswith("//"):
        return False
    if request.url_rule is None:
        return mock.options.control and path.startswith(f"{CONTROL}/")
    return not is_contracts(mock)


def _to_response(reply: Reply) -> Response:
    response = Response(halved(reply.body) if reply.closes else reply.body, reply.status)
    response.headers.clear()
    response.headers.extend(reply.headers)
    return response
