"""Answer a valid request of a list with its page: read the query, refresh, select, view, page, render."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from mockserver.mock.answers import Answers, RequestContext
from mockserver.mock.lists.envelope import header_values, role_values
from mockserver.mock.lists.neighbours import neighbours, tells_of_neighbours
from mockserver.mock.lists.pagination import PageRange
from mockserver.mock.lists.query import Query, read_query
from mockserver.mock.lists.rendering import Pages
from mockserver.mock.messages import JSON, Answer, Encoded
from mockserver.mock.request.validation import Parsed
from mockserver.mock.response.warnings import NOT_KEPT
from mockserver.semantics import ListSemantics
from mockserver.state.base import State
from mockserver.values.instants import Clock
from mockserver.world.model import Dataset, World
from mockserver.world.selections import select


class _RefreshResult(NamedTuple):
    """Whether a request asked for a refresh, and whether the state kept it."""

    requested: bool = False
    kept: bool = True


class Lists:
    """Answers the list operations of a contract; ``lists`` is by operation id."""

    def __init__(
        self, lists: Mapping[str, ListSemantics], answers: Answers, pages: Pages, state: State, clock: Clock
    ) -> None:
        self._lists = lists
        self._telling = {name for name, semantics in lists.items() if tells_of_neighbours(semantics)}
        self._answers = answers
        self._pages = pages
        self._state = state
        self._clock = clock

    def of(self, operation_id: str) -> ListSemantics | None:
        """Return the semantics of an operation, or ``None`` if it is no list."""
        return self._lists.get(operation_id)

    def answer(self, semantics: ListSemantics, parsed: Parsed, context: RequestContext) -> Answer:
        """Return the page that a request asks for, the faults in it, or the answer that it prefers."""
        world = context.world
        dataset = world.datasets[semantics.operation.id]
        query, violations = read_query(semantics, parsed, dataset, world.fingerprint)
        if violations:
            return self._answers.invalid(semantics.operation, violations, world)
        preferred, headers = self._answers.preferred(context, is_list=True)
        if preferred is not None:
            return preferred.with_headers(*headers)
        refresh = self._refresh(semantics, parsed, dataset, world)
        selection = select(dataset, query.filters)
        if context.effect is not None and context.effect.view is not None:
            selection = context.effect.view(selection, query.limit)
        page = query.page(selection)
        ordinals = [selection.ordinal(rank) for rank in range(page.start, page.stop)]
        items = self._pages.items(semantics, world, dataset, ordinals)
        warning = () if refresh.kept else (NOT_KEPT,)
        answer = self._page(semantics, query, page, ordinals, items, context)
        return answer._replace(headers=(*answer.headers, *warning, *headers), cacheable=not refresh.requested)

    def _refresh(self, semantics: ListSemantics, parsed: Parsed, dataset: Dataset, world: World) -> _RefreshResult:
        """Keep the refresh that a request asks for, if there are records to refresh."""
        rule = semantics.refresh
        if rule is None or rule.scope is None or parsed.value(rule.parameter) is not True:
            return _RefreshResult()
        value = parsed.value(rule.scope)
        if value is None or not dataset.select({semantics.filters[rule.scope]: value}).count:
            return _RefreshResult(requested=True)
        scope = f"{world.fingerprint}/{semantics.operation.id}"
        return _RefreshResult(requested=True, kept=self._state.refresh(scope, str(value), self._clock()))

    def _page(
        self,
        semantics: ListSemantics,
        query: Query,
        page: PageRange,
        ordinals: Sequence[int],
        items: Sequence[bytes],
        context: RequestContext,
    ) -> Answer:
        schema, media_type = semantics.operation.json_body(200) or ({}, JSON)
        tells = semantics.operation.id in self._telling
        beside = neighbours(semantics, query, page, ordinals, context.request) if tells else None
        roles = role_values(semantics, query, page, ordinals, beside)
        response = semantics.operation.response(200)
        headers = [] if response is None or beside is None else header_values(response.headers, roles, page, beside)
        body = self._pages.body(semantics, schema, roles, items, context.world)
        return Answer(200, Encoded(body), media_type, tuple(headers))
