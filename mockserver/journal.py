"""The journal: the latest requests, what was understood of them, and what they were answered.

An entry is written once, as JSON bytes, with the request: nothing is worked out for it on the way of a remembered
answer but the time. `Journal` is where entries are kept: in memory here, between processes and machines in
`mockserver.shared`. The rest of this module reads them.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Any, NamedTuple, Protocol

import orjson

from mockserver.errors import OptionError
from mockserver.messages import Reply, Request, encode
from mockserver.notices import WARNING
from mockserver.state import format_instant, parse_instant

CAPACITY = 1000
"""How many requests are kept."""

LARGEST = 4000
"""Bytes of an entry at most."""


class Row(NamedTuple):
    """One entry as it is kept: when (nanoseconds since 1970), how long it took (nanoseconds), and its JSON."""

    instant: int
    duration: int
    note: bytes


class Journal(Protocol):
    """Keeps the latest `CAPACITY` requests. Every method is safe to call from several threads at once."""

    def add(self, row: Row) -> None:
        """Keep one more; the oldest goes."""

    def rows(self) -> list[Row]:
        """What is kept, oldest first."""

    def clear(self) -> None:
        """Forget everything."""


class MemoryJournal:
    """A `Journal` of one process."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._rows: deque[Row] = deque(maxlen=capacity)

    def add(self, row: Row) -> None:
        """See `Journal.add`."""
        self._rows.append(row)

    def rows(self) -> list[Row]:
        """See `Journal.rows`."""
        return sorted(self._rows.copy())

    def clear(self) -> None:
        """See `Journal.clear`."""
        self._rows.clear()


def now() -> int:
    """Nanoseconds since 1970."""
    return time.time_ns()


def note(request: Request, query: str, reply: Reply) -> bytes:
    """What an entry says apart from its time, as JSON of at most `LARGEST` bytes. ``query`` is text as it came.

    What is too long is left out, and that is said.
    """
    about = reply.about
    said = {
        "method": request.method,
        "path": _short(request.path),
        "query": _short(query),
        "operation": about.operation,
        "parameters": about.parameters,
        "status": reply.status,
        "violations": about.violations,
        "warnings": [value for name, value in reply.headers if name == WARNING],
        "scenario": about.scenario,
        "key": about.key,
        "bytes": len(reply.body),
    }
    text = encode(said)
    if len(text) <= LARGEST:
        return text
    few = {"violations": [_brief(v) for v in about.violations[:5]], "parameters": {}, "shortened": True}
    return encode(said | few)


def _short(text: str) -> str:
    clean = text.encode("utf-8", "replace").decode("utf-8")
    return clean if len(clean) <= 500 else clean[:500] + "..."


def _brief(violation: Mapping[str, Any]) -> dict[str, Any]:
    return {"loc": violation["loc"], "msg": _short(violation["msg"])[:200], "type": violation["type"]}


# Reading --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wanted:
    """Which entries are asked for; what is ``None`` does not matter.

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
        """Whether an entry is one of them."""
        status = str(entry["status"])
        return (
            self.method in (None, entry["method"])
            and self.operation in (None, entry["operation"])
            and (self.path is None or fnmatchcase(entry["path"], self.path))
            and (self.status is None or self.status in (status, f"{status[0]}xx"))
            and all(_spelled(entry["parameters"].get(n)) == _spelled(v) for n, v in (self.parameters or {}).items())
        )


def _spelled(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def entries(rows: Iterable[Row], wanted: Wanted) -> list[dict[str, Any]]:
    """The entries that are wanted, oldest first, as plain JSON.

    ``id`` is the time in nanoseconds, as text; it grows, and can be given as ``since``.
    """
    since = wanted.since or 0
    made = (entry_of(row) for row in rows if row.instant > since)
    return [entry for entry in made if wanted.matches(entry)]


def entry_of(row: Row) -> dict[str, Any]:
    """One entry as plain JSON: what the note says, and when it was and how long it took."""
    when = datetime.fromtimestamp(row.instant // 1000 / 1e6, UTC)
    timing = {"id": str(row.instant), "time": format_instant(when), "milliseconds": round(row.duration / 1e6, 3)}
    return {**timing, **orjson.loads(row.note)}


def read_since(text: str) -> int:
    """Nanoseconds since 1970, from an entry's id or an RFC 3339 instant. Raises `OptionError`."""
    if text.isascii() and text.isdigit() and len(text) <= 20:
        return int(text)
    instant = parse_instant(text)
    if instant is None:
        raise OptionError(f"since is '{text}'; it must be an entry's id, or an instant such as 2025-01-15T12:00:00Z")
    return int(instant.timestamp() * 1e6) * 1000


def read_wanted(said: Mapping[str, Any]) -> Wanted:
    """Which entries a query string, or the body of a count, asks for. Raises `OptionError`."""
    status = said.get("status")
    text = None if status is None else str(status).lower()
    if text is not None and not (len(text) == 3 and text[0] in "12345" and (text[1:].isdigit() or text[1:] == "xx")):
        raise OptionError(f"status is '{status}'; it must be one such as 422, or a class such as 4xx")
    since = said.get("since")
    method = said.get("method")
    return Wanted(
        method=None if method is None else str(method).upper(),
        path=said.get("path"),
        operation=said.get("operation"),
        status=text,
        since=None if since is None else read_since(str(since)),
        parameters=said.get("parameters"),
    )
