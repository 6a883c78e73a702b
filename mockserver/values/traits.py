"""What a schema tells of its values before one is made."""

from __future__ import annotations

from typing import Any

from mockserver.contract import Schema
from mockserver.values.conforms import conforms

_KEYWORDS_OF_TYPE = {
    "object": ("properties", "required", "additionalProperties", "minProperties", "maxProperties", "patternProperties"),
    "array": ("items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}


def enumerated(schema: Schema) -> list[Any] | None:
    """Return the values that ``const`` and ``enum`` allow, or ``None`` for a schema with neither."""
    if "const" in schema:
        return [schema["const"]] if conforms(schema["const"], {"enum": schema.get("enum", [schema["const"]])}) else []
    return list(schema["enum"]) if "enum" in schema else None


def examples(schema: Schema) -> list[Any]:
    """Return the values that a schema shows: its examples, and its default."""
    several = schema.get("examples")
    single = [schema[k] for k in ("example", "default") if k in schema]
    return [*(several if isinstance(several, list) else ()), *single]


def implied_type(schema: Schema) -> str:
    """Return the type that the keywords of a schema without ``type`` suggest."""
    for kind, keywords in _KEYWORDS_OF_TYPE.items():
        if any(keyword in schema for keyword in keywords):
            return kind
    return "string"


def is_shallow(schema: Schema) -> bool:
    """Return whether the values of a schema have no parts."""
    return not any(k in schema for k in ("properties", "items", "allOf", "anyOf", "oneOf", "additionalProperties"))
