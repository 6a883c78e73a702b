"""Verdicts as text for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from mockserver.judge.laws.verdicts import Verdict


def told(verdict: Verdict) -> str:
    """A broken law in lines: its claim, what came, what had to come, and the requests that show it, to be pasted."""
    breach = verdict.breach
    if breach is None:
        return f"{verdict.law.claim}: {verdict.status}" + (f" ({verdict.reason})" if verdict.reason else "")
    requests = [f"    {exchange.curl}" for exchange in breach.evidence]
    return "\n".join(
        [
            f"Law:      {verdict.law.claim}",
            f"Came:     {breach.came}",
            f"Expected: {breach.expected}",
            "See it with:",
            *requests,
            *(f"Note:     {note}" for note in verdict.notes),
        ]
    )


def summary(label: str, verdicts: Sequence[Verdict]) -> str:
    """How the laws stand, in lines: how many are kept and broken, and by name whatever is neither, with its reason."""
    counts = Counter(v.status for v in verdicts)
    lines = [f"Laws of {label}: " + ", ".join(f"{count} {status}" for status, count in counts.items())]
    unsure = [v for v in verdicts if v.status in ("inconclusive", "not applicable")]
    lines += [f"  {v.law.name}: {v.status}: {v.reason}" for v in unsure]
    lines += [f"  {v.law.name}: note: {note}" for v in verdicts for note in v.notes]
    return "\n".join(lines)
