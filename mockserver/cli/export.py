"""``mockserver export``: writes a world, or a part of it, as JSON, NDJSON, CSV or SQL."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from mockserver.cli.settings import SETTINGS, DomainCommand, WholeNumber, mock_options, use_options
from mockserver.errors import OptionError

if TYPE_CHECKING:
    from mockserver.world.export import Chunk

_FORMATS = ("json", "ndjson", "csv", "sql")
_BY_SUFFIX = {".jsonl": "ndjson"} | {f".{name}": name for name in _FORMATS}


@click.command(cls=DomainCommand, context_settings=SETTINGS)
@click.argument("contract", required=False, envvar="MOCKSERVER_CONTRACT", type=click.Path())
@click.option("--operation", metavar="ID", allow_from_autoenv=False, help="Export only this list, by its operationId.")
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMATS),
    allow_from_autoenv=False,
    show_default="by the suffix of FILE, otherwise json",
    help="Output format.",
)
@click.option(
    "--filter",
    "filters",
    multiple=True,
    metavar="NAME=VALUE",
    allow_from_autoenv=False,
    help="Export only records that match this filter, as in a request; repeat for several.",
)
@click.option("--limit", type=WholeNumber(min=0), allow_from_autoenv=False, help="The most records of each list.")
@click.option(
    "--output", metavar="FILE", default="-", allow_from_autoenv=False, help="The file to write; '-' is stdout."
)
@use_options(mock_options("seed", "size", "fixtures"))
def export(contract: str | None, form: str | None, filters: Sequence[str], output: str, **options: Any) -> None:
    """Write the records of CONTRACT, an OpenAPI file.

    The default contract is that of the wallet balances, which comes with this package. JSON and NDJSON can be loaded
    into any world with --fixtures.
    """
    from mockserver.world.export import export as chunks_of

    parts, has_several_lists = _parts(contract, filters, **options)
    form = form or _BY_SUFFIX.get(Path(output).suffix.lower(), "json")
    _write(chunks_of(parts, form, several=has_several_lists), output, sum(part.count for part in parts))


def _parts(
    contract: str | None,
    filters: Sequence[str],
    *,
    operation: str | None,
    limit: int | None,
    fixtures: str | None,
    seed: str | None,
    size: int | None,
    **domain_options: int | None,
) -> tuple[list[Any], bool]:
    """Return the parts to write, and whether the contract has several lists."""
    from mockserver.contract import load_contract
    from mockserver.domains import installed
    from mockserver.mock.lists.filters import read_filters
    from mockserver.mock.options import default_contract
    from mockserver.mock.snapshot import computed_lists
    from mockserver.world.build import DEFAULT_SEED, build_world
    from mockserver.world.export import parts_of
    from mockserver.world.fixtures import load_fixtures
    from mockserver.world.with_fixtures import with_fixtures

    semantics = computed_lists(load_contract(contract or default_contract()))
    given = {name: value for name, value in domain_options.items() if value is not None}
    world = build_world(semantics, installed(), seed=seed or DEFAULT_SEED, size=size, options=given)
    if fixtures:
        world = with_fixtures(world, semantics, load_fixtures(fixtures, semantics))
    pairs = [_pair(text) for text in filters]
    parts = parts_of(
        world,
        semantics,
        operation=operation,
        filters=lambda one, dataset: read_filters(one, pairs, dataset),
        limit=limit,
    )
    return parts, len(semantics) > 1


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise OptionError(f"got the filter '{text}', expected NAME=VALUE")
    return name, value


def _write(chunks: Iterator[Chunk], output: str, records: int) -> None:
    """Write chunks as they are made, with a progress bar on stderr if that is a terminal. Raises `OptionError`."""
    # The first chunk is made before the file is opened: most faults are found then, and no file is left behind.
    first = list(islice(chunks, 1))
    try:
        with _opened(output) as file, _bar(output, records) as bar:
            for chunk in chain(first, chunks):
                file.write(chunk.text.encode())
                bar.update(chunk.records)
            file.flush()
    except OSError as error:
        if error.errno == errno.EPIPE:
            raise
        raise OptionError(f"cannot write {output}: {error.strerror or error}") from None


@contextmanager
def _opened(output: str) -> Iterator[IO[bytes]]:
    if output == "-":
        yield sys.stdout.buffer
        return
    path = Path(output)
    if path.exists() and not path.is_file():
        # A device or a pipe.
        with path.open("wb") as file:
            yield file
        return
    # An existing file is replaced only when the new one is complete.
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        with unfinished.open("wb") as file:
            yield file
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _bar(output: str, records: int) -> Any:
    """Return a progress bar; it is hidden if the records are written to the same terminal."""
    hidden = not sys.stderr.isatty() or (output == "-" and sys.stdout.isatty())
    return click.progressbar(length=records, label="export", file=sys.stderr, hidden=hidden)
