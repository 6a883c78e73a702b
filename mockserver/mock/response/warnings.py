"""What a client should know of its request although it was answered: the texts of ``X-Mock-Warning``."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from mockserver.mock.messages import Pair

WARNING = "X-Mock-Warning"


def unknown_names(unknown: Sequence[str], known: Sequence[str]) -> tuple[Pair, ...]:
    """The warning that names the query parameters that were ignored; printable ASCII, of bounded length."""
    if not unknown:
        return ()
    parts = []
    for name in unknown[:5]:
        near = get_close_matches(name[:64], known, 1)
        hint = f", did you mean '{near[0]}'?" if near else ""
        parts.append(f"'{_printable(name)}'{hint}")
    rest = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
    return ((WARNING, f"unknown query parameters were ignored: {'; '.join(parts)}{rest}"),)


def not_pinned(problem: str) -> tuple[Pair, ...]:
    """The warning that some pinned records are not in the caller's world."""
    return ((WARNING, f"records that do not fit this key's world were not pinned: {_printable(problem, 300)}"),)


def _printable(name: str, most: int = 40) -> str:
    short = name if len(name) <= most else name[:most] + "..."
    return "".join(c if " " <= c <= "~" else c.encode("unicode_escape").decode() for c in short)
