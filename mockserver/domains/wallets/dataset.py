"""Balances as a dataset: the wallets of one principal times the tokens that they hold, computed and never stored.

The record key of a balance is (wallet, token); every value is a hash of the seed, that key and the field. Ids are
permutations that can be read back, and what matches is counted by `holdings`: nothing grows with the world.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from hashlib import blake2b
from struct import Struct
from typing import TYPE_CHECKING, Any, NamedTuple

from mockserver.domains.wallets import Completion, Find, Wallets
from mockserver.domains.wallets.holdings import (
    CASES,
    HELD,
    KINDS,
    NULLABLE,
    Holding,
    Spread,
    balances_of,
    kind_of,
    matching,
    wallets_of,
)
from mockserver.domains.wallets.tokens import (
    CHAIN_BY_ID,
    CHAIN_IDS_BY_TYPE,
    TOKEN_BY_ID,
    Token,
    plausible_units,
    wallet_provider,
    write_amount,
)
from mockserver.errors import ContractError
from mockserver.values.generate import fake_value
from mockserver.values.instants import instant
from mockserver.values.seeded import UUID_BITS, Permutation, draw, read_uuid, write_uuid
from mockserver.world.identities import is_wanted
from mockserver.world.selections import Listed

if TYPE_CHECKING:
    from mockserver.semantics import ListSemantics

DEFAULT_WALLETS = 14
"""Wallets of the default world: the awkward ones and one block of ordinary ones, 173 balances together."""

REQUIRED = ("id", "wallet_uuid", "cobo_wallet_id", "user_id", "address", "token_id", "amount", "updated_at")
"""The properties that tell that an item is a balance."""

FILTERS = ("id", "wallet_uuid", "cobo_wallet_id", "user_id", "address", "token_id", "chain_id", "chain_type")
"""The properties that balances can be filtered by."""

_PROPERTIES = (*REQUIRED, *NULLABLE, "compatible_chains")
# What a property of a balance may say besides its type; whatever narrows it further makes it something else.
_PLAIN_WORDS = frozenset(("type", "format", "items", "title", "description", "default", "example", "examples"))
_THIRTY_DAYS = 30 * 24 * 3600
_DRAWS = Struct("<QQQQQQQ")
# 2^53 + 1 whole BONK, which have five decimals, and a remainder.
_FIXED_UNITS = {"zero": 0, "dust": 1, "huge": (2**53 + 1) * 10**5 + 12345}


def recognises(semantics: ListSemantics) -> bool:
    """Whether the items are balances: all the required properties of one are there, and none says anything unusual."""
    properties = semantics.properties
    return set(REQUIRED) <= set(properties) and all(
        _is_plain(properties[name], "array" if name == "compatible_chains" else "string")
        for name in _PROPERTIES
        if name in properties
    )


def _is_plain(schema: Mapping[str, Any], kind: str) -> bool:
    branches = [b for b in schema.get("anyOf", ()) if b.get("type") != "null"]
    if len(branches) == 1:
        schema = {**{k: v for k, v in schema.items() if k != "anyOf"}, **branches[0]}
    return kind in _types(schema) and all(word in _PLAIN_WORDS or word.startswith("x-") for word in schema)


def _types(schema: Mapping[str, Any]) -> set[str]:
    declared = schema.get("type", ())
    inner = (_types(b) for b in schema.get("anyOf", ()))
    return {declared} if isinstance(declared, str) else set(declared).union(*inner)


class _Narrowed(NamedTuple):
    """What a filter leaves: one wallet or, with ``None``, all of them; and the traits that a holding must have."""

    wallet: int | None
    traits: Mapping[str, Any] = {}


class BalanceDataset:
    """The balances that a principal's wallets hold: a `world.Dataset` for an operation that `recognises` accepts.

    ``size`` cuts the endless list after that many balances, amid a wallet if need be; without it the first ``wallets``
    wallets are shown whole. Raises `ContractError` for a filter on a property that none of `FILTERS` is.
    """

    def __init__(self, semantics: ListSemantics, *, seed: str, wallets: int, size: int | None = None) -> None:
        _check_filters(semantics)
        self.size = balances_of(wallets) if size is None else size
        self.wallets = wallets if size is None else wallets_of(size)
        self.names = Wallets(self.wallets, seed=seed)
        self.principal = write_uuid(draw(seed, "principal") >> 6)
        self._seed = seed
        self._salted = blake2b(draw(seed, "balances").to_bytes(16, "little"), digest_size=_DRAWS.size)
        self._ids = Permutation(UUID_BITS, seed=seed, name="balance id")
        self._properties = semantics.properties
        self._blank: dict[str, Any] = dict.fromkeys(self._properties)
        self._completion = Completion(seed, self.principal, self.names, self._properties)
        self._extra = tuple(n for n in self._properties if n not in _PROPERTIES)
        self._absent = tuple(n for n in _PROPERTIES if n not in self._properties)
        self._nulls = frozenset(n for n in NULLABLE if "null" in _types(self._properties.get(n, {})))
        self._narrow: dict[str, Callable[[str], _Narrowed | None]] = {
            "id": self._by_id,
            "wallet_uuid": lambda text: _one(self.names.by_uuid(text)),
            "cobo_wallet_id": lambda text: _one(self.names.by_cobo_id(text)),
            "user_id": lambda text: _Narrowed(None) if text == self.principal else None,
            "address": self._by_address,
            "token_id": lambda text: _Narrowed(None, {"token_id": text}) if text in TOKEN_BY_ID else None,
            "chain_id": lambda text: _Narrowed(None, {"chain_id": text}) if text in CHAIN_BY_ID else None,
            "chain_type": lambda text: _Narrowed(None, {"chain_type": text}) if text in CHAIN_IDS_BY_TYPE else None,
        }

    def select(self, filters: Mapping[str, Any]) -> Listed | Spread:
        """The balances whose properties equal all the given values; null and unknown values select nothing."""
        wallets: set[int] = set()
        traits: dict[str, Any] = {}
        for name, value in filters.items():
            found = self._narrow[name](value) if isinstance(value, str) else None
            if found is None:
                return Listed(())
            traits |= found.traits
            wallets |= set() if found.wallet is None else {found.wallet}
        if len(wallets) > 1:
            return Listed(())
        if not wallets and not traits:
            return Listed(range(self.size))
        matches = matching(tuple(sorted(traits.items())), self._nulls)
        if not wallets:
            return Spread(matches, self.size)
        wallet = wallets.pop()
        first = HELD.before(wallet)
        return Listed(tuple(first + slot for slot in matches.slots(wallet) if first + slot < self.size))

    def record(self, ordinal: int) -> dict[str, Any]:
        """The balance at that place of the whole list; `IndexError` outside it."""
        if not 0 <= ordinal < self.size:
            raise IndexError(ordinal)
        wallet, slot = HELD.locate(ordinal)
        return self._shaped(self._balance(wallet, KINDS[kind_of(wallet)][slot]))

    def matches(self, record: Mapping[str, Any], filters: Mapping[str, Any]) -> bool:
        """See `world.Dataset.matches`."""
        values = ((record.get(name), value, self._properties[name]) for name, value in filters.items())
        return all(isinstance(value, str) and is_wanted(found, value, schema) for found, value, schema in values)

    def complete(
        self,
        partial: Mapping[str, Any],
        index: int,
        *,
        taken: Container[str] = (),
        find: Find | None = None,
    ) -> dict[str, Any]:
        """See `world.Dataset.complete`: a wallet has its names, a token its chains, a total its parts."""
        made = self._shaped(self._completion.whole(partial, index, taken, find or self._find))
        # Of what nobody knows null is said only where the contract has it.
        unknown = {n for n in NULLABLE if n in made and made[n] is None} - self._nulls - partial.keys()
        return {name: value for name, value in made.items() if name not in unknown}

    def _shaped(self, made: dict[str, Any]) -> dict[str, Any]:
        """A balance as the contract has it; the blank record gives the order, which is the schema's."""
        shaped = self._blank | made
        for name in self._absent:
            shaped.pop(name, None)
        for name in self._extra:
            if name not in made:
                schema, path = self._properties[name], ("balances", made["id"], name)
                shaped[name] = fake_value(schema, seed=self._seed, path=path, providers=(wallet_provider,))
        return shaped

    def _find(self, names: Mapping[str, Any]) -> dict[str, Any] | None:
        found = self.select(names)
        return self.record(found.ordinal(0)) if found.count else None

    def _balance(self, wallet: int, holding: Holding) -> dict[str, Any]:
        token, case = holding
        chain = token.chain
        drawn = self._salted.copy()
        drawn.update(b"%d %d" % (wallet, token.number))
        low, high, pending, locked, share, age, delay = _DRAWS.unpack(drawn.digest())
        units = _units(case, token, low | high << 64, pending, locked, share)
        synced = self._batch_age(wallet) if case == "together" else 60 + age % _THIRTY_DAYS
        made = {
            "id": write_uuid(self._ids(wallet << 16 | token.number)),
            "wallet_uuid": self.names.uuid(wallet),
            "cobo_wallet_id": self.names.cobo_id(wallet),
            "user_id": self.principal,
            "address": self.names.address(wallet, chain.type),
            "token_id": token.id,
            "amount": write_amount(units[0], token.decimals),
            "updated_at": instant(synced if case == "together" else synced - delay % 60),
            "chain_id": chain.id,
            "chain_type": chain.type,
            "compatible_chains": [] if case == "alone" else list(CHAIN_IDS_BY_TYPE[chain.type]),
            "total": write_amount(sum(units), token.decimals),
            "pending": write_amount(units[1], token.decimals),
            "locked": write_amount(units[2], token.decimals),
            "balance_updated_at": instant(synced),
        }
        return made if case != "nulls" else made | dict.fromkeys(self._nulls)

    def _batch_age(self, wallet: int) -> int:
        return 60 + draw(self._seed, "balances", wallet, "synced") % _THIRTY_DAYS

    def _by_id(self, text: str) -> _Narrowed | None:
        bits = read_uuid(text)
        if bits is None:
            return None
        wallet, number = divmod(self._ids.back(bits), 1 << 16)
        return _Narrowed(wallet, {"number": number}) if wallet < self.wallets else None

    def _by_address(self, text: str) -> _Narrowed | None:
        found = self.names.by_address(text)
        return None if found is None else _Narrowed(found[0], {"standard": found[1]})


