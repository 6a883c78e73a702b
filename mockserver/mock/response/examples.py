"""Make documented answers other than pages of lists: an example of the contract, or a generated value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mockserver.contract import Operation, Response, Schema
from mockserver.mock.messages import Answer

GenerateByPath = Callable[[Schema, tuple[str, ...]], Any]
"""Returns a value that fits a schema, for a key path: always the same one."""


def documented(operation: Operation, status: int, values: Mapping[str, str], generate: GenerateByPath) -> Answer | None:
    """Return the answer that an operation documents for a status: its first example, or one generated from its schema.

    ``values`` are the parameters of the path. Returns ``None`` if the status is not documented.
    """
    response = operation.response(status)
    if response is None:
        return None
    examples = list(response.examples.values())
    if examples and response.media_type is not None:
        return Answer(status, examples[0], response.media_type)
    return generated(operation, response, status, values, generate)


def generated(
    operation: Operation, response: Response, status: int, values: Mapping[str, str], generate: GenerateByPath
) -> Answer:
    """Return an answer generated from the schema of a response, without a body if it has none.

    The value depends on ``values``, the parameters of the path.
    """
    if response.media_type is None:
        return Answer(status, None, None)
    if response.schema is None:
        return Answer(status, None, response.media_type)
    key = (operation.id, *(part for pair in sorted(values.items()) for part in pair))
    return Answer(status, generate(response.schema, key), response.media_type)
