"""One text under one schema becomes the value that it spells, or a `Fault`; knows no parameter and no request."""

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


class Fault(Exception):
    """One value that does not fit; turned into a `Violation` where the parameter is known.

    ``kind`` is pydantic's name for it, ``msg`` its sentence, ``ctx`` the bounds broken, by pydantic's names.
    """

    def __init__(self, kind: str, msg: str, **ctx: Any) -> None:
        self.kind, self.msg, self.ctx = kind, msg, ctx
        super().__init__(msg)


def parse(text: str, schema: Schema, clamp: bool) -> Any:
    """The value that a text spells under a schema: text, number or truth; raises `Fault`.

    With ``clamp`` a number is moved into the schema's bounds instead of being refused.
    """
    if any("\ud800" <= c <= "\udfff" for c in text):
        raise Fault("string_unicode", "Input should be a valid string, unable to parse raw data as a unicode string")
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
        value = _bounded(value, schema) if clamp else value
        _check_bounds(value, schema)
    _check_choice(value, schema)
    return value


def _parse_any(text: str, branches: Sequence[Schema], clamp: bool) -> Any:
    first: Fault | None = None
    for branch in branches:
        if schema_types(branch) == {"null"}:
            continue
        try:
            return parse(text, branch, clamp)
        except Fault as fault:
            first = first or fault
    if first is not None:
        raise first
    return text


def _typed(text: str, schema: Schema) -> Any:
    types = schema_types(schema)
    readers: dict[str, Callable[[str], Any]] = {"integer": _integer, "number": _number, "boolean": _boolean}
    wanted = [readers[t] for t in ("integer", "number", "boolean") if t in types]
    if not wanted or ("string" in types and text != ""):
        wanted.append(lambda text: _string(text, schema))
    fault: Fault | None = None
    for read in wanted:
        try:
            return read(text)
        except Fault as error:
            fault = fault or error
    raise fault or Fault("string_type", "Input should be a valid string")


def _integer(text: str) -> int:
    if not _INTEGER.fullmatch(text) or text == "-0":
        raise Fault("int_parsing", "Input should be a valid integer, unable to parse string as an integer")
    if len(text) > MAX_INTEGER_DIGITS:
        raise Fault("int_parsing_size", "Unable to parse input string as an integer, exceeded maximum size")
    return int(text)


def _number(text: str) -> int | float:
    if not _NUMBER.fullmatch(text):
        raise Fault("float_parsing", "Input should be a valid number, unable to parse string as a number")
    if _INTEGER.fullmatch(text) and len(text) <= MAX_INTEGER_DIGITS:
        return int(text)
    value = float(text)
    if math.isinf(value):
        raise Fault("finite_number", "Input should be a finite number")
    return value


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise Fault("bool_parsing", "Input should be a valid boolean, unable to interpret input")
    return text == "true"


def _string(text: str, schema: Schema) -> str:
    form = schema.get("format")
    if form == "uuid":
        return _uuid(text)
    if form == "date-time":
        return _instant(text)
    if form == "date":
        return _day(text)
    if text == "":
        raise Fault("string_too_short", "String should have at least 1 character", min_length=1)
    return text


def _uuid(text: str) -> str:
    """A UUID in its hyphenated form, any case; compared by value, so it leaves in lower case."""
    problem = _uuid_problem(text)
    if problem:
        raise Fault("uuid_parsing", f"Input should be a valid UUID, {problem}", error=problem)
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
    lengths = zip(range(5), _UUID_GROUPS, map(len, groups), strict=True)
    wrong = next(((i, e, f) for i, e, f in lengths if e != f), None)
    return None if wrong is None else "invalid group length in group {}: expected {}, found {}".format(*wrong)


def _instant(text: str) -> str:
    match = _DATE_TIME.fullmatch(text)
    error = "an RFC 3339 date-time such as 2025-01-15T12:00:00Z is expected, its '+' sent as %2B"
    if match:
        zone = match[3].upper().replace("Z", "+00:00")
        error = _problem(lambda: datetime.fromisoformat(f"{match[1]}T{match[2]}{zone}"))
    if error:
        raise Fault("datetime_from_date_parsing", f"Input should be a valid datetime or date, {error}", error=error)
    return text


def _day(text: str) -> str:
    error = "a date such as 2025-01-15 is expected"
    if _DATE.fullmatch(text):
        error = _problem(lambda: date.fromisoformat(text))
    if error:
        raise Fault("date_from_datetime_parsing", f"Input should be a valid date or datetime, {error}", error=error)
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
        raise Fault("string_too_short", f"String should have at least {_characters(low)}", min_length=low)
    if isinstance(high, int) and len(text) > high:
        raise Fault("string_too_long", f"String should have at most {_characters(high)}", max_length=high)
    if isinstance(pattern, str) and not _matches(pattern)(text):
        raise Fault("string_pattern_mismatch", f"String should match pattern '{pattern}'", pattern=pattern)


def _characters(count: int) -> str:
    return f"{count} character{'s' * (count != 1)}"


@lru_cache(maxsize=256)
def _matches(pattern: str) -> Callable[[object], bool]:
    """A test for an ECMA 262 pattern, bounded in time; one that cannot be read matches all."""
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
    for key, kind, words, kept in _BOUNDS:
        bound = schema.get(key)
        if isinstance(bound, (int, float)) and not isinstance(bound, bool) and not kept(value, bound):
            raise Fault(kind, f"Input should be {words} {bound}", **{_SHORT.get(key, kind): bound})


def _bounded(value: int | float, schema: Schema) -> int | float:
    """The value moved into the schema's range; bounds are whole numbers where page sizes are concerned."""
    low = schema.get("minimum", schema["exclusiveMinimum"] + 1 if "exclusiveMinimum" in schema else 1)
    high = schema.get("maximum", schema["exclusiveMaximum"] - 1 if "exclusiveMaximum" in schema else value)
    bounded: int | float = max(low, min(value, high))
    return bounded


def _check_choice(value: Any, schema: Schema) -> None:
    choices = [schema["const"]] if "const" in schema else schema.get("enum")
    if choices is None or any(value == c and isinstance(value, bool) == isinstance(c, bool) for c in choices):
        return
    names = [f"'{c}'" if isinstance(c, str) else str(c) for c in choices if c is not None]
    expected = " or ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
    raise Fault("literal_error" if "const" in schema else "enum", f"Input should be {expected}", expected=expected)
