"""Amounts of tokens: as decimal text, and realistic ones from random numbers."""

from __future__ import annotations


def write_amount(units: int, decimals: int) -> str:
    """Return an amount, given in smallest units (0 or more), as a decimal number: no exponent, no trailing zeros."""
    if not units:
        return "0"
    whole, rest = divmod(units, 10**decimals)
    return f"{whole}.{str(rest).zfill(decimals).rstrip('0')}" if rest else str(whole)


def plausible_units(draw: int, decimals: int) -> int:
    """Return a realistic amount in smallest units, up to about 10,000 tokens, from a random number of 64 bits or more.

    Three of four amounts have at most five decimals, the others use all decimals of the token.
    """
    round_to: int = 10 ** max(decimals - 5, 0)
    digits = draw % 10**7 + 1
    scale: int = 10 ** (draw // 10**7 % 3)
    exact = draw // 10**8 % round_to if draw >> 62 & 3 == 0 else 0
    return digits * scale * round_to + exact
