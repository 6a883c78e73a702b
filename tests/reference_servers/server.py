"""The second server as a FastAPI application. No other module knows the framework's routing."""

import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.reference_servers.backend import Backend, Crash, Params, Refused
from tests.reference_servers.designs import DESIGNS
from tests.reference_servers.faults import FAULTS

PATH = "/api/v1/wallets/balances"
SIZE = 173


class Unauthorized(Exception):
    """The key is missing or wrong."""


class Wire:
    """Passes each request's raw query string through the back end's `wire` stage."""

    def __init__(self, app: ASGIApp, backend: Backend) -> None:
        self.app = app
        self.backend = backend

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI event stream."""
        if scope["type"] == "http":
            scope = {**scope, "query_string": self.backend.wire(scope["query_string"])}
        await self.app(scope, receive, send)


def build(fault: str | None, design: str | None, size: int | None) -> Backend:
    """Build the back end, with at most one fault over at most one design. Raises KeyError for an unknown name."""
    chosen = [entry for entry in (FAULTS[fault] if fault else None, DESIGNS[design] if design else None) if entry]
    sizes = [size, *(entry.size for entry in chosen), SIZE]
    bases = tuple(entry.backend for entry in chosen) or (Backend,)
    made: type[Backend] = type("Planted", bases, {})
    return made(next(count for count in sizes if count is not None))


def create_app(
    fault: str | None = None,
    design: str | None = None,
    size: int | None = None,
    api_keys: Sequence[str] = (),
    *,
    threads: bool = True,
) -> FastAPI:
    """Create a server of its own data.

    `size` is the number of records (default: the fault's, the design's, else 173). With `threads` each request is
    answered in a thread, so that requests overlap; without them, one by one in the event loop.
    """
    backend = build(fault, design, size)
    app = FastAPI(openapi_url=None)
    app.add_middleware(Wire, backend=backend)
    app.state.backend = backend

    async def guard(request: Request) -> None:
        if not backend.allowed(request.headers.get("x-api-key"), api_keys, [*request.query_params]):
            raise Unauthorized

    endpoint = _operation(backend, threads)
    app.add_api_route(PATH, endpoint, methods=["GET"], dependencies=[Depends(guard)], response_model=None)
    _handle_errors(app, backend)
    return app


def _operation(backend: Backend, threads: bool) -> Callable[..., Any]:
    def list_balances(query: Params) -> Response:
        return backend.reply(200, backend.answer(query))

    async def list_in_the_event_loop(query: Params) -> Response:
        return list_balances(query)

    chosen: Callable[..., Any] = list_balances if threads else list_in_the_event_loop
    chosen.__annotations__["query"] = Annotated[backend.params, Query()]
    return chosen


def _handle_errors(app: FastAPI, backend: Backend) -> None:
    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> Response:
        return backend.refusal([_entry(fault) for fault in error.errors()])

    @app.exception_handler(Refused)
    async def refused(_: Request, error: Refused) -> Response:
        return backend.refusal(error.entries)

    @app.exception_handler(Unauthorized)
    async def unauthorized(_: Request, __: Unauthorized) -> Response:
        return JSONResponse({"success": False, "error": "Unauthorized", "suggestion": ""}, 401)

    @app.exception_handler(Crash)
    async def crashed(_: Request, __: Crash) -> Response:
        return JSONResponse({"success": False, "error": "Internal server error", "suggestion": ""}, 500)

    @app.exception_handler(HTTPException)
    async def other(_: Request, error: HTTPException) -> Response:
        body = {"success": False, "error": "Not found" if error.status_code == 404 else error.detail, "suggestion": ""}
        return JSONResponse(body, error.status_code, error.headers)


def _entry(fault: dict[str, Any]) -> dict[str, Any]:
    entry = {"loc": list(fault["loc"]), "msg": fault["msg"], "type": fault["type"], "input": str(fault["input"])}
    if fault.get("ctx"):
        entry["ctx"] = json.loads(json.dumps(fault["ctx"], default=str))
    return entry
