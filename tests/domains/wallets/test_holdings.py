"""The wallet domain: records are consistent with each other, and every world begins with the edge cases."""

from __future__ import annotations

import json
import re
import uuid
from collections import defaultdict
from datetime import datetime
from decimal import Decimal

from eth_utils.address import is_checksum_address
from jsonschema_rs import Draft202012Validator
from solders.pubkey import Pubkey

from mockserver.domains.wallets.holdings import PROFILES
from mockserver.domains.wallets.properties import NULLABLE
from mockserver.domains.wallets.tokens import CHAIN_BY_ID, CHAIN_IDS_BY_TYPE, TOKEN_BY_ID
from tests.support.expected import all_records, check_selection
from tests.support.wallet_worlds import HUGE, RECORDS, SEMANTICS, WORLD, dataset, with_properties

SAMPLE = RECORDS + [dataset(HUGE).record(i * 7_654_321) for i in range(150)]


def test_records_fit_the_contract() -> None:
    validator = Draft202012Validator(json.loads(json.dumps(SEMANTICS.item_schema)), validate_formats=True)
    for record in SAMPLE:
        validator.validate(record)


def test_amounts_are_plain_decimals_that_add_up() -> None:
    for record in SAMPLE:
        amounts = [record[n] for n in ("amount", "pending", "locked", "total") if record[n] is not None]
        for text in amounts:
            assert re.fullmatch(r"(0|[1-9]\d*)(\.\d+)?", text)
            assert len(text.partition(".")[2]) <= TOKEN_BY_ID[record["token_id"]].decimals
        if len(amounts) == 4:
            *parts, total = map(Decimal, amounts)
            assert sum(parts) == total
    assert any(r["pending"] not in (None, "0") for r in RECORDS)
    assert any(r["locked"] not in (None, "0") for r in RECORDS)


def test_times_are_before_the_default_clock_and_in_order() -> None:
    clock = datetime.fromisoformat("2025-01-15T12:00:00Z")
    for record in SAMPLE:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", record["updated_at"])
        updated = datetime.fromisoformat(record["updated_at"])
        assert updated < clock
        if record["balance_updated_at"] is not None:
            assert datetime.fromisoformat(record["balance_updated_at"]) <= updated
    assert any(r["balance_updated_at"] != r["updated_at"] for r in RECORDS)


def test_addresses_pass_the_checks_of_wallet_libraries() -> None:
    for record in SAMPLE:
        if TOKEN_BY_ID[record["token_id"]].chain.type == "ETH":
            assert is_checksum_address(record["address"])
        else:
            # A leading zero byte would make some addresses shorter.
            assert bytes(Pubkey.from_string(record["address"]))[0] > 0
            assert len(record["address"]) in (43, 44)


def test_one_principal_owns_wallets_with_one_address_for_each_chain_type() -> None:
    assert len({r["user_id"] for r in RECORDS}) == 1
    addresses = defaultdict(set)
    owners = defaultdict(set)
    for record in RECORDS:
        addresses[record["wallet_uuid"], TOKEN_BY_ID[record["token_id"]].chain.type].add(record["address"])
        owners[record["address"]].add(record["wallet_uuid"])
    assert {len(a) for a in addresses.values()} == {len(w) for w in owners.values()} == {1}
    assert len(set.union(*addresses.values())) == len(addresses)


def test_tokens_are_on_their_chains() -> None:
    for record in SAMPLE:
        if record["chain_id"] is not None:
            assert TOKEN_BY_ID[record["token_id"]].chain.id == record["chain_id"]
            assert CHAIN_BY_ID[record["chain_id"]].type == record["chain_type"]
            assert record["compatible_chains"] in ([], list(CHAIN_IDS_BY_TYPE[record["chain_type"]]))
    assert len({(r["wallet_uuid"], r["token_id"]) for r in RECORDS}) == len(RECORDS)


def test_ordinary_wallets_hold_every_token() -> None:
    assert {h.token.id for p in PROFILES for h in p} == set(TOKEN_BY_ID)


