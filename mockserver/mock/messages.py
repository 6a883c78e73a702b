"""Plain values that go in and out: a request, an answer, its bytes. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

JSON = "application/json"

LATER = "mockserver.later"
"""The key of a WSGI environment under which a server may put a function of seconds, which delays the answer."""

Pair = tuple[str, str]
"""A name and a value, as a header or a query string has them."""

RefusalBody = Callable[[int, str, str], Any]
"""Returns the JSON body of a refusal by status, error and suggestion; ``None`` for the usual one."""


def no_body() -> bytes:
    """Return the body of a request that has none."""
    return b""


@dataclass(frozen=True)
class Request:
    """A request as plain values: ``path`` and ``query`` are percent-decoded, a header's name has any case.

    ``body`` reads the body when it is called: an operation that ignores its body does not wait for it.
    """

    method: str
    path: str
    query: tuple[Pair, ...] = ()
    headers: tuple[Pair, ...] = ()
    body: Callable[[], bytes] = field(default=no_body, compare=False, repr=False)

    def header(self, name: str) -> str | None:
        """Return the header of that name, several of them joined by commas, or ``None``."""
        values = [v for n, v in self.headers if n.lower() == name.lower()]
        return ", ".join(values) if values else None


@dataclass(frozen=True)
class About:
    """What was understood of a request, for the journal.

    ``parameters`` are values by name, ``violations`` the faults as a 422 has them. ``scenario`` is the one that changed
    the answer, ``key`` is masked. What stands in ``key_places`` (location, name) may be a key and is not shown.
    """

    operation: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    violations: Sequence[Mapping[str, Any]] = ()
    scenario: str | None = None
    key: str | None = None
    key_places: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Encoded:
    """A value that is JSON already."""

    text: bytes


@dataclass(frozen=True)
class Answer:
    """What a request is answered, before it is finished: ``value`` is any JSON value, or an `Encoded` one.

    Without a media type there is no body. ``cacheable`` answers are the same for the same request until the state has
    another version. ``refused`` has the error and the suggestion of a refusal that the contract does not document.
    """

    status: int
    value: Any
    media_type: str | None = JSON
    headers: tuple[Pair, ...] = ()
    cacheable: bool = False
    parameters: Mapping[str, Any] = field(default_factory=dict)
    violations: Sequence[Mapping[str, Any]] = ()
    refused: tuple[str, str] | None = None

    def with_headers(self, *more: Pair) -> Answer:
        """Return the same answer with more headers."""
        return replace(self, headers=(*self.headers, *more)) if more else self


@dataclass(frozen=True)
class Reply:
    """A finished answer as plain values; ``body`` is empty for HEAD, whose ``Content-Length`` is that of the GET.

    It is sent ``delay`` seconds later; with ``closes`` the connection ends halfway through the body. ``cacheable`` is
    that of its `Answer`; ``about`` is what was understood of the request.
    """

    status: int
    headers: tuple[Pair, ...]
    body: bytes = b""
    cacheable: bool = False
    delay: float = 0.0
    closes: bool = False
    about: About = field(default_factory=About)


def refusal(status: int, error: str, suggestion: str, *headers: Pair) -> Answer:
    """Return a refusal that the contract does not document: ``error`` says what is wrong, ``suggestion`` what to do."""
    value = {"success": False, "error": error, "suggestion": suggestion}
    return Answer(status, value, headers=headers, refused=(error, suggestion))
