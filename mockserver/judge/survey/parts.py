"""Declares the parts of a survey: what is sent to learn one kind of thing, each beside its code.

A part is a function over a `SurveyRun` that sends requests and adds what it saw to the survey::

    @part("small")
    def small_pages(run: SurveyRun) -> None: ...

It may use the base walk, and what the parts before it saw.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mockserver.judge.registry import Registry
from mockserver.judge.survey.run import SurveyRun

BASE = "base"
"""The name of the walk that every survey begins with. It is not a part, but laws may name it beside parts."""

Take = Callable[[SurveyRun], None]


@dataclass(frozen=True)
class Part:
    """One part of a survey.

    ``take`` sends its requests. ``takes_snapshot`` says that the beginning of the base walk is taken again after it, to
    see whether the data move; ``changes_data`` that it may change what the server's records hold; ``is_hostile`` that
    it sends what no client would send, or many requests at once.
    """

    name: str
    take: Take
    takes_snapshot: bool = False
    changes_data: bool = False
    is_hostile: bool = False


REGISTRY: Registry[Part] = Registry("part of a survey")


def part(
    name: str, *, takes_snapshot: bool = False, changes_data: bool = False, is_hostile: bool = False
) -> Callable[[Take], Take]:
    """Declare the decorated function as the part of that name. Raises `ValueError` if the name is taken."""

    def declare(take: Take) -> Take:
        REGISTRY.add(name, Part(name, take, takes_snapshot, changes_data, is_hostile))
        return take

    return declare
