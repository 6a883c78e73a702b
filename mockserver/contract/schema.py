"""Schemas as they leave this package: resolved, in the dialect of OpenAPI 3.1.

A schema is a mapping of keywords. Each ``$ref`` is replaced by what it points to, so that a schema that refers to
itself is a mapping that contains itself. Two keywords differ from the document:

- ``true`` and ``false`` as schemas are ``{}`` and ``{"not": {}}``.
- ``discriminator`` is always ``{"propertyName": str, "mapping": {value: schema}}``. The mapping has every value of the
  property that leads to a schema, whether the document maps it or implies it by a schema's name. Where the schema has
  ``oneOf`` or ``anyOf``, the mapped schema *is* the branch (the same object). Where it has neither, the mapped schemas
  are those of ``components`` that have it in their ``allOf``: the schema inside them has this discriminator too, and
  there it selects nothing more.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

Schema = Mapping[str, Any]

NOTHING: Mapping[str, Any] = MappingProxyType({})
"""A mapping without keys: the schema that allows everything, and the default of fields that are mappings."""

UNREADABLE = "x-unreadable"
"""The keyword of a schema that cannot be read, and so fits no value; it says why."""

_TYPES = ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"), (list, "array"), (dict, "object"))
_ANNOTATIONS = {"title", "description", "default", "deprecated", "example", "examples"}
"""Keywords that describe a value without restricting it."""


def schema_types(schema: Schema) -> frozenset[str]:
    """Return the JSON types that a schema allows at its top level; empty where it does not say.

    They are the declared ones, else those of its ``const`` or ``enum``, else those of its branches.
    """
    declared = schema.get("type")
    if declared is not None:
        return frozenset([declared] if isinstance(declared, str) else declared)
    if "const" in schema:
        return frozenset([_type_of(schema["const"])])
    if "enum" in schema:
        return frozenset(map(_type_of, schema["enum"]))
    found: set[str] = set()
    for key in ("anyOf", "oneOf", "allOf"):
        for branch in schema.get(key, ()):
            found |= schema_types(branch)
    return frozenset(found)


def _type_of(value: Any) -> str:
    return next((name for kind, name in _TYPES if isinstance(value, kind)), "null")


def non_null(schema: Schema) -> Schema:
    """Return the schema without null: ``anyOf: [X, {type: null}]`` and ``type: [x, null]`` become X.

    ``allOf: [X]``, which OpenAPI 3.0 needs to put a description beside a ``$ref``, becomes X too, unless a keyword
    beside it contradicts X.
    """
    for key in ("anyOf", "oneOf", "allOf"):
        branches = [b for b in schema.get(key, ()) if schema_types(b) != {"null"}]
        rest = {k: v for k, v in schema.items() if k != key}
        if len(branches) == 1 and (key != "allOf" or not rest.keys() & branches[0].keys() - _ANNOTATIONS):
            return {**non_null(branches[0]), **rest}
    declared = schema.get("type")
    if isinstance(declared, list):
        kept = [t for t in declared if t != "null"]
        return {**schema, "type": kept[0] if len(kept) == 1 else kept}
    return schema
