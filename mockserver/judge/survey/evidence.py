"""What was seen of one list operation: the evidence that the laws are judged on."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mockserver.judge.profile import Profile
from mockserver.judge.walk import Exchange, Page, Query, Walk
from mockserver.semantics import ListSemantics


@dataclass(frozen=True)
class Probe:
    """One request sent to learn one thing: what was tried (a value, a pair, a position), and what came."""

    what: str
    value: Any
    exchange: Exchange
    filters: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Survey:
    """What was seen of one list operation. Every collection is in the order in which it was seen.

    ``may_refresh`` says whether a refresh was allowed, ``spent`` counts the requests of each part.
    ``second_look`` is a fresh survey of what seemed broken in this one.

    ``base`` is the whole list at the largest page size, ``snapshots`` the same again later; ``walks`` go over it at
    other sizes, ``filtered`` with filters; ``backs`` and ``onward`` are pages and the walks that began at their
    cursors. Pairs of exchanges are a request and the same again. ``known`` counts the values of each filter, ``unseen``
    names the parts that the budget did not reach, ``restricted`` keeps what laws work out from the base.
    """

    semantics: ListSemantics
    base: Walk
    profile: Profile = field(default_factory=Profile)
    may_refresh: bool = True
    spent: Counter[str] = field(default_factory=Counter)
    second_look: Survey | None = None
    snapshots: list[Walk] = field(default_factory=list)
    walks: list[Walk] = field(default_factory=list)
    filtered: list[Walk] = field(default_factory=list)
    unknown: list[Probe] = field(default_factory=list)
    offsets: list[Probe] = field(default_factory=list)
    offset_walk: Walk | None = None
    backs: list[tuple[Page, Walk]] = field(default_factory=list)
    far: list[Probe] = field(default_factory=list)
    limits: list[Probe] = field(default_factory=list)
    replays: list[tuple[Exchange, Exchange]] = field(default_factory=list)
    both: list[Probe] = field(default_factory=list)
    hostile: list[Probe] = field(default_factory=list)
    onward: list[tuple[Page, Walk]] = field(default_factory=list)
    crowd: list[tuple[Exchange, Exchange]] = field(default_factory=list)
    more_hostile: list[tuple[str, Query]] = field(default_factory=list)
    known: dict[str, Counter[str]] = field(default_factory=dict)
    restricted: dict[tuple[tuple[str, str], ...], tuple[str, ...]] = field(default_factory=dict)
    refreshed: list[tuple[Walk, Walk]] = field(default_factory=list)
    refresh_answers: list[Probe] = field(default_factory=list)
    keyless: list[Probe] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)

    @property
    def moved(self) -> bool:
        """Whether the base walk was not the same each time: records came, went or changed.

        The same records in another order are no moving data, but a list without an order of its own.
        """
        return any(_differ(s.items, self.base.items[: len(s.items)]) for s in self.snapshots)


def _differ(items: Sequence[Any], others: Sequence[Any]) -> bool:
    """Whether these are other records, in whatever order."""
    return items != others and _content(items) != _content(others)


def _content(items: Sequence[Any]) -> list[str]:
    return sorted(json.dumps(item, sort_keys=True) for item in items)


def filter_text(item: Any, name: str) -> str:
    """A record's property as a query would spell it; empty where there is nothing to filter by."""
    value = item.get(name) if isinstance(item, dict) else None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int) else ""
