"""The parts of a world: datasets of records, and selections of them."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

Record = dict[str, Any]
"""A record: property to JSON value, in the order of the schema's properties."""

Find = Callable[[Mapping[str, Any]], Record | None]
"""Returns the first record that has all the given values (see `Dataset.select`), or ``None``."""

LARGEST = 10**12
"""The largest number of records in a list. Up to here, identities of every kind are distinct."""


class EdgeCase(NamedTuple):
    """A case that clients often handle wrongly, and where a dataset contains it.

    ``filters`` selects its records (property to value); ``see`` says what is special about them.
    """

    name: str
    filters: Mapping[str, str]
    see: str


class Selection(Protocol):
    """The records of a dataset that match some filters, in list order; ``count`` is their number."""

    count: int

    def ordinal(self, rank: int) -> int:
        """Return the ordinal of the match with this rank (0 <= rank < count). Raises `IndexError` for another rank."""
        ...

    def rank(self, ordinal: int) -> int:
        """Return how many matches precede an ordinal (0 <= ordinal <= size), which need not match itself."""
        ...


class Dataset(Protocol):
    """The records of one list, in their one order.

    Records are computed, not stored. The *ordinal* of a record is its place in the dataset, counted from 0; its *rank*
    is its place in a selection.
    """

    @property
    def size(self) -> int:
        """The number of records."""
        ...

    def select(self, filters: Mapping[str, Any]) -> Selection:
        """Return the records whose properties have all the given values; keys are names of properties."""
        ...

    def record(self, ordinal: int) -> Record:
        """Return the record at this ordinal: a new dict at each call, which fits the item's schema.

        Raises `IndexError` for an ordinal outside the dataset.
        """
        ...

    def matches(self, record: Mapping[str, Any], filters: Mapping[str, Any]) -> bool:
        """Return whether `select` would find this record by these filters if it were in the dataset."""
        ...

    def complete(
        self, partial: Mapping[str, Any], index: int, *, taken: Container[str] = (), find: Find | None = None
    ) -> Record:
        """Return a complete, consistent record with the given properties: always the same one.

        If ``partial`` identifies a record of the dataset, the result is that record with the given properties changed.
        ``index`` is the place among the records that are completed together; ``taken`` contains the identities (in
        canonical spelling) that must not be used again; ``find`` looks records up, by default in this dataset. Raises
        `RecordError` if no such record exists.
        """
        ...

    def cases(self) -> Sequence[EdgeCase]:
        """Return the edge cases that the dataset contains on purpose."""
        ...


@dataclass(frozen=True)
class World:
    """All records that a mock shows for one seed; a key with a world of its own has a seed of its own.

    ``fingerprint`` (12 hexadecimal digits) identifies the computed world: equal fingerprints mean equal records.
    ``fixtures`` (12 hexadecimal digits, empty without fixtures) identifies the fixtures in it. ``datasets`` is by
    operation id, ``options`` are those of the domains. ``problem`` says why fixtures do not fit this world and were
    skipped.
    """

    fingerprint: str
    seed: str
    datasets: Mapping[str, Dataset]
    options: Mapping[str, int] = field(default_factory=dict)
    fixtures: str = ""
    problem: str = ""

    @property
    def label(self) -> str:
        """The fingerprint and, if there are fixtures, theirs: equal labels mean equal answers."""
        return f"{self.fingerprint}-{self.fixtures}" if self.fixtures else self.fingerprint
