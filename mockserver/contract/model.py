"""A contract once it is read: frozen values, with every reference resolved.

Schemas are described in `mockserver.contract.schema`. All mappings are in the order of the document. Small values are
named tuples, not dataclasses, because each dataclass costs every start of the program a millisecond.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from mockserver.contract.bundle import Bundle
from mockserver.contract.faults import Problem, Problems
from mockserver.contract.schema import NOTHING, Schema, schema_types
from mockserver.contract.security import Alternatives, KeyPlace, SecurityScheme
from mockserver.contract.servers import Server, base_paths
from mockserver.errors import ContractError

LOCATIONS = ("query", "header", "path", "cookie")
"""Where a parameter can be."""

JSON_MEDIA = re.compile(r"^application/(?:json|[\w.+-]+\+json)\b", re.IGNORECASE)
"""Media types that are JSON."""

_DEFAULT_STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}


class MediaType(NamedTuple):
    """One entry of a ``content``. ``schema`` is ``None`` where none is given.

    ``examples`` are values by name; a single ``example`` has the name ``example``. ``encoding`` is by property, for
    multipart and form bodies.
    """

    schema: Schema | None = None
    examples: Mapping[str, Any] = NOTHING
    encoding: Mapping[str, Encoding] = NOTHING


class Encoding(NamedTuple):
    """How one property of a multipart or form body is sent; ``None`` where the contract does not say."""

    content_type: str | None = None
    headers: Mapping[str, Header] = NOTHING
    style: str | None = None
    explode: bool | None = None
    allow_reserved: bool = False


class Header(NamedTuple):
    """A response header, or a header of a part of a multipart body; ``style`` is always ``simple``.

    ``schema`` is that of the ``content`` where the header has one, ``{}`` where it has neither.
    """

    schema: Schema = NOTHING
    required: bool = False
    deprecated: bool = False
    description: str = ""
    explode: bool = False
    content: Mapping[str, MediaType] = NOTHING
    examples: Mapping[str, Any] = NOTHING
    extensions: Mapping[str, Any] = NOTHING

    @property
    def style(self) -> str:
        """How a value is written: the one style that a header can have."""
        return "simple"


@dataclass(frozen=True)
class Parameter:
    """One parameter of an operation.

    ``schema`` is that of the first entry of ``content`` where the parameter has one, ``{}`` where it has neither.
    ``declared_style`` and ``declared_explode`` are ``None`` where the contract does not say: `style` and `explode`
    have the defaults of OpenAPI.
    """

    name: str
    location: str
    schema: Schema
    required: bool = False
    deprecated: bool = False
    description: str = ""
    extensions: Mapping[str, Any] = field(default_factory=dict)
    declared_style: str | None = None
    declared_explode: bool | None = None
    content: Mapping[str, MediaType] = field(default_factory=dict)
    examples: Mapping[str, Any] = field(default_factory=dict)
    allow_empty_value: bool = False
    allow_reserved: bool = False

    @property
    def style(self) -> str:
        """How arrays and objects are written; the default is that of the location."""
        return self.declared_style or _DEFAULT_STYLES[self.location]

    @property
    def explode(self) -> bool:
        """Whether the values of an array or object are written one by one; the default is that of the style."""
        return self.style == "form" if self.declared_explode is None else self.declared_explode

    @cached_property
    def types(self) -> frozenset[str]:
        """The JSON types that the schema allows, including ``null``; empty when it does not say."""
        return schema_types(self.schema)

    @cached_property
    def nullable(self) -> bool:
        """Whether null is allowed, which a query string can only write as an empty value."""
        return "null" in self.types


class RequestBody(NamedTuple):
    """The body that an operation takes, by media type (which may be a range such as ``image/*``)."""

    content: Mapping[str, MediaType] = NOTHING
    required: bool = False
    description: str = ""


class Link(NamedTuple):
    """What a response says about a next request.

    ``operation_id`` is the `Operation.id` of the operation that is meant, also where the document gives an
    ``operationRef`` into this contract; ``operation_ref`` is that reference as it is written. ``parameters`` are
    constants or runtime expressions (``$response.body#/id``) by name, or by location and name (``path.id``).
    ``request_body`` is one of these too, ``None`` where there is none.
    """

    operation_id: str | None = None
    operation_ref: str | None = None
    parameters: Mapping[str, Any] = NOTHING
    request_body: Any = None
    server: Server | None = None
    description: str = ""


@dataclass(frozen=True)
class Response:
    """One documented response. ``status`` is a code, a class of codes (``4XX``) or ``default``.

    ``content`` has all media types; `media_type`, `schema` and `examples` are those of the first one that is JSON.
    """

    status: str
    description: str = ""
    content: Mapping[str, MediaType] = field(default_factory=dict)
    headers: Mapping[str, Header] = field(default_factory=dict)
    links: Mapping[str, Link] = field(default_factory=dict)

    @cached_property
    def media_type(self) -> str | None:
        """The first media type that is JSON, or ``None``."""
        return next((name for name in self.content if JSON_MEDIA.match(name)), None)

    @cached_property
    def schema(self) -> Schema | None:
        """The schema of the JSON body, or ``None``."""
        return None if self.media_type is None else self.content[self.media_type].schema

    @property
    def examples(self) -> Mapping[str, Any]:
        """The examples of the JSON body, by name."""
        return {} if self.media_type is None else self.content[self.media_type].examples


def _fault(problem: str, *_: str) -> ContractError:
    return ContractError("contract", None, problem)


@dataclass(frozen=True)
class Operation:
    """One method of one path. ``id`` is its ``operationId``, or method and path where it has none.

    ``security`` are the alternatives: a request has to meet all schemes of one of them, each scheme's name with the
    scopes that it needs. No alternative means that nothing is demanded; an empty one, that nothing need be sent.
    ``servers`` are its own, else those of its path, else those of the contract. ``callbacks`` are the operations that
    are expected of a receiver: by the callback's name, then by the expression of its URL.

    ``extensions`` are its own ``x-`` keys; a caller's key may be in ``key_parameters``, which need not be among the
    ``parameters``; ``fault(problem, *keys)`` makes a `ContractError` that points at the operation, or at ``keys`` in
    it.

    In a callback, ``path`` is the expression of the URL; in a webhook, it is the webhook's name. In both, ``security``
    and ``servers`` are only those that the operation itself declares.
    """

    id: str
    method: str
    path: str
    parameters: tuple[Parameter, ...]
    responses: Mapping[str, Response]
    summary: str = ""
    extensions: Mapping[str, Any] = field(default_factory=dict)
    key_parameters: tuple[KeyPlace, ...] = ()
    fault: Callable[..., ContractError] = field(default=_fault, compare=False, repr=False)
    request_body: RequestBody | None = None
    security: Alternatives = ()
    servers: tuple[Server, ...] = ()
    callbacks: Mapping[str, Mapping[str, tuple[Operation, ...]]] = field(default_factory=dict)

    @cached_property
    def key_headers(self) -> tuple[str, ...]:
        """The headers that carry a caller's key."""
        return tuple(name for location, name in self.key_parameters if location == "header")

    @property
    def base_paths(self) -> tuple[str, ...]:
        """The path of each server, without trailing slash: ``/v1``, or ``""`` for a server without one."""
        return base_paths(self.servers)

    @cached_property
    def success_status(self) -> int:
        """The lowest documented status from 200 to 299, else 200."""
        return min((int(s) for s in self.responses if re.fullmatch(r"2[0-9][0-9]", s)), default=200)

    def parameter(self, name: str, location: str = "query") -> Parameter | None:
        """Return the parameter with that name, or ``None``; with the query go the properties of a search's body."""
        places = ("query", "body") if location == "query" else (location,)
        return next((p for p in self.parameters if p.name == name and p.location in places), None)

    def response(self, status: int) -> Response | None:
        """Return the response for a status: that of the code, of its class (``4XX``), ``default``, or ``None``."""
        wildcard = f"{str(status)[0]}XX"
        return next((self.responses[k] for k in (str(status), wildcard, "default") if k in self.responses), None)

    def json_body(self, status: int) -> tuple[Schema, str] | None:
        """Return schema and media type of the JSON body for a status, or ``None`` where none has a schema."""
        response = self.response(status)
        if response is None or response.schema is None or response.media_type is None:
            return None
        return response.schema, response.media_type


@dataclass(frozen=True)
class Contract:
    """One contract: its operations, its source, and a digest of all files that it was read from.

    ``files`` are those that were read, and those that are referred to but cannot be read; ``bundle`` makes one
    document of them. ``webhooks`` are the operations that are expected of a receiver, by the webhook's name.
    ``faults`` are listed by `problems`.
    """

    source: str
    title: str
    version: str
    operations: tuple[Operation, ...]
    digest: str
    document: Mapping[str, Any] = field(repr=False, compare=False, default_factory=dict)
    files: tuple[Path, ...] = ()
    bundle: Bundle | None = field(repr=False, compare=False, default=None)
    servers: tuple[Server, ...] = ()
    security_schemes: Mapping[str, SecurityScheme] = field(default_factory=dict)
    webhooks: Mapping[str, tuple[Operation, ...]] = field(default_factory=dict)
    faults: Problems = field(repr=False, compare=False, default_factory=Problems)

    def operation(self, operation_id: str) -> Operation | None:
        """Return the operation with that id, or ``None``."""
        return next((o for o in self.operations if o.id == operation_id), None)

    @property
    def base_paths(self) -> tuple[str, ...]:
        """The path of each server, without trailing slash: ``/v1``, or ``""`` for a server without one."""
        return base_paths(self.servers)

    @cached_property
    def key_parameters(self) -> tuple[KeyPlace, ...]:
        """Where a caller's key may be in any operation."""
        return tuple(dict.fromkeys(place for operation in self.operations for place in operation.key_parameters))

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the contract and was left out; found at the first access, as it parses files again."""
        return self.faults.listed()
