"""Identities of records: unique values by ordinal that fit their schema, and can be read back."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockserver.contract import non_null
from mockserver.domains.wallets.tokens import wallet_provider
from mockserver.errors import OptionError
from mockserver.values.conforms import Schema
from mockserver.values.generate import fake_value
from mockserver.values.seeded import UUID_BITS, Permutation, read_uuid, write_uuid

if TYPE_CHECKING:
    from mockserver.semantics import ListSemantics

_DRAWN = 10_000


@dataclass(frozen=True)
class Identity:
    """Unique values by ordinal; ``read`` gives the ordinal of a spelled value, or ``None`` for a strange one.

    Up to ``room`` they are unique beyond the records of the list too, for those that are added to it.
    """

    write: Callable[[int], Any]
    read: Callable[[str], int | None]
    room: int


def identity_of(semantics: ListSemantics, seed: str, size: int) -> Identity:
    """The identities of a list's records, as the schema of the identity wants them.

    Raises `OptionError` if there are fewer distinct ones than ``size``, `ContractError` if none can be made.
    """
    schema = semantics.properties[str(semantics.identity)]
    collection = f"{semantics.operation.id} {semantics.identity}"
    declared = schema.get("type", "string")
    types = {declared} if isinstance(declared, str) else set(declared)
    if types.isdisjoint(("string", "integer", "number")) or not _is_free(schema):
        return _drawn(schema, seed, collection, size)
    if "string" not in types:
        return _numbered(schema, collection, size)
    if schema.get("format") == "uuid":
        permutation = Permutation(UUID_BITS, seed=seed, name=collection)
        return Identity(lambda n: write_uuid(permutation(n)), lambda t: _back(permutation, read_uuid(t)), 2**UUID_BITS)
    return _hexadecimal(schema, seed, collection, size)


def _is_free(schema: Schema) -> bool:
    """Whether nothing but type, bounds and length narrows the identity down."""
    narrow = ("pattern", "enum", "const", "allOf", "anyOf", "oneOf", "not", "x-faker")
    return schema.get("format", "uuid") in ("uuid", "int32", "int64") and not any(k in schema for k in narrow)


def _back(permutation: Permutation, number: int | None) -> int | None:
    return None if number is None else permutation.back(number)


def _numbered(schema: Schema, collection: str, size: int) -> Identity:
    """Ascending whole numbers: 1, 2, 3, unless the bounds say otherwise."""
    step = math.ceil(schema.get("multipleOf", 1))
    low = schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
    first = math.ceil(low / step) * step
    highest = schema.get("maximum", schema.get("exclusiveMaximum", 2**53) - 1)
    if schema.get("format") == "int32":
        highest = min(highest, 2**31 - 1)
    room = math.floor((highest - first) / step) + 1
    _require_room(collection, size, room)

    def read(text: str) -> int | None:
        number = int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else first - 1
        return (number - first) // step if (number - first) % step == 0 and str(number) == text else None

    return Identity(lambda n: first + n * step, read, room)


def _hexadecimal(schema: Schema, seed: str, collection: str, size: int) -> Identity:
    """Texts of 12 hexadecimal digits, fewer or more (by leading zeros) where the schema wants another length."""
    digits = min(schema.get("maxLength", 12), 12)
    width = max(schema.get("minLength", 0), digits)
    _require_room(collection, size, 16**digits)
    permutation = Permutation(4 * digits, seed=seed, name=collection)

    def read(text: str) -> int | None:
        if len(text) != width or not re.fullmatch(r"[0-9a-f]+", text) or int(text, 16) >= 16**digits:
            return None
        return permutation.back(int(text, 16))

    return Identity(lambda n: f"{permutation(n):0{width}x}", read, 16**digits)


def _drawn(schema: Schema, seed: str, collection: str, size: int) -> Identity:
    """Values of a schema that says what they look like: drawn one after another until distinct, and kept in a table.

    The only list that takes memory by its size, and so the only one whose size is bounded to `_DRAWN`.
    """
    _require_room(collection, size, _DRAWN)
    table: dict[str, int] = {}
    values: list[Any] = []

    def drawn(ordinal: int) -> Any:
        for attempt in range(64):
            value = fake_value(schema, seed=seed, path=(collection, ordinal, attempt), providers=(wallet_provider,))
            if value is not None and spelled(value) not in table:
                return value
        return None

    for ordinal in range(size):
        value = drawn(ordinal)
        if value is None:
            _require_room(collection, size, ordinal)
        table[spelled(value)] = ordinal
        values.append(value)
    return Identity(lambda n: values[n] if n < size else drawn(n), table.get, 2 * _DRAWN)


def _require_room(collection: str, size: int, room: int) -> None:
    if size > room:
        raise OptionError(
            f"{collection}: there are only {room} distinct ids for {size} records; ask for fewer by --size"
        )


def spelled(value: Any) -> str:
    """A value as a query string spells it: two values are one filter value if they are spelled alike."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value)


def canonical(value: Any, schema: Schema) -> str:
    """A value as it is spelled, by which it is found: that of a UUID is its value, which is written in lower case."""
    return spelled(value).lower() if non_null(schema).get("format") == "uuid" else spelled(value)


def is_wanted(value: Any, wanted: str, schema: Schema) -> bool:
    """Whether a property's value is the wanted one, or, of a list, holds it. Null is never wanted."""
    if isinstance(value, list):
        return any(is_wanted(v, wanted, {}) for v in value)
    return value is not None and (spelled(value) == wanted or canonical(value, schema) == wanted)
