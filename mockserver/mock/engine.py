"""Operation + request + world + state become a `Reply`: one pipeline, for every contract; knows no Flask.

::

    request -> route -> scenario -> key -> validate -> prefer -> refresh -> select -> view -> page -> fill -> reply

No name of a field stands here: what a list means comes from `ListSemantics`, what surrounds its items from the schema
of its 200 answer, what a refusal looks like from the contract's 422 answer where that is one we can fill. The rules are
those of SEMANTICS.md, section 1. A scenario refuses a request, gives another view of the records, or spoils the reply.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockserver.contract import Contract, Operation, Schema
from mockserver.mock.lists.envelope import Role, details_path, fill, role_values
from mockserver.mock.lists.pagination import Page, page_from
from mockserver.mock.lists.query import Query, read_query
from mockserver.mock.lists.rendering import Pages
from mockserver.mock.messages import JSON, About, Answer, Encoded, Pair, RefusalBody, Reply, Request, refusal
from mockserver.mock.request.api_keys import Keys, key_header, key_headers, key_places, masked, unauthorized
from mockserver.mock.request.prefer import APPLIED, HEADER, Choice, applied, choose, read_preferences
from mockserver.mock.request.routing import Router
from mockserver.mock.request.validation import Parsed, Violation, validate
from mockserver.mock.response.effects import delay, spoil
from mockserver.mock.response.examples import documented, made
from mockserver.mock.response.warnings import WARNING, not_pinned, unknown_names
from mockserver.mock.scenarios.kinds import Act, Scenario, Turn
from mockserver.semantics import ListSemantics, list_operations
from mockserver.state.base import State
from mockserver.values.instants import Clock
from mockserver.world.selections import select

if TYPE_CHECKING:
    from mockserver.world.model import Dataset, World

NOT_KEPT = "the refresh was not kept: the shared state cannot be reached, so this is the world as it was made"
Fake = Callable[[Schema, "World", tuple[str, ...]], Any]
"""A value that fits a schema, for a world and a key path: the same each time."""

_REASONS = {429: "Too many requests", 500: "Internal server error", 503: "Service unavailable"}


@dataclass(frozen=True)
class _Asked:
    """A request of an operation: the path's values, the caller's world, and what a scenario does to it."""

    operation: Operation
    values: Mapping[str, str]
    request: Request
    world: World
    act: Act | None


class Engine:
    """Answers requests by one contract.

    ``worlds`` gives the world of a caller's key (of ``None`` without one, or when keys share a world), ``fake`` the
    values that no list holds; ``seconds`` counts those since 1970, for scenarios. Safe to call from several threads.
    """

    def __init__(
        self,
        contract: Contract,
        worlds: Callable[[str | None], World],
        *,
        state: State,
        clock: Clock,
        fake: Fake,
        semantics: Sequence[ListSemantics] | None = None,
        api_keys: Sequence[str] = (),
        isolate_keys: bool = False,
        seconds: Callable[[], float] = time.time,
        refusal_body: RefusalBody | None = None,
    ) -> None:
        self.contract = contract
        self.semantics = list_operations(contract) if semantics is None else tuple(semantics)
        self.state = state
        self.worlds = worlds
        self._clock = clock
        self._fake = fake
        self._seconds = seconds
        self._refusal_body = refusal_body
        self._keys = Keys(api_keys)
        self._isolate = isolate_keys
        self._router = Router(contract)
        self._lists = {s.operation.id: s for s in self.semantics}
        self.pages = Pages(fake, state)

    def handle(self, request: Request, scenario: Scenario | None = None) -> Reply:
        """The answer to a request: the pipeline of this module."""
        world = self.worlds(None)
        operation, values = self._router.match(request.method, request.path)
        if operation is None and request.method == "HEAD":
            operation, values = self._router.match("GET", request.path)
        if operation is None:
            answer = self._router.refusal(request.path)
            answer.about.key_places = self.contract.key_parameters
            delay(answer, request)
            return self._shaped(answer).reply(world.label, request.method)
        key, refused = self._keys.check(operation, request)
        world = self.worlds(key) if self._isolate and key and not refused else world
        asked = _Asked(operation, values, request, world, self._act(scenario, operation, key))
        answer = self._refused(asked) or refused or self._answer(asked)
        about = answer.about
        about.operation, about.key, about.key_places = operation.id, masked(key), key_places(operation)
        spoil(answer, asked.act, request)
        delay(answer, request)
        if world.problem:
            answer.headers += not_pinned(world.problem)
        return self._shaped(answer).reply(world.label, request.method)

    def _shaped(self, answer: Answer) -> Answer:
        """Return an answer; a refusal that the contract does not document has the body of the contract's domain."""
        if answer.refused is not None and self._refusal_body is not None:
            body = self._refusal_body(answer.status, *answer.refused)
            answer.value = answer.value if body is None else body
        return answer

    def rehearse(self) -> None:
        """Make each operation's answer and refusal once, so that what cannot be made is known before a request.

        In the world of no key; without path parameters, and without records, which a list proves itself; the state is
        not touched. Raises `ContractError`.
        """
        world = self.worlds(None)
        for operation in self.contract.operations:
            semantics = self._lists.get(operation.id)
            if semantics is None:
                self._single(operation, {}, world)
            else:
                nothing = Parsed({}, {}, (), ())
                query, _ = read_query(semantics, nothing, world.datasets[operation.id], world.fingerprint)
                self._fill_list(semantics, query, page_from(0, query.limit, 0), (), [], world)
            self._invalid(operation, (), world)

    def is_list(self, path: str) -> bool:
        """Whether a GET of that path asks for a list."""
        operation, _ = self._router.match("GET", path)
        return operation is not None and operation.id in self._lists

    def methods(self, path: str) -> list[str]:
        """The methods that a path answers; none where the contract does not have it."""
        return self._router.methods(path)

    def list_headers(self) -> tuple[str, ...]:
        """The headers that an answer of a list may depend on."""
        names: dict[str, None] = {}
        for semantics in self.semantics:
            operation = semantics.operation
            names |= dict.fromkeys(key_headers(operation))
            names |= {p.name: None for p in operation.parameters if p.location == "header"}
            names |= dict.fromkeys(("Cookie",) if any(p.location == "cookie" for p in operation.parameters) else ())
        return (*names, HEADER)

    # Scenarios -----------------------------------------------------------------------------------------------------

    def _act(self, scenario: Scenario | None, operation: Operation, key: str | None) -> Act | None:
        """What the scenario does to this request, which is counted."""
        if scenario is None or not scenario.concerns(operation.id, key):
            return None
        now = self._seconds()
        number, total, start = self.state.tick(scenario.run, now, scenario.window)
        return scenario.act(Turn(number, now, start, total))

    def _refused(self, asked: _Asked) -> Answer | None:
        """The refusal of a scenario: as the contract documents it, else in our own words."""
        act, operation = asked.act, asked.operation
        if act is None or act.status is None:
            return None
        why = f"The scenario '{act.scenario}' is on."
        if act.status == 401:
            return unauthorized(key_header(operation), f"is refused. {why}")
        known = str(act.status) in operation.responses
        answer = documented(operation, act.status, asked.values, self._maker(asked.world)) if known else None
        answer = answer or refusal(act.status, _REASONS.get(act.status, "Server error"), why)
        if act.retry_after is not None:
            answer.headers += (("Retry-After", str(act.retry_after)),)
        return answer

    # Answers -------------------------------------------------------------------------------------------------------

    def _answer(self, asked: _Asked) -> Answer:
        operation, request = asked.operation, asked.request
        semantics = self._lists.get(operation.id)
        clamp = semantics.limit if semantics is not None and semantics.over_limit == "clamp" else None
        parsed = validate(operation, query=request.query, path=asked.values, headers=request.headers, clamp=clamp)
        if semantics is not None:
            answer = self._list(semantics, parsed, asked)
        elif parsed.violations:
            answer = self._invalid(operation, parsed.violations, asked.world)
        else:
            preferred, said = self._preferred(asked)
            answer = preferred or self._single(operation, asked.values, asked.world)
            answer.headers += said
        answer.about.parameters = parsed.understood(key_places(operation), answer.about.violations)
        if parsed.unknown:
            known = [p.name for p in operation.parameters if p.location == "query"]
            answer.headers += unknown_names(parsed.unknown, known)
        return answer

    def _preferred(self, asked: _Asked) -> tuple[Answer | None, tuple[Pair, ...]]:
        """What a valid request prefers to the usual answer, if it does, or why it cannot be had; and more headers."""
        preferences = read_preferences(asked.request.header(HEADER))
        if not (preferences.shapes or preferences.faults):
            return None, ()
        choice = choose(asked.operation, preferences)
        if not isinstance(choice, Choice):
            return self._invalid(asked.operation, choice, asked.world), ()
        done = applied(preferences, choice)
        said = ((APPLIED, done),) if done else ()
        if choice.is_ordinary and asked.operation.id in self._lists:
            return None, said
        if choice.response is None:
            return Answer(choice.status, None, None), said
        if choice.example is not None:
            return Answer(choice.status, choice.value, choice.response.media_type), said
        return made(asked.operation, choice.response, choice.status, asked.values, self._maker(asked.world)), said

    def _single(self, operation: Operation, values: Mapping[str, str], world: World) -> Answer:
        """An operation that is no list: its first example, else a value made for its path."""
        status = operation.success_status
        return documented(operation, status, values, self._maker(world)) or Answer(status, None, None)

    def _invalid(self, operation: Operation, violations: Sequence[Violation], world: World) -> Answer:
        """The 422 answer: in the contract's own shape where it is one of those known, else in FastAPI's."""
        details = [v.detail() for v in violations]
        about = About(violations=details)
        schema, media_type = operation.json_body(422) or ({}, JSON)
        path = details_path(schema)
        if path is None:
            return Answer(422, {"detail": details}, about=about)
        return Answer(422, self._envelope(schema, {path: Role(details)}, world, operation.id), media_type, about=about)

    def _envelope(self, schema: Schema, roles: Mapping[tuple[str, ...], Role], world: World, name: str) -> Any:
        return fill(schema, roles, (), lambda inner, path: self._fake(inner, world, (name, *path)))

    def _maker(self, world: World) -> Callable[[Schema, tuple[str, ...]], Any]:
        return lambda schema, path: self._fake(schema, world, path)

    # Lists ---------------------------------------------------------------------------------------------------------

    def _list(self, semantics: ListSemantics, parsed: Parsed, asked: _Asked) -> Answer:
        operation, world = semantics.operation, asked.world
        dataset = world.datasets[operation.id]
        query, violations = read_query(semantics, parsed, dataset, world.fingerprint)
        if violations:
            return self._invalid(operation, violations, world)
        preferred, said = self._preferred(asked)
        if preferred is not None:
            preferred.headers += said
            return preferred
        refreshed, warning = self._refresh(semantics, parsed, dataset, world)
        selection = select(dataset, query.filters)
        if asked.act is not None and asked.act.view is not None:
            selection = asked.act.view(selection, query.limit)
        page = query.page(selection)
        ordinals = [selection.ordinal(rank) for rank in range(page.start, page.stop)]
        items = self.pages.items(semantics, world, dataset, ordinals)
        answer = self._fill_list(semantics, query, page, ordinals, items, world)
        answer.headers, answer.lasting = (*warning, *said), not refreshed
        return answer

    def _refresh(
        self, semantics: ListSemantics, parsed: Parsed, dataset: Dataset, world: World
    ) -> tuple[bool, tuple[Pair, ...]]:
        """Remember the refresh that the request asks for, if there is anything to refresh.

        Whether one was asked for, and a warning if it could not be kept.
        """
        rule = semantics.refresh
        if rule is None or rule.scope is None or parsed.value(rule.parameter) is not True:
            return False, ()
        value = parsed.value(rule.scope)
        if value is None or not dataset.select({semantics.filters[rule.scope]: value}).count:
            return True, ()
        scope = f"{world.fingerprint}/{semantics.operation.id}"
        kept = self.state.refresh(scope, str(value), self._clock())
        return True, () if kept else ((WARNING, NOT_KEPT),)

    def _fill_list(
        self,
        semantics: ListSemantics,
        query: Query,
        page: Page,
        ordinals: Sequence[int],
        items: Sequence[bytes],
        world: World,
    ) -> Answer:
        schema, media_type = semantics.operation.json_body(200) or ({}, JSON)
        values = role_values(semantics, query, page, ordinals)
        body = self.pages.body(semantics, schema, values, items, world)
        return Answer(200, Encoded(body), media_type)
