"""Links of responses, which can only be read when all operations are known."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from mockserver.contract.context import Context, description
from mockserver.contract.faults import Fault, Spot
from mockserver.contract.model import Link
from mockserver.contract.servers import read_server

_URL = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_NOWHERE = "the link leads to no operation"


class Links:
    """Promises the links of each response, and reads them all at the end. None of their faults is raised."""

    def __init__(self) -> None:
        self._promised: list[tuple[dict[str, Link], Mapping[str, Any], Spot]] = []

    def promise(self, holder: Mapping[str, Any], spot: Spot) -> dict[str, Link]:
        """Return the links of a response by name, which `read` puts there."""
        links: dict[str, Link] = {}
        if holder.get("links"):
            self._promised.append((links, holder, spot))
        return links

    def read(self, context: Context, ids: Mapping[int, str]) -> None:
        """Read all links. ``ids`` are those of the operations, by the ``id`` of the mapping each was read from."""
        known = dict.fromkeys(ids.values())
        for links, holder, spot in self._promised:
            for name, raw, at in context.parts(holder, "links", spot):
                try:
                    operation_id = _operation_id(context, raw, at, known, ids)
                except Fault as fault:
                    context.report(fault)
                    continue
                links[name] = _link(context, raw, at, operation_id)


def _link(context: Context, raw: Mapping[str, Any], spot: Spot, operation_id: str | None) -> Link:
    server = raw.get("server")
    return Link(
        operation_id=operation_id,
        operation_ref=context.text(raw, "operationRef", spot),
        parameters=context.mapping(raw, "parameters", spot),
        request_body=raw.get("requestBody"),
        server=None if server is None else read_server(context, server, spot.at("server")),
        description=description(raw),
    )


def _operation_id(
    context: Context, raw: Mapping[str, Any], spot: Spot, known: Collection[str], ids: Mapping[int, str]
) -> str | None:
    """Return the id of the operation that a link leads to, ``None`` for one of another API. Raises `Fault`."""
    name, ref = raw.get("operationId"), raw.get("operationRef")
    if name is not None and ref is not None:
        context.report(spot.fault("a link has both 'operationId' and 'operationRef': the first counts"))
    if isinstance(name, str):
        if name not in known:
            raise spot.fault(_NOWHERE, "operationId", missing=name, among=known)
        return name
    if not isinstance(ref, str):
        raise spot.fault("a link needs an 'operationId' or an 'operationRef'")
    if _URL.match(ref):
        return None
    try:
        parent, _, method = ref.rpartition("/")
        item, _ = context.files.follow(*context.files.target(parent, spot))
    except Fault as fault:
        raise fault.behind(_NOWHERE, spot.at("operationRef")) from None
    operation = item.get(method) if isinstance(item, dict) else None
    if id(operation) not in ids:
        raise spot.fault(f"{_NOWHERE}: '{ref}'", "operationRef")
    return ids[id(operation)]
