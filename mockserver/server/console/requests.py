"""The request that the explorer's form describes, sent through the whole server in process, and the answer to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from time import perf_counter
from typing import Any
from urllib.parse import quote, unquote_to_bytes, urlencode

from werkzeug.test import create_environ, run_wsgi_app

from mockserver.contract import Operation
from mockserver.mock.messages import LATER, Pair
from mockserver.mock.request.api_keys import key_header, key_headers
from mockserver.server.wsgi import Application


@dataclass(frozen=True)
class FormRequest:
    """A request for an operation: ``path`` is percent-encoded, ``query`` and ``headers`` are not."""

    method: str
    path: str
    query: tuple[Pair, ...]
    headers: tuple[Pair, ...]

    @property
    def target(self) -> str:
        """Path and query as they stand in a URL."""
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path

    def parameter(self, name: str | None) -> str | None:
        """Return the first value of a query parameter, or ``None``."""
        return next((value for n, value in self.query if n == name), None)


def read_form(operation: Operation, pairs: Sequence[Pair], key: str) -> FormRequest:
    """Return the request that form values describe.

    The name of a value is ``location.parameter``. Empty values are left out.
    """
    filled = [(name, value) for name, value in pairs if value != ""]
    path = operation.path
    for name, value in _values_in("path", filled):
        path = path.replace(f"{{{name}}}", quote(value, safe=""))
    secret = {name.lower() for name in key_headers(operation)}
    headers = [(n, _one_line(v)) for n, v in _values_in("header", filled) if n.lower() not in secret]
    cookies = "; ".join(f"{name}={_one_line(value)}" for name, value in _values_in("cookie", filled))
    if cookies:
        headers.append(("Cookie", cookies))
    if key:
        header = key_header(operation)
        headers.append((header, f"Bearer {key}" if header.lower() == "authorization" else key))
    query = tuple(_values_in("query", filled))
    return FormRequest(operation.method.upper(), quote(path, safe="/%{}"), query, tuple(headers))


def _values_in(location: str, pairs: Iterable[Pair]) -> list[Pair]:
    """Return the values of one location, by parameter."""
    split = ((name.partition("."), value) for name, value in pairs)
    return [(name, value) for (where, _, name), value in split if where == location]


def _one_line(text: str) -> str:
    return " ".join(text.split())


@dataclass(frozen=True)
class ReceivedAnswer:
    """An answer as it was received: ``body`` may be shorter than announced, and need not be JSON."""

    status: int
    phrase: str
    milliseconds: float
    headers: tuple[Pair, ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the first header of that name, or ``None``."""
        return next((value for n, value in self.headers if n.lower() == name.lower()), None)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    @property
    def announced(self) -> int:
        """The length of the body in bytes, by its header."""
        length = self.header("Content-Length") or ""
        return int(length) if length.isdigit() else len(self.body)

    @property
    def problem(self) -> str | None:
        """What is wrong with the body, for a reader; ``None`` if it is complete JSON."""
        if len(self.body) < self.announced:
            return f"The connection was closed after {len(self.body):,} of {self.announced:,} bytes."
        if self.body and self.value is None and self.text.strip() != "null":
            return f"The {len(self.body):,} bytes of the body are not JSON, or JSON that is cut off."
        return None

    @cached_property
    def value(self) -> Any:
        """The body as JSON; ``None`` if it is not JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


def send(
    request: FormRequest, application: Application, base_url: str, later: Callable[[float], None]
) -> ReceivedAnswer:
    """Send a request to a WSGI application, and wait for the whole answer; ``base_url`` ends with a slash.

    If the answer has a delay, ``later`` is called with its seconds instead of waiting.
    """
    delays: list[float] = []
    environ = create_environ(method=request.method, base_url=base_url, headers={"Accept": "application/json"})
    environ["PATH_INFO"] = unquote_to_bytes(request.path).decode("latin-1")
    environ["QUERY_STRING"] = urlencode(request.query)
    for name, value in request.headers:
        environ[f"HTTP_{name.upper().replace('-', '_')}"] = value.encode().decode("latin-1")
    environ[LATER] = delays.append
    begun = perf_counter()
    parts, status_line, headers = run_wsgi_app(application, environ, buffered=True)
    body = b"".join(parts)
    milliseconds = (perf_counter() - begun + sum(delays)) * 1000
    later(sum(delays))
    code, _, phrase = status_line.partition(" ")
    status = int(code)
    return ReceivedAnswer(
        status, phrase_of(status) or phrase.capitalize(), round(milliseconds, 2), tuple(headers), body
    )


def phrase_of(status: int) -> str:
    """Return the standard phrase of a status, or an empty text."""
    return HTTPStatus(status).phrase if status in {known.value for known in HTTPStatus} else ""


def violations_of(value: Any, depth: int = 3) -> list[dict[str, Any]]:
    """Return the violations that the body of a refusal lists, at any place: objects with ``loc`` and ``msg``.

    ``loc`` is always a list, whatever the body has.
    """
    if isinstance(value, list):
        found = [v for v in value if isinstance(v, dict) and {"loc", "msg"} <= v.keys()]
        return [{**v, "loc": _as_list(v["loc"])} for v in found]
    if not isinstance(value, dict) or depth == 0:
        return []
    for inner in value.values():
        found = violations_of(inner, depth - 1)
        if found:
            return found
    return []


def _as_list(loc: Any) -> list[Any]:
    if isinstance(loc, list):
        return loc
    return [] if loc is None else [loc]
