"""A balance that is told in part, completed: a wallet has its names, a token its chains, a total its parts."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Container, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from mockserver.domains.wallets.addresses import read_address
from mockserver.domains.wallets.amounts import plausible_units, write_amount
from mockserver.domains.wallets.names import Wallets
from mockserver.domains.wallets.tokens import CHAIN_BY_ID, CHAIN_IDS_BY_TYPE, TOKEN_BY_ID, TOKENS
from mockserver.errors import RecordError
from mockserver.values.instants import instant
from mockserver.values.seeded import draw, write_uuid

Balance = Mapping[str, Any]
Find = Callable[[Mapping[str, Any]], dict[str, Any] | None]

_CHAIN_FIELDS = ("chain_id", "chain_type", "compatible_chains")
_PARTS = ("amount", "pending", "locked")
_AMOUNTS = (*_PARTS, "total")
_TIMES = ("updated_at", "balance_updated_at")
_AMOUNT = re.compile(r"(?:0|[1-9][0-9]{0,999})(?:\.[0-9]{1,1000})?", re.ASCII)
_THIRTY_DAYS = 30 * 24 * 3600


@dataclass(frozen=True)
class Completion:
    """Completes balances of one principal. ``properties`` are those of the contract."""

    seed: str
    principal: str
    names: Wallets
    properties: Collection[str]

    def whole(self, told: Balance, index: int, taken: Container[str], find: Find) -> dict[str, Any]:
        """The balance with every property, in any order; see `world.Dataset.complete`.

        What names a balance of the world, by its id or by wallet and token, is that balance, changed: what is not told
        stays. Raises `RecordError`.
        """
        known = find({"id": str(told.get("id")).lower()})
        token_id = told.get("token_id") or (known["token_id"] if known else _some_token(told, index))
        wallet = told.get("wallet_uuid") or (known["wallet_uuid"] if known else self.names.told(told))
        if known is None and "id" not in told:
            held = find({"wallet_uuid": wallet.lower(), "token_id": token_id, **_own_chain(told, token_id)})
            known = None if held is None or held["id"] in taken else held
        said = {**_kept_of(known, told, wallet, token_id), **told}
        chains, standard = _chains_of(said, token_id)
        cobo_id, address = self.names.named(wallet, standard)
        names = {"wallet_uuid": wallet, "cobo_wallet_id": cobo_id, "user_id": self.principal, "address": address}
        made = {**names, "token_id": token_id, **chains, **said}
        if "id" not in made:
            made["id"] = self._free_id((wallet.lower(), token_id, str(made["chain_id"])), index, taken, find)
        clash = self.names.clash(made)
        if clash:
            raise RecordError([("address", clash)])
        return made | self._numbers(made, known)

    def _free_id(self, key: tuple[str, str, str], index: int, taken: Container[str], find: Find) -> str:
        """An id that the world has not: the same for the same wallet, token and chain, while that is free."""
        found, again = self._drawn_id(*key), count()
        while found in taken or find({"id": found}) is not None:
            found = self._drawn_id(*key, index, next(again))
        return found

    def _drawn_id(self, *key: str | int) -> str:
        return write_uuid(draw(self.seed, "strange balance", *key) >> 6)

    def _numbers(self, made: Balance, known: Balance | None) -> dict[str, Any]:
        """Amounts and times that are not said: those that a balance which is changed had, else such as others have."""
        token_id = made["token_id"]
        drawn = draw(self.seed, "strange balance", made["id"])
        age = 120 + (drawn >> 64) % _THIRTY_DAYS
        times = {"updated_at": instant(age - 60), "balance_updated_at": instant(age)}
        decimals = TOKEN_BY_ID[token_id].decimals if token_id in TOKEN_BY_ID else 6
        amount = write_amount(plausible_units(drawn, decimals), decimals)
        if known is not None:
            times |= {name: known[name] for name in times if name in known}
            amount = (known["token_id"] == token_id and known.get("amount")) or amount
        return {**_amounts_of(made, token_id, amount, self.properties), **_times_of(made, times)}


def _kept_of(known: Balance | None, balance: Balance, wallet_uuid: str, token_id: str) -> dict[str, Any]:
    """What a balance that changes a known one leaves as it was: of what belongs together all, or nothing."""
    if known is None:
        return {}
    changed = set(balance)
    for group in (_CHAIN_FIELDS, _AMOUNTS, _TIMES):
        changed |= set(group) if changed & set(group) else set()
    changed |= {*_CHAIN_FIELDS, *_AMOUNTS} if known["token_id"] != token_id else set()
    changed |= {"cobo_wallet_id", "address"} if known["wallet_uuid"].lower() != wallet_uuid.lower() else set()
    changed |= {"address"} if "chain_type" in changed else set()
    return {name: value for name, value in known.items() if name not in changed}


def _own_chain(balance: Balance, token_id: str) -> dict[str, Any]:
    """The chain by which a token is told apart, where the mock does not know on which one it is."""
    chain_id = balance.get("chain_id")
    return {} if token_id in TOKEN_BY_ID or chain_id is None else {"chain_id": chain_id}


def _some_token(balance: Balance, index: int) -> str:
    """The id of a token for a balance that names none: one of its chain, or of its address's type; others by turns."""
    chain_id, chain_type = balance.get("chain_id"), balance.get("chain_type")
    if chain_id is not None and chain_id not in CHAIN_BY_ID:
        return str(chain_id)
    chain_type = chain_type or (read_address(balance.get("address") or "") or (None,))[0]
    fitting = [t.id for t in TOKENS if chain_id in (None, t.chain.id) and chain_type in (None, t.chain.type)]
    fitting = fitting or [t.id for t in TOKENS if chain_id in (None, t.chain.id)]
    return fitting[index % len(fitting)]


