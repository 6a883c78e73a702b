"""Declares designs: a contract, an application, and which laws have to fail."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, jsonify, request
from werkzeug.datastructures import MultiDict

KEY = "sesame-0123456789"
"""The key that every request carries in ``X-Key``, for servers that want one."""

Document = dict[str, Any]
Application = Callable[..., Any]
Made = tuple[Document, Application]


@dataclass(frozen=True)
class Design:
    """One server. ``make`` returns its OpenAPI document and its WSGI application.

    ``fails`` are the laws that have to fail: none for a correct server. ``also`` are laws that may fail with them.
    ``verdicts`` maps laws to the status that they must have.
    """

    name: str
    make: Callable[[], Made]
    fails: frozenset[str] = frozenset()
    also: frozenset[str] = frozenset()
    verdicts: Mapping[str, str] = field(default_factory=dict)


class Designs:
    """The designs of one topic, by name."""

    def __init__(self) -> None:
        self.by_name: dict[str, Design] = {}

    def correct(self, name: str, **verdicts: str) -> Callable[[Callable[[], Made]], Callable[[], Made]]:
        """Declare a correct server; ``verdicts`` are those that it must get, with ``_`` for ``-`` in a law's name."""
        wanted = {law.replace("_", "-"): status for law, status in verdicts.items()}
        return lambda make: self._declared(Design(name, make, verdicts=wanted))

    def faulty(
        self, name: str, *laws: str, also: Sequence[str] = ()
    ) -> Callable[[Callable[[], Made]], Callable[[], Made]]:
        """Declare a faulty server: each of the ``laws`` has to fail, and no other but ``also``."""
        return lambda make: self._declared(Design(name, make, frozenset(laws), frozenset(also)))

    def _declared(self, design: Design) -> Callable[[], Made]:
        assert design.name not in self.by_name, f"the design {design.name} is declared twice"
        self.by_name[design.name] = design
        return design.make


def document(
    parameters: Sequence[Mapping[str, Any]], answer: Mapping[str, Any], path: str = "/things", **operation: Any
) -> Document:
    """Return an OpenAPI document with one list, a GET of ``path``, whose 200 answer has this schema.

    ``operation`` replaces keys of the operation, such as ``responses``.
    """
    responses = {"200": {"description": "A page", "content": {"application/json": {"schema": dict(answer)}}}}
    get = {"operationId": "listThings", "parameters": list(parameters), "responses": responses, **operation}
    return {"openapi": "3.1.0", "info": {"title": "Things", "version": "1"}, "paths": {path: {"get": get}}}


def query(name: str, kind: str = "string", *, required: bool = False, description: str = "", **schema: Any) -> Document:
    """Return a query parameter of a JSON type."""
    described = {"description": description} if description else {}
    return {"name": name, "in": "query", "required": required, **described, "schema": {"type": kind, **schema}}


def thing(**properties: Mapping[str, Any]) -> Document:
    """Return the schema of a record: an integer ``id``, a ``colour``, and more."""
    known = {"id": {"type": "integer"}, "colour": {"type": "string"}, **properties}
    return {"type": "object", "required": ["id", "colour"], "properties": known}


def envelope(items: str = "items", item: Mapping[str, Any] | None = None, **fields: Any) -> Document:
    """Return the schema of an object that holds the records in one field, and what it says of the page in others."""
    array = {"type": "array", "items": dict(item or thing())}
    return {"type": "object", "required": [items], "properties": {items: array, **fields}}


def records(count: int = 45) -> list[dict[str, Any]]:
    """Return records whose ids are in order and whose colours are not."""
    return [{"id": number, "colour": ("red", "green", "blue")[number * 7 % 3]} for number in range(1, count + 1)]


def application(answer: Callable[[MultiDict[str, str]], Any], path: str = "/things") -> Flask:
    """Return an application whose list answers with what ``answer`` makes of the query.

    That is the body, a pair of body and status, or a whole response. ``ValueError`` is a 422.
    """
    app = Flask("design")

    @app.get(path)
    def show() -> Any:
        try:
            made = answer(request.args)
        except ValueError as error:
            return jsonify(detail=str(error)), 422
        if isinstance(made, Response):
            return made
        body, status = made if isinstance(made, tuple) else (made, 200)
        response = jsonify(body)
        response.status_code = status
        return response

    return app
