"""Add fixtures to a world. One with the identity of a computed record replaces it at its place; all others come last.

Selections of a world with fixtures are those of the computed world, corrected at the places of the fixtures. So the
cost of a page grows with the number of fixtures that match, but not with the size of the world.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from hashlib import blake2b
from typing import Any

from mockserver.errors import FixtureError
from mockserver.semantics import ListSemantics
from mockserver.world.completion import Completion
from mockserver.world.fixtures import FixtureFault, Fixtures
from mockserver.world.identities import identity_of, spelled
from mockserver.world.model import Dataset, EdgeCase, Find, Record, Selection, World


def with_fixtures(world: World, semantics: Sequence[ListSemantics], fixtures: Fixtures) -> World:
    """Return a world with these fixtures added and completed; they replace earlier fixtures with the same identity.

    ``world`` itself does not change. Raises `FixtureError` with all faults of records that do not fit.
    """
    datasets = dict(world.datasets)
    faults: list[FixtureFault] = []
    for one in semantics:
        name = one.operation.id
        if fixtures.records.get(name):
            completion = Completion(one, datasets[name], fixtures)
            records = completion.records()
            faults += completion.faults
            if not completion.faults:
                datasets[name] = FixtureDataset(one, datasets[name], records)
    if faults:
        raise FixtureError(fixtures.source, faults)
    digest = fixtures.digest
    if world.fixtures and digest:
        digest = blake2b(f"{world.fixtures} {digest}".encode(), digest_size=6).hexdigest()
    return replace(world, datasets=datasets, fixtures=digest or world.fixtures)


def fixture_records(world: World, fixtures: Fixtures) -> dict[str, list[Record]]:
    """Return the fixtures that were added last to a world, as complete records by operation id, in their order."""
    found = {name: world.datasets[name] for name, records in fixtures.records.items() if records}
    return {name: deepcopy(data.records) for name, data in found.items() if isinstance(data, FixtureDataset)}


class FixtureDataset:
    """A dataset (``base``) with fixtures added. No record of the base changes its place.

    ``records`` are the completed fixtures, in their order.
    """

    def __init__(self, semantics: ListSemantics, base: Dataset, records: list[Record]) -> None:
        self.base = base
        self.records = records
        places = [_place(semantics, base, record) for record in records]
        added = [record for record, place in zip(records, places, strict=True) if place is None]
        replaced = {place: record for record, place in zip(records, places, strict=True) if place is not None}
        self.size = base.size + len(added)
        self._records = {**dict(sorted(replaced.items())), **dict(enumerate(added, base.size))}
        names = {*semantics.filters.values(), semantics.identity or ""}
        self._fixtures = _Index(self._records, names)
        self._originals = _Index({place: base.record(place) for place in sorted(replaced)}, names)

    def select(self, filters: Mapping[str, Any]) -> Selection:
        below, size = self.base.select(filters), self.base.size
        if not filters:
            return _Corrected(below, size, (), (), range(size, self.size))
        before = {place for place in self._originals.places(filters) if below.rank(place + 1) > below.rank(place)}
        found = [place for place in self._fixtures.places(filters) if self.base.matches(self._records[place], filters)]
        now = found[: bisect_left(found, size)]
        return _Corrected(
            below,
            size,
            removed=sorted(before.difference(now)),
            added=[place for place in now if place not in before],
            last=found[len(now) :],
        )

    def record(self, ordinal: int) -> Record:
        found = self._records.get(ordinal)
        return self.base.record(ordinal) if found is None else deepcopy(found)

    def cases(self) -> Sequence[EdgeCase]:
        """Return the edge cases of the base, although a fixture may have replaced some of their records."""
        return self.base.cases()

    def matches(self, record: Mapping[str, Any], filters: Mapping[str, Any]) -> bool:
        return self.base.matches(record, filters)

    def complete(
        self, partial: Mapping[str, Any], index: int, *, taken: Container[str] = (), find: Find | None = None
    ) -> Record:
        return self.base.complete(partial, index, taken=taken, find=find or self._find)

    def _find(self, filters: Mapping[str, Any]) -> Record | None:
        found = self.select(filters)
        return self.record(found.ordinal(0)) if found.count else None


class _Index:
    """The ordinals of records by the value of a property, as it is spelled and in lower case, as UUIDs are compared.

    It finds candidates, which still have to be compared with the filters. Ordinals are ascending.
    """

    def __init__(self, records: Mapping[int, Record], names: Collection[str]) -> None:
        self._all = list(records)
        self._names = frozenset(names)
        self._places: dict[tuple[str, str], list[int]] = {}
        for place, record in records.items():
            for key in {(name, text) for name in names for text in _spellings(record.get(name))}:
                self._places.setdefault(key, []).append(place)

    def places(self, filters: Mapping[str, Any]) -> Sequence[int]:
        """Return the ordinals of records that may match, looked up by the most selective filter."""
        found = [self._places.get((n, spelled(v)), []) for n, v in filters.items() if n in self._names]
        return min(found, key=len, default=self._all)


class _Corrected:
    """A selection of the base (of ``size`` records), with some ordinals ``removed`` and others ``added``.

    ``last`` are the ordinals after the base. All three are ascending.
    """

    def __init__(
        self, below: Selection, size: int, removed: Sequence[int], added: Sequence[int], last: Sequence[int]
    ) -> None:
        self._below = below
        self._size = size
        self._removed = removed
        self._added = added
        self._last = last
        # How many remaining ordinals precede each removed one, and the final rank of each added one.
        self._gaps = [below.rank(place) - i for i, place in enumerate(removed)]
        self._ranks = [self._remaining_before(place) + i for i, place in enumerate(added)]
        self._in_base = below.count - len(removed) + len(added)
        self.count = self._in_base + len(last)

    def ordinal(self, rank: int) -> int:
        if not 0 <= rank < self.count:
            raise IndexError(rank)
        if rank >= self._in_base:
            return self._last[rank - self._in_base]
        added_before = bisect_left(self._ranks, rank)
        if added_before < len(self._ranks) and self._ranks[added_before] == rank:
            return self._added[added_before]
        remaining = rank - added_before
        return self._below.ordinal(remaining + bisect_right(self._gaps, remaining))

    def rank(self, ordinal: int) -> int:
        place = min(ordinal, self._size)
        return self._remaining_before(place) + bisect_left(self._added, place) + bisect_left(self._last, ordinal)

    def _remaining_before(self, place: int) -> int:
        """Return how many matches of the base before an ordinal are not removed."""
        return self._below.rank(place) - bisect_left(self._removed, place)


def _place(semantics: ListSemantics, dataset: Dataset, record: Mapping[str, Any]) -> int | None:
    """Return the ordinal of the dataset's record with the identity of ``record``, or ``None``."""
    identity = identity_of(semantics, record)
    found = None if identity is None else dataset.select({str(semantics.identity): identity})
    return found.ordinal(0) if found is not None and found.count else None


def _spellings(value: Any) -> Iterator[str]:
    """Yield the texts by which a value, or one in an array, can be looked up."""
    if isinstance(value, list):
        for item in value:
            yield from _spellings(item)
    elif value is not None:
        yield from (spelled(value), spelled(value).lower())
