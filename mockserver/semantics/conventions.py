"""How list operations name their parts in the wild: what is inferred where a contract declares nothing."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from mockserver.contract import Parameter, Schema, non_null, schema_types
from mockserver.semantics.model import Path_, item_properties, item_required

DEFAULT_PAGE_SIZE = 50
MAX_PAGE_SIZE = 1000

# What the roles are called in the wild, most telling first; a name is compared without case, hyphens and underscores.
_PARAMETER_NAMES: dict[str, tuple[str, ...]] = {
    "limit": ("limit", "pagesize", "perpage", "maxresults", "size", "count", "first", "take", "top", "max"),
    "after": (
        "after",
        "cursor",
        "pagetoken",
        "nexttoken",
        "nextcursor",
        "startingafter",
        "continuationtoken",
        "marker",
    ),
    "before": ("before", "endingbefore", "previouscursor", "prevcursor", "previoustoken", "prevtoken"),
    "offset": ("offset", "skip", "startindex", "start"),
    "page": ("page", "pagenumber", "pageindex"),
}
_VAGUE = ("size", "count", "first", "take", "top", "max", "marker", "skip", "start")
"""Names that page only where the item has no property of that name, which they would filter."""

_FIELD_NAMES: dict[str, tuple[str, ...]] = {
    "has_more": ("hasmore", "hasnext", "hasnextpage", "more"),
    "next_cursor": ("after", "nextcursor", "nextpagetoken", "nexttoken", "endcursor", "next", "cursor", "pagetoken"),
    "previous_cursor": (
        "before",
        "previouscursor",
        "prevcursor",
        "previouspagetoken",
        "prevpagetoken",
        "startcursor",
        "previous",
        "prev",
    ),
    "total": ("total", "totalcount", "totalitems", "totalresults", "totalsize", "count"),
    "offset_echo": ("offset", "skip"),
    "limit_echo": ("limit", "pagesize", "perpage"),
}
_ITEMS_NAMES = ("result", "results", "items", "data", "records", "entries", "values", "content", "list", "rows")
_BESIDE_ITEMS = ("errors", "warnings", "messages", "links", "included", "facets", "aggregations", "filters", "sort")
"""Arrays of objects that accompany the items."""

_WRAPPERS = ("response", "payload", "body", "embedded", "page")
"""Objects that hold the items, beside those named like items themselves."""

_IDENTITY_NAMES = ("id", "uuid", "uid", "guid")
_LESSER_IDENTITY_NAMES = ("key", "slug", "name")
_TYPES = {
    "limit": {"integer"},
    "offset": {"integer"},
    "page": {"integer"},
    "has_more": {"boolean"},
    "total": {"integer"},
    "offset_echo": {"integer"},
    "limit_echo": {"integer"},
}
"""The JSON types of a role; text where none is named."""

_NO_CURSOR = ("date", "date-time", "time", "uri", "url", "uri-reference")
"""Formats of text that no cursor has: ``after`` may be a moment, ``next`` an address."""

_DIRECTIONS = {"asc", "desc", "ascending", "descending"}


def conventional_parameter(role: str, parameters: Sequence[Parameter], properties: Collection[str]) -> str | None:
    """The parameter that plays a role by its name and type, or ``None``. ``properties`` are those of the item."""
    own = {plain(n) for n in properties} & set(_VAGUE)
    fitting = {plain(p.name): p.name for p in parameters if not p.types or _plays(role, p.schema)}
    return next((fitting[n] for n in _PARAMETER_NAMES[role] if n in fitting and n not in own), None)


def conventional_field(role: str, fields: Mapping[Path_, Schema]) -> Path_ | None:
    """The field of the body that plays a role by its name and type, the shallowest of the best named, or ``None``."""
    names = _FIELD_NAMES[role]
    fitting = [p for p, s in fields.items() if plain(p[-1]) in names and _plays(role, s)]
    return min(fitting, key=lambda p: (names.index(plain(p[-1])), len(p)), default=None)


def conventional_items(arrays: Collection[Path_], resource: str) -> Path_ | None:
    """The most likely of the arrays of objects: named like items or like the ``resource``, else the shallowest."""

    def telling(path: Path_) -> tuple[bool, bool, int, int]:
        *around, name = map(plain, path or ("items",))
        rank = -1 if name == plain(resource) else _rank(name, _ITEMS_NAMES)
        known = rank < len(_ITEMS_NAMES) and {*around} <= {*_ITEMS_NAMES, *_WRAPPERS}
        return name in _BESIDE_ITEMS, not known, len(path), rank

    return min(arrays, key=telling, default=None)


def conventional_identity(item: Schema, resource: str) -> tuple[str | None, str]:
    """The property that identifies an item, and why: ``id``, else its resource's own or first required id."""
    scalars = {n: s for n, s in item_properties(item).items() if schema_types(s) & {"string", "integer"}}
    by_name = {plain(n): n for n in reversed(scalars)}
    for name in _IDENTITY_NAMES:
        if name in by_name:
            return by_name[name], "inferred from its name"
    required = [n for n in scalars if n in item_required(item)]
    ids = [n for n in required if non_null(scalars[n]).get("format") == "uuid" or re.search(r"(?:[_-]id|Id|ID)$", n)]
    ids.sort(key=lambda n: not plain(n).startswith(plain(resource).removesuffix("s") or "?"))
    if ids:
        return ids[0], "inferred: a required id"
    for name in _LESSER_IDENTITY_NAMES:
        if name in by_name:
            return by_name[name], "inferred from its name"
    return None, "none was found"


