"""Chains and the tokens on them.

Source: the vendor's public tables have the chains, their types and decimals, and the spelling of token ids.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Chain:
    """A chain. ``type`` is its address standard: a wallet has one address for all chains of a type."""

    id: str
    name: str
    type: str
    native_symbol: str
    native_decimals: int
    testnet: bool = False


@dataclass(frozen=True)
class Token:
    """A token on a chain. ``number`` is its index in `TOKENS`; record ids are computed from it, so it never changes."""

    number: int
    id: str
    symbol: str
    chain: Chain
    decimals: int


CHAINS = (
    Chain("ETH", "Ethereum", "ETH", "ETH", 18),
    Chain("BASE_ETH", "Base", "ETH", "ETH", 18),
    Chain("ARBITRUM_ETH", "Arbitrum One", "ETH", "ETH", 18),
    Chain("OPT_ETH", "Optimism", "ETH", "ETH", 18),
    Chain("MATIC", "Polygon PoS", "ETH", "MATIC", 18),
    Chain("BSC_BNB", "BNB Smart Chain", "ETH", "BNB", 18),
    Chain("AVAXC", "Avalanche C-Chain", "ETH", "AVAX", 18),
    Chain("SETH", "Ethereum Sepolia", "ETH", "ETH", 18, testnet=True),
    Chain("TBASE_SETH", "Base Sepolia", "ETH", "ETH", 18, testnet=True),
    Chain("SOL", "Solana", "SOL", "SOL", 9),
    Chain("SOLDEV_SOL", "Solana devnet", "SOL", "SOL", 9, testnet=True),
)
CHAIN_BY_ID = {chain.id: chain for chain in CHAINS}
CHAIN_IDS_BY_TYPE = {kind: tuple(c.id for c in CHAINS if c.type == kind) for kind in ("ETH", "SOL")}

_STABLE = "USDC USDT"
_ROLLUP = "USDC USDT WETH DAI WBTC"
_SYMBOLS = {
    "ETH": _ROLLUP,
    "BASE_ETH": "USDC USDT WETH DAI",
    "ARBITRUM_ETH": _ROLLUP,
    "OPT_ETH": _ROLLUP,
    "MATIC": _ROLLUP,
    "BSC_BNB": f"{_STABLE} DAI",
    "AVAXC": _ROLLUP,
    "SETH": "USDC USDT WETH DAI",
    "TBASE_SETH": "USDC WETH",
    "SOL": f"{_STABLE} BONK",
    "SOLDEV_SOL": "USDC",
}
_DECIMALS = {"USDC": 6, "USDT": 6, "WETH": 18, "DAI": 18, "WBTC": 8, "BONK": 5}


def token_id(chain: Chain, symbol: str | None = None) -> str:
    """Return the id of a token: that of the chain for its native token, else the chain's short name and the symbol.

    The short name is the part before the first underscore: USDC on ``BASE_ETH`` is ``BASE_USDC``.
    """
    return chain.id if symbol is None else f"{chain.id.partition('_')[0]}_{symbol}"


def _tokens() -> tuple[Token, ...]:
    """Return all tokens of all chains. A new one must come last, because the numbers are part of record ids."""
    found: list[Token] = []
    for chain in CHAINS:
        found.append(Token(len(found), token_id(chain), chain.native_symbol, chain, chain.native_decimals))
        for symbol in _SYMBOLS[chain.id].split():
            # The stablecoins of BNB Smart Chain have 18 decimals, unlike everywhere else.
            decimals = 18 if chain.id == "BSC_BNB" else _DECIMALS[symbol]
            found.append(Token(len(found), token_id(chain, symbol), symbol, chain, decimals))
    return tuple(found)


TOKENS = _tokens()
TOKEN_BY_ID = {token.id: token for token in TOKENS}
