"""Keyed choices: numbers that hang on a seed and a key path alone, permutations that can be read back, and UUIDs.

Every random choice of the world is a `draw`: a BLAKE2b hash of the seed and of the path of keys that leads to the
value. Nothing is counted and nothing is remembered, so a value does not depend on which others were asked for, or exist
at all.
"""

from __future__ import annotations

from hashlib import blake2b

Key = str | int
"""One step of the path that names a value: a collection, a field, an ordinal."""

UUID_BITS = 122
"""The bits of a UUID of version 4 that are free."""


def draw(seed: str, *path: Key) -> int:
    """A number of 128 bits that depends on the seed and every key of the path, and on nothing else.

    The encoding is unambiguous: each key carries its kind and its length.
    """
    said = "".join([f"{'i' if isinstance(k, int) else 's'}{len(str(k))}:{k}" for k in (seed, *path)])
    return int.from_bytes(blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).digest(), "little")


class Permutation:
    """A keyed permutation of the numbers below ``2 ** bits`` (``bits`` even): numbers look random and can be read back.

    A balanced Feistel network of four rounds with BLAKE2b as its round function (Luby and Rackoff, 1988).
    """

    def __init__(self, bits: int, *, seed: str, name: str) -> None:
        self._half = bits // 2
        self._mask = (1 << self._half) - 1
        self._size = (self._half + 7) // 8
        keys = (draw(seed, "permutation", name, i).to_bytes(16, "little") for i in range(4))
        # Each round goes on from a copy of a hash that has read the round's key: cheaper than to start it anew.
        self._rounds = tuple(blake2b(key, digest_size=self._size) for key in keys)

    def __call__(self, number: int) -> int:
        """The number at the place ``number``."""
        left, right = number >> self._half, number & self._mask
        size, mask = self._size, self._mask
        for keyed in self._rounds:
            mixed = keyed.copy()
            mixed.update(right.to_bytes(size, "little"))
            left, right = right, left ^ (int.from_bytes(mixed.digest(), "little") & mask)
        return left << self._half | right

    def back(self, number: int) -> int:
        """The place of ``number``."""
        left, right = number >> self._half, number & self._mask
        size, mask = self._size, self._mask
        for keyed in reversed(self._rounds):
            mixed = keyed.copy()
            mixed.update(left.to_bytes(size, "little"))
            left, right = right ^ (int.from_bytes(mixed.digest(), "little") & mask), left
        return left << self._half | right


def write_uuid(bits: int) -> str:
    """`UUID_BITS` free bits as a UUID that says it is random (version 4, RFC 9562)."""
    number = bits >> 74 << 80 | 4 << 76 | (bits >> 62 & 0xFFF) << 64 | 1 << 63 | bits & (1 << 62) - 1
    text = f"{number:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def read_uuid(text: str) -> int | None:
    """The free bits of a UUID that `write_uuid` wrote, or ``None`` for any other text."""
    if len(text) != 36 or not text.isascii():
        return None
    try:
        number = int(text.replace("-", ""), 16)
    except ValueError:
        return None
    bits = number >> 80 << 74 | (number >> 64 & 0xFFF) << 62 | number & (1 << 62) - 1
    return bits if number >= 0 and write_uuid(bits) == text else None
