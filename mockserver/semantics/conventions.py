"""Knows how list operations usually name their parts: what is inferred where a contract declares nothing."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from mockserver.contract import Parameter, Schema, non_null, schema_types
from mockserver.semantics.model import FieldPath, item_properties, item_required

_PARAMETER_NAMES: dict[str, tuple[str, ...]] = {
    "limit": (
        *("limit", "pagelimit", "pagesize", "perpage", "itemsperpage", "resultsperpage", "rowsperpage", "maxresults"),
        *("hitsperpage", "pagelen", "maxkeys", "batchsize"),
        *("maxitems", "maxpagesize", "recordsperpage", "size", "count", "first", "take", "top", "max", "rows"),
    ),
    "after": (
        *("after", "cursor", "pageafter", "pagecursor", "pagetoken", "nexttoken", "nextpagetoken", "nextcursor"),
        *("startingafter", "startafter", "afterid", "sinceid", "aftercursor", "continuationtoken", "continuation"),
        *("startcursor", "paginationtoken", "continue", "skiptoken", "pageinfo"),
        *("cursormark", "scrollid", "exclusivestartkey", "marker"),
    ),
    "before": (
        *("before", "pagebefore", "endingbefore", "endbefore", "beforeid", "beforecursor"),
        *("previouscursor", "prevcursor", "previoustoken", "prevtoken"),
    ),
    "offset": ("offset", "pageoffset", "skip", "startindex", "startat", "start"),
    "page": ("page", "pagenumber", "pageno", "pagenum", "pageindex", "currentpage"),
}
"""Usual names of the parameter for each role, the clearest first, compared without case, hyphens and underscores."""

_VAGUE = (
    *("size", "count", "first", "take", "top", "max", "rows", "marker", "skip", "start", "continue"),
    *("afterid", "beforeid", "sinceid"),
)
"""Names that mean paging only where the item has no property of that name: there they would be filters."""

_FIELD_NAMES: dict[str, tuple[str, ...]] = {
    "has_more": ("hasmore", "hasnext", "hasnextpage", "more", "hasmoreresults", "hasmoreitems", "moreavailable"),
    "next_cursor": (
        *("after", "nextcursor", "nextpagetoken", "nexttoken", "endcursor", "next", "cursor", "pagetoken", "nextpage"),
        *("nextpagecursor", "nextcursormark", "continuationtoken", "continuation", "nextmarker", "nextoffset"),
        *("cursornext", "scrollid", "lastevaluatedkey", "nextkey", "aftercursor", "continue"),
    ),
    "previous_cursor": (
        "before",
        "previouscursor",
        "prevcursor",
        "previouspagetoken",
        "prevpagetoken",
        "startcursor",
        "previous",
        "prev",
        *("previouspage", "prevpage", "previouspagecursor", "cursorprevious", "beforecursor"),
    ),
    "total": (
        "total",
        "totalcount",
        "totalitems",
        "totalresults",
        "totalsize",
        "totalelements",
        "totalrecords",
        "totalentries",
        *("nbhits", "numfound", "found", "totalfound", "recordstotal"),
        *("totalobjects", "totalrows", "totalhits", "totalmatches", "recordcount", "resultcount", "itemcount"),
        "count",
    ),
    "offset_echo": ("offset", "skip"),
    "limit_echo": ("limit", "pagesize", "perpage"),
    "page_echo": ("page", "pagenumber", "currentpage", "current", "number", "pageindex"),
    "total_pages": ("totalpages", "pagecount", "numpages", "nbpages", "pages", "lastpage"),
    "next_page": ("nextpage", "nextpagenumber", "next"),
    "previous_page": ("previouspage", "prevpage", "previouspagenumber", "previous", "prev"),
    "is_last": ("islast", "islastpage", "lastpage", "last"),
    "next_link": (
        *("next", "nexturl", "nexturi", "nextlink", "nextpage", "nextpageurl", "nextpageuri", "nexthref"),
        "nextrecordsurl",
    ),
    "previous_link": (
        "previous",
        "prev",
        *("previousurl", "previousuri", "previouslink", "previouspage", "previouspageurl", "previouspageuri"),
        *("prevurl", "prevuri", "prevlink", "prevpage", "prevpageurl", "prevpageuri", "prevhref"),
    ),
    "first_link": ("first", "firsturl", "firsturi", "firstlink", "firstpage", "firstpageurl", "firstpageuri"),
    "last_link": ("last", "lasturl", "lasturi", "lastlink", "lastpage", "lastpageurl", "lastpageuri"),
}
"""Usual names of the field for each role, the clearest first."""

_ADDRESSES = ("href", "url", "uri", "link")
"""Names of a field that holds the URL of the link whose name is that of the object around it: ``next.href``."""

_ITEMS_NAMES = ("result", "results", "items", "data", "records", "entries", "values", "content", "list", "rows")
_BESIDE_ITEMS = ("errors", "warnings", "messages", "links", "included", "facets", "aggregations", "filters", "sort")
"""Names of arrays of objects that are sent beside the items."""

_WRAPPERS = ("response", "payload", "body", "embedded", "page")
"""Names of objects that hold the items, besides those named like items."""

_FILTER = re.compile(r"^filters?\[([^\[\]]+)\]$", re.IGNORECASE)
"""A filter of which the brackets name the property: ``filter[status]``."""

_IDENTITY_NAMES = ("id", "uuid", "uid", "guid")
_LESSER_IDENTITY_NAMES = ("key", "slug", "name")
_TYPES = {
    "limit": {"integer", "number"},
    "offset": {"integer", "number"},
    "page": {"integer", "number"},
    "has_more": {"boolean"},
    "total": {"integer"},
    "offset_echo": {"integer"},
    "limit_echo": {"integer"},
    "page_echo": {"integer"},
    "total_pages": {"integer"},
    "is_last": {"boolean"},
    "next_page": {"integer"},
    "previous_page": {"integer"},
}
"""The JSON types that a role may have; string for the roles that are not named here."""

_TIMES = ("date", "date-time", "time")
_URLS = ("uri", "url", "uri-reference", "iri", "iri-reference")
"""Formats that no cursor has: ``after`` may be a point in time, ``next`` a URL."""

_DIRECTIONS = {"asc", "desc", "ascending", "descending"}


def conventional_parameter(role: str, parameters: Sequence[Parameter], properties: Collection[str]) -> str | None:
    """Return the parameter that plays a role by its name and type, or ``None``.

    ``properties`` are the names of the item's properties: a vague name that is one of them filters by it.
    """
    filtering = {plain(name) for name in properties} & set(_VAGUE)
    candidates = {_plain_parameter(p.name): p.name for p in parameters if not p.types or _can_play(role, p.schema)}
    return next((candidates[n] for n in _PARAMETER_NAMES[role] if n in candidates and n not in filtering), None)


def conventional_field(role: str, fields: Mapping[FieldPath, Schema]) -> FieldPath | None:
    """Return the field that plays a role by its name and type, the best named and then the shallowest, or ``None``."""
    names = _FIELD_NAMES[role]
    called = {path: _called(role, path) for path, schema in fields.items() if _can_play(role, schema)}
    candidates = [path for path, name in called.items() if name in names]
    return min(candidates, key=lambda path: (names.index(called[path]), len(path)), default=None)


def _called(role: str, path: FieldPath) -> str:
    """Return the plain name by which a field may play a role: of a link's URL, that of the object around it."""
    name = plain(path[-1])
    if role.endswith("_link") and name in _ADDRESSES and len(path) > 1:
        return plain(path[-2])
    return name


