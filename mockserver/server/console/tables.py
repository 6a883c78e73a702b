"""Records as a table: its columns, and cells with the kind of their text."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from mockserver.contract import non_null, schema_types
from mockserver.semantics import ListSemantics

_DECIMAL = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_LONG = 16
"""The most characters of a text that is always shown completely."""


class Cell(NamedTuple):
    """The text of a cell, and its kind: ``number``, ``null``, ``long`` or empty for any other."""

    text: str
    kind: str = ""


@dataclass(frozen=True)
class Table:
    """The names of the columns, those of columns with numbers, and a row of cells for each record."""

    columns: Sequence[str]
    numeric: frozenset[str]
    rows: Sequence[Sequence[Cell]]


def table_of(semantics: ListSemantics, items: Sequence[Any]) -> Table:
    """Return the records as a table of all their properties, in the schema's order."""
    records = [item if isinstance(item, dict) else {"value": item} for item in items]
    found = {name: None for record in records for name in record}
    columns = [name for name in semantics.properties if name in found]
    columns += [name for name in found if name not in semantics.properties]
    numeric = frozenset(name for name in columns if _is_numeric(semantics, name, [r.get(name) for r in records]))
    return Table(columns, numeric, [[_cell(record, name, name in numeric) for name in columns] for record in records])


def _is_numeric(semantics: ListSemantics, name: str, values: Sequence[Any]) -> bool:
    """Return whether a column contains numbers: by its declaration, its schema, or all its values."""
    if name in semantics.invariants.decimals:
        return True
    types = schema_types(non_null(semantics.properties.get(name, {})))
    if types:
        return types <= {"integer", "number"}
    known = [value for value in values if value is not None]
    return bool(known) and all(isinstance(v, int | float) and not isinstance(v, bool) for v in known)


def _cell(record: Mapping[str, Any], name: str, numeric: bool) -> Cell:
    if name not in record:
        return Cell("", "null")
    value = record[name]
    if value is None:
        return Cell("null", "null")
    if value == []:
        return Cell("[]", "null")
    is_plain_list = isinstance(value, list) and all(isinstance(v, str | int | float) for v in value)
    text = ", ".join(map(_text, value)) if is_plain_list else _text(value)
    if numeric and _DECIMAL.fullmatch(text):
        return Cell(text, "number")
    return Cell(text, "long" if len(text) > _LONG else "")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
