"""Input that makes careless servers fall: values near real ones that nothing has, bent cursors, numbers too large.

Pure: real values in, hostile values out; nothing is sent here.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import uuid
from collections.abc import Iterator
from typing import Any

from mockserver.contract import Parameter, non_null
from mockserver.judge.walk import Query
from mockserver.semantics import ListSemantics

NUL = "\0"
SNOWMAN = "\N{SNOWMAN}"
HUGE = "9" * 40
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")

LIMITS = (
    "0", "-1", "1000000", "2147483648", "9223372036854775808", HUGE, "abc", "1.5", "", "NaN", NUL,
)  # fmt: skip
"""Page sizes that are out of range or no numbers; what lies just beyond the maximum is added by the survey."""

_OFFSETS = ("-1", "9223372036854775807", "9223372036854775808", HUGE, "abc", NUL)
_TEXTS = (NUL, SNOWMAN, "x" * 5000, "'")
_MORE_TEXTS = ('"', "%", "\\", "a" + NUL + "b", "[]", "{}", "\r\n", "../../etc/passwd")
_NOT_CURSORS = (*_TEXTS[:3], "0", "-1", HUGE, "e30", "bnVsbA", "!!!!", "AAAA")
_MORE_NOT_CURSORS = (
    " ", "1", "null", "true", "=", "A", "e30=", "W10", "MA==", "eyJpZCI6IG51bGx9", "WzEsIDJd", "gICAgA",
    "a,b", "a|b", "a:b",
)  # fmt: skip


def near_misses(value: str, parameter: Parameter, known: frozenset[str]) -> Iterator[str]:
    """Values of the parameter's kind that are close to a real one, but that no record has.

    What stands for anything in SQL or a shell, a piece of the value, and the value in other case; for a UUID, and for
    the case of an EVM address, only what SEMANTICS.md section 4 lets a judge ask.
    """
    kind = non_null(parameter.schema).get("format")
    if kind == "uuid":
        candidates = [str(uuid.UUID(int=uuid.NAMESPACE_URL.int ^ len(value))), str(uuid.UUID(int=0)), "not-a-uuid"]
    elif "boolean" in parameter.types:
        # There is no third value, and `TRUE` is one of the two to many servers.
        candidates = []
    elif kind in ("date", "date-time"):
        candidates = ["1970-01-01", "1970-01-01T00:00:00Z"][kind == "date-time" :][:1]
    elif parameter.types & {"integer", "number"}:
        candidates = ["2147483646", "-2147483646"]
    else:
        hole = len(value) // 2
        candidates = [
            "no-such-" + value[:20],
            "%",
            value[:hole] + "_" + value[hole + 1 :],
            value[: max(1, len(value) - 1)],
        ]
        if not _ADDRESS.fullmatch(value):
            candidates += [value.lower(), value.upper()]
    return (c for c in dict.fromkeys(candidates) if c not in known)


def hostile_queries(
    semantics: ListSemantics, filters: dict[str, str], cursor: str | None
) -> Iterator[tuple[str, Query]]:
    """Whole queries that no server may fall over, each with what is hostile about it; the tellingest of every kind."""
    for number, name in enumerate(semantics.cursors):
        # The second cursor is read by the same code, mostly: what bites oftenest will do for it.
        for value in (*_NOT_CURSORS[: 10 - 5 * number], *list(_near_cursors(cursor))[: 8 - 4 * number]):
            yield f"{name}: a bad cursor", ((name, value),)
    for name in filters:
        for value in _TEXTS:
            yield f"{name}: a hostile value", ((name, value),)
    if semantics.offset is not None:
        for value in _OFFSETS:
            yield f"{semantics.offset}: a hostile offset", ((semantics.offset, value),)
    yield from _combinations(semantics, filters, cursor)


def more_hostile_queries(
    semantics: ListSemantics, filters: dict[str, str], cursor: str | None
) -> Iterator[tuple[str, Query]]:
    """What else could be tried, to be sampled from where requests are left."""
    for name in semantics.cursors:
        for value in (*_MORE_NOT_CURSORS, *_bent(cursor or "")):
            yield f"{name}: a bad cursor", ((name, value),)
    for name, real in filters.items():
        for value in (*_MORE_TEXTS, real + NUL, real * 50):
            yield f"{name}: a hostile value", ((name, value),)
    if semantics.refresh is not None:
        for value in (NUL, "maybe", "", "2"):
            yield f"{semantics.refresh.parameter}: no boolean", ((semantics.refresh.parameter, value),)
    yield "an unknown parameter", (("no_such_parameter", NUL),)


def _near_cursors(real: str | None) -> Iterator[str]:
    """A real cursor cut, lengthened and altered, and bent on the inside."""
    if not real:
        return
    middle = len(real) // 2
    yield real[:middle]
    yield real[:-1]
    yield real + "A"
    yield real[:middle] + ("A" if real[middle] != "A" else "B") + real[middle + 1 :]
    yield from list(_bent(real))[:4]


def _bent(cursor: str) -> Iterator[str]:
    """A cursor that is base64 of JSON, with each of its parts replaced by one of another kind."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        inside = json.loads(raw)
    except (binascii.Error, ValueError):
        return
    keys: list[Any] = list(inside) if isinstance(inside, dict) else []
    if isinstance(inside, list):
        keys = list(range(len(inside)))
    others: tuple[Any, ...] = (None, 10**30, "x", [], {"$gt": ""})
    for other in others:
        for key in keys:
            changed = inside.copy()
            changed[key] = other
            yield base64.urlsafe_b64encode(json.dumps(changed).encode()).decode().rstrip("=")


def _combinations(semantics: ListSemantics, filters: dict[str, str], cursor: str | None) -> Iterator[tuple[str, Query]]:
    largest = ((semantics.limit, str(semantics.max_limit)),) if semantics.limit is not None else ()
    if semantics.offset is not None:
        for offset in ("9223372036854775807", "9223372036854775800", "2147483647"):
            yield "the largest page at a huge offset", (*largest, (semantics.offset, offset))
    if cursor is not None and semantics.after is not None:
        for name, value in filters.items():
            yield "a cursor of other filters", (*largest, (name, value), (semantics.after, cursor))
        if semantics.offset is not None:
            yield "a cursor with an offset", ((semantics.after, cursor), (semantics.offset, "1"))
        yield "a cursor twice", ((semantics.after, cursor), (semantics.after, cursor))
