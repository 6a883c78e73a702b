"""What a contract is once it is read: frozen values, in the 3.1 dialect, with every reference resolved."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mockserver.errors import ContractError

if TYPE_CHECKING:
    from mockserver.contract.bundle import Bundle

Schema = Mapping[str, Any]
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
LOCATIONS = ("query", "header", "path", "cookie")
JSON_MEDIA = re.compile(r"^application/(?:json|[\w.+-]+\+json)\b", re.IGNORECASE)
"""Media types that are JSON."""

KEY_NAME = re.compile(r"api[-_]?key|access[-_]?token", re.IGNORECASE)
"""What stands in a query or in a cookie under such a name is taken for a caller's key, whatever the contract says."""

Place = tuple[str, str]
"""Where a value stands: a parameter's location, and its name."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of an operation. ``schema`` is resolved and in the 3.1 dialect."""

    name: str
    location: str
    schema: Schema
    required: bool = False
    deprecated: bool = False
    description: str = ""
    extensions: Mapping[str, Any] = field(default_factory=dict)

    @property
    def types(self) -> frozenset[str]:
        """The JSON types that the schema allows, ``null`` among them; empty when it does not say."""
        return schema_types(self.schema)

    @property
    def nullable(self) -> bool:
        """Whether null, which a query string can only spell as an empty value, is allowed."""
        return "null" in self.types


@dataclass(frozen=True)
class Response:
    """One documented answer. ``schema`` is ``None`` where no JSON body is documented."""

    status: str
    description: str = ""
    media_type: str | None = None
    schema: Schema | None = None
    examples: Mapping[str, Any] = field(default_factory=dict)
    links: Mapping[str, Any] = field(default_factory=dict)


def _fault(problem: str, *_: str) -> ContractError:
    return ContractError("contract", None, problem)


@dataclass(frozen=True)
class Operation:
    """One method of one path. ``id`` is its ``operationId``, or method and path where it has none.

    ``extensions`` are its own ``x-`` keys; a caller's key may stand in ``key_parameters``, which need not be among the
    ``parameters``; ``fault(problem, *keys)`` makes a `ContractError` that points at the operation, or at these keys in
    it.
    """

    id: str
    method: str
    path: str
    parameters: tuple[Parameter, ...]
    responses: Mapping[str, Response]
    summary: str = ""
    extensions: Mapping[str, Any] = field(default_factory=dict)
    key_parameters: tuple[Place, ...] = ()
    fault: Callable[..., ContractError] = field(default=_fault, compare=False, repr=False)

    @property
    def key_headers(self) -> tuple[str, ...]:
        """The headers that carry a caller's key."""
        return tuple(name for location, name in self.key_parameters if location == "header")

    def parameter(self, name: str, location: str = "query") -> Parameter | None:
        """The parameter of that name, or ``None``."""
        return next((p for p in self.parameters if p.name == name and p.location == location), None)

    def response(self, status: int) -> Response | None:
        """What is documented for a status: the code itself, its class (``4XX``), then ``default``; or ``None``."""
        wildcard = f"{str(status)[0]}XX"
        return next((self.responses[k] for k in (str(status), wildcard, "default") if k in self.responses), None)


@dataclass(frozen=True)
class Contract:
    """A whole document: where it came from, its operations, and a digest of every byte that it was read from.

    ``files`` are those that it was read from, and those that it names in vain; ``bundle`` makes one document of them.
    """

    source: str
    title: str
    version: str
    operations: tuple[Operation, ...]
    digest: str
    document: Mapping[str, Any] = field(repr=False, compare=False, default_factory=dict)
    files: tuple[Path, ...] = ()
    bundle: Bundle | None = field(repr=False, compare=False, default=None)

    def operation(self, operation_id: str) -> Operation | None:
        """The operation with that ``operationId``, or ``None``."""
        return next((o for o in self.operations if o.id == operation_id), None)

    @cached_property
    def key_parameters(self) -> tuple[Place, ...]:
        """Where a caller's key may stand in any operation."""
        return tuple(dict.fromkeys(place for operation in self.operations for place in operation.key_parameters))


def schema_types(schema: Schema) -> frozenset[str]:
    """The JSON types that a resolved schema allows at its top: declared, or those of its values or branches."""
    declared = schema.get("type")
    if declared is not None:
        return frozenset([declared] if isinstance(declared, str) else declared)
    if "const" in schema or "enum" in schema:
        return frozenset(map(_type_of, [schema["const"]] if "const" in schema else schema["enum"]))
    found: set[str] = set()
    for key in ("anyOf", "oneOf", "allOf"):
        for branch in schema.get(key, ()):
            found |= schema_types(branch)
    return frozenset(found)


_TYPES = ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"), (list, "array"), (dict, "object"))


def _type_of(value: Any) -> str:
    return next((name for kind, name in _TYPES if isinstance(value, kind)), "null")


def non_null(schema: Schema) -> Schema:
    """The schema without its null branch: ``anyOf: [X, {type: null}]`` and ``type: [x, null]`` become X.

    So does ``allOf: [X]``, the way of OpenAPI 3.0 to say something beside a ``$ref``, where nothing contradicts X.
    """
    for key in ("anyOf", "oneOf", "allOf"):
        branches = [b for b in schema.get(key, ()) if schema_types(b) != {"null"}]
        rest = {k: v for k, v in schema.items() if k != key}
        if len(branches) == 1 and (key != "allOf" or not rest.keys() & branches[0].keys() - _SAID):
            return {**non_null(branches[0]), **rest}
    declared = schema.get("type")
    if isinstance(declared, list):
        kept = [t for t in declared if t != "null"]
        return {**schema, "type": kept[0] if len(kept) == 1 else kept}
    return schema


_SAID = {"title", "description", "default", "deprecated", "example", "examples"}
"""Keywords that say something about a value without narrowing it down."""
