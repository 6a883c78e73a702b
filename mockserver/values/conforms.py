"""Whether a JSON value fits a JSON Schema: the words of the 2020-12 dialect, formats apart.

Written here, although libraries do it, because a resolved schema may contain itself, which none of them takes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from mockserver.contract import Schema


class Misfit(Exception):
    """A value that fits could not be made this way, for the reason given; another draw may lead to one."""


def conforms(value: Any, schema: Schema) -> bool:
    """Whether a JSON value fits a schema. Formats are not looked at; words that are unknown are met."""
    return all(check(value, schema[word], schema) for word, check in _CHECKS.items() if word in schema)


def comparable(value: Any) -> Any:
    """A hashable stand-in by which JSON values are equal or not: 1 is 1.0, but not true."""
    if isinstance(value, Mapping):
        return "object", frozenset((k, comparable(v)) for k, v in value.items())
    if isinstance(value, list):
        return "array", tuple(comparable(v) for v in value)
    return isinstance(value, bool), value


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


def _only(kind: str, check: Callable[[Any, Any], bool]) -> Callable[[Any, Any, Schema], bool]:
    """A check that speaks of one type and lets every other value pass."""
    return lambda value, wanted, _: not _TYPES[kind](value) or check(value, wanted)


def _if(value: Any, condition: Schema, schema: Schema) -> bool:
    return conforms(value, schema.get("then" if conforms(value, condition) else "else", {}))


def _contains(value: Any, wanted: Schema, schema: Schema) -> bool:
    if not isinstance(value, list):
        return True
    found = sum(conforms(v, wanted) for v in value)
    return bool(schema.get("minContains", 1) <= found <= schema.get("maxContains", found))


def _items(value: Any, wanted: Schema, schema: Schema) -> bool:
    return not isinstance(value, list) or all(conforms(v, wanted) for v in value[len(schema.get("prefixItems", ())) :])


def _additional(value: Any, wanted: Schema, schema: Schema) -> bool:
    if not isinstance(value, Mapping):
        return True
    patterns = schema.get("patternProperties", ())
    known = schema.get("properties", {})
    named = (any(re.search(p, n) for p in patterns) for n in value)
    return all(n in known or m or conforms(v, wanted) for (n, v), m in zip(value.items(), named, strict=True))


_CHECKS: dict[str, Callable[[Any, Any, Schema], bool]] = {
    "type": _is_type,
    "const": lambda v, wanted, _: comparable(v) == comparable(wanted),
    "enum": lambda v, wanted, _: any(comparable(v) == comparable(w) for w in wanted),
    "allOf": lambda v, wanted, _: all(conforms(v, w) for w in wanted),
    "anyOf": lambda v, wanted, _: any(conforms(v, w) for w in wanted),
    "oneOf": lambda v, wanted, _: sum(conforms(v, w) for w in wanted) == 1,
    "not": lambda v, wanted, _: not conforms(v, wanted),
    "if": _if,
    "minimum": _only("number", lambda v, w: v >= w),
    "maximum": _only("number", lambda v, w: v <= w),
    "exclusiveMinimum": _only("number", lambda v, w: v > w),
    "exclusiveMaximum": _only("number", lambda v, w: v < w),
    "multipleOf": _only("number", lambda v, w: (Fraction(str(v)) / Fraction(str(w))).denominator == 1),
    "minLength": _only("string", lambda v, w: len(v) >= w),
    "maxLength": _only("string", lambda v, w: len(v) <= w),
    "pattern": _only("string", lambda v, w: re.search(w, v, re.ASCII) is not None),
    "minItems": _only("array", lambda v, w: len(v) >= w),
    "maxItems": _only("array", lambda v, w: len(v) <= w),
    "uniqueItems": _only("array", lambda v, w: not w or len({comparable(i) for i in v}) == len(v)),
    "prefixItems": _only("array", lambda v, w: all(conforms(i, s) for i, s in zip(v, w, strict=False))),
    "items": _items,
    "contains": _contains,
    "required": _only("object", lambda v, w: all(n in v for n in w)),
    "properties": _only("object", lambda v, w: all(conforms(v[n], s) for n, s in w.items() if n in v)),
    "patternProperties": _only(
        "object", lambda v, w: all(conforms(v[n], s) for p, s in w.items() for n in v if re.search(p, n))
    ),
    "additionalProperties": _additional,
    "propertyNames": _only("object", lambda v, w: all(conforms(n, w) for n in v)),
    "minProperties": _only("object", lambda v, w: len(v) >= w),
    "maxProperties": _only("object", lambda v, w: len(v) <= w),
    "dependentRequired": _only("object", lambda v, w: all(m in v for n, ms in w.items() if n in v for m in ms)),
    "dependentSchemas": _only("object", lambda v, w: all(conforms(v, s) for n, s in w.items() if n in v)),
}

CHECKED = frozenset(_CHECKS)
"""The words of a schema that `conforms` looks at."""
