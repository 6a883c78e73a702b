"""What ``serve`` prints at its start: where the mock is, which world it serves, and requests to try."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from mockserver.semantics import read_page
from mockserver.server.wsgi import CONTROL

if TYPE_CHECKING:
    from mockserver.contract import Contract, Operation
    from mockserver.mock.engine import Engine
    from mockserver.mock.runtime import Mock
    from mockserver.semantics import ListSemantics, Page
    from mockserver.world.model import World

MAX_SAMPLES = 3
"""The most requests to try of a contract without lists."""

MAX_SIZES = 8
"""The most lists of which the banner tells the sizes."""

MAX_PROBLEMS = 5
"""The most faults of the contract that the banner tells."""

SAMPLE_LIMIT = "5"
"""The page size of requests to try."""


def banner(mock: Mock, url: str) -> Iterator[str]:
    """Yield the lines of the banner; ``url`` is the mock's base URL, without a slash at the end."""
    from mockserver.mock.request.api_keys import key_header

    snapshot, keys = mock.snapshot(), mock.options.api_keys
    engine, overrides = snapshot.engine, snapshot.overrides
    world = engine.worlds(None)
    yield f"{engine.contract.title or engine.contract.source} at {url}"
    yield f"world {world.label}, seed {world.seed!r}: {_lists(world)}"
    yield from _problems(engine.contract)
    for operation, query in _samples(engine, keys):
        header = f" -H {shlex.quote(f'{key_header(operation)}: {keys[0]}')}" if keys else ""
        target = operation.path + (f"?{urlencode(query)}" if query else "")
        yield f"  curl{header} {shlex.quote(url + target)}"
    if overrides.problem is not None:
        yield f"  {skipped(overrides.problem)}"
    if overrides.scenario is not None:
        yield f"  scenario {overrides.scenario.name} is active"
    if mock.options.control:
        yield f"  console {url}{CONTROL}/"
    yield "Press Ctrl-C to stop."


def skipped(problem: str) -> str:
    """Return the sentence about runtime settings that are invalid, on one line."""
    return f"invalid runtime settings are skipped: {' '.join(problem.split())}"


def _lists(world: World) -> str:
    """Return the sizes of the lists; of many, only how many they are, because asking each one takes time."""
    if len(world.datasets) > MAX_SIZES:
        return f"{len(world.datasets)} lists"
    return ", ".join(f"{dataset.size} in {name}" for name, dataset in world.datasets.items()) or "no lists"


def _problems(contract: Contract) -> Iterator[str]:
    """Yield what is wrong with the contract, the first few faults with file and line."""
    problems = contract.problems
    if not problems:
        return
    yield f"  the contract has {len(problems)} {'fault' if len(problems) == 1 else 'faults'}:"
    for problem in problems[:MAX_PROBLEMS]:
        yield f"    {problem.sentence}"
    if len(problems) > MAX_PROBLEMS:
        yield f"    and {len(problems) - MAX_PROBLEMS} more"


def _samples(engine: Engine, keys: Sequence[str]) -> Iterator[tuple[Operation, dict[str, str]]]:
    """Yield requests that succeed, each an operation and a query.

    They are requests of the first list with records, otherwise of operations that need no parameters.
    """
    for semantics in engine.semantics:
        if "{" not in semantics.operation.path and engine.worlds(None).datasets[semantics.operation.id].size:
            for query in _list_samples(engine, semantics, keys):
                yield semantics.operation, query
            return
    plain = (o for o in engine.contract.operations if o.method == "GET" and "{" not in o.path)
    for operation in islice(plain, MAX_SAMPLES):
        yield operation, {}


def _list_samples(engine: Engine, semantics: ListSemantics, keys: Sequence[str]) -> Iterator[dict[str, str]]:
    """Yield the queries of a first page, of a filter with a value from that page, and of the next page."""
    first = {semantics.limit: SAMPLE_LIMIT} if semantics.limit else {}
    yield first
    page = _request_page(engine, semantics, first, keys)
    filtered = None if page is None else _filter_of(semantics, page)
    if filtered:
        yield filtered
    position = semantics.offset or semantics.page
    if page is not None and page.next and semantics.after:
        yield {**first, semantics.after: page.next}
    elif position:
        yield {**first, position: "2"}


def _filter_of(semantics: ListSemantics, page: Page) -> dict[str, str] | None:
    """Return a query with one filter that the first record of a page matches, or ``None``."""
    record = page.items[0] if page.items else {}
    for name, target in semantics.filters.items():
        value = record.get(target)
        if isinstance(value, str):
            return {name: value}
    return None


def _request_page(engine: Engine, semantics: ListSemantics, query: dict[str, str], keys: Sequence[str]) -> Page | None:
    from mockserver.mock.messages import Request
    from mockserver.mock.request.api_keys import key_header

    operation = semantics.operation
    headers = ((key_header(operation), keys[0]),) if keys else ()
    reply = engine.handle(Request("GET", operation.path, tuple(query.items()), headers))
    return read_page(json.loads(reply.body), semantics)
