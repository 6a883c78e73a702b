"""What a list operation means: where its items are, what identifies them, how it pages, what its filters filter.

Each role is *declared* (by ``x-list-semantics``, or by ``x-stainless-pagination-property``, ``x-speakeasy-pagination``,
``x-fern-pagination``) or *inferred* by convention; `ListSemantics.why` says which, for a person to read. Declared beats
inferred. An operation that is no list has none.
"""

from __future__ import annotations

from mockserver.contract import Contract, Operation
from mockserver.semantics.declared import BLOCK, block_schema
from mockserver.semantics.inference import Reading
from mockserver.semantics.model import (
    FIELD_ROLES,
    PARAMETER_ROLES,
    Invariants,
    ListSemantics,
    Path_,
    Refresh,
    item_properties,
)

__all__ = [
    "BLOCK",
    "FIELD_ROLES",
    "PARAMETER_ROLES",
    "Invariants",
    "ListSemantics",
    "Path_",
    "Refresh",
    "block_schema",
    "item_properties",
    "list_operations",
    "semantics_of",
]


def list_operations(contract: Contract) -> tuple[ListSemantics, ...]:
    """The semantics of every list operation of a contract, in its order.

    Raises `ContractError`, with the line, for a fault in an ``x-list-semantics`` block.
    """
    found = (semantics_of(contract, operation) for operation in contract.operations)
    return tuple(s for s in found if s is not None)


def semantics_of(contract: Contract, operation: Operation) -> ListSemantics | None:
    """What one operation means as a list, or ``None`` if it is none (SEMANTICS.md, section 1)."""
    return Reading(contract, operation).semantics()
