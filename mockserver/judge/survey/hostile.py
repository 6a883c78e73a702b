"""Makes input that careless servers fail on: values close to real ones, altered cursors, numbers too large, odd bytes.

Pure: it turns real values into hostile ones, and sends nothing.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from itertools import islice

from mockserver.contract import Parameter, non_null
from mockserver.judge.exchange import Query
from mockserver.judge.filter_words import is_plain_text
from mockserver.judge.inputs import parameters_without_role
from mockserver.judge.survey.cursors import HUGE, NUL, altered_cursors, cursors_with_wrong_values
from mockserver.semantics import ListSemantics

SNOWMAN = "\N{SNOWMAN}"
_EVM_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")

DescribedQuery = tuple[str, Query]
"""A query, and what is hostile about it, for people."""

PAGE_SIZES = (
    "0", "-1", "1000000", "2147483648", "9223372036854775808", HUGE, "abc", "10abc", "0x10", "1e2", "1.5", "",
    "NaN", NUL,
)  # fmt: skip
"""Page sizes that are out of range or are not numbers; the survey adds those just beyond the maximum."""

_OFFSETS = ("-1", "abc", "10abc", "0x10", "1e2", "9223372036854775808", "9223372036854775807", HUGE, NUL)
_PAGES = ("-1", "9223372036854775807", "9223372036854775808", HUGE, "abc", "1abc", "0x1", "1e0", "", NUL)
_HUGE_OFFSETS = ("9223372036854775807", "9223372036854775800", "2147483647")
_LONG_TEXT = "x" * 5000
_TEXTS = (NUL, SNOWMAN, _LONG_TEXT, "'")
_NUMBERS = ("9223372036854775808", "-1", "10abc", "0x10", "1e2", "abc", NUL)
_MORE_TEXTS = ('"', "%", "\\", "a" + NUL + "b", "[]", "{}", "\r\n", "../../etc/passwd")
_BAD_CURSORS = (NUL, SNOWMAN, _LONG_TEXT, "0", "-1", HUGE, "e30", "bnVsbA", "!!!!", "AAAA")
_MORE_BAD_CURSORS = (
    " ", "1", "null", "true", "=", "A", "e30=", "W10", "MA==", "eyJpZCI6IG51bGx9", "WzEsIDJd", "gICAgA",
    "a,b", "a|b", "a:b",
)  # fmt: skip
UNLIKELY = 2147483646
"""A number that no record is likely to have."""

_FIRST_VALUES = 4
"""How many values each parameter without a role gets, before others are sampled."""


def near_misses(value: str, parameter: Parameter, known: frozenset[str]) -> Iterator[str]:
    """Yield values of the parameter's kind that are close to a real ``value``, but not among the ``known`` ones.

    They are wildcards of SQL and shells, a piece of the value, and the value in another case. UUIDs and EVM addresses
    are not tried in another case: ``docs/specification.md``, "What is left alone".
    """
    for candidate in dict.fromkeys(_candidates(value, parameter)):
        if candidate not in known:
            yield candidate


def pasted_misses(value: str, parameter: Parameter, known: frozenset[str]) -> Iterator[str]:
    """Yield values that show where a server pastes them: into C, SQL, a pattern. None is a known one."""
    middle = max(1, len(value) // 2)
    if parameter.types & {"integer", "number"}:
        # What takes leading digits alone for a number reads one that no record has.
        candidates = [f"{UNLIKELY} OR 1=1"]
    elif "string" in parameter.types and "format" not in non_null(parameter.schema):
        candidates = [value + NUL, "' OR '1'='1", ".*", '" OR "1"="1']
        if is_plain_text(value):
            candidates += [value[:middle] + "*", value[:middle] + "'" + value[middle:]]
    else:
        candidates = []
    yield from (candidate for candidate in candidates if candidate not in known)


def _candidates(value: str, parameter: Parameter) -> list[str]:
    kind = non_null(parameter.schema).get("format")
    if kind == "uuid":
        return [str(uuid.UUID(int=uuid.NAMESPACE_URL.int ^ len(value))), str(uuid.UUID(int=0)), "not-a-uuid"]
    if "boolean" in parameter.types:
        # There is no third value, and many servers read `TRUE` as one of the two.
        return []
    if kind == "date":
        return ["1970-01-01"]
    if kind == "date-time":
        return ["1970-01-01T00:00:00Z"]
    if parameter.types & {"integer", "number"}:
        return [str(UNLIKELY), str(-UNLIKELY)]
    middle = len(value) // 2
    with_wildcard = value[:middle] + "_" + value[middle + 1 :]
    without_last = value[: max(1, len(value) - 1)]
    texts = ["no-such-" + value[:20], "%", with_wildcard, without_last]
    if not _EVM_ADDRESS.fullmatch(value):
        texts += [value.lower(), value.upper()]
    return texts


def hostile_queries(semantics: ListSemantics, filters: dict[str, str], cursor: str | None) -> Iterator[DescribedQuery]:
    """Yield the queries that crash careless servers most often, some of every kind. None may crash a server."""
    for number, name in enumerate(semantics.cursors):
        for value in _bad_cursors(cursor, first=number == 0):
            yield f"{name}: a bad cursor", ((name, value),)
    for name, value in _hostile_values(semantics, filters):
        yield f"{name}: a hostile value", ((name, value),)
    yield from _combinations(semantics, filters, cursor)


def _hostile_values(semantics: ListSemantics, filters: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield parameters but cursors with hostile values of their types."""
    for name in filters:
        parameter = semantics.operation.parameter(name)
        is_number = parameter is not None and parameter.types & {"integer", "number"}
        for value in _NUMBERS if is_number else _TEXTS:
            yield name, value
    for position, values in ((semantics.offset, _OFFSETS), (semantics.page, _PAGES)):
        for value in values if position is not None else ():
            yield str(position), value
    for parameter in parameters_without_role(semantics):
        for value in values_against(parameter)[:_FIRST_VALUES]:
            yield parameter.name, value


