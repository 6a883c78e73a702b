"""The warnings that an answer has in ``X-Mock-Warning``."""

from __future__ import annotations

from collections.abc import Sequence

from mockserver.errors import did_you_mean
from mockserver.mock.messages import Pair

WARNING = "X-Mock-Warning"

NOT_KEPT: Pair = (
    WARNING,
    "the refresh was not kept, because the shared state cannot be reached; the records are shown without any refresh",
)


def unknown_names(unknown: Sequence[str], known: Sequence[str]) -> Pair:
    """Return the warning that query parameters were ignored, with their names: printable ASCII, of bounded length."""
    parts = []
    for name in unknown[:5]:
        part, hint = f"'{_printable(name)}'", did_you_mean(name[:64], known)
        parts.append(f"{part}, {hint}" if hint else part)
    rest = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
    return WARNING, f"unknown query parameters were ignored: {'; '.join(parts)}{rest}"


def skipped_fixtures(problem: str) -> Pair:
    """Return the warning that some fixtures do not fit the caller's world and were skipped."""
    return WARNING, f"fixtures that do not fit this key's world were skipped: {_printable(problem, 300)}"


def _printable(text: str, most: int = 40) -> str:
    """Return a text cut to ``most`` characters, with escapes for those that are not printable ASCII."""
    short = text if len(text) <= most else text[:most] + "..."
    return "".join(c if " " <= c <= "~" else c.encode("unicode_escape").decode() for c in short)
