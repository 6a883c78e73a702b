"""What a run of the judge found, as plain values: the exit code and every report are made of them.

::

    Outcome                  the run
    └── OperationOutcome     one operation of the contract
        └── RuleResult       one law, or all checks of single answers
            └── ReportedFinding
                └── Evidence   one request and its answer
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from mockserver.judge.coverage import Coverage

FAILED, PASSED = "failed", "passed"
INCONCLUSIVE, NOT_UNDERSTOOD, NOT_APPLICABLE = "inconclusive", "not understood", "not applicable"
KNOWN = "known"
"""The status of a rule that failed only in ways that a baseline knows."""

NOT_JUDGED = "not judged"
"""The status of a list that shows no page, so that no law could be judged."""

FAIL_ON = ("inconclusive", "not-understood")
"""Verdicts that can be made an error, as the command line spells them."""

SINGLE_ANSWERS = "single answers"
"""The rule that stands for all checks of single answers."""


@dataclass(frozen=True)
class Evidence:
    """One request and its answer as a report shows them. ``status`` is ``None`` if no answer came.

    ``curl`` is the request as a command line to paste, ``body`` the beginning of the answer.
    """

    method: str
    url: str
    status: int | None
    curl: str
    request_headers: tuple[tuple[str, str], ...] = ()
    response_headers: tuple[tuple[str, str], ...] = ()
    body: str = ""


@dataclass(frozen=True)
class ReportedFinding:
    """One way in which a server breaks a rule.

    ``rule`` is a law, or the name of a check of single answers. ``cause`` names what is wrong without any data of the
    server, so that it is the same in the next run. ``known`` says that the baseline accepts it. Where the baseline has
    it, ``until`` is the last day on which it does (``2026-12-31``), and ``reason`` why; both may be empty.
    """

    operation: str
    rule: str
    cause: str
    fact: str
    got: str = ""
    expected: str = ""
    likely_cause: str = ""
    evidence: tuple[Evidence, ...] = ()
    known: bool = False
    until: str = ""
    reason: str = ""


@dataclass(frozen=True)
class RuleResult:
    """What came of one rule on one operation; ``findings`` has every cause once, the smallest first."""

    rule: str
    claim: str
    verdict: str
    reason: str = ""
    notes: tuple[str, ...] = ()
    cases: int = 0
    requests: int = 0
    findings: tuple[ReportedFinding, ...] = ()

    @property
    def status(self) -> str:
        """The verdict, or `KNOWN` where it failed only in ways that the baseline knows."""
        is_known = self.verdict == FAILED and all(found.known for found in self.findings)
        return KNOWN if is_known and self.findings else self.verdict


@dataclass(frozen=True)
class OperationOutcome:
    """What came of one operation.

    ``source`` and ``line`` say where the contract has it. ``url`` is the first URL that was asked. ``reason`` says why
    a list was not judged. ``answers`` is ``None`` where no single answer was checked.
    """

    id: str
    method: str
    path: str
    source: str = ""
    line: int | None = None
    is_list: bool = False
    url: str = ""
    laws: tuple[RuleResult, ...] = ()
    answers: RuleResult | None = None
    reason: str = ""
    requests: int = 0
    notes: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Method and path."""
        return f"{self.method} {self.path}"

    @property
    def results(self) -> tuple[RuleResult, ...]:
        """Every rule that was tried: the laws, then the single answers."""
        return self.laws if self.answers is None else (*self.laws, self.answers)

    @property
    def findings(self) -> tuple[ReportedFinding, ...]:
        """Every finding, in the order of the rules."""
        return tuple(found for result in self.results for found in result.findings)

    @property
    def counts(self) -> Counter[str]:
        """How many laws have each status."""
        return Counter(result.status for result in self.laws)

    @property
    def judged(self) -> bool:
        """Whether this is a list that the laws were judged on."""
        return self.is_list and not self.reason and bool(self.laws)

    @property
    def status(self) -> str:
        """The verdict on the operation: the worst one of its rules.

        A law without a verdict is no worse than a law that passed, as long as one passed.
        """
        found = {result.status for result in self.results}
        if FAILED in found:
            return FAILED
        if self.is_list and self.reason:
            return NOT_JUDGED
        for status in (NOT_UNDERSTOOD, KNOWN, PASSED):
            if status in found:
                return status
        return INCONCLUSIVE


@dataclass(frozen=True)
class Mended:
    """A finding that the baseline has and the server does not show any more."""

    operation: str
    law: str
    cause: str


@dataclass(frozen=True)
class Outcome:
    """A run of the judge.

    ``seconds`` is how long it took, ``started`` when it began (RFC 3339). ``notes`` concern the whole run. ``coverage``
    is how much of the contract was exercised; a run with less than ``min_coverage`` percent fails. ``fail_on`` are the
    verdicts, some of `FAIL_ON`, that are an error. ``version`` is that of the judge.
    """

    base_url: str
    contract: str
    operations: tuple[OperationOutcome, ...] = ()
    notes: tuple[str, ...] = ()
    started: str = ""
    seconds: float = 0.0
    mended: tuple[Mended, ...] = ()
    coverage: Coverage = field(default_factory=Coverage)
    min_coverage: float | None = None
    fail_on: Collection[str] = ()
    version: str = ""

    @property
    def findings(self) -> tuple[ReportedFinding, ...]:
        """Every finding, operation by operation."""
        return tuple(found for operation in self.operations for found in operation.findings)

    @property
    def lists(self) -> tuple[OperationOutcome, ...]:
        """The list operations."""
        return tuple(operation for operation in self.operations if operation.is_list)

    @property
    def is_judged(self) -> bool:
        """Whether any list was judged."""
        return any(operation.judged for operation in self.lists)

    @property
    def is_coverage_missed(self) -> bool:
        """Whether less of the contract was exercised than was demanded."""
        return self.min_coverage is not None and self.coverage.percent < self.min_coverage

    @property
    def exit_code(self) -> int:
        """The exit code (``docs/specification.md``, "The laws")."""
        statuses = {result.status for operation in self.operations for result in operation.results}
        if self.is_coverage_missed or FAILED in statuses:
            return 1
        if not self.is_judged:
            return 2
        if any(operation.status == NOT_JUDGED for operation in self.lists):
            statuses.add(INCONCLUSIVE)
        return 2 if statuses & {name.replace("-", " ") for name in self.fail_on} else 0

    @property
    def headline(self) -> str:
        """What came of the run, in a few words."""
        count = sum(not found.known for found in self.findings)
        parts = []
        if count:
            parts.append("1 finding" if count == 1 else f"{count} findings")
        if self.is_coverage_missed:
            parts.append(f"coverage of {self.coverage.percent:.1f} %, expected {self.min_coverage:g} %")
        if not parts and not self.is_judged:
            return "no list could be judged"
        if not parts and self.exit_code:
            return "not every list was decided"
        return ", ".join(parts) or "no new findings"
