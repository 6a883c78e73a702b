"""Identities of records: unique values by ordinal that fit their schema and can be mapped back to the ordinal."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.contract import Schema, non_null
from mockserver.semantics import ListSemantics
from mockserver.values.generate import generate
from mockserver.values.seeded import UUID_BITS, Permutation, read_uuid, write_uuid
from mockserver.values.text import Providers

_MAX_GENERATED = 10_000


@dataclass(frozen=True)
class Identities:
    """Unique values by ordinal: ``write`` returns the value of an ordinal, ``read`` the ordinal of a value.

    ``read`` takes the value as `spelled`, and returns ``None`` for an unknown one. The first ``room`` ordinals have
    distinct values; those from the size of the list on are for records that are added to it.
    """

    write: Callable[[int], Any]
    read: Callable[[str], int | None]
    room: int


def identities_of(semantics: ListSemantics, seed: str, size: int, providers: Providers = ()) -> Identities:
    """Return the identities of a list's records, as the schema of the identity demands.

    Their ``room`` is below ``size`` if there are not as many distinct ones. Raises `ContractError` if one cannot be
    generated.
    """
    schema = semantics.properties[str(semantics.identity)]
    collection = f"{semantics.operation.id} {semantics.identity}"
    declared = schema.get("type", "string")
    types = {declared} if isinstance(declared, str) else set(declared)
    if types.isdisjoint(("string", "integer", "number")) or not _is_free(schema):
        return _generated(schema, seed, collection, size, providers)
    if "string" not in types:
        return _numbered(schema)
    if schema.get("format") == "uuid":
        permutation = Permutation(UUID_BITS, seed=seed, name=collection)
        return Identities(
            lambda n: write_uuid(permutation(n)), lambda t: _inverse(permutation, read_uuid(t)), 2**UUID_BITS
        )
    return _hexadecimal(schema, seed, collection)


def _is_free(schema: Schema) -> bool:
    """Return whether only type, bounds and length restrict the identity."""
    narrow = ("pattern", "enum", "const", "allOf", "anyOf", "oneOf", "not", "x-faker")
    return schema.get("format", "uuid") in ("uuid", "int32", "int64") and not any(k in schema for k in narrow)


def _inverse(permutation: Permutation, number: int | None) -> int | None:
    return None if number is None else permutation.inverse(number)


def _numbered(schema: Schema) -> Identities:
    """Return ascending integers: 1, 2, 3 and so on, unless the bounds or ``multipleOf`` demand others."""
    step = math.ceil(schema.get("multipleOf", 1))
    low = schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
    first = math.ceil(low / step) * step
    highest = schema.get("maximum", schema.get("exclusiveMaximum", 2**53) - 1)
    if schema.get("format") == "int32":
        highest = min(highest, 2**31 - 1)
    room = max(0, math.floor((highest - first) / step) + 1)

    def read(text: str) -> int | None:
        number = int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else first - 1
        return (number - first) // step if (number - first) % step == 0 and str(number) == text else None

    return Identities(lambda n: first + n * step, read, room)


def _hexadecimal(schema: Schema, seed: str, collection: str) -> Identities:
    """Return texts of 12 hexadecimal digits; fewer, or with leading zeros, if the schema demands another length."""
    digits = min(schema.get("maxLength", 12), 12)
    width = max(schema.get("minLength", 0), digits)
    permutation = Permutation(4 * digits, seed=seed, name=collection)

    def read(text: str) -> int | None:
        if len(text) != width or not re.fullmatch(r"[0-9a-f]+", text) or int(text, 16) >= 16**digits:
            return None
        return permutation.inverse(int(text, 16))

    return Identities(lambda n: f"{permutation(n):0{width}x}", read, 16**digits)


def _generated(schema: Schema, seed: str, collection: str, size: int, providers: Providers) -> Identities:
    """Return generated values of the schema, for one with a pattern, an enum or a format; they are kept in a table.

    Only here does the memory grow with the size of the list, so the size is at most `_MAX_GENERATED`.
    """
    size = min(size, _MAX_GENERATED)
    table: dict[str, int] = {}
    values: list[Any] = []

    def distinct_value(ordinal: int) -> Any:
        for attempt in range(64):
            value = generate(schema, seed=seed, path=(collection, ordinal, attempt), providers=providers)
            if value is not None and spelled(value) not in table:
                return value
        return None

    for ordinal in range(size):
        value = distinct_value(ordinal)
        if value is None:
            return Identities(values.__getitem__, table.get, ordinal)
        table[spelled(value)] = ordinal
        values.append(value)
    return Identities(lambda n: values[n] if n < size else distinct_value(n), table.get, _MAX_GENERATED)


def spelled(value: Any) -> str:
    """Return a value as a query string spells it. Values with the same spelling are the same filter value."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value)


def canonical(value: Any, schema: Schema) -> str:
    """Return the spelling by which a value is compared: that of a query string, but UUIDs in lower case."""
    return spelled(value).lower() if non_null(schema).get("format") == "uuid" else spelled(value)


def has_value(value: Any, text: str, schema: Schema) -> bool:
    """Return whether a property's value is spelled ``text`` or is an array that contains such a value.

    Null never matches. ``schema`` is that of the property.
    """
    if isinstance(value, list):
        return any(has_value(v, text, {}) for v in value)
    return value is not None and (spelled(value) == text or canonical(value, schema) == text)


def identity_of(semantics: ListSemantics, record: Mapping[str, Any]) -> str | None:
    """Return the canonical spelling of a record's identity, or ``None`` if the record or the list has no identity."""
    name = semantics.identity
    if name is None or record.get(name) is None:
        return None
    return canonical(record[name], semantics.properties[name])
