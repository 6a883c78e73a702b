"""Records pinned into a world: those that name a record of it stand in its place, all others come last.

A world with pins has one order too, and its selections are arithmetic on those of the world below, corrected at the
pinned places: what a page costs grows with the pinned records that match, and not with the world.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from mockserver.errors import FixtureError, RecordError
from mockserver.values.conforms import fits
from mockserver.world.identities import canonical, spelled

if TYPE_CHECKING:
    from mockserver.semantics import ListSemantics
    from mockserver.world.build import Dataset, Find, Record, Selection, World
    from mockserver.world.fixtures import Fixtures, Told


def pinned(world: World, semantics: Sequence[ListSemantics], fixtures: Fixtures) -> World:
    """The world with these records in it, completed; pinned over earlier ones, they win where they name the same.

    Raises `FixtureError` with every record that cannot be pinned; the world that is given stays as it is.
    """
    datasets = dict(world.datasets)
    faults: list[Told] = []
    for one in semantics:
        name = one.operation.id
        if fixtures.records.get(name):
            completing = _Completing(one, datasets[name], fixtures)
            records = completing.records()
            faults += completing.faults
            if not completing.faults:
                datasets[name] = PinnedDataset(one, datasets[name], records)
    if faults:
        raise FixtureError(fixtures.source, faults)
    pins = fixtures.digest
    if world.pins and pins:
        pins = blake2b(f"{world.pins} {pins}".encode(), digest_size=6).hexdigest()
    return replace(world, datasets=datasets, pins=pins or world.pins)


def pinned_records(world: World, fixtures: Fixtures) -> dict[str, list[Record]]:
    """What became of the fixtures that were pinned last into a world: whole records by operation, in their order."""
    found = {name: world.datasets[name] for name, records in fixtures.records.items() if records}
    return {name: deepcopy(data.pinned) for name, data in found.items() if isinstance(data, PinnedDataset)}


def unpinned(dataset: Dataset) -> Dataset:
    """The dataset as its world has it, without any pinned record."""
    while isinstance(dataset, PinnedDataset):
        dataset = dataset.base
    return dataset


class PinnedDataset:
    """A dataset with records pinned into it: a `world.Dataset` over another one, ``base``.

    The place of a record of the base never changes. ``pinned`` are the whole records, in the order of the fixtures.
    """

    def __init__(self, semantics: ListSemantics, base: Dataset, records: list[Record]) -> None:
        self.base = base
        self.pinned = records
        places = [_place(semantics, base, record) for record in records]
        added = [record for record, place in zip(records, places, strict=True) if place is None]
        there = {place: record for record, place in zip(records, places, strict=True) if place is not None}
        self.size = base.size + len(added)
        self._records = {**dict(sorted(there.items())), **dict(enumerate(added, base.size))}
        names = {*semantics.filters.values(), semantics.identity or ""}
        self._now = _Index(self._records, names)
        self._before = _Index({place: base.record(place) for place in sorted(there)}, names)

    def select(self, filters: Mapping[str, Any]) -> Selection:
        """See `world.Dataset.select`."""
        below, size = self.base.select(filters), self.base.size
        if not filters:
            return _Corrected(below, size, (), (), range(size, self.size))
        before = {place for place in self._before.places(filters) if below.rank(place + 1) > below.rank(place)}
        found = [place for place in self._now.places(filters) if self.base.matches(self._records[place], filters)]
        now = found[: bisect_left(found, size)]
        return _Corrected(
            below,
            size,
            without=sorted(before.difference(now)),
            added=[place for place in now if place not in before],
            last=found[len(now) :],
        )

    def record(self, ordinal: int) -> Record:
        """See `world.Dataset.record`; `IndexError` outside it."""
        found = self._records.get(ordinal)
        return self.base.record(ordinal) if found is None else deepcopy(found)

    def matches(self, record: Mapping[str, Any], filters: Mapping[str, Any]) -> bool:
        """See `world.Dataset.matches`."""
        return self.base.matches(record, filters)

    def complete(
        self, partial: Mapping[str, Any], index: int, *, taken: Container[str] = (), find: Find | None = None
    ) -> Record:
        """See `world.Dataset.complete`: a pinned record is changed like any other."""
        return self.base.complete(partial, index, taken=taken, find=find or self._find)

    def _find(self, wanted: Mapping[str, Any]) -> Record | None:
        found = self.select(wanted)
        return self.record(found.ordinal(0)) if found.count else None


class _Index:
    """Which of some records have a property's value: by its spelling, and by that in lower case as UUIDs are compared.

    What it finds still has to be looked at. Ordinals are ascending.
    """

    def __init__(self, records: Mapping[int, Record], names: Collection[str]) -> None:
        self._all = list(records)
        self._names = frozenset(names)
        self._places: dict[tuple[str, str], list[int]] = {}
        for place, record in records.items():
            for key in {(name, text) for name in names for text in _spellings(record.get(name))}:
                self._places.setdefault(key, []).append(place)

    def places(self, filters: Mapping[str, Any]) -> Sequence[int]:
        """The ordinals of the records that may match: those by the one filter that leaves the fewest."""
        found = [self._places.get((n, spelled(v)), []) for n, v in filters.items() if n in self._names]
        return min(found, key=len, default=self._all)


class _Corrected:
    """A selection of the base (of ``size`` records) ``without`` some of its places, with others ``added`` among them,
    and the ``last`` ones behind it all: ascending ordinals. A `world.Selection`.
    """

    def __init__(
        self, below: Selection, size: int, without: Sequence[int], added: Sequence[int], last: Sequence[int]
    ) -> None:
        self._below = below
        self._size = size
        self._without = without
        self._added = added
        self._last = last
        # How many that stay lie before each that goes; and the rank that each added one has in the end.
        self._gaps = [below.rank(place) - i for i, place in enumerate(without)]
        self._ranks = [self._left(place) + i for i, place in enumerate(added)]
        self._among = below.count - len(without) + len(added)
        self.count = self._among + len(last)

    def ordinal(self, rank: int) -> int:
        """The ordinal of the rank-th match; `IndexError` if there is none."""
        if not 0 <= rank < self.count:
            raise IndexError(rank)
        if rank >= self._among:
            return self._last[rank - self._among]
        before = bisect_left(self._ranks, rank)
        if before < len(self._ranks) and self._ranks[before] == rank:
            return self._added[before]
        left = rank - before
        return self._below.ordinal(left + bisect_right(self._gaps, left))

    def rank(self, ordinal: int) -> int:
        """How many matches lie before that ordinal, which may be any."""
        place = min(ordinal, self._size)
        return self._left(place) + bisect_left(self._added, place) + bisect_left(self._last, ordinal)

    def _left(self, place: int) -> int:
        return self._below.rank(place) - bisect_left(self._without, place)


def identity_of(semantics: ListSemantics, record: Mapping[str, Any]) -> str | None:
    """What tells a record apart, as it is compared, or ``None`` where it is not said or there is nothing that does."""
    name = semantics.identity
    if name is None or record.get(name) is None:
        return None
    return canonical(record[name], semantics.properties[name])


def _place(semantics: ListSemantics, dataset: Dataset, record: Mapping[str, Any]) -> int | None:
    """The ordinal of the record of a dataset with the same identity."""
    identity = identity_of(semantics, record)
    found = None if identity is None else dataset.select({str(semantics.identity): identity})
    return found.ordinal(0) if found is not None and found.count else None


def _spellings(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _spellings(item)
    elif value is not None:
        yield from (spelled(value), spelled(value).lower())


class _Completing:
    """Completes the records of one list, and collects the ``faults`` of those that cannot be."""

    def __init__(self, semantics: ListSemantics, dataset: Dataset, fixtures: Fixtures) -> None:
        self.faults: list[Told] = []
        self._semantics = semantics
        self._name = semantics.operation.id
        self._partials = fixtures.records[self._name]
        self._dataset = dataset
        self._fixtures = fixtures
        self._claimed: dict[str, int] = {}

    def records(self) -> list[Record]:
        """The records, whole, in their order; of no use where there are faults."""
        # Those that are told first: what is drawn keeps out of their way.
        for index, partial in enumerate(self._partials):
            self._claim(index, partial)
        made = [self._record(index, partial) for index, partial in enumerate(self._partials)]
        if not self.faults:
            for name, keys in self._semantics.invariants.constant.items():
                self._hold_constant(name, keys, made)
            for index, record in enumerate(made):
                if not fits(record, self._semantics.item_schema):
                    self._fault(index, "the contract does not allow this record, with all that it lacks filled in")
        return made

    def _record(self, index: int, partial: Record) -> Record:
        try:
            made = self._dataset.complete(partial, index, taken=self._claimed)
        except RecordError as error:
            for name, problem in error.faults:
                self._fault(index, problem, name)
            return {}
        if identity_of(self._semantics, partial) is None:
            self._claim(index, made)
        return made

    def _claim(self, index: int, record: Record) -> None:
        identity = identity_of(self._semantics, record)
        if identity is not None and self._claimed.setdefault(identity, index) != index:
            first = self._claimed[identity]
            self._fault(index, f"{self._name}[{first}] is this record already", str(self._semantics.identity))

    def _hold_constant(self, name: str, keys: Sequence[str], made: Sequence[Record]) -> None:
        """What a property is for all records that agree in others: what one of them says, those that do not have."""
        groups = [_group(record, keys) for record in made]
        said: dict[tuple[str, ...], tuple[int, Any]] = {}
        for index, (partial, group) in enumerate(zip(self._partials, groups, strict=True)):
            if group and partial.get(name) is not None:
                first, value = said.setdefault(group, (index, partial[name]))
                if spelled(value).lower() != spelled(partial[name]).lower():
                    problem = f"{self._name}[{first}] has the same {' and '.join(keys)}, and another {name}"
                    self._fault(index, problem, name)
        for partial, record, group in zip(self._partials, made, groups, strict=True):
            if group in said and name not in partial:
                record[name] = said[group][1]

    def _fault(self, index: int, problem: str, *names: str) -> None:
        self.faults.append(self._fixtures.fault((self._name, index, *names), problem))


def _group(record: Record, keys: Sequence[str]) -> tuple[str, ...]:
    """The values that decide another one, as they are compared; none where one of them is not there."""
    values = [record.get(key) for key in keys]
    return () if None in values else tuple(spelled(value).lower() for value in values)
