"""Addresses of wallets: EVM (EIP-55) and Solana (base58 of a public key's 32 bytes).

The libraries for Keccak and base58 are imported by the first address that needs them, not with this module.
"""

from __future__ import annotations

ADDRESS_BYTES = {"ETH": 20, "SOL": 32}
"""The number of bytes of an address, by chain type."""


def evm_address(raw: bytes) -> str:
    """Return 20 bytes as an EVM address: ``0x`` and 40 hexadecimal digits in the mixed case of EIP-55."""
    from Crypto.Hash import keccak

    digits = raw.hex()
    # hexdigest() is implemented in Python and takes longer than the hash itself.
    check = keccak.new(data=digits.encode(), digest_bits=256).digest().hex()
    return "0x" + "".join([d.upper() if c >= "8" else d for d, c in zip(digits, check, strict=False)])


def solana_address(raw: bytes) -> str:
    """Return 32 bytes as a Solana address: base58; 43 or 44 characters, unless the first byte is zero."""
    import base58

    return base58.b58encode(raw).decode()


def write_address(chain_type: str, raw: bytes) -> str:
    """Return bytes as an address of a chain type; ``raw`` has as many bytes as `ADDRESS_BYTES` says."""
    return evm_address(raw) if chain_type == "ETH" else solana_address(raw)


def read_address(text: str) -> tuple[str, bytes] | None:
    """Return chain type and bytes of an address, or ``None`` for other text. The checksum of EIP-55 is not checked."""
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
