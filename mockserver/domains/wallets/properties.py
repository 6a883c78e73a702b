"""The names of a balance's properties."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

REQUIRED = ("id", "wallet_uuid", "cobo_wallet_id", "user_id", "address", "token_id", "amount", "updated_at")
"""The properties that an item must have to be recognised as a balance."""

NULLABLE = ("chain_id", "chain_type", "total", "pending", "locked", "balance_updated_at")
"""The properties of a balance that may be null."""

PROPERTIES = (*REQUIRED, *NULLABLE, "compatible_chains")
"""All properties of a balance."""


def types_of(schema: Mapping[str, Any]) -> set[str]:
    """Return the JSON types that a property's schema names, those of its ``anyOf`` branches included."""
    declared = schema.get("type", ())
    inner = (types_of(branch) for branch in schema.get("anyOf", ()))
    return {declared} if isinstance(declared, str) else set(declared).union(*inner)
