"""Validate a JSON value against a JSON Schema: the keywords of the 2020-12 dialect, without formats.

A library would do this, but a resolved schema may contain itself, and no library accepts that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from mockserver.contract import Schema


class Unsatisfiable(Exception):
    """No value that fits a schema was found, for the reason given; another attempt may find one."""


def conforms(value: Any, schema: Schema) -> bool:
    """Return whether a JSON value fits a schema. Formats and unknown keywords are not checked."""
    return all(check(value, schema[keyword], schema) for keyword, check in _CHECKS.items() if keyword in schema)


def comparable(value: Any) -> Any:
    """Return a hashable value that is equal for equal JSON values: 1 equals 1.0, but not true."""
    if isinstance(value, Mapping):
        return "object", frozenset((k, comparable(v)) for k, v in value.items())
    if isinstance(value, list):
        return "array", tuple(comparable(v) for v in value)
    return isinstance(value, bool), value


def is_match(pattern: str, text: str) -> bool:
    """Return whether a pattern of a schema matches somewhere in a text; an invalid one matches nothing."""
    try:
        return re.search(pattern, text, re.ASCII) is not None
    except re.error:
        return False


def _is_type(value: Any, declared: Any, _: Schema) -> bool:
    return any(_TYPES[t](value) for t in ([declared] if isinstance(declared, str) else declared))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


_TYPES: dict[str, Callable[[Any], bool]] = {
    "null": lambda v: v is None,
    "boolean": lambda v: isinstance(v, bool),
    "integer": lambda v: _is_number(v) and v == int(v),
    "number": _is_number,
    "string": lambda v: isinstance(v, str),
    "array": lambda v: isinstance(v, list),
    "object": lambda v: isinstance(v, Mapping),
}


def _for_type(kind: str, check: Callable[[Any, Any], bool]) -> Callable[[Any, Any, Schema], bool]:
    """Return a check that applies to values of one type; all other values pass."""
    return lambda value, expected, _: not _TYPES[kind](value) or check(value, expected)


def _if(value: Any, condition: Schema, schema: Schema) -> bool:
    return conforms(value, schema.get("then" if conforms(value, condition) else "else", {}))


def _contains(value: Any, inner: Schema, schema: Schema) -> bool:
    if not isinstance(value, list):
        return True
    found = sum(conforms(v, inner) for v in value)
    return bool(schema.get("minContains", 1) <= found <= schema.get("maxContains", found))


def _items(value: Any, inner: Schema, schema: Schema) -> bool:
    return not isinstance(value, list) or all(conforms(v, inner) for v in value[len(schema.get("prefixItems", ())) :])


def _additional(value: Any, inner: Schema, schema: Schema) -> bool:
    if not isinstance(value, Mapping):
        return True
    return all(conforms(v, inner) for name, v in value.items() if not _is_named(name, schema))


def _is_named(name: str, schema: Schema) -> bool:
    """Return whether ``properties`` or ``patternProperties`` of a schema apply to a property."""
    patterns = schema.get("patternProperties", ())
    return name in schema.get("properties", ()) or any(is_match(pattern, name) for pattern in patterns)


_CHECKS: dict[str, Callable[[Any, Any, Schema], bool]] = {
    "type": _is_type,
    "const": lambda v, expected, _: comparable(v) == comparable(expected),
    "enum": lambda v, expected, _: any(comparable(v) == comparable(e) for e in expected),
    "allOf": lambda v, branches, _: all(conforms(v, b) for b in branches),
    "anyOf": lambda v, branches, _: any(conforms(v, b) for b in branches),
    "oneOf": lambda v, branches, _: sum(conforms(v, b) for b in branches) == 1,
    "not": lambda v, inner, _: not conforms(v, inner),
    "if": _if,
    "minimum": _for_type("number", lambda v, bound: v >= bound),
    "maximum": _for_type("number", lambda v, bound: v <= bound),
    "exclusiveMinimum": _for_type("number", lambda v, bound: v > bound),
    "exclusiveMaximum": _for_type("number", lambda v, bound: v < bound),
    "multipleOf": _for_type("number", lambda v, step: (Fraction(str(v)) / Fraction(str(step))).denominator == 1),
    "minLength": _for_type("string", lambda v, bound: len(v) >= bound),
    "maxLength": _for_type("string", lambda v, bound: len(v) <= bound),
    "pattern": _for_type("string", lambda v, pattern: is_match(pattern, v)),
    "minItems": _for_type("array", lambda v, bound: len(v) >= bound),
    "maxItems": _for_type("array", lambda v, bound: len(v) <= bound),
    "uniqueItems": _for_type("array", lambda v, unique: not unique or len({comparable(i) for i in v}) == len(v)),
    "prefixItems": _for_type("array", lambda v, schemas: all(conforms(i, s) for i, s in zip(v, schemas, strict=False))),
    "items": _items,
    "contains": _contains,
    "required": _for_type("object", lambda v, names: all(n in v for n in names)),
    "properties": _for_type("object", lambda v, schemas: all(conforms(v[n], s) for n, s in schemas.items() if n in v)),
    "patternProperties": _for_type(
        "object", lambda v, schemas: all(conforms(v[n], s) for p, s in schemas.items() for n in v if is_match(p, n))
    ),
    "additionalProperties": _additional,
    "propertyNames": _for_type("object", lambda v, inner: all(conforms(n, inner) for n in v)),
    "minProperties": _for_type("object", lambda v, bound: len(v) >= bound),
    "maxProperties": _for_type("object", lambda v, bound: len(v) <= bound),
    "dependentRequired": _for_type(
        "object", lambda v, names: all(m in v for n, more in names.items() if n in v for m in more)
    ),
    "dependentSchemas": _for_type(
        "object", lambda v, schemas: all(conforms(v, s) for n, s in schemas.items() if n in v)
    ),
}

CHECKED = frozenset(_CHECKS)
"""The keywords that `conforms` checks."""
