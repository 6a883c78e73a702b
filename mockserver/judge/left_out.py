"""Recognises an answer without records that leaves their field out, as many a vendor's servers do."""

from __future__ import annotations

from typing import Any

from mockserver.contract import Schema, non_null
from mockserver.semantics import FieldPath, ListSemantics, item_properties
from mockserver.semantics.model import item_required


def with_empty_items(body: Any, semantics: ListSemantics) -> Any:
    """Return a body with an empty array where its records belong, if it leaves that field out as the contract allows.

    An answer that has other fields than the contract's (an error in a 200) is returned as it is.
    """
    answer = semantics.operation.response(200)
    if answer is None or answer.schema is None or not semantics.items:
        return body
    return _filled(body, semantics.items, answer.schema)


def _filled(body: Any, path: FieldPath, schema: Schema) -> Any:
    properties, name = item_properties(non_null(schema)), path[0]
    if not isinstance(body, dict) or not set(body) <= set(properties):
        return body
    inner = properties.get(name, {})
    if name not in body:
        return body if name in item_required(non_null(schema)) else {**body, name: _empty(path[1:])}
    return {**body, name: _filled(body[name], path[1:], inner)} if len(path) > 1 else body


def _empty(path: FieldPath) -> Any:
    """Return an empty array inside of objects of these names."""
    return {path[0]: _empty(path[1:])} if path else []
