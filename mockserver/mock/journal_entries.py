"""Write and read entries of the journal, which say what a request was, how it was understood and answered.

An entry is encoded once, together with its answer; if the answer is taken from a cache, only the time is new.
`mockserver.state.journal` keeps the entries.
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
from mockserver.mock.masking import masked_query, masked_violations
from mockserver.mock.messages import Reply, Request
from mockserver.mock.response.warnings import WARNING
from mockserver.state.journal import MAX_ENTRY_BYTES, Row
from mockserver.values.encode import as_unicode, encode
from mockserver.values.instants import format_instant, parse_instant

_MAX_CHARACTER = 6
"""The largest number of bytes of a character in JSON."""

_FIELDS = {"method", "path", "query", "operation", "parameters", "status", "violations", "warnings", "bytes"}


def now() -> int:
    """Return the time in nanoseconds since 1970."""
    return time.time_ns()


def shown_target(request: Request, query: str, key_places: Sequence[tuple[str, str]]) -> str:
    """Return path and query of a request as a log may show them: shortened, and with keys masked."""
    shown = _short(masked_query(query, key_places))
    return _short(request.path) + (f"?{shown}" if shown else "")


def entry_of(request: Request, query: str, reply: Reply) -> bytes:
    """Return an entry without its time, as JSON of at most `MAX_ENTRY_BYTES` bytes.

    ``query`` is the raw query string. Keys are masked. If values had to be shortened or removed, the entry has
    ``"shortened": true``.
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
    """Return a shorter version of an entry: without parameters, and with as many violations as there is space for.

    Without violations, it is shorter than 3,000 bytes, because the length of each text is bounded.
    """
    few = {**fields, "parameters": {}, "shortened": True, "warnings": [_short(w, 300) for w in fields["warnings"][:3]]}
    for name in ("operation", "scenario", "key"):
        if fields[name]:
            few[name] = _short(fields[name])
    few["violations"] = [_brief(v) for v in fields["violations"][:5]]
    while len(text := orjson.dumps(few)) > MAX_ENTRY_BYTES:
        few["violations"].pop()
    return text


def _short(text: str, most: int = 500) -> str:
    """Return a text as valid Unicode of at most ``most`` bytes in JSON; a text that was cut ends in three dots."""
    clean = text if text.isascii() else as_unicode(text)
    if len(clean) * _MAX_CHARACTER <= most or len(orjson.dumps(clean)) - 2 <= most:
        return str(clean)
    sizes = accumulate(len(orjson.dumps(letter)) - 2 for letter in clean[:most])
    return clean[: sum(size <= most for size in sizes)] + "..."


def _brief(violation: Mapping[str, Any]) -> dict[str, Any]:
    loc = [part if isinstance(part, int) else _short(part, 100) for part in violation["loc"][:5]]
    return {"loc": loc, "msg": _short(violation["msg"], 200), "type": _short(violation["type"], 100)}


# Reading --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class EntryFilter:
    """Conditions for entries; ``None`` matches all.

    ``status`` is a code or a class (``4xx``), ``path`` may contain ``*``, ``since`` is exclusive (nanoseconds since
    1970), and ``parameters`` are values by name, compared as a query string spells them.
    """

    method: str | None = None
    path: str | None = None
    operation: str | None = None
    status: str | None = None
    since: int | None = None
    parameters: Mapping[str, Any] | None = None

    def matches(self, entry: Mapping[str, Any]) -> bool:
        """Return whether an entry meets all conditions, except ``since``."""
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
        # Atomic groups bound the time. They lose no match: if a part matches here, a later place gives no new one.
        between = "".join(f"(?>.*?{part})" for part in rest[:-1])
        return re.compile(f"{first}{between}.*{rest[-1]}", re.DOTALL)


def _spelled(value: Any) -> str:
    return value if isinstance(value, str) else encode(value).decode()


def entries(rows: Iterable[Row], conditions: EntryFilter) -> list[dict[str, Any]]:
    """Return the entries that meet the conditions, oldest first, as plain JSON; unreadable rows are skipped.

    ``id`` is the time in nanoseconds, as text. It increases, and can be used as ``since``.
    """
    since = conditions.since or 0
    found = (_entry(row) for row in rows if row.instant > since)
    return [entry for entry in found if entry is not None and conditions.matches(entry)]


def _entry(row: Row) -> dict[str, Any] | None:
    """Return an entry as plain JSON, with its time and duration; ``None`` if it cannot be read."""
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
    """Return nanoseconds since 1970, from the id of an entry or an RFC 3339 time. Raises `OptionError`."""
    if text.isascii() and text.isdigit() and len(text) <= 20:
        return int(text)
    instant = parse_instant(text)
    if instant is None:
        raise OptionError(f"got since '{text}', expected the id of an entry or a time such as 2025-01-15T12:00:00Z")
    return int(instant.timestamp() * 1e6) * 1000


def read_entry_filter(given: Mapping[str, Any]) -> EntryFilter:
    """Return the conditions in a query string or in the body of a count. Raises `OptionError`."""
    status = given.get("status")
    text = None if status is None else str(status).lower()
    if text is not None and not (len(text) == 3 and text[0] in "12345" and (text[1:].isdigit() or text[1:] == "xx")):
        raise OptionError(f"got status '{status}', expected a status such as 422 or a class such as 4xx")
    since = given.get("since")
    method = given.get("method")
    return EntryFilter(
        method=None if method is None else str(method).upper(),
        path=given.get("path"),
        operation=given.get("operation"),
        status=text,
        since=None if since is None else read_since(str(since)),
        parameters=given.get("parameters"),
    )
