"""What a client should know of its request although it was answered: the texts of ``X-Mock-Warning``."""

from __future__ import annotations

from collections.abc import Sequence

from mockserver.errors import did_you_mean
from mockserver.mock.messages import Pair

WARNING = "X-Mock-Warning"

NOT_KEPT: Pair = (
    WARNING,
    "the refresh was not kept: the shared state cannot be reached, so this is the world as it was made",
)


def unknown_names(unknown: Sequence[str], known: Sequence[str]) -> Pair:
    """Return the warning that names the query parameters that were ignored: printable ASCII, of bounded length."""
    parts = []
    for name in unknown[:5]:
        hint = did_you_mean(name[:64], known)
        parts.append(f"'{_printable(name)}'{f', {hint}' if hint else ''}")
    rest = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
    return WARNING, f"unknown query parameters were ignored: {'; '.join(parts)}{rest}"


def misfit_fixtures(problem: str) -> Pair:
    """Return the warning that some fixtures do not fit the caller's world and are left out."""
    return WARNING, f"fixtures that do not fit this key's world are left out: {_printable(problem, 300)}"


def _printable(text: str, most: int = 40) -> str:
    short = text if len(text) <= most else text[:most] + "..."
    return "".join(c if " " <= c <= "~" else c.encode("unicode_escape").decode() for c in short)
