"""The ``x-list-semantics`` block of an operation, checked against its JSON Schema and against the contract."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from mockserver.contract import Operation, Parameter, Schema, non_null
from mockserver.errors import ContractError
from mockserver.semantics.model import Invariants, Path_, Refresh

BLOCK = "x-list-semantics"
_PROPERTY = "property of the item"


def block_schema() -> dict[str, Any]:
    """The JSON Schema of an ``x-list-semantics`` block, as shipped with the package."""
    text = (Path(__file__).with_name("x-list-semantics.schema.json")).read_text(encoding="utf-8")
    result: dict[str, Any] = json.loads(text)
    return result


class Block:
    """What an operation declares about itself; each method raises `ContractError`, with the line, for a fault in it."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        self.there = BLOCK in operation.extensions
        self.rows: dict[str, Any] = operation.extensions.get(BLOCK, {})
        if self.there:
            self._check()

    def fault(self, problem: str, *keys: str) -> ContractError:
        """What is wrong at these keys of the block."""
        return self.operation.fault(f"{'.'.join((BLOCK, *keys))}: {problem}", BLOCK, *keys)

    def parameter(self, role: str, query: Mapping[str, Parameter]) -> str | None:
        """The query parameter that it names for a role."""
        if role not in self.rows:
            return None
        self._require(self.rows[role], query, "query parameter", role)
        return str(self.rows[role])

    def field(self, role: str, fields: Iterable[Path_], what: str = "field of the 200 answer") -> Path_ | None:
        """The path in the 200 answer that it names for a role, out of the paths that there are."""
        key = "total_at" if role == "total" else role
        if key not in self.rows:
            return None
        paths = {".".join(path): path for path in fields}
        self._require(self.rows[key], paths, what, key)
        return paths[self.rows[key]]

    def identity(self, properties: Mapping[str, Schema]) -> str:
        """The property that it names as identity; it must name one."""
        self._require(self.rows["identity"], properties, _PROPERTY, "identity")
        return str(self.rows["identity"])

    def filters(self, query: Mapping[str, Parameter], properties: Mapping[str, Schema]) -> dict[str, str]:
        """Query parameter to property, as it says; it must say so."""
        for name, target in self.rows["filters"].items():
            self._require(name, query, "query parameter", "filters", name)
            self._require(target, properties, _PROPERTY, "filters", name)
        return dict(self.rows["filters"])

    def refresh(
        self, query: Mapping[str, Parameter], filters: Mapping[str, str], properties: Mapping[str, Schema]
    ) -> Refresh:
        """The refresh that it declares; it must declare one."""
        rows = self.rows["refresh"]
        self._require(rows["parameter"], query, "query parameter", "refresh", "parameter")
        if "boolean" not in query[rows["parameter"]].types:
            raise self.fault(f"'{rows['parameter']}' is not boolean", "refresh", "parameter")
        if "scope" in rows:
            self._require(rows["scope"], filters, "filter", "refresh", "scope")
        moves = tuple(rows.get("moves", ()))
        for index, name in enumerate(moves):
            self._require(name, properties, _PROPERTY, "refresh", "moves", str(index))
            if non_null(properties[name]).get("format") != "date-time":
                raise self.fault(f"'{name}' is no date-time", "refresh", "moves", str(index))
        settles = rows.get("settles")
        for side, name in (settles or {}).items():
            self._require(name, properties, _PROPERTY, "refresh", "settles", side)
        pair = None if settles is None else (settles["from"], settles["into"])
        return Refresh(rows["parameter"], rows.get("scope"), moves, pair)

    def invariants(self, properties: Mapping[str, Schema]) -> Invariants:
        """What it says of every record; nothing where it does not."""
        rows = self.rows.get("invariants", {})
        for name, *keys in _names_of(rows):
            self._require(name, properties, _PROPERTY, "invariants", *keys)
        sums, constant = ({n: tuple(v) for n, v in rows.get(key, {}).items()} for key in ("sums", "constant"))
        return Invariants(tuple(rows.get("decimals", ())), sums, constant)

    def _require(self, name: str, known: Mapping[str, Any], what: str, *keys: str) -> None:
        if name not in known:
            near = _nearest(name, known) or f"; there are: {', '.join(filter(None, known)) or 'none'}"
            raise self.fault(f"there is no {what} '{name}'{near}", *keys)

    def _check(self) -> None:
        import jsonschema_rs  # only contracts with a block of ours pay for it

        schema = block_schema()
        error = next(iter(jsonschema_rs.validator_for(schema).iter_errors(self.rows)), None)
        if error is None:
            return
        keys = [str(k) for k in error.instance_path]
        if error.kind.name != "additionalProperties":
            raise self.fault(error.message, *keys)
        for key in keys:
            schema = schema["properties"][key]
        unknown = error.kind.as_dict()["unexpected"][0]
        known = schema["properties"]
        near = _nearest(unknown, known) or f"; there are: {', '.join(known)}"
        raise self.fault(f"there is no such key{near}", *keys, unknown)


def _nearest(name: str, known: Mapping[str, Any]) -> str:
    near = get_close_matches(name, list(known), 1)
    return f"; did you mean '{near[0]}'?" if near else ""


def _names_of(invariants: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """Each property that invariants name, and the keys at which they do."""
    for index, name in enumerate(invariants.get("decimals", ())):
        yield name, "decimals", str(index)
    for key in ("sums", "constant"):
        for name, others in invariants.get(key, {}).items():
            yield name, key, name
            yield from ((other, key, name, str(index)) for index, other in enumerate(others))