def values_against(parameter: Parameter) -> list[str]:
    """Return values that a parameter of this type does not expect, those that tell most first."""
    schema = non_null(parameter.schema)
    kind = schema.get("format")
    if parameter.types & {"integer", "number"}:
        return ["9223372036854775808", "-1", "abc", "", "10abc", "0x10", "1e2", HUGE, NUL, "NaN"]
    if "boolean" in parameter.types:
        return ["maybe", "", "2", NUL, SNOWMAN]
    if kind == "date-time":
        return ["2024-01-01T00:00:00", "yesterday", "", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", NUL]
    if kind == "date":
        return ["2024-02-30", "yesterday", "", "0000-00-00", "2024-01-01T00:00:00Z", NUL]
    if kind == "uuid":
        return ["not-a-uuid", "", NUL, str(uuid.UUID(int=0)), SNOWMAN]
    if "enum" in schema:
        first = str(next(iter(schema["enum"]), ""))
        return ["no-such-value", "", NUL, first + NUL, "'", "-" + first, first + "," + first, SNOWMAN]
    return ["", NUL, "'", "no-such-value", SNOWMAN, "-1", _LONG_TEXT, "%", "*", "(", "[]", "\\", '"']


def _bad_cursors(real: str | None, *, first: bool) -> Iterator[str]:
    """Yield bad cursors for one parameter; fewer for the second one, since the same code usually reads both."""
    yield from _BAD_CURSORS if first else _BAD_CURSORS[:3]
    yield from islice(altered_cursors(real), None if first else 2)


def more_hostile_queries(
    semantics: ListSemantics, filters: dict[str, str], cursor: str | None
) -> Iterator[DescribedQuery]:
    """Yield other hostile queries, to sample from if requests are left."""
    for name in semantics.cursors:
        for value in (*_MORE_BAD_CURSORS, *cursors_with_wrong_values(cursor or "")):
            yield f"{name}: a bad cursor", ((name, value),)
    for name, real in filters.items():
        for value in (*_MORE_TEXTS, real + NUL, real * 50):
            yield f"{name}: a hostile value", ((name, value),)
    if semantics.refresh is not None:
        for value in (NUL, "maybe", "", "2"):
            yield f"{semantics.refresh.parameter}: not a boolean", ((semantics.refresh.parameter, value),)
    for parameter in parameters_without_role(semantics):
        for value in values_against(parameter)[_FIRST_VALUES:]:
            yield f"{parameter.name}: a hostile value", ((parameter.name, value),)
    yield "an unknown parameter", (("no_such_parameter", NUL),)


def _combinations(semantics: ListSemantics, filters: dict[str, str], cursor: str | None) -> Iterator[DescribedQuery]:
    """Yield values that are each valid, and together are not."""
    largest = ((semantics.limit, str(semantics.max_limit)),) if semantics.limit is not None else ()
    if semantics.offset is not None:
        for offset in _HUGE_OFFSETS:
            yield "the largest page at a huge offset", (*largest, (semantics.offset, offset))
    if cursor is not None and semantics.after is not None:
        for name, value in filters.items():
            yield "a cursor of other filters", (*largest, (name, value), (semantics.after, cursor))
        if semantics.offset is not None:
            yield "a cursor with an offset", ((semantics.after, cursor), (semantics.offset, "1"))
        yield "a cursor twice", ((semantics.after, cursor), (semantics.after, cursor))
