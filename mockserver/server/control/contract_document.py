"""Serves the contract itself: ``/openapi.json`` and ``/openapi.yaml``, with this server as the only one in it.

These paths are not part of the control API: code generators and tools such as Postman may read them from anywhere. If
the contract has such a path itself, its operation is answered instead (`is_overridden`).
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, request

from mockserver.contract import as_served, to_yaml
from mockserver.errors import ContractError
from mockserver.mock.messages import JSON
from mockserver.mock.request.cors import is_preflight
from mockserver.mock.runtime import Mock
from mockserver.server.wsgi import to_request
from mockserver.values.encode import encode

NAME = "contract"
"""The name of the blueprint."""


def is_overridden(mock: Mock) -> bool:
    """Return whether the current request is for the document, but the contract has an operation at its path."""
    return request.blueprint == NAME and bool(mock.engine.methods(request.path))


def contract_document(mock: Mock) -> Blueprint:
    """Return the blueprint of both paths."""
    blueprint = Blueprint(NAME, __name__)
    document = _Document(mock)

    @blueprint.before_request
    def answer_preflight() -> Response | None:
        received = to_request(request.environ)
        if mock.cors is None or not is_preflight(received):
            return None
        return Response(status=204, headers=mock.cors.preflight(received, ("GET", "HEAD")))

    @blueprint.after_request
    def add_cors(response: Response) -> Response:
        origin = request.headers.get("Origin")
        if mock.cors is not None and origin is not None and response.status_code != 204:
            response.headers.extend(mock.cors.answer(origin))
        return response

    blueprint.add_url_rule("/openapi.json", "json", document.json)
    blueprint.add_url_rule("/openapi.yaml", "yaml", document.yaml)
    return blueprint


class _Document:
    """Writes the current contract. Writing YAML is slow for a large contract, so the latest text is kept."""

    def __init__(self, mock: Mock) -> None:
        self._mock = mock
        self._latest: tuple[tuple[str, str], str] | None = None

    def json(self) -> Response:
        return Response(encode(self._contract()), content_type=JSON)

    def yaml(self) -> Response:
        key = (self._mock.engine.contract.digest, request.host_url)
        latest = self._latest
        if latest is None or latest[0] != key:
            latest = self._latest = (key, to_yaml(self._contract()))
        return Response(latest[1], content_type="application/yaml")

    def _contract(self) -> dict[str, Any]:
        try:
            return as_served(self._mock.engine.contract, request.host_url.rstrip("/"))
        except ContractError as error:
            refused = encode({"success": False, "error": str(error), "suggestion": "Read the contract's own files."})
            abort(Response(refused, 501, content_type=JSON))
