"""The records of the second server: deterministic, made by code of its own, with the edge cases of list servers.

Times are integers, microseconds since 1970. `age` (microseconds between a record's birth and `EPOCH`) is the sort key
and is never shown; it has large groups of ties, and neighbours that differ only within one second.
"""

import random
from dataclasses import dataclass
from functools import lru_cache
from itertools import cycle
from uuid import UUID

import base58
from eth_utils.address import to_checksum_address

EPOCH = 1_748_736_000_000_000
"""2025-06-01T00:00:00Z, the youngest instant of the unrefreshed data."""

SEED = 20_250_601
PRINCIPALS = 3
TIES = (1, 1, 12, 3, 30, 1, 1, 55, 1, 2, 1, 1, 7)
GAPS = (250_000, 400_000, 3_600_000_000, 1_000, 5_000_000, 86_400_000_000, 120_000)


@dataclass(frozen=True)
class Token:
    """A token on a chain: its id, decimals, and the chain's id and address standard (null where none is known)."""

    token_id: str
    decimals: int
    chain_id: str | None
    chain_type: str | None


@dataclass(frozen=True)
class Balance:
    """One row of the table, in the types of the database; `compatible_chains` is joined by commas."""

    age: int
    id: str
    wallet_uuid: str
    cobo_wallet_id: str
    user_id: str
    address: str
    token_id: str
    chain_id: str | None
    chain_type: str | None
    compatible_chains: str
    amount: str
    total: str | None
    pending: str | None
    locked: str | None
    updated: int
    synced: int | None


@dataclass(frozen=True)
class Wallet:
    """A wallet with one address for each address standard."""

    uuid: str
    cobo_id: str
    principal: str
    evm: str
    solana: str


EVM = {"ETH": "ETH", "BASE_ETH": "BASE", "ARBITRUM_ETH": "ARBITRUM", "OPT_ETH": "OPT", "MATIC": "MATIC",
       "BSC_BNB": "BSC", "AVAXC": "AVAXC", "SETH": "SETH", "TBASE_SETH": "TBASE"}  # fmt: skip
SOLANA = {"SOL": "SOL", "SOLDEV_SOL": "SOLDEV"}


def _tokens() -> tuple[Token, ...]:
    """Return every token, edge cases first: ids that differ in `_` only, in case only, by a suffix; a null chain."""
    odd = [Token(name, 6, "ETH", "ETH") for name in ("ETH_USDC", "ETHXUSDC", "ETH_usdc")]
    odd += [Token("SOL_$WIF", 6, "SOL", "SOL"), Token("LEGACY_ERC", 18, None, None), Token("LEGACY_SPL", 9, None, None)]
    plain = [Token(chain, 18, chain, "ETH") for chain in EVM] + [Token(chain, 9, chain, "SOL") for chain in SOLANA]
    for symbol, decimals in (("USDC", 6), ("USDT", 6), ("WETH", 18), ("DAI", 18), ("WBTC", 8)):
        for chain, prefix in EVM.items():
            exact = 18 if chain == "BSC_BNB" and symbol in {"USDC", "USDT"} else decimals
            plain.append(Token(f"{prefix}_{symbol}", exact, chain, "ETH"))
    for symbol, decimals in (("USDC", 6), ("USDT", 6), ("BONK", 5)):
        plain += [Token(f"{prefix}_{symbol}", decimals, chain, "SOL") for chain, prefix in SOLANA.items()]
    return tuple(odd + [token for token in plain if token.token_id != "ETH_USDC"])


TOKENS = _tokens()


def _uuid(rng: random.Random) -> str:
    return str(UUID(int=rng.getrandbits(128), version=4))


def _wallet(rng: random.Random, number: int, principals: list[str]) -> Wallet:
    return Wallet(
        uuid=_uuid(rng),
        cobo_id=f"cw-{number:06d}-{rng.getrandbits(32):08x}",
        principal=principals[number % len(principals)],
        evm=to_checksum_address(rng.randbytes(20)),
        solana=base58.b58encode(b"\x9c" + rng.randbytes(31)).decode(),
    )


