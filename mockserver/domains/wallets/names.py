"""The names of wallets: UUID, Cobo wallet id and addresses, each computed from the wallet's number and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from mockserver.domains.wallets.addresses import ADDRESS_BYTES, read_address, write_address
from mockserver.values.seeded import UUID_BITS, Permutation, draw, read_uuid, write_uuid

# The first key of all seeded values of wallets that the world does not have: another one would change the records of
# every user.
_KEY = "strange wallet"


class WalletNames:
    """The names of the first ``count`` wallets of a seed, which are numbered from 0.

    ``uuid``, ``cobo_id`` and ``address`` return a name; each ``by_...`` returns the number of the wallet with a name,
    or ``None`` for any other text. Names are permutations of the numbers, so nothing is searched and nothing is stored.

    Fixtures may name wallets that the world does not have. ``uuid_for``, ``names_of`` and ``address_problem`` work for
    these, too.
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
        # All balances of a wallet repeat its names, so these are cached; bounded, because a world may be huge.
        self.uuid: Callable[[int], str] = lru_cache(1024)(self._uuid)
        self.cobo_id: Callable[[int], str] = lru_cache(1024)(self._cobo_id)
        self.address: Callable[[int, str], str] = lru_cache(2048)(self._address)

    def by_uuid(self, text: str) -> int | None:
        """Return the wallet with this UUID."""
        bits = read_uuid(text)
        return None if bits is None else self._known(self._uuids.inverse(bits))

    def by_cobo_id(self, text: str) -> int | None:
        """Return the wallet with this Cobo wallet id, spelled as `cobo_id` spells it."""
        if len(text) != 15:
            return None
        try:
            wallet = self._known(self._cobo_ids.inverse(int(text[3:], 16)))
        except (ValueError, OverflowError):
            return None
        return wallet if wallet is not None and self.cobo_id(wallet) == text else None

    def by_address(self, text: str) -> tuple[int, str] | None:
        """Return the wallet with this address, spelled as `address` spells it, and the address's chain type."""
        found = read_address(text)
        if found is None:
            return None
        chain_type, raw = found
        bits = int.from_bytes(raw if chain_type == "ETH" else raw[1:], "big")
        wallet = self._known(self._addresses[chain_type].inverse(bits))
        return (wallet, chain_type) if wallet is not None and self.address(wallet, chain_type) == text else None

    def uuid_for(self, balance: Mapping[str, Any]) -> str:
        """Return the UUID of the wallet that a balance names by its Cobo wallet id or its address.

        An unknown name gets a UUID computed from it. Balances without any name share one wallet.
        """
        cobo_id, address = balance.get("cobo_wallet_id"), balance.get("address")
        wallet = self.by_cobo_id(cobo_id) if cobo_id else None
        if wallet is None and address:
            found = self.by_address(address)
            wallet = None if found is None else found[0]
        if wallet is not None:
            return self.uuid(wallet)
        name = str(cobo_id or address or balance.get("user_id") or "")
        return write_uuid(draw(self._seed, _KEY, name) >> 6)

    def names_of(self, uuid: str, chain_type: str) -> tuple[str, str]:
        """Return the Cobo wallet id and the address, for a chain type, of any wallet: of the world or computed."""
        wallet = self.by_uuid(uuid.lower())
        if wallet is None:
            cobo_id = f"cw-{draw(self._seed, _KEY, uuid.lower(), 'cobo') & (1 << 48) - 1:012x}"
        else:
            cobo_id = self.cobo_id(wallet)
        if wallet is None or chain_type not in self._addresses:
            return cobo_id, self._computed_address(uuid.lower(), chain_type)
        return cobo_id, self.address(wallet, chain_type)

    def address_problem(self, balance: Mapping[str, Any]) -> str:
        """Return what is wrong with a balance's address: a wallet of the world has one address for each chain type."""
        uuid, chain_type, given = balance["wallet_uuid"], balance["chain_type"], balance["address"]
        if chain_type not in self._addresses or self.by_uuid(uuid.lower()) is None:
            return ""
        expected = self.names_of(uuid, chain_type)[1]
        if str(given).lower() == expected.lower():
            return ""
        return f"got '{given}', expected this wallet's {chain_type} address, '{expected}'"

    def _computed_address(self, uuid: str, chain_type: str) -> str:
        standard = chain_type if chain_type in ADDRESS_BYTES else "ETH"
        numbers = [draw(self._seed, _KEY, uuid, "address", chain_type, half) for half in (0, 1)]
        raw = b"".join(number.to_bytes(16, "little") for number in numbers)[: ADDRESS_BYTES[standard]]
        return write_address(standard, bytes([1 + raw[0] % 255]) + raw[1:])

    def _known(self, wallet: int) -> int | None:
        return wallet if wallet < self._count else None

    def _uuid(self, wallet: int) -> str:
        return write_uuid(self._uuids(wallet))

    def _cobo_id(self, wallet: int) -> str:
        return f"cw-{self._cobo_ids(wallet):012x}"

    def _address(self, wallet: int, chain_type: str) -> str:
        bits = self._addresses[chain_type](wallet)
        # Solana's first byte is not zero: a leading zero is what makes base58 shorter than 43 characters.
        raw = bits.to_bytes(20, "big") if chain_type == "ETH" else bytes([1 + bits % 255]) + bits.to_bytes(31, "big")
        return write_address(chain_type, raw)
