"""Sends the judge's own requests through Schemathesis' transport: its base URL, headers, proxy, TLS and rate limit."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from threading import local
from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit

import requests
import schemathesis
from schemathesis.core.failures import Failure, FailureGroup

from mockserver.contract import JSON_MEDIA, Operation
from mockserver.judge.exchange import KEPT_BODY, Exchange, Headers, KeyUse, Query, bounded
from mockserver.judge.schemathesis.credentials import Credential
from mockserver.judge.schemathesis.inputs import split_body
from mockserver.judge.schemathesis.lists import LISTS, Case
from mockserver.judge.schemathesis.spoiling import spoiled
from mockserver.judge.schemathesis.target import Inputs, Target, accepted_types, target_of
from mockserver.judge.schemathesis.transport import (
    BROKEN,
    OWN_REQUEST,
    USER_AGENT,
    BoundedSession,
    PatientTransport,
    patiently,
    reason,
)
from mockserver.judge.strict import json_faults

_GZIP = b"\x1f\x8b"


@dataclass(frozen=True)
class _Request:
    """One request before it is sent, and what is shown of it. ``shown`` has what stands for the caller's headers."""

    query: Query
    params: str
    shown_params: str
    headers: Mapping[str, str]
    cookies: Mapping[str, str]
    body: dict[str, Any] | None
    shown: Mapping[str, str]
    path: Mapping[str, str]
    link: str = ""


@dataclass
class CaseFetch:
    """A `Fetch` that sends in the likeness of a case, through its document's transport.

    ``inputs`` are what the operation cannot be asked without; by default those of its target.
    """

    case: Case
    operation: Operation
    inputs: Inputs | None = None
    _per_thread: local = field(default_factory=local)

    @cached_property
    def target(self) -> Target:
        """The server under test."""
        return target_of(self.case.operation.schema)

    @property
    def in_process(self) -> bool:
        """Whether an application is called, without a network."""
        return self.target.in_process or self.case.operation.app is not None

    def __call__(self, query: Query, *, key: KeyUse = True, link: str = "") -> Exchange:
        """Send the query, with what the operation cannot be asked without; nothing else of the case. Or follow a link.

        Raises `BudgetSpent` if time is over, or the server limits requests and waiting does not help; `JudgeError` if
        no token can be had.
        """
        request = self._request(query, key=key, link=link)
        own = OWN_REQUEST.set(True)
        try:
            response = self._send(request, key=key)
        except (requests.RequestException, UnicodeError) as error:
            return self._unanswered(request, reason(error))
        finally:
            OWN_REQUEST.reset(own)
        return self._exchange(request, response)

    # Requests ---------------------------------------------------------------------------------------------------------

    def _request(self, query: Query, *, key: KeyUse, link: str) -> _Request:
        inputs = self.inputs or self.target.inputs.get(self.case.operation.label) or Inputs()
        if link:
            # A link is followed exactly as it was given.
            inputs = replace(inputs, query=(), body=None)
        given = {name for name, _ in query}
        pairs, body = split_body(self.operation, [*(p for p in inputs.query if p[0] not in given), *query], inputs)
        credentials = list(self._credentials(key))
        secret = [(c.name, c.value, c.shown) for c in credentials if c.location == "query" and c.name not in given]
        own = link.partition("?")[2] if link else urlencode(pairs, errors="surrogatepass")
        params = "&".join(filter(None, [own, urlencode([(name, value) for name, value, _ in secret])]))
        shown = [own, *(f"{name}={instead}" for name, _, instead in secret)]
        headers = {c.name: c.value for c in credentials if c.location == "header"}
        cookies = {c.name: c.value for c in credentials if c.location == "cookie"}
        stand_ins = {c.name: c.shown for c in credentials if c.location == "header"}
        secret_cookies = [f"{c.name}={c.shown}" for c in credentials if c.location == "cookie"]
        if secret_cookies:
            stand_ins["Cookie"] = "; ".join(secret_cookies)
        return _Request(
            query,
            params,
            "&".join(filter(None, shown)),
            {"Accept": accepted_types(self.operation), "User-Agent": USER_AGENT, **inputs.headers, **headers},
            {**inputs.cookies, **cookies},
            body,
            {**inputs.headers, **stand_ins},
            inputs.path,
            link,
        )

    def _credentials(self, key: KeyUse) -> Iterator[Credential]:
        for credential in credentials_of(self.case, self.operation):
            if key is True or not self._is_key(credential):
                yield credential
            elif key:
                yield spoiled(credential, key)

    def _is_key(self, credential: Credential) -> bool:
        """Return whether a credential proves who is calling; other headers of the caller go along without the key."""
        access, places = self.target.access, self.operation.key_parameters
        is_token = credential.is_at("header", "Authorization") and bool(access.bearer or access.basic or access.oauth)
        is_placed = access.key_in is not None and credential.is_at(*access.key_in)
        return is_token or is_placed or any(credential.is_at(*place) for place in places)

    def _send(self, request: _Request, *, key: KeyUse) -> schemathesis.Response:
        case = self.case.derive(
            query={},
            headers=requests.structures.CaseInsensitiveDict(),
            cookies=dict(request.cookies),
            keep_auth=key is True,
        )
        if request.path:
            case.path_parameters = {**(case.path_parameters or {}), **request.path}
        options: dict[str, Any] = {"params": request.params}
        if request.link:
            case.path, case.path_parameters = unquote(request.link.partition("?")[0]), {}
            options["base_url"] = self._origin()
        headers = dict(request.headers)
        if request.body is not None:
            options["data"] = json.dumps(request.body).encode()
            headers.setdefault("Content-Type", "application/json")

        def send() -> schemathesis.Response:
            return case.call(headers=dict(headers), **options, **self._transport())

        is_patient = isinstance(case.operation.schema.transport, PatientTransport)
        return send() if is_patient else patiently(self.target.pace, send)

    def _origin(self) -> str:
        parts = urlsplit(self.case.operation.base_url or "")
        return f"{parts.scheme}://{parts.netloc}"

    def _transport(self) -> dict[str, Any]:
        """Return how to send over a network: a session for each thread; nothing for in process."""
        if self.in_process:
            return {}
        if not hasattr(self._per_thread, "session"):
            self._per_thread.session = BoundedSession()
        return {"session": self._per_thread.session, "allow_redirects": True}

    # Answers ----------------------------------------------------------------------------------------------------------

    def _url(self, request: _Request) -> str:
        """Return the URL of a request, without secrets."""
        if request.link:
            path = request.link.partition("?")[0]
            return f"{self._origin()}{path}" + (f"?{request.shown_params}" if request.shown_params else "")
        base = (self.case.operation.base_url or "").rstrip("/")
        path = self.operation.path
        for name, value in request.path.items():
            path = path.replace("{" + name + "}", quote(value, safe=""))
        return f"{base}{path}" + (f"?{request.shown_params}" if request.shown_params else "")

    def _unanswered(self, request: _Request, why: str) -> Exchange:
        return Exchange(
            request.query,
            None,
            error=why,
            method=self.operation.method,
            url=self._url(request),
            request_headers=bounded(request.headers.items()),
            caller_headers=request.shown,
            sent=_sent(request),
        )

    def _exchange(self, request: _Request, response: schemathesis.Response) -> Exchange:
        body, error, broken = _read(response)
        sent_to = str(response.request.url)
        url = self._url(request)
        if urlsplit(sent_to)[:3] != urlsplit(url)[:3] and not self.in_process:
            self.target.note_redirect(url, sent_to)
        if 300 <= response.status_code < 400:
            error = f"redirected to {', '.join(response.headers.get('location', ['nowhere']))}"
        return Exchange(
            request.query,
            response.status_code,
            body,
            error,
            () if broken else (*json_faults(response.content), *conformance_faults(self.case, response)),
            method=self.operation.method,
            url=url if request.shown_params != request.params else sent_to,
            request_headers=_sent_headers(response),
            caller_headers=request.shown,
            response_headers=bounded((name, v) for name, values in response.headers.items() for v in values),
            content=response.content[:KEPT_BODY],
            size=len(response.content),
            elapsed=response.elapsed,
            sent=_sent(request),
            broken=broken,
        )


