"""Cursors, which are bound to the query that they were issued for (docs/specification.md, "Cursors").

A cursor contains an *ordinal*, a place in the whole dataset, so it remains valid if the record at this place does not
match any more.

It is 30 bytes, written as 40 characters of URL-safe base64 without padding and without unused bits::

    mac 10 | ordinal 8 | operation 4 | world 4 | filters 4

The key of the mac is a constant: the mac detects alterations, but keeps nothing secret. The last 20 bytes
are masked with a stream made from the mac, which makes cursors opaque, so that no client learns to build them.
"""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from hmac import compare_digest
from typing import Any

from mockserver.errors import CursorError

CURSOR_LENGTH = 40
_MAC, _TAG, _BODY = 10, 4, 20
_MAC_KEY = b"mockserver cursor mac 1"
_MASK_KEY = b"mockserver cursor mask 1"
_ALPHABET = re.compile(r"[A-Za-z0-9_-]*")

_REASONS = {
    "altered": "this cursor was altered: its checksum does not match; send it exactly as it was returned",
    "operation": "this cursor belongs to another operation; it works only where it was issued",
    "seed": "this cursor belongs to another world (another seed, size or key); start again from the first page",
    "filters": "this cursor belongs to other filters; repeat the filters of the request that issued it",
}


@dataclass(frozen=True)
class Binding:
    """What a cursor belongs to: operation id, fingerprint of the world, and filters.

    ``filters`` is the text of `canonical_filters`, or ``None`` if the filters of the request are faulty.
    """

    operation: str
    world: str
    filters: str | None

    @property
    def tags(self) -> tuple[bytes, bytes, bytes | None]:
        """Four bytes each for operation, world and filters."""
        return _tag(self.operation), _tag(self.world), None if self.filters is None else _tag(self.filters)


def canonical_filters(filters: Mapping[str, Any]) -> str:
    """Return filters as text that is the same for the same values in any order."""
    return json.dumps(filters, sort_keys=True, default=str)


def encode_cursor(ordinal: int, binding: Binding) -> str:
    """Return the cursor of the record at ``ordinal`` (0 to 2^64-1): always the same for the same binding."""
    operation, world, filters = binding.tags
    if filters is None:
        raise ValueError("a cursor cannot be issued for unknown filters")
    body = ordinal.to_bytes(8, "big") + operation + world + filters
    mac = _mac(body)
    return urlsafe_b64encode(mac + _mask(body, mac)).decode("ascii")


def decode_cursor(text: str, binding: Binding) -> int:
    """Return the ordinal that a cursor contains.

    Raises `CursorError`; its ``reason`` is the first of these that applies: ``malformed``, ``altered``, ``operation``,
    ``seed``, ``filters``.
    """
    if len(text) != CURSOR_LENGTH or not _ALPHABET.fullmatch(text):
        raise CursorError("malformed", _malformed(text))
    raw = urlsafe_b64decode(text)
    mac, body = raw[:_MAC], _mask(raw[_MAC:], raw[:_MAC])
    if not compare_digest(mac, _mac(body)):
        raise CursorError("altered", _REASONS["altered"])
    _check_binding(body, binding)
    return int.from_bytes(body[:8], "big")


def _check_binding(body: bytes, binding: Binding) -> None:
    parts = (body[8:12], body[12:16], body[16:20])
    for reason, found, expected in zip(("operation", "seed", "filters"), parts, binding.tags, strict=True):
        if expected is not None and found != expected:
            raise CursorError(reason, _REASONS[reason])


def _malformed(text: str) -> str:
    if not text.isascii() or not _ALPHABET.fullmatch(text):
        problem = "it contains characters that no cursor has"
    elif len(text) < CURSOR_LENGTH:
        problem = f"it is cut, or was never one: its length is {len(text)} instead of {CURSOR_LENGTH}"
    else:
        problem = f"it is too long: its length is {len(text)} instead of {CURSOR_LENGTH}"
    return f"this is not a cursor of this server: {problem}"


def _tag(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_TAG).digest()


def _mac(body: bytes) -> bytes:
    return blake2b(body, digest_size=_MAC, key=_MAC_KEY).digest()


def _mask(body: bytes, mac: bytes) -> bytes:
    stream = blake2b(mac, digest_size=_BODY, key=_MASK_KEY).digest()
    return bytes(a ^ b for a, b in zip(body, stream, strict=True))
