"""The pipeline that turns a request into a `Reply`, for every contract. It knows no web framework and no domain.

::

    route -> key -> scenario -> validate -> prefer -> refresh -> select -> view -> page -> render -> finish

`lists.handler` answers lists, `answers` everything else, and `response.finish` finishes all answers. The rules are
those of docs/specification.md, "Lists".
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from mockserver.contract import Contract, Operation
from mockserver.errors import ContractError
from mockserver.mock.answers import Answers, Generate, RequestContext, not_implemented
from mockserver.mock.lists.handler import Lists
from mockserver.mock.lists.rendering import Pages
from mockserver.mock.masking import masked
from mockserver.mock.messages import Answer, Pair, RefusalBody, Reply, Request
from mockserver.mock.request.api_keys import Keys, key_headers, key_places
from mockserver.mock.request.prefer import HEADER, read_preferences
from mockserver.mock.request.routing import Router
from mockserver.mock.request.validation import Parsed, validate
from mockserver.mock.response.finish import ReplyContext, finish
from mockserver.mock.response.warnings import unknown_names
from mockserver.mock.scenarios.model import Effect, Scenario, Turn
from mockserver.semantics import ListSemantics
from mockserver.semantics.headers import has_urls
from mockserver.state.base import State
from mockserver.values.instants import Clock

if TYPE_CHECKING:
    from mockserver.world.model import World


class Engine:
    """Answers requests by one contract; it never changes. Safe to use from several threads at once.

    ``worlds`` returns the world of a caller's key (``None`` without a key, or if all keys share a world). ``generate``
    returns values that are not in lists. ``seconds`` returns those since 1970, for scenarios. ``refusal_body`` is that
    of the contract's domain.
    """

    def __init__(
        self,
        contract: Contract,
        worlds: Callable[[str | None], World],
        *,
        semantics: Sequence[ListSemantics],
        state: State,
        clock: Clock,
        generate: Generate,
        api_keys: Sequence[str] = (),
        isolate_keys: bool = False,
        seconds: Callable[[], float] = time.time,
        refusal_body: RefusalBody | None = None,
    ) -> None:
        self.contract = contract
        self.semantics = tuple(semantics)
        self.state = state
        self.worlds = worlds
        self.pages = Pages(generate, state)
        self._seconds = seconds
        self._keys = Keys(api_keys)
        self._isolate = isolate_keys
        self._refusal_body = refusal_body
        self._router = Router(contract)
        self.answers = Answers(generate)
        self._lists = Lists({s.operation.id: s for s in semantics}, self.answers, self.pages, state, clock)

    def handle(self, request: Request, scenario: Scenario | None = None, *, cors: tuple[Pair, ...] = ()) -> Reply:
        """Return the reply to a request; ``cors`` are headers that every reply gets."""
        return finish(*self._answered(request, scenario, cors))

    def _answered(
        self, request: Request, scenario: Scenario | None, cors: tuple[Pair, ...]
    ) -> tuple[Answer, ReplyContext]:
        """Return the answer to a request, and what the reply depends on in addition to it."""
        world, preferences = self.worlds(None), read_preferences(request.header(HEADER))
        operation, values = self._router.match(request.method, request.path)
        if operation is None and request.method == "HEAD":
            operation, values = self._router.match("GET", request.path)
        if operation is None:
            return self._router.refusal(request.path), ReplyContext(
                request,
                world.label,
                preferences,
                key_places=self.contract.key_parameters,
                refusal_body=self._refusal_body,
                cors=cors,
            )
        key, refused = self._keys.check(operation, request)
        if self._isolate and key and not refused:
            world = self.worlds(key)
        effect = self._effect(scenario, operation, key)
        context = RequestContext(operation, values, request, world, preferences, effect)
        answer = self.answers.by_scenario(context) or refused or self._answer_or_reason(context)
        return answer, ReplyContext(
            request,
            world.label,
            preferences,
            problem=world.problem,
            effect=effect,
            operation=operation.id,
            key=masked(key),
            key_places=key_places(operation),
            refusal_body=self._refusal_body,
            cors=cors,
        )

    def _answer_or_reason(self, context: RequestContext) -> Answer:
        """Return the answer; 501 with the reason for an operation whose contract cannot be met."""
        unreadable = context.operation.unreadable
        if unreadable is not None:
            return not_implemented(context.operation, unreadable)
        try:
            return self._answer(context)
        except ContractError as error:
            return not_implemented(context.operation, error.problem)

    def _answer(self, context: RequestContext) -> Answer:
        """Return the answer to a request with a valid key."""
        operation, request = context.operation, context.request
        semantics = self._lists.of(operation.id)
        clamp = semantics.limit if semantics is not None and semantics.over_limit == "clamp" else None
        # Of a list, the parameters are those of its semantics: there, each property of an object is one of them.
        declared = operation if semantics is None else semantics.operation
        parsed = validate(declared, query=request.query, path=context.values, headers=request.headers, clamp=clamp)
        if semantics is None:
            answer = self._single(parsed, context)
        else:
            answer = self._lists.answer(semantics, parsed, context)
        understood = parsed.understood(key_places(operation), answer.violations)
        answer = answer._replace(parameters=understood)
        if not parsed.unknown:
            return answer
        known = [p.name for p in declared.parameters if p.location == "query"]
        return answer.with_headers(unknown_names(parsed.unknown, known))

    def _single(self, parsed: Parsed, context: RequestContext) -> Answer:
        """Return the answer of an operation that is no list."""
        if parsed.violations:
            return self.answers.invalid(context.operation, parsed.violations, context.world)
        preferred, headers = self.answers.preferred(context)
        answer = preferred or self.answers.documented(context.operation, context.values, context.world)
        return answer.with_headers(*headers)

    def _effect(self, scenario: Scenario | None, operation: Operation, key: str | None) -> Effect | None:
        """Count this request for the scenario, and return the scenario's effect on it."""
        if scenario is None or not scenario.concerns(operation.id, key):
            return None
        now = self._seconds()
        number, total, start = self.state.tick(scenario.run, now, scenario.window)
        return scenario.effect(Turn(number, now, start, total))

    # Information about the contract --------------------------------------------------------------------------------

    def is_list(self, path: str) -> bool:
        """Return whether a GET of that path asks for a list."""
        operation, _ = self._router.match("GET", path)
        return operation is not None and self._lists.of(operation.id) is not None

    def methods(self, path: str) -> list[str]:
        """Return the methods of a path; none if the contract does not have the path."""
        return self._router.methods(path)

    def list_headers(self) -> tuple[str, ...]:
        """Return the names of the request headers on which the answer of a list may depend."""
        names: dict[str, None] = {}
        for semantics in self.semantics:
            operation = semantics.operation
            names |= dict.fromkeys(key_headers(operation))
            names |= {p.name: None for p in operation.parameters if p.location == "header"}
            if has_urls(semantics):
                names |= dict.fromkeys(("Host", "X-Forwarded-Proto"))
            names |= dict.fromkeys(("Cookie",) if any(p.location == "cookie" for p in operation.parameters) else ())
        return (*names, HEADER)
