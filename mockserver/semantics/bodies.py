"""The fields of an answer's body, and which of them hold arrays of records."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.contract import Schema, non_null, schema_types
from mockserver.semantics.model import FieldPath, item_properties


def body_fields(body: Schema) -> dict[FieldPath, Schema]:
    """Return the body and the fields of its objects by their paths, three levels deep and never into arrays."""
    return dict(_walk_fields(body))


def is_list_of_objects(schema: Schema) -> bool:
    """Return whether a schema is an array of objects, or null; ``type: array`` may be left out."""
    array = non_null(schema)
    items, types = array.get("items"), schema_types(array)
    if not items or (types and "array" not in types):
        return False
    return bool(item_properties(non_null(items)))


def is_list_of_values(schema: Schema) -> bool:
    """Return whether a schema is an array of texts or numbers."""
    array = non_null(schema)
    types = schema_types(array.get("items", {})) - {"null"}
    return "array" in schema_types(array) and bool(types) and types <= {"string", "integer", "number"}


def values_of_any_field(schema: Schema) -> Schema | None:
    """Return the array of objects that a body may have under a name that its schema leaves open, or ``None``."""
    extra = non_null(schema).get("additionalProperties")
    if not isinstance(extra, dict) or non_null(schema).get("properties"):
        return None
    return next((one for one in (extra, *_branches(extra)) if is_list_of_objects(one)), None)


def _walk_fields(schema: Schema, path: FieldPath = ()) -> Iterator[tuple[FieldPath, Schema]]:
    yield path, schema
    for branch in sorted(_branches(schema), key=lambda branch: "array" in schema_types(branch)):
        # Of two shapes in one place the array is kept: it may be the list.
        yield from _walk_fields(branch, path)
    if len(path) < 3:
        for name, inner in item_properties(non_null(schema)).items():
            yield from _walk_fields(inner, (*path, name))


def _branches(schema: Schema) -> list[Schema]:
    """Return the shapes of which a value has one, if there are several besides null."""
    found = [branch for branch in (*schema.get("anyOf", ()), *schema.get("oneOf", ())) if branch.get("type") != "null"]
    return found if len(found) > 1 else []
