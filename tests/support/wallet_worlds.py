"""Worlds of wallet balances, small enough to list every record."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from mockserver.contract import load_contract
from mockserver.domains.wallets.dataset import BalanceDataset
from mockserver.domains.wallets.domain import DEFAULT_WALLETS
from mockserver.semantics import list_operations
from tests.support.expected import all_records
from tests.support.paths import CONTRACT

SEMANTICS = list_operations(load_contract(CONTRACT))[0]
HUGE = 10**8


def dataset(
    wallets: int = DEFAULT_WALLETS, *, size: int | None = None, seed: str = "test", **more: Any
) -> BalanceDataset:
    """Return the balances of ``wallets`` wallets, or the first ``size`` of them."""
    return BalanceDataset(more.get("semantics", SEMANTICS), seed=seed, wallets=wallets, size=size)


WORLD = dataset()
RECORDS = all_records(WORLD)
# One world ends with a wallet, one within a wallet, and one is smaller than the edge cases.
WORLDS = [(d, all_records(d)) for d in (WORLD, dataset(31), dataset(size=138), dataset(5), dataset(size=1), dataset(0))]


def with_properties(properties: dict[str, Any], filters: dict[str, str] | None = None) -> Any:
    """Return semantics with these properties, as far as the wallet domain reads them."""
    return SimpleNamespace(properties=properties, filters=filters or {}, operation=SEMANTICS.operation)
