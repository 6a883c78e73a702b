"""Text that is safe in a report, and the words that several reports share."""

from __future__ import annotations

import re

from mockserver.judge.coverage import KINDS
from mockserver.judge.outcome import OperationOutcome, Outcome, ReportedFinding, RuleResult

_INVALID = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML cannot hold, or that a terminal takes for commands."""

PLURALS = {
    "operation": "operations",
    "parameter": "parameters",
    "filter": "filters",
    "value": "values of enums",
    "status": "statuses",
    "law": "laws",
}
"""The kinds of what is covered, as headings."""


def clean(text: str) -> str:
    """Return a text with a replacement character for each that XML cannot hold."""
    return _INVALID.sub("\N{REPLACEMENT CHARACTER}", text)


def finding_text(found: ReportedFinding) -> str:
    """Return a finding in lines: what was got, what was expected, and how to see it again."""
    lines = [f"Got:      {found.got}", f"Expected: {found.expected}", f"Cause:    {found.cause}"]
    lines += [f"Baseline: {baseline_text(found)}"] if baseline_text(found) else []
    for evidence in found.evidence:
        status = "no answer" if evidence.status is None else f"status {evidence.status}"
        lines += [f"Asked:    {evidence.method} {evidence.url} ({status})"]
    lines += ["Reproduce with:", *(f"    {evidence.curl}" for evidence in found.evidence)] if found.evidence else []
    lines += [f"Answer:   {found.evidence[-1].body}"] if found.evidence and found.evidence[-1].body else []
    return "\n".join([*lines, f"Likely cause: {found.likely_cause}"])


def baseline_text(found: ReportedFinding) -> str:
    """Return what the baseline says of a finding; empty if it has not got it."""
    reason = f": {found.reason}" if found.reason else ""
    if found.known:
        return f"known{f' until {found.until}' if found.until else ''}{reason}"
    return f"was known until {found.until}, which has passed{reason}" if found.until else ""


def why_undecided(result: RuleResult) -> str:
    """Return why a rule has no verdict, or the facts that the baseline knows of it."""
    facts = "; ".join(f"{found.fact} ({baseline_text(found)})" for found in result.findings)
    return f"{result.status}: {facts or result.reason}"


def coverage_lines(outcome: Outcome) -> list[tuple[str, int, int]]:
    """Return for each kind of part how many were exercised, and how many count; kinds without any are left out."""
    counts = [(PLURALS[kind], *outcome.coverage.of(kind)) for kind in KINDS]
    return [line for line in counts if line[2]]


def title_of(operation: OperationOutcome) -> str:
    """Return method, path and, where the operation has one of its own, the id."""
    return operation.label if operation.id == operation.label else f"{operation.label} ({operation.id})"
