"""Suggests invariants of records by the names and descriptions of their properties, where a contract declares none.

A name is no proof: the judge takes a suggestion for true only where nearly all values bear it out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from mockserver.contract import Schema, non_null, schema_types
from mockserver.semantics.model import Likely

_AMOUNTS = frozenset(
    (
        *("amount", "amounts", "balance", "charge", "cost", "credit", "debit", "deposit", "discount", "due", "fee"),
        *("fees", "frozen", "gross", "held", "locked", "net", "paid", "payment", "pending", "price", "quantity"),
        *("refunded", "reserved", "shipping", "spendable", "staked", "subtotal", "sum", "tax", "tip", "total", "vat"),
    )
)
"""Words in the names of amounts."""

_TOTALS = frozenset(("total", "sum", "gross", "subtotal"))
_SAYS_DECIMAL = re.compile(
    r"decimal(?!s| places| digits)|numeric string|number as (?:a )?(?:text|string)", re.IGNORECASE
)
_SAYS_SUM = re.compile(r"\b(?:sum|total|plus|together|combined|altogether|adds? up)\b|\s\+\s", re.IGNORECASE)
_SAYS_DIFFERENCE = re.compile(r"`?(\w+)`?\s+(?:minus|less|-|\u2212)\s+(?:the\s+)?`?(\w+)`?", re.IGNORECASE)
_NEVER_NEGATIVE = re.compile(
    r"(?<!not )(?<!yet )spendable|(?:can|may) be spent|\b(?:locked|frozen|staked|escrow(?:ed)?)\b", re.IGNORECASE
)
_MAY_BE_NEGATIVE = re.compile(
    r"adjust|correct|change|delta|difference|loss|\b(?:net|pnl|profit|gain)\b|negative", re.IGNORECASE
)
_PERIOD = re.compile(
    r"\b(?:to-?day|daily|days?|weeks?|weekly|months?|monthly|quarters?|quarterly|years?|yearly|annual(?:ly)?|lifetime|"
    r"ytd|mtd|since|ever|all[- ]time|periods?)\b",
    re.IGNORECASE,
)
"""Words that say of which time an amount is: those of different times do not add up."""

OTHER_WORDS = frozenset(
    ("address", "at", "code", "count", "currency", "date", "id", "name", "status", "time", "type", "url")
)
"""Words in the names of what is about an amount, but is none: ``price_currency``, ``total_count``."""

Properties = Mapping[str, Schema]


def likely_invariants(properties: Properties) -> Likely:
    """Return the decimals and the sums that names and descriptions suggest.

    The parts of a sum are those that its description names, at least two; else all amounts that may be parts of it.
    """
    decimals = tuple(name for name, schema in properties.items() if _is_text_amount(name, schema))
    numbers = tuple(name for name, schema in properties.items() if _is_number_amount(name, schema))
    sums: dict[str, tuple[str, ...]] = {}
    for kin in (decimals, numbers):
        for name in kin:
            parts = _parts(name, kin, properties)
            if words(name) & _TOTALS and len(parts) > 1:
                sums[name] = parts
    return Likely(
        decimals=decimals,
        described=tuple(name for name in decimals if _SAYS_DECIMAL.search(description(properties[name]))),
        unsigned=tuple(name for name in decimals if _is_never_negative(name, properties)),
        sums=sums | _described_sums(properties),
    )


def _is_never_negative(name: str, properties: Properties) -> bool:
    """Return whether an amount cannot be negative by its meaning, as what is locked; others that it names do not."""
    mentions = "|".join(re.escape(other) for other in properties)
    own = re.sub(rf"\b(?:{mentions})\b", "", description(properties[name]))
    said = f"{_spaced(name)} {own}"
    return _NEVER_NEGATIVE.search(said) is not None and _MAY_BE_NEGATIVE.search(said) is None


def words(name: str) -> frozenset[str]:
    """Return the words of a property's or parameter's name: ``unit`` and ``price`` of ``unitPrice``."""
    return frozenset(re.findall(r"[a-z0-9]+", _spaced(name).lower()))


def description(schema: Schema) -> str:
    """Return what a schema says of itself, or the one that it is nullable of."""
    return str(schema.get("description", non_null(schema).get("description", "")))


def _spaced(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_", " ", name)


def _is_text_amount(name: str, schema: Schema) -> bool:
    inner = non_null(schema)
    if schema_types(schema) - {"null"} != {"string"} or inner.get("format") not in (None, "decimal") or "enum" in inner:
        return False
    says = _SAYS_DECIMAL.search(description(schema))
    return bool(says) or inner.get("format") == "decimal" or _is_amount(name)


def _is_number_amount(name: str, schema: Schema) -> bool:
    return _is_number(schema) and _is_amount(name)


def _is_number(schema: Schema) -> bool:
    types = schema_types(schema) - {"null"}
    return bool(types) and types <= {"integer", "number"}


def _is_amount(name: str) -> bool:
    found = words(name)
    return bool(found & _AMOUNTS) and not found & OTHER_WORDS


def _parts(total: str, amounts: Iterable[str], properties: Properties) -> tuple[str, ...]:
    """Return the amounts that may be parts of a total: those of the same time."""
    time = _times(total, properties)
    return tuple(name for name in amounts if name != total and _times(name, properties) == time)


def _times(name: str, properties: Properties) -> frozenset[str]:
    said = _PERIOD.findall(f"{_spaced(name)} {description(properties[name])}")
    return frozenset(word.lower().removesuffix("s") for word in said)


def _described_sums(properties: Properties) -> dict[str, tuple[str, ...]]:
    """Return the sums whose descriptions name at least two parts: "amount, pending and locked together"."""
    sums: dict[str, tuple[str, ...]] = {}
    for name, schema in properties.items():
        text, is_number = description(schema), _is_number(schema)
        kin = [n for n, s in properties.items() if n != name and _is_number(s) == is_number]
        difference = _SAYS_DIFFERENCE.search(text)
        if difference and {*difference.groups()} <= {*kin}:
            # What is left is a part of what it is left of.
            sums[difference[1]] = (name, difference[2])
        elif _SAYS_SUM.search(text) or words(name) & _TOTALS:
            named = tuple(part for part in kin if re.search(rf"\b{re.escape(part)}\b", text))
            if len(named) > 1:
                sums[name] = named
    return sums
