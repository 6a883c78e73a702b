"""Who may use the control plane: what runs on this machine, or who has the token.

A page of another site must not steer a developer's mock: neither by a name of its own that it lets point to this
machine (DNS rebinding: the ``Host`` is then foreign), nor by a form or a fetch (CSRF: the ``Origin`` is then foreign).
With a token any host will do, and nothing is answered without it, but for health and readiness, which say nothing.
"""

from __future__ import annotations

import hmac
import ipaddress
from urllib.parse import urlsplit

from flask import Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from mockserver.messages import encode

COOKIE = "mockserver-token"
OPEN = ("health", "ready")


class Guard:
    """Checks each request to the control plane."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    def check(self) -> BaseResponse | None:
        """The refusal of this request, or nothing."""
        if (request.endpoint or "").rpartition(".")[2] in OPEN:
            return None
        if self._token is not None:
            return self._with_token(self._token)
        if not is_loopback(request.host):
            return refused(
                f"the control plane answers to this machine only, and the request was for the host '{request.host}'",
                "Ask for it as 127.0.0.1 or localhost, or start the server with --control-token.",
            )
        return self._foreign_origin()

    def open_to_pages_of_this_machine(self, response: Response) -> Response:
        """Let a frontend's own tests, in a page of this machine, read the answer."""
        origin = request.headers.get("Origin")
        if origin and self._is_known(origin):
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
            response.headers["Access-Control-Allow-Methods"] = "GET, PUT, POST, DELETE"
            response.headers["Vary"] = "Origin"
        return response

    def _with_token(self, token: str) -> BaseResponse | None:
        said = request.headers.get("Authorization", "").removeprefix("Bearer ")
        for text in (said, request.cookies.get(COOKIE, "")):
            if _same(text, token):
                return self._foreign_origin() if text != said else None
        if request.method == "GET" and _same(request.args.get("token", ""), token):
            answer = redirect(request.path)
            answer.set_cookie(COOKIE, token, httponly=True, samesite="Strict")
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


def refused(error: str, suggestion: str, status: int = 403) -> Response:
    """A refusal in the shape of all others."""
    body = encode({"success": False, "error": error, "suggestion": suggestion})
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return Response(body, status, headers, content_type="application/json")


def _same(said: str, token: str) -> bool:
    return bool(said) and hmac.compare_digest(said.encode(), token.encode())
