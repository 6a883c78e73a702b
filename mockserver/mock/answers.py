"""Answers that no list gives: documented ones, preferred ones, and refusals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockserver.contract import Operation, Schema
from mockserver.mock.lists.envelope import Role, details_path, fill
from mockserver.mock.messages import JSON, Answer, Pair, Request, refusal
from mockserver.mock.request.api_keys import key_header, unauthorized
from mockserver.mock.request.prefer import APPLIED, Choice, Preferences, applied, choose
from mockserver.mock.request.validation import Violation
from mockserver.mock.response.examples import documented, made
from mockserver.mock.scenarios.model import Act

if TYPE_CHECKING:
    from mockserver.world.model import World

Generate = Callable[[Schema, "World", tuple[str, ...]], Any]
"""Returns a value that fits a schema, for a world and a key path: the same each time."""

_REASONS = {429: "Too many requests", 500: "Internal server error", 503: "Service unavailable"}


@dataclass(frozen=True)
class Asked:
    """A request of an operation, with the caller's world, its preferences and what a scenario does."""

    operation: Operation
    values: Mapping[str, str]
    request: Request
    world: World
    preferences: Preferences
    act: Act | None


class Answers:
    """Makes answers by an operation's documentation; ``generate`` makes the values that no example gives."""

    def __init__(self, generate: Generate) -> None:
        self._generate = generate

    def documented(self, operation: Operation, values: Mapping[str, str], world: World) -> Answer:
        """Return the success of an operation that is no list: its first example, else a value made for its path."""
        status = operation.success_status
        return documented(operation, status, values, self._maker(world)) or Answer(status, None, None)

    def preferred(self, asked: Asked, *, is_list: bool = False) -> tuple[Answer | None, tuple[Pair, ...]]:
        """Return what a valid request prefers to the usual answer, if anything, and headers that say what was done.

        The usual answer of a list is its page. A preference that cannot be met is answered like an invalid parameter.
        """
        preferences = asked.preferences
        if not (preferences.shapes or preferences.faults):
            return None, ()
        choice = choose(asked.operation, preferences)
        if not isinstance(choice, Choice):
            return self.invalid(asked.operation, choice, asked.world), ()
        done = applied(preferences, choice)
        headers = ((APPLIED, done),) if done else ()
        return (None if is_list and choice.is_ordinary else self._chosen(asked, choice)), headers

    def invalid(self, operation: Operation, violations: Sequence[Violation], world: World) -> Answer:
        """Return the 422 answer: in the contract's own shape where it is one of those known, else in FastAPI's."""
        details = [v.detail() for v in violations]
        schema, media_type = operation.json_body(422) or ({}, JSON)
        path = details_path(schema)
        if path is None:
            return Answer(422, {"detail": details}, violations=details)
        value = fill(schema, {path: Role(details)}, (), self._filler(operation, world))
        return Answer(422, value, media_type, violations=details)

    def by_scenario(self, asked: Asked) -> Answer | None:
        """Return the refusal of a scenario, if it refuses: as the contract documents it, else in our own words."""
        act, operation = asked.act, asked.operation
        if act is None or act.status is None:
            return None
        why = f"The scenario '{act.scenario}' is active."
        if act.status == 401:
            return unauthorized(key_header(operation), f"is refused. {why}")
        answer = None
        if str(act.status) in operation.responses:
            answer = documented(operation, act.status, asked.values, self._maker(asked.world))
        answer = answer or refusal(act.status, _REASONS.get(act.status, "Server error"), why)
        return answer if act.retry_after is None else answer.with_headers(("Retry-After", str(act.retry_after)))

    def _chosen(self, asked: Asked, choice: Choice) -> Answer:
        if choice.response is None:
            return Answer(choice.status, None, None)
        if choice.example is not None:
            return Answer(choice.status, choice.value, choice.response.media_type)
        return made(asked.operation, choice.response, choice.status, asked.values, self._maker(asked.world))

    def _maker(self, world: World) -> Callable[[Schema, tuple[str, ...]], Any]:
        return lambda schema, path: self._generate(schema, world, path)

    def _filler(self, operation: Operation, world: World) -> Callable[[Schema, tuple[str, ...]], Any]:
        return lambda schema, path: self._generate(schema, world, (operation.id, *path))
