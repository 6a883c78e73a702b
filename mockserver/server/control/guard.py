"""Who may use the control API and the console: this machine, or whoever has the token.

Without a token, a request must come from this machine (by its address) and be addressed to it (by its ``Host``). A page
of another site must not control a developer's mock. Two attacks are stopped: DNS rebinding, where the site lets a name
of its own resolve to this machine (the ``Host`` is foreign), and CSRF, a form or script of the site (the ``Origin`` is
foreign).

With a token, requests for any host are accepted, but none without the token. Health and readiness are public: they
reveal nothing.
"""

from __future__ import annotations

import hmac
import ipaddress
from hashlib import blake2b
from urllib.parse import quote, urlencode, urlsplit

from flask import Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from mockserver.mock.request.api_keys import header_bytes
from mockserver.server.wsgi import CONTROL
from mockserver.values.encode import encode

PUBLIC = ("health", "ready")
"""Endpoints that everyone may call."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""The Content-Security-Policy of every answer."""

_LOCAL_ONLY = "only this machine may use the control API and the console"


class Guard:
    """Checks each request for the control API and the console."""

    def __init__(self, token: str | None) -> None:
        # As bytes: an environment variable may not be UTF-8, and a header consists of bytes too.
        self._token = None if token is None else token.encode("utf-8", "surrogateescape")

    def check(self) -> BaseResponse | None:
        """Return the refusal of the current request, a redirect that sets the cookie, or ``None`` to let it pass."""
        if (request.endpoint or "").rpartition(".")[2] in PUBLIC:
            return None
        if self._token is not None:
            # A browser's preflight carries no token.
            return None if _is_preflight() else _check_token(self._token)
        address = request.environ.get("REMOTE_ADDR")
        if not is_this_machine(address):
            return refused(
                f"{_LOCAL_ONLY}, got a request from {address}",
                "Start the server with --control-token and send the token. A server in a container needs this too.",
            )
        if not is_loopback(request.host):
            return refused(
                f"{_LOCAL_ONLY}, got a request for the host '{request.host}'",
                "Send it to 127.0.0.1 or localhost, or start the server with --control-token.",
            )
        return _check_origin()


def allow_local_pages(response: Response) -> Response:
    """Let pages of this machine, such as a frontend's own tests, read the answer (CORS)."""
    origin = request.headers.get("Origin")
    if origin and _is_local(origin):
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
        response.headers["Access-Control-Allow-Methods"] = "GET, PUT, POST, DELETE"
        response.headers["Vary"] = "Origin"
        if request.headers.get("Access-Control-Request-Private-Network") == "true":
            response.headers["Access-Control-Allow-Private-Network"] = "true"
    return response


def restrict_browser(response: Response) -> Response:
    """Forbid a browser everything that the answer does not need, by its headers."""
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    if request.endpoint is None or not request.endpoint.endswith("static"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def refused(error: str, suggestion: str, status: int = 403) -> Response:
    """Return a refusal in the shape of the mock's own."""
    body = encode({"success": False, "error": error, "suggestion": suggestion})
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return Response(body, status, headers, content_type="application/json")


def is_loopback(host: str) -> bool:
    """Return whether every resolver takes a ``Host`` (name or address, with or without a port) as this machine."""
    try:
        name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
        if name == "localhost" or name.endswith(".localhost"):
            return True
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def is_this_machine(address: str | None) -> bool:
    """Return whether a ``REMOTE_ADDR`` is this machine's. A Unix socket and a call in the same process have none."""
    if not address:
        return True
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return (mapped or ip).is_loopback


def _is_preflight() -> bool:
    """Return whether the request is a preflight for a page of this machine."""
    is_preflight = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
    return is_preflight and _is_local(request.headers.get("Origin", ""))


def _check_token(token: bytes) -> BaseResponse | None:
    """Accept the token in the header, in the cookie, or in the URL of a GET, which sets the cookie."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and hmac.compare_digest(header_bytes(given.strip(" ")), token):
        return None
    cookie = f"mockserver-{blake2b(token, digest_size=6).hexdigest()}"
    if hmac.compare_digest(request.cookies.get(cookie, "").encode(), quote(token).encode()):
        return _check_origin()
    if request.method == "GET" and hmac.compare_digest(request.args.get("token", "").encode(), token):
        rest = [(name, value) for name, value in request.args.items(multi=True) if name != "token"]
        answer = redirect(request.script_root + request.path + (f"?{urlencode(rest)}" if rest else ""))
        # Browsers send a cookie to every port of a host: so it is limited to this path, and named after the token.
        path = request.script_root + CONTROL
        answer.set_cookie(cookie, quote(token), path=path, httponly=True, samesite="Strict")
        return answer
    return refused(
        "the control API and the console need a token",
        "Send it as 'Authorization: Bearer TOKEN', or open this page once with ?token=TOKEN.",
        401,
    )


def _check_origin() -> BaseResponse | None:
    origin = request.headers.get("Origin")
    if origin is None or _is_local(origin):
        return None
    return refused(
        f"{_LOCAL_ONLY}, got a request from a page of {origin!r}",
        "Use a page of this machine, or a client other than a browser.",
    )


def _is_local(origin: str) -> bool:
    """Return whether an ``Origin`` is this server's own, or another one of this machine."""
    try:
        host = urlsplit(origin).netloc
    except ValueError:
        return False
    return host != "" and (host == request.host or is_loopback(host))
