"""Reads what the makers of client generators let a contract declare about paging: Stainless, Speakeasy, Fern.

Sources: the "Pagination" pages of the three makers' documentation. A declaration that the contract does not bear out (a
path that leads nowhere, a parameter in the body) is ignored, and the role is inferred instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.contract import Contract, Operation, Parameter, Schema
from mockserver.semantics.conventions import plain
from mockserver.semantics.model import PARAMETER_ROLES, FieldPath

Declarations = Iterator[tuple[str, Any, str]]
"""For each declared role: its name, the parameter's name or the field's path, and the reason, for people."""

_STAINLESS_PARAMETERS = {
    "next_cursor_param": "after",
    "next_cursor_id_param": "after",
    "previous_cursor_param": "before",
    "previous_cursor_id_param": "before",
    "offset_count_param": "offset",
    "page_number_param": "page",
}
_STAINLESS_FIELDS = {
    "items": "items",
    "has_next_page": "has_more",
    "next_cursor_field": "next_cursor",
    "previous_cursor_field": "previous_cursor",
    "offset_total_count_field": "total",
}
_SPEAKEASY = {"cursor": "after", "offset": "offset", "page": "page", "limit": "limit"}


def vendors_pagination(
    contract: Contract, operation: Operation, query: Mapping[str, Parameter], fields: Mapping[FieldPath, Schema]
) -> Declarations:
    """Yield each role that an extension declares and the contract bears out."""
    for role, value, why in (*_stainless(query, fields), *_speakeasy(operation), *_fern(contract, operation)):
        known: Mapping[Any, Any] = query if role in PARAMETER_ROLES else fields
        if value in known:
            yield role, value, why


def _stainless(query: Mapping[str, Parameter], fields: Mapping[FieldPath, Schema]) -> Declarations:
    why = "declared by x-stainless-pagination-property"
    for parameter in query.values():
        # The vendor's examples put it on the parameter's schema, generators of contracts on the parameter.
        role = _STAINLESS_PARAMETERS.get(_purpose(parameter.extensions) or _purpose(parameter.schema))
        if role is not None:
            yield role, parameter.name, why
    for path, schema in fields.items():
        role = _STAINLESS_FIELDS.get(_purpose(schema))
        if role is not None:
            yield role, path, why


def _speakeasy(operation: Operation) -> Declarations:
    declared = operation.extensions.get("x-speakeasy-pagination")
    if not isinstance(declared, dict):
        return
    why = "declared by x-speakeasy-pagination"
    inputs, outputs = declared.get("inputs"), declared.get("outputs")
    for entry in inputs if isinstance(inputs, list) else ():
        if isinstance(entry, dict) and entry.get("in") == "parameters":
            role = _SPEAKEASY.get(str(entry.get("type")))
            if role is not None:
                yield role, str(entry.get("name")), why
    for key, role in (("results", "items"), ("nextCursor", "next_cursor")):
        path = outputs.get(key) if isinstance(outputs, dict) else None
        if isinstance(path, str):
            yield role, _json_path(path), why


def _fern(contract: Contract, operation: Operation) -> Declarations:
    declared = operation.extensions.get("x-fern-pagination")
    if declared is True:
        declared = contract.document.get("x-fern-pagination")
    if not isinstance(declared, dict):
        return
    why = "declared by x-fern-pagination"
    for key, role in (("cursor", "after"), ("offset", "offset"), ("step", "limit")):
        name = str(declared.get(key, "")).removeprefix("$request.")
        # Fern's offset counts pages unless a step says that it counts items.
        counts_pages = key == "offset" and "step" not in declared and "page" in plain(name)
        yield "page" if counts_pages else role, name, why
    for key, role in (("results", "items"), ("next_cursor", "next_cursor"), ("has-next-page", "has_more")):
        path = declared.get(key)
        if isinstance(path, str):
            yield role, tuple(path.removeprefix("$response.").split(".")), why


def _purpose(raw: Mapping[str, Any]) -> str:
    declared = raw.get("x-stainless-pagination-property")
    return str(declared.get("purpose")) if isinstance(declared, dict) else ""


def _json_path(text: str) -> FieldPath:
    """Return a JSONPath of plain keys (``$.data.rows`` or ``$.data.rows[*]``) as a path; ``$`` is the body itself."""
    keys = text.removeprefix("$").removesuffix("[*]").split(".")
    return tuple(key for key in keys if key)
