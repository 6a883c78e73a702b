"""A list of anything as a dataset: the one-dimension case, made from the item's schema and never stored."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from copy import deepcopy
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from mockserver.domains.wallets.tokens import wallet_provider
from mockserver.errors import ContractError, RecordError
from mockserver.values.conforms import Schema, fits
from mockserver.values.generate import fake_value
from mockserver.values.seeded import draw
from mockserver.world.identities import canonical, identity_of, is_wanted, spelled
from mockserver.world.selections import Listed, Periodic

if TYPE_CHECKING:
    from mockserver.semantics import ListSemantics

DEFAULT_RECORDS = 120
"""Records of a list that is not of balances: pages of 50 leave a remainder."""

_Find = Callable[[Mapping[str, Any]], dict[str, Any] | None]
_PROVIDERS = (wallet_provider,)
_PERIOD = 256
_POOL = 6
_CHOICES = 16
_PROVED = 8
_TRIES = 16


class ListDataset:
    """A list of anything: ``size`` records made from the item's schema.

    The identity is unique and can be read back. A property that is filtered takes its values from a small pool, by a
    pattern of its own that repeats every `_PERIOD` records: so the matches of any filters are a set of places in the
    period, and counting them over the whole list is a division. All else is `fake_value`, by the record's ordinal.
    """

    def __init__(self, semantics: ListSemantics, *, seed: str, size: int) -> None:
        self.size = size
        self._seed = seed
        self._name = semantics.operation.id
        self._schema = semantics.item_schema
        self._drawn_schema = _without(self._schema, {*semantics.filters.values(), semantics.identity})
        self._properties = semantics.properties
        identity = semantics.identity
        self._identity = None if identity is None else identity_of(semantics, seed, size)
        self._identity_name = identity
        self._pools = {n: self._pool(n) for n in dict.fromkeys(semantics.filters.values()) if n != identity}
        self._patterns = {n: self._pattern(n) for n in self._pools}
        self._places = lru_cache(1024)(self._matching_places)
        self._prove()

    def record(self, ordinal: int) -> dict[str, Any]:
        """The record at that place of the list; `IndexError` outside it."""
        if not 0 <= ordinal < self.size:
            raise IndexError(ordinal)
        made: dict[str, Any] = self._fake(self._drawn_schema, ordinal)
        for name, pool in self._pools.items():
            made[name] = deepcopy(pool[self._patterns[name][ordinal % _PERIOD]])
        if self._identity is not None and self._identity_name is not None:
            made[self._identity_name] = self._identity.write(ordinal)
        return self._ordered(made)

    def select(self, filters: Mapping[str, Any]) -> Listed | Periodic:
        """The records whose properties equal all the given values, compared as a query string would spell them."""
        wanted = {n: spelled(v) for n, v in filters.items()}
        places = self._places(tuple(sorted((n, v) for n, v in wanted.items() if n != self._identity_name)))
        if self._identity is None or self._identity_name not in wanted:
            whole = len(places) == _PERIOD
            return Listed(range(self.size)) if whole else Periodic(places, _PERIOD, self.size)
        ordinal = self._identity.read(wanted[self._identity_name])
        there = ordinal is not None and 0 <= ordinal < self.size and ordinal % _PERIOD in places
        return Listed((ordinal,) if there and ordinal is not None else ())

    def matches(self, record: Mapping[str, Any], filters: Mapping[str, Any]) -> bool:
        """See `world.Dataset.matches`."""
        return all(is_wanted(record.get(n), spelled(v), self._properties[n]) for n, v in filters.items())

    def complete(
        self,
        partial: Mapping[str, Any],
        index: int,
        *,
        taken: Container[str] = (),
        find: _Find | None = None,
    ) -> dict[str, Any]:
        """See `world.Dataset.complete`. A record that has its identity and fits is whole, though it may lack things."""
        name = self._identity_name
        if name is not None and name not in partial:
            identity = self._free_identity(name, index, taken, find or self._find)
            return self._completed({**partial, name: identity}, index)
        wanted = {} if name is None else {name: canonical(partial[name], self._properties[name])}
        known = (find or self._find)(wanted) if wanted else None
        told = {**(known or {}), **partial}
        return self._ordered(told) if fits(told, self._schema) else self._completed(told, index)

    def _completed(self, told: Mapping[str, Any], index: int) -> dict[str, Any]:
        """A record around what is told: the first of some tries that fits the schema, or else the last."""
        key = spelled(told[self._identity_name]) if self._identity_name is not None else index
        made: dict[str, Any] = {}
        for attempt in range(_TRIES):
            made = self._fake(self._drawn_schema, "pinned", key, attempt)
            for name, pool in self._pools.items():
                made[name] = deepcopy(pool[draw(self._seed, self._name, "pinned", key, name, attempt) % len(pool)])
            made |= told
            if fits(made, self._schema):
                break
        return self._ordered(made)

    def _free_identity(self, name: str, index: int, taken: Container[str], find: _Find) -> Any:
        """An identity that no record has: of those beyond the list's own, one that is not taken."""
        identity = self._identity
        room = 0 if identity is None else identity.room - self.size
        for turn in range(room):
            value = None if identity is None else identity.write(self.size + (index + turn) % room)
            if value is None:
                break
            text = canonical(value, self._properties[name])
            if text not in taken and find({name: text}) is None:
                return value
        raise RecordError([(name, "it is missing, and no further one can be made that fits the contract")])

    def _find(self, wanted: Mapping[str, Any]) -> dict[str, Any] | None:
        found = self.select(wanted)
        return self.record(found.ordinal(0)) if found.count else None

    def _ordered(self, made: Mapping[str, Any]) -> dict[str, Any]:
        """A record in the schema's order, also of what was set after it was drawn."""
        return {n: made[n] for n in self._properties if n in made} | dict(made)

    def _matching_places(self, wanted: tuple[tuple[str, str], ...]) -> tuple[int, ...]:
        places: Sequence[int] = range(_PERIOD)
        for name, value in wanted:
            fitting = {i for i, v in enumerate(self._pools[name]) if is_wanted(v, value, {})}
            pattern = self._patterns[name]
            places = [p for p in places if pattern[p] in fitting]
        return tuple(places)

    def _pool(self, name: str) -> list[Any]:
        """The distinct values that a filtered property takes: all of a short enumeration, else a handful."""
        schema = self._properties[name]
        made = [self._fake(schema, "pool", name, i) for i in range(4 * _CHOICES if _is_choice(schema) else _POOL)]
        distinct = {spelled(v): v for v in made}
        return list(distinct.values())[:_CHOICES]

    def _fake(self, schema: Schema, *path: str | int) -> Any:
        return fake_value(schema, seed=self._seed, path=(self._name, *path), providers=_PROVIDERS)

    def _pattern(self, name: str) -> bytes:
        """Which value of the pool stands at each place of the period: a shuffle, so that each stands equally often."""
        order = sorted(range(_PERIOD), key=lambda place: draw(self._seed, self._name, "pattern", name, place))
        values = bytearray(_PERIOD)
        for turn, place in enumerate(order):
            values[place] = turn % len(self._pools[name])
        return bytes(values)

    def _prove(self) -> None:
        """Fail now, not at a request, if the records cannot be made or do not fit what was set in them."""
        for ordinal in range(min(self.size, _PROVED)):
            if not fits(self.record(ordinal), self._schema):
                names = ", ".join([*self._pools, *([self._identity_name] if self._identity_name else [])])
                raise ContractError(self._name, None, f"the item's schema does not let {names} vary on their own")


def _without(schema: Schema, names: set[str | None]) -> Schema:
    """A plain object schema without some properties, which are not worth drawing: they will be set. Others stay."""
    if schema.keys() - {"type", "properties", "required", "title", "description"}:
        return schema
    properties = {n: s for n, s in schema.get("properties", {}).items() if n not in names}
    return {**schema, "properties": properties, "required": [n for n in schema.get("required", ()) if n not in names]}


def _is_choice(schema: Schema) -> bool:
    """Whether the values are few and named, so that all of them should be seen."""
    return (
        "enum" in schema or "boolean" in schema.get("type", ()) or any(_is_choice(b) for b in schema.get("anyOf", ()))
    )
