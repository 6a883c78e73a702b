"""What a fair judge of single answers leaves alone (SEMANTICS.md, section 4). Pure.

Schemathesis reads the contract to the letter; a correct server may still read ``1.0`` as 1, clamp a page size, or
refuse a cursor under other filters. Whether an answer is fair is decided on what went over the wire.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from mockserver.contract import Parameter, non_null
from mockserver.judge.walk import Exchange, read_page
from mockserver.semantics import ListSemantics

_BOOLEANS = {"true", "false", "1", "0", "yes", "no", "y", "n", "on", "off", "t", "f"}


def is_fair(check: str, exchange: Exchange, semantics: ListSemantics) -> bool:
    """Whether what a single-response check has against an answer is something that a correct server may do.

    ``check`` is the check's name, ``exchange`` what went over the wire.
    """
    if check == "negative_data_rejection":
        return _understandable(exchange, semantics)
    names = [name for name, _ in exchange.query]
    has_cursor = any(name in semantics.cursors for name in names)
    if check == "positive_data_acceptance":
        # Which cursors and offsets a server has to take, the laws know; a lone case does not.
        return has_cursor or semantics.offset in names or len(set(names)) < len(names) or _unscoped(names, semantics)
    if check == "status_code_conformance":
        # Any 4xx will do for a cursor that is refused.
        return exchange.refused and has_cursor
    return False


def _unscoped(names: Sequence[str], semantics: ListSemantics) -> bool:
    """Whether a refresh is asked for without the filter that says of what."""
    refresh = semantics.refresh
    return refresh is not None and refresh.parameter in names and refresh.scope not in names


def _understandable(exchange: Exchange, semantics: ListSemantics) -> bool:
    """Whether every parameter can be read as a value in range, in some spelling, or is a page size that was clamped."""
    names = [name for name, _ in exchange.query]
    if len(set(names)) < len(names):
        return True
    return all(_readable(name, value, exchange, semantics) for name, value in exchange.query)


def _readable(name: str, value: str, exchange: Exchange, semantics: ListSemantics) -> bool:
    parameter = semantics.operation.parameter(name)
    if parameter is None or name in semantics.cursors:
        return True
    if value == "" and parameter.nullable:
        return True
    if parameter.types & {"integer"}:
        number = whole_number(value)
        if number is None:
            return False
        return _in_range(number, parameter) or (name == semantics.limit and _clamped(number, exchange, semantics))
    return _spelled(value, parameter)


def _spelled(value: str, parameter: Parameter) -> bool:
    if parameter.types & {"boolean"}:
        return value.strip().lower() in _BOOLEANS
    if non_null(parameter.schema).get("format") == "uuid":
        try:
            uuid.UUID(value)
        except ValueError:
            return False
    return "string" in parameter.types


def whole_number(value: str) -> int | None:
    """A whole number in any usual spelling (``5``, ``+5``, ``5.0``, ``5e0``), or ``None``."""
    try:
        return int(value)
    except ValueError:
        pass
    try:
        number = float(value)
    except ValueError:
        return None
    return int(number) if number.is_integer() else None


def _in_range(number: int, parameter: Parameter) -> bool:
    schema = non_null(parameter.schema)
    return bool(schema.get("minimum", number) <= number <= schema.get("maximum", number))


def _clamped(number: int, exchange: Exchange, semantics: ListSemantics) -> bool:
    """Whether a page size out of range was brought to the nearest bound."""
    page = read_page(exchange, semantics)
    bound = 1 if number < 1 else semantics.max_limit
    return page is not None and len(page.items) <= bound
