"""Make all answers but pages of lists: documented ones, preferred ones, and refusals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from mockserver.contract import Operation, Schema
from mockserver.errors import ContractError
from mockserver.mock.lists.envelope import Role, details_path, fill
from mockserver.mock.messages import JSON, Answer, Pair, Request, refusal
from mockserver.mock.request.api_keys import key_header, unauthorized
from mockserver.mock.request.prefer import APPLIED, Choice, Preferences, applied, choose
from mockserver.mock.request.validation import Violation
from mockserver.mock.response.examples import documented, generated
from mockserver.mock.scenarios.model import Effect

if TYPE_CHECKING:
    from mockserver.world.model import World

Generate = Callable[[Schema, "World", tuple[str, ...]], Any]
"""Returns a value that fits a schema, for a world and a key path: always the same one."""

_REASONS = {429: "Too many requests", 500: "Internal server error", 503: "Service unavailable"}


class RequestContext(NamedTuple):
    """A request of an operation, and what determines its answer.

    ``values`` are the parameters of the path as text, ``world`` is that of the caller's key, ``effect`` is that of the
    active scenario on this request.
    """

    operation: Operation
    values: Mapping[str, str]
    request: Request
    world: World
    preferences: Preferences
    effect: Effect | None


def not_implemented(operation: Operation, why: str) -> Answer:
    """Return the answer of an operation that the contract describes in a way that nothing can meet."""
    name = f"{operation.method} {operation.path}"
    return refusal(
        501, f"{name} cannot be answered: {why}", "Mend the contract there; the other operations are served."
    )


class Answers:
    """Makes answers as the contract documents them; ``generate`` returns the values for which it has no example."""

    def __init__(self, generate: Generate) -> None:
        self._generate = generate

    def documented(self, operation: Operation, values: Mapping[str, str], world: World) -> Answer:
        """Return the good answer of an operation that is no list: its first example, or a generated value."""
        status = operation.success_status
        return documented(operation, status, values, self._generator(world)) or Answer(status, None, None)

    def preferred(self, context: RequestContext, *, is_list: bool = False) -> tuple[Answer | None, tuple[Pair, ...]]:
        """Return the answer that a valid request prefers, if it is not the usual one, and the headers that report it.

        The usual answer of a list is its page. A preference that cannot be met is answered like an invalid parameter.
        """
        preferences = context.preferences
        if not (preferences.changes_answer or preferences.faults):
            return None, ()
        choice = choose(context.operation, preferences)
        if not isinstance(choice, Choice):
            return self.invalid(context.operation, choice, context.world), ()
        report = applied(preferences, choice)
        headers = ((APPLIED, report),) if report else ()
        if is_list and choice.is_usual:
            return None, headers
        return self._chosen(context, choice), headers

    def invalid(self, operation: Operation, violations: Sequence[Violation], world: World) -> Answer:
        """Return the 422 answer: in the contract's format if that can list faults, otherwise in that of FastAPI."""
        details = [v.detail() for v in violations]
        own = Answer(422, {"detail": details}, violations=details)
        schema, media_type = operation.json_body(422) or ({}, JSON)
        path = details_path(schema)
        if path is None:
            return own
        generate = self._generator(world)
        try:
            value = fill(schema, {path: Role(details)}, (), lambda inner, at: generate(inner, (operation.id, *at)))
        except ContractError:
            return own
        return Answer(422, value, media_type, violations=details)

    def by_scenario(self, context: RequestContext) -> Answer | None:
        """Return the refusal of a scenario, if it refuses the request: as it is documented, or the mock's own."""
        effect, operation = context.effect, context.operation
        if effect is None or effect.status is None:
            return None
        why = f"The scenario '{effect.scenario}' is active."
        if effect.status == 401:
            return unauthorized(key_header(operation), f"is refused. {why}")
        answer = None
        if str(effect.status) in operation.responses:
            answer = documented(operation, effect.status, context.values, self._generator(context.world))
        answer = answer or refusal(effect.status, _REASONS.get(effect.status, "Server error"), why)
        return answer if effect.retry_after is None else answer.with_headers(("Retry-After", str(effect.retry_after)))

    def _chosen(self, context: RequestContext, choice: Choice) -> Answer:
        if choice.response is None:
            return Answer(choice.status, None, None)
        if choice.example is not None:
            return Answer(choice.status, choice.value, choice.response.media_type)
        generate = self._generator(context.world)
        return generated(context.operation, choice.response, choice.status, context.values, generate)

    def _generator(self, world: World) -> Callable[[Schema, tuple[str, ...]], Any]:
        """Return the generating function for one world."""
        return lambda schema, path: self._generate(schema, world, path)
