"""Entries of the journal: the latest requests, what was understood of them, and how they were answered.

An entry is encoded once, with its answer: an answer from the cache only adds the time. `state.journal` keeps entries;
this module writes and reads them.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import accumulate
from typing import Any

import orjson

from mockserver.errors import OptionError
from mockserver.mock.messages import Reply, Request
from mockserver.mock.request.api_keys import masked_query, masked_violations
from mockserver.mock.response.warnings import WARNING
from mockserver.state.journal import MAX_ENTRY_BYTES, Row
from mockserver.values.encode import as_unicode, encode
from mockserver.values.instants import format_instant, parse_instant

_WIDEST = 6
"""The most bytes of a character in JSON."""

_FIELDS = {"method", "path", "query", "operation", "parameters", "status", "violations", "warnings", "bytes"}


def now() -> int:
    """Return nanoseconds since 1970."""
    return time.time_ns()


def shown_target(request: Request, query: str, key_places: Sequence[tuple[str, str]]) -> str:
    """Return path and query of a request as a log may show them: bounded, and with keys masked."""
    shown = _short(masked_query(query, key_places))
    return _short(request.path) + (f"?{shown}" if shown else "")


def entry_of(request: Request, query: str, reply: Reply) -> bytes:
    """Return what an entry says apart from its time, as JSON of at most `MAX_ENTRY_BYTES` bytes.

    ``query`` is the raw query string. Keys are masked. Long values are shortened or left out, and the entry says so.
    """
    about = reply.about
    fields = {
        "method": _short(request.method, 50),
        "path": _short(request.path),
        "query": _short(masked_query(query, about.key_places)),
        "operation": about.operation,
        "parameters": about.parameters,
        "status": reply.status,
        "violations": masked_violations(about.violations, about.key_places),
        "warnings": [value for name, value in reply.headers if name == WARNING],
        "scenario": about.scenario,
        "key": about.key,
        "bytes": len(reply.body),
    }
    try:
        text = orjson.dumps(fields)
    except TypeError:
        text = encode(as_unicode(fields))
    return text if len(text) <= MAX_ENTRY_BYTES else _shortened(fields)


def _shortened(fields: Mapping[str, Any]) -> bytes:
    """Return an entry that is too long without its parameters, and with as many violations as there is room for.

    Without any violation it is below 3,000 bytes, since each text is bounded.
    """
    few = {**fields, "parameters": {}, "shortened": True, "warnings": [_short(w, 300) for w in fields["warnings"][:3]]}
    few |= {name: fields[name] and _short(fields[name]) for name in ("operation", "scenario", "key")}
    few["violations"] = [_brief(v) for v in fields["violations"][:5]]
    while len(text := orjson.dumps(few)) > MAX_ENTRY_BYTES:
        few["violations"].pop()
    return text


def _short(text: str, most: int = 500) -> str:
    """Return a text that is valid and takes at most ``most`` bytes as JSON; a cut one ends in three dots."""
    clean = text if text.isascii() else as_unicode(text)
    if len(clean) * _WIDEST <= most or len(orjson.dumps(clean)) - 2 <= most:
        return str(clean)
    sizes = accumulate(len(orjson.dumps(letter)) - 2 for letter in clean[:most])
    return clean[: sum(size <= most for size in sizes)] + "..."


def _brief(violation: Mapping[str, Any]) -> dict[str, Any]:
    loc = [part if isinstance(part, int) else _short(part, 100) for part in violation["loc"][:5]]
    return {"loc": loc, "msg": _short(violation["msg"], 200), "type": _short(violation["type"], 100)}


# Reading --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wanted:
    """Which entries are asked for; ``None`` matches everything.

    ``status`` is a code or a class (``4xx``), ``path`` may hold ``*``, ``since`` is exclusive (nanoseconds), and
    ``parameters`` are values by name, compared as a query string would spell them.
    """

    method: str | None = None
    path: str | None = None
    operation: str | None = None
    status: str | None = None
    since: int | None = None
    parameters: Mapping[str, Any] | None = None

    def matches(self, entry: Mapping[str, Any]) -> bool:
        """Return whether an entry matches."""
        status = str(entry["status"])
        return (
            self.method in (None, entry["method"])
            and self.operation in (None, entry["operation"])
            and (self._path is None or self._path.fullmatch(entry["path"]) is not None)
            and (self.status is None or self.status in (status, f"{status[0]}xx"))
            and all(_spelled(entry["parameters"].get(n)) == _spelled(v) for n, v in (self.parameters or {}).items())
        )

    @cached_property
    def _path(self) -> re.Pattern[str] | None:
        if self.path is None:
            return None
        first, *rest = map(re.escape, self.path.split("*"))
        if not rest:
            return re.compile(first)
        # Atomic groups bound the time: a later place for a part would match no more.
        between = "".join(f"(?>.*?{part})" for part in rest[:-1])
        return re.compile(f"{first}{between}.*{rest[-1]}", re.DOTALL)


def _spelled(value: Any) -> str:
    return value if isinstance(value, str) else encode(value).decode()


def entries(rows: Iterable[Row], wanted: Wanted) -> list[dict[str, Any]]:
    """Return the entries that are wanted, oldest first, as plain JSON; unreadable rows are left out.

    ``id`` is the time in nanoseconds, as text; it grows, and can be given as ``since``.
    """
    since = wanted.since or 0
    made = (_entry(row) for row in rows if row.instant > since)
    return [entry for entry in made if entry is not None and wanted.matches(entry)]


def _entry(row: Row) -> dict[str, Any] | None:
    """Return one entry as plain JSON, with its time and how long it took."""
    try:
        given = orjson.loads(row.entry)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(given, dict) or not given.keys() >= _FIELDS:
        return None
    when = datetime.fromtimestamp(row.instant // 1000 / 1e6, UTC)
    timing = {"id": str(row.instant), "time": format_instant(when), "milliseconds": round(row.duration / 1e6, 3)}
    return {**timing, **given}


def read_since(text: str) -> int:
    """Return nanoseconds since 1970, from an entry's id or an RFC 3339 instant. Raises `OptionError`."""
    if text.isascii() and text.isdigit() and len(text) <= 20:
        return int(text)
    instant = parse_instant(text)
    if instant is None:
        raise OptionError(f"got since '{text}', expected an entry's id, or an instant such as 2025-01-15T12:00:00Z")
    return int(instant.timestamp() * 1e6) * 1000


def read_wanted(given: Mapping[str, Any]) -> Wanted:
    """Return which entries a query string, or the body of a count, asks for. Raises `OptionError`."""
    status = given.get("status")
    text = None if status is None else str(status).lower()
    if text is not None and not (len(text) == 3 and text[0] in "12345" and (text[1:].isdigit() or text[1:] == "xx")):
        raise OptionError(f"got status '{status}', expected one such as 422, or a class such as 4xx")
    since = given.get("since")
    method = given.get("method")
    return Wanted(
        method=None if method is None else str(method).upper(),
        path=given.get("path"),
        operation=given.get("operation"),
        status=text,
        since=None if since is None else read_since(str(since)),
        parameters=given.get("parameters"),
    )
