"""The last table of a run: a line for each operation, with its verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from mockserver.errors import listed
from mockserver.judge.coverage import Coverage
from mockserver.judge.outcome import (
    FAILED,
    INCONCLUSIVE,
    KNOWN,
    NOT_APPLICABLE,
    NOT_JUDGED,
    NOT_UNDERSTOOD,
    PASSED,
    OperationOutcome,
    Outcome,
)
from mockserver.judge.reports.text import coverage_lines

STYLES = {
    PASSED: "green",
    FAILED: "bold red",
    KNOWN: "magenta",
    INCONCLUSIVE: "yellow",
    NOT_UNDERSTOOD: "yellow",
    NOT_JUDGED: "yellow",
    NOT_APPLICABLE: "dim",
}
"""How a terminal shows each status."""

HEADINGS = ("operation", "verdict", "laws", "single answers", "requests", "remark")
_SHOWN_REMARK = 120
_SHOWN_MISSED = 20
"""Parts of the contract that were not exercised and are shown on the console."""


def print_summary(outcome: Outcome, console: Console) -> None:
    """Print the notes on the run, what is mended, the coverage, and the table as the last thing."""
    for line in _remarks(outcome):
        console.print(line, markup=False)
    if console.is_terminal:
        console.print(_table(outcome.operations))
        return
    console.print("\nSummary", markup=False)
    for line in _lines([HEADINGS, *(row(operation) for operation in outcome.operations)]):
        console.print(line, markup=False)


def _remarks(outcome: Outcome) -> Iterator[str]:
    yield from (f"Note: {note}" for note in outcome.notes)
    yield from (f"Mended: {m.operation}: {m.law}: {m.cause}" for m in outcome.mended)
    if outcome.coverage.items:
        yield f"\nCoverage of the contract: {coverage_text(outcome)}"
    if outcome.is_judged:
        missed = list(_missed(outcome.coverage))
        yield from (f"  not exercised: {line}" for line in missed[:_SHOWN_MISSED])
        if len(missed) > _SHOWN_MISSED:
            yield f"  not exercised: {len(missed) - _SHOWN_MISSED} more lines; --report html or json has them all"


def _missed(coverage: Coverage) -> Iterator[str]:
    """Yield what was not exercised, a line for each operation and reason."""
    names: dict[tuple[str, str], list[str]] = {}
    for item in coverage.missed:
        names.setdefault((item.operation, item.reason), []).append(f"{item.kind} {item.name}")
    for (operation, reason), found in names.items():
        yield f"{operation}: {listed(found, 8)}: {_short(reason)}"


def coverage_text(outcome: Outcome) -> str:
    """Return how much of a contract was exercised: ``87.5 % (operations 2 of 2, ...)``."""
    kinds = ", ".join(f"{name} {done} of {count}" for name, done, count in coverage_lines(outcome))
    expected = f", expected {outcome.min_coverage:g} %" if outcome.min_coverage is not None else ""
    return f"{outcome.coverage.percent:.1f} %{expected} ({kinds})"


def row(operation: OperationOutcome) -> tuple[str, ...]:
    """Return what the summary says of one operation, in the order of `HEADINGS`."""
    answers = operation.answers.status if operation.answers is not None else "-"
    return (
        operation.label,
        operation.status,
        laws_text(operation) or "-",
        answers,
        str(operation.requests),
        remark(operation),
    )


def laws_text(operation: OperationOutcome) -> str:
    """Return how many laws have each verdict: ``18 passed, 2 not applicable``; empty if none was judged."""
    if operation.reason:
        return ""
    order = (FAILED, KNOWN, NOT_UNDERSTOOD, INCONCLUSIVE, PASSED, NOT_APPLICABLE)
    return ", ".join(f"{operation.counts[status]} {status}" for status in order if operation.counts[status])


def remark(operation: OperationOutcome) -> str:
    """Return the rules that failed, or why the operation was not judged."""
    failed = [found.rule for found in operation.findings if not found.known]
    text = ", ".join(dict.fromkeys(failed)) or operation.reason
    return _short(text)


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN_REMARK else text[:_SHOWN_REMARK] + "..."


def _lines(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(cells[column]) for cells in rows) for column in range(len(HEADINGS))]
    return [
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
        for cells in rows
    ]


def _table(operations: Sequence[OperationOutcome]) -> Table:
    table = Table(title="Summary")
    for heading in HEADINGS:
        table.add_column(heading, justify="right" if heading == "requests" else "left")
    for operation in operations:
        label, status, *rest = row(operation)
        table.add_row(Text(label), Text(status, style=STYLES[status]), *(Text(cell) for cell in rest))
    return table
