"""What surrounds a list's items or a refusal's faults: the contract's own schema, filled with what each part means."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockserver.contract import Schema, non_null, schema_types
from mockserver.mock.lists.pagination import Page, encode_cursor
from mockserver.mock.lists.query import Query
from mockserver.semantics import ListSemantics, item_properties


@dataclass(frozen=True)
class Role:
    """The value of a field that has a meaning; ``instead`` is what a required field that allows no null gets."""

    value: Any
    instead: Any = None


def role_values(semantics: ListSemantics, query: Query, page: Page, ordinals: Sequence[int]) -> dict[str, Role]:
    """What each role of an answer holds, by the role's name in `ListSemantics` (not the records).

    ``ordinals`` are those of the page's records: one at least where others precede or follow it.
    """
    after = encode_cursor(ordinals[-1], query.binding) if page.follows else None
    before = encode_cursor(ordinals[0], query.binding) if page.precedes else None
    counted = query.kind in ("offset", "page")
    asked = query.position if query.kind == "offset" else page.start
    return {
        "has_more": Role(page.has_more),
        "next_cursor": Role(after, ""),
        "previous_cursor": Role(before, ""),
        "total": Role(None if semantics.total_kind == "none" else page.count, page.count),
        "offset_echo": Role(asked if counted else None, page.start),
        "limit_echo": Role(query.limit if counted else None, query.limit),
    }


def fill(
    schema: Schema,
    roles: Mapping[tuple[str, ...], Role],
    path: tuple[str, ...],
    fake: Callable[[Schema, tuple[str, ...]], Any],
) -> Any:
    """A value for a schema: roles get theirs, what leads to one is opened, required or defaulted fields are filled.

    ``roles`` are by path (names of properties, from the body), ``path`` is where this schema stands. ``fake`` makes all
    other values and raises `ContractError` where none fits.
    """
    if path in roles:
        role = roles[path]
        return role.instead if role.value is None and not _allows_null(schema) else role.value
    inner = non_null(schema)
    if not any(path == p[: len(path)] for p in roles):
        return _plain_value(schema, lambda: fake(schema, path))
    required = _required(inner)
    found = {}
    for name, field in item_properties(inner).items():
        here = (*path, name)
        leads = any(here == p[: len(here)] for p in roles)
        absent = here in roles and roles[here].value is None and not _allows_null(field)
        if name in required or (leads and not absent) or (not leads and "default" in field):
            found[name] = fill(field, roles, here, fake)
    return found


def _plain_value(schema: Schema, make: Callable[[], Any]) -> Any:
    for key in ("const", "default"):
        if key in schema:
            return schema[key]
    return make()


def _allows_null(schema: Schema) -> bool:
    types = schema_types(schema)
    return not types or "null" in types


def _required(schema: Schema) -> set[str]:
    return set(schema.get("required", ())).union(*(_required(branch) for branch in schema.get("allOf", ())))


def details_path(schema: Schema, path: tuple[str, ...] = ()) -> tuple[str, ...] | None:
    """Where a 422 schema lists its faults: an array of objects with loc, msg and type, at most three levels deep.

    The path is of property names, empty for the body itself; ``None`` where there is no such array.
    """
    inner = non_null(schema)
    if {"loc", "msg", "type"} <= set(item_properties(non_null(inner.get("items") or {}))):
        return path
    fields = item_properties(inner).items() if len(path) < 3 else ()
    found = (details_path(field, (*path, name)) for name, field in fields)
    return next((p for p in found if p is not None), None)