def _chains_of(balance: Balance, token_id: str) -> tuple[dict[str, Any], str]:
    """The `_CHAIN_FIELDS` of a balance, null and empty where nobody knows; and the type of its address all the same."""
    token = TOKEN_BY_ID.get(token_id)
    own = None if token is None else token.chain
    chain = CHAIN_BY_ID.get(balance.get("chain_id") or "", own)
    chain_type = balance.get("chain_type") or (None if chain is None else chain.type)
    compatible = list(CHAIN_IDS_BY_TYPE.get(chain_type or "", ()))
    shown = {"chain_id": None if chain is None else chain.id, "chain_type": chain_type, "compatible_chains": compatible}
    return shown, chain_type or "ETH"


def _amounts_of(balance: Balance, token_id: str, likely: str, there: Collection[str]) -> dict[str, str]:
    """The amounts that a balance does not say, so that its total is the sum of its parts.

    A total without all its parts leaves the rest to the first that is missing; ``likely`` is the amount where neither
    is told. ``there`` are the properties that the contract has. Raises `RecordError` for what cannot be.
    """
    told = {n: balance[n] for n in _AMOUNTS if balance.get(n) is not None}
    token = TOKEN_BY_ID.get(token_id)
    decimals = None if token is None else token.decimals
    faults = [(n, problem) for n, text in told.items() if (problem := _amount_problem(text, token_id, decimals))]
    if faults:
        raise RecordError(faults)
    if not told.keys() & {"amount", "total"} and "amount" not in balance:
        told["amount"] = likely
    scale = max([decimals or 0, *(len(text.partition(".")[2]) for text in told.values())])
    units = {n: _units(text, scale) for n, text in told.items()}
    missing = [n for n in _PARTS if n not in balance and n not in told and n in there]
    rest = units.get("total", 0) - sum(units.get(n, 0) for n in _PARTS) if "total" in told else 0
    if rest < 0 or (rest and not missing and not any(balance.get(n, "") is None for n in _PARTS)):
        raise RecordError([("total", _not_the_sum(told))])
    units |= {n: rest if n == missing[0] else 0 for n in missing}
    units.setdefault("total", sum(units.get(n, 0) for n in _PARTS))
    return {n: write_amount(number, scale) for n, number in units.items() if n not in balance}


def _amount_problem(text: Any, token_id: str, decimals: int | None) -> str:
    if not isinstance(text, str) or not _AMOUNT.fullmatch(text):
        return f"got '{str(text)[:60]}', expected a plain decimal number: not negative, no exponent, such as 120.5"
    if decimals is not None and len(text.partition(".")[2]) > decimals:
        return f"'{text[:60]}' has more decimals than {token_id}, which has {decimals}"
    return ""


def _units(text: str, scale: int) -> int:
    whole, _, rest = text.partition(".")
    return int(whole + rest.ljust(scale, "0"))


def _not_the_sum(told: Mapping[str, str]) -> str:
    parts = ", ".join(f"{name} '{told[name]}'" for name in _PARTS if name in told)
    return f"got '{told['total']}', expected the sum of its parts: {parts}"


def _times_of(balance: Balance, likely: Mapping[str, Any]) -> dict[str, Any]:
    """The times that a balance does not say: the likely ones, moved so that it is not updated before it was synced."""
    both = {name: balance.get(name, likely[name]) for name in _TIMES}
    updated, synced = map(_instant, both.values())
    if updated is not None and synced is not None and updated < synced:
        moved, fixed = _TIMES[:: -1 if "updated_at" in balance else 1]
        both[moved] = both[fixed]
    return {name: value for name, value in both.items() if name not in balance}


def _instant(text: Any) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text.upper()) if isinstance(text, str) else None
    except ValueError:
        return None
    return instant if instant is not None and instant.tzinfo is not None else None
