"""The caller's key: which header carries it, and whether it is one of those that the mock demands."""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence

from mockserver.contract import KeyPlace, Operation
from mockserver.mock.messages import Answer, Request, refusal

DEFAULT_KEY_HEADER = "X-API-Key"


def key_header(operation: Operation) -> str:
    """Return the name of the header that carries the caller's key: the first of `key_headers`."""
    return key_headers(operation)[0]


def key_headers(operation: Operation) -> tuple[str, ...]:
    """Return the names of all headers that may carry the caller's key (docs/specification.md, "Keys")."""
    return operation.key_headers or (DEFAULT_KEY_HEADER,)


def key_places(operation: Operation) -> tuple[KeyPlace, ...]:
    """Return location and name of all parameters that may contain a key.

    A key is read from a header alone, but it is masked in all these places.
    """
    places = operation.key_parameters
    return places if operation.key_headers else (*places, ("header", DEFAULT_KEY_HEADER))


class Keys:
    """The keys that a mock demands. Without any, every key is accepted, and none is needed."""

    def __init__(self, keys: Sequence[str] = ()) -> None:
        self._keys = tuple(key.encode() for key in keys)

    def check(self, operation: Operation, request: Request) -> tuple[str | None, Answer | None]:
        """Return the caller's key, if there is one, and the refusal if it is not one of those demanded."""
        headers = key_headers(operation)
        header, key = next(((h, v) for h in headers if (v := request.header(h))), (headers[0], ""))
        if header.lower() == "authorization":
            key = re.sub(r"(?i)^\s*bearer\s+", "", key)
        matches = [hmac.compare_digest(header_bytes(key), k) for k in self._keys]
        if not self._keys or any(matches):
            return key or None, None
        problem = "is unknown" if key else "is missing"
        return key or None, unauthorized(header, f"{problem}; send one of the keys that this server accepts.")


def unauthorized(header: str, why: str) -> Answer:
    """Return the refusal (401) of a key that was sent, or should have been sent, in ``header``."""
    scheme = "Bearer" if header.lower() == "authorization" else "ApiKey"
    challenge = ("WWW-Authenticate", f'{scheme} realm="mockserver"')
    return refusal(401, "Unauthorized", f"The key in the header {header} {why}", challenge)


def header_bytes(text: str) -> bytes:
    """Return the bytes of a header's value: HTTP hands them over as Latin-1, a caller in process may give any text."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
