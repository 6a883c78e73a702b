"""What wallets hold, and how many balances match a filter: a small table, and a division.

One principal owns endlessly many wallets, of which a world shows the first ones. The first few are the edge `CASES`;
the others repeat a block of `PROFILES`. So counting balances costs the same among a hundred wallets as among a hundred
million.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Any, NamedTuple

from mockserver.domains.wallets.properties import NULLABLE
from mockserver.domains.wallets.tokens import TOKEN_BY_ID, TOKENS, Token


class Holding(NamedTuple):
    """One token in one kind of wallet; ``case`` names its edge case, if it has one."""

    token: Token
    case: str = ""


class Case(NamedTuple):
    """A wallet of an edge case: the case, where to see it, and what the wallet holds."""

    name: str
    see: str
    holdings: tuple[Holding, ...]


def _hold(text: str, **cases: str) -> tuple[Holding, ...]:
    """Return holdings from token ids; ``cases`` gives the edge cases by token id."""
    return tuple(Holding(TOKEN_BY_ID[name], cases.get(name, "")) for name in text.split())


CASES = (
    Case(
        "a zero balance",
        'SETH_USDC: amount, total, pending and locked are all "0"',
        _hold("SETH SETH_USDC TBASE_SETH ETH ETH_USDC SOL", SETH_USDC="zero"),
    ),
    Case(
        "one smallest unit of an 18-decimals token",
        'ETH: amount is "0.000000000000000001"',
        _hold("ETH ETH_USDC BASE_ETH BASE_USDC SOL", ETH="dust"),
    ),
    Case(
        "more units than a JavaScript number holds exactly",
        'SOL_BONK: amount is "9007199254740993.12345", above 2^53',
        _hold("SOL SOL_USDC SOL_BONK ETH ETH_USDC", SOL_BONK="huge"),
    ),
    Case(
        "null in every nullable field",
        f"ETH_USDC: {', '.join(NULLABLE)} are null",
        _hold("ETH ETH_USDT ETH_USDC SETH", ETH_USDC="nulls"),
    ),
    Case(
        "an empty compatible_chains",
        "SOLDEV_SOL: compatible_chains is []",
        _hold("SOLDEV_SOL SOLDEV_USDC SOL SOL_USDC", SOLDEV_SOL="alone"),
    ),
    Case(
        "equal timestamps on many records",
        "all 16 balances have one updated_at, equal to their balance_updated_at",
        tuple(Holding(t, "together") for t in TOKENS if t.chain.id in ("MATIC", "BSC_BNB", "AVAXC")),
    ),
    Case("a wallet with no balances", "wallet_uuid selects nothing, and is no fault", ()),
    Case("a wallet with exactly one page", "50 balances, the default page size", tuple(map(Holding, TOKENS[:50]))),
    Case(
        "the same symbol on many chains",
        "USDC on 11 chains, under 11 token ids",
        tuple(Holding(t) for t in TOKENS if t.symbol == "USDC"),
    ),
)
"""The first wallets of every world."""

PROFILES = (
    _hold(
        "SETH SETH_USDC SETH_USDT SETH_WETH SETH_DAI TBASE_SETH TBASE_USDC TBASE_WETH SOLDEV_SOL SOLDEV_USDC",
    ),
    _hold("SOL SOL_USDC SOL_USDT SOL_BONK SOLDEV_SOL SOLDEV_USDC ETH ETH_USDC BASE_ETH BASE_USDC"),
    _hold(
        "ETH ETH_USDC ETH_USDT ETH_WETH ETH_DAI ETH_WBTC BASE_ETH BASE_USDC BASE_USDT BASE_WETH BASE_DAI"
        " SETH SETH_USDC SOL",
    ),
    _hold(
        "ARBITRUM_ETH ARBITRUM_USDC ARBITRUM_USDT ARBITRUM_WETH ARBITRUM_DAI ARBITRUM_WBTC"
        " OPT_ETH OPT_USDC OPT_USDT OPT_WETH OPT_DAI OPT_WBTC BASE_ETH BASE_USDC ETH ETH_USDC SETH",
    ),
    _hold(
        "MATIC MATIC_USDC MATIC_USDT MATIC_WETH MATIC_DAI MATIC_WBTC BSC_BNB BSC_USDC BSC_USDT BSC_DAI"
        " AVAXC AVAXC_USDC AVAXC_USDT AVAXC_WETH AVAXC_DAI AVAXC_WBTC ETH ETH_USDC SETH SETH_USDC SOL",
    ),
)
"""What ordinary wallets hold, in turn. Together they hold every token, so every filter finds something."""

_OPENING = tuple(case.holdings for case in CASES)
KINDS = _OPENING + PROFILES
"""What each kind of wallet holds; the place of a holding is its slot in every wallet of that kind."""


def kind_of(wallet: int) -> int:
    """Return which of `KINDS` a wallet is."""
    first = len(_OPENING)
    return wallet if wallet < first else first + (wallet - first) % len(PROFILES)


class RunningTotal:
    """How many things the first wallets have together, when each has as many as its kind (`kind_of`)."""

    def __init__(self, by_kind: Sequence[int]) -> None:
        self._opening = tuple(accumulate(by_kind[: len(_OPENING)], initial=0))
        self._block = tuple(accumulate(by_kind[len(_OPENING) :], initial=0))

    def before(self, wallet: int) -> int:
        """Return how many all wallets before this one have."""
        if wallet < len(_OPENING):
            return self._opening[wallet]
        blocks, rest = divmod(wallet - len(_OPENING), len(PROFILES))
        return self._opening[-1] + blocks * self._block[-1] + self._block[rest]

    def locate(self, index: int) -> tuple[int, int]:
        """Return the wallet that has the thing of that index, and the thing's place in it."""
        if index < self._opening[-1]:
            wallet = bisect_right(self._opening, index) - 1
            return wallet, index - self._opening[wallet]
        blocks, rest = divmod(index - self._opening[-1], self._block[-1])
        place = bisect_right(self._block, rest) - 1
        return len(_OPENING) + blocks * len(PROFILES) + place, rest - self._block[place]


