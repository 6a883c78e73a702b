"""Runs ``mockserver check``: the laws on every list operation, then Schemathesis' own phases."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from mockserver.contract import Operation
from mockserver.errors import JudgeError
from mockserver.judge.ci import CiOptions
from mockserver.judge.exchange import Exchange
from mockserver.judge.exercised import Asked, asked_by, merged
from mockserver.judge.laws import LAWS, Verdict, judge_survey
from mockserver.judge.laws.report import report
from mockserver.judge.outcome import FAILED, KNOWN, OperationOutcome, Outcome, ReportedFinding, RuleResult
from mockserver.judge.refusals import NoPageError
from mockserver.judge.reports.text import baseline_text, clean
from mockserver.judge.reports.writing import OWN_REPORTS
from mockserver.judge.results import law_results, undecided
from mockserver.judge.schemathesis.clock import Clock
from mockserver.judge.schemathesis.configuration import (
    PHASES,
    SCHEMATHESIS_REPORTS,
    laws_configuration,
    phases_configuration,
)
from mockserver.judge.schemathesis.covering import coverage_of_run
from mockserver.judge.schemathesis.server import (
    Opened,
    OpenedList,
    Server,
    SurveySettings,
    list_notes,
    open_contract,
    settled,
    survey_list,
)
from mockserver.judge.schemathesis.table import VerdictTable
from mockserver.judge.set_up import SetUp
from mockserver.judge.survey import Survey
from mockserver.version import version

if TYPE_CHECKING:
    from mockserver.judge.schemathesis.answers import SingleAnswers

SILENT_LISTS = 3
"""After so many lists in a row without any answer, the server is not asked for the others."""

REPORTS = (*OWN_REPORTS, *SCHEMATHESIS_REPORTS)
"""The reports that can be written."""

REPORT_DIR = "mockserver-report"
"""Where reports are written unless a folder is given."""


@dataclass(frozen=True)
class CheckOptions:
    """The options of ``mockserver check``. ``operations`` are patterns; all lists are judged if there is none.

    ``set_up`` has the commands to run before and after, ``ci`` what makes the run fail. ``started`` is when the run
    began, as `time.monotonic` has it.
    """

    server: Server
    contract: str | Path
    settings: SurveySettings = field(default_factory=SurveySettings)
    operations: Sequence[str] = ()
    reports: Sequence[str] = ()
    report_dir: str = REPORT_DIR
    laws_only: bool = False
    set_up: SetUp = field(default_factory=SetUp)
    ci: CiOptions = field(default_factory=CiOptions)
    started: float = field(default_factory=time.monotonic)


def run_check(options: CheckOptions, console: Console) -> Outcome:
    """Judge a server, show on the console what is found on the way, and return what came of it.

    Raises `OptionError` and `ContractError`.
    """
    began = datetime.now(UTC).isoformat(timespec="seconds")
    clock = Clock(options.server.safety.seconds, options.started, laws_only=options.laws_only)
    outcome = _Run(options, console, opened(options), clock).outcome()
    return replace(outcome, started=began, seconds=time.monotonic() - options.started, version=version())


def opened(options: CheckOptions) -> Opened:
    """Return the contract aimed at the server. Raises `OptionError` and `ContractError`."""
    return open_contract(options.server, options.contract, options.operations, _config(options))


def _config(options: CheckOptions) -> Any:
    reports: dict[str, Any] = {name: {"enabled": True} for name in options.reports if name in SCHEMATHESIS_REPORTS}
    if options.laws_only and not reports:
        return laws_configuration()
    phases = ("examples",) if options.laws_only else PHASES
    reports["directory"] = options.report_dir
    return phases_configuration(options.settings.seed, phases, reports, options.server.safety)


@dataclass
class _Run:
    options: CheckOptions
    console: Console
    opened: Opened
    clock: Clock
    verdicts: dict[str, tuple[Verdict, ...]] = field(default_factory=dict)
    asked: dict[str, Asked] = field(default_factory=lambda: defaultdict(Asked))
    shows_an_api: bool = False
    silent: int = 0

    def outcome(self) -> Outcome:
        """Judge every list, then the single answers."""
        lists = {outcome.label: outcome for outcome in map(self._judge_list, self.opened.lists)}
        answers = self._single_answers()
        operations = []
        for operation in self.opened.contract.operations:
            source, line = self.opened.source(operation)
            found = replace(_outcome(operation), source=source, line=line)
            if found.label in lists:
                found = replace(lists[found.label], source=found.source, line=found.line)
            if answers is not None:
                result = answers.result(found.label)
                found = replace(found, answers=result, requests=found.requests + (result.requests if result else 0))
                found = self.options.ci.baseline.marked(found)
            if found.is_list or found.answers is not None:
                operations.append(found)
        notes = (f"the phases of Schemathesis ended early: {answers.stopped}",) if answers and answers.stopped else ()
        outcome = Outcome(self.options.server.base_url, self.opened.name, tuple(operations), notes)
        asked = self.asked if answers is None else merged(self.asked, answers.asked)
        coverage = coverage_of_run(self.opened, asked, outcome, laws_only=self.options.laws_only)
        ids = {operation.id for operation in self.opened.contract.operations}
        return self.options.ci.applied(replace(outcome, coverage=coverage), ids)

    # The laws ---------------------------------------------------------------------------------------------------------

    def _judge_list(self, opened: OpenedList) -> OperationOutcome:
        settings = self.options.settings
        names = list(settings.laws or LAWS)
        base = replace(_outcome(opened.semantics.operation), is_list=True)
        with VerdictTable(base.label, names, settings.budget, self.console) as table:
            try:
                survey = self._survey(opened, table)
                verdicts = settled(judge_survey(survey, names), self.opened.target)
            except JudgeError as error:
                return self._not_judged(base, names, error, table, opened.semantics.operation)
            base = self.options.ci.baseline.marked(replace(base, laws=law_results(verdicts, survey)))
            table.finish(verdicts, survey, [result.rule for result in base.laws if result.status == KNOWN])
        self.shows_an_api, self.silent = True, 0
        self.verdicts[base.label] = verdicts
        self._show(verdicts, base.laws)
        self._keep(base.label, all_exchanges(survey), opened.semantics.operation)
        url, reason = survey.exchanges[0].url, ""
        notes = list_notes(self.opened.target, base.label)
        for note in notes:
            self._print(f"  {note}")
        if not survey.base.ids and all(verdict.status != FAILED for verdict in verdicts):
            reason = f"GET {url}: the list shows no records: there is nothing to judge the laws by"
        return replace(base, url=url, requests=len(all_exchanges(survey)), reason=reason, notes=notes)

    def _survey(self, opened: OpenedList, table: VerdictTable) -> Survey:
        if self.silent >= SILENT_LISTS:
            raise JudgeError(f"not asked, because the server did not answer for {SILENT_LISTS} lists in a row")
        self.opened.target.pace.start_anew(self.clock.end_of_list(len(self.opened.lists) - len(self.verdicts)))
        return survey_list(opened, self.options.settings, table.progress, self.opened)

    def _not_judged(
        self,
        base: OperationOutcome,
        names: Sequence[str],
        error: JudgeError,
        table: VerdictTable,
        operation: Operation,
    ) -> OperationOutcome:
        self.verdicts[base.label] = ()
        url, reason = "", error.message
        if isinstance(error, NoPageError):
            self.silent = self.silent + 1 if error.is_silent else 0
            self.shows_an_api = self.shows_an_api or error.shows_an_api
            url = error.last.url if error.last is not None else ""
            self._keep(base.label, [error.last] if error.last is not None else [], operation)
        table.print(f"  Not judged: {reason}")
        claims = [LAWS[name].claim for name in names]
        return replace(base, laws=undecided(names, claims, reason), reason=reason, url=url)

    def _show(self, verdicts: Sequence[Verdict], results: Sequence[RuleResult]) -> None:
        for verdict, result in zip(verdicts, results, strict=True):
            if verdict.finding is None:
                continue
            if result.status != KNOWN:
                self._print(f"\n{verdict.law.name}: {verdict.finding.fact}\n{report(verdict)}")
                self._print(f"Cause:    {result.findings[0].cause}")
            for number, found in enumerate(result.findings):
                if known := baseline_text(found):
                    self._print(f"Baseline: {found.rule}: {found.cause}: {known}")
                elif number:
                    self._print(f"Also:     {found.cause}: {found.got}")

    def _keep(self, label: str, exchanges: Iterable[Exchange], operation: Operation) -> None:
        """Keep what was asked of an operation, for the coverage."""
        for exchange in exchanges:
            self.asked[label].take(exchange.status, asked_by(exchange, operation))

    def _print(self, text: str) -> None:
        self.console.print(clean(text), markup=False)

    # Single answers ---------------------------------------------------------------------------------------------------

    def _single_answers(self) -> SingleAnswers | None:
        options = self.options
        writes = any(name in SCHEMATHESIS_REPORTS for name in options.reports)
        if options.laws_only and not writes:
            return None
        if not self.shows_an_api:
            self._print("\nSingle answers: left out, because the server shows no API")
            return None
        if not options.laws_only:
            self._print("\nSingle answers")
        if not self.clock.limit_phases(self.opened.target.pace, self.opened.schema.config):
            self._print("\nSingle answers: left out, because the time budget is spent")
            return None
        # Imported where it is needed: a judge of laws alone starts in half the time without it.
        from mockserver.judge.schemathesis.phases import run_phases

        answers = run_phases(self.opened, self.verdicts, laws_only=options.laws_only, on_phase=self._on_phase)
        if options.laws_only:
            return None
        found = [finding for by_cause in answers.findings.values() for finding in by_cause.values()]
        for finding in map(self.options.ci.baseline.mark, found):
            known = baseline_text(finding)
            if not finding.known:
                self._print(answer_text(finding))
            if known:
                self._print(f"Baseline: {finding.operation}: {finding.rule}: {finding.cause}: {known}")
        self._print(f"  {answers.requests.total()} requests in total. {_issues(len(found))}")
        return answers

    def _on_phase(self, phase: str, sent: int) -> None:
        if phase in PHASES and not self.options.laws_only:
            self._print(f"  phase {phase:<14} {sent:>5} requests so far")


def _issues(count: int) -> str:
    return "No issues found" if not count else f"{count} issue{'' if count == 1 else 's'} found"


def answer_text(found: ReportedFinding) -> str:
    """Return a finding on a single answer in lines, in the form of a failed law."""
    lines = [f"\n{found.operation}: {found.rule}: {found.fact}", f"Check:    {found.rule}", f"Got:      {found.got}"]
    lines += [f"Answer:   status {e.status}: {e.body[:400]}" for e in found.evidence if e.status is not None]
    lines += ["Reproduce with:", *(f"    {e.curl}" for e in found.evidence)] if found.evidence else []
    return "\n".join([*lines, f"Likely cause: {found.likely_cause}"])


def all_exchanges(survey: Survey) -> list[Exchange]:
    """Return the exchanges of a survey and of the second look at it."""
    again = survey.second_look
    return [*survey.exchanges, *(again.exchanges if again is not None else ())]


def _outcome(operation: Operation) -> OperationOutcome:
    """Return an operation of which nothing is known yet."""
    return OperationOutcome(operation.id, operation.method, operation.path)
