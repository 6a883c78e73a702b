"""What wallets hold, and how many balances match a filter.

A world shows the first wallets of an infinite sequence. It begins with the edge cases (`CASES`); then a block of
`PROFILES` repeats. So counting balances is a division, and costs the same for a hundred wallets as for a hundred
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
    """One token in one kind of wallet; ``case`` names its edge case, if it is one."""

    token: Token
    case: str = ""


class Case(NamedTuple):
    """The wallet of an edge case: its name, what to look at, and what the wallet holds."""

    name: str
    see: str
    holdings: tuple[Holding, ...]


def _hold(text: str, **cases: str) -> tuple[Holding, ...]:
    """Return the holdings of the token ids in ``text``; ``cases`` names edge cases by token id."""
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
    Case("a wallet with no balances", "wallet_uuid selects no records, with status 200", ()),
    Case("a wallet with exactly one page", "50 balances, the default page size", tuple(map(Holding, TOKENS[:50]))),
    Case(
        "the same symbol on many chains",
        "USDC on 11 chains, under 11 token ids",
        tuple(Holding(t) for t in TOKENS if t.symbol == "USDC"),
    ),
)
"""The wallets with which every world begins."""

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
"""What ordinary wallets hold, in turn. Together they hold all tokens, so every filter for a token finds records."""

_OPENING = tuple(case.holdings for case in CASES)
KINDS = _OPENING + PROFILES
"""What each kind of wallet holds. The index of a holding is its *slot* in every wallet of this kind."""


def kind_of(wallet: int) -> int:
    """Return the index of a wallet's kind in `KINDS`."""
    first = len(_OPENING)
    return wallet if wallet < first else first + (wallet - first) % len(PROFILES)


class RunningTotal:
    """Running totals over all wallets of a number that each kind of wallet has (``by_kind``, as `KINDS`)."""

    def __init__(self, by_kind: Sequence[int]) -> None:
        self._opening = tuple(accumulate(by_kind[: len(_OPENING)], initial=0))
        self._block = tuple(accumulate(by_kind[len(_OPENING) :], initial=0))

    def before(self, wallet: int) -> int:
        """Return the total over the wallets before this one."""
        if wallet < len(_OPENING):
            return self._opening[wallet]
        blocks, rest = divmod(wallet - len(_OPENING), len(PROFILES))
        return self._opening[-1] + blocks * self._block[-1] + self._block[rest]

    def locate(self, index: int) -> tuple[int, int]:
        """Return the wallet in which the running total passes ``index``, and by how much ``index`` exceeds `before`."""
        if index < self._opening[-1]:
            wallet = bisect_right(self._opening, index) - 1
            return wallet, index - self._opening[wallet]
        blocks, rest = divmod(index - self._opening[-1], self._block[-1])
        place = bisect_right(self._block, rest) - 1
        return len(_OPENING) + blocks * len(PROFILES) + place, rest - self._block[place]


BALANCES = RunningTotal([len(kind) for kind in KINDS])
"""The number of balances: each wallet has one for each holding."""


def balances_of(wallets: int) -> int:
    """Return the number of balances in the first ``wallets`` wallets."""
    return BALANCES.before(wallets)


def wallets_of(size: int) -> int:
    """Return the number of wallets that are needed for ``size`` balances."""
    return BALANCES.locate(size - 1)[0] + 1 if size else 0


class Matches:
    """The holdings that meet some conditions: slots by kind of wallet, and running ``totals`` over all wallets."""

    def __init__(self, slots: Sequence[Sequence[int]]) -> None:
        self._slots = slots
        self.totals = RunningTotal([len(found) for found in slots])

    def slots(self, wallet: int) -> Sequence[int]:
        """Return the slots of a wallet whose holdings match, ascending."""
        return self._slots[kind_of(wallet)]


@lru_cache(1024)
def matching(conditions: tuple[tuple[str, Any], ...], nulls: frozenset[str]) -> Matches:
    """Return the holdings that have all these traits, given as pairs of a name and a value.

    The traits are ``token_id``, ``chain_id`` and ``chain_type`` as in the record, where those in ``nulls`` may be null;
    ``standard`` and ``number`` are the chain type and the token's number, even if the record has null.
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


class MatchingHoldings:
    """The first ``size`` balances as far as their holdings meet some conditions (a `world.model.Selection`)."""

    def __init__(self, matches: Matches, size: int) -> None:
        self._matches = matches
        self.count = self.rank(size)

    def ordinal(self, rank: int) -> int:
        if not 0 <= rank < self.count:
            raise IndexError(rank)
        wallet, place = self._matches.totals.locate(rank)
        return BALANCES.before(wallet) + self._matches.slots(wallet)[place]

    def rank(self, ordinal: int) -> int:
        wallet, slot = BALANCES.locate(ordinal)
        return self._matches.totals.before(wallet) + bisect_left(self._matches.slots(wallet), slot)
