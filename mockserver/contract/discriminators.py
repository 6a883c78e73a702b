"""Discriminators in one form, whether a document maps their values or implies them (`mockserver.contract.schema`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import PurePath
from typing import Any

from mockserver.contract.faults import Fault, Problems, Spot
from mockserver.contract.references import Files, component_schemas, is_reference, steps

_IS_REFERENCE = re.compile(r"[#/.]")
"""Matches a reference in a ``mapping``, but not the name of a schema."""

_Part = tuple[str, dict[str, Any], Spot]
"""A schema of ``components``: its name, and the part of a document that describes it."""


class _Discriminator:
    """One discriminator: the form to fill, and the schemas that its values lead to.

    ``node`` is the part of the document around it, ``branches`` are the parts below its ``oneOf`` or ``anyOf`` with
    the schemas that they were translated to. ``implied`` are schemas with their names (``None`` without one).
    """

    def __init__(
        self, normal: dict[str, Any], node: Mapping[str, Any], spot: Spot, branches: list[tuple[Any, dict[str, Any]]]
    ) -> None:
        self.normal = normal
        self.node = node
        self.spot = spot
        self.branches = branches
        self.mapped: dict[str, dict[str, Any]] = {}
        self.implied: list[tuple[str | None, dict[str, Any]]] = []


class Discriminators:
    """Gathers the discriminators of all schemas, and fills their mappings at the end. Faults are only collected.

    ``translate`` makes a schema of the part of a document at a place.
    """

    def __init__(self, files: Files, problems: Problems, translate: Callable[[Any, Spot], dict[str, Any]]) -> None:
        self._files = files
        self._problems = problems
        self._translate = translate
        self._all: list[_Discriminator] = []
        self._searched = 0

    def normalise(self, schema: dict[str, Any], node: Mapping[str, Any], spot: Spot) -> None:
        """Give the ``discriminator`` of a schema its one form, whose mapping is filled later, or drop a faulty one."""
        raw = schema["discriminator"]
        name = raw.get("propertyName") if isinstance(raw, dict) else None
        if not isinstance(name, str):
            self._problems.add(spot.fault("a discriminator needs a 'propertyName'", "discriminator"))
            del schema["discriminator"]
            return
        schema["discriminator"] = {"propertyName": name, "mapping": {}}
        branches: list[tuple[Any, dict[str, Any]]] = []
        for key in ("oneOf", "anyOf"):
            if key in schema:
                branches += zip(node[key], schema[key], strict=True)
        self._all.append(_Discriminator(schema["discriminator"], node, spot, branches))

    def find_schemas(self) -> bool:
        """Find the schemas that new discriminators lead to; return whether there were new ones."""
        start, self._searched = self._searched, len(self._all)
        for one in self._all[start : self._searched]:
            self._find_schemas(one)
        return self._searched > start

    def fill(self) -> None:
        """Fill all mappings, once every schema is filled."""
        for one in self._all:
            mapping = one.normal["mapping"]
            mapping.update(one.mapped)
            mapped = {id(schema) for schema in one.mapped.values()}
            for name, schema in one.implied:
                if id(schema) not in mapped:
                    values = _values(schema, one.normal["propertyName"]) or ([] if name is None else [name])
                    for value in values:
                        mapping.setdefault(value, schema)

    def _find_schemas(self, one: _Discriminator) -> None:
        by_target: dict[int, dict[str, Any]] = {}
        for raw, schema in one.branches:
            one.implied.append((_name(raw), schema))
            with suppress(Fault):  # the branch was reported already
                by_target[id(self._files.follow(raw, one.spot)[0])] = schema
        if not one.branches:
            one.implied += [(name, self._translate(node, spot)) for name, node, spot in self._heirs(one.node)]
        for value, ref in self._mapping(one).items():
            try:
                target, spot = self._files.follow(*self._mapped(ref, one.spot))
            except Fault as fault:
                text = f"the discriminator value '{value}' leads to no schema"
                self._problems.add(fault.behind(text, one.spot.at("discriminator", "mapping", value)))
                continue
            known = by_target.get(id(target))
            one.mapped[value] = self._translate(target, spot) if known is None else known

    def _mapping(self, one: _Discriminator) -> Mapping[str, Any]:
        mapping = one.node["discriminator"].get("mapping") or {}
        if isinstance(mapping, dict):
            return mapping
        self._problems.add(one.spot.fault("'mapping' must be a mapping", "discriminator", "mapping"))
        return {}

    def _mapped(self, ref: Any, spot: Spot) -> tuple[Any, Spot]:
        """Return what a value of a ``mapping`` points to: a schema of ``components`` by name, else a reference."""
        names: list[str] = []
        for file in (spot.file, self._files.main):
            schemas = component_schemas(file)
            if isinstance(ref, str) and ref in schemas:
                return schemas[ref], Spot(file, ("components", "schemas", ref))
            names += schemas
        if isinstance(ref, str) and not _IS_REFERENCE.search(ref):
            raise spot.fault("unknown schema", missing=ref, among=names)
        return self._files.target(ref, spot)

    def _heirs(self, node: Mapping[str, Any]) -> Iterator[_Part]:
        """Yield the schemas of ``components`` that have another one in their ``allOf``, directly or through others."""
        seen = {id(node)}
        pending: list[Mapping[str, Any]] = [node]
        while pending:
            for name, heir, spot in self._by_parent.get(id(pending.pop(0)), ()):
                if id(heir) not in seen:
                    seen.add(id(heir))
                    pending.append(heir)
                    yield name, heir, spot

    @cached_property
    def _by_parent(self) -> dict[int, list[_Part]]:
        """The schemas of ``components`` by the ``id`` of each part that is referred to in their ``allOf``."""
        found: dict[int, list[_Part]] = {}
        for file in self._files.by_path.values():
            for name, node in component_schemas(file).items():
                branches = node.get("allOf") if isinstance(node, dict) else None
                spot = Spot(file, ("components", "schemas", name))
                for raw in branches if isinstance(branches, list) else ():
                    with suppress(Fault):  # it is reported where the schema is read
                        parent, _ = self._files.follow(raw, spot)
                        found.setdefault(id(parent), []).append((name, node, spot))
        return found


def _name(raw: Any) -> str | None:
    """Return the name of the schema that a branch refers to: the last key of the reference, or else the file's name."""
    if not is_reference(raw) or not isinstance(raw["$ref"], str):
        return None
    file, _, pointer = raw["$ref"].partition("#")
    return steps(pointer)[-1] if pointer.startswith("/") else PurePath(file).stem or None


def _values(schema: Mapping[str, Any], name: str) -> list[str]:
    """Return the values that a schema allows for a property by ``const`` or ``enum``, in itself or in its ``allOf``.

    Parts with a discriminator do not count: there the values are those of all schemas.
    """
    for part in (schema, *schema.get("allOf", ())):
        found = part.get("properties", {}).get(name, {})
        allowed = [found["const"]] if "const" in found else found.get("enum", [])
        if allowed and "discriminator" not in part:
            return [value for value in allowed if isinstance(value, str)]
    return []
