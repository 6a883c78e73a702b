"""One request and its answer, as every part of the judge sees them, and what sends them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from mockserver.judge.access import KEY_VARIABLE

__all__ = ["KEY_VARIABLE", "Exchange", "Fetch", "Headers", "KeyUse", "Query", "bounded", "masked"]

Query = tuple[tuple[str, str], ...]
"""The parameters of a query string in the order in which they are sent, before they are encoded."""

Headers = tuple[tuple[str, str], ...]
"""Headers in the order of the wire; a name may occur twice."""

KeyUse = bool | Literal["made-up", "half", "nearly all"]
"""The key that goes with a request: the caller's, none (``False``), or a wrong one, the beginning of the caller's."""

KEPT_BODY = 64 * 1024
"""Bytes of an answer's body that an exchange keeps as they were received."""

KEPT_HEADERS = 16 * 1024
"""Characters of headers that an exchange keeps, for the request and for the answer."""

MASK = "..."
"""What is shown in place of a header's value that may be a secret."""

_SECRET_NAME = re.compile(r"auth|cookie|key|token|secret|password|session", re.IGNORECASE)
"""Names of headers whose values may be secrets."""


@dataclass(frozen=True)
class Exchange:
    """One request and its answer.

    ``status`` is ``None`` if there is no answer; then ``error`` says why. ``body`` is the parsed JSON, ``None`` if the
    answer is not JSON. ``faults`` is what the contract has against the answer, a line each. ``reused_cursor`` says that
    a cursor of the query had been sent before.

    ``content`` is the beginning of the body as it was received, at most `KEPT_BODY` bytes of the ``size`` bytes that it
    had. ``elapsed`` is how long the answer took, in seconds. ``caller_headers`` maps the names of the headers that the
    caller configured to what is shown in place of their values; the values in ``request_headers`` are the real ones, so
    show `shown_request_headers` instead.

    ``sent`` is the body of the request; secrets of the query are not in ``url``: it has the variable instead.
    ``followed`` says that the request followed a link of the server's own.
    ``broken`` says why the body of an answer can be read by nobody: cut, not decodable, no JSON though it says so.
    """

    query: Query
    status: int | None
    body: Any = None
    error: str = ""
    faults: tuple[str, ...] = ()
    reused_cursor: bool = False
    method: str = "GET"
    url: str = ""
    request_headers: Headers = field(default=(), repr=False)
    caller_headers: Mapping[str, str] = field(default_factory=dict)
    response_headers: Headers = field(default=(), repr=False)
    content: bytes = field(default=b"", repr=False)
    size: int = 0
    elapsed: float = 0.0
    sent: str = field(default="", repr=False)
    broken: str = ""
    followed: bool = False

    @property
    def refused(self) -> bool:
        """Whether the answer is a 4xx."""
        return self.status is not None and 400 <= self.status < 500

    @property
    def crashed(self) -> bool:
        """Whether the answer is a 5xx, cannot be read, or there is none."""
        return self.status is None or self.status >= 500 or bool(self.broken)

    @property
    def outcome(self) -> str:
        """The status, or why there is none, for people."""
        if self.broken and self.status is not None:
            return f"status {self.status}, and {self.broken}"
        return f"status {self.status}" if self.status is not None else self.error or "no answer"

    @property
    def curl(self) -> str:
        """The request as a command line to paste. The values of the caller's headers are not in it."""
        headers = [f'-H "{name}: {shown}"' for name, shown in self.caller_headers.items()]
        if self.sent:
            headers += ["-H 'Content-Type: application/json'", f"-d {shlex.quote(self.sent)}"]
        if self.method not in ("GET", "POST") or (self.method == "POST" and not self.sent):
            headers = [f"-X {self.method}", *headers]
        # A variable of the shell is replaced within double quotes alone.
        url = f'"{self.url}"' if "$MOCKSERVER_" in self.url or "${MOCKSERVER_" in self.url else shlex.quote(self.url)
        return " ".join(["curl -s", *headers, url])

    @property
    def shown_request_headers(self) -> Headers:
        """The headers that were sent, with a mask in place of each value that may be a secret."""
        return masked(self.request_headers, self.caller_headers)

    @property
    def shown_response_headers(self) -> Headers:
        """The headers that were received, with a mask in place of each value that may be a secret."""
        return masked(self.response_headers)


class Fetch(Protocol):
    """Sends one request with these query parameters, with the caller's key, without it, or with a wrong one.

    ``link`` is the path and the query of a link to be followed, exactly as it was given; ``query`` is then only what it
    reads as. It never raises for what the server does, and may be called by several threads at once.
    """

    def __call__(self, query: Query, *, key: KeyUse = True, link: str = "") -> Exchange: ...


def masked(headers: Headers, masks: Mapping[str, str] | None = None) -> Headers:
    """Return headers with `MASK`, or what ``masks`` has for the name, in place of each value that may be a secret."""
    known = {name.lower(): shown for name, shown in (masks or {}).items()}
    shown = []
    for name, value in headers:
        fallback = MASK if _SECRET_NAME.search(name) else value
        shown.append((name, known.get(name.lower(), fallback)))
    return tuple(shown)


def bounded(headers: Iterable[tuple[str, str]]) -> Headers:
    """Return the headers that fit into `KEPT_HEADERS`; those that do not are left out."""
    kept, left = [], KEPT_HEADERS
    for name, value in headers:
        if len(name) + len(value) <= left:
            left -= len(name) + len(value)
            kept.append((name, value))
    return tuple(kept)
