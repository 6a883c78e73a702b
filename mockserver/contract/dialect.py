"""Schemas with their references resolved, and the keywords of OpenAPI 3.0 translated into those of 3.1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.contract.discriminators import Discriminators
from mockserver.contract.faults import Fault, Problems, Spot
from mockserver.contract.keywords import COUNTS, repaired
from mockserver.contract.references import Files, is_reference
from mockserver.contract.schema import UNREADABLE

MAX_IN_PLACE = 100
"""How deep ``allOf``, ``anyOf``, ``oneOf`` and the other keywords for one and the same value may nest."""

_BRANCHES = ("allOf", "anyOf", "oneOf")
_MAPS = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
_SINGLES = ("items", "additionalProperties", "contains", "propertyNames", "unevaluatedItems", "unevaluatedProperties")
_IN_PLACE = ("not", "if", "then", "else")
_VALUES = ("const", "default", "example", "type")
"""Keywords for which null is a value; any other keyword with null is the same as an absent one."""

_ANNOTATIONS = frozenset(
    ("title", "description", "default", "deprecated", "example", "examples", "readOnly", "writeOnly")
)
_Unfilled = tuple[dict[str, Any], Mapping[str, Any], Spot]
"""A translated schema that is still empty, the part of the document that it is made of, and where that is."""


class Schemas:
    """Translates schemas. Each part of a document is translated once, so that a recursive schema becomes a cycle.

    A translated schema is a mapping that is created empty and filled later. Filling one creates others but does not
    fill them, so that deep schemas need no deep stack.

    `read` only promises a schema: `finish` fills all that were promised. Faults are collected. A keyword that can be
    understood nevertheless is (`keywords.repaired`); one without a reading is left out; a schema without one becomes
    `unreadable`, which no value fits.
    """

    def __init__(self, files: Files, problems: Problems, *, is_3_0: bool) -> None:
        self._files = files
        self._problems = problems
        self._is_3_0 = is_3_0
        self._translated: dict[int, dict[str, Any]] = {}
        self._without_dynamic: dict[int, dict[str, Any]] = {}
        self._pending: dict[int, _Unfilled] = {}
        self._fresh: list[tuple[dict[str, Any], Spot]] = []
        self._depths: dict[int, int] = {}
        self._discriminators = Discriminators(files, problems, self.read)

    def read(self, node: Any, spot: Spot) -> dict[str, Any]:
        """Return the schema at a place, the same one each time, which `finish` fills. Raises nothing."""
        try:
            node, spot = self._files.follow(self._static(node), spot, self._is_plain_reference)
            if not isinstance(node, (bool, dict)):
                raise spot.fault("a schema must be a mapping")
        except Fault as fault:
            return self._unreadable(fault)
        if isinstance(node, bool):
            return _of_flag(node)
        schema = self._translated.get(id(node))
        if schema is None:
            schema = self._translated[id(node)] = {}
            self._pending[id(schema)] = (schema, node, spot)
            self._fresh.append((schema, spot))
        return schema

    def _static(self, node: Any) -> Any:
        """Return a schema with ``$ref`` for ``$dynamicRef``: no anchor is overridden."""
        if not isinstance(node, dict) or "$dynamicRef" not in node or "$ref" in node:
            return node
        if id(node) not in self._without_dynamic:
            made = {"$ref" if key == "$dynamicRef" else key: value for key, value in node.items()}
            self._without_dynamic[id(node)] = made
        return self._without_dynamic[id(node)]

    def finish(self) -> None:
        """Fill all schemas, and the mappings of all discriminators."""
        self.fill()
        while self._discriminators.find_schemas():
            self.fill()
        self._discriminators.fill()

    def _unreadable(self, fault: Fault) -> dict[str, Any]:
        self._problems.add(fault)
        return unreadable(fault)

    def _is_plain_reference(self, node: Any) -> bool:
        """Return whether a node is a ``$ref`` and no more: OpenAPI 3.0 ignores what stands beside one."""
        return is_reference(node) and (self._is_3_0 or len(node) == 1)

    def fill(self) -> None:
        """Fill the schemas that were read so far."""
        while self._pending:
            key, (schema, _, spot) = next(iter(self._pending.items()))
            try:
                self._fill(key)
            except RecursionError:
                schema.update(self._unreadable(spot.fault("nested too deeply to be read")))
        for schema, spot in self._fresh:
            try:
                self._depth(schema, spot, [])
            except Fault as fault:
                schema.clear()
                schema.update(self._unreadable(fault))
        self._fresh.clear()

    def _fill(self, key: int) -> None:
        schema, node, spot = self._pending.pop(key)
        present = {k: v for k, v in node.items() if k != "$ref" and (v is not None or k in _VALUES or k[:2] == "x-")}
        present, faults = repaired(present, spot, is_3_0=self._is_3_0)
        for fault in faults:
            self._problems.add(fault)
        filled = {}
        for name, value in present.items():
            try:
                filled[name] = self._value(name, value, spot.at(name))
            except Fault as fault:
                self._problems.add(fault)
        if "discriminator" in filled:
            self._discriminators.normalise(filled, node, spot)
        if "$ref" in node:
            filled = _joined(self._referred(node["$ref"], spot), filled)
        schema.update(filled)
        _modernise(schema, is_3_0=self._is_3_0)

    def _referred(self, ref: Any, spot: Spot) -> dict[str, Any]:
        """Return the schema that a ``$ref`` with siblings points to, filled, because it is copied."""
        try:
            target = self.read(*self._files.target(ref, spot))
        except Fault as fault:
            return self._unreadable(fault)
        if id(target) in self._pending:
            self._fill(id(target))
        return target

    def _value(self, key: str, value: Any, spot: Spot) -> Any:
        if key in _MAPS:
            if not isinstance(value, dict):
                raise spot.fault(f"'{key}' must be a mapping")
            return {k: self.read(v, spot.at(k)) for k, v in value.items()}
        if key in _SINGLES or key in _IN_PLACE:
            return self.read(value, spot)
        if key in _BRANCHES or key == "prefixItems":
            if not isinstance(value, list) or not value:
                raise spot.fault(f"'{key}' must be a list of schemas")
            return [self.read(v, spot.at(str(i))) for i, v in enumerate(value)]
        return int(value) if key in COUNTS else value

    def _depth(self, schema: dict[str, Any], spot: Spot, trail: list[int]) -> int:
        """Return how deep schemas nest that describe one and the same value. Raises `Fault`."""
        known = self._depths.get(id(schema))
        if known is not None:
            return known
        if id(schema) in trail:
            raise spot.fault("this schema contains itself through allOf, anyOf, oneOf or not")
        inner = (self._depth(branch, spot, [*trail, id(schema)]) for branch in _in_place(schema))
        depth = 1 + max(inner, default=0) if len(trail) < MAX_IN_PLACE else MAX_IN_PLACE + 1
        if depth > MAX_IN_PLACE:
            raise spot.fault(f"this schema nests allOf, anyOf, oneOf or not more than {MAX_IN_PLACE} levels deep")
        self._depths[id(schema)] = depth
        return depth


def unreadable(fault: Fault) -> dict[str, Any]:
    """Return the schema that stands for one that cannot be read: no value fits it, for the reason that it has."""
    return {"not": {}, UNREADABLE: fault.brief}


def _of_flag(is_anything: bool) -> dict[str, Any]:
    """Return the mapping that means the schema ``true`` or ``false``."""
    return {} if is_anything else {"not": {}}


def _in_place(schema: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for key in _BRANCHES:
        yield from schema.get(key, ())
    for key in _IN_PLACE:
        if key in schema:
            yield schema[key]


def _joined(target: Mapping[str, Any], siblings: Mapping[str, Any]) -> dict[str, Any]:
    """Return one schema for a ``$ref`` and the keywords beside it: both count (OpenAPI 3.1, Schema Object)."""
    clash = {k for k in target.keys() & siblings.keys() if k not in _ANNOTATIONS and not k.startswith("x-")}
    if target and not clash:
        return {**target, **siblings}
    return {**siblings, "allOf": [*siblings.get("allOf", ()), target]}


def _modernise(schema: dict[str, Any], *, is_3_0: bool) -> None:
    """Translate, in place, the keywords of 3.0 that 3.1 does not have."""
    for bound, limit in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if schema.get(bound) is True and limit in schema:
            schema[bound] = schema.pop(limit)
        elif isinstance(schema.get(bound), bool):
            del schema[bound]
    # In 3.0, `nullable` has a meaning only beside a `type` (3.0.3); in 3.1 it is an unknown word.
    if is_3_0 and schema.pop("nullable", False) is True and isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"], "null"]  # an enum without null still excludes null
