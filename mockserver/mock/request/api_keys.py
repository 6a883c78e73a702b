"""The caller's key: where it may stand, whether it is one of those demanded, and how it may be shown."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote_plus

from mockserver.contract import KEY_NAME, Operation
from mockserver.contract import KeyPlace as Place
from mockserver.mock.messages import Answer, Request, refusal

DEFAULT_KEY_HEADER = "X-API-Key"
MASK = "***"
_TELLING = 8
"""Characters of a key of which the first two may be shown."""


def key_header(operation: Operation) -> str:
    """The header that carries the caller's key."""
    return key_headers(operation)[0]


def key_headers(operation: Operation) -> tuple[str, ...]:
    """All headers that may carry it."""
    return operation.key_headers or (DEFAULT_KEY_HEADER,)


def key_places(operation: Operation) -> tuple[Place, ...]:
    """Location and name of whatever may carry it: only headers are asked for it, but no place is shown."""
    places = operation.key_parameters
    return places if operation.key_headers else (*places, ("header", DEFAULT_KEY_HEADER))


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
    challenge = ("WWW-Authenticate", f'{scheme} realm="mockserver"')
    return refusal(401, "Unauthorized", f"The key in the header {header} {why}", challenge)


def masked(key: str | None) -> str | None:
    """A key as it may be shown: enough to tell two apart, too little to be used."""
    if not key:
        return None
    return key[:2].encode("ascii", "replace").decode() + MASK if len(key) >= _TELLING else MASK


def is_key(location: str, name: str, places: Iterable[Place]) -> bool:
    """Whether a caller's key stands there: in one of the ``places`` (in any case), or under a key's name."""
    if location in ("query", "cookie") and KEY_NAME.search(name):
        return True
    folded = name.lower()
    return any(where == location and known.lower() == folded for where, known in places)


def masked_query(query: str, places: Sequence[Place]) -> str:
    """A query string as it came, but for the keys in it."""
    parts = query.split("&")
    shown = [_masked_part(part, places) for part in parts]
    return query if shown == parts else "&".join(shown)


def _masked_part(part: str, places: Sequence[Place]) -> str:
    name, _, value = part.partition("=")
    if not value or not is_key("query", unquote_plus(name) if "%" in name or "+" in name else name, places):
        return part
    return f"{name}={quote(masked(unquote_plus(value)) or '', safe='*')}"


def masked_violations(violations: Sequence[Mapping[str, Any]], places: Sequence[Place]) -> Sequence[Mapping[str, Any]]:
    """Entries of a 422's detail, but for the keys in them."""

    def is_of_a_key(loc: Sequence[str | int]) -> bool:
        return len(loc) > 1 and is_key(str(loc[0]), str(loc[1]), places)

    return [_masked_violation(v) if is_of_a_key(v["loc"]) else v for v in violations] if violations else ()


def _masked_violation(violation: Mapping[str, Any]) -> dict[str, Any]:
    came = violation.get("input")
    texts = [v for v in (came if isinstance(came, list) else [came]) if isinstance(v, str)]

    def clean(value: Any) -> Any:
        # A shorter one may be part of any word.
        for key in (t for t in texts if isinstance(value, str) and len(t) >= _TELLING):
            value = value.replace(key, masked(key) or "")
        return value

    hidden = [masked(text) for text in texts]
    shown = {
        **violation,
        "msg": clean(violation["msg"]),
        "input": hidden if isinstance(came, list) else [*hidden, None][0],
    }
    if "ctx" in violation:
        shown["ctx"] = {name: clean(value) for name, value in violation["ctx"].items()}
    return shown


def _bytes(text: str) -> bytes:
    """The bytes of a header's value: on the wire they were Latin-1, or what a caller in process wrote."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
