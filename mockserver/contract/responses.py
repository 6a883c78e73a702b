"""Responses of an operation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mockserver.contract.content import read_content, read_headers
from mockserver.contract.context import Context, description
from mockserver.contract.faults import Spot
from mockserver.contract.links import Links
from mockserver.contract.model import Response

_STATUS = re.compile(r"[1-5](?:[0-9]{2}|XX)|default")


def read_responses(context: Context, links: Links, holder: Mapping[str, Any], spot: Spot) -> dict[str, Response]:
    """Return the responses of an operation by status. Their links are read by ``links``, later."""
    found = {}
    for status, node in context.mapping(holder, "responses", spot).items():
        at = spot.at("responses", status)
        if status.startswith("x-"):
            continue
        if not _STATUS.fullmatch(status):
            context.report(at.fault(f"'{status}' is not a status code, expected one like 200, 4XX or default"))
            status = status.upper() if _STATUS.fullmatch(status.upper()) else status.lower()
        response = _response(context, links, status, node, at) if _STATUS.fullmatch(status) else None
        if response is not None:
            found[status] = response
    return found


def _response(context: Context, links: Links, status: str, node: Any, spot: Spot) -> Response | None:
    part = context.part(node, spot, f"the response '{status}'")
    if part is None:
        return None
    raw, spot = part
    return Response(
        status=status,
        description=description(raw),
        content=read_content(context.lenient, raw, spot, with_encoding=True),
        headers=read_headers(context.lenient, raw, spot),
        links=links.promise(raw, spot),
    )
