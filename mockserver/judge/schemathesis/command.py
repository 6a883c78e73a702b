"""Runs ``mockserver check``: the laws on every list operation, then Schemathesis' own phases, in one report."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from schemathesis.cli import schemathesis as schemathesis_cli

from mockserver.errors import JudgeError
from mockserver.judge.laws import LAWS, Verdict, judge_survey
from mockserver.judge.laws.report import report
from mockserver.judge.profile import template
from mockserver.judge.schemathesis.hooks import REACHED
from mockserver.judge.schemathesis.lists import APIOperation
from mockserver.judge.schemathesis.server import Server, SurveySettings, open_lists, survey_list
from mockserver.judge.schemathesis.table import VerdictTable
from mockserver.judge.survey import Survey
from mockserver.semantics import ListSemantics

REPORTS = ("junit", "json", "html", "har", "allure", "ndjson", "vcr")
"""The reports that Schemathesis writes."""

_CONFIG = Path(__file__).parent / "schemathesis.toml"


@dataclass(frozen=True)
class CheckOptions:
    """The options of ``mockserver check``. ``operation`` is the id of the only list operation to judge."""

    server: Server
    contract: Path
    settings: SurveySettings = field(default_factory=SurveySettings)
    operation: str | None = None
    reports: str | None = None
    report_dir: str | None = None
    laws_only: bool = False


def check(options: CheckOptions) -> int:
    """Judge a server, report on standard output, and return 0 (everything passed) or 1 (something failed).

    Raises `OptionError`, `ContractError`, and `JudgeError` if nothing could be judged.
    """
    failed = False
    for operation, semantics in open_lists(options.server, options.contract, options.operation):
        verdicts = _judged(operation, semantics, options)
        REACHED[operation.label] = verdicts
        failed = failed or any(verdict.status == "failed" for verdict in verdicts)
    if options.laws_only and not options.reports:
        return int(failed)
    try:
        return max(int(failed), _run_schemathesis(options))
    finally:
        REACHED.clear()


def _judged(operation: APIOperation, semantics: ListSemantics, options: CheckOptions) -> tuple[Verdict, ...]:
    settings = options.settings
    names = settings.laws or list(LAWS)
    with VerdictTable(operation.label, names, settings.budget) as table:
        survey = survey_list(operation, semantics, settings, table.progress)
        verdicts = judge_survey(survey, names)
        table.finish(verdicts, survey)
    for verdict in verdicts:
        if verdict.finding is not None:
            table.print(f"\n{verdict.law.name}: {verdict.finding.fact}\n{report(verdict)}")
    if not survey.base.ids and all(verdict.status != "failed" for verdict in verdicts):
        raise JudgeError(f"{operation.label} shows no records: there is nothing to judge the laws by")
    return verdicts


def learn(options: CheckOptions) -> str:
    """Return a profile, as TOML, under which every law passes. What is a fault by the contract is marked as such."""
    values: dict[str, tuple[str, str]] = {}
    off: dict[str, str] = {}
    for operation, semantics in open_lists(options.server, options.contract, options.operation):
        survey = survey_list(operation, semantics, options.settings)
        for verdict in judge_survey(survey):
            if verdict.finding is None:
                continue
            switch = _switch_that_helps(verdict, survey)
            if switch is None:
                off[verdict.law.name] = _reason(verdict)
            else:
                name, value = switch
                values[name] = (value, _reason(verdict))
    if off:
        names = ", ".join(f'"{name}"' for name in off)
        values["off"] = (f"[{names}]", "\n".join(off.values()))
    return template(values)


def _switch_that_helps(verdict: Verdict, survey: Survey) -> tuple[str, str] | None:
    """Return the one switch of a profile, and its value in TOML, under which a failed law passes; or ``None``."""
    filters = tuple(survey.semantics.filters)
    quoted = ", ".join(f'"{name}"' for name in filters)
    switches: dict[str, tuple[Any, str]] = {
        "total": ("estimate", '"estimate"'),
        "decimals": (False, "false"),
        "sums": (False, "false"),
        "constant": (False, "false"),
        "caseless": (filters, f"[{quoted}]"),
    }
    for name, (value, text) in switches.items():
        changed: dict[str, Any] = {name: value}
        loosened = replace(survey, profile=replace(survey.profile, **changed), ids_by_filters={})
        if judge_survey(loosened, [verdict.law.name])[0].status != "failed":
            return name, text
    return None


def _reason(verdict: Verdict) -> str:
    found = verdict.finding
    if found is None:
        return verdict.reason
    by_contract = any(exchange.faults for exchange in found.evidence)
    mark = ""
    if by_contract or verdict.law.name in ("record", "error-shape", "limits"):
        mark = " - A FAULT BY THE CONTRACT"
    return f"{verdict.law.name}: {found.fact} (got: {found.got}){mark}"


def _run_schemathesis(options: CheckOptions) -> int:
    """Run Schemathesis' phases over the same contract, with our hooks and its own reporters; return its exit code."""
    given = sys.argv
    # Schemathesis names the program in its messages by this, and must not see our options.
    sys.argv = ["mockserver check"]
    try:
        code = schemathesis_cli.main(["--config-file", str(_CONFIG), *_arguments(options)], standalone_mode=False)
    except SystemExit as done:
        code = done.code
    finally:
        sys.argv = given
    return int(code or 0)


def _arguments(options: CheckOptions) -> Sequence[str]:
    server = options.server
    arguments = ["run", str(options.contract), "--url", server.base_url.rstrip("/")]
    arguments += ["--seed", str(options.settings.seed)]
    if options.laws_only:
        arguments += ["--phases", "examples", "--checks", "Laws"]
    if options.operation is not None:
        arguments += ["--include-operation-id", options.operation]
    if server.rate_limit is not None:
        arguments += ["--rate-limit", server.rate_limit]
    for name, value in server.headers.items():
        arguments += ["-H", f"{name}: {value}"]
    if options.reports is not None:
        arguments += ["--report", options.reports]
    if options.report_dir is not None:
        arguments += ["--report-dir", options.report_dir]
    return arguments
