"""The headers of CORS (Fetch standard): which pages may read answers, and the answers to preflights.

By default, pages of any origin may read answers, with cookies and keys: a mock has no secrets, and an app under
development can have any port. Headers repeat what a page has sent only if it is an origin or the name of a header, and
in bounded length.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from mockserver.errors import OptionError, shown
from mockserver.mock.messages import Pair, Request

ALLOWED = ("X-API-Key", "Authorization", "Content-Type", "Prefer")
"""The request headers that a page may always send."""

EXPOSED = (
    "X-Mock-World",
    "X-Mock-Warning",
    "X-Mock-Scenario",
    "Preference-Applied",
    "Retry-After",
    "WWW-Authenticate",
    "Content-Length",
)
"""The headers of an answer that a page may read, in addition to those that the Fetch standard always allows."""

MAX_AGE = 600
"""The number of seconds for which a browser may cache the answer to a preflight."""

MAX_REQUESTED = 50
"""How many of the headers that a preflight requests are considered."""

_VARY: Pair = ("Vary", "Origin")
_NULL = "null"
_ORIGIN = re.compile(
    r"(?P<site>(?P<scheme>[a-z][a-z0-9+.-]{0,30})://(?:[a-z0-9_.~-]{1,255}|\[[0-9a-f:.]{2,45}\]))(?::(?P<port>[0-9]{1,5}|\*))?",
    re.IGNORECASE | re.ASCII,
)
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_DEFAULT_PORTS = {"http": "80", "https": "443"}


class Cors:
    """The origins whose pages may read answers: all (``None``) or some. In ``http://localhost:*``, the port is any.

    Raises `OptionError` for an invalid origin.
    """

    def __init__(self, origins: Sequence[str] | None = None) -> None:
        self._origins = None if origins is None else frozenset(map(_allowed, origins))

    def answer(self, origin: str | None) -> tuple[Pair, ...]:
        """Return the headers of an answer to a page of an origin (the header ``Origin`` of the request).

        Without an origin, or for one that is not allowed, this is only ``Vary``.
        """
        if not self._allows(origin):
            return (_VARY,)
        return (*_granted(origin), ("Access-Control-Expose-Headers", ", ".join(EXPOSED)), _VARY)

    def preflight(self, request: Request, methods: Iterable[str]) -> tuple[Pair, ...]:
        """Return the headers of the answer to a preflight: which methods and headers a page may send.

        ``methods`` are those of the path; the requested method is always allowed, too.
        """
        origin = request.header("Origin")
        if not self._allows(origin):
            return (_VARY,)
        requested = request.header("Access-Control-Request-Headers") or ""
        headers = [
            *_granted(origin),
            ("Access-Control-Allow-Methods", ", ".join(_methods(methods, request))),
            ("Access-Control-Allow-Headers", ", ".join(_headers(requested))),
            ("Access-Control-Max-Age", str(MAX_AGE)),
        ]
        if (request.header("Access-Control-Request-Private-Network") or "").strip().lower() == "true":
            headers.append(("Access-Control-Allow-Private-Network", "true"))
        return (*headers, _VARY)

    def _allows(self, origin: str | None) -> bool:
        parts = _parts(origin) if origin is not None else None
        if parts is None:
            return False
        return self._origins is None or parts in self._origins or (parts[0], "*") in self._origins


def is_preflight(request: Request) -> bool:
    """Return whether a request is a preflight, by which a browser asks if a page may send another request."""
    required = ("Origin", "Access-Control-Request-Method")
    return request.method == "OPTIONS" and all(request.header(name) is not None for name in required)


def _granted(origin: str | None) -> tuple[Pair, ...]:
    return (("Access-Control-Allow-Origin", origin or _NULL), ("Access-Control-Allow-Credentials", "true"))


def _methods(methods: Iterable[str], request: Request) -> list[str]:
    """Return the methods of the path and the requested one, so that a page can read a 405 instead of failing."""
    requested = (request.header("Access-Control-Request-Method") or "").strip()
    allowed = list(dict.fromkeys(methods))
    if requested not in allowed and _TOKEN.fullmatch(requested):
        allowed.append(requested)
    return allowed


def _headers(requested: str) -> Iterator[str]:
    """Yield the headers that may be sent: `ALLOWED`, then those that are requested and valid."""
    names = [name.strip() for name in requested.split(",", MAX_REQUESTED)[:MAX_REQUESTED]]
    known = {name.lower() for name in ALLOWED}
    yield from ALLOWED
    for name in names:
        if name.lower() not in known and _TOKEN.fullmatch(name):
            known.add(name.lower())
            yield name


def _parts(origin: str) -> tuple[str, str] | None:
    """Return scheme with host, and port, of an origin as browsers write it; ``None`` if it is invalid."""
    if origin == _NULL:
        return _NULL, ""
    found = _ORIGIN.fullmatch(origin)
    if found is None or found["port"] == "*":
        return None
    return _normalized(found)


def _normalized(found: re.Match[str]) -> tuple[str, str]:
    default = _DEFAULT_PORTS.get(found["scheme"].lower(), "")
    return found["site"].lower(), found["port"] or default


def _allowed(origin: str) -> tuple[str, str]:
    """Return an origin that a user allows as `_parts` does; its port may be ``*``. Raises `OptionError`."""
    if origin == _NULL:
        return _NULL, ""
    found = _ORIGIN.fullmatch(origin)
    if found is not None and (found["port"] in (None, "*") or 0 < int(found["port"]) < 65536):
        return _normalized(found)
    raise OptionError(f"invalid origin '{shown(origin)}'; {_hint(origin)}")


def _hint(origin: str) -> str:
    """Return what to write instead of an invalid origin."""
    if origin.strip() == "*":
        return "to allow all origins, leave the option out"
    if "*" in origin.rpartition("://")[2].partition(":")[0]:
        return "'*' can replace the port only, as in http://localhost:*"
    with_scheme = origin.strip() if "://" in origin else f"http://{origin.strip()}"
    found = _ORIGIN.match(with_scheme)
    if found is not None and with_scheme[found.end() : found.end() + 1] in ("/", "?", "#", ""):
        port = found["port"]
        if port in (None, "*") or 0 < int(port) < 65536:
            return f"expected scheme, host and port only: '{found[0]}'"
    return "expected scheme, host and port only, as in http://localhost:3000"
