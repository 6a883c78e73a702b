"""Records that a user wants in the world: a file, or the data of a request, become `Fixtures`, or every fault in them.

A fixture file maps the operation of a list to its records. They may say as little as one likes: what is missing is
filled in when they are pinned (`mockserver.world.with_fixtures`); what is said must be what the contract allows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from hashlib import blake2b
from pathlib import Path
from typing import Any

from mockserver.contract import MAX_DEPTH, Schema, load_document, load_lines, non_null, schema_types
from mockserver.errors import ContractError, FixtureError
from mockserver.semantics import ListSemantics
from mockserver.values.conforms import conforms
from mockserver.values.parse import ParseError, parse

Record = dict[str, Any]
Place = tuple[str | int, ...]
"""Where something stands in the fixtures: an operation, a record's index, a property, and further in."""

Fault = tuple[int | None, str]
"""A fault as `FixtureError` has it: a line, and what is wrong."""

LINES = (".ndjson", ".jsonl")
"""Endings of files that hold one record a line."""

_WHAT = "the fixture file"
_NOT_READ = {".csv": "CSV", ".sql": "SQL"}
_KINDS = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "a mapping",
    "string": "text",
}
_FORMATS = {
    "date": "a date such as 2025-01-15",
    "date-time": "an RFC 3339 date-time such as 2025-01-15T12:00:00Z",
    "uuid": "a UUID such as 7f0a6cce-9080-46af-b4c6-1533611bf201",
}
_BOUNDS = "minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern minItems maxItems"
_SHOWN = 60


@dataclass(frozen=True)
class Fixtures:
    """Records to be pinned, by operation id, in the order in which they were given; each may be told in part.

    ``source`` names where they came from; ``digest`` (12 hex digits, empty without records) is equal for equal records;
    ``line`` gives the line of a `Place`, or ``None``.
    """

    source: str = field(compare=False)
    records: Mapping[str, tuple[Record, ...]]
    digest: str
    line: Callable[[Place], int | None] = field(compare=False, repr=False)

    def fault(self, place: Place, problem: str) -> Fault:
        """What is wrong at a place, with its line."""
        return self.line(place), f"{shown_place(place)}: {problem}"


def load_fixtures(path: str | Path, semantics: Sequence[ListSemantics]) -> Fixtures:
    """The records of a file: YAML, JSON (``.json``), or one JSON record a line (`LINES`).

    In a contract with several lists a line is ``{"operation": ..., "record": {...}}``. Raises `FixtureError` with every
    fault and its line.
    """
    source, suffix = str(path), Path(path).suffix.lower()
    if suffix in _NOT_READ:
        problem = (
            f"cannot read fixtures from {_NOT_READ[suffix]}; write YAML, JSON (.json) or one record a line (.ndjson)"
        )
        raise FixtureError(source, [(None, problem)])
    try:
        if suffix in LINES:
            return _of_lines(load_lines(path, _WHAT), semantics, source)
        document = load_document(path, _WHAT)
    except ContractError as error:
        raise FixtureError(error.source, [(error.line, error.problem)]) from None
    bare = isinstance(document.data, list)
    return _of_data(document.data, semantics, source, lambda place: document.line(*map(str, place[bare:])))


