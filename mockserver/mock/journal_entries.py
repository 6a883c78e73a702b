"""The journal: the latest requests, what was understood of them, and what they were answered.

An entry is written once, as JSON bytes, with the request: nothing is worked out for it on the way of a remembered
answer but the time. `Journal` is where entries are kept: in memory here, between processes and machines in
`mockserver.state.stores`. The rest of this module reads them.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping
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
from mockserver.state.journal import LARGEST, Row
from mockserver.values.encode import as_unicode, encode
from mockserver.values.instants import format_instant, parse_instant

_WIDEST = 6
"""Bytes of a character in JSON at most."""

_FIELDS = {"method", "path", "query", "operation", "parameters", "status", "violations", "warnings", "bytes"}


def now() -> int:
    """Nanoseconds since 1970."""
    return time.time_ns()


def note(request: Request, query: str, reply: Reply) -> bytes:
    """What an entry says apart from its time, as JSON of at most `LARGEST` bytes. ``query`` is text as it came.

    Keys in it are masked. What is too long is shortened or left out, and that is said.
    """
    about = reply.about
    said = {
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
        text = orjson.dumps(said)
    except TypeError:
        text = encode(as_unicode(said))
    return text if len(text) <= LARGEST else _shortened(said)


def _shortened(said: Mapping[str, Any]) -> bytes:
    """A note that is too long, without its parameters, and with as many of its first violations as there is room for.

    Without any it is below 3,000 bytes, since each text is bounded.
    """
    few = {**said, "parameters": {}, "shortened": True, "warnings": [_short(w, 300) for w in said["warnings"][:3]]}
    few |= {name: said[name] and _short(said[name]) for name in ("operation", "scenario", "key")}
    few["violations"] = [_brief(v) for v in said["violations"][:5]]
    while len(text := orjson.dumps(few)) > LARGEST:
        few["violations"].pop()
    return text


def _short(text: str, most: int = 500) -> str:
    """A text that is valid, and has at most so many bytes as JSON; three dots more where it is cut."""
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
        # What was found first is not given up again: the time is bounded, and a later place would do no better.
        between = "".join(f"(?>.*?{part})" for part in rest[:-1])
        return re.compile(f"{first}{between}.*{rest[-1]}", re.DOTALL)


def _spelled(value: Any) -> str:
    return value if isinstance(value, str) else encode(value).decode()


def entries(rows: Iterable[Row], wanted: Wanted) -> list[dict[str, Any]]:
    """The entries that are wanted, oldest first, as plain JSON; what cannot be read is left out.

    ``id`` is the time in nanoseconds, as text; it grows, and can be given as ``since``.
    """
    since = wanted.since or 0
    made = (_entry(row) for row in rows if row.instant > since)
    return [entry for entry in made if entry is not None and wanted.matches(entry)]


def _entry(row: Row) -> dict[str, Any] | None:
    """One entry as plain JSON: what the note says, and when it was and how long it took."""
    try:
        said = orjson.loads(row.entry)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(said, dict) or not said.keys() >= _FIELDS:
        return None
    when = datetime.fromtimestamp(row.instant // 1000 / 1e6, UTC)
    timing = {"id": str(row.instant), "time": format_instant(when), "milliseconds": round(row.duration / 1e6, 3)}
    return {**timing, **said}


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
