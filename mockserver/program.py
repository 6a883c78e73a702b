"""The public entry points: the parts put together, with the domains of this environment handed in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from mockserver.contract import Contract
from mockserver.domains import installed
from mockserver.mock import runtime
from mockserver.mock.options import Given, options_of
from mockserver.server import app
from mockserver.state.base import State
from mockserver.state.journal import Journal
from mockserver.world.domain import Domain

if TYPE_CHECKING:
    from flask import Flask


def create_app(
    contract: str | Path | Contract | None = None,
    *,
    domains: Sequence[Domain] | None = None,
    state: State | str | None = None,
    counter: Any = None,
    wallets: int | None = None,
    **given: Unpack[Given],
) -> Flask:
    """Return a Flask application that serves a contract, by default the one that comes with the package.

    ``contract`` is a path, or a contract already read. ``domains`` are by default those installed. ``state`` keeps
    refreshes, journal and runtime settings: a file, a Redis URL or a `State`, by default in memory. ``counter`` counts
    requests. ``wallets`` is the wallet domain's option; `Given` explains all others. What is ``None`` comes from the
    environment (``MOCKSERVER_SEED`` and so on), else has its default, so ``flask --app mockserver run`` works. The
    `Mock` is ``app.extensions["mockserver"]``. Raises `ContractError`, `FixtureError` and `OptionError`.
    """
    found = installed() if domains is None else domains
    return app.create_app(contract, domains=found, state=state, counter=counter, **_with_wallets(given, wallets))


class Mock(runtime.Mock):
    """One mock, without HTTP: ``Mock("api.yaml").answer(Request("GET", "/orders"), "")``.

    The arguments are those of `create_app`, except for the state: it is one that is open already, by default a new one
    in memory, and ``journal`` keeps the requests. `runtime.Mock` explains the methods.
    """

    def __init__(
        self,
        contract: str | Path | Contract | None = None,
        *,
        domains: Sequence[Domain] | None = None,
        state: State | None = None,
        journal: Journal | None = None,
        counter: Any = None,
        wallets: int | None = None,
        **given: Unpack[Given],
    ) -> None:
        found = installed() if domains is None else domains
        names = [option.name for domain in found for option in domain.options]
        options = options_of(contract, _with_wallets(given, wallets), names)
        super().__init__(options, domains=found, state=state, journal=journal, counter=counter)


def _with_wallets(given: Given, wallets: int | None) -> Given:
    options = {**(given.get("domain_options") or {}), **({} if wallets is None else {"wallets": wallets})}
    return {**given, "domain_options": options}
