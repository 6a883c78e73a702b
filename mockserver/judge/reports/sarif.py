"""The report for code scanning: SARIF 2.1.0, each finding at the line of its operation in the contract."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from mockserver.judge.outcome import OperationOutcome, Outcome, ReportedFinding
from mockserver.judge.reports.text import baseline_text, clean, finding_text

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT = "%SRCROOT%"
"""The name for the folder that relative files are in: the one in which the judge was started."""

_URL = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)


def sarif(outcome: Outcome) -> str:
    """Return a run as SARIF. Findings that the baseline knows are suppressed."""
    claims = {
        found.rule: result.claim
        for operation in outcome.operations
        for result in operation.results
        for found in result.findings
    }
    rules = list(claims)
    driver = {
        "name": "mockserver check",
        "version": outcome.version,
        "rules": [
            {"id": rule, "name": rule, "shortDescription": {"text": clean(claim)}} for rule, claim in claims.items()
        ],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": {ROOT: {"description": {"text": "The folder in which the judge was started."}}},
        "invocations": [{"executionSuccessful": outcome.is_judged, "exitCode": outcome.exit_code}],
        "results": [
            _result(operation, found, rules) for operation in outcome.operations for found in operation.findings
        ],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _result(operation: OperationOutcome, found: ReportedFinding, rules: list[str]) -> Mapping[str, Any]:
    text = f"{operation.label}: {found.rule}: {found.fact}\n{finding_text(found)}"
    result: dict[str, Any] = {
        "ruleId": found.rule,
        "ruleIndex": rules.index(found.rule),
        "level": "note" if found.known else "error",
        "message": {"text": clean(text)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": _artifact(operation.source),
                    "region": {"startLine": operation.line or 1},
                },
                "logicalLocations": [{"name": clean(operation.id), "fullyQualifiedName": clean(operation.label)}],
            }
        ],
        "partialFingerprints": {"cause/v1": _fingerprint(found)},
    }
    if found.known:
        result["suppressions"] = [{"kind": "external", "justification": clean(baseline_text(found))}]
    return result


def _fingerprint(found: ReportedFinding) -> str:
    """Return what makes a finding the same in the next run."""
    return hashlib.sha256("\0".join((found.operation, found.rule, found.cause)).encode("utf-8", "replace")).hexdigest()


def _artifact(source: str) -> Mapping[str, str]:
    """Return where a contract is: below the current folder if it is in there, as services want it."""
    if _URL.match(source):
        return {"uri": source}
    path = Path(source).resolve()
    try:
        relative = path.relative_to(Path.cwd().resolve())
    except ValueError:
        return {"uri": path.as_uri()}
    return {"uri": quote(relative.as_posix()), "uriBaseId": ROOT}
