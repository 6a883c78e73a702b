"""A request that a form describes, sent through the whole server in process, and what came of it."""

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

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True)
class Asked:
    """A request of an operation: ``path`` is percent-encoded, ``query`` and ``headers`` are plain."""

    method: str
    path: str
    query: tuple[Pair, ...]
    headers: tuple[Pair, ...]

    @property
    def target(self) -> str:
        """Path and query as they stand in a URL."""
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path

    def said(self, name: str | None) -> str | None:
        """The first value of a query parameter, or ``None``."""
        return next((value for n, value in self.query if n == name), None)


def read_asked(operation: Operation, pairs: Sequence[Pair], key: str) -> Asked:
    """The request that form values describe: a name is ``location.parameter``; what is empty was not filled in."""
    filled = [(name, value) for name, value in pairs if value != ""]
    path = operation.path
    for name, value in _of("path", filled):
        path = path.replace(f"{{{name}}}", quote(value, safe=""))
    secret = {name.lower() for name in key_headers(operation)}
    headers = [(n, _one_line(v)) for n, v in _of("header", filled) if n.lower() not in secret]
    cookies = "; ".join(f"{name}={_one_line(value)}" for name, value in _of("cookie", filled))
    headers += [("Cookie", cookies)] if cookies else []
    if key:
        header = key_header(operation)
        headers.append((header, f"Bearer {key}" if header.lower() == "authorization" else key))
    return Asked(operation.method.upper(), quote(path, safe="/%{}"), tuple(_of("query", filled)), tuple(headers))


def _of(location: str, pairs: Iterable[Pair]) -> list[Pair]:
    """The values of one location, by parameter."""
    split = ((name.partition("."), value) for name, value in pairs)
    return [(name, value) for (where, _, name), value in split if where == location]


def _one_line(text: str) -> str:
    return " ".join(text.split())


@dataclass(frozen=True)
class Got:
    """An answer as it came: ``body`` may be shorter than was announced, and need not be JSON."""

    status: int
    phrase: str
    milliseconds: float
    headers: tuple[Pair, ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """The first header of that name, or ``None``."""
        return next((value for n, value in self.headers if n.lower() == name.lower()), None)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    @property
    def announced(self) -> int:
        """How many bytes the body should have."""
        said = self.header("Content-Length") or ""
        return int(said) if said.isdigit() else len(self.body)

    @property
    def broken(self) -> str | None:
        """What is wrong with the body, for a reader; ``None`` if it is whole."""
        if len(self.body) < self.announced:
            return f"The connection was closed after {len(self.body):,} of {self.announced:,} bytes."
        if self.body and self.value is None and self.text.strip() != "null":
            return f"The JSON is cut off, or is none: {len(self.body):,} bytes came that cannot be read to their end."
        return None

    @cached_property
    def value(self) -> Any:
        """The body as JSON; ``None`` if it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


def send(asked: Asked, application: Application, base_url: str, later: Callable[[float], None]) -> Got:
    """Ask a WSGI application, and wait for all of the answer; ``base_url`` ends with a slash.

    ``later`` is told by how many seconds the answer is late, instead of waiting for them here.
    """
    late: list[float] = []
    environ = create_environ(method=asked.method, base_url=base_url, headers={"Accept": "application/json"})
    environ["PATH_INFO"] = unquote_to_bytes(asked.path).decode("latin-1")
    environ["QUERY_STRING"] = urlencode(asked.query)
    for name, value in asked.headers:
        environ[f"HTTP_{name.upper().replace('-', '_')}"] = value.encode().decode("latin-1")
    environ[LATER] = late.append
    begun = perf_counter()
    body, status, headers = run_wsgi_app(application, environ, buffered=True)
    whole = b"".join(body)
    took = (perf_counter() - begun + sum(late)) * 1000
    later(sum(late))
    code, _, phrase = status.partition(" ")
    return Got(int(code), phrase_of(int(code)) or phrase.capitalize(), round(took, 2), tuple(headers), whole)


def phrase_of(status: int) -> str:
    """The name of a status; empty for one that nobody named."""
    return HTTPStatus(status).phrase if status in {known.value for known in HTTPStatus} else ""


def faults_of(value: Any, depth: int = 3) -> list[dict[str, Any]]:
    """The violations that a refusal lists, wherever in its body they stand: objects with ``loc`` and ``msg``.

    ``loc`` is a list, whatever came.
    """
    if isinstance(value, list):
        found = [v for v in value if isinstance(v, dict) and {"loc", "msg"} <= v.keys()]
        return [{**v, "loc": _steps(v["loc"])} for v in found]
    if not isinstance(value, dict) or depth == 0:
        return []
    return next((faults for inner in value.values() if (faults := faults_of(inner, depth - 1))), [])


def _steps(loc: Any) -> list[Any]:
    return loc if isinstance(loc, list) else [] if loc is None else [loc]
