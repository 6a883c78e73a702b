"""Plain values that go in and out: a request, an answer, its bytes. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mockserver.values.encode import encode

JSON = "application/json"
LATER = "mockserver.later"
"""Where a WSGI server puts, if it can, a function of seconds: the answer to this request is then sent so much later."""

RefusalBody = Callable[[int, str, str], Any]
"""Returns the JSON body of a refusal by status, error and suggestion; ``None`` for the usual one."""

Pair = tuple[str, str]
"""A name and a value, as a header or a query string has them."""


@dataclass(frozen=True)
class Request:
    """A request as plain values: ``path`` and ``query`` are percent-decoded, a header's name has any case."""

    method: str
    path: str
    query: tuple[Pair, ...] = ()
    headers: tuple[Pair, ...] = ()

    def header(self, name: str) -> str | None:
        """The header of that name, several of them joined by commas, or ``None``."""
        values = [v for n, v in self.headers if n.lower() == name.lower()]
        return ", ".join(values) if values else None


@dataclass
class About:
    """What was understood of a request: values by parameter, the faults as a 422 has them, and whose it was.

    ``key`` is masked; ``scenario`` is the one that changed the answer. ``key_places`` (location, name) may hold a key:
    what stands there is not to be shown. It is put together on the answer's way.
    """

    operation: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    violations: Sequence[Mapping[str, Any]] = ()
    scenario: str | None = None
    key: str | None = None
    key_places: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Reply:
    """An answer as plain values; ``body`` is empty for HEAD, whose ``Content-Length`` is that of the GET.

    A ``lasting`` one is the same for the same request until the state has another version. It is sent ``delay`` seconds
    later; with ``closes`` the connection ends halfway through the body. ``about`` is what was understood.
    """

    status: int
    headers: tuple[Pair, ...]
    body: bytes = b""
    lasting: bool = False
    delay: float = 0.0
    closes: bool = False
    about: About = field(default_factory=About)

    def with_headers(self, more: Sequence[Pair]) -> Reply:
        """The same reply with more headers."""
        return replace(self, headers=(*self.headers, *more)) if more else self


@dataclass(frozen=True)
class Encoded:
    """A value that is JSON already."""

    text: bytes


@dataclass
class Answer:
    """A reply that is being put together: ``value`` is any JSON value, or an `Encoded` one; no media type, no body.

    It is sent ``delay`` seconds later, ``cut`` amid its JSON, or ``closes`` the connection halfway. ``refused`` has the
    error and the suggestion of a refusal that the contract does not document.
    """

    status: int
    value: Any
    media_type: str | None = JSON
    headers: tuple[Pair, ...] = ()
    lasting: bool = False
    about: About = field(default_factory=About)
    delay: float = 0.0
    cut: bool = False
    closes: bool = False
    refused: tuple[str, str] | None = None

    def reply(self, world: str, method: str) -> Reply:
        """The answer encoded, with the headers that every answer has; one that is ``cut`` loses a third of its body."""
        ready = self.value.text if isinstance(self.value, Encoded) else None
        body = b"" if self.media_type is None else encode(self.value) if ready is None else ready
        body = body[: len(body) * 2 // 3] if self.cut else body
        headers = [("X-Mock-World", world), *self.headers]
        if self.media_type is not None:
            headers.append(("Content-Type", self.media_type))
        if self.status not in (204, 304):
            headers.append(("Content-Length", str(len(body))))
        body = b"" if method == "HEAD" else body
        return Reply(self.status, tuple(headers), body, self.lasting, self.delay, self.closes, self.about)


def refusal(status: int, error: str, suggestion: str) -> Answer:
    """Return a refusal that the contract does not document: ``error`` says what is wrong, ``suggestion`` what to do."""
    value = {"success": False, "error": error, "suggestion": suggestion}
    return Answer(status, value, refused=(error, suggestion))
