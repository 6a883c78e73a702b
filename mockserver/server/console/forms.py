"""The explorer's form: a field for each parameter of an operation, with the values that it offers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockserver.contract import Operation, Parameter, Schema, non_null
from mockserver.mock.messages import Pair
from mockserver.mock.request.api_keys import key_headers
from mockserver.mock.request.validation import NOT_PARAMETERS
from mockserver.semantics import ListSemantics
from mockserver.server.console.samples import Choice
from mockserver.world.identities import spelled

LONGEST_BOUND = 9
"""The most characters of a bound that a hint shows."""


@dataclass(frozen=True)
class Field:
    """One input of the form.

    ``name`` is ``location.parameter``; ``group`` is ``filters``, ``page``, ``position`` or ``more``. With ``pick`` only
    ``choices`` can be selected, otherwise any text can be typed. With ``many`` each line of ``value`` is a value.
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
    semantics: ListSemantics, given: Iterable[Pair], offered: Mapping[str, Sequence[Choice]], *, keep_position: bool
) -> list[Field]:
    """Return the fields of a list's form with the ``given`` values; ``offered`` are choices by filter.

    Unless ``keep_position``, the fields of the position are empty: the position was that of a link, and the next
    request is to start at the first page.
    """
    values: dict[str, list[str]] = {}
    for name, value in given:
        values.setdefault(name, []).append(value)
    operation = semantics.operation
    hidden = {name.lower() for name in (*key_headers(operation), *NOT_PARAMETERS)}
    found = []
    for parameter in operation.parameters:
        if parameter.location == "header" and parameter.name.lower() in hidden:
            continue
        group = _group(semantics, parameter)
        kept = keep_position or group != "position"
        own = values.get(f"{parameter.location}.{parameter.name}", []) if kept else []
        found.append(_field(parameter, group, own, offered.get(parameter.name, ()) if group == "filters" else ()))
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
        return "position"
    if semantics.refresh is not None and name == semantics.refresh.parameter:
        return "page"
    return "more"


def _field(parameter: Parameter, group: str, values: Sequence[str], offered: Sequence[Choice]) -> Field:
    schema = non_null(parameter.schema)
    many = "array" in parameter.types
    items = non_null(schema.get("items", {})) if many else schema
    allowed = _allowed(items)
    return Field(
        f"{parameter.location}.{parameter.name}",
        parameter.name,
        group,
        "\n".join(values),
        parameter.description,
        _hint(parameter.schema, items),
        [Choice(value) for value in allowed] or offered,
        # An invalid value in the URL is kept in a text field, so that the refusal of it can be seen.
        pick=bool(allowed) and not many and set(values) <= set(allowed),
        many=many,
        number=bool({"integer", "number"} & set(_types(items))),
        required=parameter.required or parameter.location == "path",
        deprecated=parameter.deprecated,
    )


def _allowed(schema: Schema) -> list[str]:
    """Return the values that a schema enumerates, as a query spells them."""
    if "boolean" in _types(schema):
        return ["true", "false"]
    values = schema.get("enum", [schema["const"]] if "const" in schema else [])
    return [spelled(value) for value in values if value is not None]


def _types(schema: Schema) -> list[Any]:
    declared = schema.get("type", [])
    return declared if isinstance(declared, list) else [declared]


def _hint(schema: Schema, inner: Schema) -> str:
    """Return the default of a parameter, and the bounds of a number."""
    parts = []
    default = schema.get("default", inner.get("default"))
    if default is not None:
        parts.append(f"default {spelled(default)}")
    low, high = inner.get("minimum"), inner.get("maximum")
    if low is not None:
        has_short_high = high is not None and len(str(high)) <= LONGEST_BOUND
        parts.append(f"{low} to {high}" if has_short_high else f"from {low}")
    return ", ".join(parts)


def _prefer(operation: Operation, values: Sequence[str]) -> Field:
    """Return the field of the header by which a client asks for a certain answer (RFC 7240)."""
    codes = [Choice(f"code={status}") for status in operation.responses if status.isdigit()]
    names = {name: None for response in operation.responses.values() for name in response.examples}
    examples = [Choice(f"example={name}") for name in names]
    about = "The answer that this client prefers: a status, an example of the contract, a delay."
    others = [Choice("dynamic=true"), Choice("wait=2")]
    return Field("header.Prefer", "Prefer", "more", "\n".join(values), about, "", [*codes, *examples, *others])
