"""What reading any part of a contract needs: its files, its schemas, and a way to report faults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from mockserver.contract.dialect import Schemas
from mockserver.contract.faults import Fault, Problems, Spot
from mockserver.contract.references import Files

Part = tuple[Mapping[str, Any], Spot]
"""A mapping in a document, and where it is."""


class Context:
    """The files, schemas and problems of one contract.

    A fault is collected, and the faulty part is left out: readers then return ``None`` or the default. Where reading is
    strict, a reference that leads to nothing is raised, because nobody can know what the part was meant to be.
    """

    def __init__(self, files: Files, schemas: Schemas, problems: Problems, *, is_strict: bool) -> None:
        self.files = files
        self.schemas = schemas
        self.problems = problems
        self.is_strict = is_strict

    @cached_property
    def lenient(self) -> Context:
        """The same context, not strict."""
        return Context(self.files, self.schemas, self.problems, is_strict=False)

    def report(self, fault: Fault) -> None:
        """Collect a fault."""
        self.problems.add(fault)

    def lost(self, fault: Fault) -> None:
        """Collect the fault of a reference that leads to nothing, or raise it where reading is strict."""
        if self.is_strict:
            raise fault
        self.problems.add(fault)

    def schema(self, node: Any, spot: Spot) -> dict[str, Any]:
        """Return the schema at a place, which is filled when the whole contract is read."""
        return self.schemas.read(node, spot)

    def part(self, node: Any, spot: Spot, name: str) -> Part | None:
        """Return the mapping that a node is or refers to; ``name`` is its name in messages."""
        try:
            found, place = self.files.follow(node, spot)
        except Fault as fault:
            self.lost(fault)
            return None
        if isinstance(found, dict):
            return found, place
        self.report(place.fault(f"{name} must be a mapping"))
        return None

    def parts(self, holder: Mapping[str, Any], key: str, spot: Spot) -> Iterator[tuple[str, Mapping[str, Any], Spot]]:
        """Yield the mappings below a key, each with its name."""
        for name, node in self.mapping(holder, key, spot).items():
            part = self.part(node, spot.at(key, name), f"'{name}'")
            if part is not None:
                yield name, *part

    def mapping(self, holder: Mapping[str, Any], key: str, spot: Spot) -> Mapping[str, Any]:
        """Return the mapping at a key, empty where there is none."""
        value = holder.get(key)
        if value is None:
            return {}
        if isinstance(value, dict):
            return value
        self.report(spot.fault(f"'{key}' must be a mapping", key))
        return {}

    def flag(self, holder: Mapping[str, Any], key: str, spot: Spot) -> bool:
        """Return the boolean at a key, false where there is none."""
        return self.optional_flag(holder, key, spot) or False

    def optional_flag(self, holder: Mapping[str, Any], key: str, spot: Spot) -> bool | None:
        """Return the boolean at a key, or ``None``."""
        value = holder.get(key)
        if value is None or isinstance(value, bool):
            return value
        self.report(spot.fault(f"'{key}' must be true or false", key))
        return {"true": True, "yes": True, "false": False, "no": False}.get(str(value).lower())

    def text(self, holder: Mapping[str, Any], key: str, spot: Spot) -> str | None:
        """Return the string at a key, or ``None``."""
        value = holder.get(key)
        if value is None or isinstance(value, str):
            return value
        self.report(spot.fault(f"'{key}' must be a string", key))
        return None


def extensions(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return the ``x-`` keys of a part."""
    return {k: v for k, v in raw.items() if k.startswith("x-")}


def description(raw: Mapping[str, Any]) -> str:
    """Return the description of a part, empty where it has none."""
    return str(raw.get("description", ""))