def plain(units: int, decimals: int) -> str:
    """Format `units` of the smallest unit as a plain decimal string, without needless zeros."""
    digits = str(units).rjust(decimals + 1, "0")
    whole, part = digits[:-decimals], digits[-decimals:].rstrip("0")
    return f"{whole}.{part}" if part else whole


def _amounts(rng: random.Random, decimals: int) -> tuple[str, str | None, str | None, str | None]:
    """Return amount, total, pending and locked; null only where the number would be zero, or for total."""
    amount = rng.choice((0, 1, 10**decimals, rng.randrange(10 ** (decimals + 4)), rng.randrange(10 ** (decimals + 12))))
    pending = rng.choice((0, 0, rng.randrange(10**decimals)))
    locked = rng.choice((0, 0, rng.randrange(10**decimals)))
    shown = [None if not units and rng.random() < 0.3 else plain(units, decimals) for units in (pending, locked)]
    total = None if rng.random() < 0.1 else plain(amount + pending + locked, decimals)
    return plain(amount, decimals), total, shown[0], shown[1]


def _holdings(rng: random.Random, size: int, wallets: list[Wallet]) -> list[tuple[Wallet, Token]]:
    """Return `size` different pairs: a quarter of the first wallet; each second wallet has all of Ethereum's tokens."""
    pairs = [(wallets[0], token) for token in TOKENS[: min(len(TOKENS), max(1, size // 4))]]
    stacks = []
    for number, wallet in enumerate(wallets[1:]):
        stack = rng.sample(TOKENS, len(TOKENS))
        if number % 2:
            stack.sort(key=lambda token: token.chain_id == "ETH")
        stacks.append((wallet, stack))
    for wallet, stack in cycle(stacks):
        if len(pairs) >= size:
            break
        pairs.append((wallet, stack.pop()))
    pairs = pairs[:size]
    rng.shuffle(pairs)
    return pairs


def _compatible(rng: random.Random, token: Token) -> str:
    if token.chain_type is None or rng.random() < 0.1:
        return ""
    return ",".join(EVM if token.chain_type == "ETH" else SOLANA)


def _balance(rng: random.Random, wallet: Wallet, token: Token, age: int) -> Balance:
    amount, total, pending, locked = _amounts(rng, token.decimals)
    solana = token.chain_type == "SOL" or token.token_id == "LEGACY_SPL"
    return Balance(
        age=age,
        id=_uuid(rng),
        wallet_uuid=wallet.uuid,
        cobo_wallet_id=wallet.cobo_id,
        user_id=wallet.principal,
        address=wallet.solana if solana else wallet.evm,
        token_id=token.token_id,
        chain_id=token.chain_id,
        chain_type=token.chain_type,
        compatible_chains=_compatible(rng, token),
        amount=amount,
        total=total,
        pending=pending,
        locked=locked,
        updated=EPOCH - age,
        synced=None if rng.random() < 0.1 else EPOCH - age - rng.choice((0, 0, rng.randrange(3_600_000_000))),
    )


def _ages(size: int) -> list[int]:
    ages: list[int] = []
    age = 3_600_000_000
    ties, gaps = cycle(TIES), cycle(GAPS)
    while len(ages) < size:
        ages += [age] * next(ties)
        age += next(gaps)
    return ages[:size]


@lru_cache(maxsize=8)
def balances(size: int = 173) -> tuple[Balance, ...]:
    """Return `size` records in the server's list order: youngest first, ties by id."""
    rng = random.Random(SEED)
    principals = [_uuid(rng) for _ in range(PRINCIPALS)]
    wallets = [_wallet(rng, number, principals) for number in range(max(12, size // 20))]
    held = _holdings(rng, size, wallets)
    made = [_balance(rng, wallet, token, age) for (wallet, token), age in zip(held, _ages(size), strict=True)]
    return tuple(sorted(made, key=lambda balance: (balance.age, balance.id)))