def test_identifiers_are_distinct_over_a_large_sample() -> None:
    huge = dataset(HUGE)
    ordinals = [*range(3000), *range(0, huge.size, huge.size // 3000)]
    ids = [huge.record(i)["id"] for i in dict.fromkeys(ordinals)]
    assert len(set(ids)) == len(ids)
    wallets = range(0, HUGE, HUGE // 5000)
    for name in (huge.names.uuid, huge.names.cobo_id):
        assert len({name(w) for w in wallets}) == len(wallets)
    assert {uuid.UUID(i).version for i in ids} == {4}


def test_another_seed_is_another_world() -> None:
    other = all_records(dataset(seed="another"))
    for name in ("id", "wallet_uuid", "cobo_wallet_id", "user_id", "address"):
        assert {r[name] for r in other}.isdisjoint(r[name] for r in RECORDS)
    assert sum(a["amount"] == b["amount"] for a, b in zip(other, RECORDS, strict=True)) < 10


# The edge cases ------------------------------------------------------------------------------------------------

CASES = {case.name: [r for r in RECORDS if r["wallet_uuid"] == case.filters["wallet_uuid"]] for case in WORLD.cases()}


def test_the_default_world_begins_with_the_edge_cases() -> None:
    assert (WORLD.size, WORLD.wallets) == (173, 14)
    assert [len(records) for records in CASES.values()] == [6, 5, 5, 4, 4, 16, 0, 50, 11]
    assert [r for records in CASES.values() for r in records] == RECORDS[:101]


def test_a_zero_balance() -> None:
    record = next(r for r in CASES["a zero balance"] if r["token_id"] == "SETH_USDC")
    assert [record[n] for n in ("amount", "total", "pending", "locked")] == ["0"] * 4


def test_one_smallest_unit_of_an_18_decimals_token() -> None:
    records = CASES["one smallest unit of an 18-decimals token"]
    record = next(r for r in records if r["token_id"] == "ETH")
    assert record["amount"] == record["total"] == "0.000000000000000001"


def test_more_units_than_a_javascript_number_holds() -> None:
    record = next(r for r in CASES["more units than a JavaScript number holds exactly"] if r["token_id"] == "SOL_BONK")
    assert int(Decimal(record["amount"])) > 2**53
    assert Decimal(float(record["amount"])) != Decimal(record["amount"])
    assert int(float(int(Decimal(record["amount"])))) != int(Decimal(record["amount"]))


def test_null_in_every_nullable_field_and_nowhere_else() -> None:
    record = next(r for r in CASES["null in every nullable field"] if r["token_id"] == "ETH_USDC")
    assert {n for n, v in record.items() if v is None} == set(NULLABLE)
    assert sum(None in r.values() for r in RECORDS) == 1
    found = WORLD.select({"address": record["address"]})
    assert record in [WORLD.record(found.ordinal(k)) for k in range(found.count)]
    assert check_selection(WORLD, RECORDS, {"wallet_uuid": record["wallet_uuid"], "chain_id": "ETH"}) == 2


def test_only_properties_that_the_contract_allows_to_be_null_are_null() -> None:
    strict = {**SEMANTICS.properties, "chain_id": {"type": "string"}, "total": {"type": "string"}}
    ordinal = next(i for i, r in enumerate(RECORDS) if None in r.values())
    data = dataset(semantics=with_properties(strict))
    record = data.record(ordinal)
    assert record["chain_id"] == "ETH"
    assert {n for n, v in record.items() if v is None} == set(NULLABLE) - {"chain_id", "total"}
    check_selection(data, all_records(data), {"chain_id": "ETH"})


def test_an_empty_compatible_chains() -> None:
    lists = [r["compatible_chains"] for r in CASES["an empty compatible_chains"] if r["token_id"] == "SOLDEV_SOL"]
    assert lists == [[]]
    assert sum(not r["compatible_chains"] for r in RECORDS) == 1


def test_equal_timestamps_on_many_records() -> None:
    records = CASES["equal timestamps on many records"]
    assert len({(r["updated_at"], r["updated_at"] == r["balance_updated_at"]) for r in records}) == 1
    assert len(records) == 16


def test_a_wallet_with_no_balances() -> None:
    case = next(c for c in WORLD.cases() if c.name == "a wallet with no balances")
    assert WORLD.select({"wallet_uuid": case.filters["wallet_uuid"]}).count == 0
    assert case.filters["wallet_uuid"] == WORLD.names.uuid(6)


def test_a_wallet_with_exactly_one_page() -> None:
    assert len(CASES["a wallet with exactly one page"]) == SEMANTICS.default_limit == 50


def test_the_same_symbol_on_many_chains() -> None:
    records = CASES["the same symbol on many chains"]
    assert {TOKEN_BY_ID[r["token_id"]].symbol for r in records} == {"USDC"}
    assert {r["chain_id"] for r in records} == set(CHAIN_BY_ID)


def test_the_descriptions_of_edge_cases_are_true() -> None:
    for case in WORLD.cases():
        for token, text in re.findall(r'^(\w+): amount is "([\d.]+)"', case.see):
            assert [r["amount"] for r in CASES[case.name] if r["token_id"] == token] == [text]
    assert len(dataset(3).cases()) == 3
    assert dataset(0).cases() == []
