"""Words verdicts for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from mockserver.judge.laws.verdict import Verdict


def report(verdict: Verdict) -> str:
    """Return a failed law in lines: the claim, what the server gave, what the law expects, and how to reproduce it.

    Any other verdict is one line.
    """
    found = verdict.finding
    if found is None:
        reason = f" ({verdict.reason})" if verdict.reason else ""
        return f"{verdict.law.claim}: {verdict.status}{reason}"
    return "\n".join(
        [
            f"Law:      {verdict.law.claim}",
            f"Got:      {found.got}",
            f"Expected: {found.expected}",
            "Reproduce with:",
            *(f"    {exchange.curl}" for exchange in found.evidence),
            f"Likely cause: {likely_cause(verdict)}",
            *(f"Note:     {note}" for note in verdict.notes),
        ]
    )


def likely_cause(verdict: Verdict) -> str:
    """Return where to look first when a law failed: the server, the contract or the test data."""
    found = verdict.finding
    if verdict.law.name == "record" and found is not None:
        if any(exchange.faults for exchange in found.evidence):
            return "the server, or the contract if it describes the answer wrongly"
        return "the test data"
    if verdict.law.name == "total":
        return "the server, or the contract if the total is an estimate (x-list-semantics: total)"
    return "the server"


def summary(label: str, verdicts: Sequence[Verdict]) -> str:
    """Return how the laws stand, in lines: how many have each status, and by name those that neither passed nor failed.

    ``label`` names the operation.
    """
    counts = Counter(verdict.status for verdict in verdicts)
    lines = [f"Laws of {label}: " + ", ".join(f"{count} {status}" for status, count in counts.items())]
    undecided = [
        verdict for verdict in verdicts if verdict.status in ("inconclusive", "not understood", "not applicable")
    ]
    lines += [f"  {verdict.law.name}: {verdict.status}: {verdict.reason}" for verdict in undecided]
    lines += [f"  {verdict.law.name}: note: {note}" for verdict in verdicts for note in verdict.notes]
    return "\n".join(lines)
