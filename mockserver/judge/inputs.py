"""Says what the contract says of input: bounds, what is no number, and whether bad input is refused.

Nothing is assumed that the contract does not say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mockserver.contract import Operation, Parameter, non_null
from mockserver.semantics import PARAMETER_ROLES, ListSemantics
from mockserver.semantics.searches import BODY

_WHOLE = re.compile(r"[+-]?\d+(?:\.0*)?", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)


_TOTAL = re.compile(r"\b(total|count)\b", re.IGNORECASE)
_INSTEAD = re.compile(r"\bonly\b|\binstead\b|\bexclude|\bomit|\bwithout\b", re.IGNORECASE)
_ALL = re.compile(r"exact|true|total(?:_?count)?|all|\*", re.IGNORECASE)


def documents_refusal(operation: Operation) -> bool:
    """Return whether the operation documents a refusal of bad input; ``default`` is none."""
    return any(status.upper() in ("400", "422", "4XX") for status in operation.responses)


def declared_bounds(parameter: Parameter) -> tuple[int | None, int | None]:
    """Return the smallest and the largest whole number that a parameter declares, ``None`` where it does not."""
    schema = non_null(parameter.schema)
    low, high = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    if above is True and low is not None:
        low += 1
    elif isinstance(above, int | float) and not isinstance(above, bool):
        low = above + 1
    if below is True and high is not None:
        high -= 1
    elif isinstance(below, int | float) and not isinstance(below, bool):
        high = below - 1
    return (None if low is None else int(low), None if high is None else int(high))


def whole_number(value: str) -> int | None:
    """Return a whole number in any usual spelling (``5``, ``+5``, ``5.0``, blanks around it), or ``None``."""
    text = value.strip()
    if _WHOLE.fullmatch(text):
        return int(text.split(".")[0])
    try:
        return int(text)
    except ValueError:
        return None


def is_no_number(value: str, parameter: Parameter) -> bool:
    """Return whether a parameter takes numbers alone, and a value is none: ``abc``, ``0x10``, ``10abc``.

    An empty value may be read as none at all. ``1e2`` is a number, but no integer.
    """
    types = parameter.types - {"null"}
    if not types or types - {"integer", "number"} or not value.strip():
        return False
    if "number" in types:
        return _NUMBER.fullmatch(value.strip()) is None and whole_number(value) is None
    return whole_number(value) is None


def parameters_without_role(semantics: ListSemantics) -> Iterator[Parameter]:
    """Yield the query parameters that neither page, nor filter, nor refresh."""
    roles = {getattr(semantics, role) for role in PARAMETER_ROLES} | set(semantics.filters)
    if semantics.refresh is not None:
        roles |= {semantics.refresh.parameter, semantics.refresh.scope}
    for parameter in semantics.operation.parameters:
        if parameter.location in ("query", BODY) and parameter.name not in roles:
            yield parameter


def asks_for_total(parameter: Parameter) -> str | None:
    """Return the value by which a parameter makes pages state their total; ``None`` for any other parameter."""
    schema = non_null(parameter.schema)
    words = f"{parameter.name} {parameter.description} {schema.get('description', '')}"
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", words).replace("_", " ")
    if parameter.required or not _TOTAL.search(words) or _INSTEAD.search(words):
        return None
    if "boolean" in parameter.types:
        return "true"
    choices = schema.get("enum") or ()
    return next((str(choice) for choice in choices if _ALL.fullmatch(str(choice))), None)


def gives_meaning(parameter: Parameter | None, number: int) -> bool:
    """Return whether the words of a parameter speak of a number, as of ``-1`` for all; of negative ones in general."""
    words = f"{parameter.description} {parameter.schema.get('description', '')}" if parameter is not None else ""
    return bool(re.search(rf"(?<![\w.-]){number}(?![\w.])", words)) or (number < 0 and "negative" in words.lower())
