"""The names of wallets, each way: a wallet's UUID, its other id and its addresses tell which wallet it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from mockserver.domains.wallets.addresses import ADDRESS_BYTES, read_address, write_address
from mockserver.values.seeded import UUID_BITS, Permutation, draw, read_uuid, write_uuid


class Wallets:
    """The names of the first ``count`` wallets of a seed, which are numbered from 0.

    ``uuid``, ``cobo_id`` and ``address`` give a name; each ``by_...`` gives the number of the wallet with that name, or
    ``None`` for any other text. The names are permutations of the numbers, so nothing is searched, and nothing stored.
    Wallets of pinned balances may be strangers: ``told``, ``named`` and ``clash`` know their names as well.
    """

    def __init__(self, count: int, *, seed: str) -> None:
        self._count = count
        self._seed = seed
        self._uuids = Permutation(UUID_BITS, seed=seed, name="wallet uuid")
        self._cobo_ids = Permutation(48, seed=seed, name="cobo wallet id")
        self._addresses = {
            "ETH": Permutation(160, seed=seed, name="evm address"),
            "SOL": Permutation(248, seed=seed, name="solana address"),
        }
        # What every balance of a wallet repeats is worked out once; bounded, for the world is not.
        self.uuid: Callable[[int], str] = lru_cache(1024)(self._uuid)
        self.cobo_id: Callable[[int], str] = lru_cache(1024)(self._cobo_id)
        self.address: Callable[[int, str], str] = lru_cache(2048)(self._address)

    def by_uuid(self, text: str) -> int | None:
        """The wallet of a UUID."""
        bits = read_uuid(text)
        return None if bits is None else self._known(self._uuids.inverse(bits))

    def by_cobo_id(self, text: str) -> int | None:
        """The wallet of a text that `cobo_id` gave."""
        try:
            wallet = self._known(self._cobo_ids.inverse(int(text[3:], 16)) if len(text) == 15 else None)
        except (ValueError, OverflowError):
            return None
        return wallet if wallet is not None and self.cobo_id(wallet) == text else None

    def by_address(self, text: str) -> tuple[int, str] | None:
        """The wallet of an address, which must be spelled as `address` spells it, and the address's chain type."""
        chain_type, raw = read_address(text) or ("", b"")
        if not raw:
            return None
        bits = int.from_bytes(raw if chain_type == "ETH" else raw[1:], "big")
        wallet = self._known(self._addresses[chain_type].inverse(bits))
        return (wallet, chain_type) if wallet is not None and self.address(wallet, chain_type) == text else None

    def told(self, balance: Mapping[str, Any]) -> str:
        """The UUID of the wallet that a balance names by its other id or its address.

        A strange name has a UUID all the same, and without any name there is one wallet for all.
        """
        cobo_id, address = balance.get("cobo_wallet_id"), balance.get("address")
        wallet = self.by_cobo_id(cobo_id) if cobo_id else None
        if wallet is None and address:
            wallet = (self.by_address(address) or (None,))[0]
        clue = str(cobo_id or address or balance.get("user_id") or "")
        return write_uuid(draw(self._seed, "strange wallet", clue) >> 6) if wallet is None else self.uuid(wallet)

    def named(self, uuid: str, chain_type: str) -> tuple[str, str]:
        """The other id and the address, for a chain type, of any wallet: those of a strange one are drawn."""
        wallet = self.by_uuid(uuid.lower())
        if wallet is None:
            cobo_id = f"cw-{draw(self._seed, 'strange wallet', uuid.lower(), 'cobo') & (1 << 48) - 1:012x}"
        else:
            cobo_id = self.cobo_id(wallet)
        if wallet is None or chain_type not in self._addresses:
            return cobo_id, self._strange_address(uuid.lower(), chain_type)
        return cobo_id, self.address(wallet, chain_type)

    def clash(self, balance: Mapping[str, Any]) -> str:
        """What is wrong with a balance's address: a wallet of the world has one for each chain type."""
        uuid, chain_type, said = balance["wallet_uuid"], balance["chain_type"], balance["address"]
        if chain_type not in self._addresses or self.by_uuid(uuid.lower()) is None:
            return ""
        own = self.named(uuid, chain_type)[1]
        wrong = str(said).lower() != own.lower()
        return f"got '{said}', expected this wallet's {chain_type} address, '{own}'" if wrong else ""

    def _strange_address(self, uuid: str, chain_type: str) -> str:
        standard = chain_type if chain_type in ADDRESS_BYTES else "ETH"
        drawn = [draw(self._seed, "strange wallet", uuid, "address", chain_type, half) for half in (0, 1)]
        raw = b"".join(number.to_bytes(16, "little") for number in drawn)[: ADDRESS_BYTES[standard]]
        return write_address(standard, bytes([1 + raw[0] % 255]) + raw[1:])

    def _known(self, wallet: int | None) -> int | None:
        return wallet if wallet is not None and wallet < self._count else None

    def _uuid(self, wallet: int) -> str:
        return write_uuid(self._uuids(wallet))

    def _cobo_id(self, wallet: int) -> str:
        return f"cw-{self._cobo_ids(wallet):012x}"

    def _address(self, wallet: int, chain_type: str) -> str:
        bits = self._addresses[chain_type](wallet)
        # Solana's first byte is not zero: a leading zero is what makes base58 shorter than 43 characters.
        raw = bits.to_bytes(20, "big") if chain_type == "ETH" else bytes([1 + bits % 255]) + bits.to_bytes(31, "big")
        return write_address(chain_type, raw)
