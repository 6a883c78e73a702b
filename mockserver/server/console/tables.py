"""Records as a table: columns, and cells that say how they want to be set."""

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
"""Characters beyond which a text may be shortened to the eye."""


class Cell(NamedTuple):
    """The text of a cell, and its kind: ``number``, ``null``, ``long`` or plain (empty)."""

    text: str
    kind: str = ""


@dataclass(frozen=True)
class Table:
    """Column names, those that hold numbers, and a row of cells for each record."""

    columns: Sequence[str]
    numeric: frozenset[str]
    rows: Sequence[Sequence[Cell]]


def table_of(semantics: ListSemantics, items: Sequence[Any]) -> Table:
    """The records as they came, with all their properties, in the schema's order."""
    records = [item if isinstance(item, dict) else {"value": item} for item in items]
    seen = {name: None for record in records for name in record}
    columns = [
        *(name for name in semantics.properties if name in seen),
        *(n for n in seen if n not in semantics.properties),
    ]
    numeric = frozenset(name for name in columns if _is_numeric(semantics, name, [r.get(name) for r in records]))
    return Table(columns, numeric, [[_cell(record, name, name in numeric) for name in columns] for record in records])


def _is_numeric(semantics: ListSemantics, name: str, values: Sequence[Any]) -> bool:
    """Whether a column is set as numbers are: by its schema, by what is declared of it, or by all that is in it."""
    if name in semantics.invariants.decimals:
        return True
    types = schema_types(non_null(semantics.properties.get(name, {})))
    if types:
        return bool(types) and types <= {"integer", "number"}
    texts = [v for v in values if v is not None]
    return bool(texts) and all(isinstance(v, int | float) and not isinstance(v, bool) for v in texts)


def _cell(record: Mapping[str, Any], name: str, numeric: bool) -> Cell:
    if name not in record:
        return Cell("", "null")
    value = record[name]
    if value is None:
        return Cell("null", "null")
    if isinstance(value, list) and all(isinstance(v, str | int | float) for v in value):
        text = ", ".join(map(_text, value))
        return Cell(text, "long" if len(text) > _LONG else "") if value else Cell("[]", "null")
    text = _text(value)
    if numeric and _DECIMAL.fullmatch(text):
        return Cell(text, "number")
    return Cell(text, "long" if len(text) > _LONG else "")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
