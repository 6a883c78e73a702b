"""The tables and addresses of the wallet domain, compared with wallet libraries."""

from __future__ import annotations

import re
import subprocess
import sys
from decimal import Decimal

import pytest
from eth_utils.address import is_checksum_address
from faker import Faker
from hypothesis import given
from hypothesis import strategies as st
from solders.pubkey import Pubkey

from mockserver.domains.wallets.addresses import ADDRESS_BYTES, evm_address, read_address, write_address
from mockserver.domains.wallets.amounts import plausible_units, write_amount
from mockserver.domains.wallets.faker_provider import wallet_provider
from mockserver.domains.wallets.tokens import CHAIN_BY_ID, CHAIN_IDS_BY_TYPE, CHAINS, TOKEN_BY_ID, TOKENS

# The examples in EIP-55.
EIP_55 = (
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
    "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    "0x52908400098527886E0F7030069857D2E4169EE7",
    "0xde709f2102306220921060314715629080e2fb77",
)


@pytest.mark.parametrize("address", EIP_55)
def test_evm_addresses_are_those_of_eip_55(address: str) -> None:
    assert evm_address(bytes.fromhex(address[2:])) == address


@given(st.binary(min_size=20, max_size=20))
def test_evm_addresses_pass_a_wallet_library_and_can_be_read(raw: bytes) -> None:
    address = write_address("ETH", raw)
    assert is_checksum_address(address)
    assert read_address(address) == ("ETH", raw)


@given(st.integers(1, 255), st.binary(min_size=31, max_size=31))
def test_solana_addresses_pass_a_wallet_library_and_can_be_read(first: int, rest: bytes) -> None:
    raw = bytes([first]) + rest
    address = write_address("SOL", raw)
    assert bytes(Pubkey.from_string(address)) == raw
    assert len(address) in (43, 44)
    assert read_address(address) == ("SOL", raw)


@given(st.text(max_size=50))
def test_reading_any_text_as_an_address_is_safe(text: str) -> None:
    found = read_address(text)
    assert found is None or len(found[1]) == ADDRESS_BYTES[found[0]]


@pytest.mark.parametrize("text", ["", "0x", "0x" + "g" * 40, "0x" + "1" * 39, "0" * 44, "1" * 44, "z" * 44, "é" * 43])
def test_other_texts_are_not_read_as_addresses(text: str) -> None:
    assert read_address(text) is None


def test_token_ids_are_spelled_as_the_vendor_spells_them() -> None:
    assert {"SETH", "SOL", "BASE_ETH", "SETH_USDC", "ETH_USDC", "ETH_USDT", "BASE_USDC", "SOL_USDC"} <= set(TOKEN_BY_ID)
    assert len(TOKEN_BY_ID) == len(TOKENS) == 53
    assert [t.number for t in TOKENS] == list(range(53))


def test_decimals_are_those_of_the_chains() -> None:
    expected = {"SETH": 18, "SOL": 9, "ETH_USDC": 6, "BSC_USDC": 18, "BSC_USDT": 18, "ETH_WBTC": 8, "ETH_DAI": 18}
    expected |= {"SOL_BONK": 5, "BASE_WETH": 18, "SOL_USDC": 6}
    assert {name: TOKEN_BY_ID[name].decimals for name in expected} == expected


def test_chains_of_one_type_are_listed_together() -> None:
    assert CHAIN_IDS_BY_TYPE["SOL"] == ("SOL", "SOLDEV_SOL")
    assert len(CHAIN_IDS_BY_TYPE["ETH"]) == 9
    assert {c.id for c in CHAINS if c.testnet} == {"SETH", "TBASE_SETH", "SOLDEV_SOL"}


@given(st.integers(0, 10**40), st.integers(0, 18))
def test_amounts_are_plain_decimals_of_the_same_value(units: int, decimals: int) -> None:
    text = write_amount(units, decimals)
    assert re.fullmatch(r"(0|[1-9]\d*)(\.\d*[1-9])?", text)
    assert len(text.partition(".")[2]) <= decimals
    digits = Decimal(text).as_tuple()
    assert isinstance(digits.exponent, int)
    assert int("".join(map(str, digits.digits))) * 10 ** (digits.exponent + decimals) == units


@given(st.integers(0, 2**128 - 1), st.sampled_from([5, 6, 8, 9, 18]))
def test_plausible_amounts_are_positive_and_at_most_ten_thousand_tokens(number: int, decimals: int) -> None:
    assert 0 < plausible_units(number, decimals) <= 10_001 * 10**decimals


def test_the_faker_provider_has_chains_tokens_addresses_and_amounts() -> None:
    fake = Faker()
    fake.add_provider(wallet_provider())
    fake.seed_instance(7)
    assert is_checksum_address(fake.evm_address())
    assert len(fake.solana_address()) in (43, 44)
    assert fake.chain_id() in CHAIN_BY_ID
    assert fake.chain_type() in ("ETH", "SOL")
    assert fake.token_id() in TOKEN_BY_ID
    assert TOKEN_BY_ID[fake.token_id(chain_id="BSC_BNB")].chain.id == "BSC_BNB"
    assert fake.token_symbol() in {t.symbol for t in TOKENS}
    assert len(fake.token_amount(decimals=6).partition(".")[2]) <= 6


def test_the_tables_import_neither_faker_nor_cryptography() -> None:
    code = (
        "import sys, mockserver.domains.wallets.tokens\nprint(sorted({'faker', 'Crypto', 'base58'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
