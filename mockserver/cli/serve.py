"""``mockserver serve``: serves a contract until it is stopped."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from mockserver.cli.settings import (
    SERVER_OPTIONS,
    SETTINGS,
    DomainCommand,
    mock_options,
    split_domain_options,
    use_options,
)
from mockserver.errors import MockserverError

if TYPE_CHECKING:
    from pathlib import Path

    from mockserver.mock.runtime import Mock
    from mockserver.state.base import State
    from mockserver.state.mapped_journal import FileCounter

THREADS = 4
"""Threads of a worker whose state is on another machine: while one waits for it, others answer."""


@click.command(cls=DomainCommand, context_settings=SETTINGS)
@click.argument("contract", required=False, envvar="MOCKSERVER_CONTRACT", type=click.Path())
@use_options({**SERVER_OPTIONS, **mock_options()})
def serve(
    contract: str | None, host: str, port: int, workers: int, where: str | None, reload: bool, **options: Any
) -> None:
    """Serve CONTRACT, an OpenAPI file, until Ctrl-C.

    The default contract is that of the wallet balances, which comes with this package.
    """
    import signal

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    from mockserver.cli.banner import banner
    from mockserver.program import create_app
    from mockserver.server.addresses import reserve
    from mockserver.server.shared_folder import shared_folder
    from mockserver.server.workers import run

    needs_folder = workers > 1 or bool(where)
    with reserve(host, port) as address, shared_folder() if needs_folder else nullcontext() as folder:
        state = _open_state(where or (str(folder / "state.sqlite") if folder else None))
        build = partial(
            create_app, contract, state=state, counter=_shared_counter(folder), **split_domain_options(options)
        )
        app = build()
        text = "\n".join(banner(app.extensions["mockserver"], address.url))
        if state is not None:
            state.close()
        run(
            app,
            address,
            build=build,
            workers=workers,
            ready=lambda: click.echo(text),
            begin=partial(_begin, reload=reload),
            threads=THREADS if where and "://" in where else 1,
        )


def _open_state(where: str | None) -> State | None:
    """Open the state, and use it once, so that a fault in it is reported at the start. Raises `OptionError`."""
    if not where:
        return None
    from mockserver.state.stores import open_state

    state = open_state(where)
    state.version()
    return state


def _shared_counter(folder: Path | None) -> FileCounter | None:
    """Return a counter that the workers share; ``None`` if each of them has its own."""
    if folder is None or sys.platform == "win32":
        return None
    from mockserver.state.mapped_journal import FileCounter

    return FileCounter(folder / "numbers")


def _begin(app: Any, *, reload: bool) -> None:
    """Start following the files; each worker calls this before its first request."""
    if reload:
        from mockserver.server.watch import Watch

        mock: Mock = app.extensions["mockserver"]
        Watch(mock.files(), partial(_reload, mock)).start()


def _reload(mock: Mock) -> Sequence[Path]:
    """Apply an edit, or report its fault once; return the files to watch from now on."""
    from mockserver.cli.banner import skipped

    fault = mock.fault
    try:
        if mock.reload():
            snapshot = mock.snapshot()
            problem = snapshot.overrides.problem
            note = f" ({skipped(problem)})" if problem else ""
            click.echo(f"mockserver: reloaded; world {snapshot.engine.worlds(None).label}{note}", err=True)
    except MockserverError as error:
        if mock.fault != fault:
            click.echo(f"mockserver: {' '.join(str(error).split())} (the last good version is served)", err=True)
    return mock.files()
