"""Objects that fit exactly one branch of a ``oneOf``, where several branches take the same objects."""

from __future__ import annotations

from typing import Any

from mockserver.contract import Schema
from mockserver.values.conforms import conforms

_WRONG: tuple[Any, ...] = (0, "none", [], {})
"""Values of different types: one of them fits hardly any schema of a property."""


def fitting_one(made: Any, schema: Schema) -> Any:
    """Return an object that fits a schema with ``oneOf``, made of one that fits several branches; ``None`` without one.

    Branches of optional properties overlap. An object that has a wrong value in a property that only one of them looks
    at does not fit that one any more.
    """
    branches = schema.get("oneOf", ())
    if not isinstance(made, dict) or sum(conforms(made, branch) for branch in branches) < 2:
        return None
    for kept in branches:
        changed = dict(made)
        for other in branches:
            if other is not kept and conforms(changed, other):
                changed |= _misfit(other, kept)
        if conforms(changed, schema):
            return changed
    return None


def _misfit(schema: Schema, kept: Schema) -> dict[str, Any]:
    """Return a property with a value that does not fit ``schema``, and that ``kept`` does not look at."""
    for name, inner in schema.get("properties", {}).items():
        if name not in kept.get("properties", ()):
            for wrong in _WRONG:
                if not conforms(wrong, inner):
                    return {name: wrong}
    return {}
