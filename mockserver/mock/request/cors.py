"""Cross-origin requests (the Fetch standard's CORS): which page may read an answer, and what a preflight is told.

By default any page may, with its cookies and keys: a mock has no secrets, and an app under development has any port.
What a page sends is never put into a header but as an origin or as names of headers, of bounded length.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from mockserver.errors import OptionError
from mockserver.mock.messages import Pair, Request

ALLOWED = ("X-API-Key", "Authorization", "Content-Type", "Prefer")
"""The headers that a page may send in any case."""

EXPOSED = (
    "X-Mock-World",
    "X-Mock-Warning",
    "X-Mock-Scenario",
    "Preference-Applied",
    "Retry-After",
    "WWW-Authenticate",
    "Content-Length",
)
"""The headers of an answer that a page may read, beside those that it always may."""

MAX_AGE = 600
"""Seconds for which a browser may keep the answer to a preflight."""

MAX_ASKED = 50
"""How many of the headers that a preflight asks for are looked at."""

_VARY: Pair = ("Vary", "Origin")
_NULL = "null"
_ORIGIN = re.compile(
    r"(?P<site>(?P<scheme>[a-z][a-z0-9+.-]{0,30})://(?:[a-z0-9_.~-]{1,255}|\[[0-9a-f:.]{2,45}\]))(?::(?P<port>[0-9]{1,5}|\*))?",
    re.IGNORECASE | re.ASCII,
)
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_DEFAULT_PORTS = {"http": "80", "https": "443"}


class Cors:
    """Who may read answers: any page (``None``), or those of some origins; ``http://localhost:*`` is any port.

    Raises `OptionError` for what is no origin.
    """

    def __init__(self, origins: Sequence[str] | None = None) -> None:
        self._origins = None if origins is None else frozenset(map(_allowed, origins))

    def answer(self, origin: str | None) -> tuple[Pair, ...]:
        """The headers of an answer to a page of an origin (a request's ``Origin``).

        Without an origin, or for one that may not read it, they say only that the answer depends on it.
        """
        if not self._admits(origin):
            return (_VARY,)
        return (*_granted(origin), ("Access-Control-Expose-Headers", ", ".join(EXPOSED)), _VARY)

    def preflight(self, request: Request, methods: Iterable[str]) -> tuple[Pair, ...]:
        """The headers of the answer to a preflight (see `is_preflight`): which methods and headers a page may send.

        ``methods`` are those of the path; the one that is asked for may be sent in any case.
        """
        origin = request.header("Origin")
        if not self._admits(origin):
            return (_VARY,)
        asked = request.header("Access-Control-Request-Headers") or ""
        private = (request.header("Access-Control-Request-Private-Network") or "").strip().lower() == "true"
        return (
            *_granted(origin),
            ("Access-Control-Allow-Methods", ", ".join(_methods(methods, request))),
            ("Access-Control-Allow-Headers", ", ".join(_headers(asked))),
            ("Access-Control-Max-Age", str(MAX_AGE)),
            *((("Access-Control-Allow-Private-Network", "true"),) if private else ()),
            _VARY,
        )

    def _admits(self, origin: str | None) -> bool:
        parts = _parts(origin) if origin is not None else None
        if parts is None:
            return False
        return self._origins is None or parts in self._origins or (parts[0], "*") in self._origins


def is_preflight(request: Request) -> bool:
    """Whether a browser asks if a page may send a request, rather than sends it."""
    wanted = ("Origin", "Access-Control-Request-Method")
    return request.method == "OPTIONS" and all(request.header(name) is not None for name in wanted)


def _granted(origin: str | None) -> tuple[Pair, ...]:
    return (("Access-Control-Allow-Origin", origin or _NULL), ("Access-Control-Allow-Credentials", "true"))


def _methods(methods: Iterable[str], request: Request) -> list[str]:
    """The path's methods, and the one that is asked for: a page should read the 405, not fail before it."""
    asked = (request.header("Access-Control-Request-Method") or "").strip()
    return list(dict.fromkeys([*methods, *([asked] if _TOKEN.fullmatch(asked) else [])]))


def _headers(asked: str) -> Iterator[str]:
    """The headers that may be sent: ours, then those that are asked for and can be a header's name."""
    names = [name.strip() for name in asked.split(",", MAX_ASKED)[:MAX_ASKED]]
    known = {name.lower() for name in ALLOWED}
    yield from ALLOWED
    for name in names:
        if name.lower() not in known and _TOKEN.fullmatch(name):
            known.add(name.lower())
            yield name


def _parts(origin: str) -> tuple[str, str] | None:
    """Scheme with host, and port, of an origin as browsers write it; ``None`` if it is none."""
    if origin == _NULL:
        return _NULL, ""
    found = _ORIGIN.fullmatch(origin)
    if found is None or found["port"] == "*":
        return None
    return _named(found)


def _named(found: re.Match[str]) -> tuple[str, str]:
    default = _DEFAULT_PORTS.get(found["scheme"].lower(), "")
    return found["site"].lower(), found["port"] or default


def _allowed(origin: str) -> tuple[str, str]:
    """An origin that a user allows, as `_parts` has it; its port may be ``*``. Raises `OptionError`."""
    if origin == _NULL:
        return _NULL, ""
    found = _ORIGIN.fullmatch(origin)
    if found is not None and (found["port"] in (None, "*") or 0 < int(found["port"]) < 65536):
        return _named(found)
    raise OptionError(f"'{origin[:200]}' is no origin: {_hint(origin)}")


def _hint(origin: str) -> str:
    """What to write instead."""
    if origin.strip() == "*":
        return "any page may read the answers if no origin is given at all"
    if "*" in origin.rpartition("://")[2].partition(":")[0]:
        return "'*' can stand for the port only, as in http://localhost:*"
    with_scheme = origin.strip() if "://" in origin else f"http://{origin.strip()}"
    found = _ORIGIN.match(with_scheme)
    if found is not None and with_scheme[found.end() : found.end() + 1] in ("/", "?", "#", ""):
        port = found["port"]
        if port in (None, "*") or 0 < int(port) < 65536:
            return f"an origin is scheme, host and port alone: write '{found[0]}'"
    return "an origin is scheme, host and port alone, as in http://localhost:3000"
