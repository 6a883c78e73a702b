"""The laws, and the generators that make them bite, as a Schemathesis extension.

Loaded by ``hooks = "mockserver.checks"`` in ``schemathesis.toml``. It adds

- a check ``Laws``: once a list operation was answered, its lists are walked and held to every law;
- input that bites: cursors and filter values come from the server's own answers, a random string is never offered as a
  valid cursor;
- fairness: what a correct server may do otherwise (SEMANTICS.md, section 4) is not held against it.

This module alone knows Schemathesis.
"""

from __future__ import annotations

import atexit
import json
import os
import sys
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import schemathesis
from hypothesis import strategies as st
from schemathesis.core.failures import Failure, FailureGroup, Severity

from mockserver.contract import parse_contract
from mockserver.errors import ContractError, JudgeError
from mockserver.judge.laws import LAWS, Breach, Verdict
from mockserver.judge.laws.report import summary, told
from mockserver.judge.schemathesis.judging import judge_case
from mockserver.judge.schemathesis.lists import LISTS, Case
from mockserver.judge.schemathesis.material import MATERIALS
from mockserver.judge.schemathesis.sending import KEY_VARIABLE, OWN_REQUEST, caller_headers
from mockserver.judge.tolerated import is_fair
from mockserver.judge.walk import Exchange
from mockserver.semantics import ListSemantics, list_operations

CURSOR_FORMAT = "list-cursor"
"""The string format that cursor parameters are given, so that Schemathesis draws names of cursors, not noise."""

_NAMES = 8


class LawBroken(Failure):
    """A law of lists is broken: one class for each law, so that each is reported once."""

    __slots__ = ()


def _failure_class(name: str) -> type[LawBroken]:
    title = "".join(part.capitalize() for part in name.split("-")) + "Broken"
    return type(title, (LawBroken,), {"__slots__": (), "__doc__": LAWS[name].claim, "kind_title": name})


FAILURES: dict[str, type[LawBroken]] = {name: _failure_class(name) for name in LAWS}
"""The failure of each law, by its name."""


SETTLED: dict[str, tuple[Verdict, ...]] = {}
"""Verdicts that were reached before a run, by an operation's label: the run reports them and judges no more."""


class NotJudged(Failure):
    """The laws could not be judged at all."""

    __slots__ = ()


# Names of cursors, not cursors: `map_case` puts the server's own in their place.
schemathesis.openapi.format(CURSOR_FORMAT, st.integers(0, _NAMES - 1).map("cursor-{}".format))


@schemathesis.hook
def before_load_schema(context: schemathesis.HookContext, raw_schema: dict[str, Any]) -> None:
    """Mark the cursor parameters of list operations with `CURSOR_FORMAT`."""
    try:
        found = list_operations(parse_contract(raw_schema, "contract"))
    except ContractError:
        return  # Schemathesis says itself, and better, what is wrong with a document.
    for semantics in found:
        rows = raw_schema["paths"][semantics.operation.path][semantics.operation.method.lower()].get("parameters", [])
        for row in rows:
            if row.get("name") in semantics.cursors and isinstance(row.get("schema"), dict):
                row["schema"].setdefault("format", CURSOR_FORMAT)


@schemathesis.hook
def map_case(context: schemathesis.HookContext, case: Case) -> Case:
    """Give a case that is meant to be valid what the server itself has shown."""
    semantics = LISTS.of(case.operation)
    negative = case.meta is not None and case.meta.generation.mode.is_negative
    if semantics is None or negative or not isinstance(case.query, dict):
        return case
    material = MATERIALS.of(case, semantics)
    biting = material.biting(case.query, semantics)
    if biting != case.query:
        case.query = biting
    return case


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: Case, kwargs: dict[str, Any]) -> None:
    """Send the key of the environment, where the operation knows a key and none was given with ``-H``."""
    semantics = LISTS.of(case.operation)
    key = os.environ.get(KEY_VARIABLE)
    if semantics is not None and key and not OWN_REQUEST.get():
        for name, value in caller_headers(case, semantics.operation).items():
            if name in semantics.operation.key_headers and value == key:
                case.headers[name] = key


@schemathesis.hook
def filter_failure(
    context: schemathesis.HookContext, failure: Failure, case: Case, response: schemathesis.Response
) -> bool:
    """Drop what a correct server may do otherwise (SEMANTICS.md, section 4)."""
    semantics = LISTS.of(case.operation)
    if semantics is None:
        return True
    if response.status_code == 501 and str(response.request.method).upper() != semantics.operation.method:
        return False  # "not implemented", of a method that the contract does not have
    query = parse_qsl(urlsplit(str(response.request.url)).query, keep_blank_values=True)
    try:
        body = json.loads(response.content)
    except ValueError:
        body = None
    exchange = Exchange(tuple(query), response.status_code, body)
    return not any(is_fair(check, exchange, semantics) for check in failure.checks)


@schemathesis.check
class Laws:
    """Holds every list operation that was tested to the laws, once the run is over.

    Set in ``schemathesis.toml`` under ``[checks.Laws]``: ``budget`` (requests for one operation), ``seed``, ``refresh``
    (whether a refresh may be tried), ``off`` (names of laws that are not judged).
    """

    def __init__(self, budget: int = 300, seed: int = 0, refresh: bool = True, off: Sequence[str] = ()) -> None:
        unknown = sorted(set(off) - set(LAWS))
        if unknown:
            raise ValueError(f"there is no law named {', '.join(unknown)}; the laws are {', '.join(LAWS)}")
        self.budget, self.seed, self.refresh = budget, seed, refresh
        self.names = [name for name in LAWS if name not in off]
        self.cases: dict[str, Case] = {}

    def after_response(self, ctx: schemathesis.CheckContext, response: schemathesis.Response, case: Case) -> None:
        """Keep one case of each list operation, to send walks in its likeness: an answered one, if there is one."""
        if LISTS.of(case.operation) is not None and (
            response.status_code == 200 or case.operation.label not in self.cases
        ):
            self.cases[case.operation.label] = case

    def after_run(self, ctx: schemathesis.CheckContext) -> None:
        """Walk, judge, and raise what is broken."""
        failures: list[Failure] = []
        for label, case in self.cases.items():
            semantics = LISTS.of(case.operation)
            assert semantics is not None
            try:
                verdicts = SETTLED.get(label) or self._judge(case, semantics)
            except JudgeError as error:
                failures.append(NotJudged(operation=label, title="The laws could not be judged", message=str(error)))
                continue
            failures += [_failure(label, v) for v in verdicts if v.breach is not None]
        if failures:
            raise FailureGroup(failures)

    def _judge(self, case: Case, semantics: ListSemantics) -> tuple[Verdict, ...]:
        found = judge_case(case, semantics, self.names, budget=self.budget, seed=self.seed, refresh=self.refresh)
        # Schemathesis shows failures only; what was not judged, and why, is said when its own summary is out.
        atexit.register(sys.stderr.write, f"{summary(case.operation.label, found)}\n")
        return found


def _failure(label: str, verdict: Verdict) -> Failure:
    assert isinstance(verdict.breach, Breach)
    title = f"{verdict.law.name}: {verdict.breach.fact}"
    return FAILURES[verdict.law.name](operation=label, title=title, message=told(verdict), severity=Severity.HIGH)
