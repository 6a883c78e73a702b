"""What is known of one server under test while it is judged: how it is reached, its pace, what it asks for."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import schemathesis

from mockserver.contract import JSON_MEDIA, Contract, Operation
from mockserver.judge.access import Access, Safety
from mockserver.judge.schemathesis.credentials import Credential, Credentials
from mockserver.judge.schemathesis.patience import Pace

HIDDEN_SIZE = 4
"""Secrets with fewer characters are not looked for in texts: they would be found everywhere."""


@dataclass(frozen=True)
class Inputs:
    """What one operation is asked with, in every request, beside what the judge tries: values as they are sent."""

    path: Mapping[str, str] = field(default_factory=dict)
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    notes: tuple[str, ...] = ()


class Target:
    """One server under test.

    ``in_process`` says that it is an application that is called without a network. ``inputs`` are those of each
    operation, by its label; ``clamping`` has the labels of those of which the profile says that page sizes may be
    brought to the nearest bound.
    """

    def __init__(
        self,
        access: Access | None = None,
        safety: Safety | None = None,
        base_url: str = "",
        contract: Contract | None = None,
        *,
        in_process: bool = False,
    ) -> None:
        self.in_process = in_process
        self.access, self.safety = access or Access(), safety or Safety()
        self.credentials = Credentials(self.access, base_url, contract)
        self.pace = Pace()
        self.inputs: dict[str, Inputs] = {}
        self.clamping: set[str] = set()
        self.redirects: dict[str, str] = {}
        self._operations = {} if contract is None else {(o.method, o.path): o for o in contract.operations}
        self._lock = threading.Lock()

    @cached_property
    def declared(self) -> frozenset[str]:
        """The names of all parameters of the contract."""
        return frozenset(p.name for operation in self._operations.values() for p in operation.parameters)

    def operation(self, operation: Any) -> Operation | None:
        """Return an operation of Schemathesis as the contract has it."""
        return self._operations.get((str(operation.method).upper(), str(operation.path)))

    def accept(self, operation: Any) -> str:
        """Return the ``Accept`` of requests for an operation of Schemathesis."""
        return accepted_types(self.operation(operation))

    def renewed(self, response: schemathesis.Response) -> str | None:
        """Return another ``Authorization`` in place of one that was refused because its token expired."""
        if response.status_code != 401:
            return None
        return self.credentials.renewed(str(response.request.headers.get("Authorization", "")))

    def note_redirect(self, asked: str, answered: str) -> None:
        """Keep that a request was redirected, once for each path."""
        with self._lock:
            self.redirects.setdefault(asked.partition("?")[0], answered.partition("?")[0])

    def hide(self, text: str, sent: tuple[Credential, ...] = ()) -> str:
        """Return a text without the secrets of this server."""
        access = self.access
        secrets = [access.key, access.bearer, access.basic, *(c.value for c in sent)]
        secrets += [access.oauth.client_secret] if access.oauth is not None else []
        for secret in secrets:
            if secret and len(secret) >= HIDDEN_SIZE:
                text = text.replace(secret, "...")
        return text


def accepted_types(operation: Operation | None) -> str:
    """Return the media types that an operation answers with: JSON of a success first, then those of refusals."""
    if operation is None:
        return "*/*"
    success = operation.response(operation.success_status)
    wanted = [] if success is None else [name for name in success.content if JSON_MEDIA.match(name)][:1]
    wanted = wanted or ([] if success is None else list(success.content))
    others = [name for response in operation.responses.values() for name in response.content if name not in wanted]
    refusals = [name for name in dict.fromkeys(others) if JSON_MEDIA.match(name)]
    return ", ".join([*wanted, *(f"{name};q=0.9" for name in refusals), "*/*;q=0.1"])


_UNAIMED: dict[int, tuple[Any, Target]] = {}
_LOCK = threading.Lock()


def target_of(schema: schemathesis.BaseSchema) -> Target:
    """Return the target of a document: that which it was aimed at, else one without settings.

    ``schemathesis run`` loads its document itself; what it is reached with is in its own configuration.
    """
    aimed = getattr(schema, "mockserver_target", None)
    if isinstance(aimed, Target):
        return aimed
    with _LOCK:
        # With the document itself: while it is kept, no other one can have its id.
        known = _UNAIMED.get(id(schema.raw_schema))
        if known is None:
            known = (schema.raw_schema, Target())
            _UNAIMED[id(schema.raw_schema)] = known
        return known[1]


def aim(schema: schemathesis.BaseSchema, target: Target, transport: Any = None) -> None:
    """Make a document, and every copy of it, send through a transport and know its target.

    Schemathesis chooses the transport in a property of the class, so the document is given a class of its own.
    """
    members: dict[str, Any] = {"mockserver_target": target}
    if transport is not None:
        members["transport"] = transport
    schema.__class__ = type(f"Aimed{type(schema).__name__}", (type(schema),), members)
