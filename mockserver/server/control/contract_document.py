"""The contract as it is served: ``/openapi.json`` and ``/openapi.yaml``, with this server as the one to ask.

They stand outside the control plane: a code generator, or Postman, may read them from anywhere. Where the contract has
such a path of its own, that one is answered (`is_contracts`).
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


def is_contracts(mock: Mock) -> bool:
    """Whether the request is for one of the two, but the contract of the moment has that path."""
    return request.blueprint == NAME and bool(mock.engine.methods(request.path))


def served(mock: Mock) -> Blueprint:
    """The blueprint of both."""
    blueprint = Blueprint(NAME, __name__)
    served_ = _Served(mock)

    @blueprint.before_request
    def before_a_page_asks() -> Response | None:
        asked = to_request(request.environ)
        if mock.cors is None or not is_preflight(asked):
            return None
        return Response(status=204, headers=mock.cors.preflight(asked, ("GET", "HEAD")))

    @blueprint.after_request
    def open_to_all(response: Response) -> Response:
        origin = request.headers.get("Origin")
        if mock.cors is not None and origin is not None and response.status_code != 204:
            response.headers.extend(mock.cors.answer(origin))
        return response

    for path, view in (("/openapi.json", served_.json), ("/openapi.yaml", served_.yaml)):
        blueprint.add_url_rule(path, path.rpartition(".")[2], view)
    return blueprint


class _Served:
    """Writes the contract of the moment. YAML takes long to write where it is large: so the latest is kept."""

    def __init__(self, mock: Mock) -> None:
        self._mock = mock
        self._latest: tuple[tuple[str, str], str] | None = None

    def json(self) -> Response:
        return Response(encode(self._document()), content_type=JSON)

    def yaml(self) -> Response:
        key = (self._mock.engine.contract.digest, request.host_url)
        latest = self._latest
        if latest is None or latest[0] != key:
            latest = self._latest = (key, to_yaml(self._document()))
        return Response(latest[1], content_type="application/yaml")

    def _document(self) -> dict[str, Any]:
        try:
            return as_served(self._mock.engine.contract, request.host_url.rstrip("/"))
        except ContractError as error:
            refused = encode({"success": False, "error": str(error), "suggestion": "Read the contract's own files."})
            abort(Response(refused, 501, content_type=JSON))
