"""Says how much of a contract a run exercised, and why it did not ask for the rest."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.judge.coverage import Coverage
from mockserver.judge.exercised import Asked, coverage_of
from mockserver.judge.laws import LAWS
from mockserver.judge.outcome import Outcome
from mockserver.judge.schemathesis.server import Opened
from mockserver.semantics import list_operations


def coverage_of_run(opened: Opened, asked: Mapping[str, Asked], outcome: Outcome, *, laws_only: bool) -> Coverage:
    """Return the coverage of the contract by what was ``asked``, by method and path."""
    lists = {f"{s.operation.method} {s.operation.path}": tuple(s.filters) for s in list_operations(opened.contract)}
    why_not = {}
    for operation in opened.contract.operations:
        label = f"{operation.method} {operation.path}"
        if (operation.method, operation.path) not in opened.chosen:
            why_not[label] = "left out by --operation"
        elif laws_only and label not in lists:
            why_not[label] = "no list, and --laws-only judges nothing else"
    why_not |= {operation.label: operation.reason for operation in outcome.lists if operation.reason}
    by_label = {operation.label: operation for operation in outcome.operations}
    return coverage_of(opened.contract, asked, by_label, lists, why_not, list(LAWS))
