"""Deterministic randomness: numbers, permutations and UUIDs that depend on a seed and a path of keys alone.

Every random choice of a world is a `draw`: a BLAKE2b hash of the seed and of the path of keys that names the value. No
generator has a state, so a value does not depend on which other values were requested before.
"""

from __future__ import annotations

from hashlib import blake2b

Key = str | int
"""One step of the path that names a value: a collection, a field, an ordinal."""

UUID_BITS = 122
"""The number of random bits in a UUID of version 4."""


def draw(seed: str, *path: Key) -> int:
    """Return a number of 128 bits that depends on the seed and on every key of the path, and on nothing else.

    The path is encoded without ambiguity: each key is preceded by its type and its length.
    """
    encoded = "".join([f"{'i' if isinstance(k, int) else 's'}{len(str(k))}:{k}" for k in (seed, *path)])
    return int.from_bytes(blake2b(encoded.encode("utf-8", "surrogatepass"), digest_size=16).digest(), "little")


class Permutation:
    """A keyed permutation of the numbers below ``2 ** bits`` (``bits`` is even), which can be inverted.

    A balanced Feistel network of four rounds with BLAKE2b as its round function (Luby and Rackoff, 1988).
    """

    def __init__(self, bits: int, *, seed: str, name: str) -> None:
        self._half = bits // 2
        self._mask = (1 << self._half) - 1
        self._size = (self._half + 7) // 8
        keys = (draw(seed, "permutation", name, i).to_bytes(16, "little") for i in range(4))
        # Each round copies a hash that has read the round's key, which is cheaper than hashing the key again.
        self._rounds = tuple(blake2b(key, digest_size=self._size) for key in keys)

    def __call__(self, number: int) -> int:
        """Return the number that the permutation maps ``number`` to."""
        left, right = number >> self._half, number & self._mask
        size, mask = self._size, self._mask
        for keyed in self._rounds:
            mixed = keyed.copy()
            mixed.update(right.to_bytes(size, "little"))
            left, right = right, left ^ (int.from_bytes(mixed.digest(), "little") & mask)
        return left << self._half | right

    def inverse(self, number: int) -> int:
        """Return the number that the permutation maps to ``number``."""
        left, right = number >> self._half, number & self._mask
        size, mask = self._size, self._mask
        for keyed in reversed(self._rounds):
            mixed = keyed.copy()
            mixed.update(left.to_bytes(size, "little"))
            left, right = right ^ (int.from_bytes(mixed.digest(), "little") & mask), left
        return left << self._half | right


def write_uuid(bits: int) -> str:
    """Return a UUID of version 4 (RFC 9562) whose `UUID_BITS` random bits are ``bits``."""
    number = bits >> 74 << 80 | 4 << 76 | (bits >> 62 & 0xFFF) << 64 | 1 << 63 | bits & (1 << 62) - 1
    text = f"{number:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def read_uuid(text: str) -> int | None:
    """Return the random bits of a UUID that `write_uuid` wrote, or ``None`` for any other text."""
    if len(text) != 36 or not text.isascii():
        return None
    try:
        number = int(text.replace("-", ""), 16)
    except ValueError:
        return None
    bits = number >> 80 << 74 | (number >> 64 & 0xFFF) << 62 | number & (1 << 62) - 1
    return bits if number >= 0 and write_uuid(bits) == text else None
