"""Runs Schemathesis' own phases over the operations of a contract, and its report writers beside them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from schemathesis.cli.commands.run.context import ExecutionContext
from schemathesis.cli.events import LoadingFinished
from schemathesis.cli.executor import initialize_report_handlers
from schemathesis.engine import Status, events

from mockserver.judge.laws import Verdict
from mockserver.judge.schemathesis.answers import SingleAnswers
from mockserver.judge.schemathesis.hooks import REACHED
from mockserver.judge.schemathesis.probing import PolitePhases, probe
from mockserver.judge.schemathesis.server import Opened

OnPhase = Callable[[str, int], None]
"""Called after each phase with its name and the number of requests sent so far."""


def run_phases(
    opened: Opened, verdicts: Mapping[str, Sequence[Verdict]], *, laws_only: bool, on_phase: OnPhase
) -> SingleAnswers:
    """Run the phases that are configured, and return what they saw.

    ``verdicts`` are those on the lists, by label: Schemathesis' reports hold them too. ``laws_only`` checks nothing
    else.
    """
    schema = opened.schema.include(lambda context: _key(context.operation) in opened.chosen)
    project = schema.config
    if laws_only:
        project.checks.update(included_check_names=["Laws"])
    answers = SingleAnswers({f"{o.method} {o.path}": o for o in opened.contract.operations})
    context = ExecutionContext(config=project)
    handlers = initialize_report_handlers(config=project, args=[], params={})
    REACHED.update({label: tuple(found) for label, found in verdicts.items()})
    try:
        for handler in handlers:
            handler.start(context)
        _tell(_loaded(schema, opened), context, handlers)
        if not laws_only:
            probe(schema, opened.target)
        stream = PolitePhases(schema=schema).execute()
        for event in stream:
            _tell(event, context, handlers)
            answers.take(event)
            if isinstance(event, events.PhaseFinished) and event.status != Status.SKIP:
                on_phase(event.phase.name.value, answers.requests.total())
            if opened.target.pace.gave_up:
                stream.stop()
        answers.stopped = opened.target.pace.gave_up or answers.stopped
    finally:
        REACHED.clear()
        for handler in handlers:
            handler.shutdown(context)
    return answers


def _key(operation: Any) -> tuple[str, str]:
    return str(operation.method).upper(), str(operation.path)


def _loaded(schema: Any, opened: Opened) -> LoadingFinished:
    return LoadingFinished.from_schema(
        schema, location=opened.contract.source, start_time=time.time(), base_url=schema.get_base_url()
    )


def _tell(event: events.EngineEvent, context: ExecutionContext, handlers: Sequence[Any]) -> None:
    context.on_event(event)
    for handler in handlers:
        handler.handle_event(context, event)
