"""Reads the ``x-list-semantics`` block of an operation, checked against its JSON Schema and against the contract."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from mockserver.contract import Operation, Parameter, Schema, non_null
from mockserver.errors import ContractError, unknown
from mockserver.semantics.model import FieldPath, Invariants, Promise, Refresh

BLOCK = "x-list-semantics"
_PROPERTY = "property of the item"
_PARAMETER = "query parameter"


def block_schema() -> dict[str, Any]:
    """Return the JSON Schema of an ``x-list-semantics`` block, as shipped with the package."""
    text = (Path(__file__).with_name("x-list-semantics.schema.json")).read_text(encoding="utf-8")
    result: dict[str, Any] = json.loads(text)
    return result


class DeclaredSemantics:
    """What an operation declares about itself. Each method raises `ContractError`, with the line, for a fault in it.

    ``present`` says whether the operation has a block, ``keys`` are the block's own keys and values.
    """

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        self.present = BLOCK in operation.extensions
        self.keys: dict[str, Any] = operation.extensions.get(BLOCK, {})
        if self.present:
            self._validate()

    def fault(self, problem: str, *keys: str) -> ContractError:
        """Return the error that says what is wrong at these keys of the block."""
        return self.operation.fault(f"{'.'.join((BLOCK, *keys))}: {problem}", BLOCK, *keys)

    def parameter(self, role: str, query: Mapping[str, Parameter]) -> str | None:
        """Return the query parameter that is declared for a role, or ``None``."""
        if role not in self.keys:
            return None
        self._require(self.keys[role], query, _PARAMETER, role)
        return str(self.keys[role])

    def field(self, role: str, fields: Iterable[FieldPath], what: str = "field of the 200 answer") -> FieldPath | None:
        """Return the path that is declared for a role, out of the paths in ``fields``, or ``None``."""
        key = "total_at" if role == "total" else role
        if key not in self.keys:
            return None
        paths = {".".join(path): path for path in fields}
        self._require(self.keys[key], paths, what, key)
        return paths[self.keys[key]]

    def identity(self, properties: Mapping[str, Schema]) -> str:
        """Return the property that is declared as the identity. Call it only if one is."""
        self._require(self.keys["identity"], properties, _PROPERTY, "identity")
        return str(self.keys["identity"])

    def filters(self, query: Mapping[str, Parameter], properties: Mapping[str, Schema]) -> dict[str, str]:
        """Return the declared filters, query parameter to property. Call it only if there are any."""
        for name, target in self.keys["filters"].items():
            self._require(name, query, _PARAMETER, "filters", name)
            self._require(target, properties, _PROPERTY, "filters", name)
        return dict(self.keys["filters"])

    def refresh(
        self, query: Mapping[str, Parameter], filters: Mapping[str, str], properties: Mapping[str, Schema]
    ) -> Refresh:
        """Return the declared refresh. Call it only if there is one."""
        declared = self.keys["refresh"]
        self._require(declared["parameter"], query, _PARAMETER, "refresh", "parameter")
        if "boolean" not in query[declared["parameter"]].types:
            raise self.fault(f"'{declared['parameter']}' is not boolean", "refresh", "parameter")
        if "scope" in declared:
            self._require(declared["scope"], filters, "filter", "refresh", "scope")
        moves = tuple(declared.get("moves", ()))
        for index, name in enumerate(moves):
            self._require(name, properties, _PROPERTY, "refresh", "moves", str(index))
            if non_null(properties[name]).get("format") != "date-time":
                raise self.fault(f"'{name}' is not a date-time", "refresh", "moves", str(index))
        settles = declared.get("settles")
        for side, name in (settles or {}).items():
            self._require(name, properties, _PROPERTY, "refresh", "settles", side)
        pair = None if settles is None else (settles["from"], settles["into"])
        return Refresh(declared["parameter"], declared.get("scope"), moves, pair)

    def invariants(self, properties: Mapping[str, Schema]) -> Invariants:
        """Return what is declared to be true of every record."""
        declared = self.keys.get("invariants", {})
        for name, *keys in _names_of(declared):
            self._require(name, properties, _PROPERTY, "invariants", *keys)
        return Invariants(
            decimals=tuple(declared.get("decimals", ())),
            sums={name: tuple(parts) for name, parts in declared.get("sums", {}).items()},
            constant={name: tuple(others) for name, others in declared.get("constant", {}).items()},
        )

    def promises(self, found: Mapping[str, Any]) -> dict[str, Promise]:
        """Return what the answers are declared to say, and when; ``found`` is what plays each role."""
        declared: dict[str, Promise] = self.keys.get("promises", {})
        for name in declared:
            if name not in found and f"{name}_echo" not in found:
                raise self.fault(f"no field of the 200 answer is known to say '{name}'", "promises", name)
        return dict(declared)

    def _require(self, name: str, known: Mapping[str, Any], what: str, *keys: str) -> None:
        if name not in known:
            raise self.fault(unknown(what, name, filter(None, known)), *keys)

    def _validate(self) -> None:
        import jsonschema_rs  # imported here, so that contracts without a block start faster

        schema = block_schema()
        error = next(iter(jsonschema_rs.validator_for(schema).iter_errors(self.keys)), None)
        if error is None:
            return
        keys = [str(key) for key in error.instance_path]
        if error.kind.name != "additionalProperties":
            raise self.fault(error.message, *keys)
        for key in keys:
            schema = schema["properties"][key]
        name = error.kind.as_dict()["unexpected"][0]
        raise self.fault(unknown("key", name, schema["properties"]), *keys, name)


def _names_of(invariants: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """Yield each property that the invariants name, with the keys at which they name it."""
    for index, name in enumerate(invariants.get("decimals", ())):
        yield name, "decimals", str(index)
    for key in ("sums", "constant"):
        for name, others in invariants.get(key, {}).items():
            yield name, key, name
            for index, other in enumerate(others):
                yield other, key, name, str(index)
