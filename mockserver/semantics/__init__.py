"""Says what operations mean: where the items of a list are, what identifies them, how it pages, what its filters match.

Each role is *declared* (by ``x-list-semantics``, or by ``x-stainless-pagination-property``, ``x-speakeasy-pagination``,
``x-fern-pagination``) or *inferred* from conventions; `ListSemantics.why` says which, for people to read. Declared
roles win over inferred ones. An operation that does not list anything has no `ListSemantics`.
"""

from __future__ import annotations

from mockserver.contract import Contract, Operation
from mockserver.semantics.declared import BLOCK, block_schema
from mockserver.semantics.inference import SemanticsReader
from mockserver.semantics.model import (
    FIELD_ROLES,
    PARAMETER_ROLES,
    FieldPath,
    Invariants,
    ListSemantics,
    Refresh,
    item_properties,
)
from mockserver.semantics.page import Page, read_page

__all__ = [
    "BLOCK",
    "FIELD_ROLES",
    "PARAMETER_ROLES",
    "FieldPath",
    "Invariants",
    "ListSemantics",
    "Page",
    "Refresh",
    "block_schema",
    "item_properties",
    "list_operations",
    "read_page",
    "semantics_of",
]


def list_operations(contract: Contract) -> tuple[ListSemantics, ...]:
    """Return the semantics of every list operation of a contract, in the contract's order.

    The result depends on the contract alone and never changes, so call this once for each contract that is loaded and
    pass the result on: it reads every schema, which takes milliseconds for a large contract.

    Raises `ContractError`, with the line, for a fault in an ``x-list-semantics`` block.
    """
    found = (semantics_of(contract, operation) for operation in contract.operations)
    return tuple(semantics for semantics in found if semantics is not None)


def semantics_of(contract: Contract, operation: Operation) -> ListSemantics | None:
    """Return what one operation means as a list, or ``None`` if it is not one (``docs/specification.md``, "Lists").

    Raises `ContractError`, with the line, for a fault in its ``x-list-semantics`` block.
    """
    return SemanticsReader(contract, operation).read()
