"""The wallet domain as a plug-in: which lists are balances, what it adds to the options, how it words refusals.

Importing this module imports neither the data nor Faker: they are imported when a dataset is wanted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mockserver.domains.wallets.properties import PROPERTIES, REQUIRED, types_of
from mockserver.semantics import ListSemantics
from mockserver.values.text import Providers
from mockserver.world.domain import Domain, DomainOption

if TYPE_CHECKING:
    from mockserver.domains.wallets.dataset import BalanceDataset

DEFAULT_WALLETS = 14
"""Wallets of the default world: those of the edge cases and one block of ordinary ones, 173 balances together."""

# What the schema of a balance's property may say besides its type; whatever restricts it further makes it another one.
_PLAIN_WORDS = frozenset(("type", "format", "items", "title", "description", "default", "example", "examples"))


def _faker_provider() -> type:
    from mockserver.domains.wallets.faker_provider import wallet_provider

    return wallet_provider()


class WalletDomain(Domain):
    """Balances: wallets of one principal that hold tokens of several chains."""

    name = "wallets"
    options = (DomainOption("wallets", DEFAULT_WALLETS, "Number of wallets in the world."),)
    # Worlds were named so before domains were plug-ins, and cursors are bound to the name.
    options_in_every_fingerprint = True
    faker_providers = (_faker_provider,)

    def recognises(self, semantics: ListSemantics) -> bool:
        """Return whether an item has all required properties of a balance, and none that says anything unusual."""
        properties = semantics.properties
        return set(REQUIRED) <= set(properties) and all(
            _is_plain(properties[name], "array" if name == "compatible_chains" else "string")
            for name in PROPERTIES
            if name in properties
        )

    def dataset(
        self,
        semantics: ListSemantics,
        *,
        seed: str,
        size: int | None,
        options: Mapping[str, int],
        providers: Providers = (),
    ) -> BalanceDataset:
        """Return the balances; raises `ContractError` for a filter that balances do not have."""
        from mockserver.domains.wallets.dataset import BalanceDataset

        return BalanceDataset(semantics, seed=seed, wallets=options["wallets"], size=size, providers=providers)

    def settle(self, options: Mapping[str, int], size: int | None) -> Mapping[str, int]:
        """Return the number of wallets: as many as ``size`` balances take, where a size is given."""
        if size is None:
            return super().settle(options, size)
        from mockserver.domains.wallets.holdings import wallets_of

        return {"wallets": wallets_of(size)}

    def refusal(self, status: int, error: str, suggestion: str) -> Any:
        """Return the error body that the wallet API has for 404 (docs/specification.md, "Refusals")."""
        return {"success": False, "error": error, "suggestion": suggestion}


WALLETS = WalletDomain()
"""The wallet domain."""


def _is_plain(schema: Mapping[str, Any], kind: str) -> bool:
    branches = [b for b in schema.get("anyOf", ()) if b.get("type") != "null"]
    if len(branches) == 1:
        schema = {**{k: v for k, v in schema.items() if k != "anyOf"}, **branches[0]}
    return kind in types_of(schema) and all(word in _PLAIN_WORDS or word.startswith("x-") for word in schema)
