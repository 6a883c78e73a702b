"""What the value of a schema keyword has to be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mockserver.contract.faults import Fault, Spot

TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")
_MAX_SHOWN = 40
"""How many characters of a faulty value a message shows."""


_NO_READING = object()
"""The reading of a keyword whose value means nothing: the keyword is left out."""

_WORDS: dict[str, Mapping[str, Any]] = {
    "int": {"type": "integer"},
    "int32": {"type": "integer", "format": "int32"},
    "int64": {"type": "integer", "format": "int64"},
    "long": {"type": "integer", "format": "int64"},
    "float": {"type": "number", "format": "float"},
    "double": {"type": "number", "format": "double"},
    "decimal": {"type": "number"},
    "str": {"type": "string"},
    "text": {"type": "string"},
    "uuid": {"type": "string", "format": "uuid"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "date-time": {"type": "string", "format": "date-time"},
    "file": {"type": "string", "format": "binary"},
    "binary": {"type": "string", "format": "binary"},
    "bool": {"type": "boolean"},
    "list": {"type": "array"},
    "map": {"type": "object"},
    "dict": {"type": "object"},
    "none": {"type": "null"},
    "any": {},
}
"""What people write as a type, and mean."""


def repaired(schema: Mapping[str, Any], spot: Spot, *, is_3_0: bool) -> tuple[dict[str, Any], list[Fault]]:
    """Return a schema's own keywords, those with a faulty value as they were meant or left out, and the faults."""
    found, faults = dict(schema), []
    for name, expected, fits in ((name, words, fits) for names, words, fits in _EXPECTED for name in names):
        is_flag = name.startswith("exclusive") and isinstance(schema.get(name), bool)
        if name not in schema or fits(schema[name]) or (is_flag and is_3_0):
            continue
        faults.append(spot.fault(f"'{name}': got {_shown(schema[name])}, expected {expected}", name))
        meant = schema[name] if is_flag else _meant(name, schema[name], fits)
        if meant is _NO_READING:
            del found[name]
        else:
            found[name] = meant
    text = _type_fault(schema["type"]) if "type" in schema else None
    if text is not None:
        faults.append(spot.fault(text, "type"))
        found |= _meant_type(found.pop("type"), found.get("format"))
    for name, node in _properties(schema).items():
        if isinstance(node, dict) and node.get("required") is True:
            found["required"] = [*dict.fromkeys([*found.get("required", ()), name])]
    return found, faults


def _properties(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    properties = schema.get("properties")
    return properties if isinstance(properties, dict) else {}


def _meant(name: str, value: Any, fits: Callable[[Any], bool]) -> Any:
    """Return what a faulty value of a keyword was meant to be, such as 5 for '5'; `_NO_READING` where it is not plain.

    A ``required: true`` has its effect where the property stands.
    """
    if isinstance(value, str):
        for read in (int, float, {"true": True, "false": False}.__getitem__):
            try:
                meant: Any = read(value.strip().lower())
            except (ValueError, KeyError):
                continue
            if fits(meant):
                return meant
    return [value] if name == "required" and isinstance(value, str) else _NO_READING


def _meant_type(declared: Any, form: Any) -> dict[str, Any]:
    """Return the keywords for a faulty ``type``: without those of its words that mean nothing."""
    names: list[str] = []
    meant: dict[str, Any] = {}
    for word in declared if isinstance(declared, list) else [declared]:
        known = str("none" if word is None else word).lower()
        reading = {"type": known} if known in TYPES else _WORDS.get(known, {})
        names += [reading["type"]] if "type" in reading else []
        meant |= reading
    if form is not None:
        meant.pop("format", None)
    meant.pop("type", None)
    if names:
        meant["type"] = list(dict.fromkeys(names)) if isinstance(declared, list) else names[0]
    return meant


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
