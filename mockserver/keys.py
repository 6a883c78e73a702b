"""The caller's key: where it stands, whether it is one of those demanded, and how it may be shown."""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence

from mockserver.contract import Operation
from mockserver.messages import Answer, Request, refusal

DEFAULT_KEY_HEADER = "X-API-Key"
MASK = "***"


def key_header(operation: Operation) -> str:
    """The header that carries the caller's key."""
    return key_headers(operation)[0]


def key_headers(operation: Operation) -> tuple[str, ...]:
    """All headers that may carry it."""
    return operation.key_headers or (DEFAULT_KEY_HEADER,)


class Keys:
    """The keys that a server demands; any will do, or none, if there are none."""

    def __init__(self, keys: Sequence[str] = ()) -> None:
        self._keys = tuple(key.encode() for key in keys)

    def check(self, operation: Operation, request: Request) -> tuple[str | None, Answer | None]:
        """The caller's key, and the refusal if it is not one of those demanded."""
        headers = key_headers(operation)
        header, key = next(((h, v) for h in headers if (v := request.header(h))), (headers[0], ""))
        if header.lower() == "authorization":
            key = re.sub(r"(?i)^\s*bearer\s+", "", key)
        known = [hmac.compare_digest(_bytes(key), k) for k in self._keys]
        if not self._keys or any(known):
            return key or None, None
        what = "is not known" if key else "is missing"
        return key or None, unauthorized(header, f"{what}; send one that this server knows.")


def unauthorized(header: str, why: str) -> Answer:
    """The refusal of a key that came, or should have come, in a header."""
    scheme = "Bearer" if header.lower() == "authorization" else "ApiKey"
    answer = refusal(401, "Unauthorized", f"The key in the header {header} {why}")
    return Answer(401, answer.value, headers=(("WWW-Authenticate", f'{scheme} realm="mockserver"'),))


def masked(key: str | None) -> str | None:
    """A key as it may be shown: enough to tell two apart, too little to be used."""
    if not key:
        return None
    return key[:2].encode("ascii", "replace").decode() + MASK if len(key) >= 8 else MASK


def _bytes(text: str) -> bytes:
    """The bytes of a header's value: on the wire they were Latin-1, or what a caller in process wrote."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