def parse_fixtures(data: Any, semantics: Sequence[ListSemantics], source: str) -> Fixtures:
    """The records of JSON data that came from ``source``; they have no lines. Raises `FixtureError`."""
    try:
        copy = json.loads(json.dumps(data, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise FixtureError(source, [(None, f"the records are not plain JSON: {error}")]) from None
    return _of_data(copy, semantics, source, lambda _: None)


def shown_place(place: Place) -> str:
    """A place as a person writes it: ``list_balances[0].amount``."""
    head, *rest = place
    return str(head) + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in rest)


def _of_lines(lines: Mapping[int, Any], semantics: Sequence[ListSemantics], source: str) -> Fixtures:
    lists: dict[str, list[Any]] = {}
    numbers: dict[tuple[str, int], int] = {}
    faults: list[Fault] = []
    for number, row in lines.items():
        operation, record = _only(semantics), row
        if operation is None:
            if not isinstance(row, dict) or row.keys() != {"operation", "record"}:
                faults.append((number, 'a line is {"operation": ..., "record": {...}} where there are several lists'))
                continue
            operation, record = str(row["operation"]), row["record"]
        rows = lists.setdefault(operation, [])
        numbers[operation, len(rows)] = number
        rows.append(record)
    return _checked(lists, semantics, source, lambda place: numbers.get((str(place[0]), int((*place, 0)[1]))), faults)


def _of_data(
    data: Any, semantics: Sequence[ListSemantics], source: str, line: Callable[[Place], int | None]
) -> Fixtures:
    only = _only(semantics)
    if isinstance(data, list) and only is not None:
        data = {only: data}
    if not isinstance(data, dict):
        came = "nothing" if data is None else _KINDS[_kind(data)]
        wanted = f"expected a mapping from an operation to the list of its records; {_there_are(semantics)}"
        raise FixtureError(source, [(line(()), f"got {came}, {wanted}")])
    return _checked(data, semantics, source, line, [])


def _checked(
    lists: Mapping[str, Any],
    semantics: Sequence[ListSemantics],
    source: str,
    line: Callable[[Place], int | None],
    faults: list[Fault],
) -> Fixtures:
    if _is_deep(lists, MAX_DEPTH):
        raise FixtureError(source, [*faults, (None, f"the records nest more than {MAX_DEPTH} levels deep")])
    known = {one.operation.id: one for one in semantics}
    fixtures = Fixtures(source, {n: tuple(r) for n, r in lists.items() if isinstance(r, list)}, _digest(lists), line)
    for name, records in lists.items():
        if name not in known:
            faults.append((line((name,)), f"unknown list '{name}'{_nearest(name, known)}; {_there_are(semantics)}"))
        elif not isinstance(records, list):
            faults.append(fixtures.fault((name,), f"got {_shown(records)}, expected a list of records"))
        else:
            names = named_properties(known[name].item_schema)
            found = (
                (i, fault) for i, record in enumerate(records) for fault in _record_faults(known[name], names, record)
            )
            faults += [fixtures.fault((name, i, *place), problem) for i, (place, problem) in found]
    if faults:
        raise FixtureError(source, faults)
    return fixtures


def _digest(lists: Mapping[str, Any]) -> str:
    if not any(lists.values()):
        return ""
    said = json.dumps({name: records for name, records in lists.items() if records}, sort_keys=True)
    return blake2b(said.encode(), digest_size=6).hexdigest()


def _record_faults(one: ListSemantics, names: Collection[str], record: Any) -> Iterator[tuple[Place, str]]:
    """What the contract does not allow in a record, as far as it is told. ``names`` are those of all properties."""
    if not isinstance(record, dict):
        yield (), f"got {_shown(record)}, expected a record: a mapping of properties to values"
        return
    for name, value in record.items():
        if name in names:
            yield from misfits(value, one.properties.get(name, {}), (name,))
        elif not _is_open(one.item_schema):
            yield (name,), f"unknown property{_nearest(name, names)}; available: {', '.join(names)}"
    identity = one.identity
    if identity is not None and record.get(identity, "") is None and conforms(None, one.properties[identity]):
        yield (identity,), "it identifies the record, and cannot be null"
    try:
        json.dumps(record, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        yield (), "it holds text that is not Unicode (half of a surrogate pair)"


def named_properties(schema: Schema) -> dict[str, None]:
    """The names of all properties that a schema of objects speaks of, in its order, those of every branch included."""
    names = dict.fromkeys(schema.get("properties", {}))
    for branch in _branches(schema):
        names |= named_properties(branch)
    return names | dict.fromkeys(schema.get("required", ()))


def _is_open(schema: Schema) -> bool:
    """Whether a schema says itself that other properties than the named ones are welcome: silence is no invitation."""
    more = schema.get("additionalProperties", {"not": {}})
    return more != {"not": {}} or "patternProperties" in schema or any(map(_is_open, _branches(schema)))


def _branches(schema: Schema) -> Iterator[Schema]:
    for word in ("allOf", "anyOf", "oneOf"):
        yield from schema.get(word, ())
    yield from (schema[word] for word in ("then", "else") if word in schema)


def misfits(value: Any, schema: Schema, place: Place) -> Iterator[tuple[Place, str]]:
    """Where a value does not fit its schema, formats included, as deep inside as can be said; and what was expected."""
    inner = list(_inner_misfits(value, non_null(schema), place)) if isinstance(value, (list, dict)) else []
    if inner:
        yield from inner
    elif not conforms(value, schema):
        yield place, f"got {_shown(value)}, expected {_expected(value, schema)}"
    elif isinstance(value, str):
        form = schema["format"] if "format" in schema else non_null(schema).get("format")
        if form in _FORMATS and not _is_of_format(value, form):
            yield place, f"got {_shown(value)}, expected {_FORMATS[form]}"


def _inner_misfits(value: Any, schema: Schema, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(value, list) and "prefixItems" not in schema:
        for index, item in enumerate(value):
            yield from misfits(item, schema.get("items", {}), (*place, index))
    elif isinstance(value, dict):
        for name, inner in schema.get("properties", {}).items():
            if name in value:
                yield from misfits(value[name], inner, (*place, name))


def _is_of_format(text: str, form: str) -> bool:
    try:
        parse(text, {"type": "string", "format": form}, False)
    except ParseError:
        return False
    return True


def _expected(value: Any, schema: Schema) -> str:
    plain, types = non_null(schema), sorted(schema_types(schema), key=lambda kind: (kind == "null", kind))
    if "enum" in plain or "const" in plain:
        choices = ([plain["const"]] if "const" in plain else plain["enum"]) + (["null"] if "null" in types else [])
        return f"one of {', '.join(dict.fromkeys(map(_shown, choices)))}"
    if types and not conforms(value, {"type": types}):
        quotes = "string" in types and isinstance(value, (int, float))
        return " or ".join(_KINDS[kind] for kind in types) + (" in quotes" if quotes else "")
    broken = [w for w in _BOUNDS.split() if w in plain and not conforms(value, {w: plain[w]})]
    return ", ".join(f"{word} {plain[word]}" for word in broken) or "what its schema says"


def _is_deep(value: Any, levels: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value
    return levels <= 0 or any(_is_deep(part, levels - 1) for part in inner if isinstance(part, (dict, list)))


def _kind(value: Any) -> str:
    return next(kind for kind in ("boolean", "integer", "number", *sorted(_KINDS)) if conforms(value, {"type": kind}))


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _nearest(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(str(name)[:64], list(known), 1)
    return f" (did you mean '{near[0]}'?)" if near else ""


def _only(semantics: Sequence[ListSemantics]) -> str | None:
    """The list of a contract that has exactly one."""
    return semantics[0].operation.id if len(semantics) == 1 else None


def _there_are(semantics: Sequence[ListSemantics]) -> str:
    names = ", ".join(one.operation.id for one in semantics)
    return f"available: {names}" if names else "the contract has no list"
