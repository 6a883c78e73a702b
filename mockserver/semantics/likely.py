"""Suggests invariants of records by the names and descriptions of their properties, where a contract declares none.

A name is no proof: the judge takes a suggestion for true only where nearly all values bear it out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from mockserver.contract import Schema, non_null, schema_types
from mockserver.semantics.model import Invariants

_AMOUNTS = frozenset(
    (
        *("amount", "amounts", "balance", "charge", "cost", "credit", "debit", "deposit", "discount", "due", "fee"),
        *("fees", "frozen", "gross", "held", "locked", "net", "paid", "payment", "pending", "price", "quantity"),
        *("refunded", "reserved", "shipping", "spendable", "staked", "subtotal", "sum", "tax", "tip", "total", "vat"),
    )
)
"""Words in the names of amounts."""

_TOTALS = frozenset(("total", "sum", "gross", "subtotal"))
_SAYS_DECIMAL = re.compile(r"decimal|numeric string|number as (?:a )?(?:text|string)", re.IGNORECASE)
_OTHER_WORDS = frozenset(
    ("address", "at", "code", "count", "currency", "date", "id", "name", "status", "time", "type", "url")
)
"""Words in the names of what is about an amount, but is none: ``price_currency``, ``total_count``."""


def likely_invariants(properties: Mapping[str, Schema]) -> Invariants:
    """Return the decimals and the sums that names and descriptions suggest.

    The parts of a sum are those that its description names, at least two; else all amounts that may be parts of it.
    """
    decimals = tuple(name for name, schema in properties.items() if _is_text_amount(name, schema))
    numbers = tuple(name for name, schema in properties.items() if _is_number_amount(name, schema))
    sums = {}
    for kin in (decimals, numbers):
        for name in kin:
            if words(name) & _TOTALS:
                parts = _parts(name, str(properties[name].get("description", "")), kin)
                if len(parts) > 1:
                    sums[name] = parts
    return Invariants(decimals=decimals, sums=sums)


def words(name: str) -> frozenset[str]:
    """Return the words of a property's or parameter's name: ``unit`` and ``price`` of ``unitPrice``."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return frozenset(re.findall(r"[a-z0-9]+", spaced.lower()))


def _is_text_amount(name: str, schema: Schema) -> bool:
    inner = non_null(schema)
    if schema_types(schema) - {"null"} != {"string"} or inner.get("format") not in (None, "decimal") or "enum" in inner:
        return False
    says = _SAYS_DECIMAL.search(str(schema.get("description", inner.get("description", ""))))
    return bool(says) or inner.get("format") == "decimal" or _is_amount(name)


def _is_number_amount(name: str, schema: Schema) -> bool:
    types = schema_types(schema) - {"null"}
    return bool(types) and types <= {"integer", "number"} and _is_amount(name)


def _is_amount(name: str) -> bool:
    found = words(name)
    return bool(found & _AMOUNTS) and not found & _OTHER_WORDS


def _parts(total: str, description: str, amounts: Iterable[str]) -> tuple[str, ...]:
    others = [name for name in amounts if name != total]
    named = tuple(name for name in others if re.search(rf"\b{re.escape(name)}\b", description))
    return named if len(named) > 1 else tuple(others)
