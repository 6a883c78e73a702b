"""The contract as it is served: ``/openapi.json`` and ``/openapi.yaml``, with this server as the one to ask.

They stand outside the control plane: a code generator, or Postman, may read them from anywhere. Where the contract has
such a path of its own, that one is answered.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from mockserver.contract import as_served, to_yaml
from mockserver.messages import encode
from mockserver.mock import Mock


def served(mock: Mock) -> Blueprint:
    """The blueprint of both."""
    blueprint = Blueprint("contract", __name__)

    def document() -> dict[str, Any]:
        return as_served(mock.engine.contract, request.host_url.rstrip("/"))

    @blueprint.after_request
    def open_to_all(response: Response) -> Response:
        if mock.cors is not None:
            response.headers.extend(mock.cors.answer(request.headers.get("Origin")))
        return response

    if not mock.engine.methods("/openapi.json"):

        @blueprint.get("/openapi.json")
        def openapi_json() -> Response:
            return Response(encode(document()), content_type="application/json")

    if not mock.engine.methods("/openapi.yaml"):

        @blueprint.get("/openapi.yaml")
        def openapi_yaml() -> Response:
            return Response(to_yaml(document()), content_type="application/yaml")

    return blueprint
