"""Holds what was seen of one list operation: the evidence that the laws judge."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mockserver.judge.exchange import Exchange, Query
from mockserver.judge.profile import Profile
from mockserver.judge.sortings import Sorting
from mockserver.judge.survey.reach import WALKED, Reach
from mockserver.judge.volatile import steadies, volatile_fields
from mockserver.judge.walk import ReceivedPage, Walk, received_page
from mockserver.semantics import FieldPath, ListSemantics


@dataclass(frozen=True)
class Probe:
    """One request sent to learn one thing: what was tried (a parameter or a description), its value, and the answer."""

    what: str
    value: Any
    exchange: Exchange
    filters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RefreshTry:
    """A refresh that was asked for, with the whole list before and after it.

    ``later`` is the list some time after that, if none of the times of the scope had moved: some servers refresh when
    they have answered.
    """

    probe: Probe
    before: Walk
    after: Walk
    later: Walk | None = None


@dataclass(frozen=True)
class RefreshOff:
    """The records of one scope, asked for before and after a request that says that there is to be no refresh."""

    before: Exchange
    answer: Exchange
    after: Exchange


@dataclass(frozen=True)
class SortedWalks:
    """The list under one sorting, in large and in small pages."""

    sorting: Sorting
    large: Walk
    small: Walk


@dataclass
class Survey:
    """What was seen of one list operation. Every collection is in the order in which it was seen.

    ``reach`` is how far the list was reached, ``window`` how many records of a longer list the server lets anyone reach
    (0 if all), ``base`` the walk over it at the largest page size, ``snapshots`` the
    beginning of it again later, to see whether the data move. ``walks`` go over the list at other page sizes,
    ``filtered`` with filters. ``backward`` pairs a page with the walk back from it, ``forward_again`` a page that was
    reached by going back with the walk on from it. ``foreign_cursors`` are cursors sent with other filters than they
    were issued under; those filters are their values.
    ``linked`` are walks that follow next links, ``linked_back`` pairs a page with the walk that follows its previous
    links. ``page_walks`` go by page number; ``pages`` are single pages of them, with their number and their walk.
    ``refreshes`` are the refreshes that were asked for one by one, ``refresh_answers`` the answers to all of them, also
    to those at the same time, and to others meanwhile; ``refresh_off`` are requests that say that there is to be none.
    ``replays`` and ``concurrent`` pair an exchange with the same request again, alone and among others; ``reordered``
    with the same parameters in another order.

    ``default_size`` is the first page at the declared default, ``sorted`` are walks under the documented sortings,
    twice where they differed.

    ``requests_by_part`` counts the requests of each part, ``unreached_parts`` are those that the budget cut short.
    ``may_refresh`` says whether a refresh was allowed. ``second_look`` is a fresh survey of what seemed wrong in this
    one. ``value_counts``, ``ids_by_filters``, ``queries_left`` and ``volatile_by_takes`` keep
    what is worked out on the way.
    """

    semantics: ListSemantics
    base: Walk
    profile: Profile = field(default_factory=Profile)
    may_refresh: bool = True
    exchanges: list[Exchange] = field(default_factory=list)
    requests_by_part: Counter[str] = field(default_factory=Counter)
    unreached_parts: list[str] = field(default_factory=list)
    second_look: Survey | None = None
    reach: Reach = WALKED
    window: int = 0

    snapshots: list[Walk] = field(default_factory=list)
    walks: list[Walk] = field(default_factory=list)
    filtered: list[Walk] = field(default_factory=list)
    backward: list[tuple[ReceivedPage, Walk]] = field(default_factory=list)
    forward_again: list[tuple[ReceivedPage, Walk]] = field(default_factory=list)
    linked: list[Walk] = field(default_factory=list)
    linked_back: list[tuple[ReceivedPage, Walk]] = field(default_factory=list)
    page_walks: list[Walk] = field(default_factory=list)
    offset_walk: Walk | None = None
    refreshes: list[RefreshTry] = field(default_factory=list)
    refresh_off: list[RefreshOff] = field(default_factory=list)

    unknown_values: list[Probe] = field(default_factory=list)
    pages: list[Probe] = field(default_factory=list)
    offsets: list[Probe] = field(default_factory=list)
    list_end: list[Probe] = field(default_factory=list)
    sizes_out_of_range: list[Probe] = field(default_factory=list)
    default_size: Probe | None = None
    sorted: list[SortedWalks] = field(default_factory=list)
    foreign_cursors: list[Probe] = field(default_factory=list)
    both_cursors: list[Probe] = field(default_factory=list)
    hostile: list[Probe] = field(default_factory=list)
    refresh_answers: list[Probe] = field(default_factory=list)
    without_key: list[Probe] = field(default_factory=list)
    wrong_keys: list[Probe] = field(default_factory=list)
    replays: list[tuple[Exchange, Exchange]] = field(default_factory=list)
    concurrent: list[tuple[Exchange, Exchange]] = field(default_factory=list)
    reordered: list[tuple[Exchange, Exchange]] = field(default_factory=list)

    value_counts: dict[str, Counter[str]] = field(default_factory=dict)
    ids_by_filters: dict[tuple[tuple[str, str], ...], tuple[str, ...]] = field(default_factory=dict)
    queries_left: list[tuple[str, Query]] = field(default_factory=list)
    volatile_by_takes: dict[int, frozenset[FieldPath]] = field(default_factory=dict)

    @property
    def moved(self) -> bool:
        """Whether the data moved: records were added, removed or changed between the base walk and a snapshot.

        The same records in another order do not count: then the list has no stable order. Nor do fields that change by
        themselves.
        """
        return any(_differ(s.items, self.base.items[: len(s.items)], self.volatile) for s in self.snapshots)

    @property
    def volatile(self) -> frozenset[FieldPath]:
        """The fields of records that change by themselves, learnt from what was asked for more than once.

        Every comparison of records leaves them out: `mockserver.judge.volatile.steady`. What identifies a record, what
        filters compare and what the contract's invariants name is not among them.
        """
        count = len(self.snapshots) + len(self.replays)
        if count not in self.volatile_by_takes:
            takes = [dict(zip(page.ids, page.items, strict=True)) for page in self.first_pages()]
            self.volatile_by_takes[count] = volatile_fields(takes) - self._meaningful()
        return self.volatile_by_takes[count]

    def _meaningful(self) -> set[FieldPath]:
        """Return the fields whose values mean something to the judge."""
        semantics, invariants = self.semantics, self.semantics.invariants
        names = {*semantics.filters.values(), *invariants.decimals, *invariants.constant}
        names |= {name for total, parts in invariants.sums.items() for name in (total, *parts)}
        return {(name,) for name in (*names, semantics.identity) if name is not None}

    def first_pages(self) -> list[ReceivedPage]:
        """Return the first page of the base walk as it came each time that it was asked for, in that order.

        Empty if it held no records at first.
        """
        if not self.base.pages or not self.base.pages[0].ids:
            return []
        first = self.base.pages[0]
        again = [received_page(again, self.semantics) for one, again in self.replays if one is first.exchange]
        snapshots = [snapshot.pages[0] for snapshot in self.snapshots if snapshot.pages]
        order = {id(exchange): number for number, exchange in enumerate(self.exchanges)}
        found = [first, *(page for page in again if page is not None), *snapshots]
        return sorted(found, key=lambda page: order.get(id(page.exchange), 0))


def _differ(items: Sequence[Any], others: Sequence[Any], volatile: frozenset[FieldPath]) -> bool:
    """Return whether these are other records, in whatever order."""
    items, others = steadies(items, volatile), steadies(others, volatile)
    return items != others and _sorted_texts(items) != _sorted_texts(others)


def _sorted_texts(items: Sequence[Any]) -> list[str]:
    return sorted(json.dumps(item, sort_keys=True) for item in items)


def filter_text(item: Any, name: str) -> str:
    """Return a record's property as a query would spell it; empty if it cannot be filtered by."""
    value = item.get(name) if isinstance(item, dict) else None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int) else ""
