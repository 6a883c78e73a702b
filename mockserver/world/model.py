"""What a world is made of: datasets of records, and selections from them."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

Record = dict[str, Any]
"""A record: property to JSON value, in the order of the schema's properties."""

Find = Callable[[Mapping[str, Any]], Record | None]
"""Returns the first record that has all the given values (see `Dataset.select`), or ``None``."""

LARGEST = 10**12
"""The largest number of records: ordinals up to here have distinct identities of every kind."""


class EdgeCase(NamedTuple):
    """A case that clients get wrong, and where a dataset shows it.

    ``filters`` are properties with the values that select its records; ``see`` says what to look at there.
    """

    name: str
    filters: Mapping[str, str]
    see: str


class Selection(Protocol):
    """The records of a dataset that match some filters, in list order."""

    count: int

    def ordinal(self, rank: int) -> int:
        """Return the place in the whole dataset of the match numbered ``rank`` (0 <= rank < count)."""
        ...

    def rank(self, ordinal: int) -> int:
        """Return how many matches lie before an ordinal (0 <= ordinal <= size), which need not match itself."""
        ...


class Dataset(Protocol):
    """One list of records, in its one order. Records are computed, never stored."""

    size: int

    def select(self, filters: Mapping[str, Any]) -> Selection:
        """Return the records whose properties equal all the given values. Keys are properties of the item."""
        ...

    def record(self, ordinal: int) -> Record:
        """Return the record at that place: a new dict at each call, which fits the item's schema."""
        ...

    def matches(self, record: Mapping[str, Any], filters: Mapping[str, Any]) -> bool:
        """Return whether `select` would find this record by these filters if the dataset held it."""
        ...

    def complete(
        self, partial: Mapping[str, Any], index: int, *, taken: Container[str] = (), find: Find | None = None
    ) -> Record:
        """Return a whole, consistent record that has the given properties: the same one each time.

        If ``partial`` identifies a record of the dataset, the result is that record with the given properties changed.
        ``index`` is the place among the records that are completed; ``taken`` has the identities (spelled) that must
        not be used again; ``find`` looks records up, by default in this dataset. Raises `RecordError`.
        """
        ...

    def cases(self) -> Sequence[EdgeCase]:
        """Return the edge cases that the dataset holds on purpose."""
        ...


@dataclass(frozen=True)
class World:
    """Everything that a server shows, for one seed; a key with a world of its own has a seed of its own.

    ``fingerprint`` (12 hex digits) names the computed world: equal fingerprints mean equal records. ``fixtures`` (12
    hex digits, empty without any) names the records loaded into it. ``datasets`` is by operation id, ``options`` are
    those of the domains. ``problem`` says which fixtures do not fit this world and are left out.
    """

    fingerprint: str
    seed: str
    datasets: Mapping[str, Dataset]
    options: Mapping[str, int] = field(default_factory=dict)
    fixtures: str = ""
    problem: str = ""

    @property
    def label(self) -> str:
        """The name of everything that is shown: equal labels mean equal answers."""
        return f"{self.fingerprint}-{self.fixtures}" if self.fixtures else self.fingerprint
