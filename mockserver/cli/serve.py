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

from mockserver.cli.settings import SETTINGS

if TYPE_CHECKING:
    from mockserver.contract import Operation
    from mockserver.handlers import Engine
    from mockserver.semantics import ListSemantics
    from mockserver.state import State


@click.command(context_settings=SETTINGS)
@click.argument("contract", required=False, envvar="MOCKSERVER_CONTRACT", type=click.Path())
@click.option("--host", default="127.0.0.1", show_envvar=True, help="Address to listen on; 0.0.0.0 for all.")
@click.option(
    "--port",
    default=4010,
    type=click.IntRange(0, 65535),
    show_envvar=True,
    help="Port to listen on; 0 picks a free one.",
)
@click.option("--seed", show_default="mockserver", show_envvar=True, help="Any text; another seed is another world.")
@click.option(
    "--wallets", type=click.IntRange(min=0), show_default="14", show_envvar=True, help="Number of wallets in the world."
)
@click.option(
    "--size",
    type=click.IntRange(min=0),
    show_default="what the wallets hold",
    show_envvar=True,
    help="Number of records in each list; for balances, as many wallets as that takes.",
)
@click.option(
    "--api-key",
    "api_keys",
    multiple=True,
    envvar="MOCKSERVER_API_KEY",
    show_envvar=True,
    help="Demand this key; repeat for several (in the environment: separated by blanks).",
)
@click.option("--isolate-keys", is_flag=True, show_envvar=True, help="Give each key a world of its own.")
@click.option(
    "--clock", default="fixed", show_envvar=True, help="What time it is: 'fixed', 'live', or an RFC 3339 instant."
)
@click.option("--workers", default=1, type=click.IntRange(1, 256), show_envvar=True, help="Number of worker processes.")
@click.option(
    "--state",
    "where",
    envvar="MOCKSERVER_STATE",
    show_envvar=True,
    show_default="in memory, until the end",
    help="Where refreshes are kept: a file, shared by processes, or redis://HOST:PORT, by machines.",
)
def serve(contract: str | None, host: str, port: int, workers: int, where: str | None, **options: Any) -> None:
    """Serve CONTRACT, an OpenAPI file (by default the wallet balances that come with this package), until Ctrl-C."""
    import signal

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    from mockserver import serving
    from mockserver.app import create_app

    shared = serving.shared_directory() if workers > 1 and not where else nullcontext()
    with serving.reserve(host, port) as address, shared as directory:
        state = _state(str(directory / "state.sqlite") if directory else where)
        build = partial(create_app, contract, state=state, **options)
        app = build()
        banner = "\n".join(_banner(app.extensions["mockserver"], address.url, options["api_keys"]))
        if state is not None:
            state.close()
        serving.run(app, address, build=build, workers=workers, ready=lambda: click.echo(banner))


def _state(where: str | None) -> State | None:
    """The state that is kept there, asked once: what is wrong with it is said now."""
    if not where:
        return None
    from mockserver.shared import open_state

    state = open_state(where)
    state.version()
    return state


def _banner(engine: Engine, url: str, keys: Sequence[str]) -> Iterator[str]:
    """Where it is, which world it shows, and requests to try."""
    world = engine.worlds(None)
    lists = ", ".join(f"{dataset.size} in {name}" for name, dataset in world.datasets.items())
    title = engine.contract.title or engine.contract.source
    yield f"{title} at {url}"
    yield f"world {world.fingerprint}, seed {world.seed!r}: {lists or 'no lists'}"
    for operation, query in _samples(engine, keys):
        header = f" -H {shlex.quote(f'{engine.key_header(operation)}: {keys[0]}')}" if keys else ""
        yield f"  curl{header} {shlex.quote(url + operation.path + query)}"
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
    from mockserver.messages import Request

    header = ((engine.key_header(operation), keys[0]),) if keys else ()
    reply = engine.handle(Request("GET", operation.path, tuple(query.items()), header))
    return json.loads(reply.body)


def _at(body: Any, path: Sequence[str]) -> Any:
    for key in path:
        body = body.get(key) if isinstance(body, dict) else None
    return body


def _query(values: dict[str, str]) -> str:
    return f"?{urlencode(values)}" if values else ""
