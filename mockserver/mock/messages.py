"""The plain values that the mock takes and returns: requests, answers and replies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

JSON = "application/json"

LATER = "mockserver.later"
"""The key in a WSGI environment of a function that delays the answer by a number of seconds."""

Pair = tuple[str, str]
"""A name and a value, as in headers and query strings."""

RefusalBody = Callable[[int, str, str], Any]
"""Returns the JSON body of a refusal for its status, error and suggestion, or ``None`` for the default body."""


def no_body() -> bytes:
    """Return the empty body of a request without a body."""
    return b""


@dataclass(frozen=True)
class Request:
    """A request. ``path`` and ``query`` are percent-decoded; names of headers are in any case.

    ``body`` reads the body when it is called, so that an operation that ignores its body does not wait for it.
    """

    method: str
    path: str
    query: tuple[Pair, ...] = ()
    headers: tuple[Pair, ...] = ()
    body: Callable[[], bytes] = field(default=no_body, compare=False, repr=False)

    def header(self, name: str) -> str | None:
        """Return the value of a header, several joined by commas, or ``None``."""
        values = [v for n, v in self.headers if n.lower() == name.lower()]
        return ", ".join(values) if values else None


# Values that every request needs are named tuples: they are made in half the time of a frozen dataclass.
_NOTHING: Mapping[str, Any] = {}


class About(NamedTuple):
    """What the mock understood of a request, for the journal.

    ``operation`` is its id, ``parameters`` are values by name, ``violations`` are faults as in a 422. ``scenario`` is
    the one that changed the answer, ``key`` is masked. A parameter in ``key_places`` (location, name) may contain a key
    and has to be masked.
    """

    operation: str | None = None
    parameters: Mapping[str, Any] = _NOTHING
    violations: Sequence[Mapping[str, Any]] = ()
    scenario: str | None = None
    key: str | None = None
    key_places: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Encoded:
    """A value that is already encoded as JSON."""

    text: bytes


class Answer(NamedTuple):
    """An answer before it is finished. ``value`` is any JSON value, or `Encoded`.

    Without a media type there is no body. A ``cacheable`` answer is the same for the same request until the version of
    the state changes. ``refused`` has the error and the suggestion of a refusal that the contract does not document.
    """

    status: int
    value: Any
    media_type: str | None = JSON
    headers: tuple[Pair, ...] = ()
    cacheable: bool = False
    parameters: Mapping[str, Any] = _NOTHING
    violations: Sequence[Mapping[str, Any]] = ()
    refused: tuple[str, str] | None = None

    def with_headers(self, *more: Pair) -> Answer:
        """Return the same answer with more headers."""
        return self._replace(headers=(*self.headers, *more)) if more else self


class Reply(NamedTuple):
    """A finished answer. For HEAD, ``body`` is empty and ``Content-Length`` is that of the GET.

    The reply is delayed by ``delay`` seconds; with ``closes``, the connection is closed halfway through the body. A
    ``cacheable`` reply can be sent again, as its `Answer` says; ``about`` is what the mock understood of the request.
    """

    status: int
    headers: tuple[Pair, ...]
    body: bytes = b""
    cacheable: bool = False
    delay: float = 0.0
    closes: bool = False
    about: About = About()


def refusal(status: int, error: str, suggestion: str, *headers: Pair) -> Answer:
    """Return a refusal in the mock's own format: ``error`` says what is wrong, ``suggestion`` what to do."""
    value = {"success": False, "error": error, "suggestion": suggestion}
    return Answer(status, value, headers=headers, refused=(error, suggestion))
