"""Schemas with their references resolved, and the words of OpenAPI 3.0 translated into those of 3.1."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mockserver.contract.documents import Spot
from mockserver.contract.references import Files, is_reference

MAX_IN_PLACE = 100
"""How deep ``allOf``, ``anyOf``, ``oneOf`` and their kin may nest in one another."""

TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")
_BRANCHES = ("allOf", "anyOf", "oneOf")
_MAPS = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
_SINGLES = ("items", "additionalProperties", "contains", "propertyNames", "unevaluatedItems", "unevaluatedProperties")
_IN_PLACE = ("not", "if", "then", "else")
_VALUES = ("const", "default", "example", "type")
"""Keywords for which null says something; for any other it says as little as an absent one."""

_ANNOTATIONS = frozenset(
    ("title", "description", "default", "deprecated", "example", "examples", "readOnly", "writeOnly")
)


class Schemas:
    """Translates schemas: each part of a document once, so that what refers to itself becomes a cycle of mappings.

    Parts are filled in one after another, not inside one another: depth costs no stack.
    """

    def __init__(self, files: Files, *, is_3_0: bool) -> None:
        self._files = files
        self._is_3_0 = is_3_0
        self._places: dict[int, dict[str, Any]] = {}
        self._pending: dict[int, tuple[dict[str, Any], Mapping[str, Any], Spot]] = {}
        self._fresh: list[tuple[dict[str, Any], Spot]] = []
        self._depths: dict[int, int] = {}

    def read(self, node: Any, spot: Spot) -> dict[str, Any]:
        """The schema at a place; raises `ContractError`."""
        place = self._place(node, spot)
        while self._pending:
            self._fill(next(iter(self._pending)))
        for one, where in self._fresh:
            self._depth(one, where, [])
        self._fresh.clear()
        return place

    def _place(self, node: Any, spot: Spot) -> dict[str, Any]:
        """The mapping that a schema becomes, which may still have to be filled."""
        node, spot = self._files.follow(node, spot, self._is_plain_reference)
        if isinstance(node, bool):
            return {} if node else {"not": {}}
        if not isinstance(node, dict):
            raise spot.fault("a schema must be a mapping")
        if id(node) not in self._places:
            place: dict[str, Any] = {}
            self._places[id(node)] = place
            self._pending[id(place)] = (place, node, spot)
            self._fresh.append((place, spot))
        return self._places[id(node)]

    def _is_plain_reference(self, node: Any) -> bool:
        """Whether nothing beside the ``$ref`` counts: in 3.0 nothing ever does."""
        return is_reference(node) and (self._is_3_0 or len(node) == 1)

    def _fill(self, key: int) -> None:
        place, node, spot = self._pending.pop(key)
        said = {k: v for k, v in node.items() if k != "$ref" and (v is not None or k in _VALUES or k.startswith("x-"))}
        check_keywords(said, spot, is_3_0=self._is_3_0)
        filled = {k: self._value(k, v, spot.at(k)) for k, v in said.items()}
        if "$ref" in node:
            target = self._place(*self._files.target(node["$ref"], spot))
            if id(target) in self._pending:
                self._fill(id(target))
            filled = _joined(target, filled)
        place.update(filled)
        if self._is_3_0:
            _modernise(place)

    def _value(self, key: str, value: Any, spot: Spot) -> Any:
        if key in _MAPS:
            if not isinstance(value, dict):
                raise spot.fault(f"'{key}' must be a mapping")
            return {k: self._place(v, spot.at(k)) for k, v in value.items()}
        if key in _SINGLES or key in _IN_PLACE:
            return self._place(value, spot)
        if key in _BRANCHES or key == "prefixItems":
            if not isinstance(value, list) or not value:
                raise spot.fault(f"'{key}' must be a list of schemas")
            return [self._place(v, spot.at(str(i))) for i, v in enumerate(value)]
        return value

    def _depth(self, place: dict[str, Any], spot: Spot, trail: list[int]) -> int:
        """How deep schemas that describe one and the same value nest; a circle of them says nothing about it."""
        known = self._depths.get(id(place))
        if known is not None:
            return known
        if id(place) in trail:
            raise spot.fault("this schema is made of itself, by way of allOf, anyOf, oneOf or not")
        inner = (self._depth(branch, spot, [*trail, id(place)]) for branch in _in_place(place))
        depth = 1 + max(inner, default=0) if len(trail) < MAX_IN_PLACE else MAX_IN_PLACE + 1
        if depth > MAX_IN_PLACE:
            raise spot.fault(f"this schema nests allOf, anyOf, oneOf or not more than {MAX_IN_PLACE} levels deep")
        self._depths[id(place)] = depth
        return depth


def _in_place(schema: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for key in _BRANCHES:
        yield from schema.get(key, ())
    for key in _IN_PLACE:
        if key in schema:
            yield schema[key]


def _joined(target: Mapping[str, Any], siblings: Mapping[str, Any]) -> dict[str, Any]:
    """What a ``$ref`` and the words beside it mean together: both count (OpenAPI 3.1, Schema Object)."""
    clash = {k for k in target.keys() & siblings.keys() if k not in _ANNOTATIONS and not k.startswith("x-")}
    if target and not clash:
        return {**target, **siblings}
    return {**siblings, "allOf": [*siblings.get("allOf", ()), target]}


def _modernise(schema: dict[str, Any]) -> None:
    """Translate, in place, what 3.0 says otherwise than 3.1."""
    for bound, limit in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if schema.get(bound) is True and limit in schema:
            schema[bound] = schema.pop(limit)
        elif isinstance(schema.get(bound), bool):
            del schema[bound]
    if schema.pop("nullable", False) is not True:
        return
    if isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"], "null"]  # an enum that lacks null goes on forbidding it (3.0.3)
    elif any(k in schema for k in _BRANCHES):
        inner = dict(schema)
        schema.clear()
        schema["anyOf"] = [inner, {"type": "null"}]


# What a keyword's value must be ------------------------------------------------------------------------------------


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    return _is_number(value) and value == int(value) and value >= 0


def _is_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(v, str) for v in value)


_KINDS: tuple[tuple[tuple[str, ...], str, Callable[[Any], bool]], ...] = (
    (("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), "a number", _is_number),
    (
        ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"),
        "a whole number, 0 or more",
        _is_whole,
    ),
    (("required",), "a list of names", _is_names),
    (("enum",), "a list of values, not empty", lambda v: isinstance(v, list) and bool(v)),
    (("format", "pattern"), "text", lambda v: isinstance(v, str)),
    (("nullable", "uniqueItems"), "true or false", lambda v: isinstance(v, bool)),
)


def check_keywords(schema: Mapping[str, Any], spot: Spot, *, is_3_0: bool) -> None:
    """Raise `ContractError` for a keyword whose value is of the wrong kind, or for a type that JSON has not."""
    for names, kind, fits in _KINDS:
        for name in names:
            flag = is_3_0 and name.startswith("exclusive") and isinstance(schema.get(name), bool)
            if name in schema and not fits(schema[name]) and not flag:
                raise spot.fault(f"'{name}' must be {kind}, not {_shown(schema[name])}", name)
    if "type" not in schema:
        return
    declared = schema["type"]
    for name in declared if isinstance(declared, list) else [declared]:
        if name is None:
            raise spot.fault("the type null must stand in quotes: 'null'", "type")
        if name not in TYPES:
            raise spot.fault(f"'type: {name}' is no JSON type; it is one of {', '.join(TYPES)}", "type")


def _shown(value: Any) -> str:
    text = str(value)
    shown = text if len(text) <= 40 else text[:40] + "..."
    return shown.lower() if isinstance(value, bool) else f"'{shown}'"