def conventional_items(arrays: Collection[FieldPath], resource: str) -> FieldPath | None:
    """Return the likeliest of the arrays of objects: named like items or like the ``resource``, else the shallowest.

    ``resource`` is what the operation lists, by its path. ``None`` if there are no arrays.
    """
    return min(arrays, key=lambda path: _unlikeliness(path, resource), default=None)


def _unlikeliness(path: FieldPath, resource: str) -> tuple[bool, bool, int, int]:
    """Return a sort key for arrays of objects: the likeliest items come first."""
    *parents, name = map(plain, path or ("items",))
    if name == plain(resource):
        rank = -1
    elif name in _ITEMS_NAMES:
        rank = _ITEMS_NAMES.index(name)
    else:
        rank = len(_ITEMS_NAMES)
    well_named = rank < len(_ITEMS_NAMES) and set(parents) <= {*_ITEMS_NAMES, *_WRAPPERS}
    return name in _BESIDE_ITEMS, not well_named, len(path), rank


def conventional_identity(item: Schema, resource: str) -> tuple[str | None, str]:
    """Return the property that identifies an item, or ``None``, and the reason, for people.

    It is the one named ``id`` or the like, else a required id, preferably of the ``resource``, else a key or a name.
    """
    scalars = {n: s for n, s in item_properties(item).items() if schema_types(s) & {"string", "integer"}}
    # Of two properties with the same plain name the first one counts.
    by_name = {plain(name): name for name in reversed(scalars)}
    for name in _IDENTITY_NAMES:
        if name in by_name:
            return by_name[name], "inferred from its name"
    ids = [name for name in scalars if name in item_required(item) and _looks_like_id(name, scalars[name])]
    if ids:
        return _own_id(ids, resource), "inferred: a required id"
    for name in _LESSER_IDENTITY_NAMES:
        if name in by_name:
            return by_name[name], "inferred from its name"
    return None, "none was found"


