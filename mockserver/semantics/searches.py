"""Parameters that are not plain ones of the query: in the JSON body of a search, or inside an object."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mockserver.contract import JSON_MEDIA, Operation, Parameter, Schema, non_null, schema_types
from mockserver.semantics.model import item_properties, item_required

BODY = "body"
"""The location of a parameter that is a property of the body."""

_SEARCH = re.compile(r"search|query|find|filter|look_?up|list", re.IGNORECASE)
_NESTED = 2
"""How many levels of objects are looked into: ``{"pagination": {"limit": 10}}`` has two."""


def body_parameters(operation: Operation) -> tuple[Parameter, ...]:
    """Return the properties of a POST's JSON body as parameters; one inside an object ``a`` is named ``a.b``."""
    if operation.method != "POST" or operation.request_body is None:
        return ()
    for name, media in operation.request_body.content.items():
        if JSON_MEDIA.match(name) and media.schema is not None:
            return tuple(_parameters(non_null(media.schema), "", _NESTED))
    return ()


def flat_parameters(operation: Operation) -> tuple[Parameter, ...]:
    """Return the parameters, each property of a ``deepObject`` as one of its own: ``page[size]``."""
    found: list[Parameter] = []
    for parameter in operation.parameters:
        properties = item_properties(non_null(parameter.schema)) if parameter.style == "deepObject" else {}
        required = item_required(non_null(parameter.schema)) if parameter.required else frozenset()
        found += [
            Parameter(f"{parameter.name}[{n}]", "query", s, n in required, description=str(s.get("description", "")))
            for n, s in properties.items()
        ] or [parameter]
    return tuple(found)


def is_search(operation: Operation, *, is_paged: bool, is_sized: bool) -> bool:
    """Return whether a POST that answers with an array only reads: it is paged, and sized or named like a search."""
    words = f"{operation.id} {operation.path.rsplit('/', 1)[-1]}"
    return is_paged and (is_sized or _SEARCH.search(words) is not None)


def _parameters(schema: Schema, above: str, levels: int) -> Iterator[Parameter]:
    for name, inner in schema.get("properties", {}).items():
        plain, full = non_null(inner), f"{above}{name}"
        if "object" in schema_types(plain):
            if levels > 1:
                yield from _parameters(plain, f"{full}.", levels - 1)
        elif "array" not in schema_types(plain):
            described = str(inner.get("description", ""))
            yield Parameter(full, BODY, inner, name in schema.get("required", ()), description=described)
