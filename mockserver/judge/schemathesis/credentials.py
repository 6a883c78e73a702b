"""Decides what proves to a server who is calling: where a key goes, which token is sent, and when it is renewed."""

from __future__ import annotations

import base64
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

import requests

from mockserver.contract import Contract, Operation, SecurityScheme
from mockserver.errors import JudgeError
from mockserver.judge.access import BASIC_VARIABLE, BEARER_VARIABLE, KEY_VARIABLE, Access, OAuth
from mockserver.judge.exchange import MASK

_EARLY = 30.0
"""A token is renewed so many seconds before it expires."""

_TIMEOUT = 15.0


@dataclass(frozen=True)
class Credential:
    """One thing to send, and what is shown in its place. ``location`` is ``header``, ``query`` or ``cookie``."""

    location: str
    name: str
    value: str = field(repr=False)
    shown: str = MASK

    def is_at(self, location: str, name: str) -> bool:
        """Return whether it goes there; the names of headers have no case."""
        same = name.lower() == self.name.lower() if location == "header" else name == self.name
        return location == self.location and same


class Credentials:
    """What is sent to one server with each operation. ``schemes`` are those of the contract."""

    def __init__(self, access: Access, base_url: str = "", contract: Contract | None = None) -> None:
        self.access = access
        self.schemes: Mapping[str, SecurityScheme] = contract.security_schemes if contract is not None else {}
        self._tokens = TokenSource(access, self._token_url(base_url), self._scopes()) if access.oauth else None

    def of(self, operation: Operation, headers: Mapping[str, str]) -> tuple[Credential, ...]:
        """Return what goes with an operation: the caller's ``headers`` first; they win over all others.

        Raises `JudgeError` if no token can be had.
        """
        found = [Credential("header", name, value) for name, value in headers.items()]
        for credential in self._proofs(operation):
            if not any(other.is_at(credential.location, credential.name) for other in found):
                found.append(credential)
        keys = operation.key_headers
        return tuple(_with_key_variable(c, keys) for c in found)

    def _proofs(self, operation: Operation) -> list[Credential]:
        access, found = self.access, []
        if access.bearer:
            found.append(Credential("header", "Authorization", f"Bearer {access.bearer}", f"Bearer ${BEARER_VARIABLE}"))
        elif self._tokens is not None:
            found.append(Credential("header", "Authorization", f"Bearer {self._tokens.token()}", "Bearer $TOKEN"))
        elif access.basic:
            coded = base64.b64encode(access.basic.encode()).decode()
            shown = f'Basic $(printf %s "${BASIC_VARIABLE}" | base64)'
            found.append(Credential("header", "Authorization", f"Basic {coded}", shown))
        key = access.key or os.environ.get(KEY_VARIABLE)
        place = access.key_in or self._key_place(operation, taken=bool(found))
        if key and place is not None:
            found.append(self._key(*place, key))
        return found

    def _key_place(self, operation: Operation, *, taken: bool) -> tuple[str, str] | None:
        """Return where an operation wants a key; a header that the contract demands goes before all others."""
        places = [p for p in operation.key_parameters if not (taken and p == ("header", "Authorization"))]
        headers = [place for place in places if place[0] == "header"]
        fallback = ("header", "X-API-Key") if self.access.key and not operation.key_parameters else None
        return next(iter((*headers, *places)), fallback)

    def _key(self, location: str, name: str, key: str) -> Credential:
        """Return a key as a credential; one that goes into ``Authorization`` as a bearer's is given that word."""
        prefix = ""
        if (location, name.lower()) == ("header", "authorization") and " " not in key and self._wants_bearer():
            prefix = "Bearer "
        return Credential(location, name, prefix + key, f"{prefix}${KEY_VARIABLE}")

    def _wants_bearer(self) -> bool:
        schemes = list(self.schemes.values())
        is_placed = any(s.type == "apiKey" and (s.parameter or "").lower() == "authorization" for s in schemes)
        return not is_placed and any(s.scheme == "bearer" or s.type in ("oauth2", "openIdConnect") for s in schemes)

    def renewed(self, sent: str) -> str | None:
        """Return a new value for ``Authorization`` in place of one that was refused; ``None`` if there is none."""
        if self._tokens is None or sent != f"Bearer {self._tokens.current}":
            return None
        return f"Bearer {self._tokens.token(refused=self._tokens.current)}"

    def _flows(self) -> list[Any]:
        flows = [scheme.flows.get("clientCredentials") for scheme in self.schemes.values()]
        return [flow for flow in flows if flow is not None]

    def _token_url(self, base_url: str) -> str:
        assert self.access.oauth is not None
        declared = next((flow.token_url for flow in self._flows() if flow.token_url), None)
        wanted = self.access.oauth.token_url or declared
        return urljoin(base_url.rstrip("/") + "/", wanted) if wanted else ""

    def _scopes(self) -> str:
        assert self.access.oauth is not None
        declared = " ".join(dict.fromkeys(scope for flow in self._flows() for scope in flow.scopes))
        return declared if self.access.oauth.scope is None else self.access.oauth.scope