def _one(wallet: int | None) -> _Narrowed | None:
    return None if wallet is None else _Narrowed(wallet)


def _check_filters(semantics: ListSemantics) -> None:
    for parameter, name in semantics.filters.items():
        if name not in FILTERS:
            where = f"{semantics.operation.method} {semantics.operation.path}"
            can = ", ".join(FILTERS)
            raise ContractError(where, None, f"'{parameter}' filters balances by '{name}'; the mock can by: {can}")


def _units(case: str, token: Token, amount: int, pending: int, locked: int, share: int) -> tuple[int, int, int]:
    """Amount, pending and locked in smallest units. A quarter of the balances have something pending, a quarter
    something locked.
    """
    if case in _FIXED_UNITS:
        return _FIXED_UNITS[case], 0, 0
    return (
        plausible_units(amount, token.decimals),
        0 if share & 3 else plausible_units(pending, token.decimals) // 10,
        0 if share & 12 else plausible_units(locked, token.decimals) // 10,
    )


class AwkwardCase(NamedTuple):
    """One case of the README's table: what it is, the wallet that shows it, and what is to be seen there."""

    name: str
    wallet_uuid: str
    see: str


def awkward_cases(dataset: BalanceDataset) -> list[AwkwardCase]:
    """The awkward cases that a dataset holds, in the order of their wallets: the first wallets of every world."""
    shown = CASES[: dataset.wallets]
    return [AwkwardCase(case.name, dataset.names.uuid(wallet), case.see) for wallet, case in enumerate(shown)]
