"""The wallet domain as a plug-in: which lists it recognises, its option, its Faker provider and its refusals.

The tables of tokens and Faker are imported when they are needed, not with this module.
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
"""The number of wallets by default: the edge cases and one block of ordinary wallets, 173 balances in total."""

# Keywords that the schema of a balance's property may have. A property with any other one is not that of a balance.
_PLAIN_KEYWORDS = frozenset(("type", "format", "items", "title", "description", "default", "example", "examples"))


def _faker_provider() -> type:
    from mockserver.domains.wallets.faker_provider import wallet_provider

    return wallet_provider()


class WalletDomain(Domain):
    """Balances of tokens on several chains, in the wallets of one principal."""

    name = "wallets"
    options = (DomainOption("wallets", DEFAULT_WALLETS, "Number of wallets in the world."),)
    # Fingerprints were computed in this way before domains were plug-ins, and cursors are bound to them.
    options_in_every_fingerprint = True
    faker_providers = (_faker_provider,)

    def recognises(self, semantics: ListSemantics) -> bool:
        """Return whether an item has the required properties of a balance, without unusual keywords."""
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
        """Return the balances. Raises `ContractError` for a filter that balances do not have."""
        from mockserver.domains.wallets.dataset import BalanceDataset

        return BalanceDataset(semantics, seed=seed, wallets=options["wallets"], size=size, providers=providers)

    def settle(self, options: Mapping[str, int], size: int | None) -> Mapping[str, int]:
        """Return the number of wallets; if a size is given, that is the number needed for so many balances."""
        if size is None:
            return super().settle(options, size)
        from mockserver.domains.wallets.holdings import wallets_of

        return {"wallets": wallets_of(size)}

    def refusal(self, status: int, error: str, suggestion: str) -> Any:
        """Return the body of a refusal as the wallet API words it (docs/specification.md, "Refusals")."""
        return {"success": False, "error": error, "suggestion": suggestion}


WALLETS = WalletDomain()
"""The wallet domain."""


def _is_plain(schema: Mapping[str, Any], kind: str) -> bool:
    branches = [b for b in schema.get("anyOf", ()) if b.get("type") != "null"]
    if len(branches) == 1:
        schema = {**{k: v for k, v in schema.items() if k != "anyOf"}, **branches[0]}
    is_plain = all(keyword in _PLAIN_KEYWORDS or keyword.startswith("x-") for keyword in schema)
    return is_plain and kind in types_of(schema)
