"""The explorer: a list asked by its form, through the whole server, and all that can be said of the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from mockserver.mock.messages import Pair
from mockserver.mock.runtime import Mock
from mockserver.semantics import ListSemantics
from mockserver.server.console.forms import Field, fields
from mockserver.server.console.paging import (
    Listing,
    Place,
    following,
    place_of,
    preceding,
    read_listing,
    read_walk,
    without_place,
)
from mockserver.server.console.requests import Application, Asked, Got, faults_of, read_asked, send
from mockserver.server.console.samples import Samples, choices, names_by_value
from mockserver.server.console.snippets import snippets
from mockserver.server.console.tables import Table, table_of
from mockserver.values.generate import generate
from mockserver.world.identities import spelled
from mockserver.world.model import EdgeCase


@dataclass(frozen=True)
class Answered:
    """A request, its answer, and what can be said of it. A link is a query string, or ``None`` where there is none.

    ``one_way`` means that the list can be paged, but not back.
    """

    asked: Asked
    got: Got
    listing: Listing | None
    place: Place | None
    table: Table | None
    faults: Sequence[Mapping[str, Any]]
    code: Sequence[tuple[str, str, str]]
    again: str
    first: str | None
    previous: str | None
    next: str | None
    one_way: bool


@dataclass(frozen=True)
class Form:
    """The form of a list: its fields by group, and links to the edge cases (name, what to see, query)."""

    semantics: ListSemantics
    groups: Mapping[str, Sequence[Field]]
    cases: Sequence[tuple[str, str, str]]


def chosen(mock: Mock, name: str | None) -> ListSemantics | None:
    """The list of that operation, else the first; ``None`` if the contract has no list."""
    lists = mock.engine.semantics
    return next((one for one in lists if one.operation.id == name), lists[0] if lists else None)


def form_of(mock: Mock, semantics: ListSemantics, samples: Samples, args: Sequence[Pair], key: str) -> Form:
    """Return the form, with real values and edge cases of the world that the key sees."""
    options = mock.options
    own = options.isolate_keys and key and (not options.api_keys or key in options.api_keys)
    world = mock.engine.worlds(key if own else None)
    dataset = world.datasets[semantics.operation.id]
    found, cases = samples.values(semantics, dataset), dataset.cases()
    offered = {name: choices(values, names_by_value(cases, semantics.filters[name])) for name, values in found.items()}
    made = fields(semantics, args, offered, placed=read_walk(dict(args)) is None)
    groups: dict[str, list[Field]] = {"filters": [], "page": [], "place": [], "more": []}
    for one in made:
        groups[one.group].append(one)
    return Form(semantics, groups, list(_links(semantics, cases)))


def _links(semantics: ListSemantics, cases: Sequence[EdgeCase]) -> Iterator[tuple[str, str, str]]:
    """Return name, what to see and query of each edge case that the list's filters can select."""
    for case in cases:
        pairs = [
            (f"query.{n}", case.filters[target]) for n, target in semantics.filters.items() if target in case.filters
        ]
        if pairs:
            yield case.name, case.see, query(semantics, pairs)


def completed(mock: Mock, semantics: ListSemantics, args: Sequence[Pair]) -> list[Pair]:
    """What was said, and for each parameter of the path that was not a value that fits."""
    said = {name for name, value in args if value}
    operation, seed = semantics.operation, mock.engine.worlds(None).seed
    missing = [p for p in operation.parameters if p.location == "path" and f"path.{p.name}" not in said]
    made = [(p.name, generate(p.schema, seed=seed, path=(operation.id, "path", p.name))) for p in missing]
    return [*args, *((f"path.{name}", spelled(value)) for name, value in made)]


def query(semantics: ListSemantics, pairs: Sequence[Pair]) -> str:
    """The query string of a page of the explorer."""
    return urlencode([("list", semantics.operation.id), *pairs])


def answer(
    semantics: ListSemantics,
    args: Sequence[Pair],
    key: str,
    application: Application,
    base_url: str,
    later: Callable[[float], None],
) -> Answered:
    """Send the request that the form describes (see `send`)."""
    asked = read_asked(semantics.operation, args, key)
    got = send(asked, application, base_url, later)
    listing = read_listing(semantics, got.value) if 200 <= got.status < 300 else None
    kept = [pair for pair in without_place(semantics, args) if "." in pair[0]]
    place, table = None, None
    ways: dict[str, str | None] = {"previous": None, "next": None}
    if listing is not None:
        place = place_of(semantics, asked, read_walk(dict(args)), listing)
        table = table_of(semantics, listing.items)
        for name, way in (("previous", preceding), ("next", following)):
            found = way(semantics, asked, listing, place)
            ways[name] = None if found is None else query(semantics, [*kept, *found])
    return Answered(
        asked,
        got,
        listing,
        place,
        table,
        faults_of(got.value) if got.status >= 400 else (),
        snippets(asked, base_url.rstrip("/")),
        again=query(semantics, [pair for pair in args if pair[0] != "list"]),
        first=query(semantics, kept) if place is None or place.start != 0 else None,
        one_way=semantics.after is not None and (semantics.before or semantics.offset or semantics.page) is None,
        **ways,
    )
