"""Infers roles that no name tells alone: of two parameters together, or of a parameter and a field of one name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mockserver.contract import Parameter, Schema, schema_types
from mockserver.semantics.conventions import plain
from mockserver.semantics.model import FieldPath

_POSITION = re.compile(r"next|cursor|token|continue|marker|after|offset", re.IGNORECASE)
"""What the name of a parameter has that takes a position."""


def paired_parameters(
    query: Mapping[str, Parameter], properties: Mapping[str, Schema]
) -> Iterator[tuple[str, str, str]]:
    """Yield the roles of parameters that mean something else beside another one: role, name, reason.

    ``first`` beside ``max`` is an offset, and so is ``from`` beside a page size. ``offset`` beside a page number, where
    nothing else is a page size, is one.
    """
    numbers = {plain(name): name for name, parameter in query.items() if parameter.types & {"integer", "number"}}
    taken = {plain(name) for name in properties}
    if {"first", "max"} <= set(numbers) - taken:
        yield "offset", numbers["first"], "inferred: 'first' beside 'max'"
        yield "limit", numbers["max"], "inferred: 'max' beside 'first'"
    elif (
        "from" in numbers and "to" not in query and "from" not in taken and set(numbers) & {"size", "limit", "pagesize"}
    ):
        yield "offset", numbers["from"], "inferred: 'from' beside a page size"
    elif "offset" in numbers and "page" in numbers and not set(numbers) & _SIZES:
        yield "limit", numbers["offset"], f"inferred: '{numbers['offset']}' beside a page number"


_SIZES = {"limit", "size", "count", "pagesize", "perpage", "pagelimit", "maxresults", "max", "rows", "take", "top"}


def handed_back(query: Mapping[str, Parameter], fields: Mapping[FieldPath, Schema]) -> tuple[str, FieldPath] | None:
    """Return a text parameter that takes a position, and the field of its name that the answer hands out for it."""
    for name, parameter in query.items():
        if parameter.types - {"null"} != {"string"} or not _POSITION.search(name):
            continue
        for path, schema in fields.items():
            if path and path[-1] == name and schema_types(schema) - {"null"} == {"string"}:
                return name, path
    return None