def _looks_like_id(name: str, schema: Schema) -> bool:
    return non_null(schema).get("format") == "uuid" or re.search(r"(?:[_-]id|Id|ID)$", name) is not None


def _own_id(ids: Sequence[str], resource: str) -> str:
    """Return the id that is named after the resource (``walletId`` of ``wallets``), else the first one."""
    singular = plain(resource).removesuffix("s")
    if singular:
        return next((name for name in ids if plain(name).startswith(singular)), ids[0])
    return ids[0]


def conventional_filters(parameters: Sequence[Parameter], item: Schema) -> dict[str, str]:
    """Return the parameters that are named like a property of the item and can have its values, with that property."""
    properties = item_properties(item)
    by_name = {plain(name): name for name in properties}
    filters = {}
    for parameter in parameters:
        target = by_name.get(plain(_FILTER.sub(r"\1", parameter.name)))
        if target is not None and _can_compare(parameter, properties[target]):
            filters[parameter.name] = target
    return filters


def _plain_parameter(name: str) -> str:
    """Return the plain name of a parameter: ``pagesize`` of ``pagination[pageSize]``."""
    outer, _, inner = name.rstrip("]").replace("[", ".").rpartition(".")
    return plain(inner) if plain(outer) in ("pagination", "paging", "pageable") else plain(name)


def plain(name: str) -> str:
    """Return a name without case, hyphens and underscores."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _can_play(role: str, schema: Schema) -> bool:
    """Return whether a value of this schema can play a role, by its type and format."""
    types, form = schema_types(schema), non_null(schema).get("format")
    if role in _TYPES:
        return bool(types & _TYPES[role])
    if role.endswith("_link"):
        return "string" in types and form in (None, *_URLS)
    return bool(types & {"string", "integer"}) and form not in (*_TIMES, *_URLS)


def _can_compare(parameter: Parameter, schema: Schema) -> bool:
    """Return whether a parameter's values can be those of a property.

    An object is never compared, ``order=asc`` is not a filter, and words are not compared with numbers.
    """
    types = schema_types(schema) - {"null"}
    if types == {"object"}:
        return False
    choices = {str(choice).lower() for choice in non_null(parameter.schema).get("enum", ()) if choice is not None}
    if not choices:
        return True
    is_number = bool(types) and types <= {"integer", "number"}
    return not choices <= _DIRECTIONS and not (is_number and _are_words(choices))


def _are_words(choices: Collection[str]) -> bool:
    return not any(re.fullmatch(r"[-+]?[0-9.]+", choice) for choice in choices)
