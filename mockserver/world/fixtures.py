"""Read fixtures, the records that a user adds to a world: from a file, or from the data of a request.

A fixture file maps the operation of a list to its records. A record may lack properties: they are filled in when it is
added to a world (`mockserver.world.with_fixtures`). Those that it has must fit the contract.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

from mockserver.contract import MAX_DEPTH, Schema, load_document, load_lines, non_null, schema_types
from mockserver.errors import ContractError, FixtureError, listed, unknown
from mockserver.semantics import ListSemantics
from mockserver.values.conforms import conforms
from mockserver.values.parse import ParseError, parse
from mockserver.world.model import Record

FixturePath = tuple[str | int, ...]
"""The path to a part of the fixtures: operation, index of the record, property, and further inside."""

FixtureFault = tuple[int | None, str]
"""A fault of fixtures: the line (from 1, ``None`` where it is unknown) and what is wrong."""

LINES = (".ndjson", ".jsonl")
"""Suffixes of files with one record per line."""

_FIXTURE_FILE = "the fixture file"
_UNREADABLE = {".csv": "CSV", ".sql": "SQL"}
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
_BOUNDS = (
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    *("minLength", "maxLength", "pattern", "minItems", "maxItems"),
)
_MAX_SHOWN = 60


@dataclass(frozen=True)
class Fixtures:
    """Records to be added to a world, by operation id, in the order in which they were given. They may be incomplete.

    ``source`` says where they are from; ``digest`` (12 hexadecimal digits, empty without records) is equal for equal
    records; ``line`` returns the line of a path, or ``None``.
    """

    source: str = field(compare=False)
    records: Mapping[str, tuple[Record, ...]]
    digest: str
    line: Callable[[FixturePath], int | None] = field(compare=False, repr=False)

    def fault(self, path: FixturePath, problem: str) -> FixtureFault:
        """Return what is wrong at a path as a fault with its line."""
        return self.line(path), f"{_shown_path(path)}: {problem}"


def load_fixtures(file: str | Path, semantics: Sequence[ListSemantics]) -> Fixtures:
    """Read the fixtures in a file: YAML, JSON (``.json``), or one JSON record per line (`LINES`).

    If the contract has several lists, a line is ``{"operation": ..., "record": {...}}``. Raises `FixtureError` with
    every fault and its line.
    """
    source, suffix = str(file), Path(file).suffix.lower()
    if suffix in _UNREADABLE:
        expected = "expected YAML, JSON (.json) or one JSON record per line (.ndjson)"
        raise FixtureError(source, [(None, f"cannot read fixtures from {_UNREADABLE[suffix]}; {expected}")])
    try:
        if suffix in LINES:
            return _of_lines(load_lines(file, _FIXTURE_FILE), semantics, source)
        document = load_document(file, _FIXTURE_FILE)
    except ContractError as error:
        raise FixtureError(error.source, [(error.line, error.problem)]) from None
    # A plain list of records has no operation at the top, but paths have.
    skipped = 1 if isinstance(document.data, list) else 0
    return _of_data(document.data, semantics, source, lambda path: document.line(*map(str, path[skipped:])))


def parse_fixtures(data: Any, semantics: Sequence[ListSemantics], source: str) -> Fixtures:
    """Read the fixtures in JSON data from ``source``; their lines are unknown. Raises `FixtureError`."""
    try:
        copy = json.loads(json.dumps(data, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise FixtureError(source, [(None, f"the records are not plain JSON: {error}")]) from None
    return _of_data(copy, semantics, source, lambda _: None)


def _shown_path(path: FixturePath) -> str:
    """Return a path as text: ``list_balances[0].amount``."""
    head, *rest = path
    return str(head) + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in rest)


def _of_lines(lines: Mapping[int, Any], semantics: Sequence[ListSemantics], source: str) -> Fixtures:
    """Return the fixtures in the lines of a file, which are by number."""
    lists: dict[str, list[Any]] = {}
    numbers: dict[FixturePath, int] = {}
    faults: list[FixtureFault] = []
    for number, row in lines.items():
        operation, record = _only_list(semantics), row
        if operation is None:
            if not isinstance(row, dict) or row.keys() != {"operation", "record"}:
                expected = 'expected {"operation": ..., "record": {...}}, because the contract has several lists'
                faults.append((number, f"got {_shown(row)}, {expected}"))
                continue
            operation, record = str(row["operation"]), row["record"]
        rows = lists.setdefault(operation, [])
        # The line of a list is that of its first record.
        numbers.setdefault((operation,), number)
        numbers[operation, len(rows)] = number
        rows.append(record)
    return _checked(lists, semantics, source, lambda path: numbers.get(path[:2]), faults)


def _of_data(
    data: Any, semantics: Sequence[ListSemantics], source: str, line: Callable[[FixturePath], int | None]
) -> Fixtures:
    only = _only_list(semantics)
    if isinstance(data, list) and only is not None:
        data = {only: data}
    if not isinstance(data, dict):
        given = "nothing" if data is None else _KINDS[_kind(data)]
        expected = "expected a mapping from each operation to the list of its records"
        available = listed(one.operation.id for one in semantics)
        raise FixtureError(source, [(line(()), f"got {given}, {expected}; available: {available}")])
    return _checked(data, semantics, source, line, [])


def _checked(
    lists: Mapping[str, Any],
    semantics: Sequence[ListSemantics],
    source: str,
    line: Callable[[FixturePath], int | None],
    faults: list[FixtureFault],
) -> Fixtures:
    """Return the fixtures if all records fit the contract, otherwise raise `FixtureError` with ``faults`` and more."""
    if _is_deep(lists, MAX_DEPTH):
        raise FixtureError(source, [*faults, (None, f"the records nest more than {MAX_DEPTH} levels deep")])
    known = {one.operation.id: one for one in semantics}
    fixtures = Fixtures(source, {n: tuple(r) for n, r in lists.items() if isinstance(r, list)}, _digest(lists), line)
    for name, records in lists.items():
        if name not in known:
            faults.append((line((name,)), unknown("list", name, known)))
        elif not isinstance(records, list):
            faults.append(fixtures.fault((name,), f"got {_shown(records)}, expected a list of records"))
        else:
            names = named_properties(known[name].item_schema)
            found = (
                (i, fault) for i, record in enumerate(records) for fault in _record_faults(known[name], names, record)
            )
            faults += [fixtures.fault((name, i, *path), problem) for i, (path, problem) in found]
    if faults:
        raise FixtureError(source, faults)
    return fixtures


def _digest(lists: Mapping[str, Any]) -> str:
    if not any(lists.values()):
        return ""
    text = json.dumps({name: records for name, records in lists.items() if records}, sort_keys=True)
    return blake2b(text.encode(), digest_size=6).hexdigest()


def _record_faults(one: ListSemantics, names: Collection[str], record: Any) -> Iterator[tuple[FixturePath, str]]:
    """Yield the faults of a record, by path inside it. ``names`` are those of all properties of the contract."""
    if not isinstance(record, dict):
        yield (), f"got {_shown(record)}, expected a record: a mapping from properties to values"
        return
    for name, value in record.items():
        if name in names:
            yield from mismatches(value, one.properties.get(name, {}), (name,))
        elif not _is_open(one.item_schema):
            yield (name,), unknown("property", name, names)
    identity = one.identity
    if identity is not None and record.get(identity, "") is None and conforms(None, one.properties[identity]):
        yield (identity,), "it identifies the record and cannot be null"
    try:
        json.dumps(record, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        yield (), "it contains text that is not Unicode (a lone surrogate)"


def named_properties(schema: Schema) -> dict[str, None]:
    """Return the names of all properties that an object schema mentions, in its order, also those of its branches."""
    names = dict.fromkeys(schema.get("properties", {}))
    for branch in _branches(schema):
        names |= named_properties(branch)
    return names | dict.fromkeys(schema.get("required", ()))


def _is_open(schema: Schema) -> bool:
    """Return whether a schema allows further properties explicitly; a schema that does not mention them does not."""
    more = schema.get("additionalProperties", {"not": {}})
    return more != {"not": {}} or "patternProperties" in schema or any(map(_is_open, _branches(schema)))


def _branches(schema: Schema) -> Iterator[Schema]:
    for word in ("allOf", "anyOf", "oneOf"):
        yield from schema.get(word, ())
    yield from (schema[word] for word in ("then", "else") if word in schema)


def mismatches(value: Any, schema: Schema, path: FixturePath) -> Iterator[tuple[FixturePath, str]]:
    """Yield where a value does not fit its schema or format, as deep inside as possible, and what is expected there."""
    inner = list(_inner_mismatches(value, non_null(schema), path)) if isinstance(value, (list, dict)) else []
    if inner:
        yield from inner
    elif not conforms(value, schema):
        yield path, f"got {_shown(value)}, expected {_expected(value, schema)}"
    elif isinstance(value, str):
        form = schema["format"] if "format" in schema else non_null(schema).get("format")
        if form in _FORMATS and not _has_format(value, form):
            yield path, f"got {_shown(value)}, expected {_FORMATS[form]}"


def _inner_mismatches(value: Any, schema: Schema, path: FixturePath) -> Iterator[tuple[FixturePath, str]]:
    if isinstance(value, list) and "prefixItems" not in schema:
        for index, item in enumerate(value):
            yield from mismatches(item, schema.get("items", {}), (*path, index))
    elif isinstance(value, dict):
        for name, inner in schema.get("properties", {}).items():
            if name in value:
                yield from mismatches(value[name], inner, (*path, name))


def _has_format(text: str, form: str) -> bool:
    try:
        parse(text, {"type": "string", "format": form}, False)
    except ParseError:
        return False
    return True


def _expected(value: Any, schema: Schema) -> str:
    plain, types = non_null(schema), sorted(schema_types(schema), key=lambda kind: (kind == "null", kind))
    if "enum" in plain or "const" in plain:
        choices = [plain["const"]] if "const" in plain else [*plain["enum"]]
        if "null" in types:
            choices.append(None)
        return f"one of {', '.join(dict.fromkeys(map(_shown, choices)))}"
    if types and not conforms(value, {"type": types}):
        needs_quotes = "string" in types and isinstance(value, (int, float))
        return " or ".join(_KINDS[kind] for kind in types) + (" in quotes" if needs_quotes else "")
    unmet = [keyword for keyword in _BOUNDS if keyword in plain and not conforms(value, {keyword: plain[keyword]})]
    return ", ".join(f"{keyword} {plain[keyword]}" for keyword in unmet) or "a value that fits its schema"


def _is_deep(value: Any, levels: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value
    return levels <= 0 or any(_is_deep(part, levels - 1) for part in inner if isinstance(part, (dict, list)))


def _kind(value: Any) -> str:
    return next(kind for kind in ("boolean", "integer", "number", *sorted(_KINDS)) if conforms(value, {"type": kind}))


def _shown(value: Any) -> str:
    """Return a value as JSON, shortened."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}..."


def _only_list(semantics: Sequence[ListSemantics]) -> str | None:
    """Return the operation id of the list if the contract has exactly one."""
    return semantics[0].operation.id if len(semantics) == 1 else None
