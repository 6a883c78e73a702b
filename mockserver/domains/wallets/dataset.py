"""The dataset of balances: the wallets of one principal, and the tokens that each of them holds.

The key of a balance is (wallet, token); every value is computed from the seed, this key and the field. Ids are
permutations that can be inverted, and `holdings` counts matches, so no cost grows with the number of wallets.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from hashlib import blake2b
from struct import Struct
from typing import Any, NamedTuple

from mockserver.domains.wallets.amounts import plausible_units, write_amount
from mockserver.domains.wallets.completion import BalanceCompletion
from mockserver.domains.wallets.holdings import (
    BALANCES,
    CASES,
    KINDS,
    Holding,
    MatchingHoldings,
    balances_of,
    kind_of,
    matching,
    wallets_of,
)
from mockserver.domains.wallets.names import WalletNames
from mockserver.domains.wallets.properties import NULLABLE, PROPERTIES, types_of
from mockserver.domains.wallets.tokens import CHAIN_BY_ID, CHAIN_IDS_BY_TYPE, TOKEN_BY_ID, Token
from mockserver.errors import ContractError, listed
from mockserver.semantics import ListSemantics
from mockserver.values.generate import generate
from mockserver.values.instants import instant
from mockserver.values.seeded import UUID_BITS, Permutation, draw, read_uuid, write_uuid
from mockserver.values.text import Providers
from mockserver.world.identities import has_value
from mockserver.world.model import EdgeCase, Find, Record
from mockserver.world.selections import Ordinals

FILTERS = ("id", "wallet_uuid", "cobo_wallet_id", "user_id", "address", "token_id", "chain_id", "chain_type")
"""The properties that balances can be filtered by."""

_THIRTY_DAYS = 30 * 24 * 3600
# The random numbers of one balance, as `_balance` names them.
_NUMBERS = Struct("<QQQQQQQ")
# The huge amount is 2^53 + 1 BONK, which has five decimals, and a fraction.
_FIXED_UNITS = {"zero": 0, "dust": 1, "huge": (2**53 + 1) * 10**5 + 12345}


class _Constraint(NamedTuple):
    """What a filter demands of a balance: its wallet (``None``: any), and traits of its holding."""

    wallet: int | None
    traits: Mapping[str, Any] = {}


class BalanceDataset:
    """The balances in a principal's wallets (a `world.model.Dataset`).

    Without ``size``, it has all balances of the first ``wallets`` wallets. With ``size``, it has this number of
    balances, and the last wallet may be cut. Raises `ContractError` for a filter on a property not in `FILTERS`.
    """

    def __init__(
        self, semantics: ListSemantics, *, seed: str, wallets: int, size: int | None = None, providers: Providers = ()
    ) -> None:
        _check_filters(semantics)
        self.size = balances_of(wallets) if size is None else size
        self.wallets = wallets if size is None else wallets_of(size)
        self.names = WalletNames(self.wallets, seed=seed)
        self.principal = write_uuid(draw(seed, "principal") >> 6)
        self._seed = seed
        self._providers = providers
        self._seeded_hash = blake2b(draw(seed, "balances").to_bytes(16, "little"), digest_size=_NUMBERS.size)
        self._ids = Permutation(UUID_BITS, seed=seed, name="balance id")
        self._properties = semantics.properties
        self._blank: dict[str, Any] = dict.fromkeys(self._properties)
        self._completion = BalanceCompletion(seed, self.principal, self.names, self._properties)
        self._extra = tuple(n for n in self._properties if n not in PROPERTIES)
        self._absent = tuple(n for n in PROPERTIES if n not in self._properties)
        self._nulls = frozenset(n for n in NULLABLE if "null" in types_of(self._properties.get(n, {})))
        self._constraints: dict[str, Callable[[str], _Constraint | None]] = {
            "id": self._by_id,
            "wallet_uuid": lambda text: _of_wallet(self.names.by_uuid(text)),
            "cobo_wallet_id": lambda text: _of_wallet(self.names.by_cobo_id(text)),
            "user_id": lambda text: _Constraint(None) if text == self.principal else None,
            "address": self._by_address,
            "token_id": lambda text: _Constraint(None, {"token_id": text}) if text in TOKEN_BY_ID else None,
            "chain_id": lambda text: _Constraint(None, {"chain_id": text}) if text in CHAIN_BY_ID else None,
            "chain_type": lambda text: _Constraint(None, {"chain_type": text}) if text in CHAIN_IDS_BY_TYPE else None,
        }

    def select(self, filters: Mapping[str, Any]) -> Ordinals | MatchingHoldings:
        """Return the balances whose properties have all the given values; null and unknown values match nothing."""
        wallets: set[int] = set()
        traits: dict[str, Any] = {}
        for name, value in filters.items():
            found = self._constraints[name](value) if isinstance(value, str) else None
            if found is None:
                return Ordinals(())
            traits |= found.traits
            if found.wallet is not None:
                wallets.add(found.wallet)
        if len(wallets) > 1:
            return Ordinals(())
        if not wallets and not traits:
            return Ordinals(range(self.size))
        matches = matching(tuple(sorted(traits.items())), self._nulls)
        if not wallets:
            return MatchingHoldings(matches, self.size)
        wallet = wallets.pop()
        first = BALANCES.before(wallet)
        return Ordinals(tuple(first + slot for slot in matches.slots(wallet) if first + slot < self.size))

    def record(self, ordinal: int) -> dict[str, Any]:
        """Return the balance at this ordinal. Raises `IndexError` outside the list."""
        if not 0 <= ordinal < self.size:
            raise IndexError(ordinal)
        wallet, slot = BALANCES.locate(ordinal)
        return self._shaped(self._balance(wallet, KINDS[kind_of(wallet)][slot]))

    def cases(self) -> Sequence[EdgeCase]:
        """Return the edge cases: the first wallets of every world, if the dataset has them."""
        present = CASES[: self.wallets]
        return [
            EdgeCase(case.name, {"wallet_uuid": self.names.uuid(wallet)}, case.see)
            for wallet, case in enumerate(present)
        ]

    def matches(self, record: Mapping[str, Any], filters: Mapping[str, Any]) -> bool:
        values = ((record.get(name), value, self._properties[name]) for name, value in filters.items())
        return all(isinstance(value, str) and has_value(found, value, schema) for found, value, schema in values)

    def complete(
        self,
        partial: Mapping[str, Any],
        index: int,
        *,
        taken: Container[str] = (),
        find: Find | None = None,
    ) -> dict[str, Any]:
        """Return a complete balance: a wallet gets its names, a token its chain, a total its parts."""
        made = self._shaped(self._completion.complete(partial, index, taken, find or self._find))
        # An unknown value is null if the contract allows null; otherwise the property is left out.
        unknown = {n for n in NULLABLE if n in made and made[n] is None} - self._nulls - partial.keys()
        return {name: value for name, value in made.items() if name not in unknown}

    def _shaped(self, made: dict[str, Any]) -> dict[str, Any]:
        """Return a balance with the properties of the contract, in the order of the schema."""
        shaped = self._blank | made
        for name in self._absent:
            shaped.pop(name, None)
        for name in self._extra:
            if name not in made:
                schema, path = self._properties[name], ("balances", made["id"], name)
                shaped[name] = generate(schema, seed=self._seed, path=path, providers=self._providers)
        return shaped

    def _find(self, filters: Mapping[str, Any]) -> Record | None:
        found = self.select(filters)
        return self.record(found.ordinal(0)) if found.count else None

    def _balance(self, wallet: int, holding: Holding) -> dict[str, Any]:
        token, case = holding
        chain = token.chain
        hashed = self._seeded_hash.copy()
        hashed.update(b"%d %d" % (wallet, token.number))
        low, high, pending, locked, share, age, delay = _NUMBERS.unpack(hashed.digest())
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

    def _by_id(self, text: str) -> _Constraint | None:
        bits = read_uuid(text)
        if bits is None:
            return None
        wallet, number = divmod(self._ids.inverse(bits), 1 << 16)
        return _Constraint(wallet, {"number": number}) if wallet < self.wallets else None

    def _by_address(self, text: str) -> _Constraint | None:
        found = self.names.by_address(text)
        return None if found is None else _Constraint(found[0], {"standard": found[1]})


def _of_wallet(wallet: int | None) -> _Constraint | None:
    return None if wallet is None else _Constraint(wallet)


def _check_filters(semantics: ListSemantics) -> None:
    for parameter, name in semantics.filters.items():
        if name not in FILTERS:
            where = f"{semantics.operation.method} {semantics.operation.path}"
            unsupported = f"'{parameter}' filters balances by '{name}', which is not supported"
            raise ContractError(where, None, f"{unsupported}; available: {listed(FILTERS)}")


def _units(case: str, token: Token, amount: int, pending: int, locked: int, share: int) -> tuple[int, int, int]:
    """Return amount, pending and locked in smallest units; the last two are 0 in three of four balances.

    The last four arguments are random numbers.
    """
    if case in _FIXED_UNITS:
        return _FIXED_UNITS[case], 0, 0
    return (
        plausible_units(amount, token.decimals),
        0 if share & 3 else plausible_units(pending, token.decimals) // 10,
        0 if share & 12 else plausible_units(locked, token.decimals) // 10,
    )
