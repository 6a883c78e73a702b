"""Reads the numbers that a contract says of pages: default and bounds of the page size, and where counting begins."""

from __future__ import annotations

import math
import re
from typing import Any, NamedTuple

from mockserver.contract import Parameter, non_null

DEFAULT_PAGE_SIZE = 50
"""Records on a page, if a server has to choose."""

MAX_PAGE_SIZE = 1000
"""The largest page size, if a server has to choose."""

_FROM_ZERO = re.compile(r"\b(?:zero|0)[- ](?:based|indexed)|\b(?:starts?|starting|begins?|counted) (?:at|from) 0\b")


class DeclaredSizes(NamedTuple):
    """What a contract says of a page size, in records; ``None`` where it says nothing, or nothing finite."""

    default: int | None = None
    minimum: int | None = None
    maximum: int | None = None


def declared_sizes(limit: Parameter | None) -> DeclaredSizes:
    """Return what the schema of the parameter says of the page size."""
    schema = non_null(limit.schema) if limit is not None else {}
    lowest = [_whole(schema.get("minimum")), _one_more(_whole(schema.get("exclusiveMinimum")), 1)]
    highest = [_whole(schema.get("maximum")), _one_more(_whole(schema.get("exclusiveMaximum")), -1)]
    return DeclaredSizes(
        default=_whole(schema.get("default")),
        minimum=max((bound for bound in lowest if bound is not None), default=None),
        maximum=min((bound for bound in highest if bound is not None), default=None),
    )


def page_sizes(limit: Parameter | None) -> tuple[int, int]:
    """Return the default and the maximum page size, in records, of a server that has to choose.

    They are what the contract says, else `DEFAULT_PAGE_SIZE` and `MAX_PAGE_SIZE`.
    """
    declared = declared_sizes(limit)
    maximum = max(1, MAX_PAGE_SIZE if declared.maximum is None else declared.maximum)
    default = DEFAULT_PAGE_SIZE if declared.default is None else declared.default
    return min(maximum, max(declared.minimum or 1, 1, default)), maximum


def first_number(parameter: Parameter | None) -> tuple[int, str] | None:
    """Return the number of the first page, or the offset of the first record, and the reason; ``None`` if not said.

    It is the ``default`` of the parameter, else its ``minimum``, if this is 0 or 1; else what its description says.
    """
    if parameter is None:
        return None
    schema = non_null(parameter.schema)
    for key in ("default", "minimum"):
        number = _whole(schema.get(key))
        if number in (0, 1):
            return number, f"inferred from the {key} of '{parameter.name}'"
    if _FROM_ZERO.search(parameter.description.lower()):
        return 0, f"inferred from the description of '{parameter.name}'"
    return None


def _one_more(number: int | None, step: int) -> int | None:
    return None if number is None else number + step


def _whole(value: Any) -> int | None:
    """Return a finite number rounded down, or ``None`` for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return math.floor(value)