HELD = RunningTotal([len(kind) for kind in KINDS])
"""The balances of all wallets: one for each holding."""


def balances_of(wallets: int) -> int:
    """Return how many balances the first wallets hold together."""
    return HELD.before(wallets)


def wallets_of(size: int) -> int:
    """Return how many wallets it takes to hold that many balances."""
    return HELD.locate(size - 1)[0] + 1 if size else 0


class Matches:
    """The holdings that meet some conditions: their slots in a wallet, and their ``totals`` over all wallets."""

    def __init__(self, slots: Sequence[Sequence[int]]) -> None:
        self._slots = slots
        self.totals = RunningTotal([len(found) for found in slots])

    def slots(self, wallet: int) -> Sequence[int]:
        """Return the slots of a wallet whose holdings match, ascending."""
        return self._slots[kind_of(wallet)]


@lru_cache(1024)
def matching(conditions: tuple[tuple[str, Any], ...], nulls: frozenset[str]) -> Matches:
    """Return the holdings that have all these traits: pairs of a name and a value.

    The traits are ``token_id``, ``chain_id`` and ``chain_type`` as a record shows them, where those in ``nulls`` may be
    null; and ``standard`` and ``number``, the chain type and the token's number whatever the record shows.
    """
    slots = [
        tuple(slot for slot, held in enumerate(kind) if all(_traits(held, nulls)[n] == v for n, v in conditions))
        for kind in KINDS
    ]
    return Matches(slots)


@lru_cache(1024)
def _traits(holding: Holding, nulls: frozenset[str]) -> Mapping[str, Any]:
    token, chain = holding.token, holding.token.chain
    shown: dict[str, Any] = {"token_id": token.id, "chain_id": chain.id, "chain_type": chain.type}
    if holding.case == "nulls":
        shown |= {name: None for name in nulls if name in shown}
    return {**shown, "standard": chain.type, "number": token.number}


class Spread:
    """The holdings that meet some conditions, in every wallet, of the first ``size`` balances (a `Selection`)."""

    def __init__(self, matches: Matches, size: int) -> None:
        self._matches = matches
        self.count = self.rank(size)

    def ordinal(self, rank: int) -> int:
        if not 0 <= rank < self.count:
            raise IndexError(rank)
        wallet, place = self._matches.totals.locate(rank)
        return HELD.before(wallet) + self._matches.slots(wallet)[place]

    def rank(self, ordinal: int) -> int:
        wallet, slot = HELD.locate(ordinal)
        return self._matches.totals.before(wallet) + bisect_left(self._matches.slots(wallet), slot)
