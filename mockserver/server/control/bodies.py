"""Reads the queries and bodies of requests to the control API, and validates them by its contract."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from flask import abort, request

from mockserver.contract import Contract, load_contract
from mockserver.errors import FixtureError, MockserverError, NotKeptError
from mockserver.mock.request.validation import validate
from mockserver.values.encode import as_unicode

T = TypeVar("T")


class InvalidRequest(Exception):
    """An invalid request; ``details`` are its faults, as a 422 lists them."""

    def __init__(self, details: list[dict[str, Any]]) -> None:
        self.details = details


@cache
def control_contract() -> Contract:
    """Return the contract of the control API."""
    return load_contract(Path(__file__).with_name("control.yaml"))


def read_query(operation_id: str) -> dict[str, Any]:
    """Return the query's parameters by name, with their defaults. Raises `InvalidRequest`."""
    operation = control_contract().operation(operation_id)
    if operation is None:
        raise LookupError(operation_id)
    pairs = tuple(request.args.items(multi=True))
    parsed = validate(operation, query=pairs)
    if parsed.violations:
        raise InvalidRequest([violation.detail() for violation in parsed.violations])
    return {p.name: parsed.value(p.name) for p in operation.parameters}


def read_body(schema: str) -> Any:
    """Return the JSON body; ``schema`` names the schema of the contract that it must fit.

    Raises `InvalidRequest`. A body that is too long is answered with 413.
    """
    try:
        value = _read_json()
    except ValueError as error:
        raise InvalidRequest([_detail(str(error), "json_invalid")]) from None
    errors = _validator(schema).iter_errors(value)
    details = [_detail(error.message, "json_schema", *error.instance_path) for error in errors]
    if details:
        raise InvalidRequest(details)
    return value


def apply(change: Callable[[], T]) -> T:
    """Return what ``change`` returns. An error that it raises is a fault of the request: raises `InvalidRequest`."""
    try:
        return change()
    except NotKeptError:
        raise
    except FixtureError as error:
        raise InvalidRequest([_detail(problem, "value_error") for _, problem in error.faults]) from None
    except MockserverError as error:
        raise InvalidRequest([_detail(str(error), "value_error")]) from None


def _read_json() -> Any:
    """Return the body as plain JSON. Raises `ValueError` if it is not JSON, or not valid Unicode."""
    try:
        value = json.loads(_data(), parse_constant=_refuse_constant)
        text = json.dumps(value, ensure_ascii=False)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the body is not JSON: {error}") from None
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("the body contains a lone surrogate such as \\ud800, which is not valid Unicode") from None
    return value


def _data() -> bytes:
    data = request.get_data()
    # Werkzeug silently cuts off a body that is sent in chunks.
    if request.content_length is None and len(data) == request.max_content_length:
        abort(413)
    return data


def _refuse_constant(text: str) -> None:
    """Refuse ``NaN`` and infinities, which Python reads but JSON does not have."""
    raise ValueError(f"{text} is not JSON")


@cache
def _validator(schema: str) -> Any:
    import jsonschema_rs

    components = control_contract().document["components"]
    return jsonschema_rs.validator_for({"$ref": f"#/components/schemas/{schema}", "components": components})


def _detail(msg: str, kind: str, *path: str | int) -> dict[str, Any]:
    return {"loc": ["body", *path], "msg": as_unicode(msg), "type": kind}
