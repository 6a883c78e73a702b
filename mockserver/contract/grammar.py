"""Which parts of a contract's files are OpenAPI objects, which are references, and which are data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mockserver.contract.documents import Document
from mockserver.contract.references import Files, component_schemas

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
"""The keys of a path item that are operations."""

# The keys of each OpenAPI object that may hold references, and what kind of object is there: ``kind{}`` is a mapping
# of such objects, ``kind[]`` a list of them, and ``*`` stands for every key. Everything else in an object is data.
_ONE_SCHEMA = (
    "items additionalProperties contains propertyNames unevaluatedItems unevaluatedProperties contentSchema "
    "not if then else"
)
_GRAMMAR: dict[str, dict[str, str]] = {
    "document": {
        "paths": "paths",
        "webhooks": "path item{}",
        "x-webhooks": "path item{}",
        "components": "components",
    },
    "components": {
        "schemas": "schema{}",
        "responses": "response{}",
        "parameters": "parameter{}",
        "examples": "example{}",
        "requestBodies": "body{}",
        "headers": "parameter{}",
        "securitySchemes": "scheme{}",
        "links": "link{}",
        "callbacks": "callback{}",
        "pathItems": "path item{}",
    },
    "paths": {"*": "path item"},
    "path item": {"parameters": "parameter[]", "additionalOperations": "operation{}"}
    | dict.fromkeys(METHODS, "operation"),
    "operation": {
        "parameters": "parameter[]",
        "requestBody": "body",
        "responses": "responses",
        "callbacks": "callback{}",
    },
    "responses": {"*": "response"},
    "callback": {"*": "path item"},
    "parameter": {"schema": "schema", "examples": "example{}", "content": "media{}"},
    "body": {"content": "media{}"},
    "response": {"headers": "parameter{}", "content": "media{}", "links": "link{}"},
    "media": {"schema": "schema", "examples": "example{}", "encoding": "encoding{}"},
    "encoding": {"headers": "parameter{}"},
    "schema": dict.fromkeys(_ONE_SCHEMA.split(), "schema")
    | dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), "schema[]")
    | dict.fromkeys(("properties", "patternProperties", "$defs", "definitions", "dependentSchemas"), "schema{}")
    | {"discriminator": "discriminator"},
    "discriminator": {"mapping": "mapping"},
    "mapping": {},
    "example": {},
    "scheme": {},
    "link": {},
}
_SERVERS = {"document": "servers", "path item": "servers", "operation": "servers", "link": "server"}
Slot = tuple[int, str]
"""A key in a mapping of a document that was read: the ``id`` of the mapping, and the key."""


def _named(kind: str, key: str) -> str | None:
    """Return the kind of object that the text at a key refers to, or ``None`` where it is not a reference."""
    if key == "$ref":
        return kind
    return {"mapping": "schema", "link": "operation" if key == "operationRef" else None}.get(kind)


class Traversal:
    """Goes through a contract by OpenAPI's grammar, and through each file that it refers to.

    It reads the files that are not read yet, also those that are named only in unused parts of other files, and skips
    what cannot be read. Afterwards ``data`` are the slots below which ``$ref`` is an ordinary key, ``references``
    those whose text is a reference without the key ``$ref``, ``names`` those whose text is the name of a schema in the
    same file, ``servers`` those that say where the API is.
    """

    def __init__(self, files: Files) -> None:
        self._objects: set[Slot] = set()
        self.data: set[Slot] = set()
        self.references: set[Slot] = set()
        self.names: set[Slot] = set()
        self.servers: set[Slot] = set()
        self._files = files
        self._seen: set[tuple[int, str]] = set()
        self._pending: list[tuple[Any, str, Document]] = [(files.main.data, "document", files.main)]
        while self._pending:
            self._visit(*self._pending.pop())
        self.data -= self._objects  # a part can be data of one object and, through a reference, an object itself
        self._read_on({files.main.path})

    def _visit(self, node: Any, kind: str, file: Document) -> None:
        if kind.endswith("{}") and isinstance(node, dict):
            self._pending += [(part, kind[:-2], file) for part in node.values()]
        elif kind.endswith("[]") and isinstance(node, list):
            self._pending += [(part, kind[:-2], file) for part in node]
        elif kind in _GRAMMAR and isinstance(node, dict) and (id(node), kind) not in self._seen:
            self._seen.add((id(node), kind))
            for key, value in node.items():
                self._part((id(node), key), value, kind, file)

    def _part(self, slot: Slot, value: Any, kind: str, file: Document) -> None:
        key, parts = slot[1], _GRAMMAR[kind]
        if key == _SERVERS.get(kind):
            self.servers.add(slot)
        if isinstance(value, str):
            named = _named(kind, key)
            if kind == "mapping" and value in component_schemas(file):
                self.names.add(slot)
            elif named is not None:
                self.references.add(slot)
                self._follow(value, named, file, may_be_a_name=kind == "mapping")
        elif key in parts or ("*" in parts and not key.startswith("x-")):
            self._objects.add(slot)
            self._pending.append((value, parts.get(key, parts.get("*", "")), file))
        elif isinstance(value, (dict, list)):
            self.data.add(slot)

    def _follow(self, ref: str, kind: str, file: Document, *, may_be_a_name: bool) -> None:
        if may_be_a_name and not re.search(r"[#/.]", ref):
            return
        found = self._files.look(ref, file)
        if found is None:
            return
        node, home = found
        self._pending.append((node, kind, home))
        if isinstance(home.data, dict) and not home.data.keys().isdisjoint(("openapi", "paths", "components")):
            self._pending.append((home.data, "document", home))

    def _read_on(self, done: set[Path]) -> None:
        while files := [file for path, file in self._files.by_path.items() if path not in done]:
            for file in files:
                done.add(file.path)
                for ref in self._leftovers(file):
                    self._files.look(ref, file)

    def _leftovers(self, file: Document) -> Iterator[str]:
        """Yield every reference in a file that is not in a part known to be data."""
        pending = [file.data]
        seen: set[int] = set()
        while pending:
            node = pending.pop()
            if id(node) in seen or not isinstance(node, (dict, list)):
                continue
            seen.add(id(node))
            if isinstance(node, list):
                pending += node
                continue
            pending += [value for key, value in node.items() if (id(node), key) not in self.data]
            if isinstance(node.get("$ref"), str):
                yield node["$ref"]
