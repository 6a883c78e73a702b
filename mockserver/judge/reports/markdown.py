"""The report for the summary of a CI job: GitHub's Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mockserver.judge.outcome import Outcome, ReportedFinding
from mockserver.judge.reports.summary import HEADINGS, row
from mockserver.judge.reports.text import baseline_text, clean, coverage_lines, finding_text

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~$&])")
SHOWN = 50
"""Findings, and missed parts of the contract, that are shown: a summary is bounded in size."""

_SHOWN_TEXT = 4000


def markdown(outcome: Outcome) -> str:
    """Return a run as Markdown."""
    parts = [
        f"## mockserver check: {_escaped(outcome.headline)}",
        f"{_code(outcome.base_url)} by {_code(outcome.contract)}",
        *(f"- Note: {_escaped(note)}" for note in outcome.notes),
        *_findings("New findings", [found for found in outcome.findings if not found.known]),
        *_findings("Known findings", [found for found in outcome.findings if found.known]),
        *_mended(outcome),
        *_coverage(outcome),
        "### Summary",
        _table(HEADINGS, [row(operation) for operation in outcome.operations]),
    ]
    return "\n\n".join(parts) + "\n"


def _findings(title: str, findings: Sequence[ReportedFinding]) -> Iterator[str]:
    if not findings:
        return
    yield f"### {title}"
    for found in findings[:SHOWN]:
        known = baseline_text(found)
        summary = _escaped(f"{found.operation}: {found.rule}: {found.fact}{f' ({known})' if known else ''}")
        yield f"<details><summary>{summary}</summary>\n\n{_fenced(finding_text(found))}\n\n</details>"
    if len(findings) > SHOWN:
        yield f"And {len(findings) - SHOWN} more, which the other reports show."


def _mended(outcome: Outcome) -> Iterator[str]:
    if outcome.mended:
        yield "### Mended"
        yield "\n".join(f"- {_escaped(f'{m.operation}: {m.law}: {m.cause}')}" for m in outcome.mended)


def _coverage(outcome: Outcome) -> Iterator[str]:
    lines = coverage_lines(outcome)
    if not lines:
        return
    yield f"### Coverage of the contract: {outcome.coverage.percent:.1f} %"
    yield _table(("part", "exercised", "of"), [(name, str(done), str(count)) for name, done, count in lines])
    missed = outcome.coverage.missed
    if missed:
        shown = [f"{item.operation}: {item.kind} {item.name}: {item.reason}" for item in missed[:SHOWN]]
        more = [f"and {len(missed) - SHOWN} more"] if len(missed) > SHOWN else []
        listed = "\n".join(f"- {_escaped(text)}" for text in [*shown, *more])
        yield f"<details><summary>{len(missed)} not exercised</summary>\n\n{listed}\n\n</details>"


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *([_escaped(cell) for cell in cells] for cells in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _escaped(text: str) -> str:
    """Return a text as one line that Markdown and HTML show as it is."""
    return _SPECIAL.sub(_entity, " ".join(clean(text).split()))


def _entity(found: re.Match[str]) -> str:
    """Return a character reference: unlike a backslash, it is the same in a table, a summary and plain text."""
    return f"&#{ord(found[1])};"


def _code(text: str) -> str:
    return f"<code>{_escaped(text)}</code>"


def _fenced(text: str) -> str:
    """Return a code block whose fence is longer than any in the text."""
    shown = clean(text)
    shown = shown if len(shown) <= _SHOWN_TEXT else shown[:_SHOWN_TEXT] + "..."
    longest = max((len(found) for found in re.findall(r"`+", shown)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{shown}\n{fence}"
