"""The one place where an answer is finished: warnings, effects of a scenario, delay, headers, bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mockserver.mock.messages import About, Answer, Encoded, Pair, RefusalBody, Reply, Request
from mockserver.mock.request.prefer import APPLIED, Preferences, applied
from mockserver.mock.response.warnings import misfit_fixtures
from mockserver.mock.scenarios.model import Act
from mockserver.values.encode import encode


@dataclass(frozen=True)
class Circumstances:
    """What an answer is finished by, beside itself.

    ``world`` is the label of the world, ``problem`` says which fixtures do not fit it. ``cors`` are the headers that a
    page of another origin needs.
    """

    request: Request
    world: str
    preferences: Preferences
    problem: str = ""
    act: Act | None = None
    operation: str | None = None
    key: str | None = None
    key_places: Sequence[tuple[str, str]] = ()
    refusal_body: RefusalBody | None = None
    cors: tuple[Pair, ...] = field(default=())


@dataclass(frozen=True)
class _Effects:
    """What a scenario and the client's preferences do to an answer on its way out."""

    delay: float = 0.0
    cut: bool = False
    closes: bool = False
    scenario: str | None = None


def finish(answer: Answer, by: Circumstances) -> Reply:
    """Return the reply: what is sent, and when. Nothing changes it afterwards."""
    effects = _effects(answer, by)
    body = _body(answer, by.refusal_body)
    body = body[: len(body) * 2 // 3] if effects.cut else body
    about = About(by.operation, answer.parameters, answer.violations, effects.scenario, by.key, by.key_places)
    return Reply(
        answer.status,
        _headers(answer, by, effects, len(body)),
        b"" if by.request.method == "HEAD" else body,
        answer.cacheable and by.act is None and by.preferences.wait is None,
        effects.delay,
        effects.closes,
        about,
    )


def _effects(answer: Answer, by: Circumstances) -> _Effects:
    wait, act = by.preferences.wait or 0.0, by.act
    if act is None:
        return _Effects(wait)
    has_body = answer.media_type is not None and by.request.method != "HEAD"
    cut, closes = act.cut and has_body, act.closes and has_body
    viewed = act.view is not None and isinstance(answer.value, Encoded)
    changed = viewed or act.status is not None or act.delay > 0 or cut or closes
    return _Effects(act.delay + wait, cut, closes, act.scenario if changed else None)


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


def _headers(answer: Answer, by: Circumstances, effects: _Effects, length: int) -> tuple[Pair, ...]:
    headers = [("X-Mock-World", by.world), *answer.headers]
    if effects.scenario is not None:
        headers.append(("X-Mock-Scenario", effects.scenario))
    if by.preferences.wait is not None and all(name != APPLIED for name, _ in answer.headers):
        headers.append((APPLIED, applied(by.preferences)))
    if by.problem:
        headers.append(misfit_fixtures(by.problem))
    if answer.media_type is not None:
        headers.append(("Content-Type", answer.media_type))
    if answer.status not in (204, 304):
        headers.append(("Content-Length", str(length)))
    return (*headers, *by.cors)
