"""Opens a contract aimed at a server under test, and judges every list operation of it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import urlsplit

import schemathesis
import urllib3
from schemathesis.config import SchemathesisConfig
from schemathesis.transport import get as transport_for

from mockserver.contract import Contract, Operation, load_contract
from mockserver.errors import ContractError, JudgeError, OptionError, unknown
from mockserver.judge.access import Access, Safety
from mockserver.judge.laws import LAWS, Verdict, judge_survey, parts_for
from mockserver.judge.profile import Profile
from mockserver.judge.schemathesis.applications import Application, guarded
from mockserver.judge.schemathesis.base_url import check_base_url
from mockserver.judge.schemathesis.clock import Clock
from mockserver.judge.schemathesis.configuration import laws_configuration
from mockserver.judge.schemathesis.contract_source import local_contract
from mockserver.judge.schemathesis.judging import first_page, survey_case
from mockserver.judge.schemathesis.lists import LISTS, APIOperation
from mockserver.judge.schemathesis.parents import InputFinder
from mockserver.judge.schemathesis.target import Inputs, Target, aim
from mockserver.judge.schemathesis.transport import PatientTransport
from mockserver.judge.survey import PARTS, Progress, Survey
from mockserver.judge.walk import ReceivedPage
from mockserver.semantics import ListSemantics, list_operations

IN_PROCESS = "http://localhost"
"""The base URL of an application that is called in process."""

LOOPBACK = ("127.", "localhost", "[::1]")
POLITE_RATE = "5/s"
"""Requests per second to a server that is not on this machine, unless another rate is given."""


@dataclass(frozen=True)
class Server:
    """A server under test: where it is, and how to send to it.

    ``application`` is ``None`` for a server on the network. ``headers`` go with every request. ``rate`` is a number of
    requests for each second, minute or hour (``5/s``), by default `POLITE_RATE`, or no limit on this machine.
    ``access`` is what it wants to see, ``safety`` how it is spared.
    """

    base_url: str
    application: Application | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    rate: str | None = None
    access: Access = field(default_factory=Access)
    safety: Safety = field(default_factory=Safety)

    @property
    def rate_limit(self) -> str | None:
        """The rate to keep, or ``None`` for no limit."""
        is_local = self.application is not None or urlsplit(self.base_url).netloc.startswith(LOOPBACK)
        return self.rate or (None if is_local else POLITE_RATE)


@dataclass(frozen=True)
class SurveySettings:
    """How a list is surveyed: ``laws`` names those to be judged, all if empty; the rest is as for `take_survey`."""

    laws: Sequence[str] = ()
    budget: int = 450
    seed: int = 0
    refresh: bool = True
    profile: Profile = field(default_factory=Profile)


@dataclass(frozen=True)
class OpenedList:
    """One list operation, aimed at a server. ``operation`` is ``None`` where Schemathesis cannot read it: `problem`."""

    semantics: ListSemantics
    operation: APIOperation | None
    problem: str = ""


@dataclass(frozen=True)
class Opened:
    """A contract aimed at a server: as this project reads it, as Schemathesis does, and its chosen list operations."""

    contract: Contract
    schema: schemathesis.BaseSchema
    lists: Sequence[OpenedList]
    chosen: frozenset[tuple[str, str]]
    """Method and path of each operation that the patterns name, lists or not."""
    target: Target
    finder: InputFinder
    name: str
    """The contract as the user named it, or the URL that it was fetched from."""

    def source(self, operation: Operation) -> tuple[str, int | None]:
        """Return where the contract has an operation: a file as the user named it, or a URL, and the line."""
        place = operation.fault("")
        return (self.name if place.source == self.contract.source else place.source), place.line


def open_contract(
    server: Server,
    contract: str | Path,
    patterns: Sequence[str] = (),
    config: SchemathesisConfig | None = None,
) -> Opened:
    """Return a contract aimed at a server, with the list operations that ``patterns`` name; all of them if empty.

    A pattern is an operation id or ``METHOD /path``, with ``*`` and ``?`` as in file names. Raises `ContractError`,
    and `OptionError` if the URL is not one, or a pattern names no list operation.
    """
    check_base_url(server.base_url)
    access = server.access
    if access.insecure:
        # Otherwise each request would warn of what was asked for.
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    path, name = local_contract(contract, server.base_url, server.application, access, server.headers)
    # Schemathesis reads the contract itself; ours is read for its faults, with their lines.
    try:
        loaded = load_contract(path)
        list_operations(loaded)
    except ContractError as error:
        raise ContractError(name if error.source == str(path) else error.source, error.line, error.problem) from None
    schema = schemathesis.openapi.from_path(path, config=config or laws_configuration())
    target = Target(access, server.safety, server.base_url, loaded, in_process=server.application is not None)
    _aim(schema, server, target)
    lists = list(LISTS.all_of(schema).values())
    if not lists:
        raise OptionError(f"{contract} has no list operation: no GET with an array of objects and a page size")
    _check_patterns(patterns, [semantics.operation for semantics in lists])
    chosen = [_opened(schema, found) for found in lists if _is_named(found.operation, patterns)]
    allowed = [o for o in loaded.operations if not server.safety.read_only or is_read(o, lists)]
    named = frozenset((o.method, o.path) for o in allowed if _is_named(o, patterns))
    return Opened(loaded, schema, chosen, named, target, _finder(schema, lists, target), name)


def _aim(schema: schemathesis.BaseSchema, server: Server, target: Target) -> None:
    access = server.access
    application = None if server.application is None else guarded(server.application)
    aim(schema, target, PatientTransport(transport_for(application), target, application))
    schema.config.update(
        base_url=server.base_url.rstrip("/"),
        headers=dict(server.headers),
        rate_limit=server.rate_limit,
        tls_verify=False if access.insecure else access.ca_file,
        request_cert=access.certificate,
        request_cert_key=access.certificate_key,
        proxy=access.proxy,
        parameters=dict(access.params) or None,
    )


def is_read(operation: Operation, lists: Sequence[ListSemantics]) -> bool:
    """Return whether an operation only reads: a GET, or a search that is a list."""
    return operation.method in ("GET", "HEAD") or any(operation.id == found.operation.id for found in lists)


def _finder(schema: schemathesis.BaseSchema, lists: Sequence[ListSemantics], target: Target) -> InputFinder:
    def ask(semantics: ListSemantics, inputs: Inputs) -> ReceivedPage | None:
        operation = _opened(schema, semantics).operation
        if operation is None:
            return None
        return first_page(operation.Case(), semantics, inputs)

    return InputFinder(lists, target.access.params, target.declared, ask)


def _opened(schema: schemathesis.BaseSchema, semantics: ListSemantics) -> OpenedList:
    try:
        return OpenedList(semantics, schema[semantics.operation.path][semantics.operation.method])
    except Exception as error:  # Whatever Schemathesis cannot read in one operation must not cost the others.
        return OpenedList(semantics, None, f"Schemathesis cannot read the operation: {error}")


def _is_named(operation: Operation, patterns: Sequence[str]) -> bool:
    return not patterns or any(fnmatchcase(name, pattern) for name in names_of(operation) for pattern in patterns)


def names_of(operation: Operation) -> tuple[str, ...]:
    """Return the names by which options and profiles name an operation: its id, its path, its method and path."""
    return operation.id, operation.path, f"{operation.method} {operation.path}"


def _check_patterns(patterns: Sequence[str], lists: Sequence[Operation]) -> None:
    for pattern in patterns:
        if not any(_is_named(operation, [pattern]) for operation in lists):
            raise OptionError(unknown("list operation", pattern, [operation.id for operation in lists]))


def survey_list(
    opened: OpenedList, settings: SurveySettings, progress: Progress | None = None, within: Opened | None = None
) -> Survey:
    """Survey one list operation of the contract that was opened ``within``.

    Raises `JudgeError` if the server shows no page at all.
    """
    if opened.operation is None:
        raise JudgeError(opened.problem)
    profile = settings.profile.of(names_of(opened.semantics.operation))
    if within is not None:
        within.target.inputs[opened.operation.label] = within.finder.of(opened.semantics)
        if profile.clamp_sizes:
            within.target.clamping.add(opened.operation.label)
    return survey_case(
        opened.operation.Case(),
        opened.semantics,
        budget=settings.budget,
        seed=settings.seed,
        refresh=settings.refresh,
        profile=profile,
        progress=progress,
        parts=_parts(settings, within),
    )


def _parts(settings: SurveySettings, within: Opened | None) -> tuple[str, ...]:
    """Return the parts of a survey to take: those that the laws need, without hostile ones for a gentle judge."""
    needed = tuple(parts_for(settings.laws))
    if within is None or not within.target.safety.gentle:
        return needed
    return tuple(name for name in needed or PARTS if name not in PARTS or not PARTS[name].is_hostile)


def list_notes(target: Target, label: str) -> tuple[str, ...]:
    """Return what is to be known of how a list was asked."""
    inputs = target.inputs.get(label)
    notes = list(inputs.notes) if inputs is not None else []
    notes += [f"Redirected: {asked} to {answered}" for asked, answered in target.redirects.items()]
    target.redirects.clear()
    if target.safety.gentle:
        left_out = [part.name for part in PARTS.values() if part.is_hostile]
        notes.append(f"Left out, to be gentle: {', '.join(left_out)}")
    return tuple(notes)


def settled(verdicts: Sequence[Verdict], target: Target) -> tuple[Verdict, ...]:
    """Return the verdicts on a list; no law passes on one of which the server stopped showing more."""
    why = target.pace.gave_up
    if not why:
        return tuple(verdicts)
    return tuple(replace(v, status="inconclusive", reason=why) if v.status == "passed" else v for v in verdicts)


def judge_lists(
    server: Server, contract: str | Path, settings: SurveySettings, patterns: Sequence[str] = ()
) -> tuple[Verdict, ...]:
    """Return the verdicts on every list operation of a contract, or on those that are named.

    The laws are inconclusive on a list that shows no page. Raises `ContractError`, `OptionError`, and `JudgeError` if
    no list shows one.
    """
    check_laws(settings.laws)
    check_rate(server.rate)
    verdicts: list[Verdict] = []
    problems: list[JudgeError] = []
    whole = open_contract(server, contract, patterns)
    lists, clock = whole.lists, Clock(server.safety.seconds, time.monotonic(), laws_only=True)
    for number, opened in enumerate(lists):
        whole.target.pace.start_anew(clock.end_of_list(len(lists) - number))
        try:
            found = judge_survey(survey_list(opened, settings, within=whole), settings.laws or None)
            verdicts += settled(found, whole.target)
        except JudgeError as error:
            problems.append(error)
            verdicts += _inconclusive(opened, settings.laws, str(error))
    if len(problems) == len(lists):
        raise problems[0]
    return tuple(verdicts)


def _inconclusive(opened: OpenedList, names: Sequence[str], reason: str) -> list[Verdict]:
    operation = opened.semantics.operation.id
    return [Verdict(LAWS[name], "inconclusive", reason, operation=operation) for name in names or LAWS]


def check_rate(rate: str | None) -> None:
    """Raise `OptionError` for a rate that is not a number of requests for each second, minute or hour."""
    number, _, unit = ("1/s" if rate is None else str(rate)).partition("/")
    if not number.isdigit() or int(number) < 1 or unit not in ("s", "m", "h"):
        raise OptionError(f"got the rate '{rate}', expected N/s, N/m or N/h")


def check_laws(names: Sequence[str]) -> None:
    """Raise `OptionError` if one of the names is not that of a law."""
    for name in names:
        if name not in LAWS:
            raise OptionError(unknown("law", name, LAWS))
