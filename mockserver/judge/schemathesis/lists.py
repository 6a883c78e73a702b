"""Knows which operations of the documents that Schemathesis loads are lists."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

import schemathesis

from mockserver.contract import parse_contract
from mockserver.semantics import ListSemantics, list_operations

Case = schemathesis.Case[Any]
APIOperation = schemathesis.APIOperation[Any, Any, Any, Any]


@dataclass
class Lists:
    """The list operations of the documents that were loaded, by document, method and path."""

    # By the document's id, and with the document itself: while it is kept, no other document can have its id.
    _known: dict[int, tuple[Any, dict[tuple[str, str], ListSemantics]]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, operation: APIOperation) -> ListSemantics | None:
        """Return what an operation means as a list, or ``None``."""
        return self.all_of(operation.schema).get((operation.method.upper(), operation.path))

    def all_of(self, schema: schemathesis.BaseSchema) -> dict[tuple[str, str], ListSemantics]:
        """Return the list operations of a document, by method (in capitals) and path."""
        with self._lock:
            document = schema.raw_schema
            if id(document) not in self._known:
                self._known[id(document)] = (document, self._read(schema))
            return self._known[id(document)][1]

    def _read(self, schema: schemathesis.BaseSchema) -> dict[tuple[str, str], ListSemantics]:
        source = (schema.location or "contract").removeprefix("file://")
        found = list_operations(parse_contract(schema.raw_schema, source))
        return {(semantics.operation.method, semantics.operation.path): semantics for semantics in found}


LISTS = Lists()
"""The list operations of every document that was loaded."""
