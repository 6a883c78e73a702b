"""Pure page arithmetic, and cursors that are bound to their query.

A page is a run of *ranks* (places among the records that match the filters); a cursor holds an *ordinal* (a place in
the whole dataset), so that it stays good when the record it was made from no longer matches. Nothing here knows HTTP.

A cursor is 30 bytes, written as 40 characters of URL-safe base64 without padding and without slack bits::

    mac 10 | ordinal 8 | operation 4 | world 4 | filters 4        (the last 20 masked with a stream made from the mac)

The mac is keyed with a constant: it tells alterations, it keeps no secret. The mask makes cursors opaque, so that no
client learns to build one.
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
MAX_ORDINAL = 2**64 - 1
_MAC, _TAG, _BODY = 10, 4, 20
_MAC_KEY = b"mockserver cursor mac 1"
_MASK_KEY = b"mockserver cursor mask 1"
_ALPHABET = re.compile(r"[A-Za-z0-9_-]*")

_REASONS = {
    "altered": "this cursor was altered: its checksum does not match; send it exactly as it came",
    "operation": "this cursor belongs to another operation; it works only where it was issued",
    "seed": "this cursor belongs to another world (another seed, size or key); start again from the first page",
    "filters": "this cursor belongs to other filters; repeat the filters of the request that issued it",
}


@dataclass(frozen=True)
class Page:
    """Ranks ``start`` (included) to ``stop`` (excluded) of ``count`` matches, reached ``backward`` or forward."""

    start: int
    stop: int
    count: int
    backward: bool = False

    @property
    def empty(self) -> bool:
        """Whether the page holds no record."""
        return self.start >= self.stop

    @property
    def follows(self) -> bool:
        """Whether records follow the page in list order; an empty page says no."""
        return not self.empty and self.stop < self.count

    @property
    def precedes(self) -> bool:
        """Whether records precede the page in list order; an empty page says no."""
        return not self.empty and self.start > 0

    @property
    def has_more(self) -> bool:
        """Whether there is more in the direction of travel (SEMANTICS.md, section 1)."""
        return self.precedes if self.backward else self.follows


def page_from(count: int, limit: int, start: int) -> Page:
    """The first ``limit`` of ``count`` matches from rank ``start`` on; past the end the page is empty."""
    start = min(max(start, 0), count)
    return Page(start, min(start + limit, count), count)


def page_until(count: int, limit: int, stop: int) -> Page:
    """The last ``limit`` of ``count`` matches whose rank is below ``stop``: the page next to it, in list order."""
    stop = min(max(stop, 0), count)
    return Page(max(stop - limit, 0), stop, count, backward=True)


@dataclass(frozen=True)
class Binding:
    """What a cursor belongs to. ``filters`` is canonical text; ``None`` when the request's own filters are faulty."""

    operation: str
    world: str
    filters: str | None

    @property
    def tags(self) -> tuple[bytes, bytes, bytes | None]:
        """Four bytes each for operation, world and filters."""
        return _tag(self.operation), _tag(self.world), None if self.filters is None else _tag(self.filters)


def canonical_filters(filters: Mapping[str, Any]) -> str:
    """The filters, by value, as text that does not depend on the order in which they were given."""
    return json.dumps(filters, sort_keys=True, default=str)


def encode_cursor(ordinal: int, binding: Binding) -> str:
    """The cursor of the record at ``ordinal`` (0 .. 2^64-1) under ``binding``: a pure function of both."""
    operation, world, filters = binding.tags
    if filters is None:
        raise ValueError("a cursor cannot be issued for filters that are not known")
    body = ordinal.to_bytes(8, "big") + operation + world + filters
    mac = _mac(body)
    return urlsafe_b64encode(mac + _mask(body, mac)).decode("ascii")


def decode_cursor(text: str, binding: Binding) -> int:
    """The ordinal that a cursor holds.

    Raises `CursorError` whose ``reason`` says what is wrong: ``malformed``, ``altered``, ``operation``, ``seed`` or
    ``filters``, in this order.
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
    for reason, found, wanted in zip(("operation", "seed", "filters"), parts, binding.tags, strict=True):
        if wanted is not None and found != wanted:
            raise CursorError(reason, _REASONS[reason])


def _malformed(text: str) -> str:
    if not text.isascii() or not _ALPHABET.fullmatch(text):
        what = "it holds characters that no cursor has"
    elif len(text) < CURSOR_LENGTH:
        what = f"it is cut, or was never one: its length is {len(text)} instead of {CURSOR_LENGTH}"
    else:
        what = f"it is too long: its length is {len(text)} instead of {CURSOR_LENGTH}"
    return f"this is not a cursor of this server: {what}"


def _tag(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_TAG).digest()


def _mac(body: bytes) -> bytes:
    return blake2b(body, digest_size=_MAC, key=_MAC_KEY).digest()


def _mask(body: bytes, mac: bytes) -> bytes:
    stream = blake2b(mac, digest_size=_BODY, key=_MASK_KEY).digest()
    return bytes(a ^ b for a, b in zip(body, stream, strict=True))
