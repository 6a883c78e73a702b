"""Finds a profile under which a server passes every law."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mockserver.errors import JudgeError
from mockserver.judge.laws import Verdict, judge_survey
from mockserver.judge.profile import template
from mockserver.judge.schemathesis.server import Opened, SurveySettings, survey_list
from mockserver.judge.survey import Survey


def learn(opened: Opened, settings: SurveySettings) -> str:
    """Return a profile, as TOML, under which every law passes. What is a fault by the contract is marked as such.

    Lists that show no page are left out. Raises `JudgeError` if none shows one.
    """
    surveys = _surveys(opened, settings)
    switches = {survey.semantics.operation.id: _switches(survey) for survey in surveys}
    if len(opened.lists) == 1:
        return template(switches.popitem()[1])
    return template(operations={name: found for name, found in switches.items() if found})


def _switches(survey: Survey) -> dict[str, tuple[str, str]]:
    """Return the switches under which every law passes on one list, each with its value and the reason for it."""
    values: dict[str, tuple[str, str]] = {}
    off: dict[str, str] = dict.fromkeys(survey.profile.off, "turned off before")
    for verdict in judge_survey(survey):
        if verdict.finding is None:
            continue
        switch = _switch_that_helps(verdict, survey)
        if switch is None:
            off[verdict.law.name] = _reason(verdict)
        else:
            name, value = switch
            values[name] = (value, _reason(verdict))
    if set(off) != set(survey.profile.off):
        names = ", ".join(f'"{name}"' for name in off)
        values["off"] = (f"[{names}]", "\n".join(off.values()))
    return values


def _surveys(opened: Opened, settings: SurveySettings) -> list[Survey]:
    surveys: list[Survey] = []
    problems: list[JudgeError] = []
    for found in opened.lists:
        try:
            surveys.append(survey_list(found, settings, within=opened))
        except JudgeError as error:
            problems.append(error)
    if problems and not surveys:
        raise problems[0]
    return surveys


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
