"""Fill the contract's schema of an answer with the parts that have a meaning, such as cursors, total or faults."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockserver.contract import Schema, non_null, schema_types
from mockserver.mock.lists.cursors import encode_cursor
from mockserver.mock.lists.neighbours import Neighbours
from mockserver.mock.lists.pagination import PageRange
from mockserver.mock.lists.query import Query
from mockserver.mock.messages import Pair
from mockserver.semantics import ListSemantics, item_properties
from mockserver.semantics.headers import role_of_header
from mockserver.semantics.model import item_required


@dataclass(frozen=True)
class Role:
    """The value of a field with a role; ``fallback`` replaces null in a required field that does not allow null."""

    value: Any
    fallback: Any = None


def role_values(
    semantics: ListSemantics, query: Query, page: PageRange, ordinals: Sequence[int], beside: Neighbours | None
) -> dict[str, Role]:
    """Return the value of each role in an answer except the items, by the role's name in `ListSemantics`.

    ``beside`` is ``None`` for pages that say nothing of their neighbours but cursors. ``ordinals`` are those of the
    page's records; they are not empty if records precede or follow the page. The rules
    are those of docs/specification.md, "What a page says of itself".
    """
    after = encode_cursor(ordinals[-1], query.binding) if page.follows else None
    before = encode_cursor(ordinals[0], query.binding) if page.precedes else None
    has_number = query.kind in ("offset", "page")
    offset = semantics.first_offset + (query.position if query.kind == "offset" else page.start)
    roles = {
        "has_more": Role(page.has_more),
        "next_cursor": Role(after, ""),
        "previous_cursor": Role(before, ""),
        "total": Role(None if semantics.total_kind == "none" else page.count, page.count),
        "offset_echo": Role(offset if has_number else None, offset),
        "limit_echo": Role(query.limit if has_number else None, query.limit),
    }
    return roles if beside is None else roles | _of_neighbours(beside)


def _of_neighbours(beside: Neighbours) -> dict[str, Role]:
    return {
        "page_echo": Role(beside.number),
        "total_pages": Role(beside.pages),
        "is_first": Role(not beside.precedes),
        "is_last": Role(not beside.follows),
        "next_page": Role(beside.number + 1 if beside.follows else None),
        "previous_page": Role(beside.number - 1 if beside.precedes else None),
        **{f"{relation}_link": Role(url) for relation, url in beside.urls.items()},
    }


def header_values(names: Iterable[str], roles: Mapping[str, Role], page: PageRange, beside: Neighbours) -> list[Pair]:
    """Return the documented headers of a page that say something of it; one without a value is left out."""
    said = {name: role.value for name, role in roles.items()} | {"limit_echo": roles["limit_echo"].fallback}
    said["link"] = beside.link
    said["content_range"] = f"items {'*' if page.empty else f'{page.start}-{page.stop - 1}'}/{page.count}"
    found = ((name, said.get(role_of_header(name) or "")) for name in names)
    return [(name, str(value)) for name, value in found if value is not None]


def fill(
    schema: Schema,
    roles: Mapping[tuple[str, ...], Role],
    path: tuple[str, ...],
    generate: Callable[[Schema, tuple[str, ...]], Any],
) -> Any:
    """Return a value for the schema at ``path`` in an answer.

    ``roles`` are by path (names of properties, from the body on). An object that contains a role has its roles, its
    required properties, and those with a default. ``generate`` returns values for everything else, and raises
    `ContractError` if no value fits.
    """
    if path in roles:
        role = roles[path]
        return role.fallback if role.value is None and not _allows_null(schema) else role.value
    inner = non_null(schema)
    if not _leads_to_role(path, roles):
        return _plain_value(schema, lambda: generate(schema, path))
    required = item_required(inner)
    found = {}
    for name, field in item_properties(inner).items():
        inner_path = (*path, name)
        has_role = _leads_to_role(inner_path, roles)
        is_absent = has_role and _says_nothing(inner_path, field, roles)
        if name in required or (has_role and not is_absent) or (not has_role and "default" in field):
            found[name] = fill(field, roles, inner_path, generate)
    return found


def _says_nothing(path: tuple[str, ...], schema: Schema, roles: Mapping[tuple[str, ...], Role]) -> bool:
    """Return whether a field has nothing to say, so that it is left out where it is optional: null that may not be.

    An object of such fields alone is left out with them, as ``paging.next.after`` is on a last page.
    """
    if path in roles:
        return roles[path].value is None and not _allows_null(schema)
    inside = [role for role_path, role in roles.items() if role_path[: len(path)] == path]
    return bool(inside) and all(role.value is None for role in inside) and not _is_written(path, schema, roles)


def _is_written(path: tuple[str, ...], schema: Schema, roles: Mapping[tuple[str, ...], Role]) -> bool:
    """Return whether an object has a role that may be null, or anything else than roles."""
    fields = item_properties(non_null(schema))
    return any(
        _is_written((*path, name), field, roles)
        if _leads_to_role((*path, name), roles) and (*path, name) not in roles
        else (*path, name) not in roles or _allows_null(field)
        for name, field in fields.items()
    )


def _leads_to_role(path: tuple[str, ...], roles: Mapping[tuple[str, ...], Role]) -> bool:
    """Return whether a role is at a path, or inside the value there."""
    return any(path == role_path[: len(path)] for role_path in roles)


def _plain_value(schema: Schema, generate: Callable[[], Any]) -> Any:
    for key in ("const", "default"):
        if key in schema:
            return schema[key]
    return generate()


def _allows_null(schema: Schema) -> bool:
    types = schema_types(schema)
    return not types or "null" in types


def details_path(schema: Schema, path: tuple[str, ...] = ()) -> tuple[str, ...] | None:
    """Return where a 422 schema lists faults: an array of objects with loc, msg and type, in the first three levels.

    The result is a path of property names, empty for the body itself; ``None`` if there is no such array.
    """
    inner = non_null(schema)
    if {"loc", "msg", "type"} <= set(item_properties(non_null(inner.get("items") or {}))):
        return path
    fields = item_properties(inner).items() if len(path) < 3 else ()
    found = (details_path(field, (*path, name)) for name, field in fields)
    return next((p for p in found if p is not None), None)
