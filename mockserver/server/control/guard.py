"""Who may use the control plane: what runs on this machine, or who has the token.

A request must come from this machine (its address), and be meant for it (its ``Host``).
A page of another site must not steer a developer's mock: neither by a name of its own that it lets point to this
machine (DNS rebinding: the ``Host`` is then foreign), nor by a form or a fetch (CSRF: the ``Origin`` is then foreign).
With a token any host will do, and nothing is answered without it, but for health and readiness, which say nothing.
"""

from __future__ import annotations

import hmac
import ipaddress
from hashlib import blake2b
from urllib.parse import quote, urlencode, urlsplit

from flask import Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from mockserver.server.wsgi import CONTROL
from mockserver.values.encode import encode

OPEN = ("health", "ready")


class Guard:
    """Checks each request to the control plane."""

    def __init__(self, token: str | None) -> None:
        # As bytes: an environment may hold what is no UTF-8, and a header is bytes too.
        self._token = None if token is None else token.encode("utf-8", "surrogateescape")

    def check(self) -> BaseResponse | None:
        """The refusal of this request, or nothing."""
        if (request.endpoint or "").rpartition(".")[2] in OPEN:
            return None
        if self._token is not None:
            # A browser asks without the token whether it may send it.
            return None if self._is_preflight() else self._with_token(self._token)
        address = request.environ.get("REMOTE_ADDR")
        if not is_this_machine(address):
            return refused(
                f"the control plane answers this machine only, and the request comes from {address}",
                "Start the server with --control-token, and send the token; so too where it runs in a container.",
            )
        if not is_loopback(request.host):
            return refused(
                f"the control plane answers this machine only, and the request was for the host '{request.host}'",
                "Ask for it as 127.0.0.1 or localhost, or start the server with --control-token.",
            )
        return self._foreign_origin()

    def _is_preflight(self) -> bool:
        asked = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
        return asked and self._is_known(request.headers.get("Origin", ""))

    def open_to_pages_of_this_machine(self, response: Response) -> Response:
        """Let a frontend's own tests, in a page of this machine, read the answer."""
        origin = request.headers.get("Origin")
        if origin and self._is_known(origin):
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
            response.headers["Access-Control-Allow-Methods"] = "GET, PUT, POST, DELETE"
            response.headers["Vary"] = "Origin"
            if request.headers.get("Access-Control-Request-Private-Network") == "true":
                response.headers["Access-Control-Allow-Private-Network"] = "true"
        return response

    def _with_token(self, token: bytes) -> BaseResponse | None:
        scheme, _, said = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer" and hmac.compare_digest(_bytes(said.strip(" ")), token):
            return None
        cookie = f"mockserver-{blake2b(token, digest_size=6).hexdigest()}"
        if hmac.compare_digest(request.cookies.get(cookie, "").encode(), quote(token).encode()):
            return self._foreign_origin()
        if request.method == "GET" and hmac.compare_digest(request.args.get("token", "").encode(), token):
            rest = [(name, value) for name, value in request.args.items(multi=True) if name != "token"]
            answer = redirect(request.script_root + request.path + (f"?{urlencode(rest)}" if rest else ""))
            # Cookies know no ports: it goes to no other path, and no other mock's has its name.
            path = request.script_root + CONTROL
            answer.set_cookie(cookie, quote(token), path=path, httponly=True, samesite="Strict")
            return answer
        return refused(
            "the control plane needs its token",
            "Send it as 'Authorization: Bearer TOKEN', or open this page once with ?token=TOKEN.",
            401,
        )

    def _foreign_origin(self) -> BaseResponse | None:
        origin = request.headers.get("Origin")
        if origin is None or self._is_known(origin):
            return None
        return refused(f"the request comes from a page of {origin!r}", "Only pages of this machine may steer the mock.")

    def _is_known(self, origin: str) -> bool:
        try:
            host = urlsplit(origin).netloc
        except ValueError:
            return False
        return host != "" and (host == request.host or is_loopback(host))


def is_loopback(host: str) -> bool:
    """Whether a ``Host`` (a name or an address, with or without a port) means this machine to every resolver."""
    try:
        name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
        if name == "localhost" or name.endswith(".localhost"):
            return True
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def is_this_machine(address: str | None) -> bool:
    """Whether a ``REMOTE_ADDR`` is of this machine; a Unix socket has none, nor has a call in process."""
    if not address:
        return True
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return (mapped or ip).is_loopback


def refused(error: str, suggestion: str, status: int = 403) -> Response:
    """A refusal in the shape of all others."""
    body = encode({"success": False, "error": error, "suggestion": suggestion})
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return Response(body, status, headers, content_type="application/json")


def _bytes(text: str) -> bytes:
    """The bytes of a header's value: on the wire they were Latin-1, or what a caller in process wrote."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
