"""Complete fixtures, which may give only some properties of a record, to records of a dataset."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mockserver.errors import RecordError
from mockserver.semantics import ListSemantics
from mockserver.values.conforms import conforms
from mockserver.world.fixtures import FixtureFault, Fixtures
from mockserver.world.identities import identity_of, spelled
from mockserver.world.model import Dataset, Record


class Completion:
    """Completes the fixtures of one list. ``faults`` collects what is wrong with those that cannot be completed."""

    def __init__(self, semantics: ListSemantics, dataset: Dataset, fixtures: Fixtures) -> None:
        self.faults: list[FixtureFault] = []
        self._semantics = semantics
        self._name = semantics.operation.id
        self._partials = fixtures.records[self._name]
        self._dataset = dataset
        self._fixtures = fixtures
        self._claimed: dict[str, int] = {}

    def records(self) -> list[Record]:
        """Return the complete records, in the order of the fixtures. They must not be used if there are faults."""
        # All given identities are claimed first, so that no generated one is equal to them.
        for index, partial in enumerate(self._partials):
            self._claim(index, partial)
        made = [self._record(index, partial) for index, partial in enumerate(self._partials)]
        if not self.faults:
            for name, keys in self._semantics.invariants.constant.items():
                self._hold_constant(name, keys, made)
            for index, record in enumerate(made):
                if not conforms(record, self._semantics.item_schema):
                    self._fault(
                        index, "the contract does not allow this record, even with its missing properties filled in"
                    )
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
            self._fault(index, f"{self._name}[{first}] is the same record", str(self._semantics.identity))

    def _hold_constant(self, name: str, keys: Sequence[str], made: Sequence[Record]) -> None:
        """Set a property to the same value in all records with equal ``keys``: the value that a fixture gives it."""
        groups = [_group(record, keys) for record in made]
        given: dict[tuple[str, ...], tuple[int, Any]] = {}
        for index, (partial, group) in enumerate(zip(self._partials, groups, strict=True)):
            if group and partial.get(name) is not None:
                first, value = given.setdefault(group, (index, partial[name]))
                if spelled(value).lower() != spelled(partial[name]).lower():
                    problem = f"{self._name}[{first}] has the same {' and '.join(keys)} but another {name}"
                    self._fault(index, problem, name)
        for partial, record, group in zip(self._partials, made, groups, strict=True):
            if group in given and name not in partial:
                record[name] = given[group][1]

    def _fault(self, index: int, problem: str, *names: str) -> None:
        self.faults.append(self._fixtures.fault((self._name, index, *names), problem))


def _group(record: Record, keys: Sequence[str]) -> tuple[str, ...]:
    """Return the values of ``keys`` as they are compared; an empty tuple if one of them is missing."""
    values = [record.get(key) for key in keys]
    return () if None in values else tuple(spelled(value).lower() for value in values)
