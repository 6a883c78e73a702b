"""Answers that the contract documents and no list makes: an example of theirs, else a value made from the schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mockserver.contract import Operation, Response, Schema
from mockserver.mock.messages import Answer

Make = Callable[[Schema, tuple[str, ...]], Any]
"""A value that fits a schema, for a key path: the same each time."""


def documented(operation: Operation, status: int, values: Mapping[str, str], make: Make) -> Answer | None:
    """The answer of an operation with a status, as it is documented: its first example, else one made by its schema.

    ``values`` are the path's. ``None`` where nothing is documented.
    """
    response = operation.response(status)
    if response is None:
        return None
    examples = list(response.examples.values())
    if examples and response.media_type is not None:
        return Answer(status, examples[0], response.media_type)
    return made(operation, response, status, values, make)


def made(operation: Operation, response: Response, status: int, values: Mapping[str, str], make: Make) -> Answer:
    """An answer made by the schema of a response; empty where there is none."""
    if response.media_type is None:
        return Answer(status, None, None)
    if response.schema is None:
        return Answer(status, None, response.media_type)
    key = (operation.id, *(part for pair in sorted(values.items()) for part in pair))
    return Answer(status, make(response.schema, key), response.media_type)
