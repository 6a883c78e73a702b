"""An application with many lists, and its contract, to try `mockserver check` on."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import yaml
from flask import Flask, jsonify, request
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.support.list_server import Answer, Design, ListServer, document

RECORDS = [{"id": f"{n * 7919 % 1009:04}", "colour": "red" if n % 3 else "blue", "shape": "disc"} for n in range(45)]
"""Records of a list that shows no fault."""

FEW = RECORDS[:12]
"""Enough records to judge a law by, in few requests."""

Refusal = Callable[[], Any]
"""Returns the answer to a request that is not served a page, or ``None``."""

Change = Callable[[dict[str, Any]], None]
"""Edits a contract."""


def off_by_one(answer: Answer) -> None:
    """Make the total wrong."""
    answer.total += 1


def contract(path: Path, *lists: str, change: Change | None = None) -> Path:
    """Write the contract of the lists at these paths and return its path. ``/a/{b}/c`` is ``list_a_c``.

    ``change`` may edit the document before.
    """
    whole = document()
    get = whole["paths"].pop("/things")["get"]
    get["responses"]["422"] = {"description": ""}
    for name in lists:
        whole["paths"][name] = {"get": {**copy.deepcopy(get), "operationId": f"list_{'_'.join(fixed(name))}"}}
    if change is not None:
        change(whole)
    path.write_text(yaml.safe_dump(whole, sort_keys=False), encoding="utf-8")
    return path


def fixed(path: str) -> list[str]:
    """Return the parts of a path that are no parameters."""
    return [part for part in path.split("/") if part and "{" not in part]


def parameter(whole: dict[str, Any], path: str, location: str, name: str, **more: Any) -> None:
    """Add a required parameter to the list at a path."""
    declared = {"name": name, "in": location, "required": True, "schema": {"type": "string"}, **more}
    whole["paths"][path]["get"]["parameters"].append(declared)


def secured(**scheme: Any) -> Change:
    """Demand credentials of the list of things."""

    def change(whole: dict[str, Any]) -> None:
        whole["components"] = {"securitySchemes": {"proof": scheme}}
        whole["paths"]["/things"]["get"]["security"] = [{"proof": []}]

    return change


def application(lists: Mapping[str, ListServer | Sequence[Mapping[str, Any]]], refuse: Refusal | None = None) -> Flask:
    """Return an application that serves lists by their rules (``/things``, ``/shops/<shop>/things``).

    ``app.config["seen"]`` has every request that came: method, path with query, headers.
    """
    app = Flask("lists")
    seen: list[tuple[str, str, dict[str, str]]] = []
    app.config["seen"] = seen

    @app.before_request
    def note() -> Any:
        seen.append((request.method, request.full_path.rstrip("?"), dict(request.headers)))
        return refuse() if refuse is not None else None

    for rule, served in lists.items():
        server = served if isinstance(served, ListServer) else ListServer([dict(r) for r in served], Design())
        app.add_url_rule(rule, rule, _view(server))
    return app


def _view(server: ListServer) -> Callable[..., Any]:
    def view(**_: str) -> Any:
        exchange = server(tuple(request.args.items(multi=True)))
        return jsonify(exchange.body), exchange.status

    return view


class _Quiet(WSGIRequestHandler):
    def log(self, *_: Any) -> None:
        """Log nothing."""


@contextmanager
def serving(app: Callable[..., Any], **options: Any) -> Iterator[str]:
    """Serve a WSGI application on a free port while the block runs; the value is its base URL."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet, **options)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        scheme = "https" if "ssl_context" in options else "http"
        yield f"{scheme}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
