"""A list of anything as a dataset: computed from the item's schema, never stored."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from copy import deepcopy
from functools import lru_cache
from typing import Any

from mockserver.contract import Schema
from mockserver.errors import ContractError, RecordError
from mockserver.semantics import ListSemantics
from mockserver.values.conforms import conforms
from mockserver.values.generate import generate
from mockserver.values.seeded import draw
from mockserver.values.text import Providers
from mockserver.world.identities import canonical, has_value, identities_of, spelled
from mockserver.world.model import EdgeCase, Find, Record
from mockserver.world.selections import Listed, Periodic

DEFAULT_RECORDS = 120
"""Records of a list that no domain recognises: pages of 50 leave a remainder."""

_PERIOD = 256
_POOL = 6
_CHOICES = 16
_PROVED = 8
_TRIES = 16


class GenericDataset:
    """A list of anything: ``size`` records made from the item's schema (a `model.Dataset`).

    The identity is unique and can be read back. A property that is filtered takes its values from a small pool, in a
    pattern of its own that repeats every `_PERIOD` records: so the matches of any filters are a set of places in the
    period, and counting them over the whole list is a division. Every other value is generated from the record's place.

    A domain may subclass it, and replace `properties_of` or `pool_of`. Raises `ContractError` where the first records
    do not fit the item's schema, `OptionError` where there are fewer distinct identities than records.
    """

    def __init__(self, semantics: ListSemantics, *, seed: str, size: int, providers: Providers = ()) -> None:
        self.size = size
        self.seed = seed
        self._name = semantics.operation.id
        self._providers = providers
        self._schema = semantics.item_schema
        self._generated_schema = _without(self._schema, {*semantics.filters.values(), semantics.identity})
        self._properties = semantics.properties
        self._identity_name = semantics.identity
        self._identities = None if semantics.identity is None else identities_of(semantics, seed, size, providers)
        self._pools = {n: self.pool_of(n) for n in dict.fromkeys(semantics.filters.values()) if n != semantics.identity}
        self._patterns = {n: self._pattern(n) for n in self._pools}
        self._places = lru_cache(1024)(self._matching_places)
        self._prove()

    # What a domain may replace -------------------------------------------------------------------------------------

    def properties_of(self, ordinal: int) -> Record:
        """Return the properties of a record, but for its identity and what is filtered, which replace these.

        It has to be a pure function of the dataset's seed and the ordinal.
        """
        made: Record = self._generate(self._generated_schema, ordinal)
        return made

    def pool_of(self, name: str) -> list[Any]:
        """Return the distinct values that a filtered property takes: all of a short enumeration, else a few."""
        schema = self._properties[name]
        count = 4 * _CHOICES if _is_choice(schema) else _POOL
        made = [self._generate(schema, "pool", name, i) for i in range(count)]
        distinct = {spelled(v): v for v in made}
        return list(distinct.values())[:_CHOICES]

    def cases(self) -> Sequence[EdgeCase]:
        return ()

    # The dataset ---------------------------------------------------------------------------------------------------

    def record(self, ordinal: int) -> Record:
        """Return the record at that place of the list; raises `IndexError` outside it."""
        if not 0 <= ordinal < self.size:
            raise IndexError(ordinal)
        made = self.properties_of(ordinal)
        for name, pool in self._pools.items():
            made[name] = deepcopy(pool[self._patterns[name][ordinal % _PERIOD]])
        if self._identities is not None and self._identity_name is not None:
            made[self._identity_name] = self._identities.write(ordinal)
        return self._ordered(made)

    def select(self, filters: Mapping[str, Any]) -> Listed | Periodic:
        """Return the records whose properties equal all the given values, compared as a query string spells them."""
        wanted = {n: spelled(v) for n, v in filters.items()}
        places = self._places(tuple(sorted((n, v) for n, v in wanted.items() if n != self._identity_name)))
        if self._identities is None or self._identity_name not in wanted:
            whole = len(places) == _PERIOD
            return Listed(range(self.size)) if whole else Periodic(places, _PERIOD, self.size)
        ordinal = self._identities.read(wanted[self._identity_name])
        if ordinal is None or not 0 <= ordinal < self.size or ordinal % _PERIOD not in places:
            return Listed(())
        return Listed((ordinal,))

    def matches(self, record: Mapping[str, Any], filters: Mapping[str, Any]) -> bool:
        return all(has_value(record.get(n), spelled(v), self._properties[n]) for n, v in filters.items())

    def complete(
        self, partial: Mapping[str, Any], index: int, *, taken: Container[str] = (), find: Find | None = None
    ) -> Record:
        """Return a whole record; one with an identity that fits the schema is whole, though it may lack properties."""
        name = self._identity_name
        if name is not None and name not in partial:
            identity = self._free_identity(name, index, taken, find or self._find)
            return self._completed({**partial, name: identity}, index)
        wanted = {} if name is None else {name: canonical(partial[name], self._properties[name])}
        known = (find or self._find)(wanted) if wanted else None
        given = {**(known or {}), **partial}
        return self._ordered(given) if conforms(given, self._schema) else self._completed(given, index)

    def _completed(self, given: Mapping[str, Any], index: int) -> Record:
        """Return a record around the given properties: the first of some tries that fits the schema, else the last."""
        key = spelled(given[self._identity_name]) if self._identity_name is not None else index
        made: Record = {}
        for attempt in range(_TRIES):
            made = self._generate(self._generated_schema, "pinned", key, attempt)
            for name, pool in self._pools.items():
                made[name] = deepcopy(pool[draw(self.seed, self._name, "pinned", key, name, attempt) % len(pool)])
            made |= given
            if conforms(made, self._schema):
                break
        return self._ordered(made)

    def _free_identity(self, name: str, index: int, taken: Container[str], find: Find) -> Any:
        """Return an identity that no record has: one beyond the list's own that is not taken."""
        identities = self._identities
        room = 0 if identities is None else identities.room - self.size
        for turn in range(room):
            value = None if identities is None else identities.write(self.size + (index + turn) % room)
            if value is None:
                break
            text = canonical(value, self._properties[name])
            if text not in taken and find({name: text}) is None:
                return value
        raise RecordError([(name, "it is missing, and the contract allows no further value")])

    def _find(self, wanted: Mapping[str, Any]) -> Record | None:
        found = self.select(wanted)
        return self.record(found.ordinal(0)) if found.count else None

    def _ordered(self, made: Mapping[str, Any]) -> Record:
        """Return a record in the order of the schema's properties."""
        return {n: made[n] for n in self._properties if n in made} | dict(made)

    def _matching_places(self, wanted: tuple[tuple[str, str], ...]) -> tuple[int, ...]:
        places: Sequence[int] = range(_PERIOD)
        for name, value in wanted:
            fitting = {i for i, v in enumerate(self._pools[name]) if has_value(v, value, {})}
            pattern = self._patterns[name]
            places = [p for p in places if pattern[p] in fitting]
        return tuple(places)

    def _generate(self, schema: Schema, *path: str | int) -> Any:
        return generate(schema, seed=self.seed, path=(self._name, *path), providers=self._providers)

    def _pattern(self, name: str) -> bytes:
        """Return which value of the pool stands at each place of the period: shuffled, each equally often."""
        order = sorted(range(_PERIOD), key=lambda place: draw(self.seed, self._name, "pattern", name, place))
        values = bytearray(_PERIOD)
        for turn, place in enumerate(order):
            values[place] = turn % len(self._pools[name])
        return bytes(values)

    def _prove(self) -> None:
        """Fail now, not at a request, where records do not fit the schema once properties are set in them."""
        for ordinal in range(min(self.size, _PROVED)):
            if not conforms(self.record(ordinal), self._schema):
                names = ", ".join([*self._pools, *([self._identity_name] if self._identity_name else [])])
                raise ContractError(self._name, None, f"the item's schema does not let {names} vary on their own")


def _without(schema: Schema, names: set[str | None]) -> Schema:
    """Return a plain object schema without properties that will be set anyway; any other schema as it is."""
    if schema.keys() - {"type", "properties", "required", "title", "description"}:
        return schema
    properties = {n: s for n, s in schema.get("properties", {}).items() if n not in names}
    return {**schema, "properties": properties, "required": [n for n in schema.get("required", ()) if n not in names]}


def _is_choice(schema: Schema) -> bool:
    """Return whether the values are few and named, so that all of them should be seen."""
    return (
        "enum" in schema or "boolean" in schema.get("type", ()) or any(_is_choice(b) for b in schema.get("anyOf", ()))
    )
