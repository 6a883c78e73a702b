"""A Faker provider of chains, tokens, addresses and amounts, for ``x-faker`` in any contract."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from mockserver.domains.wallets.addresses import evm_address, solana_address
from mockserver.domains.wallets.amounts import plausible_units, write_amount
from mockserver.domains.wallets.tokens import CHAINS, TOKENS

if TYPE_CHECKING:
    from faker.providers import BaseProvider


@cache
def wallet_provider() -> type[BaseProvider]:
    """Return the Faker provider class of the wallet domain. Imports Faker."""
    from faker.providers import BaseProvider

    class WalletProvider(BaseProvider):
        """Addresses, chains, tokens and amounts."""

        def _bytes(self, count: int) -> bytes:
            return int(self.generator.random.getrandbits(8 * count)).to_bytes(count, "big")

        def _below(self, count: int) -> int:
            return int(self.generator.random.randrange(count))

        def evm_address(self) -> str:
            """Return an address of an EVM chain, with the checksum of EIP-55."""
            return evm_address(self._bytes(20))

        def solana_address(self) -> str:
            """Return an address of Solana, of 43 or 44 characters."""
            return solana_address(bytes([1 + self._below(255)]) + self._bytes(31))

        def chain_id(self) -> str:
            """Return the id of one of the `CHAINS`."""
            return CHAINS[self._below(len(CHAINS))].id

        def chain_type(self) -> str:
            """Return an address standard: ``ETH`` or ``SOL``."""
            return CHAINS[self._below(len(CHAINS))].type

        def token_id(self, chain_id: str | None = None) -> str:
            """Return the id of one of the `TOKENS`, of this chain if one is given."""
            fitting = [t.id for t in TOKENS if chain_id in (None, t.chain.id)]
            return fitting[self._below(len(fitting))]

        def token_symbol(self) -> str:
            """Return a ticker symbol, such as ``USDC``."""
            return TOKENS[self._below(len(TOKENS))].symbol

        def token_amount(self, decimals: int = 18) -> str:
            """Return a decimal number with at most this number of decimals."""
            return write_amount(plausible_units(self.generator.random.getrandbits(128), decimals), decimals)

    return WalletProvider
