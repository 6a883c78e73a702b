"""JSON values as bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import orjson


def encode(value: Any) -> bytes:
    """Return a value as JSON without whitespace. A value with an integer beyond 64 bits takes longer."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value, separators=(",", ":"), default=str).encode()


def as_unicode(value: Any) -> Any:
    """Return a JSON value whose strings are valid Unicode: lone surrogates are replaced by ``?``."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, Mapping):
        return {as_unicode(name): as_unicode(inner) for name, inner in value.items()}
    return [as_unicode(inner) for inner in value] if isinstance(value, list | tuple) else value
