"""Adds the laws, and input that finds more, to Schemathesis. Importing this module registers them.

Loaded by ``hooks = "mockserver.checks"`` in ``schemathesis.toml``. It adds

- a check ``Laws``: once a list operation was answered, the list is surveyed and every law is judged;
- better input: cursors and filter values come from the server's own answers, and a random string is never sent as a
  valid cursor;
- tolerance: what a correct server may do otherwise (``docs/specification.md``, "What is left alone") is not reported.
"""

from __future__ import annotations

import atexit
import json
import sys
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import schemathesis
from hypothesis import strategies as st
from schemathesis.core.failures import Failure, FailureGroup, Severity

from mockserver.contract import parse_contract
from mockserver.errors import ContractError, JudgeError, unknown
from mockserver.judge.exchange import Exchange
from mockserver.judge.laws import LAWS, Finding, Verdict
from mockserver.judge.laws.report import report, summary
from mockserver.judge.schemathesis.credentials import Credential
from mockserver.judge.schemathesis.inputs import undeclared
from mockserver.judge.schemathesis.judging import judge_case
from mockserver.judge.schemathesis.lists import LISTS, Case
from mockserver.judge.schemathesis.observed import OBSERVATIONS
from mockserver.judge.schemathesis.patience import is_throttled
from mockserver.judge.schemathesis.sending import credentials_of
from mockserver.judge.schemathesis.target import target_of
from mockserver.judge.schemathesis.transport import OWN_REQUEST
from mockserver.judge.survey.recorder import BudgetSpent
from mockserver.judge.tolerated import is_tolerated
from mockserver.semantics import ListSemantics, list_operations

CURSOR_FORMAT = "list-cursor"
"""The string format that cursor parameters are given: Schemathesis then generates placeholders, not noise."""

_PLACEHOLDERS = 8
"""How many different placeholders of cursors there are."""


class LawFailed(Failure):
    """A law failed. Each law has a class of its own, so that each is reported once."""

    __slots__ = ()


def _failure_class(name: str) -> type[LawFailed]:
    title = "".join(part.capitalize() for part in name.split("-")) + "Failed"
    return type(title, (LawFailed,), {"__slots__": (), "__doc__": LAWS[name].claim, "kind_title": name})


FAILURES: dict[str, type[LawFailed]] = {name: _failure_class(name) for name in LAWS}
"""The failure of each law, by its name."""


REACHED: dict[str, tuple[Verdict, ...]] = {}
"""Verdicts that were reached before a run, by the operation's label: the run reports them, and does not judge again."""


class NotJudged(Failure):
    """The laws could not be judged."""

    __slots__ = ()


# Placeholders: `map_case` puts the server's own cursors in their place.
schemathesis.openapi.format(CURSOR_FORMAT, st.integers(0, _PLACEHOLDERS - 1).map("cursor-{}".format))


@schemathesis.hook
def before_load_schema(context: schemathesis.HookContext, raw_schema: dict[str, Any]) -> None:
    """Mark the cursor parameters of list operations with `CURSOR_FORMAT`."""
    try:
        found = list_operations(parse_contract(raw_schema, "contract"))
    except ContractError:
        return  # Schemathesis reports it itself, with more detail.
    for semantics in found:
        operation = raw_schema["paths"][semantics.operation.path][semantics.operation.method.lower()]
        for parameter in operation.get("parameters", []):
            if parameter.get("name") in semantics.cursors and isinstance(parameter.get("schema"), dict):
                # A copy: by an anchor in YAML other parameters may have the same object.
                parameter["schema"] = {"format": CURSOR_FORMAT, **parameter["schema"]}


@schemathesis.hook
def map_case(context: schemathesis.HookContext, case: Case) -> Case:
    """Put what the server itself has shown into a case that is meant to be valid."""
    semantics = LISTS.of(case.operation)
    negative = case.meta is not None and case.meta.generation.mode.is_negative
    if semantics is None or negative or not isinstance(case.query, dict):
        return case
    inputs = target_of(case.operation.schema).inputs.get(case.operation.label)
    if inputs is not None and inputs.path:
        case.path_parameters = {**(case.path_parameters or {}), **inputs.path}
    try:
        query = OBSERVATIONS.of(case, semantics).applied_to(case.query, semantics)
    except BudgetSpent:
        return case  # Time is over: what is generated now is not sent.
    if query != case.query:
        case.query = query
    return case


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: Case, kwargs: dict[str, Any]) -> None:
    """Send what the server wants to see: credentials, and values of parameters that the contract does not declare."""
    if OWN_REQUEST.get():
        return
    target = target_of(case.operation.schema)
    semantics = LISTS.of(case.operation)
    operation = target.operation(case.operation) or (semantics.operation if semantics is not None else None)
    if operation is None:
        return
    configured = {name.lower() for name in case.operation.schema.config.headers_for(operation=case.operation)}
    if not case.operation.schema.is_security_param_negated(case):
        for credential in credentials_of(case, operation):
            _put(case, credential, configured)
    for name, value in undeclared(operation, target.access.params, target.declared):
        case.query = {**(case.query or {}), name: value}


