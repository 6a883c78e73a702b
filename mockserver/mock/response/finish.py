"""Finish an answer, all in one place: effects of a scenario, warnings, headers, delay, bytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from mockserver.mock.messages import About, Answer, Encoded, Pair, RefusalBody, Reply, Request
from mockserver.mock.request.prefer import APPLIED, Preferences, applied
from mockserver.mock.response.warnings import skipped_fixtures
from mockserver.mock.scenarios.model import Effect
from mockserver.values.encode import encode


class ReplyContext(NamedTuple):
    """What a reply depends on in addition to its answer.

    ``world`` is the label of the caller's world, ``problem`` says why fixtures do not fit it. ``operation`` is its id,
    ``key`` is masked. ``cors`` are the headers that a page of another origin needs.
    """

    request: Request
    world: str
    preferences: Preferences
    problem: str = ""
    effect: Effect | None = None
    operation: str | None = None
    key: str | None = None
    key_places: Sequence[tuple[str, str]] = ()
    refusal_body: RefusalBody | None = None
    cors: tuple[Pair, ...] = ()


class _Delivery(NamedTuple):
    """How a reply is sent: after ``delay`` seconds, with a ``cut`` body or a connection that closes halfway."""

    delay: float = 0.0
    cut: bool = False
    closes: bool = False
    scenario: str | None = None


def finish(answer: Answer, context: ReplyContext) -> Reply:
    """Return the reply to an answer: what is sent, and when. Nothing changes it afterwards."""
    delivery = _delivery(answer, context)
    body = _body(answer, context.refusal_body)
    body = body[: len(body) * 2 // 3] if delivery.cut else body
    return Reply(
        answer.status,
        _headers(answer, context, delivery, len(body)),
        b"" if context.request.method == "HEAD" else body,
        answer.cacheable and context.effect is None and context.preferences.wait is None,
        delivery.delay,
        delivery.closes,
        About(
            context.operation,
            answer.parameters,
            answer.violations,
            delivery.scenario,
            context.key,
            context.key_places,
        ),
    )


def _delivery(answer: Answer, context: ReplyContext) -> _Delivery:
    wait, effect = context.preferences.wait or 0.0, context.effect
    if effect is None:
        return _Delivery(wait)
    has_body = answer.media_type is not None and context.request.method != "HEAD"
    cut, closes = effect.cut and has_body, effect.closes and has_body
    is_view = effect.view is not None and isinstance(answer.value, Encoded)
    is_changed = is_view or effect.status is not None or effect.delay > 0 or cut or closes
    return _Delivery(effect.delay + wait, cut, closes, effect.scenario if is_changed else None)


def _body(answer: Answer, refusal_body: RefusalBody | None) -> bytes:
    if answer.media_type is None:
        return b""
    if isinstance(answer.value, Encoded):
        return answer.value.text
    value = answer.value
    if answer.refused is not None and refusal_body is not None:
        own = refusal_body(answer.status, *answer.refused)
        value = value if own is None else own
    return encode(value)


def _headers(answer: Answer, context: ReplyContext, delivery: _Delivery, length: int) -> tuple[Pair, ...]:
    headers = [("X-Mock-World", context.world), *answer.headers]
    if delivery.scenario is not None:
        headers.append(("X-Mock-Scenario", delivery.scenario))
    if context.preferences.wait is not None and all(name != APPLIED for name, _ in answer.headers):
        headers.append((APPLIED, applied(context.preferences)))
    if context.problem:
        headers.append(skipped_fixtures(context.problem))
    if answer.media_type is not None:
        headers.append(("Content-Type", answer.media_type))
    if answer.status not in (204, 304):
        headers.append(("Content-Length", str(length)))
    return (*headers, *context.cors)
