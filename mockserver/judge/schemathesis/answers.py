"""Collects what Schemathesis' phases find wrong with single answers, each cause once."""

from __future__ import annotations

import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
from schemathesis.baseline import failure_identity
from schemathesis.core.failures import Failure
from schemathesis.engine import Status, StopReason, events
from schemathesis.engine.recorder import Interaction, ScenarioRecorder

from mockserver.contract import Operation
from mockserver.judge.exchange import bounded, masked
from mockserver.judge.exercised import Asked
from mockserver.judge.outcome import (
    FAILED,
    INCONCLUSIVE,
    PASSED,
    SINGLE_ANSWERS,
    Evidence,
    ReportedFinding,
    RuleResult,
)
from mockserver.judge.results import SHOWN_BODY
from mockserver.judge.schemathesis.transport import NotSentError

CLAIM = "every single answer is as the contract says"

_STOPS = {
    StopReason.MAX_TIME: "the time budget ended",
    StopReason.INTERRUPTED: "interrupted",
    StopReason.SERVER_UNAVAILABLE: "the server stopped answering",
}


@dataclass
class SingleAnswers:
    """What was seen of the answers to Schemathesis' requests, by the label of the operation (``GET /things``).

    ``asked`` has what was sent, ``stopped`` says why the phases ended early; empty if they did not.
    """

    operations: Mapping[str, Operation]
    findings: dict[str, dict[str, ReportedFinding]] = field(default_factory=dict)
    requests: Counter[str] = field(default_factory=Counter)
    notes: dict[str, list[str]] = field(default_factory=dict)
    asked: dict[str, Asked] = field(default_factory=lambda: defaultdict(Asked))
    stopped: str = ""

    def take(self, event: events.EngineEvent) -> None:
        """Keep what an event tells."""
        if isinstance(event, events.ScenarioFinished):
            self._take_scenario(event.recorder)
        elif isinstance(event, events.NonFatalError):
            self._take_error(event)
        elif isinstance(event, events.EngineFinished):
            self.stopped = _STOPS.get(event.stop_reason, "")

    def result(self, label: str) -> RuleResult | None:
        """Return what came of one operation; ``None`` if it was not asked for."""
        found = tuple(self.findings.get(label, {}).values())
        notes = tuple(dict.fromkeys(self.notes.get(label, ())))
        count = self.requests[label]
        if not count and not found and not notes:
            return None
        verdict = FAILED if found else INCONCLUSIVE if self.stopped or not count else PASSED
        reason = found[0].fact if found else self.stopped or ("" if count else notes[0])
        return RuleResult(SINGLE_ANSWERS, CLAIM, verdict, reason, notes, count, count, found)

    def _take_scenario(self, recorder: ScenarioRecorder) -> None:
        for case_id, node in recorder.cases.items():
            if case_id in recorder.interactions:
                label, response = node.value.operation.label, recorder.interactions[case_id].response
                self.requests[label] += 1
                self.asked[label].take(None if response is None else response.status_code, _sent(node.value))
        for case_id, checks in recorder.checks.items():
            label = recorder.cases[case_id].value.operation.label
            for check in checks:
                if check.status == Status.FAILURE and check.failure_info is not None:
                    failure, curl = check.failure_info.failure, check.failure_info.code_sample
                    interaction = recorder.interactions.get(failure.case_id or case_id)
                    evidence = tuple(evidence_of(interaction, curl))
                    label = failure.operation or label
                    self._add(label, self._finding(label, check.name, failure, evidence))

    def _finding(self, label: str, check: str, failure: Failure, evidence: tuple[Evidence, ...]) -> ReportedFinding:
        _, _, kind, signature = failure_identity(failure, check)
        return ReportedFinding(
            self._id(label),
            check,
            " ".join(filter(None, (f"{check}:", kind, signature))),
            failure.title,
            textwrap.dedent(failure.message).strip(),
            CLAIM,
            "the server, or the contract if it describes the answer wrongly",
            evidence,
        )

    def _take_error(self, event: events.NonFatalError) -> None:
        """Keep an error on the way: no answer is a finding, what Schemathesis cannot generate is a note."""
        text = " ".join(f"{event.info.title}: {event.info.message}".split())
        if isinstance(event.value, NotSentError):
            return
        if not isinstance(event.value, requests.RequestException) or event.label not in self.operations:
            self.notes.setdefault(event.label, []).append(text)
            return
        cause = f"no answer: {type(event.value).__name__}"
        fact = "a request is not answered"
        found = ReportedFinding(self._id(event.label), "no answer", cause, fact, text, CLAIM, "the server")
        self._add(event.label, found)

    def _add(self, label: str, found: ReportedFinding) -> None:
        self.findings.setdefault(label, {}).setdefault(found.cause, found)

    def _id(self, label: str) -> str:
        operation = self.operations.get(label)
        return operation.id if operation is not None else label


def _sent(case: Any) -> Iterator[tuple[str, str, Any]]:
    """Yield what a case sends, each value with location and name."""
    places = {"query": case.query, "path": case.path_parameters, "header": case.headers, "cookie": case.cookies}
    for location, values in places.items():
        # A generated query may be anything at all, even no mapping.
        yield from ((location, str(name), value) for name, value in _mapping(values).items())


def _mapping(values: Any) -> Mapping[Any, Any]:
    return values if isinstance(values, Mapping) else {}


def evidence_of(interaction: Interaction | None, curl: str) -> Iterable[Evidence]:
    """Yield the request and the answer of a failed check, if they were kept."""
    if interaction is None:
        return
    request, response = interaction.request, interaction.response
    sent = masked(bounded((name, values[0]) for name, values in request.headers.items()))
    received: tuple[tuple[str, str], ...] = ()
    if response is not None:
        received = masked(bounded((name, value) for name, values in response.headers.items() for value in values))
    yield Evidence(
        request.method,
        request.uri,
        None if response is None else response.status_code,
        curl,
        sent,
        received,
        "" if response is None else response.content[:SHOWN_BODY].decode("utf-8", "replace"),
    )
