"""`mockserver check URL`: the laws of every list operation first, then Schemathesis' own phases, in one report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import schemathesis
from schemathesis.cli import schemathesis as schemathesis_cli

from mockserver.contract import load_contract
from mockserver.errors import JudgeError, OptionError
from mockserver.judge.laws import LAWS, Verdict, judge
from mockserver.judge.laws.report import told
from mockserver.judge.profile import Profile, template
from mockserver.judge.schemathesis import SETTLED
from mockserver.judge.schemathesis.judging import survey_case
from mockserver.judge.schemathesis.lists import LISTS, APIOperation
from mockserver.judge.schemathesis.table import Board
from mockserver.judge.survey import Survey
from mockserver.semantics import ListSemantics, list_operations

REPORTS = ("junit", "json", "html", "har", "allure", "ndjson", "vcr")
"""The reports that Schemathesis writes."""

LOOPBACK = ("127.", "localhost", "[::1]")
POLITE_RATE = "5/s"
"""Requests per second to a server that is not on this machine, unless another rate is asked for."""


@dataclass(frozen=True)
class Wish:
    """What was asked for on the command line. ``laws``: names of those to be judged, all if empty."""

    base_url: str
    contract: Path
    headers: Mapping[str, str] = field(default_factory=dict)
    operation: str | None = None
    laws: Sequence[str] = ()
    budget: int = 300
    rate: str | None = None
    seed: int = 0
    refresh: bool = True
    profile: Profile = field(default_factory=Profile)
    reports: str | None = None
    report_dir: str | None = None
    laws_only: bool = False


def check(wish: Wish) -> int:
    """Judge a server, tell it on standard output, and return 0 (clean) or 1 (broken).

    Raises `OptionError` for what cannot be asked, `JudgeError` when nothing could be judged, `ContractError`.
    """
    operations = _operations(wish)
    broken = False
    for operation, semantics in operations:
        verdicts = _judged(operation, semantics, wish)
        SETTLED[operation.label] = verdicts
        broken = broken or any(v.status == "broken" for v in verdicts)
    if wish.laws_only and not wish.reports:
        return int(broken)
    return max(int(broken), _schemathesis(wish, operations))


def learn(wish: Wish) -> str:
    """A profile, as TOML, under which the server would be clean; what it says that is a fault is marked as such."""
    found: dict[str, tuple[str, str]] = {}
    off: dict[str, str] = {}
    for operation, semantics in _operations(wish):
        survey = _survey(operation, semantics, wish, None)
        for verdict in judge(survey):
            if verdict.breach is not None:
                switch = _loosened(verdict, survey)
                if switch is None:
                    off[verdict.law.name] = _why_off(verdict)
                else:
                    found[switch[0]] = (switch[1], _why_off(verdict))
    if off:
        names = ", ".join(f'"{name}"' for name in off)
        found["off"] = (f"[{names}]", "\n".join(off.values()))
    return template(found)


def _loosened(verdict: Verdict, survey: Survey) -> tuple[str, str] | None:
    """The one switch of a profile, and its value in TOML, under which a broken law would not be broken; or ``None``."""
    names = tuple(survey.semantics.filters)
    quoted = ", ".join(f'"{name}"' for name in names)
    switches: dict[str, tuple[Any, str]] = {
        "total": ("estimate", '"estimate"'),
        "decimals": (False, "false"),
        "sums": (False, "false"),
        "constant": (False, "false"),
        "caseless": (names, f"[{quoted}]"),
    }
    for name, (value, text) in switches.items():
        settings: dict[str, Any] = {name: value}
        loose = replace(survey, profile=replace(survey.profile, **settings), restricted={})
        if judge(loose, [verdict.law.name])[0].status != "broken":
            return name, text
    return None


def _why_off(verdict: Verdict) -> str:
    assert verdict.breach is not None
    faults = [fault for exchange in verdict.breach.evidence for fault in exchange.faults]
    blame = " - THE CONTRACT CONDEMNS THIS" if faults or verdict.law.name in ("record", "error-shape", "limits") else ""
    return f"{verdict.law.name}: {verdict.breach.fact} (came: {verdict.breach.came}){blame}"


def _operations(wish: Wish) -> list[tuple[APIOperation, ListSemantics]]:
    """The list operations of the contract, aimed at the server."""
    _check_base_url(wish.base_url)
    list_operations(load_contract(wish.contract))  # for its faults, told with their lines
    schema = schemathesis.openapi.from_path(wish.contract)
    rate = _rate(wish)
    schema.config.update(base_url=wish.base_url.rstrip("/"), headers=dict(wish.headers), rate_limit=rate)
    known = LISTS.all_of(schema)
    lists = [(schema[path][method], s) for (method, path), s in known.items()]
    chosen = [(o, s) for o, s in lists if wish.operation in (None, s.operation.id)]
    if not lists:
        raise OptionError(f"{wish.contract} has no list operation: no GET with an array of objects and a page size")
    if not chosen:
        names = ", ".join(s.operation.id for _, s in lists)
        raise OptionError(f"there is no list operation '{wish.operation}'; there are: {names}")
    return chosen


def _check_base_url(text: str) -> None:
    try:
        parts = urlsplit(text)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        fits = False
    if not fits:
        raise OptionError(f"'{text}' is no base URL; one looks like https://api.example.com")


def _rate(wish: Wish) -> str | None:
    return wish.rate or (None if urlsplit(wish.base_url).netloc.startswith(LOOPBACK) else POLITE_RATE)


def _survey(operation: APIOperation, semantics: ListSemantics, wish: Wish, board: Board | None) -> Survey:
    return survey_case(
        operation.Case(),
        semantics,
        budget=wish.budget,
        seed=wish.seed,
        refresh=wish.refresh,
        profile=wish.profile,
        progress=board.progress if board is not None else None,
        parts=_parts(wish.laws),
    )


def _parts(names: Sequence[str]) -> set[str]:
    """The parts of a survey that some laws need: none named means all."""
    chosen = [LAWS[name].parts for name in names]
    return {"default", "small"}.union(*chosen) if chosen and all(chosen) else set()


def _judged(operation: APIOperation, semantics: ListSemantics, wish: Wish) -> tuple[Verdict, ...]:
    names = wish.laws or list(LAWS)
    with Board(operation.label, names, wish.budget) as board:
        survey = _survey(operation, semantics, wish, board)
        verdicts = judge(survey, names)
        board.final(verdicts, survey)
    _tell(board, verdicts)
    if not survey.base.ids and all(v.status != "broken" for v in verdicts):
        raise JudgeError(f"{operation.label} shows no records: there is nothing to judge the laws by")
    return verdicts


def _tell(board: Board, verdicts: Sequence[Verdict]) -> None:
    for verdict in verdicts:
        if verdict.breach is not None:
            board.say(f"\n{verdict.law.name}: {verdict.breach.fact}\n{told(verdict)}\nWhose fault: {whose(verdict)}")


def whose(verdict: Verdict) -> str:
    """Whose fault a broken law is: the server's, or perhaps the contract's."""
    if verdict.law.name == "record" and verdict.breach is not None:
        described = any(e.faults for e in verdict.breach.evidence)
        return (
            "the server's, or the contract's if it describes the answer wrongly" if described else "the server's data"
        )
    if verdict.law.name == "total":
        return "the server's, or the contract's if its total is an estimate (x-list-semantics: total)"
    return "the server's"


def _schemathesis(wish: Wish, operations: Sequence[tuple[APIOperation, ListSemantics]]) -> int:
    """Schemathesis' phases over the same contract, with our hooks, in a run of its own reporters; its exit code."""
    args = ["run", str(wish.contract), "--url", wish.base_url.rstrip("/"), "--seed", str(wish.seed)]
    if wish.laws_only:
        args += ["--phases", "examples", "--checks", "Laws"]
    if wish.operation is not None:
        args += ["--include-operation-id", wish.operation]
    rate = _rate(wish)
    if rate is not None:
        args += ["--rate-limit", rate]
    for name, value in wish.headers.items():
        args += ["-H", f"{name}: {value}"]
    if wish.reports is not None:
        args += ["--report", wish.reports]
    if wish.report_dir is not None:
        args += ["--report-dir", wish.report_dir]
    config = Path(__file__).parent / "schemathesis.toml"
    try:
        code = schemathesis_cli.main(["--config-file", str(config), *args], standalone_mode=False)
    except SystemExit as done:
        code = done.code
    return int(code or 0)
