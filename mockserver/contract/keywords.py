"""What the value of a schema keyword has to be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mockserver.contract.faults import Fault, Spot

TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")
_MAX_SHOWN = 40
"""How many characters of a faulty value a message shows."""


def keyword_faults(schema: Mapping[str, Any], spot: Spot, *, is_3_0: bool) -> Iterator[tuple[str, Fault]]:
    """Yield each keyword whose value has the wrong type, and the fault. ``is_3_0`` allows boolean exclusive bounds."""
    for names, expected, fits in _EXPECTED:
        for name in names:
            is_flag = is_3_0 and name.startswith("exclusive") and isinstance(schema.get(name), bool)
            if name in schema and not fits(schema[name]) and not is_flag:
                yield name, spot.fault(f"'{name}': got {_shown(schema[name])}, expected {expected}", name)
    text = _type_fault(schema["type"]) if "type" in schema else None
    if text is not None:
        yield "type", spot.fault(text, "type")


def _type_fault(declared: Any) -> str | None:
    for name in declared if isinstance(declared, list) else [declared]:
        if name is None:
            return "the type null must be quoted: 'null'"
        if name not in TYPES:
            return f"'type': got {_shown(name)}, expected one of {', '.join(TYPES)}"
    return None


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    return f"'{text}'" if len(text) <= _MAX_SHOWN else f"'{text[:_MAX_SHOWN]}...'"


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_step(value: Any) -> bool:
    return _is_number(value) and value > 0


def _is_count(value: Any) -> bool:
    is_whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    return is_whole and not isinstance(value, bool) and value >= 0


def _is_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(v, str) for v in value)


def _is_values(value: Any) -> bool:
    return isinstance(value, list) and bool(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
COUNTS = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")
"""Keywords whose value counts something; 3.0 is as good as 3."""

_EXPECTED: tuple[tuple[tuple[str, ...], str, Callable[[Any], bool]], ...] = (
    (_BOUNDS, "a number", _is_number),
    (("multipleOf",), "a number above 0", _is_step),
    (COUNTS, "an integer, 0 or more", _is_count),
    (("required",), "a list of names", _is_names),
    (("enum",), "a list of values, not empty", _is_values),
    (("format", "pattern"), "a string", _is_text),
    (("nullable", "uniqueItems"), "true or false", _is_flag),
)
