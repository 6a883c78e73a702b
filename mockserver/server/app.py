"""The Flask application of a mock.

Flask answers the control API, the console and the document of the contract. All other requests go to the mock exactly
as they arrived: Flask redirects none of them, merges no slashes and decodes nothing twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from mockserver.contract import Contract
from mockserver.errors import NotKeptError
from mockserver.mock.messages import Reply
from mockserver.mock.options import Given, environment, options_of
from mockserver.mock.runtime import Mock
from mockserver.server.control.contract_document import contract_document, is_overridden
from mockserver.server.fast_path import FastPath
from mockserver.server.wsgi import CONTROL, MAX_BODY, delay_of, first_half, to_request, wait
from mockserver.state.base import State
from mockserver.state.journal import Journal, MemoryJournal
from mockserver.state.memory import MemoryState
from mockserver.values.encode import encode

if TYPE_CHECKING:
    from mockserver.world.domain import Domain

SUGGESTIONS = {
    404: f"The console is at {CONTROL}/; {CONTROL}/openapi.json describes the control API.",
    413: "A body may have 32 MB at most.",
}
WHEN_BACK = f"Try again when {CONTROL}/ready answers 200."


def create_app(
    contract: str | Path | Contract | None = None,
    *,
    domains: Sequence[Domain] = (),
    state: State | str | None = None,
    counter: Any = None,
    **given: Unpack[Given],
) -> Flask:
    """Return a WSGI application that serves a contract: a path, or a contract that was read already.

    ``domains`` provide better data for some lists. ``state`` keeps refreshes, journal and runtime settings: a file, a
    Redis URL or a `State`, by default in memory. ``counter`` counts requests. `Given` explains all other options; one
    that is ``None`` comes from the environment (``MOCKSERVER_SEED`` and so on, lists separated by blanks), otherwise it
    has its default. The `Mock` is ``app.extensions["mockserver"]``.

    Raises `ContractError`, `FixtureError` and `OptionError`.
    """
    names = [option.name for domain in domains for option in domain.options]
    options = options_of(contract, given, names)
    opened, journal = _state(state or environment("STATE"))
    return _flask(Mock(options, domains=domains, state=opened, journal=journal, counter=counter))


def _state(where: State | str | None) -> tuple[State, Journal]:
    """Return the state, and the journal that belongs to it."""
    if where is None or isinstance(where, MemoryState):
        return where or MemoryState(), MemoryJournal()
    from mockserver.state.stores import open_journal, open_state

    state = open_state(where) if isinstance(where, str) else where
    return state, open_journal(state)


def _flask(mock: Mock) -> Flask:
    app = Flask("mockserver", static_folder=None)
    app.url_map.merge_slashes = False
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.extensions["mockserver"] = mock

    @app.before_request
    def answer() -> Response | None:
        """Let the mock answer every request that Flask does not answer."""
        received = to_request(request.environ)
        if _is_for_flask(mock, received.path):
            return None
        request.url_rule = None  # no blueprint may change an answer of the mock
        reply = mock.answer(received, request.environ.get("QUERY_STRING", "")).reply
        wait(request.environ, delay_of(reply))
        return _to_response(reply)

    app.register_error_handler(HTTPException, _refusal)
    app.register_blueprint(contract_document(mock))
    if mock.options.control:
        _register_control(app, mock)
    # The way that Flask documents to put a WSGI middleware around an app.
    app.wsgi_app = FastPath(app.wsgi_app, mock)  # type: ignore[method-assign]
    return app


def _register_control(app: Flask, mock: Mock) -> None:
    """Add the control API and the console."""
    from mockserver.server.console.routes import console
    from mockserver.server.control.api import control_api
    from mockserver.server.control.guard import Guard, allow_local_pages, refused, restrict_browser

    guard = Guard(mock.options.control_token)
    for blueprint in (control_api(mock), console(mock)):
        blueprint.before_request(guard.check)
        blueprint.after_request(allow_local_pages)
        blueprint.after_request(restrict_browser)
        blueprint.register_error_handler(NotKeptError, lambda error: refused(str(error), WHEN_BACK, 503))
        app.register_blueprint(blueprint, url_prefix=CONTROL)


def _is_for_flask(mock: Mock, path: str) -> bool:
    """Return whether Flask answers a request; ``path`` is as it arrived, while Flask merges slashes at its start."""
    if path.startswith("//"):
        return False
    if request.url_rule is None:
        return mock.options.control and path.startswith(f"{CONTROL}/")
    return not is_overridden(mock)


def _to_response(reply: Reply) -> Response:
    response = Response(first_half(reply.body) if reply.closes else reply.body, reply.status)
    response.headers.clear()
    response.headers.extend(reply.headers)
    return response


def _refusal(error: HTTPException) -> Response:
    """Return a refusal by Flask in the shape of the mock's own; headers such as ``Allow`` are kept."""
    suggestion = SUGGESTIONS.get(error.code or 0) or error.description or ""
    headers = {**dict(error.get_headers()), "Content-Type": "application/json"}
    body = encode({"success": False, "error": error.name, "suggestion": suggestion})
    return Response(body, error.code, headers)
