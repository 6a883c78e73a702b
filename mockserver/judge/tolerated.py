"""Says which complaints about single answers a correct server may cause.

Schemathesis takes the contract to the letter; a correct server may still read ``1.0`` as 1, clamp a page size, or
refuse a cursor under other filters. What is tolerated is decided by the request and the answer, as they were sent:
``docs/specification.md``, "What is left alone".
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from mockserver.contract import Parameter, non_null
from mockserver.judge.exchange import Exchange
from mockserver.judge.inputs import documents_refusal, whole_number
from mockserver.judge.walk import received_page
from mockserver.semantics import ListSemantics

_BOOLEANS = {"true", "false", "1", "0", "yes", "no", "y", "n", "on", "off", "t", "f"}


def is_tolerated(check: str, exchange: Exchange, semantics: ListSemantics) -> bool:
    """Return whether a correct server may cause what a check has against an answer.

    ``check`` is the name of one of Schemathesis' checks of single answers.
    """
    if check == "negative_data_rejection":
        return _can_be_understood(exchange, semantics)
    names = [name for name, _ in exchange.query]
    has_cursor = any(name in semantics.cursors for name in names)
    if check == "positive_data_acceptance":
        # The laws know which cursors and offsets a server has to accept; a single case does not.
        is_repeated = len(set(names)) < len(names)
        return has_cursor or semantics.offset in names or is_repeated or _lacks_scope(names, semantics)
    if check == "status_code_conformance":
        # A cursor may be refused with any 4xx.
        return exchange.refused and has_cursor
    return False


def _lacks_scope(names: Sequence[str], semantics: ListSemantics) -> bool:
    """Return whether a refresh is asked for without the filter that says what to refresh."""
    refresh = semantics.refresh
    return refresh is not None and refresh.parameter in names and refresh.scope not in names


def _can_be_understood(exchange: Exchange, semantics: ListSemantics) -> bool:
    """Return whether every parameter can be read as a value in range, in some spelling, or was clamped."""
    names = [name for name, _ in exchange.query]
    if len(set(names)) < len(names):
        return True
    return all(_is_readable(name, value, exchange, semantics) for name, value in exchange.query)


def _is_readable(name: str, value: str, exchange: Exchange, semantics: ListSemantics) -> bool:
    parameter = semantics.operation.parameter(name)
    if parameter is None or name in semantics.cursors:
        return True
    if value == "" and parameter.nullable:
        return True
    if "integer" in parameter.types:
        number = whole_number(value)
        if number is None:
            return False
        if _in_range(number, parameter) or not documents_refusal(semantics.operation):
            return True
        return name == semantics.limit and semantics.over_limit == "clamp" and _is_clamped(number, exchange, semantics)
    return _is_spelled(value, parameter)


def _is_spelled(value: str, parameter: Parameter) -> bool:
    """Return whether a value is a usual spelling of the parameter's type."""
    if "boolean" in parameter.types:
        return value.strip().lower() in _BOOLEANS
    if non_null(parameter.schema).get("format") == "uuid":
        try:
            uuid.UUID(value)
        except ValueError:
            return False
    return "string" in parameter.types


def _in_range(number: int, parameter: Parameter) -> bool:
    schema = non_null(parameter.schema)
    return bool(schema.get("minimum", number) <= number <= schema.get("maximum", number))


def _is_clamped(number: int, exchange: Exchange, semantics: ListSemantics) -> bool:
    """Return whether a page size out of range was brought to the nearest bound."""
    page = received_page(exchange, semantics)
    bound = 1 if number < 1 else semantics.max_limit
    return page is not None and len(page.items) <= bound
