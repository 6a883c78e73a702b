"""Requests of our own, through Schemathesis' transport: its base URL, headers, proxy, TLS and rate limit."""

from __future__ import annotations

import json
import os
import shlex
import threading
import time
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

import requests
import schemathesis
from schemathesis.core.failures import Failure, FailureGroup

from mockserver.contract import JSON_MEDIA, Operation
from mockserver.judge.schemathesis.lists import LISTS, Case
from mockserver.judge.walk import Exchange, Query

KEY_VARIABLE = "MOCKSERVER_KEY"
"""The environment variable that holds the caller's key for a server under test."""

LARGEST_BODY = 16 * 2**20
"""Bytes of an answer that are read at most."""

LONGEST_ANSWER = 15.0
"""Seconds that an answer may take in all."""

PAUSES = (0.5, 1.0, 2.0, 4.0)
"""Seconds to wait after a 429 that does not say for how long."""

OWN_REQUEST: ContextVar[bool] = ContextVar("own_request", default=False)
"""Whether the request under way is one of ours, which no hook may touch."""


@dataclass
class CaseFetch:
    """A `Fetch` that sends through Schemathesis' own transport: its base URL, headers, proxy, TLS and rate limit."""

    case: Case
    operation: Operation
    local: threading.local = field(default_factory=threading.local)

    @cached_property
    def headers(self) -> dict[str, str]:
        """What every request carries: the configured headers, and the key of the environment."""
        return caller_headers(self.case, self.operation)

    def __call__(self, query: Query, *, key: bool = True) -> Exchange:
        """Send the query alone: none of the case's own parameters, headers or cookies go with it."""
        names = {name.lower() for name in self.operation.key_headers}
        headers = {n: v for n, v in self.headers.items() if key or n.lower() not in names}
        case = self.case.derive(query={}, headers=requests.structures.CaseInsensitiveDict(), cookies={}, keep_auth=key)
        params: Any = urlencode(query, errors="surrogatepass")
        own = OWN_REQUEST.set(True)
        try:
            response = self._patiently(case, params, headers)
        except (requests.RequestException, UnicodeError) as error:
            return Exchange(query, None, error=_reason(error), curl=self._curl(self._url(params), headers))
        finally:
            OWN_REQUEST.reset(own)
        return self._exchange(query, response, headers)

    def _patiently(self, case: Case, params: Any, headers: Mapping[str, str]) -> schemathesis.Response:
        """Send, and where the server says that it was too much at once (429), wait as it says, and send again."""
        for pause in PAUSES:
            response = case.call(params=params, headers=dict(headers), **self._transport())
            if response.status_code != 429:
                return response
            asked = next(iter(response.headers.get("retry-after", [])), "")
            time.sleep(min(float(asked) if asked.isdigit() else pause, LONGEST_ANSWER))
        return case.call(params=params, headers=dict(headers), **self._transport())

    def _transport(self) -> dict[str, Any]:
        """How to send over a network: a session for each thread, so that nothing is shared; and no redirects."""
        if self.case.operation.app is not None:
            return {}
        if not hasattr(self.local, "session"):
            self.local.session = BoundedSession()
        return {"session": self.local.session, "allow_redirects": False}

    def _url(self, params: str) -> str:
        base = (self.case.operation.base_url or "").rstrip("/")
        return f"{base}{self.case.formatted_path}" + (f"?{params}" if params else "")

    def _exchange(self, query: Query, response: schemathesis.Response, headers: Mapping[str, str]) -> Exchange:
        curl = self._curl(str(response.request.url), headers)
        faults = conformance_faults(self.case, response)
        try:
            body, error = json.loads(response.content), ""
        except ValueError:
            body, error = None, "the body is not JSON"
        if 300 <= response.status_code < 400:
            error = f" ({', '.join(response.headers.get('location', ['nowhere']))})"
        return Exchange(query, response.status_code, body, error, faults, curl)

    def _curl(self, url: str, headers: Mapping[str, str]) -> str:
        """The request as a line to paste; what a caller's headers say is named, never shown."""
        secret = {name.lower() for name in self.operation.key_headers}
        shown = [f'-H "{n}: {f"${KEY_VARIABLE}" if n.lower() in secret else "..."}"' for n in headers]
        return " ".join(["curl -s", *shown, shlex.quote(url)])


class BoundedSession(requests.Session):
    """A session that gives up on an answer that is too large or takes too long, whatever the server goes on to send."""

    def __init__(self) -> None:
        super().__init__()
        self.headers.clear()

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send, and read the body. Raises `requests.RequestException` beyond `LARGEST_BODY` or `LONGEST_ANSWER`."""
        deadline = time.monotonic() + LONGEST_ANSWER
        response = super().send(request, **{**kwargs, "stream": True})
        body = bytearray()
        for chunk in response.iter_content(65536):
            body += chunk
            if len(body) > LARGEST_BODY:
                response.close()
                raise TooLargeError(f"an answer is larger than {LARGEST_BODY // 2**20} MiB")
            if time.monotonic() > deadline:
                response.close()
                raise requests.Timeout
        response._content = bytes(body)
        return response


class TooLargeError(requests.RequestException):
    """An answer larger than is read."""


def _reason(error: Exception) -> str:
    if isinstance(error, TooLargeError):
        return str(error)
    if isinstance(error, requests.exceptions.SSLError):
        return "the server's TLS certificate is not trusted"
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    if isinstance(error, requests.ConnectionError):
        return "the connection failed, or was closed without an answer"
    return type(error).__name__


def caller_headers(case: Case, operation: Operation) -> dict[str, str]:
    """The headers that were configured for a run (``-H``, the toml), with the key of the environment where none is."""
    headers = {str(n): str(v) for n, v in case.operation.schema.config.headers_for(operation=case.operation).items()}
    given = {name.lower() for name in headers}
    key = os.environ.get(KEY_VARIABLE)
    if key and operation.key_headers and not given & {n.lower() for n in operation.key_headers}:
        headers[operation.key_headers[0]] = key
    return headers


def conformance_faults(case: Case, response: schemathesis.Response) -> tuple[str, ...]:
    """What the contract has against an answer, a line each; empty for a status that it does not document."""
    semantics = LISTS.of(case.operation)
    documented = semantics.operation.response(response.status_code) if semantics is not None else None
    if documented is None or documented.media_type is None:
        return ()
    media_type = next(iter(response.headers.get("content-type", [])), "none")
    if not JSON_MEDIA.match(media_type):
        return (f"Content-Type is {media_type}, where {documented.media_type} is documented",)
    try:
        case.operation.validate_response(response)
    except FailureGroup as group:
        return tuple(_one_line(f) for f in group.exceptions)
    except Failure as failure:
        return (_one_line(failure),)
    return ()


def _one_line(failure: BaseException) -> str:
    lines = [line.strip() for line in str(failure).splitlines() if line.strip()]
    return " - ".join(lines[:2])
