"""The properties that a schema allows an object to have, and their schemas."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mockserver.contract import Schema
from mockserver.values.conforms import conforms, is_match

_NOTHING: Schema = {"not": {}}


def of_property(name: str, schema: Schema) -> Schema:
    """Return the schema of one property: by its name and the patterns that match it, else that of all others."""
    found = [schema["properties"][name]] if name in schema.get("properties", ()) else []
    found += [inner for pattern, inner in schema.get("patternProperties", {}).items() if is_match(pattern, name)]
    if not found:
        extra: Schema = schema.get("additionalProperties", {})
        return extra
    return found[0] if len(found) == 1 else {"allOf": found}


def may_be_named(name: str, schema: Schema) -> bool:
    """Return whether an object may have a property of this name."""
    if "propertyNames" in schema and not conforms(name, schema["propertyNames"]):
        return False
    return of_property(name, schema) != _NOTHING


def names_beyond(schema: Schema, pick: Callable[[Sequence[str]], str]) -> Schema | None:
    """Return the schema that names beyond ``properties`` have to fit: ``{}`` for any name, ``None`` for no name.

    ``pick`` chooses one of the patterns of ``patternProperties``.
    """
    patterns = list(schema.get("patternProperties", ()))
    if "propertyNames" in schema:
        return {"allOf": [{"type": "string"}, schema["propertyNames"]]}
    if patterns:
        return {"type": "string", "pattern": pick(patterns)}
    is_closed = schema.get("additionalProperties", {}) == _NOTHING
    is_asked = "additionalProperties" in schema or bool(schema.get("minProperties"))
    return {} if is_asked and not is_closed else None
