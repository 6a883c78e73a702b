"""Export the records of lists as JSON, NDJSON, CSV or SQL, in chunks, so that memory does not grow with their number.

`mockserver.world.fixtures` can read JSON and NDJSON again. Nothing here opens a file or knows the command line.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from mockserver.contract import Schema, non_null, schema_types
from mockserver.errors import OptionError, listed, unknown
from mockserver.semantics import ListSemantics
from mockserver.semantics.model import item_required
from mockserver.values.encode import encode
from mockserver.world.fixtures import named_properties
from mockserver.world.selections import Filters, select

if TYPE_CHECKING:
    from mockserver.world.model import Dataset, Record, Selection, World

BATCH = 500
"""The number of records in one chunk, and of rows in one INSERT."""


class Chunk(NamedTuple):
    """A part of the text, and the number of records in it."""

    text: str
    records: int


@dataclass(frozen=True)
class ListPart:
    """The records of one list that are exported: the first ``count`` of a selection."""

    semantics: ListSemantics
    dataset: Dataset
    selection: Selection
    count: int

    def batches(self) -> Iterator[list[Record]]:
        """Yield the records, `BATCH` at a time."""
        for start in range(0, self.count, BATCH):
            ranks = range(start, min(start + BATCH, self.count))
            yield [self.dataset.record(self.selection.ordinal(rank)) for rank in ranks]


def _no_filters(_semantics: ListSemantics, _dataset: Dataset) -> Filters:
    return {}


def parts_of(
    world: World,
    semantics: Sequence[ListSemantics],
    *,
    operation: str | None = None,
    filters: Callable[[ListSemantics, Dataset], Filters] = _no_filters,
    limit: int | None = None,
) -> list[ListPart]:
    """Return what to export: all lists of a world, or one; of each the records that match, at most ``limit``.

    ``filters`` returns the filters of a list; its exceptions are passed on. Raises `OptionError` for an unknown list,
    and if there is no list.
    """
    known = [one.operation.id for one in semantics]
    if not known:
        raise OptionError("the contract has no list, so there is nothing to export")
    if operation is not None and operation not in known:
        raise OptionError(unknown("list", operation, known))
    chosen = [one for one in semantics if operation in (None, one.operation.id)]
    parts = []
    for one in chosen:
        dataset = world.datasets[one.operation.id]
        selection = select(dataset, filters(one, dataset))
        count = selection.count if limit is None else min(selection.count, limit)
        parts.append(ListPart(one, dataset, selection, count))
    return parts


def export(parts: Sequence[ListPart], form: str, *, several: bool) -> Iterator[Chunk]:
    """Yield the text of some lists in one of `FORMATS`. ``several``: the contract has more than one list.

    Raises `OptionError` for a value that the format cannot represent.
    """
    return FORMATS[form](parts, several)


# JSON -----------------------------------------------------------------------------------------------------------------


def _json(parts: Sequence[ListPart], _several: bool) -> Iterator[Chunk]:
    """Yield a mapping from operations to records, one record per line."""
    yield Chunk("{", 0)
    for number, part in enumerate(parts):
        yield Chunk(f"{',' if number else ''}\n{json.dumps(part.semantics.operation.id)}: [", 0)
        for turn, records in enumerate(part.batches()):
            yield Chunk(("," if turn else "") + "\n" + ",\n".join(_lines(records)), len(records))
        yield Chunk("\n]", 0)
    yield Chunk("\n}\n", 0)


def _ndjson(parts: Sequence[ListPart], several: bool) -> Iterator[Chunk]:
    """Yield one record per line; if the contract has several lists, each with its operation."""
    for part in parts:
        head = f'{{"operation":{json.dumps(part.semantics.operation.id)},"record":' if several else ""
        tail = "}\n" if several else "\n"
        for records in part.batches():
            yield Chunk("".join(head + line + tail for line in _lines(records)), len(records))


def _lines(records: Iterable[Record]) -> Iterator[str]:
    return (encode(record).decode() for record in records)


# Tables ---------------------------------------------------------------------------------------------------------------


def _csv(parts: Sequence[ListPart], _several: bool) -> Iterator[Chunk]:
    """Yield a header and a row for each record of one list: arrays and objects as JSON, null and missing as empty."""
    if len(parts) > 1:
        names = listed(part.semantics.operation.id for part in parts)
        raise OptionError(f"CSV can hold one list only; choose one with --operation: {names}")
    for part in parts:
        columns = list(named_properties(part.semantics.item_schema))
        yield Chunk(_rows([columns]), 0)
        for records in part.batches():
            yield Chunk(_rows([[_cell(v) for v in _values(r, columns)] for r in records]), len(records))


def _rows(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else encode(value).decode()


def _values(record: Record, columns: Sequence[str]) -> list[Any]:
    """Return the values of the columns. Raises `OptionError` for a record with further properties."""
    if not record.keys() <= set(columns):
        more = listed(sorted(record.keys() - set(columns)))
        raise OptionError(f"a record has properties that the contract does not name ({more}); export it as json")
    return [record.get(name) for name in columns]


# SQL ------------------------------------------------------------------------------------------------------------------


def _sql(parts: Sequence[ListPart], _several: bool) -> Iterator[Chunk]:
    """Yield a table and its rows for each list, in one transaction that SQLite and PostgreSQL both accept."""
    yield Chunk("BEGIN;\n", 0)
    for part in parts:
        columns = {name: _column_type(part, name) for name in named_properties(part.semantics.item_schema)}
        table = _quoted(part.semantics.operation.id)
        yield Chunk(f"CREATE TABLE {table} (\n{_declared(part, columns)}\n);\n", 0)
        head = f"INSERT INTO {table} ({', '.join(map(_quoted, columns))}) VALUES\n"
        for records in part.batches():
            rows = (", ".join(map(_literal, _values(r, list(columns)), columns.values())) for r in records)
            yield Chunk(head + ",\n".join(f"({row})" for row in rows) + ";\n", len(records))
    yield Chunk("COMMIT;\n", 0)


def _column_type(part: ListPart, name: str) -> str:
    """Return a type that both databases have. Other values than numbers and booleans are text, as JSON if necessary."""
    schema: Schema = part.semantics.properties.get(name, {})
    types = schema_types(schema) - {"null"}
    if types == {"integer"}:
        return "BIGINT" if abs(non_null(schema).get("maximum", 0)) < 2**63 else "NUMERIC"
    if types and types <= {"integer", "number"}:
        return "DOUBLE PRECISION"
    return "BOOLEAN" if types == {"boolean"} else "TEXT"


def _declared(part: ListPart, columns: Mapping[str, str]) -> str:
    """Return the columns for CREATE TABLE: the identity is the primary key, required properties are NOT NULL."""
    required = item_required(part.semantics.item_schema)
    lines = []
    for name, kind in columns.items():
        types = schema_types(part.semantics.properties.get(name, {}))
        key = " PRIMARY KEY" if name == part.semantics.identity else ""
        not_null = " NOT NULL" if key or (name in required and types and "null" not in types) else ""
        lines.append(f"  {_quoted(name)} {kind}{not_null}{key}")
    return ",\n".join(lines)


def _quoted(name: str) -> str:
    return '"{}"'.format(name.replace('"', '""'))


def _literal(value: Any, kind: str) -> str:
    if value is None:
        return "NULL"
    if kind == "BOOLEAN":
        return "TRUE" if value else "FALSE"
    if kind != "TEXT":
        return repr(value)
    text = _cell(value)
    if "\0" in text:
        raise OptionError("a record contains the character U+0000, which SQL text cannot contain; export it as json")
    return "'{}'".format(text.replace("'", "''"))


FORMATS: Mapping[str, Callable[[Sequence[ListPart], bool], Iterator[Chunk]]] = {
    "json": _json,
    "ndjson": _ndjson,
    "csv": _csv,
    "sql": _sql,
}
"""The export formats by name: functions of the parts, and of whether the contract has several lists."""