def _with_key_variable(credential: Credential, keys: tuple[str, ...]) -> Credential:
    """Return a caller's header with the variable of the key as what is shown, if the key goes there."""
    is_key = credential.location == "header" and credential.name.lower() in {name.lower() for name in keys}
    if is_key and credential.shown == MASK:
        return Credential(credential.location, credential.name, credential.value, f"${KEY_VARIABLE}")
    return credential


class TokenSource:
    """Fetches tokens by client credentials, and keeps one until it expires or is refused."""

    def __init__(self, access: Access, url: str, scope: str) -> None:
        self.access, self.url, self.scope = access, url, scope
        self.current = ""
        self._until = 0.0
        self._lock = threading.Lock()

    def token(self, refused: str | None = None) -> str:
        """Return a token that is good, and not the one that was refused. Raises `JudgeError` if there is none."""
        with self._lock:
            if not self.current or self.current == refused or time.monotonic() >= self._until:
                self._fetch()
            return self.current

    def _fetch(self) -> None:
        oauth = self.access.oauth
        if oauth is None or not self.url:
            raise JudgeError("no token URL: the contract names none for client credentials; give --oauth-token-url URL")
        try:
            answer = self._ask(oauth, in_body=False)
            if answer.status_code in (400, 401):
                answer = self._ask(oauth, in_body=True)
        except requests.RequestException as error:
            raise JudgeError(f"POST {self.url}: no token: {type(error).__name__}") from None
        body = _json(answer)
        token = body.get("access_token")
        if answer.status_code != 200 or not isinstance(token, str):
            detail = body.get("error_description") or body.get("error") or "the answer has no access_token"
            raise JudgeError(f"POST {self.url}: no token: status {answer.status_code}, {detail}")
        lifetime = body.get("expires_in")
        seconds = float(lifetime) if isinstance(lifetime, int | float) and lifetime > 0 else 3600.0
        self.current, self._until = token, time.monotonic() + max(1.0, seconds - min(_EARLY, seconds / 2))

    def _ask(self, oauth: OAuth, *, in_body: bool) -> requests.Response:
        """Ask for a token; the client proves who it is in a header, else in the body."""
        access = self.access
        form = {"grant_type": "client_credentials", **({"scope": self.scope} if self.scope else {})}
        if in_body:
            form |= {"client_id": oauth.client_id, "client_secret": oauth.client_secret}
        return requests.post(
            self.url,
            data=form,
            auth=None if in_body else (oauth.client_id, oauth.client_secret),
            headers={"Accept": "application/json"},
            timeout=_TIMEOUT,
            allow_redirects=False,
            **access.for_requests,
        )


def _json(answer: requests.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
