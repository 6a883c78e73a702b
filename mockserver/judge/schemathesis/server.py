"""Opens a contract aimed at a server under test, and judges every list operation of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import schemathesis

from mockserver.contract import load_contract
from mockserver.errors import OptionError, unknown
from mockserver.judge.laws import LAWS, Verdict, judge_survey, parts_for
from mockserver.judge.profile import Profile
from mockserver.judge.schemathesis.judging import survey_case
from mockserver.judge.schemathesis.lists import LISTS, APIOperation
from mockserver.judge.survey import Progress, Survey
from mockserver.semantics import ListSemantics, list_operations

Application = Callable[..., Any]
"""A WSGI or ASGI application."""

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
    """

    base_url: str
    application: Application | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    rate: str | None = None

    @property
    def rate_limit(self) -> str | None:
        """The rate to keep, or ``None`` for no limit."""
        is_local = self.application is not None or urlsplit(self.base_url).netloc.startswith(LOOPBACK)
        return self.rate or (None if is_local else POLITE_RATE)


@dataclass(frozen=True)
class SurveySettings:
    """How a list is surveyed: ``laws`` names those to be judged, all if empty; the rest is as for `take_survey`."""

    laws: Sequence[str] = ()
    budget: int = 300
    seed: int = 0
    refresh: bool = True
    profile: Profile = field(default_factory=Profile)


def open_lists(
    server: Server, contract: str | Path, operation: str | None = None
) -> list[tuple[APIOperation, ListSemantics]]:
    """Return the list operations of a contract, aimed at a server; ``operation`` is the id of the only one wanted.

    Raises `ContractError`, and `OptionError` if the URL is not one, or there is no such list operation.
    """
    _check_base_url(server.base_url)
    # Schemathesis reads the contract itself; ours is read for its faults, with their lines.
    list_operations(load_contract(contract))
    schema = schemathesis.openapi.from_path(contract)
    schema.app = server.application
    schema.config.update(
        base_url=server.base_url.rstrip("/"), headers=dict(server.headers), rate_limit=server.rate_limit
    )
    lists = [(schema[path][method], semantics) for (method, path), semantics in LISTS.all_of(schema).items()]
    if not lists:
        raise OptionError(f"{contract} has no list operation: no GET with an array of objects and a page size")
    chosen = [(opened, semantics) for opened, semantics in lists if operation in (None, semantics.operation.id)]
    if not chosen:
        raise OptionError(unknown("list operation", operation, [semantics.operation.id for _, semantics in lists]))
    return chosen


def _check_base_url(text: str) -> None:
    try:
        parts = urlsplit(text)
        is_valid = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        is_valid = False
    if not is_valid:
        raise OptionError(f"'{text}' is not a base URL; one looks like https://api.example.com")


def survey_list(
    operation: APIOperation, semantics: ListSemantics, settings: SurveySettings, progress: Progress | None = None
) -> Survey:
    """Survey one list operation. Raises `JudgeError` if the server shows no page at all."""
    return survey_case(
        operation.Case(),
        semantics,
        budget=settings.budget,
        seed=settings.seed,
        refresh=settings.refresh,
        profile=settings.profile,
        progress=progress,
        parts=parts_for(settings.laws),
    )


def judge_lists(
    server: Server, contract: str | Path, settings: SurveySettings, operation: str | None = None
) -> tuple[Verdict, ...]:
    """Return the verdicts on every list operation of a contract, or on the one that is named.

    Raises `ContractError`, `OptionError` and `JudgeError`.
    """
    check_laws(settings.laws)
    check_rate(server.rate)
    verdicts: list[Verdict] = []
    for opened, semantics in open_lists(server, contract, operation):
        verdicts += judge_survey(survey_list(opened, semantics, settings), settings.laws or None)
    return tuple(verdicts)


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
