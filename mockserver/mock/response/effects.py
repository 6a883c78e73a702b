"""How an answer leaves: as a scenario lets it, and as late as the client prefers."""

from __future__ import annotations

from mockserver.mock.messages import Answer, Encoded, Request
from mockserver.mock.request.prefer import APPLIED, HEADER, applied, read_preferences
from mockserver.mock.scenarios.kinds import Act


def spoil(answer: Answer, act: Act | None, request: Request) -> None:
    """Let an answer out as a scenario does, which is named where that changed something."""
    if act is None:
        return
    answer.lasting = False
    has_body = answer.media_type is not None and request.method != "HEAD"
    answer.delay, answer.cut, answer.closes = act.delay, act.cut and has_body, act.closes and has_body
    viewed = act.view is not None and isinstance(answer.value, Encoded)
    if viewed or act.status is not None or answer.delay or answer.cut or answer.closes:
        answer.headers += (("X-Mock-Scenario", act.scenario),)
        answer.about.scenario = act.scenario


def delay(answer: Answer, request: Request) -> None:
    """Let an answer out as late as the client prefers."""
    preferences = read_preferences(request.header(HEADER))
    if preferences.wait is None:
        return
    answer.delay += preferences.wait
    answer.lasting = False
    if all(name != APPLIED for name, _ in answer.headers):
        answer.headers += ((APPLIED, applied(preferences)),)
