"""Complete a balance of which a fixture gives some properties.

A wallet gets its names, a token its chain, a total its parts.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from mockserver.domains.wallets.addresses import read_address
from mockserver.domains.wallets.amounts import plausible_units, write_amount
from mockserver.domains.wallets.names import WalletNames
from mockserver.domains.wallets.tokens import CHAIN_BY_ID, CHAIN_IDS_BY_TYPE, TOKEN_BY_ID, TOKENS
from mockserver.errors import RecordError
from mockserver.values.instants import instant
from mockserver.values.seeded import draw, write_uuid
from mockserver.world.model import Find

Balance = Mapping[str, Any]

_CHAIN_FIELDS = ("chain_id", "chain_type", "compatible_chains")
_PARTS = ("amount", "pending", "locked")
_AMOUNTS = (*_PARTS, "total")
_TIMES = ("updated_at", "balance_updated_at")
_AMOUNT = re.compile(r"(?:0|[1-9][0-9]{0,999})(?:\.[0-9]{1,1000})?", re.ASCII)
_THIRTY_DAYS = 30 * 24 * 3600
# The first key of all seeded values here: another one would change the records of every user.
_KEY = "strange balance"


@dataclass(frozen=True)
class BalanceCompletion:
    """Completes balances of one principal. ``properties`` are those of the contract."""

    seed: str
    principal: str
    names: WalletNames
    properties: Collection[str]

    def complete(self, partial: Balance, index: int, taken: Container[str], find: Find) -> dict[str, Any]:
        """Return the balance with all properties, in any order; the arguments are those of `Dataset.complete`.

        If ``partial`` names a balance of the world, by its id or by wallet and token, the result is that balance with
        the given properties changed. Raises `RecordError`.
        """
        known = find({"id": str(partial.get("id")).lower()})
        token_id = partial.get("token_id") or (known["token_id"] if known else _chosen_token(partial, index))
        wallet = partial.get("wallet_uuid") or (known["wallet_uuid"] if known else self.names.uuid_for(partial))
        if known is None and "id" not in partial:
            chain = _distinguishing_chain(partial, token_id)
            same = find({"wallet_uuid": wallet.lower(), "token_id": token_id, **chain})
            known = None if same is None or same["id"] in taken else same
        given = {**_unchanged(known, partial, wallet, token_id), **partial}
        chains, address_type = _chains(given, token_id)
        cobo_id, address = self.names.names_of(wallet, address_type)
        names = {"wallet_uuid": wallet, "cobo_wallet_id": cobo_id, "user_id": self.principal, "address": address}
        made = {**names, "token_id": token_id, **chains, **given}
        if "id" not in made:
            made["id"] = self._free_id((wallet.lower(), token_id, str(made["chain_id"])), index, taken, find)
        problem = self.names.address_problem(made)
        if problem:
            raise RecordError([("address", problem)])
        return made | self._amounts_and_times(made, known)

    def _free_id(self, key: tuple[str, str, str], index: int, taken: Container[str], find: Find) -> str:
        """Return an id that the world does not have: that of the wallet, token and chain if it is free."""
        found, attempts = self._computed_id(*key), count()
        while found in taken or find({"id": found}) is not None:
            found = self._computed_id(*key, index, next(attempts))
        return found

    def _computed_id(self, *key: str | int) -> str:
        return write_uuid(draw(self.seed, _KEY, *key) >> 6)

    def _amounts_and_times(self, made: Balance, known: Balance | None) -> dict[str, Any]:
        """Return the missing amounts and times: those of the balance that is changed, otherwise generated ones."""
        token_id = made["token_id"]
        number = draw(self.seed, _KEY, made["id"])
        age = 120 + (number >> 64) % _THIRTY_DAYS
        times = {"updated_at": instant(age - 60), "balance_updated_at": instant(age)}
        decimals = TOKEN_BY_ID[token_id].decimals if token_id in TOKEN_BY_ID else 6
        amount = write_amount(plausible_units(number, decimals), decimals)
        if known is not None:
            times |= {name: known[name] for name in times if name in known}
            if known["token_id"] == token_id and known.get("amount"):
                amount = known["amount"]
        return {**_missing_amounts(made, token_id, amount, self.properties), **_missing_times(made, times)}


def _unchanged(known: Balance | None, partial: Balance, wallet_uuid: str, token_id: str) -> dict[str, Any]:
    """Return the properties of a known balance that a fixture leaves unchanged.

    Chain, amounts and times are groups: if the fixture gives one property of a group, none of the others is unchanged.
    """
    if known is None:
        return {}
    changed = set(partial)
    for group in (_CHAIN_FIELDS, _AMOUNTS, _TIMES):
        if not changed.isdisjoint(group):
            changed.update(group)
    if known["token_id"] != token_id:
        changed.update(_CHAIN_FIELDS, _AMOUNTS)
    if known["wallet_uuid"].lower() != wallet_uuid.lower():
        changed.update(("cobo_wallet_id", "address"))
    if "chain_type" in changed:
        changed.add("address")
    return {name: value for name, value in known.items() if name not in changed}


def _distinguishing_chain(partial: Balance, token_id: str) -> dict[str, Any]:
    """Return the filter that distinguishes balances of an unknown token by their chain; none for a known token."""
    chain_id = partial.get("chain_id")
    return {} if token_id in TOKEN_BY_ID or chain_id is None else {"chain_id": chain_id}


def _chosen_token(partial: Balance, index: int) -> str:
    """Return the id of a token for a fixture that names none: one of its chain or address type, in turn by index."""
    chain_id, chain_type = partial.get("chain_id"), partial.get("chain_type")
    if chain_id is not None and chain_id not in CHAIN_BY_ID:
        return str(chain_id)
    if not chain_type:
        address = read_address(partial.get("address") or "")
        chain_type = None if address is None else address[0]
    of_chain = [token for token in TOKENS if chain_id in (None, token.chain.id)]
    fitting = [token for token in of_chain if chain_type in (None, token.chain.type)] or of_chain
    return fitting[index % len(fitting)].id


def _chains(balance: Balance, token_id: str) -> tuple[dict[str, Any], str]:
    """Return the `_CHAIN_FIELDS` of a balance, null or empty where they are unknown, and the type of its address."""
    token = TOKEN_BY_ID.get(token_id)
    token_chain = None if token is None else token.chain
    chain = CHAIN_BY_ID.get(balance.get("chain_id") or "", token_chain)
    chain_type = balance.get("chain_type") or (None if chain is None else chain.type)
    compatible = list(CHAIN_IDS_BY_TYPE.get(chain_type or "", ()))
    chain_id = None if chain is None else chain.id
    fields = {"chain_id": chain_id, "chain_type": chain_type, "compatible_chains": compatible}
    return fields, chain_type or "ETH"


def _missing_amounts(balance: Balance, token_id: str, default: str, properties: Collection[str]) -> dict[str, str]:
    """Return the missing amounts of a balance, so that its total is the sum of its parts.

    If the total is given, the first missing part is what the others leave of it; ``default`` is the amount if neither
    amount nor total is given. ``properties`` are those of the contract. Raises `RecordError` for given amounts that are
    invalid or do not add up.
    """
    token = TOKEN_BY_ID.get(token_id)
    decimals = 0 if token is None else token.decimals
    given = {name: balance[name] for name in _AMOUNTS if balance.get(name) is not None}
    faults = [(name, problem) for name, text in given.items() if (problem := _amount_problem(text, token_id))]
    if faults:
        raise RecordError(faults)
    if not given.keys() & {"amount", "total"} and "amount" not in balance:
        given["amount"] = default
    scale = max([decimals, *(len(text.partition(".")[2]) for text in given.values())])
    units = {name: _units(text, scale) for name, text in given.items()}
    missing = [name for name in _PARTS if name not in balance and name not in given and name in properties]
    rest = units["total"] - sum(units.get(name, 0) for name in _PARTS) if "total" in given else 0
    # A part that is null may be any amount.
    has_null_part = any(name in balance and balance[name] is None for name in _PARTS)
    if rest < 0 or (rest > 0 and not missing and not has_null_part):
        raise RecordError([("total", _not_the_sum(given))])
    units |= dict.fromkeys(missing, 0)
    if missing:
        units[missing[0]] = rest
    units.setdefault("total", sum(units.get(name, 0) for name in _PARTS))
    return {name: write_amount(number, scale) for name, number in units.items() if name not in balance}


def _amount_problem(text: Any, token_id: str) -> str:
    if not isinstance(text, str) or not _AMOUNT.fullmatch(text):
        return f"got '{str(text)[:60]}', expected a plain decimal number: not negative, no exponent, such as 120.5"
    token = TOKEN_BY_ID.get(token_id)
    if token is not None and len(text.partition(".")[2]) > token.decimals:
        return f"'{text[:60]}' has more decimals than {token_id}, which has {token.decimals}"
    return ""


def _units(text: str, scale: int) -> int:
    whole, _, fraction = text.partition(".")
    return int(whole + fraction.ljust(scale, "0"))


def _not_the_sum(given: Mapping[str, str]) -> str:
    parts = ", ".join(f"{name} '{given[name]}'" for name in _PARTS if name in given)
    return f"got '{given['total']}', expected the sum of its parts: {parts}"


def _missing_times(balance: Balance, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Return the missing times of a balance: the defaults, changed so that ``updated_at`` is not the earlier one."""
    times = {name: balance.get(name, defaults[name]) for name in _TIMES}
    updated, synced = _instant(times["updated_at"]), _instant(times["balance_updated_at"])
    if updated is not None and synced is not None and updated < synced:
        if "updated_at" in balance:
            times["balance_updated_at"] = times["updated_at"]
        else:
            times["updated_at"] = times["balance_updated_at"]
    return {name: value for name, value in times.items() if name not in balance}


def _instant(text: Any) -> datetime | None:
    try:
        when = datetime.fromisoformat(text.upper()) if isinstance(text, str) else None
    except ValueError:
        return None
    return when if when is not None and when.tzinfo is not None else None
