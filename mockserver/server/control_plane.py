"""The control plane of a running mock, under ``/__mock__``: an API for tests, and pages for people.

With ``app`` the only room that knows Flask. `guard` says who may come in, `api` is what `control.yaml` describes,
`pages` are what a browser shows.
"""

from __future__ import annotations

from flask import Flask, Response, request

from mockserver.errors import NotKeptError
from mockserver.mock.runtime import Mock

PREFIX = "/__mock__"

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""The Content-Security-Policy of every answer that has none of its own."""

WHEN_BACK = f"{PREFIX}/ready answers 200 as soon as the shared state can be reached again."


def register(app: Flask, mock: Mock) -> None:
    """Add the control plane to an application."""
    from mockserver.server.console.routes import pages
    from mockserver.server.control.api import api
    from mockserver.server.control.guard import Guard, refused

    guard = Guard(mock.options.control_token)
    for blueprint in (api(mock), pages(mock)):
        blueprint.before_request(guard.check)
        blueprint.after_request(guard.open_to_pages_of_this_machine)
        blueprint.after_request(_careful)
        blueprint.register_error_handler(NotKeptError, lambda fault: refused(str(fault), WHEN_BACK, 503))
        app.register_blueprint(blueprint, url_prefix=PREFIX)


def _careful(response: Response) -> Response:
    """What a browser may do with an answer: nothing that the answer does not need."""
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    if request.endpoint is None or not request.endpoint.endswith("static"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response
