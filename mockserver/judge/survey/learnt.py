"""Learns from an answer what a contract leaves open: fields of the page that it does not name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from mockserver.contract import Schema
from mockserver.judge.walk import ReceivedPage
from mockserver.semantics import FieldPath, ListSemantics
from mockserver.semantics.bodies import body_fields
from mockserver.semantics.conventions import conventional_field, plain
from mockserver.semantics.page import value_at

_ROLES = (
    ("next_cursor", "after"), ("previous_cursor", "before"), ("has_more", ""), ("is_last", ""),
    ("next_link", ""), ("previous_link", ""),
)  # fmt: skip
"""Roles of fields that lead on, each with the parameter that takes the field's value."""


_SAID = (("total", ""), ("offset_echo", "offset"), ("limit_echo", "limit"), ("page_echo", "page"), ("total_pages", ""))
"""Roles of fields that say something else of the page, for a contract that names no field at all."""


def from_answer(semantics: ListSemantics, body: Any) -> ListSemantics:
    """Return the semantics with what the body of a page has and the contract does not name.

    Those are the fields that lead to the next page, and the array of records where the contract leaves its name open.
    """
    fields = body_fields(_schema_of(body))
    found: dict[str, Any] = {}
    if not isinstance(value_at(body, semantics.items), list):
        arrays = [path for path in fields if path and isinstance(value_at(body, path), list)]
        if len(arrays) == 1 and semantics.why.get("items") == "inferred: any field":
            found["items"] = arrays[0]
    roles = (*_ROLES, *_SAID) if "items" in found else _ROLES
    taken: set[FieldPath | None] = {getattr(semantics, role) for role, _ in roles}
    for role, parameter in roles:
        if getattr(semantics, role) is not None or (parameter and getattr(semantics, parameter) is None):
            continue
        free = {path: schema for path, schema in fields.items() if path and path not in taken}
        path = conventional_field(role, free)
        if path is not None:
            found[role] = path
            taken.add(path)
    if not found:
        return semantics
    why = {**semantics.why, **dict.fromkeys(found, "learnt: the answers have it")}
    return replace(semantics, **found, why=why)


_VAGUE_TOTALS = ("count", "resultcount", "itemcount", "recordcount")
"""Names of a field that counts either all records or those of its page."""


def is_vague_total(semantics: ListSemantics) -> bool:
    """Return whether the name alone does not tell what the field of the total counts, and the contract does not say."""
    inferred = semantics.why.get("total", "").startswith("inferred")
    return inferred and semantics.total is not None and plain(semantics.total[-1]) in _VAGUE_TOTALS


def without_count_of_page(semantics: ListSemantics, pages: Sequence[ReceivedPage], more: bool) -> ListSemantics:
    """Return the same list without a total that is, on each of these pages, the number of their records.

    ``more`` says that there are more records than on any of these pages.
    """
    is_of_page = all(page.total == len(page.items) for page in pages)
    if is_vague_total(semantics) and pages and is_of_page and (more or len(pages) > 1):
        return replace(semantics, total=None)
    return semantics


def _schema_of(value: Any) -> Schema:
    """Return a schema of a JSON value: its type, and those of its properties."""
    if isinstance(value, dict):
        return {"type": "object", "properties": {name: _schema_of(inner) for name, inner in value.items()}}
    kinds = ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"), (list, "array"))
    return {"type": next((name for kind, name in kinds if isinstance(value, kind)), "null")}