def _put(case: Case, credential: Credential, configured: Collection[str]) -> None:
    """Put a credential into a case; a header that is configured is sent by Schemathesis itself."""
    if credential.location == "header" and credential.name.lower() in configured:
        return
    # Schemathesis then knows that it is valid; it sends the same request without it to see whether that is refused.
    case._has_explicit_auth = True
    if credential.location == "header":
        case.headers[credential.name] = credential.value
    elif credential.location == "query":
        case.query = {**(case.query or {}), credential.name: credential.value}
    else:
        case.cookies = {**(case.cookies or {}), credential.name: credential.value}


@schemathesis.hook
def filter_failure(
    context: schemathesis.HookContext, failure: Failure, case: Case, response: schemathesis.Response
) -> bool:
    """Drop what a correct server may do otherwise (``docs/specification.md``, "What is left alone")."""
    if is_throttled(response.status_code, response.headers):
        return False  # "not now" says nothing of the request.
    semantics = LISTS.of(case.operation)
    if semantics is None:
        return True
    if response.status_code == 501 and str(response.request.method).upper() != semantics.operation.method:
        return False  # "not implemented", for a method that the contract does not have
    query = parse_qsl(urlsplit(str(response.request.url)).query, keep_blank_values=True)
    try:
        body = json.loads(response.content)
    except ValueError:
        body = None
    exchange = Exchange(tuple(query), response.status_code, body)
    if case.operation.label in target_of(case.operation.schema).clamping:
        semantics = replace(semantics, over_limit="clamp")
    return not any(is_tolerated(check, exchange, semantics) for check in failure.checks)


@schemathesis.check
class Laws:
    """Judges every list operation that was tested by the laws, once the run is over.

    Its settings are in ``schemathesis.toml`` under ``[checks.Laws]``: ``budget`` (requests for one operation),
    ``seed``, ``refresh`` (whether a refresh may be tried), ``off`` (names of laws that are not judged).
    """

    def __init__(self, budget: int = 450, seed: int = 0, refresh: bool = True, off: Sequence[str] = ()) -> None:
        for name in off:
            if name not in LAWS:
                raise ValueError(unknown("law", name, LAWS))
        self.budget, self.seed, self.refresh = budget, seed, refresh
        self.names = [name for name in LAWS if name not in off]
        self.cases: dict[str, tuple[Case, ListSemantics]] = {}

    def after_response(self, ctx: schemathesis.CheckContext, response: schemathesis.Response, case: Case) -> None:
        """Keep one case of each list operation to send the survey like it; one that was answered, if there is one."""
        semantics = LISTS.of(case.operation)
        if semantics is None:
            return
        if response.status_code == 200 or case.operation.label not in self.cases:
            self.cases[case.operation.label] = case, semantics

    def after_run(self, ctx: schemathesis.CheckContext) -> None:
        """Survey, judge, and raise a group of failures."""
        failures: list[Failure] = [
            failure for label, verdicts in REACHED.items() for failure in _failures(label, verdicts)
        ]
        for label, (case, semantics) in self.cases.items():
            if label in REACHED:
                continue
            try:
                failures += _failures(label, self._judge(case, semantics))
            except JudgeError as error:
                failures.append(NotJudged(operation=label, title="The laws could not be judged", message=str(error)))
        if failures:
            raise FailureGroup(failures)

    def _judge(self, case: Case, semantics: ListSemantics) -> tuple[Verdict, ...]:
        found = judge_case(case, semantics, self.names, budget=self.budget, seed=self.seed, refresh=self.refresh)
        # Schemathesis shows failures only; the summary, with what was not judged and why, follows at the end.
        atexit.register(sys.stderr.write, f"{summary(case.operation.label, found)}\n")
        return found


def _failures(label: str, verdicts: Sequence[Verdict]) -> list[Failure]:
    return [_failure(label, verdict, verdict.finding) for verdict in verdicts if verdict.finding is not None]


def _failure(label: str, verdict: Verdict, found: Finding) -> Failure:
    title = f"{verdict.law.name}: {found.fact}"
    return FAILURES[verdict.law.name](operation=label, title=title, message=report(verdict), severity=Severity.HIGH)
