"""Parse the text of one value under a schema, as path, query, headers and cookies carry it.

Knows no parameter and no request: `mockserver.mock.request.validation` adds these to a `ParseError`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache
from typing import Any

from mockserver.contract import Schema, non_null, schema_types
from mockserver.errors import shown

MAX_INTEGER_DIGITS = 4300
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)", re.ASCII)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?", re.ASCII)
_DATE_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_UUID_GROUPS = (8, 4, 4, 4, 12)


class ParseError(Exception):
    """A text that does not fit its schema.

    ``kind`` is pydantic's name for the error, ``msg`` its message, ``ctx`` the bounds that are not met, by pydantic's
    names.
    """

    def __init__(self, kind: str, msg: str, **ctx: Any) -> None:
        self.kind, self.msg, self.ctx = kind, msg, ctx
        super().__init__(msg)


def parse(text: str, schema: Schema, clamp: bool) -> Any:
    """Return the string, number or boolean that a text stands for under a schema. Raises `ParseError`.

    With ``clamp``, a number outside the schema's bounds becomes the nearest bound instead of an error.
    """
    if any("\ud800" <= c <= "\udfff" for c in text):
        raise ParseError(
            "string_unicode", "Input should be a valid string, unable to parse raw data as a unicode string"
        )
    schema = non_null(schema)
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return _parse_any(text, schema[key], clamp)
    for branch in schema.get("allOf", ()):
        schema = {**branch, **{k: v for k, v in schema.items() if k != "allOf"}}
    value = _typed(text, schema)
    if isinstance(value, str):
        _check_text(value, schema)
    elif not isinstance(value, bool):
        value = _clamped(value, schema) if clamp else value
        _check_bounds(value, schema)
    _check_choice(value, schema)
    return value


def _parse_any(text: str, branches: Sequence[Schema], clamp: bool) -> Any:
    first: ParseError | None = None
    for branch in branches:
        if schema_types(branch) == {"null"}:
            continue
        try:
            return parse(text, branch, clamp)
        except ParseError as error:
            first = first or error
    if first is not None:
        raise first
    return text


def _typed(text: str, schema: Schema) -> Any:
    types = schema_types(schema)
    readers: dict[str, Callable[[str], Any]] = {"integer": _integer, "number": _number, "boolean": _boolean}
    candidates = [readers[t] for t in ("integer", "number", "boolean") if t in types]
    if not candidates or ("string" in types and text != ""):
        candidates.append(lambda text: _string(text, schema))
    first: ParseError | None = None
    for read in candidates:
        try:
            return read(text)
        except ParseError as error:
            first = first or error
    raise first or ParseError("string_type", "Input should be a valid string")


def _integer(text: str) -> int:
    if not _INTEGER.fullmatch(text) or text == "-0":
        raise ParseError("int_parsing", "Input should be a valid integer, unable to parse string as an integer")
    if len(text) > MAX_INTEGER_DIGITS:
        raise ParseError("int_parsing_size", "Unable to parse input string as an integer, exceeded maximum size")
    return int(text)


def _number(text: str) -> int | float:
    if not _NUMBER.fullmatch(text):
        raise ParseError("float_parsing", "Input should be a valid number, unable to parse string as a number")
    if _INTEGER.fullmatch(text) and len(text) <= MAX_INTEGER_DIGITS:
        return int(text)
    value = float(text)
    if math.isinf(value):
        raise ParseError("finite_number", "Input should be a finite number")
    return value


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise ParseError("bool_parsing", "Input should be a valid boolean, unable to interpret input")
    return text == "true"


def _string(text: str, schema: Schema) -> str:
    form = schema.get("format")
    if form == "uuid":
        return _uuid(text)
    if form == "date-time":
        return _date_time(text)
    if form == "date":
        return _date(text)
    if text == "":
        raise ParseError("string_too_short", "String should have at least 1 character", min_length=1)
    return text


def _uuid(text: str) -> str:
    """Return a UUID with hyphens, in any case, in lower case: UUIDs are compared by value."""
    problem = _uuid_problem(text)
    if problem:
        raise ParseError("uuid_parsing", f"Input should be a valid UUID, {problem}", error=problem)
    return text.lower()


def _uuid_problem(text: str) -> str | None:
    bad = next((i for i, c in enumerate(text) if c not in "0123456789abcdefABCDEF-"), None)
    if bad is not None:
        return f"invalid character: found `{shown(text[bad])}` at {bad}"
    groups = text.split("-")
    if len(groups) == 1:
        return f"invalid length: found {len(text)}" if len(text) != 32 else "invalid group count: expected 5, found 1"
    if len(groups) != 5:
        return f"invalid group count: expected 5, found {len(groups)}"
    for index, (group, length) in enumerate(zip(groups, _UUID_GROUPS, strict=True)):
        if len(group) != length:
            return f"invalid group length in group {index}: expected {length}, found {len(group)}"
    return None


def _date_time(text: str) -> str:
    match = _DATE_TIME.fullmatch(text)
    problem = "expected an RFC 3339 date-time such as 2025-01-15T12:00:00Z, with '+' sent as %2B"
    if match:
        zone = match[3].upper().replace("Z", "+00:00")
        problem = _problem(lambda: datetime.fromisoformat(f"{match[1]}T{match[2]}{zone}"))
    if problem:
        msg = f"Input should be a valid datetime or date, {problem}"
        raise ParseError("datetime_from_date_parsing", msg, error=problem)
    return text


def _date(text: str) -> str:
    problem = "expected a date such as 2025-01-15"
    if _DATE.fullmatch(text):
        problem = _problem(lambda: date.fromisoformat(text))
    if problem:
        msg = f"Input should be a valid date or datetime, {problem}"
        raise ParseError("date_from_datetime_parsing", msg, error=problem)
    return text


def _problem(read: Callable[[], object]) -> str:
    try:
        read()
    except ValueError as error:
        return str(error)
    return ""


def _check_text(text: str, schema: Schema) -> None:
    low, high, pattern = schema.get("minLength"), schema.get("maxLength"), schema.get("pattern")
    if isinstance(low, int) and len(text) < low:
        raise ParseError("string_too_short", f"String should have at least {_characters(low)}", min_length=low)
    if isinstance(high, int) and len(text) > high:
        raise ParseError("string_too_long", f"String should have at most {_characters(high)}", max_length=high)
    if isinstance(pattern, str) and not _matches(pattern)(text):
        raise ParseError("string_pattern_mismatch", f"String should match pattern '{pattern}'", pattern=pattern)


def _characters(count: int) -> str:
    return "1 character" if count == 1 else f"{count} characters"


@lru_cache(maxsize=256)
def _matches(pattern: str) -> Callable[[object], bool]:
    """Return a test for an ECMA 262 pattern that takes bounded time; an invalid pattern matches every text."""
    import jsonschema_rs

    try:
        return jsonschema_rs.validator_for({"pattern": pattern}).is_valid
    except ValueError:
        return lambda _: True


_BOUNDS: tuple[tuple[str, str, str, Callable[[Any, Any], bool]], ...] = (
    ("minimum", "greater_than_equal", "greater than or equal to", lambda v, b: v >= b),
    ("maximum", "less_than_equal", "less than or equal to", lambda v, b: v <= b),
    ("exclusiveMinimum", "greater_than", "greater than", lambda v, b: v > b),
    ("exclusiveMaximum", "less_than", "less than", lambda v, b: v < b),
    ("multipleOf", "multiple_of", "a multiple of", lambda v, b: b == 0 or Fraction(str(v)) % Fraction(str(b)) == 0),
)
_SHORT = {"minimum": "ge", "maximum": "le", "exclusiveMinimum": "gt", "exclusiveMaximum": "lt"}


def _check_bounds(value: int | float, schema: Schema) -> None:
    for keyword, kind, words, is_met in _BOUNDS:
        bound = schema.get(keyword)
        if isinstance(bound, (int, float)) and not isinstance(bound, bool) and not is_met(value, bound):
            raise ParseError(kind, f"Input should be {words} {bound}", **{_SHORT.get(keyword, kind): bound})


def _clamped(value: int | float, schema: Schema) -> int | float:
    """Return the value, or the nearest bound if it is outside the schema's range.

    Only page sizes are clamped: their bounds are whole numbers, and the lower one is 1 if the schema has none.
    """
    low: int | float = 1
    if "minimum" in schema:
        low = schema["minimum"]
    elif "exclusiveMinimum" in schema:
        low = schema["exclusiveMinimum"] + 1
    high = value
    if "maximum" in schema:
        high = schema["maximum"]
    elif "exclusiveMaximum" in schema:
        high = schema["exclusiveMaximum"] - 1
    return max(low, min(value, high))


def _check_choice(value: Any, schema: Schema) -> None:
    choices = [schema["const"]] if "const" in schema else schema.get("enum")
    if choices is None or any(value == c and isinstance(value, bool) == isinstance(c, bool) for c in choices):
        return
    expected = _alternatives([f"'{c}'" if isinstance(c, str) else str(c) for c in choices if c is not None])
    raise ParseError("literal_error" if "const" in schema else "enum", f"Input should be {expected}", expected=expected)


def _alternatives(names: Sequence[str]) -> str:
    """Return names as pydantic lists them: ``'a', 'b' or 'c'``."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} or {names[-1]}"