def _sent(request: _Request) -> str:
    return "" if request.body is None else json.dumps(request.body)


def _read(response: schemathesis.Response) -> tuple[Any, str, str]:
    """Return the JSON of a body, why it is none, and why nobody can read it."""
    broken = next(iter(response.headers.get(BROKEN, ())), "")
    if broken:
        return None, broken, broken
    try:
        return json.loads(response.content), "", ""
    except json.JSONDecodeError as error:
        is_cut = error.pos >= len(error.doc.rstrip()) or error.msg.startswith("Unterminated string")
    except (ValueError, RecursionError):
        is_cut = False
    if response.content.startswith(_GZIP):
        broken = "the body is gzip, without a Content-Encoding that says so"
    elif is_cut and response.status_code == 200 and _says_json(response):
        broken = "the body is cut: its JSON ends too early" if response.content else "the body is empty"
    return None, broken or "the body is not JSON", broken


def _says_json(response: schemathesis.Response) -> bool:
    return bool(JSON_MEDIA.match(next(iter(response.headers.get("content-type", [])), "")))


def _sent_headers(response: schemathesis.Response) -> Headers:
    return bounded(_header_texts(response.request.headers))


def _header_texts(headers: Mapping[str, str | bytes]) -> Iterator[tuple[str, str]]:
    for name, value in headers.items():
        yield name, value.decode("latin-1") if isinstance(value, bytes) else str(value)


def credentials_of(case: Case, operation: Operation) -> tuple[Credential, ...]:
    """Return what a case is sent with to prove who is calling, and the headers that are configured for a run."""
    configured = case.operation.schema.config.headers_for(operation=case.operation)
    headers = {str(name): str(value) for name, value in configured.items()}
    return target_of(case.operation.schema).credentials.of(operation, headers)


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
