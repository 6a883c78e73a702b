"""The dataset of a list that no domain recognises: records are generated from the item's schema."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from copy import deepcopy
from functools import cached_property, lru_cache
from typing import Any

from mockserver.contract import Schema
from mockserver.errors import ContractError, RecordError, listed
from mockserver.semantics import ListSemantics
from mockserver.values.conforms import conforms
from mockserver.values.generate import generate
from mockserver.values.seeded import draw
from mockserver.values.text import Providers
from mockserver.world.identities import Identities, canonical, has_value, identities_of, spelled
from mockserver.world.model import EdgeCase, Find, Record
from mockserver.world.selections import Ordinals, Periodic

DEFAULT_RECORDS = 120
"""The default number of records. With pages of 50, the last page is shorter than the others."""

_PERIOD = 256
_POOL = 6
_MAX_POOL = 16
_CHECKED_RECORDS = 8
_TRIES = 16


class GenericDataset:
    """A list of ``size`` records generated from the item's schema (a `model.Dataset`).

    Identities are unique and can be mapped back to ordinals. A filtered property takes its values from a small pool, in
    a pattern of its own that repeats every `_PERIOD` records. So the matches of any filters are a set of places in the
    period, and counting them over the whole list is a division. All other values are generated from the ordinal.

    Everything is made at its first use, so that a contract with a thousand lists starts at once. Records raise
    `ContractError` if the item's schema cannot be met. A domain may subclass it and override `properties_of`,
    `pool_of` or `record`.
    """

    def __init__(self, semantics: ListSemantics, *, seed: str, size: int, providers: Providers = ()) -> None:
        self.seed = seed
        self._asked_size = size
        self._semantics = semantics
        self._name = semantics.operation.id
        self._providers = providers
        self._schema = semantics.item_schema
        self._properties = semantics.properties
        self._identity_name = semantics.identity
        self._places = lru_cache(1024)(self._matching_places)
        self._is_checked = False

    @cached_property
    def size(self) -> int:
        """The number of records: as many as were asked for, or as there are distinct identities."""
        return self._asked_size if self._identities is None else min(self._asked_size, self._identities.room)

    @cached_property
    def _identities(self) -> Identities | None:
        if self._identity_name is None:
            return None
        return identities_of(self._semantics, self.seed, self._asked_size, self._providers)

    @cached_property
    def _generated_schema(self) -> Schema:
        return _without(self._schema, {*self._semantics.filters.values(), self._identity_name})

    @cached_property
    def _pools(self) -> dict[str, list[Any]]:
        names = dict.fromkeys(self._semantics.filters.values())
        return {name: self.pool_of(name) for name in names if name != self._identity_name}

    @cached_property
    def _patterns(self) -> dict[str, bytes]:
        return {name: self._pattern(name) for name in self._pools}

    # What a domain may override ------------------------------------------------------------------------------------

    def properties_of(self, ordinal: int) -> Record:
        """Return the properties of a record; its identity and its filtered properties are replaced afterwards.

        The result must depend on the dataset's seed and the ordinal alone.
        """
        made: Record = self._generate(self._generated_schema, ordinal)
        return made

    def pool_of(self, name: str) -> list[Any]:
        """Return the distinct values that a filtered property takes: all of a short enumeration, otherwise a few."""
        schema = self._properties[name]
        count = 4 * _MAX_POOL if _is_choice(schema) else _POOL
        made = [self._generate(schema, "pool", name, i) for i in range(count)]
        distinct = {spelled(v): v for v in made}
        return list(distinct.values())[:_MAX_POOL]

    def cases(self) -> Sequence[EdgeCase]:
        return ()

    # The dataset ---------------------------------------------------------------------------------------------------

    def record(self, ordinal: int) -> Record:
        """Return the record at this ordinal. Raises `IndexError` outside the list, and `ContractError`."""
        if not 0 <= ordinal < self.size:
            raise IndexError(ordinal)
        if not self._is_checked:
            self._is_checked = True
            self._check_first_records()
        made = self.properties_of(ordinal)
        for name, pool in self._pools.items():
            made[name] = deepcopy(pool[self._patterns[name][ordinal % _PERIOD]])
        if self._identities is not None and self._identity_name is not None:
            made[self._identity_name] = self._identities.write(ordinal)
        return self._ordered(made)

    def select(self, filters: Mapping[str, Any]) -> Ordinals | Periodic:
        """Return the records whose properties have all the given values, compared as a query string spells them."""
        texts = {n: spelled(v) for n, v in filters.items()}
        places = self._places(tuple(sorted((n, v) for n, v in texts.items() if n != self._identity_name)))
        if self._identities is None or self._identity_name not in texts:
            if len(places) == _PERIOD:
                return Ordinals(range(self.size))
            return Periodic(places, _PERIOD, self.size)
        ordinal = self._identities.read(texts[self._identity_name])
        if ordinal is None or not 0 <= ordinal < self.size or ordinal % _PERIOD not in places:
            return Ordinals(())
        return Ordinals((ordinal,))

    def matches(self, record: Mapping[str, Any], filters: Mapping[str, Any]) -> bool:
        return all(has_value(record.get(n), spelled(v), self._properties[n]) for n, v in filters.items())

    def complete(
        self, partial: Mapping[str, Any], index: int, *, taken: Container[str] = (), find: Find | None = None
    ) -> Record:
        """Return a complete record. One that has its identity and fits the schema is returned as it is."""
        name = self._identity_name
        if name is not None and name not in partial:
            identity = self._free_identity(name, index, taken, find or self._find)
            return self._completed({**partial, name: identity}, index)
        known = None
        if name is not None:
            known = (find or self._find)({name: canonical(partial[name], self._properties[name])})
        given = {**(known or {}), **partial}
        return self._ordered(given) if conforms(given, self._schema) else self._completed(given, index)

    def _completed(self, given: Mapping[str, Any], index: int) -> Record:
        """Return a record with the given properties: the first of `_TRIES` that fits the schema, else the last."""
        key = spelled(given[self._identity_name]) if self._identity_name is not None else index
        made: Record = {}
        for attempt in range(_TRIES):
            # The word "pinned" is part of the key path: another one would change the records of every user.
            made = self._generate(self._generated_schema, "pinned", key, attempt)
            for name, pool in self._pools.items():
                made[name] = deepcopy(pool[draw(self.seed, self._name, "pinned", key, name, attempt) % len(pool)])
            made |= given
            if conforms(made, self._schema):
                break
        return self._ordered(made)

    def _free_identity(self, name: str, index: int, taken: Container[str], find: Find) -> Any:
        """Return an identity that no record has. Raises `RecordError` if the contract allows no further one."""
        identities = self._identities
        room = 0 if identities is None else identities.room - self.size
        for turn in range(room):
            value = None if identities is None else identities.write(self.size + (index + turn) % room)
            if value is None:
                break
            text = canonical(value, self._properties[name])
            if text not in taken and find({name: text}) is None:
                return value
        raise RecordError([(name, "it is missing, and all values that the contract allows are in use")])

    def _find(self, filters: Mapping[str, Any]) -> Record | None:
        found = self.select(filters)
        return self.record(found.ordinal(0)) if found.count else None

    def _ordered(self, made: Mapping[str, Any]) -> Record:
        """Return a record with its properties in the order of the schema."""
        return {n: made[n] for n in self._properties if n in made} | dict(made)

    def _matching_places(self, filters: tuple[tuple[str, str], ...]) -> tuple[int, ...]:
        """Return the places in a period whose records match the filters (name and spelling)."""
        places: Sequence[int] = range(_PERIOD)
        for name, text in filters:
            fitting = {i for i, v in enumerate(self._pools[name]) if has_value(v, text, {})}
            pattern = self._patterns[name]
            places = [p for p in places if pattern[p] in fitting]
        return tuple(places)

    def _generate(self, schema: Schema, *path: str | int) -> Any:
        return generate(schema, seed=self.seed, path=(self._name, *path), providers=self._providers)

    def _pattern(self, name: str) -> bytes:
        """Return the index into the pool for each place of the period: shuffled, each value equally often."""
        order = sorted(range(_PERIOD), key=lambda place: draw(self.seed, self._name, "pattern", name, place))
        values = bytearray(_PERIOD)
        for turn, place in enumerate(order):
            values[place] = turn % len(self._pools[name])
        return bytes(values)

    def _check_first_records(self) -> None:
        """Raise `ContractError` if records do not fit the schema, because some properties vary independently."""
        for ordinal in range(min(self.size, _CHECKED_RECORDS)):
            if not conforms(self.record(ordinal), self._schema):
                names = list(self._pools)
                if self._identity_name is not None:
                    names.append(self._identity_name)
                self._is_checked = False
                problem = f"the item's schema does not allow {listed(names)} to vary independently of the others"
                raise ContractError(self._name, None, problem)


def _without(schema: Schema, names: set[str | None]) -> Schema:
    """Return a plain object schema without properties that are replaced anyway; any other schema as it is."""
    if schema.keys() - {"type", "properties", "required", "title", "description"}:
        return schema
    properties = {n: s for n, s in schema.get("properties", {}).items() if n not in names}
    return {**schema, "properties": properties, "required": [n for n in schema.get("required", ()) if n not in names]}


def _is_choice(schema: Schema) -> bool:
    """Return whether a schema lists its values, so that all of them should occur."""
    if "enum" in schema or "boolean" in schema.get("type", ()):
        return True
    return any(_is_choice(branch) for branch in schema.get("anyOf", ()))
