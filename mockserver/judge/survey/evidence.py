"""Holds what was seen of one list operation: the evidence that the laws judge."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mockserver.judge.exchange import Exchange, Query
from mockserver.judge.profile import Profile
from mockserver.judge.walk import ReceivedPage, Walk
from mockserver.semantics import ListSemantics


@dataclass(frozen=True)
class Probe:
    """One request sent to learn one thing: what was tried (a parameter or a description), its value, and the answer."""

    what: str
    value: Any
    exchange: Exchange
    filters: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Survey:
    """What was seen of one list operation. Every collection is in the order in which it was seen.

    ``base`` is the walk over the list at the largest page size, ``snapshots`` the beginning of it again later, to see
    whether the data move. ``walks`` go over the list at other page sizes, ``filtered`` with filters. ``backward`` pairs
    a page with the walk back from it, ``forward_again`` a page that was reached by going back with the walk on from it.
    ``replays`` and ``concurrent`` pair an exchange with the same request again, alone and among others.

    ``requests_by_part`` counts the requests of each part, ``unreached_parts`` are those that the budget cut short.
    ``may_refresh`` says whether a refresh was allowed. ``second_look`` is a fresh survey of what seemed wrong in this
    one. ``value_counts``, ``ids_by_filters`` and ``queries_left`` keep what is worked out on the way.
    """

    semantics: ListSemantics
    base: Walk
    profile: Profile = field(default_factory=Profile)
    may_refresh: bool = True
    exchanges: list[Exchange] = field(default_factory=list)
    requests_by_part: Counter[str] = field(default_factory=Counter)
    unreached_parts: list[str] = field(default_factory=list)
    second_look: Survey | None = None

    snapshots: list[Walk] = field(default_factory=list)
    walks: list[Walk] = field(default_factory=list)
    filtered: list[Walk] = field(default_factory=list)
    backward: list[tuple[ReceivedPage, Walk]] = field(default_factory=list)
    forward_again: list[tuple[ReceivedPage, Walk]] = field(default_factory=list)
    offset_walk: Walk | None = None
    refreshed: list[tuple[Walk, Walk]] = field(default_factory=list)

    unknown_values: list[Probe] = field(default_factory=list)
    offsets: list[Probe] = field(default_factory=list)
    list_end: list[Probe] = field(default_factory=list)
    sizes_out_of_range: list[Probe] = field(default_factory=list)
    both_cursors: list[Probe] = field(default_factory=list)
    hostile: list[Probe] = field(default_factory=list)
    refresh_answers: list[Probe] = field(default_factory=list)
    without_key: list[Probe] = field(default_factory=list)
    replays: list[tuple[Exchange, Exchange]] = field(default_factory=list)
    concurrent: list[tuple[Exchange, Exchange]] = field(default_factory=list)

    value_counts: dict[str, Counter[str]] = field(default_factory=dict)
    ids_by_filters: dict[tuple[tuple[str, str], ...], tuple[str, ...]] = field(default_factory=dict)
    queries_left: list[tuple[str, Query]] = field(default_factory=list)

    @property
    def moved(self) -> bool:
        """Whether the data moved: records were added, removed or changed between the base walk and a snapshot.

        The same records in another order do not count: then the list has no stable order.
        """
        return any(_differ(s.items, self.base.items[: len(s.items)]) for s in self.snapshots)


def _differ(items: Sequence[Any], others: Sequence[Any]) -> bool:
    """Return whether these are other records, in whatever order."""
    return items != others and _sorted_texts(items) != _sorted_texts(others)


def _sorted_texts(items: Sequence[Any]) -> list[str]:
    return sorted(json.dumps(item, sort_keys=True) for item in items)


def filter_text(item: Any, name: str) -> str:
    """Return a record's property as a query would spell it; empty if it cannot be filtered by."""
    value = item.get(name) if isinstance(item, dict) else None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int) else ""
