"""Which operations of the documents that Schemathesis loads are lists."""

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
class _Lists:
    """The list operations of the documents that were met, by document, method and path."""

    # By the document's id, with the document itself: as long as it is kept no other can have its id.
    known: dict[int, tuple[Any, dict[tuple[str, str], ListSemantics]]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, operation: APIOperation) -> ListSemantics | None:
        """What an operation means as a list, or ``None``."""
        return self.all_of(operation.schema).get((operation.method.upper(), operation.path))

    def all_of(self, schema: schemathesis.BaseSchema) -> dict[tuple[str, str], ListSemantics]:
        """The list operations of a document, by method (in capitals) and path."""
        with self.lock:
            document = schema.raw_schema
            if id(document) not in self.known:
                self.known[id(document)] = (document, self._read(schema))
            return self.known[id(document)][1]

    def _read(self, schema: schemathesis.BaseSchema) -> dict[tuple[str, str], ListSemantics]:
        source = (schema.location or "contract").removeprefix("file://")
        found = list_operations(parse_contract(schema.raw_schema, source))
        return {(s.operation.method, s.operation.path): s for s in found}


LISTS = _Lists()
