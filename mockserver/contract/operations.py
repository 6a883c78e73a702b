"""Operations of paths, of callbacks and of webhooks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.contract.content import read_request_body
from mockserver.contract.context import Context, extensions
from mockserver.contract.faults import Fault, Spot
from mockserver.contract.grammar import METHODS
from mockserver.contract.links import Links
from mockserver.contract.model import Operation, Parameter
from mockserver.contract.parameters import read_parameters
from mockserver.contract.responses import read_responses
from mockserver.contract.security import KeyPlace, Security
from mockserver.contract.servers import DEFAULT_SERVERS, read_servers

_Callbacks = dict[str, dict[str, tuple[Operation, ...]]]


class Operations:
    """Reads the operations of one contract: first `paths`, then `webhooks`, then `finish` for what is left.

    The operations of paths are read strictly, all others leniently. Callbacks are read one after another, not inside
    one another, and each part of a document once: an operation may be among its own callbacks.
    """

    def __init__(self, context: Context, document: Mapping[str, Any], root: Spot) -> None:
        self._context = context
        self._document = document
        self._root = root
        self._links = Links()
        self._ids: dict[int, str] = {}
        self._unread: list[tuple[_Callbacks, Mapping[str, Any], Spot]] = []
        self._received: dict[tuple[int, str], tuple[Operation, ...]] = {}
        self.security = Security(context, document, root)
        self.servers = read_servers(context.lenient, document, root) or DEFAULT_SERVERS

    def paths(self) -> Iterator[Operation]:
        """Yield the operations of the contract. Raises `Fault`."""
        paths = self._document.get("paths")
        if not isinstance(paths, dict) or not paths:
            raise self._root.fault("'paths' is missing or empty: there is nothing to serve", "paths")
        seen: dict[str, str] = {}
        for path, node in paths.items():
            if path.startswith("x-"):
                continue
            spot = self._root.at("paths", path)
            if not path.startswith("/"):
                raise spot.fault(f"the path '{path}' must begin with '/'")
            item, spot = self._context.files.follow(node, spot)
            if not isinstance(item, dict):
                raise spot.fault(f"'{path}' must be a mapping of methods")
            for method in (m for m in METHODS if m in item):
                operation = self._operation(self._context, path, method, item, spot)
                here = f"{operation.method} {path}"
                if operation.id in seen:
                    clash = f"the operationId '{operation.id}' is used twice, by {seen[operation.id]} and by {here}"
                    raise spot.fault(clash, method, "operationId")
                seen[operation.id] = here
                self._ids.setdefault(id(item[method]), operation.id)
                yield operation

    def webhooks(self) -> dict[str, tuple[Operation, ...]]:
        """Return the operations of the webhooks by name; documents before OpenAPI 3.1 have them in ``x-webhooks``."""
        return {
            name: self._expected(name, item, spot)
            for key in ("x-webhooks", "webhooks")
            for name, item, spot in self._context.lenient.parts(self._document, key, self._root)
        }

    def finish(self) -> None:
        """Read all callbacks, then all links."""
        context = self._context.lenient
        for found, raw, above in self._unread:  # which grows: operations of callbacks can have callbacks
            for name, callback, spot in context.parts(raw, "callbacks", above):
                found[name] = {}
                for expression in (e for e in callback if not e.startswith("x-")):
                    part = context.part(callback[expression], spot.at(expression), f"'{expression}'")
                    if part is not None:
                        found[name][expression] = self._expected(expression, *part)
        self._links.read(context, self._ids)

    def _expected(self, name: str, item: Mapping[str, Any], spot: Spot) -> tuple[Operation, ...]:
        """Return the operations that a callback's or webhook's receiver is expected to have."""
        key = (id(item), name)
        if key not in self._received:
            found = []
            for method in (m for m in METHODS if m in item):
                try:
                    found.append(self._operation(self._context.lenient, name, method, item, spot))
                except Fault as fault:
                    self._context.lenient.report(fault)
            self._received[key] = tuple(found)
        return self._received[key]

    def _operation(self, context: Context, path: str, method: str, item: Mapping[str, Any], above: Spot) -> Operation:
        """Return one operation: one that is served where reading is strict, else one that a receiver has.

        Raises `Fault`: for every fault where reading is strict, else only where there is no mapping.
        """
        raw, spot, name, is_served = item[method], above.at(method), f"{method.upper()} {path}", context.is_strict
        if not isinstance(raw, dict):
            raise spot.fault(f"{name} must be a mapping")
        shared, own = read_parameters(context, item, above), read_parameters(context, raw, spot)
        parameters = tuple({(p.location, p.name): p for p in (*shared, *own)}.values())
        if is_served and not (isinstance(raw.get("responses"), dict) and raw["responses"]):
            raise spot.fault(f"{name} has no 'responses'", "responses")
        security = self.security.declared(raw, spot)
        servers = read_servers(context.lenient, raw, spot) or read_servers(context.lenient, item, above)
        if is_served:
            security = self.security.default if security is None else security
            servers = servers or self.servers
        return Operation(
            id=str(raw.get("operationId") or name),
            method=method.upper(),
            path=path,
            parameters=parameters,
            responses=read_responses(context, self._links, raw, spot),
            summary=str(raw.get("summary", "")),
            extensions=extensions(raw),
            key_parameters=self._key_places(raw, parameters) if is_served else (),
            fault=spot.error,
            request_body=read_request_body(context, raw, spot),
            security=security or (),
            servers=servers,
            callbacks=self._callbacks(raw, spot),
        )

    def _key_places(self, raw: Mapping[str, Any], parameters: tuple[Parameter, ...]) -> tuple[KeyPlace, ...]:
        return self.security.key_places(raw, [(p.location, p.name) for p in parameters])

    def _callbacks(self, raw: Mapping[str, Any], spot: Spot) -> _Callbacks:
        """Return the callbacks of an operation, which `finish` puts there."""
        found: _Callbacks = {}
        if raw.get("callbacks"):
            self._unread.append((found, raw, spot))
        return found
