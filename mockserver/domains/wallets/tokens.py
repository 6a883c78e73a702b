"""The wallet domain's own data: chains, tokens, addresses, amounts; and a Faker provider over them.

The tables and functions are pure and stand on their own: importing this module imports neither Faker nor the Keccak and
base58 libraries. Those two are imported by the first address that is written; Faker only inside `wallet_provider`,
which makes the provider class when somebody wants it::

    fake = faker.Faker()
    fake.add_provider(wallet_provider())
    fake.evm_address()

Sources: the chains, their types and decimals, and the spelling of token ids are the vendor's public tables; the mixed
case of an EVM address is EIP-55; a Solana address is base58 of the 32 bytes of a public key.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from faker.providers import BaseProvider


@dataclass(frozen=True)
class Chain:
    """One chain. ``type`` is its address standard: chains of one type share one address in a wallet."""

    id: str
    name: str
    type: str
    native_symbol: str
    native_decimals: int
    testnet: bool = False


@dataclass(frozen=True)
class Token:
    """One token on one chain. ``number`` is its place in `TOKENS`, which record ids are made from: it never changes."""

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
ADDRESS_BYTES = {"ETH": 20, "SOL": 32}

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
    """The id of a token: the chain's own for its native token, else the chain's short name and the symbol.

    The short name is what stands before the first underscore: USDC on ``BASE_ETH`` is ``BASE_USDC``.
    """
    return chain.id if symbol is None else f"{chain.id.partition('_')[0]}_{symbol}"


def _tokens() -> tuple[Token, ...]:
    """Every token of every chain. A new one is added at the end: the numbers are part of record ids."""
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


def evm_address(raw: bytes) -> str:
    """20 bytes as an EVM address: ``0x`` and 40 hex digits in the mixed case of EIP-55."""
    from Crypto.Hash import keccak

    digits = raw.hex()
    # Not its hexdigest, which is written in Python and takes longer than the hash.
    check = keccak.new(data=digits.encode(), digest_bits=256).digest().hex()
    return "0x" + "".join([d.upper() if c >= "8" else d for d, c in zip(digits, check, strict=False)])


def solana_address(raw: bytes) -> str:
    """32 bytes as a Solana address: base58, 43 or 44 characters where the first byte is not zero."""
    import base58

    return base58.b58encode(raw).decode()


def write_address(chain_type: str, raw: bytes) -> str:
    """The address of that chain type; ``raw`` has `ADDRESS_BYTES` of it."""
    return evm_address(raw) if chain_type == "ETH" else solana_address(raw)


def read_address(text: str) -> tuple[str, bytes] | None:
    """The chain type and the bytes of an address, or ``None`` for anything else. The case of EIP-55 is not checked."""
    try:
        if text.startswith("0x") and len(text) == 42:
            raw, chain_type = bytes.fromhex(text[2:]), "ETH"
        elif 32 <= len(text) <= 44:
            import base58

            raw, chain_type = base58.b58decode(text), "SOL"
        else:
            return None
    except ValueError:
        return None
    return (chain_type, raw) if len(raw) == ADDRESS_BYTES[chain_type] else None


def write_amount(units: int, decimals: int) -> str:
    """An amount in smallest units as a plain decimal number: no exponent, no trailing zeros, never negative."""
    if not units:
        return "0"
    whole, rest = divmod(units, 10**decimals)
    return f"{whole}.{str(rest).zfill(decimals).rstrip('0')}" if rest else str(whole)


def plausible_units(draw: int, decimals: int) -> int:
    """An amount in smallest units such as people hold, out of a large random number: up to about 10,000 tokens.

    Three of four are round (five decimals at most), the others use every decimal that the token has.
    """
    round_to: int = 10 ** max(decimals - 5, 0)
    head = draw % 10**7 + 1
    scale: int = 10 ** (draw // 10**7 % 3)
    exact = draw // 10**8 % round_to if draw >> 62 & 3 == 0 else 0
    return head * scale * round_to + exact


@cache
def wallet_provider() -> type[BaseProvider]:
    """The Faker provider of the wallet domain: ``evm_address``, ``solana_address``, ``chain_id``, ``chain_type``,
    ``token_id``, ``token_symbol`` and ``token_amount``. Importing Faker happens here.
    """
    from faker.providers import BaseProvider

    class WalletProvider(BaseProvider):
        """Addresses, chains, tokens and amounts."""

        def _bytes(self, count: int) -> bytes:
            return int(self.generator.random.getrandbits(8 * count)).to_bytes(count, "big")

        def _below(self, count: int) -> int:
            return int(self.generator.random.randrange(count))

        def evm_address(self) -> str:
            """An address of an EVM chain, with the checksum of EIP-55."""
            return evm_address(self._bytes(20))

        def solana_address(self) -> str:
            """An address of Solana, 43 or 44 characters."""
            return solana_address(bytes([1 + self._below(255)]) + self._bytes(31))

        def chain_id(self) -> str:
            """The id of one of the `CHAINS`."""
            return CHAINS[self._below(len(CHAINS))].id

        def chain_type(self) -> str:
            """An address standard: ``ETH`` or ``SOL``."""
            return CHAINS[self._below(len(CHAINS))].type

        def token_id(self, chain_id: str | None = None) -> str:
            """The id of one of the `TOKENS`, of that chain if one is given."""
            fitting = [t.id for t in TOKENS if chain_id in (None, t.chain.id)]
            return fitting[self._below(len(fitting))]

        def token_symbol(self) -> str:
            """A ticker, such as ``USDC``."""
            return TOKENS[self._below(len(TOKENS))].symbol

        def token_amount(self, decimals: int = 18) -> str:
            """A plain decimal number of no more than that many decimals."""
            return write_amount(plausible_units(self.generator.random.getrandbits(128), decimals), decimals)

    return WalletProvider