def conventional_filters(parameters: Sequence[Parameter], item: Schema) -> dict[str, str]:
    """The parameters named like a property of the item that can have their values, and that property."""
    properties = item_properties(item)
    by_name = {plain(n): n for n in properties}
    pairs = {p.name: by_name[plain(p.name)] for p in parameters if plain(p.name) in by_name}
    return {p.name: pairs[p.name] for p in parameters if p.name in pairs and _compares(p, properties[pairs[p.name]])}


def plain(name: str) -> str:
    """A name without case, hyphens and underscores."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def page_sizes(limit: Parameter | None) -> tuple[int, int]:
    """Default and maximum page size: from the schema where it says so with whole numbers, else ours."""
    schema = non_null(limit.schema) if limit is not None else {}
    exclusive, bound = _whole(schema.get("exclusiveMaximum")), _whole(schema.get("maximum"))
    bounds = [b for b in (bound, None if exclusive is None else exclusive - 1) if b is not None]
    maximum = max(1, min(bounds, default=MAX_PAGE_SIZE))
    default = _whole(schema.get("default"))
    least = _whole(schema.get("minimum")) or 1
    return min(maximum, max(least, DEFAULT_PAGE_SIZE if default is None else default)), maximum


def body_fields(body: Schema) -> dict[Path_, Schema]:
    """The body and the fields of its objects by their paths, three levels deep, never into arrays."""
    return dict(_walk_fields(body))


def is_list_of_objects(schema: Schema) -> bool:
    """Whether a schema is an array of objects, null aside; ``type: array`` may go without saying."""
    array = non_null(schema)
    items, types = array.get("items"), schema_types(array)
    return bool(items) and (not types or "array" in types) and bool(item_properties(non_null(items or {})))


def _walk_fields(schema: Schema, path: Path_ = ()) -> Iterator[tuple[Path_, Schema]]:
    yield path, schema
    if len(path) < 3:
        for name, inner in item_properties(non_null(schema)).items():
            yield from _walk_fields(inner, (*path, name))


def _plays(role: str, schema: Schema) -> bool:
    """Whether a schema's type lets it play a role."""
    if role in _TYPES:
        return bool(schema_types(schema) & _TYPES[role])
    return "string" in schema_types(schema) and non_null(schema).get("format") not in _NO_CURSOR


def _compares(parameter: Parameter, schema: Schema) -> bool:
    """Whether a parameter's values can be a property's: ``order=asc`` is no filter of a number, nor of an object."""
    types = schema_types(schema) - {"null"}
    if types == {"object"}:
        return False
    choices = {str(c).lower() for c in non_null(parameter.schema).get("enum", ()) if c is not None}
    return not choices or not (choices <= _DIRECTIONS or (types and types <= {"integer", "number"} and _words(choices)))


def _words(choices: Collection[str]) -> bool:
    return not any(re.fullmatch(r"[-+]?[0-9.]+", c) for c in choices)


def _rank(name: str, names: tuple[str, ...]) -> int:
    """How telling a name is: its place among these, or their number."""
    return names.index(name) if name in names else len(names)


def _whole(value: Any) -> int | None:
    """A number as a whole one, if it is a number and can be one."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return math.floor(value)
