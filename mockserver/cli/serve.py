"""`mockserver serve`: a contract served until Ctrl-C."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

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

    from mockserver.contract import Operation
    from mockserver.mock.engine import Engine
    from mockserver.mock.runtime import Mock
    from mockserver.semantics import ListSemantics
    from mockserver.state.base import State
    from mockserver.state.mapped_journal import FileCounter

THREADS = 4
"""Threads of a worker whose state is elsewhere: while one waits for it, another can answer."""


@click.command(cls=DomainCommand, context_settings=SETTINGS)
@click.argument("contract", required=False, envvar="MOCKSERVER_CONTRACT", type=click.Path())
@use_options({**SERVER_OPTIONS, **mock_options()})
def serve(
    contract: str | None, host: str, port: int, workers: int, where: str | None, reload: bool, **options: Any
) -> None:
    """Serve CONTRACT, an OpenAPI file (by default the wallet balances that come with this package), until Ctrl-C."""
    import signal

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    from mockserver.program import create_app
    from mockserver.server import workers as serving

    alone = workers == 1 and not where
    with serving.reserve(host, port) as address, nullcontext() if alone else serving.shared_directory() as directory:
        state = _state(where or (str(directory / "state.sqlite") if directory else None))
        build = partial(create_app, contract, state=state, counter=_counter(directory), **split_domain_options(options))
        app = build()
        banner = "\n".join(_banner(app.extensions["mockserver"], address.url))
        if state is not None:
            state.close()
        serving.run(
            app,
            address,
            build=build,
            workers=workers,
            ready=lambda: click.echo(banner),
            begin=partial(_begin, reload=reload),
            threads=THREADS if where and "://" in where else 1,
        )


def _begin(app: Any, *, reload: bool) -> None:
    """What each worker does first: follow the files."""
    if reload:
        from mockserver.server.watch import Watch

        mock: Mock = app.extensions["mockserver"]
        Watch(mock.files(), partial(_follow, mock)).start()


def _follow(mock: Mock) -> Sequence[Path]:
    """Take an edit up, or say why it cannot be served; the files to watch from now on."""
    before = mock.fault
    try:
        if mock.reload():
            snapshot = mock.snapshot()
            told = (
                f" (not obeyed: {' '.join(snapshot.overrides.problem.split())})" if snapshot.overrides.problem else ""
            )
            click.echo(f"mockserver: reloaded; world {snapshot.engine.worlds(None).label}{told}", err=True)
    except MockserverError as error:
        if mock.fault != before:
            click.echo(f"mockserver: {' '.join(str(error).split())} (the last good version is served)", err=True)
    return mock.files()


def _counter(directory: Path | None) -> FileCounter | None:
    """Where the workers count requests together."""
    if directory is None or sys.platform == "win32":
        return None
    from mockserver.state.mapped_journal import FileCounter

    return FileCounter(directory / "numbers")


def _state(where: str | None) -> State | None:
    """The state that is kept there, asked once: what is wrong with it is said now."""
    if not where:
        return None
    from mockserver.state.stores import open_state

    state = open_state(where)
    state.version()
    return state


def _banner(mock: Mock, url: str) -> Iterator[str]:
    """Where it is, which world it shows, and requests to try."""
    from mockserver.mock.request.api_keys import key_header

    snapshot, keys = mock.snapshot(), mock.options.api_keys
    engine = snapshot.engine
    world = engine.worlds(None)
    lists = ", ".join(f"{dataset.size} in {name}" for name, dataset in world.datasets.items())
    title = engine.contract.title or engine.contract.source
    yield f"{title} at {url}"
    yield f"world {world.label}, seed {world.seed!r}: {lists or 'no lists'}"
    for operation, query in _samples(engine, keys):
        header = f" -H {shlex.quote(f'{key_header(operation)}: {keys[0]}')}" if keys else ""
        yield f"  curl{header} {shlex.quote(url + operation.path + query)}"
    if snapshot.overrides.problem is not None:
        yield f"  not obeyed: {' '.join(snapshot.overrides.problem.split())}"
    if snapshot.overrides.scenario is not None:
        yield f"  scenario {snapshot.overrides.scenario.name} is on"
    if mock.options.control:
        yield f"  console {url}/__mock__/"
    yield "Ctrl-C ends it."


def _samples(engine: Engine, keys: Sequence[str]) -> Iterator[tuple[Operation, str]]:
    """Requests that work and show something: of the first list with records, else of operations without parameters."""
    for semantics in engine.semantics:
        if "{" not in semantics.operation.path and engine.worlds(None).datasets[semantics.operation.id].size:
            queries = _list_samples(engine, semantics, keys)
            yield from ((semantics.operation, query) for query in queries)
            return
    plain = (o for o in engine.contract.operations if o.method == "GET" and "{" not in o.path)
    yield from ((operation, "") for operation in islice(plain, 3))


def _list_samples(engine: Engine, semantics: ListSemantics, keys: Sequence[str]) -> Iterator[str]:
    """A first page, a filter with a real value, and the page that a real cursor leads to."""
    first = {semantics.limit: "5"} if semantics.limit else {}
    yield _query(first)
    body = _ask(engine, semantics.operation, first, keys)
    items = _at(body, semantics.items) or [{}]
    pairs = ((name, items[0].get(target)) for name, target in semantics.filters.items())
    found = next(({name: value} for name, value in pairs if isinstance(value, str)), None)
    if found:
        yield _query(found)
    cursor = _at(body, semantics.next_cursor) if semantics.next_cursor else None
    if cursor and semantics.after:
        yield _query({**first, semantics.after: cursor})
    elif semantics.offset or semantics.page:
        yield _query({**first, semantics.offset or semantics.page or "": "2"})


def _ask(engine: Engine, operation: Operation, query: dict[str, str], keys: Sequence[str]) -> Any:
    from mockserver.mock.messages import Request
    from mockserver.mock.request.api_keys import key_header

    header = ((key_header(operation), keys[0]),) if keys else ()
    reply = engine.handle(Request("GET", operation.path, tuple(query.items()), header))
    return json.loads(reply.body)


def _at(body: Any, path: Sequence[str]) -> Any:
    for key in path:
        body = body.get(key) if isinstance(body, dict) else None
    return body


def _query(values: dict[str, str]) -> str:
    return f"?{urlencode(values)}" if values else ""
