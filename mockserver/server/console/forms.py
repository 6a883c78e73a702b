"""The explorer's form: a field for each parameter of an operation, with what it may hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockserver.contract import Operation, Parameter, Schema, non_null
from mockserver.mock.messages import Pair
from mockserver.mock.request.api_keys import key_headers
from mockserver.semantics import ListSemantics
from mockserver.server.console.samples import Choice
from mockserver.world.identities import spelled

NOT_SENT = ("accept", "content-type", "authorization")
"""Header parameters that OpenAPI says to ignore."""


@dataclass(frozen=True)
class Field:
    """One input: ``name`` is ``location.parameter``; with ``pick`` only ``choices`` can be chosen, else anything.

    ``group`` is ``filters``, ``page``, ``place`` or ``more``; of a ``many`` each line is a value.
    """

    name: str
    label: str
    group: str
    value: str = ""
    about: str = ""
    hint: str = ""
    choices: Sequence[Choice] = ()
    pick: bool = False
    many: bool = False
    number: bool = False
    required: bool = False
    deprecated: bool = False


def fields(
    semantics: ListSemantics, said: Iterable[Pair], offered: Mapping[str, Sequence[Choice]], *, placed: bool
) -> list[Field]:
    """The fields of a list's form, holding what was ``said``; ``offered`` are values to pick from, by filter.

    Unless ``placed``, the place of the page is left open: it came with a link, and another request starts anew.
    """
    values: dict[str, list[str]] = {}
    for name, value in said:
        values.setdefault(name, []).append(value)
    operation = semantics.operation
    secret = {name.lower() for name in (*key_headers(operation), *NOT_SENT)}
    found = []
    for parameter in operation.parameters:
        if parameter.location == "header" and parameter.name.lower() in secret:
            continue
        group = _group(semantics, parameter)
        held = values.get(f"{parameter.location}.{parameter.name}", []) if placed or group != "place" else []
        given = offered.get(parameter.name, ()) if group == "filters" else ()
        found.append(_field(parameter, group, held, given))
    if operation.parameter("Prefer", "header") is None:
        found.append(_prefer(operation, values.get("header.Prefer", [])))
    size = f"query.{semantics.limit}"
    return sorted(found, key=lambda field: (field.deprecated, not field.required, field.name != size))


def _group(semantics: ListSemantics, parameter: Parameter) -> str:
    name = parameter.name
    if parameter.location == "query" and name in semantics.filters:
        return "filters"
    if parameter.location == "path" or (parameter.location == "query" and name == semantics.limit):
        return "page"
    if parameter.location == "query" and name in (*semantics.cursors, semantics.offset, semantics.page):
        return "place"
    if semantics.refresh is not None and name == semantics.refresh.parameter:
        return "page"
    return "more"


def _field(parameter: Parameter, group: str, held: Sequence[str], given: Sequence[Choice]) -> Field:
    schema = non_null(parameter.schema)
    items = non_null(schema.get("items", {})) if "array" in parameter.types else schema
    few = _few(items)
    return Field(
        f"{parameter.location}.{parameter.name}",
        parameter.name,
        group,
        "\n".join(held),
        parameter.description,
        _hint(parameter.schema, items),
        [Choice(value) for value in few] or given,
        # What is not one of the few can still be sent, to see the refusal: by any other client.
        pick=bool(few) and "array" not in parameter.types and set(held) <= set(few),
        many="array" in parameter.types,
        number=bool({"integer", "number"} & set(_types(items))),
        required=parameter.required or parameter.location == "path",
        deprecated=parameter.deprecated,
    )


def _few(schema: Schema) -> list[str]:
    """The values that a schema enumerates."""
    if "boolean" in _types(schema):
        return ["true", "false"]
    values = schema.get("enum", [schema["const"]] if "const" in schema else [])
    return [spelled(value) for value in values if value is not None]


def _types(schema: Schema) -> list[Any]:
    declared = schema.get("type", [])
    return declared if isinstance(declared, list) else [declared]


def _hint(schema: Schema, inner: Schema) -> str:
    """What an input that was left open means, and the bounds of a number."""
    default = schema.get("default", inner.get("default"))
    low, high = inner.get("minimum"), inner.get("maximum")
    bounds = f"{low} to {high}" if None not in (low, high) and _short(high) else "" if low is None else f"from {low}"
    return ", ".join(filter(None, ["" if default is None else f"default {spelled(default)}", bounds]))


def _short(number: Any) -> bool:
    return len(str(number)) <= 9


def _prefer(operation: Operation, held: Sequence[str]) -> Field:
    """The header by which a client asks for a certain answer (RFC 7240)."""
    codes = [Choice(f"code={status}") for status in operation.responses if status.isdigit()]
    names = {name: None for response in operation.responses.values() for name in response.examples}
    examples = [Choice(f"example={name}") for name in names]
    about = "The answer that this client would like: a status, an example of the contract, a delay."
    others = [Choice("dynamic=true"), Choice("wait=2")]
    return Field("header.Prefer", "Prefer", "more", "\n".join(held), about, "", [*codes, *examples, *others])
