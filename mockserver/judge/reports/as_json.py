"""The report for programs: JSON with a documented, versioned schema (``report.schema.json``)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mockserver.judge.coverage import KINDS, Coverage, Item
from mockserver.judge.outcome import Evidence, OperationOutcome, Outcome, ReportedFinding, RuleResult
from mockserver.judge.reports.text import clean

VERSION = "1.0"
"""The version of the schema: the first number changes when a reader of the old one could fail."""


def as_json(outcome: Outcome) -> str:
    """Return a run as JSON."""
    return json.dumps(_cleaned(report(outcome)), indent=2, ensure_ascii=False) + "\n"


def report(outcome: Outcome) -> dict[str, Any]:
    """Return a run as JSON values."""
    return {
        "version": VERSION,
        "tool": {"name": "mockserver", "version": outcome.version},
        "started": outcome.started,
        "seconds": round(outcome.seconds, 3),
        "base_url": outcome.base_url,
        "contract": outcome.contract,
        "exit_code": outcome.exit_code,
        "headline": outcome.headline,
        "operations": [_operation(operation) for operation in outcome.operations],
        "mended": [{"operation": m.operation, "law": m.law, "cause": m.cause} for m in outcome.mended],
        "coverage": _coverage(outcome.coverage, outcome),
        "notes": list(outcome.notes),
    }


def _operation(operation: OperationOutcome) -> dict[str, Any]:
    return {
        "id": operation.id,
        "method": operation.method,
        "path": operation.path,
        "source": operation.source,
        "line": operation.line,
        "is_list": operation.is_list,
        "url": operation.url,
        "verdict": operation.status,
        "reason": operation.reason,
        "requests": operation.requests,
        "laws": [_result(result) for result in operation.laws],
        "single_answers": None if operation.answers is None else _result(operation.answers),
        "notes": list(operation.notes),
    }


def _result(result: RuleResult) -> dict[str, Any]:
    return {
        "law": result.rule,
        "claim": result.claim,
        "verdict": result.status,
        "reason": result.reason,
        "notes": list(result.notes),
        "cases": result.cases,
        "requests": result.requests,
        "findings": [_finding(found) for found in result.findings],
    }


def _finding(found: ReportedFinding) -> dict[str, Any]:
    return {
        "operation": found.operation,
        "law": found.rule,
        "cause": found.cause,
        "fact": found.fact,
        "got": found.got,
        "expected": found.expected,
        "likely_cause": found.likely_cause,
        "known": found.known,
        "until": found.until or None,
        "reason": found.reason,
        "evidence": [_evidence(evidence) for evidence in found.evidence],
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "method": evidence.method,
        "url": evidence.url,
        "status": evidence.status,
        "curl": evidence.curl,
        "request_headers": [list(header) for header in evidence.request_headers],
        "response_headers": [list(header) for header in evidence.response_headers],
        "body": evidence.body,
    }


def _coverage(coverage: Coverage, outcome: Outcome) -> dict[str, Any]:
    kinds = {kind: coverage.of(kind) for kind in KINDS}
    return {
        "percent": round(coverage.percent, 2),
        "expected": outcome.min_coverage,
        "kinds": {kind: {"exercised": exercised, "count": count} for kind, (exercised, count) in kinds.items()},
        "items": [_item(item) for item in coverage.items],
    }


def _item(item: Item) -> Mapping[str, Any]:
    return {
        "kind": item.kind,
        "operation": item.operation,
        "name": item.name,
        "exercised": item.exercised,
        "counts": item.counts,
        "reason": item.reason,
    }


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_cleaned(part) for part in value]
    if isinstance(value, dict):
        return {key: _cleaned(part) for key, part in value.items()}
    return value
