"""Finds values for what an operation cannot be asked without: path parameters, required parameters, bodies.

They come from what the caller gave, else from the contract (examples, defaults, enums), else from a parent's list.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mockserver.contract import JSON_MEDIA, Operation, Parameter, Schema, non_null
from mockserver.errors import JudgeError, listed
from mockserver.judge.inputs import asks_for_total
from mockserver.judge.schemathesis.target import Inputs
from mockserver.semantics import ListSemantics


class MissingValueError(JudgeError):
    """There is no value for something that an operation cannot be asked without."""


def inputs_for(
    operation: Operation,
    given: Mapping[str, str],
    semantics: ListSemantics | None = None,
    declared: frozenset[str] = frozenset(),
) -> Inputs:
    """Return what an operation is asked with. ``declared`` are names that any operation of the contract declares.

    Raises `MissingValueError` that says which parameter is missing, and how to give it.
    """
    values: dict[str, dict[str, str]] = {"path": {}, "query": {}, "header": {}, "cookie": {}}
    missing = missing_parameters(operation, given, semantics)
    if missing:
        raise MissingValueError(_complaint(operation, missing))
    keys = set(operation.key_parameters)
    for parameter in operation.parameters:
        found = _value(parameter, given, semantics)
        is_key = (parameter.location, parameter.name) in keys and parameter.name not in given
        if found is not None and not is_key:
            values[parameter.location][parameter.name] = found
    body = _body(operation, given)
    values["query"] |= dict(undeclared(operation, given, declared))
    return Inputs(values["path"], tuple(values["query"].items()), values["header"], values["cookie"], body)


def _complaint(operation: Operation, missing: Sequence[Parameter]) -> str:
    names = listed(f"{p.name} ({p.location})" for p in missing)
    options = " ".join(f"--param {p.name}=VALUE" for p in missing)
    them = "it" if len(missing) == 1 else "them"
    return (
        f"{operation.method} {operation.path}: no value for the required parameter {names}: the contract has no "
        f"example, default or enum for {them}, and no list of parents shows one; give {options}"
    )


def missing_parameters(
    operation: Operation, given: Mapping[str, str], semantics: ListSemantics | None = None
) -> list[Parameter]:
    """Return the required parameters for which there is no value, those of the path first, in its order."""
    keys = set(operation.key_parameters)
    found = [
        parameter
        for parameter in operation.parameters
        if (parameter.required or parameter.location == "path")
        and (parameter.location, parameter.name) not in keys
        and not _is_of_the_walk(parameter, semantics)
        and _value(parameter, given, semantics) is None
    ]
    return sorted(found, key=lambda p: operation.path.find("{" + p.name + "}") % 2**16)


def _value(parameter: Parameter, given: Mapping[str, str], semantics: ListSemantics | None) -> str | None:
    """Return the value of one parameter as it is sent; ``None`` if it is not needed, or not known."""
    if parameter.name in given:
        return given[parameter.name]
    if not (parameter.required or parameter.location == "path"):
        return asks_for_total(parameter) if semantics is not None and parameter.location == "query" else None
    if _is_of_the_walk(parameter, semantics):
        return _first_position(parameter, semantics)
    documented = next((text for text in map(_text, _documented(parameter)) if text is not None), None)
    if documented is None and semantics is not None and parameter.name == semantics.limit:
        return str(semantics.default_limit)
    return documented


def _is_of_the_walk(parameter: Parameter, semantics: ListSemantics | None) -> bool:
    """Return whether the walk itself gives a value to a parameter: a position."""
    if semantics is None or parameter.location != "query":
        return False
    return parameter.name in (*semantics.cursors, semantics.offset, semantics.page)


def _first_position(parameter: Parameter, semantics: ListSemantics | None) -> str | None:
    """Return where a list begins, for a position that is required in every request; ``None`` for a cursor."""
    if semantics is not None and parameter.name == semantics.page:
        return str(semantics.first_page)
    if semantics is not None and parameter.name == semantics.offset:
        return str(semantics.first_offset)
    return None


def _documented(parameter: Parameter) -> Iterator[Any]:
    """Yield the values that the contract itself has for a parameter, the most telling first."""
    yield from parameter.examples.values()
    yield from _values_of(parameter.schema)


def _values_of(schema: Schema) -> Iterator[Any]:
    plain = non_null(schema)
    for source in (schema, plain):
        if "example" in source:
            yield source["example"]
        yield from source.get("examples") or ()
        for key in ("default", "const"):
            if source.get(key) is not None:
                yield source[key]
        yield from source.get("enum") or ()
    if plain.get("type") == "boolean":
        yield False


def _text(value: Any) -> str | None:
    """Return a value as it is sent; lists as ``a,b``; ``None`` for what has no such form."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    if isinstance(value, list) and value and all(isinstance(v, str | int | float) for v in value):
        return ",".join(str(v) for v in value)
    return None


