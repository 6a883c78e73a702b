"""Operations of paths, of callbacks and of webhooks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from mockserver.contract.content import read_request_body
from mockserver.contract.context import Context, Part, extensions
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
        """Yield the operations of the contract; one that cannot be read is `unreadable`. Raises `Fault`."""
        paths = self._document.get("paths")
        if not isinstance(paths, dict) or not paths:
            raise self._root.fault("'paths' is missing or empty: there is nothing to serve", "paths")
        seen: dict[str, str] = {}
        for path, node in paths.items():
            if not path.startswith("x-"):
                for operation, raw, spot in self._of_path(path, node, self._root.at("paths", path)):
                    named = self._with_own_id(operation, spot, seen)
                    self._ids.setdefault(id(raw), named.id)
                    yield named

    def _of_path(self, path: str, node: Any, spot: Spot) -> Iterator[tuple[Operation, Any, Spot]]:
        """Yield the operations of one path, what they were read from, and where; its faults are reported."""
        context = self._context.lenient
        if not path.startswith("/"):
            context.report(spot.fault(f"the path '{path}' must begin with '/'"))
            path = f"/{path}"
        item, spot = context.part(node, spot, f"'{path}'") or ({}, spot)
        for method, raw, at in self._methods(item, spot):
            try:
                operation = self._operation(self._context, path, method, raw, at, (item, spot))
            except Fault as fault:
                context.report(fault)
                operation = self._unreadable(path, method, raw, at, fault)
            yield operation, raw, at

    def _methods(self, item: Mapping[str, Any], spot: Spot) -> Iterator[tuple[str, Any, Spot]]:
        """Yield the methods of a path item, each with its operation and the place of that."""
        for method in (m for m in METHODS if m in item):
            yield method.upper(), item[method], spot.at(method)
        key = "additionalOperations"
        for method, raw in self._context.lenient.mapping(item, key, spot).items():
            yield method, raw, spot.at(key, method)

    def _unreadable(self, path: str, method: str, raw: Any, spot: Spot, fault: Fault) -> Operation:
        """Return what is left of an operation that cannot be read: where it is, and why."""
        declared = raw.get("operationId") if isinstance(raw, dict) else None
        return Operation(
            id=str(declared or f"{method} {path}"),
            method=method,
            path=path,
            parameters=(),
            responses={},
            fault=spot.error,
            servers=self.servers,
            unreadable=fault.brief,
        )

    def _with_own_id(self, operation: Operation, spot: Spot, seen: dict[str, str]) -> Operation:
        """Return an operation whose id no other one has; ``seen`` are the ids before it, with their operations."""
        here = f"{operation.method} {operation.path}"
        if operation.id in seen:
            clash = f"the operationId '{operation.id}' is used twice, by {seen[operation.id]} and by {here}"
            self._context.lenient.report(spot.fault(clash, "operationId"))
            operation = replace(operation, id=here)
        seen[operation.id] = here
        return operation

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
            for method, raw, at in self._methods(item, spot):
                try:
                    found.append(self._operation(self._context.lenient, name, method, raw, at, (item, spot)))
                except Fault as fault:
                    self._context.lenient.report(fault)
            self._received[key] = tuple(found)
        return self._received[key]

    def _operation(self, context: Context, path: str, method: str, node: Any, at: Spot, shared: Part) -> Operation:
        """Return one operation: one that is served where reading is strict, else one that a receiver has.

        ``shared`` is its path item. Raises `Fault` where there is no mapping and, where reading is strict, for a
        reference that leads to nothing.
        """
        name, is_served, (item, above) = f"{method} {path}", context.is_strict, shared
        raw, spot = context.files.follow(node, at)
        if not isinstance(raw, dict):
            raise spot.fault(f"{name} must be a mapping")
        declared = (*read_parameters(context, item, above), *read_parameters(context, raw, spot))
        parameters = tuple({(p.location, p.name): p for p in declared}.values())
        if is_served and not (isinstance(raw.get("responses"), dict) and raw["responses"]):
            context.report(spot.fault(f"{name} has no 'responses'", "responses"))
        security = self.security.declared(raw, spot)
        servers = read_servers(context.lenient, raw, spot) or read_servers(context.lenient, item, above)
        if is_served:
            security = self.security.default if security is None else security
            servers = servers or self.servers
        return Operation(
            id=str(raw.get("operationId") or name),
            method=method,
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
