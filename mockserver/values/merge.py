"""Merge two schemas into one that asks for what both ask for, as far as one schema can."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from mockserver.contract import Schema
from mockserver.values.conforms import conforms


def merge(one: Schema, other: Schema) -> Schema:
    """Return a schema with the keywords of both. Where a keyword cannot be combined, that of ``one`` is taken."""
    merged = dict(one)
    for key, value in other.items():
        if key not in merged:
            merged[key] = value
        elif key in _COMBINE:
            merged[key] = _COMBINE[key](merged[key], value)
    return merged


def _common_types(one: Any, other: Any) -> list[str]:
    first, second = ({t} if isinstance(t, str) else set(t) for t in (one, other))
    both = first & second
    if "integer" in first | second and "number" in first | second and "number" not in both:
        both |= {"integer"}
    return sorted(both)


def all_of(one: Schema, other: Schema) -> Schema:
    """Return a schema that is met by the values that meet both."""
    return one if one == other else {"allOf": [one, other]}


def _common_multiple(one: float, other: float) -> float:
    first, second = Fraction(str(one)), Fraction(str(other))
    found = Fraction(math.lcm(first.numerator, second.numerator), math.gcd(first.denominator, second.denominator))
    return int(found) if found.denominator == 1 else float(found)


_COMBINE: dict[str, Callable[[Any, Any], Any]] = {
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"), max),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"), min),
    **dict.fromkeys(("items", "additionalProperties"), all_of),
    "type": _common_types,
    "required": lambda one, other: [*one, *(n for n in other if n not in one)],
    "enum": lambda one, other: [v for v in one if conforms(v, {"enum": other})],
    "multipleOf": _common_multiple,
    "uniqueItems": lambda one, other: one or other,
    "properties": lambda one, other: {**one, **{n: all_of(one[n], s) if n in one else s for n, s in other.items()}},
}
