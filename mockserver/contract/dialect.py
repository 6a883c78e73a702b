"""Schemas with their references resolved, and the keywords of OpenAPI 3.0 translated into those of 3.1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.contract.discriminators import Discriminators
from mockserver.contract.faults import Fault, Problems, Spot
from mockserver.contract.keywords import COUNTS, keyword_faults
from mockserver.contract.references import Files, is_reference

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

    `read` fills at once and raises the first fault. `later` only promises a schema, for parts whose faults must not
    stop the reading of the contract: `finish` fills all that were promised, and collects their faults.
    """

    def __init__(self, files: Files, problems: Problems, *, is_3_0: bool) -> None:
        self._files = files
        self._problems = problems
        self._is_3_0 = is_3_0
        self._is_finishing = False
        self._translated: dict[int, dict[str, Any]] = {}
        self._promised: dict[int, _Unfilled] = {}
        self._pending: dict[int, _Unfilled] = {}
        self._fresh: list[tuple[dict[str, Any], Spot]] = []
        self._depths: dict[int, int] = {}
        self._discriminators = Discriminators(files, problems, self._translate)

    def read(self, node: Any, spot: Spot) -> dict[str, Any]:
        """Return the schema at a place. Raises `Fault`, and `RecursionError` for a long chain of ``$ref``s."""
        schema = self._translate(node, spot)
        self._fill_all()
        return schema

    def later(self, node: Any, spot: Spot) -> dict[str, Any]:
        """Return the schema at a place, which is filled by `finish`; ``{}`` where there is none to be found."""
        try:
            node, spot = self._target(node, spot)
        except Fault as fault:
            self._problems.add(fault)
            return {}
        if isinstance(node, bool):
            return _of_flag(node)
        return self._promise(node, spot)

    def finish(self) -> None:
        """Fill what was promised, and the mappings of all discriminators; a keyword with a fault is left out."""
        self._is_finishing = True
        self._pending.update(self._promised)
        self._fresh += [(schema, spot) for schema, _, spot in self._promised.values()]
        self._promised.clear()
        self._fill_all()
        while self._discriminators.find_schemas():
            self._fill_all()
        self._discriminators.fill()

    def _report(self, fault: Fault) -> None:
        if not self._is_finishing:
            raise fault
        self._problems.add(fault)

    def _target(self, node: Any, spot: Spot) -> tuple[bool | dict[str, Any], Spot]:
        """Return what describes the schema at a place, and where that is."""
        node, spot = self._files.follow(node, spot, self._is_plain_reference)
        if not isinstance(node, (bool, dict)):
            raise spot.fault("a schema must be a mapping")
        return node, spot

    def _translate(self, node: Any, spot: Spot) -> dict[str, Any]:
        """Return the schema at a place, which may still have to be filled."""
        try:
            node, spot = self._target(node, spot)
        except Fault as fault:
            self._report(fault)
            return {}
        if isinstance(node, bool):
            return _of_flag(node)
        schema = self._promise(node, spot)
        unfilled = self._promised.pop(id(schema), None)
        if unfilled is not None:
            self._pending[id(schema)] = unfilled
            self._fresh.append((schema, spot))
        return schema

    def _promise(self, node: dict[str, Any], spot: Spot) -> dict[str, Any]:
        """Return the schema that a part of a document is translated to, one and the same each time."""
        schema = self._translated.get(id(node))
        if schema is None:
            schema = self._translated[id(node)] = {}
            self._promised[id(schema)] = (schema, node, spot)
        return schema

    def _is_plain_reference(self, node: Any) -> bool:
        """Return whether a node is a ``$ref`` and no more: OpenAPI 3.0 ignores what stands beside one."""
        return is_reference(node) and (self._is_3_0 or len(node) == 1)

    def _fill_all(self) -> None:
        while self._pending:
            key, (_, _, spot) = next(iter(self._pending.items()))
            try:
                self._fill(key)
            except RecursionError:
                if not self._is_finishing:
                    raise
                self._problems.add(spot.fault("nested too deeply to be read"))
        for schema, spot in self._fresh:
            try:
                self._depth(schema, spot, [])
            except Fault as fault:
                self._report(fault)
                schema.clear()
        self._fresh.clear()

    def _fill(self, key: int) -> None:
        schema, node, spot = self._pending.pop(key)
        present = {k: v for k, v in node.items() if k != "$ref" and (v is not None or k in _VALUES or k[:2] == "x-")}
        for name, fault in keyword_faults(present, spot, is_3_0=self._is_3_0):
            self._report(fault)
            del present[name]
        filled = {}
        for name, value in present.items():
            try:
                filled[name] = self._value(name, value, spot.at(name))
            except Fault as fault:
                self._report(fault)
        if "discriminator" in filled:
            self._discriminators.normalise(filled, node, spot)
        if "$ref" in node:
            target = self._referred(node["$ref"], spot)
            filled = _joined(target, filled)
        schema.update(filled)
        if self._is_3_0:
            _modernise(schema)

    def _referred(self, ref: Any, spot: Spot) -> dict[str, Any]:
        """Return the schema that a ``$ref`` with siblings points to, filled, because it is copied."""
        try:
            target = self._translate(*self._files.target(ref, spot))
        except Fault as fault:
            self._report(fault)
            return {}
        if id(target) in self._pending:
            self._fill(id(target))
        return target

    def _value(self, key: str, value: Any, spot: Spot) -> Any:
        if key in _MAPS:
            if not isinstance(value, dict):
                raise spot.fault(f"'{key}' must be a mapping")
            return {k: self._translate(v, spot.at(k)) for k, v in value.items()}
        if key in _SINGLES or key in _IN_PLACE:
            return self._translate(value, spot)
        if key in _BRANCHES or key == "prefixItems":
            if not isinstance(value, list) or not value:
                raise spot.fault(f"'{key}' must be a list of schemas")
            return [self._translate(v, spot.at(str(i))) for i, v in enumerate(value)]
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


def _modernise(schema: dict[str, Any]) -> None:
    """Translate, in place, the keywords of 3.0 that 3.1 does not have."""
    for bound, limit in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if schema.get(bound) is True and limit in schema:
            schema[bound] = schema.pop(limit)
        elif isinstance(schema.get(bound), bool):
            del schema[bound]
    if schema.pop("nullable", False) is not True:
        return
    if isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"], "null"]  # an enum without null still excludes null (OpenAPI 3.0.3)
    elif any(k in schema for k in _BRANCHES):
        inner = dict(schema)
        schema.clear()
        schema["anyOf"] = [inner, {"type": "null"}]