def undeclared(operation: Operation, given: Mapping[str, str], declared: frozenset[str]) -> list[tuple[str, str]]:
    """Return the given values that go into the query of every request: no operation declares their names."""
    own = {p.name for p in operation.parameters} | set((body_schema(operation) or {}).get("properties") or ())
    return [(name, value) for name, value in given.items() if name not in own | declared]


# Bodies ---------------------------------------------------------------------------------------------------------------


def _body(operation: Operation, given: Mapping[str, str]) -> Mapping[str, Any] | None:
    """Return the JSON object that a search is asked with; ``None`` for an operation without such a body."""
    schema = body_schema(operation)
    if schema is None or operation.method in ("GET", "HEAD"):
        return None
    media = next(media for name, media in _json_bodies(operation))
    example = next((v for v in media.examples.values() if isinstance(v, dict)), None)
    documented = example or next((v for v in _values_of(schema) if isinstance(v, dict)), {})
    properties = schema.get("properties") or {}
    body = dict(documented)
    for name, value in given.items():
        if name in properties:
            body[name] = typed(value, properties[name])
    for name in schema.get("required") or ():
        documented_value = next(_values_of(properties.get(name) or {}), None)
        if name not in body and documented_value is not None:
            body[name] = documented_value
    return body


def body_schema(operation: Operation) -> Schema | None:
    """Return the schema of an operation's JSON body; ``None`` if it has none."""
    return next((non_null(media.schema) for _, media in _json_bodies(operation) if media.schema is not None), None)


def _json_bodies(operation: Operation) -> Iterator[tuple[str, Any]]:
    if operation.request_body is not None:
        for name, media in operation.request_body.content.items():
            if JSON_MEDIA.match(name):
                yield name, media


def split_body(
    operation: Operation, query: Sequence[tuple[str, str]], inputs: Inputs
) -> tuple[list[tuple[str, str]], dict[str, Any] | None]:
    """Return what of a query goes into the URL, and the JSON body with the rest; ``None`` for one without a body.

    A pair whose name the body's schema has, and no parameter of the query, goes into the body. ``a.b`` is the property
    ``b`` of the object ``a``.
    """
    if inputs.body is None:
        return list(query), None
    schema, body, pairs = body_schema(operation) or {}, json.loads(json.dumps(inputs.body)), []
    for name, value in query:
        is_of_url = any(p.name == name and p.location == "query" for p in operation.parameters)
        declared = None if is_of_url else _property(schema, name.split("."))
        if declared is None:
            pairs.append((name, value))
            continue
        holder, *keys = body, *name.split(".")
        for key in keys[:-1]:
            holder = holder.setdefault(key, {})
        holder[keys[-1]] = typed(value, declared)
    return pairs, body


def _property(schema: Schema, keys: Sequence[str]) -> Schema | None:
    for key in keys:
        found = (non_null(schema).get("properties") or {}).get(key)
        if not isinstance(found, Mapping):
            return None
        schema = found
    return schema


def typed(value: str, schema: Schema) -> Any:
    """Return a text as JSON has it: a number or a boolean where the schema wants one and the text is one."""
    kinds = non_null(schema).get("type")
    wanted = {kinds} if isinstance(kinds, str) else set(kinds or ())
    if wanted & {"integer", "number", "boolean"}:
        try:
            parsed = json.loads(value)
        except ValueError:
            return value
        if isinstance(parsed, bool) == ("boolean" in wanted) and isinstance(parsed, bool | int | float):
            return parsed
    return value
