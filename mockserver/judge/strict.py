"""Reads bodies strictly: what RFC 8259 does not allow in JSON, and stack traces that are shown to callers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from mockserver.semantics import FieldPath

_BOM = b"\xef\xbb\xbf"

_TRACES = (
    r"Traceback \(most recent call last\)",
    r"\bat [\w$.<>]+\((?:[\w$]+\.(?:java|kt|scala|groovy):\d+|Native Method|Unknown Source)\)",
    r"\bat .{1,200}[(/ ](?:node:internal|[^\s()]+\.[cm]?[jt]sx?):?[^\s()]*:\d+:\d+",
    r"\bat [\w.`<>\[\],+]+\(.{0,200}\) in .{1,200}:line \d+",
    r"#\d+ [^\s:]+\.php\(\d+\): ",
    r"PHP (?:Fatal error|Warning|Notice): ",
    r"[\w./-]+\.rb:\d+:in [`']",
    r"\bgoroutine \d+ \[running\]",
    r"\bpanic: runtime error",
    r"SQLSTATE\[\w+\]",
    r"You have an error in your SQL syntax",
    r"Unclosed quotation mark after the character string",
    r"\bORA-\d{5}\b",
    r"\b(?:sqlite3|psycopg2?|pymysql|MySQLdb|asyncpg|sqlalchemy|cx_Oracle|oracledb)\.(?:\w+\.)*\w*(?:Error|Exception)\b",
    r"\bPG::\w+",
    r"\bSequelize\w*Error\b",
)
_TRACE = re.compile("|".join(_TRACES))


def json_faults(content: bytes) -> tuple[str, ...]:
    """Return what makes these bytes no strict JSON, one line each; nothing if they cannot be read at all."""
    faults: list[str] = []
    text = content
    if content.startswith(_BOM):
        faults.append("the body begins with a byte order mark")
        text = content[len(_BOM) :]
    try:
        decoded = text.decode("utf-8")
    except UnicodeDecodeError as error:
        return (*faults, f"the body is not UTF-8: byte {error.start}")

    def constant(name: str) -> float:
        faults.append(f"{name} is not JSON")
        return float(name)

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(found)
        if len(made) < len(found):
            names = [name for name, _ in found]
            twice = next(name for name in names if names.count(name) > 1)
            faults.append(f"an object has the key {twice!r} twice")
        return made

    try:
        json.loads(decoded, parse_constant=constant, object_pairs_hook=pairs)
    except (ValueError, RecursionError):
        return ()
    return tuple(dict.fromkeys(faults))


def stack_trace(body: Any, content: bytes, items: FieldPath) -> str:
    """Return the first line of a stack trace or of a database's error in an answer; empty if there is none.

    The records of a list are not searched: they may be anything, the lines of a log too.
    """
    texts = (content.decode("utf-8", "replace"),) if body is None else _texts(body, items)
    for text in texts:
        found = _TRACE.search(text)
        if found is not None:
            return found[0][:120]
    return ""


def _texts(value: Any, leave_out: FieldPath | None) -> Iterator[str]:
    """Yield the texts inside a value, but for those at the path ``leave_out`` where an array is."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list) and leave_out != ():
        for item in value:
            yield from _texts(item, None)
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(inner, leave_out[1:] if leave_out and leave_out[0] == name else None)
