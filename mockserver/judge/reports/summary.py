"""The last table of a run: a line for each operation, with its verdict."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

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


def print_summary(outcome: Outcome, console: Console) -> None:
    """Print the notes on the run, and the table as the last thing."""
    for note in outcome.notes:
        console.print(f"Note: {note}", markup=False)
    if console.is_terminal:
        console.print(_table(outcome.operations))
        return
    console.print("\nSummary", markup=False)
    for line in _lines([HEADINGS, *(row(operation) for operation in outcome.operations)]):
        console.print(line, markup=False)


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
