"""Sends the judge's own requests through Schemathesis' transport: its base URL, headers, proxy, TLS and rate limit."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property
from threading import local
from typing import Any
from urllib.parse import urlencode

import requests
import schemathesis
from schemathesis.core.failures import Failure, FailureGroup

from mockserver.contract import JSON_MEDIA, Operation
from mockserver.judge.exchange import KEPT_BODY, KEY_VARIABLE, MASK, Exchange, Headers, Query, bounded
from mockserver.judge.schemathesis.lists import LISTS, Case

LARGEST_BODY = 16 * 2**20
"""Bytes of an answer that are read at most."""

LONGEST_ANSWER = 15.0
"""Seconds that an answer may take in all."""

PAUSES = (0.5, 1.0, 2.0, 4.0)
"""Seconds to wait after a 429 that does not say how long to wait."""

OWN_REQUEST: ContextVar[bool] = ContextVar("own_request", default=False)
"""Whether the request in progress is one of the judge's own, which no hook may change."""


@dataclass
class CaseFetch:
    """A `Fetch` that sends in the likeness of a case, through its document's transport."""

    case: Case
    operation: Operation
    _per_thread: local = field(default_factory=local)

    @cached_property
    def headers(self) -> dict[str, str]:
        """What every request carries: the configured headers, and the key of the environment."""
        return caller_headers(self.case, self.operation)

    def __call__(self, query: Query, *, key: bool = True) -> Exchange:
        """Send the query alone, without the case's own parameters, headers and cookies."""
        key_names = {name.lower() for name in self.operation.key_headers}
        headers = {name: value for name, value in self.headers.items() if key or name.lower() not in key_names}
        case = self.case.derive(query={}, headers=requests.structures.CaseInsensitiveDict(), cookies={}, keep_auth=key)
        params: Any = urlencode(query, errors="surrogatepass")
        own = OWN_REQUEST.set(True)
        try:
            response = self._send_patiently(case, params, headers)
        except (requests.RequestException, UnicodeError) as error:
            return self._unanswered(query, self._url(params), headers, error)
        finally:
            OWN_REQUEST.reset(own)
        return self._exchange(query, response, headers)

    def _send_patiently(self, case: Case, params: Any, headers: Mapping[str, str]) -> schemathesis.Response:
        """Send; after a 429 wait as long as it says, and send again."""
        for pause in PAUSES:
            response = case.call(params=params, headers=dict(headers), **self._transport())
            if response.status_code != 429:
                return response
            wanted = next(iter(response.headers.get("retry-after", [])), "")
            time.sleep(min(float(wanted) if wanted.isdigit() else pause, LONGEST_ANSWER))
        return case.call(params=params, headers=dict(headers), **self._transport())

    def _transport(self) -> dict[str, Any]:
        """Return how to send over a network: a session for each thread, and no redirects; nothing for in process."""
        if self.case.operation.app is not None:
            return {}
        if not hasattr(self._per_thread, "session"):
            self._per_thread.session = BoundedSession()
        return {"session": self._per_thread.session, "allow_redirects": False}

    def _url(self, params: str) -> str:
        base = (self.case.operation.base_url or "").rstrip("/")
        return f"{base}{self.case.formatted_path}" + (f"?{params}" if params else "")

    def _unanswered(self, query: Query, url: str, headers: Mapping[str, str], error: Exception) -> Exchange:
        return Exchange(
            query,
            None,
            error=_reason(error),
            method=self.operation.method,
            url=url,
            request_headers=bounded(headers.items()),
            caller_headers=self._shown(headers),
        )

    def _exchange(self, query: Query, response: schemathesis.Response, headers: Mapping[str, str]) -> Exchange:
        body, error = None, ""
        try:
            body = json.loads(response.content)
        except ValueError:
            error = "the body is not JSON"
        if 300 <= response.status_code < 400:
            error = f"redirected to {', '.join(response.headers.get('location', ['nowhere']))}"
        return Exchange(
            query,
            response.status_code,
            body,
            error,
            conformance_faults(self.case, response),
            method=str(response.request.method),
            url=str(response.request.url),
            request_headers=_sent_headers(response),
            caller_headers=self._shown(headers),
            response_headers=bounded((name, v) for name, values in response.headers.items() for v in values),
            content=response.content[:KEPT_BODY],
            size=len(response.content),
            elapsed=response.elapsed,
        )

    def _shown(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Return what is shown of the caller's headers: the variable for a key, a mask for all others."""
        key_names = {name.lower() for name in self.operation.key_headers}
        return {name: f"${KEY_VARIABLE}" if name.lower() in key_names else MASK for name in headers}


def _sent_headers(response: schemathesis.Response) -> Headers:
    return bounded(_header_texts(response.request.headers))


def _header_texts(headers: Mapping[str, str | bytes]) -> Iterator[tuple[str, str]]:
    for name, value in headers.items():
        yield name, value.decode("latin-1") if isinstance(value, bytes) else str(value)


class BoundedSession(requests.Session):
    """A session that gives up on an answer that is too large or takes too long, even if the server keeps sending."""

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
    """An answer is larger than `LARGEST_BODY`."""


def _reason(error: Exception) -> str:
    """Return why there is no answer, for people."""
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
    """Return the headers that are configured for a run, with the key of the environment unless they hold one."""
    configured = case.operation.schema.config.headers_for(operation=case.operation)
    headers = {str(name): str(value) for name, value in configured.items()}
    names = {name.lower() for name in headers}
    key = os.environ.get(KEY_VARIABLE)
    if key and operation.key_headers and not names & {name.lower() for name in operation.key_headers}:
        headers[operation.key_headers[0]] = key
    return headers


def conformance_faults(case: Case, response: schemathesis.Response) -> tuple[str, ...]:
    """Return what the contract has against an answer, a line each; nothing for a status that it does not document."""
    semantics = LISTS.of(case.operation)
    documented = semantics.operation.response(response.status_code) if semantics is not None else None
    if documented is None or documented.media_type is None:
        return ()
    media_type = next(iter(response.headers.get("content-type", [])), "none")
    if not JSON_MEDIA.match(media_type):
        return (f"got Content-Type {media_type}, expected {documented.media_type}",)
    try:
        case.operation.validate_response(response)
    except FailureGroup as group:
        return tuple(_one_line(failure) for failure in group.exceptions)
    except Failure as failure:
        return (_one_line(failure),)
    return ()


def _one_line(failure: BaseException) -> str:
    lines = [line.strip() for line in str(failure).splitlines() if line.strip()]
    return " - ".join(lines[:2])
