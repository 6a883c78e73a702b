"""A list of anything as a dataset: the one-dimension case, made from the item's schema and never stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from mockserver.draws import draw
from mockserver.errors import ContractError
from mockserver.fake import fake_value
from mockserver.fits import Schema, fits
from mockserver.identities import identity_of, spelled
from mockserver.providers import wallet_provider
from mockserver.selections import Listed, Periodic

if TYPE_CHECKING:
    from mockserver.semantics import ListSemantics

DEFAULT_RECORDS = 120
"""Records of a list that is not of balances: pages of 50 leave a remainder."""

_PROVIDERS = (wallet_provider,)
_PERIOD = 256
_POOL = 6
_CHOICES = 16
_PROVED = 8


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
        # What is set here takes the place in the schema's order that it has there.
        return {n: made[n] for n in self._properties if n in made} | made

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

    def _matching_places(self, wanted: tuple[tuple[str, str], ...]) -> tuple[int, ...]:
        places: Sequence[int] = range(_PERIOD)
        for name, value in wanted:
            fitting = {i for i, v in enumerate(self._pools[name]) if _matches(v, value)}
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


def _matches(value: Any, wanted: str) -> bool:
    """Whether a record's value is the wanted one, or, of a list, holds it. Null is never wanted."""
    if isinstance(value, list):
        return any(_matches(v, wanted) for v in value)
    return value is not None and spelled(value) == wanted
