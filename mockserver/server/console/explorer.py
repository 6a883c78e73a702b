"""The explorer: sends a request for a list that its form describes, and prepares what the page shows of the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from mockserver.mock.messages import Pair
from mockserver.mock.runtime import Mock
from mockserver.semantics import ListSemantics, Page, read_page
from mockserver.server.console.forms import Field, fields
from mockserver.server.console.paging import PagePosition, Paging, read_hint, without_position
from mockserver.server.console.requests import FormRequest, ReceivedAnswer, read_form, send, violations_of
from mockserver.server.console.samples import Samples, choices, names_by_value
from mockserver.server.console.snippets import snippets
from mockserver.server.console.tables import Table, table_of
from mockserver.server.wsgi import Application
from mockserver.values.generate import generate
from mockserver.world.identities import spelled
from mockserver.world.model import EdgeCase


@dataclass(frozen=True)
class PageLinks:
    """The links beside a page, as query strings of the explorer; ``None`` if there is no such page.

    ``resend`` sends the same request again.
    """

    resend: str
    first: str | None
    previous: str | None
    next: str | None


@dataclass(frozen=True)
class Result:
    """A request and its answer, with everything that is shown of them.

    ``page``, ``position`` and ``table`` are ``None`` if the answer is not a page of the list. ``snippets`` are the
    request as code (see `snippets.snippets`). ``forward_only`` means that the list has no way back.
    """

    request: FormRequest
    answer: ReceivedAnswer
    page: Page | None
    position: PagePosition | None
    table: Table | None
    violations: Sequence[Mapping[str, Any]]
    snippets: Sequence[tuple[str, str, str]]
    links: PageLinks
    forward_only: bool


@dataclass(frozen=True)
class Form:
    """The form of a list: its fields by group, and links to the edge cases (name, what to see, query string)."""

    semantics: ListSemantics
    groups: Mapping[str, Sequence[Field]]
    cases: Sequence[tuple[str, str, str]]


def find_list(mock: Mock, operation_id: str | None) -> ListSemantics | None:
    """Return the list of that operation, otherwise the first list; ``None`` if the contract has no list."""
    lists = mock.engine.semantics
    for semantics in lists:
        if semantics.operation.id == operation_id:
            return semantics
    return lists[0] if lists else None


def form_of(mock: Mock, semantics: ListSemantics, samples: Samples, args: Sequence[Pair], key: str) -> Form:
    """Return the form with the values of ``args``; it offers values and edge cases of the world that the key sees."""
    dataset = mock.engine.worlds(_key_of_world(mock, key)).datasets[semantics.operation.id]
    found, cases = samples.values(semantics, dataset), dataset.cases()
    offered = {name: choices(values, names_by_value(cases, semantics.filters[name])) for name, values in found.items()}
    keep_position = read_hint(dict(args)) is None
    groups: dict[str, list[Field]] = {"filters": [], "page": [], "position": [], "more": []}
    for field in fields(semantics, args, offered, keep_position=keep_position):
        groups[field.group].append(field)
    return Form(semantics, groups, list(_case_links(semantics, cases)))


def _key_of_world(mock: Mock, key: str) -> str | None:
    """Return the key, if it is valid and has a world of its own."""
    options = mock.options
    is_valid = key and (not options.api_keys or key in options.api_keys)
    return key if options.isolate_keys and is_valid else None


def _case_links(semantics: ListSemantics, cases: Sequence[EdgeCase]) -> Iterator[tuple[str, str, str]]:
    """Yield name, what to see and query string of each edge case that the list's filters can select."""
    for case in cases:
        pairs = [
            (f"query.{name}", case.filters[target])
            for name, target in semantics.filters.items()
            if target in case.filters
        ]
        if pairs:
            yield case.name, case.see, query_string(semantics, pairs)


def with_path_values(mock: Mock, semantics: ListSemantics, args: Sequence[Pair]) -> list[Pair]:
    """Return form values, with a generated value for each parameter of the path that is missing."""
    filled = {name for name, value in args if value}
    operation, seed = semantics.operation, mock.engine.worlds(None).seed
    missing = [p for p in operation.parameters if p.location == "path" and f"path.{p.name}" not in filled]
    generated = [(p.name, generate(p.schema, seed=seed, path=(operation.id, "path", p.name))) for p in missing]
    return [*args, *((f"path.{name}", spelled(value)) for name, value in generated)]


def query_string(semantics: ListSemantics, pairs: Sequence[Pair]) -> str:
    """Return the query string of the explorer's page for a list and form values."""
    return urlencode([("list", semantics.operation.id), *pairs])


def explore(
    semantics: ListSemantics,
    args: Sequence[Pair],
    key: str,
    application: Application,
    base_url: str,
    later: Callable[[float], None],
) -> Result:
    """Send the request that form values describe; `requests.send` explains the last three arguments."""
    request = read_form(semantics.operation, args, key)
    answer = send(request, application, base_url, later)
    page = read_page(answer.value, semantics) if 200 <= answer.status < 300 else None
    paging = None if page is None else Paging(semantics, request, page, read_hint(dict(args)))
    return Result(
        request,
        answer,
        page,
        position=None if paging is None else paging.position,
        table=None if page is None else table_of(semantics, page.items),
        violations=violations_of(answer.value) if answer.status >= 400 else (),
        snippets=snippets(request, base_url.rstrip("/")),
        links=_links(semantics, args, paging),
        forward_only=semantics.after is not None and (semantics.before or semantics.offset or semantics.page) is None,
    )


def _links(semantics: ListSemantics, args: Sequence[Pair], paging: Paging | None) -> PageLinks:
    resend = query_string(semantics, [pair for pair in args if pair[0] != "list"])
    kept = [pair for pair in without_position(semantics, args) if "." in pair[0]]
    first = query_string(semantics, kept)
    if paging is None:
        return PageLinks(resend, first, None, None)

    def link(position: Sequence[Pair] | None) -> str | None:
        return None if position is None else query_string(semantics, [*kept, *position])

    is_first = paging.position.start == 0
    return PageLinks(resend, None if is_first else first, link(paging.previous()), link(paging.next()))
