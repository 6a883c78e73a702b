"""The world of a seed: for each list, how many records there are, which match a filter, and the k-th of them.

`build_world` gives each list operation its `Dataset`: `balances.BalanceDataset` where the items are balances, else
`lists.ListDataset`. Nothing here grows with the number of records: not the start, not the memory, not the cost of a
page.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from mockserver.domains.wallets.dataset import DEFAULT_WALLETS, BalanceDataset, recognises
from mockserver.domains.wallets.holdings import wallets_of
from mockserver.errors import OptionError
from mockserver.values.seeded import draw
from mockserver.world.generic import DEFAULT_RECORDS, ListDataset

if TYPE_CHECKING:
    from mockserver.semantics import ListSemantics

__all__ = [
    "DEFAULT_SEED",
    "DEFAULT_WALLETS",
    "LARGEST",
    "Dataset",
    "Find",
    "Record",
    "Selection",
    "World",
    "build_world",
]

Record = dict[str, Any]
"""A record: property to JSON value, in the order of the schema's properties."""

Find = Callable[[Mapping[str, Any]], Record | None]
"""Gives the first record that has all the given values (see `Dataset.select`), or ``None``."""

DEFAULT_SEED = "mockserver"
"""The seed of the default world."""

LARGEST = 10**12
"""The largest number of wallets or records: ordinals up to here have distinct identifiers of every kind."""

_VERSION = 1


class Selection(Protocol):
    """The records of a dataset that match some filters, in list order."""

    count: int

    def ordinal(self, rank: int) -> int:
        """The place in the whole dataset of the rank-th match (0 <= rank < count)."""
        ...

    def rank(self, ordinal: int) -> int:
        """How many matches lie before an ordinal (0 <= ordinal <= size), which need not match itself."""
        ...


class Dataset(Protocol):
    """One list of records, in its one order."""

    size: int

    def select(self, filters: Mapping[str, Any]) -> Selection:
        """The records whose properties equal all the given values. Keys are properties of the item."""
        ...

    def record(self, ordinal: int) -> Record:
        """The record at that place: a fresh dict at each call, that fits the item's schema."""
        ...

    def matches(self, record: Mapping[str, Any], filters: Mapping[str, Any]) -> bool:
        """Whether `select` would find this record by these filters, were it one of the dataset's own."""
        ...

    def complete(
        self, partial: Mapping[str, Any], index: int, *, taken: Container[str] = (), find: Find | None = None
    ) -> Record:
        """A whole record out of some of its properties: always the same one, in which all makes sense together.

        What names a record of the dataset is that record, changed: what is not told stays as it was. ``index`` is the
        place among the records that are completed, ``taken`` the identities (spelled) that must not be drawn any more;
        ``find`` looks elsewhere than in this dataset for records. Raises `RecordError` for what cannot be.
        """
        ...


@dataclass(frozen=True)
class World:
    """Everything that a server shows. ``seed`` is the one that this world is made of: with another key, another seed.

    ``fingerprint`` (12 hex digits) names the world: equal fingerprints, equal records, but for those that are pinned;
    ``pins`` (12 hex digits, empty without any) names these. ``datasets`` is by operation id. ``problem`` says which
    pins do not fit this world, and are not in it.
    """

    fingerprint: str
    seed: str
    wallets: int
    datasets: Mapping[str, Dataset]
    pins: str = ""
    problem: str = ""

    @property
    def label(self) -> str:
        """The name of everything that is shown: equal labels, equal answers."""
        return f"{self.fingerprint}-{self.pins}" if self.pins else self.fingerprint


def build_world(
    semantics: Sequence[ListSemantics],
    *,
    seed: str = DEFAULT_SEED,
    wallets: int = DEFAULT_WALLETS,
    size: int | None = None,
    key: str | None = None,
) -> World:
    """The world of a seed and, where each caller has one of its own, of a key.

    ``size`` is the number of records of each list, of balances too, and then decides how many ``wallets`` there are.
    Raises `OptionError` for a number that cannot be served, `ContractError` for an item that cannot be made.
    """
    for name, number in (("wallets", wallets), ("size", 0 if size is None else size)):
        if not 0 <= number <= LARGEST:
            raise OptionError(f"{name} is {number}; it can be from 0 to {LARGEST}")
    if key is not None:
        seed = f"{draw(seed, 'key', key):032x}"
    if size is not None:
        wallets = wallets_of(size)
    datasets: dict[str, Dataset] = {}
    for one in semantics:
        if recognises(one):
            datasets[one.operation.id] = BalanceDataset(one, seed=seed, wallets=wallets, size=size)
        else:
            datasets[one.operation.id] = ListDataset(one, seed=seed, size=DEFAULT_RECORDS if size is None else size)
    return World(_fingerprint(semantics, seed, wallets, size), seed, wallets, datasets)


def _fingerprint(semantics: Sequence[ListSemantics], seed: str, wallets: int, size: int | None) -> str:
    lists = [[s.operation.id, s.identity, sorted(s.filters.values()), _shape(s.item_schema, {})] for s in semantics]
    said = json.dumps([_VERSION, seed, wallets, size, lists])
    return hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def _shape(part: Any, seen: dict[int, int]) -> Any:
    """A schema as plain JSON, without what only people read; what was met before is a number, so cycles end."""
    if not isinstance(part, (dict, list)):
        return part
    if id(part) in seen:
        return seen[id(part)]
    seen[id(part)] = len(seen)
    if isinstance(part, list):
        return [_shape(p, seen) for p in part]
    return [[k, _shape(v, seen)] for k, v in part.items() if k not in ("title", "description")]
