"""Amounts of tokens: smallest units as decimal text, and amounts such as people hold."""

from __future__ import annotations


def write_amount(units: int, decimals: int) -> str:
    """Return an amount in smallest units as a plain decimal number: no exponent, no trailing zeros, not negative."""
    if not units:
        return "0"
    whole, rest = divmod(units, 10**decimals)
    return f"{whole}.{str(rest).zfill(decimals).rstrip('0')}" if rest else str(whole)


def plausible_units(draw: int, decimals: int) -> int:
    """Return an amount in smallest units such as people hold, from a large random number: up to about 10,000 tokens.

    Three of four have at most five decimals, the others use every decimal that the token has.
    """
    round_to: int = 10 ** max(decimals - 5, 0)
    head = draw % 10**7 + 1
    scale: int = 10 ** (draw // 10**7 % 3)
    exact = draw // 10**8 % round_to if draw >> 62 & 3 == 0 else 0
    return head * scale * round_to + exact
