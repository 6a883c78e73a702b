"""Worlds with fixtures, compared with plain lists: what is replaced, added, completed and refused."""

from __future__ import annotations

import json
import re
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from eth_utils import is_checksum_address
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator
from solders.pubkey import Pubkey

from mockserver.contract import load_contract
from mockserver.domains.wallets.tokens import TOKEN_BY_ID
from mockserver.errors import FixtureError
from mockserver.mock.lists.pagination import page_from, page_until
from mockserver.semantics import ListSemantics, list_operations
from mockserver.world.export import export, parts_of
from mockserver.world.fixtures import load_fixtures, parse_fixtures
from mockserver.world.model import Dataset, Record, World
from mockserver.world.with_fixtures import FixtureDataset, fixture_records, with_fixtures
from tests.support.expected import all_records, check_selection
from tests.support.paths import ROOT
from tests.support.ships import SHIP, SHIP_FILTERS, semantics
from tests.support.wallet_worlds import CONTRACT
from tests.support.worlds import build_world

LIST = "list_balances"
BALANCES = list_operations(load_contract(CONTRACT))
WORLD = build_world(BALANCES)
RECORDS = all_records(WORLD.datasets[LIST])
FILTERS = ("wallet_uuid", "chain_id", "address", "token_id", "id")
UUIDS = ("id", "wallet_uuid", "user_id")
FITS = Draft202012Validator(dict(BALANCES[0].item_schema), validate_formats=True)
UNKNOWN = "7F0A6CCE-9080-46af-b4c6-000000000001"


def add(*partials: Any, world: World = WORLD, lists: Any = BALANCES) -> World:
    return with_fixtures(world, lists, parse_fixtures(list(partials), lists, "test"))


def completed(*partials: Any, world: World = WORLD) -> list[Record]:
    fixtures = parse_fixtures(list(partials), BALANCES, "test")
    return fixture_records(with_fixtures(world, BALANCES, fixtures), fixtures).get(LIST, [])


def expected_list(base: list[Record], records: list[Record], identity: str = "id") -> list[Record]:
    """Return the list with fixtures: one with a known identity replaces that record, the others come last."""
    made = list(base)
    places = {str(r[identity]).lower(): i for i, r in enumerate(base)}
    for record in records:
        place = places.get(str(record[identity]).lower())
        if place is None:
            made.append(record)
        else:
            made[place] = record
    return made


def by_value(record: Record) -> Record:
    """Return a balance with its UUIDs as they are compared."""
    return {n: v.lower() if n in UUIDS else v for n, v in record.items()}


# Complete worlds ------------------------------------------------------------------------------------------------------


def through_a_file(folder: Path, world: World, lists: Any, form: str, into: World) -> World:
    path = folder / f"world.{form}"
    chunks = export(parts_of(world, lists), form, several=len(lists) > 1)
    path.write_text("".join(chunk.text for chunk in chunks), encoding="utf-8")
    return with_fixtures(into, lists, load_fixtures(path, lists))


def assert_same(world: World, other: World) -> None:
    for name, dataset in world.datasets.items():
        assert all_records(other.datasets[name]) == all_records(dataset)
        assert [list(r) for r in all_records(other.datasets[name])] == [list(r) for r in all_records(dataset)]


@pytest.mark.parametrize("form", ["json", "ndjson"])
@pytest.mark.parametrize("size", [None, 0, 1, 138, 400])
def test_an_exported_world_of_balances_can_be_read_again(tmp_path: Path, form: str, size: int | None) -> None:
    world = build_world(BALANCES, size=size)
    same = through_a_file(tmp_path, world, BALANCES, form, world)
    assert same.datasets[LIST].size == world.datasets[LIST].size
    assert_same(world, same)
    empty = build_world(BALANCES, size=0, seed="another")
    assert_same(world, through_a_file(tmp_path, world, BALANCES, form, empty))


@settings(max_examples=25, deadline=None)
@given(seed=st.text(max_size=8), size=st.integers(0, 60))
def test_any_exported_world_can_be_read_again(tmp_path_factory: pytest.TempPathFactory, seed: str, size: int) -> None:
    folder = tmp_path_factory.mktemp("world")
    lists = (*BALANCES, *semantics(folder, SHIP, "code", (*SHIP_FILTERS, "code"), "ships", "boats"))
    world = build_world(lists, seed=seed, size=size)
    assert_same(world, through_a_file(folder, world, lists, "ndjson", world))
    assert_same(world, through_a_file(folder, world, lists, "json", build_world(lists, size=0, seed=seed + "x")))


@pytest.mark.parametrize("name", ["boats.yaml", "notes.yaml", "songs.json"])
def test_exported_worlds_of_other_contracts_can_be_read_again(tmp_path: Path, name: str) -> None:
    lists = list_operations(load_contract(ROOT / "tests" / "contracts" / name))
    world = build_world(lists)
    assert_same(world, through_a_file(tmp_path, world, lists, "json", world))
    assert_same(world, through_a_file(tmp_path, world, lists, "json", build_world(lists, size=0, seed="x")))


# Any records ----------------------------------------------------------------------------------------------------------


def _property(name: str) -> st.SearchStrategy[Any]:
    real = st.sampled_from(sorted({str(r[name]) for r in RECORDS if r[name] is not None}))
    if name in ("id", "wallet_uuid"):
        return real | st.uuids().map(str) | real.map(str.upper) | st.just(UNKNOWN)
    if name in ("token_id", "chain_id", "chain_type"):
        return real | st.sampled_from(["DOGE", "NOWHERE"]) | (st.none() if name != "token_id" else st.nothing())
    return real


_amounts = st.decimals(0, 10**6, places=5).map(lambda d: f"{d:f}")
_chains = {r["token_id"]: r["chain_id"] for r in RECORDS} | {"DOGE": "DOGE", "NOWHERE": "NOWHERE"}
_times = st.datetimes(datetime(2024, 1, 1), datetime(2026, 1, 1)).map(lambda d: d.isoformat() + "Z")
_partials = st.fixed_dictionaries(
    {},
    optional={
        **{name: _property(name) for name in ("id", "wallet_uuid", "token_id", "chain_id", "chain_type", "user_id")},
        **dict.fromkeys(("amount", "pending"), _amounts),
        "locked": _amounts | st.none(),
        **dict.fromkeys(("updated_at", "balance_updated_at"), _times),
    },
).map(lambda partial: _on_its_chain(partial))


def _on_its_chain(partial: Record) -> Record:
    """Return a partial whose token lies on its chain, if it names both."""
    if "token_id" in partial and partial.get("chain_id") is not None:
        return partial | {"chain_id": _chains[partial["token_id"]]}
    return partial


def allowed(*partials: Record, world: World = WORLD) -> list[Record]:
    """Return the complete records, unless these partials are impossible for one of three reasons."""
    try:
        return completed(*partials, world=world)
    except FixtureError as error:
        reasons = [
            r for r in ("is the same record", "more decimals than", "the same token_id but another") if r in str(error)
        ]
        assume(not reasons)
        raise


@settings(max_examples=150, deadline=None)
@given(st.lists(_partials, max_size=8), st.sampled_from([None, 0, 30]), st.data())
def test_any_fixtures_are_paged_and_filtered_as_in_a_plain_list(
    partials: list[Record], size: int | None, data: st.DataObject
) -> None:
    world = build_world(BALANCES, size=size)
    records = allowed(*partials, world=world)
    expected = expected_list(all_records(world.datasets[LIST]), records)
    made = add(*partials, world=world).datasets[LIST]
    assert all_records(made) == expected
    assert made.size == len(expected)
    values = list(map(by_value, expected))
    check_selection(made, values, {})
    for _ in range(6 if values else 0):
        names = data.draw(st.lists(st.sampled_from(FILTERS), min_size=1, max_size=3, unique=True))
        rows = data.draw(st.lists(st.sampled_from(values), min_size=3, max_size=3))
        check_selection(made, values, {n: row[n] for n, row in zip(names, rows, strict=False)})


@settings(max_examples=150, deadline=None)
@given(st.lists(_partials, max_size=8))
def test_completed_balances_are_consistent(partials: list[Record]) -> None:
    records = allowed(*partials)
    assert completed(*partials) == records
    addresses: dict[tuple[str, str], set[str]] = {}
    for record in [*RECORDS, *records]:
        if record["chain_type"] is not None:
            addresses.setdefault((record["wallet_uuid"].lower(), record["chain_type"]), set()).add(record["address"])
    assert {len(found) for found in addresses.values()} == {1}
    for partial, record in zip(partials, records, strict=True):
        FITS.validate(record)
        assert list(record) == list(RECORDS[0])
        assert record | partial == record
        assert_adds_up(partial, record)
        assert is_checksum_address(record["address"]) or len(bytes(Pubkey.from_string(record["address"]))) == 32
        if {"updated_at", "balance_updated_at"} - partial.keys() and record["balance_updated_at"] is not None:
            times = (datetime.fromisoformat(record[n]) for n in ("updated_at", "balance_updated_at"))
            assert next(times) >= next(times)


def assert_adds_up(partial: Record, record: Record) -> None:
    parts = [record[n] for n in ("amount", "pending", "locked")]
    if record["total"] is not None:
        assert Decimal(record["total"]) == sum(Decimal(part or 0) for part in parts)
    for text in (*parts, record["total"]):
        assert text is None or re.fullmatch(r"(0|[1-9]\d*)(\.\d+)?", text)
        if record["token_id"] in TOKEN_BY_ID and text is not None:
            assert len(text.partition(".")[2]) <= TOKEN_BY_ID[record["token_id"]].decimals


def test_walks_of_a_world_with_fixtures_show_every_record() -> None:
    moved = {"id": RECORDS[40]["id"], "token_id": "SETH_USDC", "amount": "1"}
    data = add(moved, {"token_id": "SETH_USDC"}, {"token_id": "DOGE"}).datasets[LIST]
    records = all_records(data)
    for filters in ({}, {"token_id": "SETH_USDC"}, {"token_id": RECORDS[40]["token_id"]}, {"token_id": "DOGE"}):
        matching = [r for r in records if all(r[n] == v for n, v in filters.items())]
        found = data.select(filters)
        for limit in (1, 7, 200):
            walked: list[Record] = []
            rank, last = 0, 0
            for _ in range(found.count):
                page = page_from(found.count, limit, rank)
                ordinals = [found.ordinal(k) for k in range(page.start, page.stop)]
                walked += [data.record(o) for o in ordinals]
                last = ordinals[-1]
                rank = found.rank(last + 1)
                if rank == found.count:
                    break
            assert walked == matching
            back = page_until(found.count, limit, found.rank(last))
            assert [data.record(found.ordinal(k)) for k in range(back.start, back.stop)] == matching[:-1][-limit:]


def test_uuids_are_found_by_value_and_as_they_are_written() -> None:
    known, unknown = RECORDS[3]["id"].upper(), UNKNOWN
    data = add({"id": known, "amount": "1"}, {"id": unknown, "wallet_uuid": UNKNOWN}).datasets[LIST]
    assert data.size == len(RECORDS) + 1
    assert data.record(3)["id"] == known
    for text, ordinal in ((known, 3), (known.lower(), 3), (unknown, 173), (unknown.lower(), 173)):
        found = data.select({"id": text})
        assert [found.ordinal(k) for k in range(found.count)] == [ordinal]
    assert data.select({"wallet_uuid": UNKNOWN.lower()}).count == 1
    assert data.select({"id": unknown.swapcase()}).count == 0
    assert data.select({"token_id": "eth"}).count == 0


def test_unknown_values_find_nothing_and_ranks_outside_are_clamped() -> None:
    data = add({"id": RECORDS[0]["id"], "amount": "5"}, {"token_id": "7"}).datasets[LIST]
    for value in (None, 7, 7.0, True, [], {}, "", "\0", "x" * 10_000):
        assert data.select({"token_id": value}).count == 0
    for filters in ({}, {"token_id": "7"}, {"chain_type": "ETH"}):
        found = data.select(filters)
        assert found.rank(data.size) == found.rank(data.size + 7) == found.rank(2**63) == found.count
        with pytest.raises(IndexError):
            found.ordinal(found.count)
        # The cursor of a fixture that was removed: nothing follows it, everything precedes it.
        before = WORLD.datasets[LIST].select(filters)
        assert page_from(before.count, 9, before.rank(data.size)).empty
        assert page_until(before.count, 9, before.rank(data.size - 1)).stop == before.count
    for ordinal in (-1, data.size):
        with pytest.raises(IndexError):
            data.record(ordinal)


def test_a_record_is_new_each_time() -> None:
    fixtures = parse_fixtures([{"token_id": "ETH"}], BALANCES, "test")
    world = with_fixtures(WORLD, BALANCES, fixtures)
    for records in ([world.datasets[LIST].record(173)], fixture_records(world, fixtures)[LIST]):
        records[0]["compatible_chains"].append("changed")
    assert "changed" not in world.datasets[LIST].record(173)["compatible_chains"]


# Cost -----------------------------------------------------------------------------------------------------------------


class Counting:
    """A dataset that counts the uses of its methods."""

    def __init__(self, base: Dataset) -> None:
        self._base = base
        self.size = base.size
        self.uses = 0

    def __getattr__(self, name: str) -> Any:
        self.uses += 1
        return getattr(self._base, name)


def test_the_cost_grows_with_the_matching_fixtures_and_not_with_the_world() -> None:
    costs = []
    for wallets in (14, 10**8):
        world = build_world(BALANCES, wallets=wallets)
        base = Counting(world.datasets[LIST])
        place = base.size - 3
        ids = [base._base.record(k)["id"] for k in (0, place)]
        fixtures = [{"id": i, "token_id": "DOGE"} for i in ids] + [{"token_id": "ETH", "amount": "5"}] * 50
        records = completed(*fixtures, world=world)
        data = FixtureDataset(BALANCES[0], base, records)
        base.uses = 0
        for filters in ({}, {"token_id": "DOGE"}, {"chain_id": "SETH"}, {"token_id": "ETH", "chain_id": "ETH"}):
            found = data.select(filters)
            for rank in (0, found.count // 2, found.count - 1):
                ordinal = found.ordinal(rank)
                assert found.rank(ordinal) == rank
                record = data.record(ordinal)
                assert all(record[n] == v for n, v in filters.items())
        assert [data.select({"token_id": "DOGE"}).ordinal(k) for k in (0, 1)] == [0, place]
        costs.append(base.uses)
    assert max(costs) < 100


# Labels of worlds -----------------------------------------------------------------------------------------------------


def test_a_label_identifies_the_world_and_its_fixtures() -> None:
    one, same, other = add({"amount": "5"}), add({"amount": "5"}), add({"amount": "6"})
    assert WORLD.label == WORLD.fingerprint and WORLD.fixtures == ""
    assert one.label == same.label == f"{WORLD.fingerprint}-{one.fixtures}"
    assert re.fullmatch(r"[0-9a-f]{12}", one.fixtures)
    assert len({WORLD.label, one.label, other.label}) == 3
    assert {w.fingerprint for w in (one, same, other)} == {WORLD.fingerprint}
    assert add().label == WORLD.label
    assert add() == WORLD


def test_later_fixtures_replace_earlier_ones_with_the_same_identity() -> None:
    mine = {"wallet_uuid": UNKNOWN, "token_id": "ETH"}
    first = add({**mine, "amount": "5", "locked": "2", "user_id": UNKNOWN}, {"id": UNKNOWN, "amount": "1"})
    second = add({**mine, "amount": "6"}, {"id": UNKNOWN.lower(), "pending": "3"}, world=first)
    data = second.datasets[LIST]
    assert data.size == len(RECORDS) + 2
    # What only the first fixtures give stays; amounts are one group.
    before = all_records(first.datasets[LIST])[173:]
    assert data.record(173) == before[0] | {"amount": "6", "total": "6", "locked": "0"}
    assert data.record(174) == before[1] | {"id": UNKNOWN.lower(), "pending": "3", "total": "4"}
    check_selection(data, list(map(by_value, all_records(data))), {"token_id": "ETH"})
    assert len({first.fixtures, second.fixtures, add({"amount": "5"}).fixtures}) == 3
    assert data.base.base is WORLD.datasets[LIST]
    assert all_records(first.datasets[LIST])[173:] == before


def test_a_computed_id_is_not_that_of_an_earlier_fixture() -> None:
    first = add({"token_id": "X"})
    moved = {"id": first.datasets[LIST].record(173)["id"], "token_id": "Y"}
    third = add({"token_id": "X"}, world=add(moved, world=first)).datasets[LIST]
    assert [r["token_id"] for r in all_records(third)[173:]] == ["Y", "X"]
    assert len({r["id"] for r in all_records(third)}) == 175


def test_an_unknown_token_is_distinguished_by_its_chain() -> None:
    mine = {"wallet_uuid": UNKNOWN, "token_id": "DOGE"}
    first = add({**mine, "chain_id": "A", "amount": "1"})
    second = add({**mine, "chain_id": "B", "amount": "2"}, world=first)
    third = add({**mine, "chain_id": "B", "amount": "3"}, world=second).datasets[LIST]
    assert [(r["chain_id"], r["amount"]) for r in all_records(third)[173:]] == [("A", "1"), ("B", "3")]


def test_a_token_on_two_chains_is_refused() -> None:
    mine = {"wallet_uuid": UNKNOWN, "token_id": "DOGE"}
    with pytest.raises(FixtureError, match=r"list_balances\[1\]\.chain_id: .* the same token_id but another chain_id"):
        add({**mine, "chain_id": "A"}, {**mine, "chain_id": "B"})


def test_each_key_has_the_fixtures_in_its_own_world() -> None:
    mine = build_world(BALANCES, key="mine")
    record = completed({"wallet_uuid": RECORDS[0]["wallet_uuid"], "token_id": "SETH"}, world=mine)[0]
    assert record["user_id"] == mine.datasets[LIST].record(0)["user_id"] != RECORDS[0]["user_id"]
    assert record["id"] != RECORDS[0]["id"]


# Missing properties of balances ---------------------------------------------------------------------------------------

KNOWN = next(r for r in RECORDS if r["token_id"] == "SETH_USDC" and r["locked"] not in ("0", None))
NULLS = next(r for r in RECORDS if r["total"] is None)


def amounts(record: Record) -> tuple[Any, ...]:
    return tuple(record[n] for n in ("amount", "pending", "locked", "total"))


@pytest.mark.parametrize(
    ("partial", "made"),
    [
        ({"amount": "5"}, ("5", "0", "0", "5")),
        ({"amount": "5.50"}, ("5.50", "0", "0", "5.5")),
        ({"amount": "0"}, ("0", "0", "0", "0")),
        ({"total": "5"}, ("5", "0", "0", "5")),
        ({"total": "5", "amount": "3"}, ("3", "2", "0", "5")),
        ({"total": "5", "amount": "3", "pending": "0"}, ("3", "0", "2", "5")),
        ({"total": "5", "amount": "3", "locked": "1"}, ("3", "1", "1", "5")),
        ({"total": "5", "pending": "1", "locked": "0.5"}, ("3.5", "1", "0.5", "5")),
        ({"amount": "1", "pending": "2", "locked": "3"}, ("1", "2", "3", "6")),
        ({"amount": "1", "pending": "2", "locked": "3", "total": "6.00"}, ("1", "2", "3", "6.00")),
        ({"amount": "1", "pending": None}, ("1", None, "0", "1")),
        ({"amount": "1", "total": None}, ("1", "0", "0", None)),
        ({"amount": "1", "pending": None, "locked": "0", "total": "9"}, ("1", None, "0", "9")),
        (
            {"amount": "0.000000000000000001", "locked": "9" * 40},
            ("0.000000000000000001", "0", "9" * 40, "9" * 40 + ".000000000000000001"),
        ),
    ],
    ids=str,
)
def test_amounts_are_completed_so_that_they_add_up(partial: Record, made: tuple[Any, ...]) -> None:
    for token in ("ETH", "DOGE"):
        assert amounts(completed({"token_id": token, **partial})[0]) == made


def test_the_names_of_a_wallet_in_the_world_are_completed() -> None:
    known = RECORDS[0]
    names = {n: known[n] for n in ("wallet_uuid", "cobo_wallet_id", "user_id", "address")}
    for clue in ("wallet_uuid", "cobo_wallet_id", "address"):
        assert completed({clue: known[clue], "token_id": "ETH_DAI"})[0].items() >= names.items()
    solana = next(r for r in RECORDS if r["wallet_uuid"] == known["wallet_uuid"] and r["chain_type"] == "SOL")
    assert completed({"wallet_uuid": known["wallet_uuid"], "token_id": "SOL_BONK"})[0]["address"] == solana["address"]


def test_unknown_wallets_have_names_of_their_own() -> None:
    def names(uuid: str) -> list[str]:
        made = completed({"wallet_uuid": uuid, "token_id": "ETH"}, {"wallet_uuid": uuid, "token_id": "SOL"})
        assert made[0]["cobo_wallet_id"] == made[1]["cobo_wallet_id"]
        return [made[0]["cobo_wallet_id"], made[0]["address"], made[1]["address"]]

    other = UNKNOWN[:-1] + "2"
    assert names(UNKNOWN) == names(UNKNOWN.lower())
    everyone = {r[n] for r in RECORDS for n in ("cobo_wallet_id", "address")}
    assert len({*names(UNKNOWN), *names(other)} - everyone) == 6
    assert {r["user_id"] for r in completed({"wallet_uuid": UNKNOWN}, {})} == {RECORDS[0]["user_id"]}
    # Fixtures without any name share one wallet; those with another id or address have one for it.
    assert len({r["wallet_uuid"] for r in completed({}, {"amount": "1"}, {"chain_id": "SOL"})}) == 1
    clues = completed({}, {"cobo_wallet_id": "cw-x"}, {"address": "0xabc"}, {"cobo_wallet_id": "cw-x"})
    assert len({r["wallet_uuid"] for r in clues}) == 3


@pytest.mark.parametrize(
    ("partial", "made"),
    [
        ({"token_id": "BASE_USDC"}, {"chain_id": "BASE_ETH", "chain_type": "ETH"}),
        (
            {"token_id": "SOL_BONK"},
            {"chain_id": "SOL", "chain_type": "SOL", "compatible_chains": ["SOL", "SOLDEV_SOL"]},
        ),
        ({"token_id": "DOGE"}, {"chain_id": None, "chain_type": None, "compatible_chains": []}),
        ({"token_id": "DOGE", "chain_id": "SOL"}, {"chain_type": "SOL", "compatible_chains": ["SOL", "SOLDEV_SOL"]}),
        ({"token_id": "DOGE", "chain_id": "DOGE"}, {"chain_type": None, "compatible_chains": []}),
        ({"chain_id": "NOWHERE"}, {"token_id": "NOWHERE", "chain_type": None}),
        ({"chain_id": "MATIC"}, {"token_id": "MATIC", "chain_type": "ETH"}),
        ({"chain_type": "SOL"}, {"token_id": "SOL", "chain_id": "SOL"}),
        ({"address": "11111111111111111111111111111112"}, {"token_id": "SOL", "chain_type": "SOL"}),
        ({"token_id": "ETH_USDC", "chain_id": None}, {"chain_id": None, "chain_type": "ETH"}),
    ],
    ids=str,
)
def test_the_chain_of_a_token_and_the_type_of_a_chain_are_completed(partial: Record, made: Record) -> None:
    assert completed(partial)[0].items() >= {**partial, **made}.items()


def test_missing_tokens_are_chosen_in_turn() -> None:
    made = completed(*[{"chain_id": "SETH"}] * 5)
    assert sorted(r["token_id"] for r in made) == sorted(n for n, t in TOKEN_BY_ID.items() if t.chain.id == "SETH")


def test_a_fixture_changes_the_balance_that_it_names_and_keeps_its_other_values() -> None:
    name = {"wallet_uuid": KNOWN["wallet_uuid"], "token_id": KNOWN["token_id"]}
    for partial in ({"id": KNOWN["id"]}, {"id": KNOWN["id"].upper()}, name):
        assert completed(partial) == [{**KNOWN, **partial}]
        moved = {**partial, "updated_at": "2026-01-01T00:00:00Z"}
        assert completed(moved) == [{**KNOWN, **moved}]
        fresh = completed({**partial, "amount": "7"})[0]
        assert fresh == {**KNOWN, **partial, "amount": "7", "pending": "0", "locked": "0", "total": "7"}
    place = RECORDS.index(KNOWN)
    assert add({**name, "amount": "7"}).datasets[LIST].record(place)["amount"] == "7"
    assert completed({"id": NULLS["id"]}) == [NULLS]
    assert completed({"id": NULLS["id"], "amount": "3"})[0]["chain_id"] is None
    other = completed({"id": KNOWN["id"], "token_id": "SOL_BONK", "wallet_uuid": UNKNOWN})[0]
    assert other["chain_id"] == "SOL" and other["cobo_wallet_id"] != KNOWN["cobo_wallet_id"]


def test_missing_times_are_adapted_to_given_ones() -> None:
    for time_property in ("updated_at", "balance_updated_at"):
        for instant in ("2001-01-01T00:00:00Z", "2031-01-01t00:00:00.5+02:00"):
            for name in ({}, {"id": KNOWN["id"]}):
                record = completed({**name, time_property: instant})[0]
                assert record[time_property] == instant
                assert datetime.fromisoformat(record["updated_at"].upper()) >= datetime.fromisoformat(
                    record["balance_updated_at"].upper()
                )
    both = {"updated_at": "2020-01-01T00:00:00Z", "balance_updated_at": "2021-01-01T00:00:00Z"}
    assert completed(both)[0].items() >= both.items()
    assert completed({"balance_updated_at": None})[0]["balance_updated_at"] is None


def test_ids_are_distinct_even_for_one_wallet_and_token() -> None:
    name = {"wallet_uuid": RECORDS[0]["wallet_uuid"], "token_id": "SETH"}
    data = add(*[name] * 3, {"token_id": "X"}, {"token_id": "X"}, {"token_id": "X", "chain_id": "SOL"}).datasets[LIST]
    assert data.size == len(RECORDS) + 5
    assert len({r["id"] for r in all_records(data)}) == data.size
    # A given id is not used for another record, wherever it is in the list.
    first, second = completed({"token_id": "X"}, {"id": completed({"token_id": "X"})[0]["id"], "token_id": "Y"})
    assert first["id"] != second["id"]


def balances_with(folder: Path, changed: Record, *removed: str) -> tuple[ListSemantics, ...]:
    """Return the lists of the contract with other properties of a balance, without invariants and refresh."""
    document = json.loads(json.dumps(load_contract(CONTRACT).document))
    item = document["components"]["schemas"]["BalanceRead"]
    item["properties"] = {n: s for n, s in (item["properties"] | changed).items() if n not in removed}
    block = document["paths"]["/api/v1/wallets/balances"]["get"]["x-list-semantics"]
    del block["invariants"], block["refresh"]
    path = folder / "contract.json"
    path.write_text(json.dumps(document))
    return list_operations(load_contract(path))


def test_balances_of_other_contracts_have_their_properties(tmp_path: Path) -> None:
    def last(lists: tuple[ListSemantics, ...], *partials: Record) -> Record:
        record = all_records(add(*partials, world=build_world(lists), lists=lists).datasets[LIST])[-1]
        Draft202012Validator(dict(lists[0].item_schema)).validate(record)
        return record

    lists = balances_with(tmp_path, {"label": {"type": "string"}}, "total", "locked")
    record = last(lists, {"token_id": "DOGE", "amount": "1"})
    assert set(record) == {*RECORDS[0], "label"} - {"total", "locked"}
    assert last(lists, {"label": "mine"})["label"] == "mine"
    # A property is null only if the contract allows it.
    text = {"type": "string"}
    lists = balances_with(tmp_path, {"chain_id": text, "chain_type": text, "updated_at": text})
    record = last(lists, {"token_id": "DOGE", "updated_at": "yesterday"})
    assert set(record) == {*RECORDS[0]} - {"chain_id", "chain_type"}
    assert record["updated_at"] == "yesterday"
    assert last(lists, {"token_id": "ETH"})["chain_id"] == "ETH"


# Missing properties of other records ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ships(tmp_path_factory: pytest.TempPathFactory) -> tuple[ListSemantics, ...]:
    return semantics(tmp_path_factory.mktemp("ships"))


def fleet(lists: Any, *partials: Any, size: int | None = None, seed: str = "s") -> list[Record]:
    world = add(*partials, world=build_world(lists, size=size, seed=seed), lists=lists)
    return all_records(world.datasets["ships"])


def test_ships_are_completed_from_their_schema(ships: tuple[ListSemantics, ...]) -> None:
    made = fleet(ships, {"name": "Pequod"}, {"kind": "brig", "sails": 3}, {}, size=40)
    assert len(made) == 43
    assert len({r["code"] for r in made}) == 43
    validator = Draft202012Validator(SHIP, validate_formats=True)
    for record in made:
        validator.validate(record)
        assert list(record) == [n for n in SHIP["properties"] if n in record]
    assert made[40]["name"] == "Pequod"
    assert made[41].items() >= {"kind": "brig", "sails": 3}.items()
    assert fleet(ships, {"name": "Pequod"}, {"kind": "brig", "sails": 3}, {}, size=40) == made
    assert fleet(ships, {"name": "Pequod"}, size=40, seed="other")[40] != made[40]
    own = {"code": "a ship of mine", "kind": "yawl"}
    assert fleet(ships, own)[-1] == fleet(ships, {}, own)[-1]


def test_a_fixture_changes_the_ship_that_it_names(ships: tuple[ListSemantics, ...]) -> None:
    before = fleet(ships)
    made = fleet(ships, {"code": before[7]["code"], "kind": "brig", "owner_id": None})
    assert made[7] == before[7] | {"kind": "brig", "owner_id": None}
    assert made[:7] + made[8:] == before[:7] + before[8:]
    full_ship = {"code": "mine", "name": "A", "kind": "brig", "sails": 1}
    assert fleet(ships, full_ship)[-1] == full_ship


def test_later_fixtures_get_other_identities_than_earlier_ones(tmp_path: Path) -> None:
    item = {
        "type": "object",
        "required": ["code"],
        "properties": {"code": {"type": "integer"}, "name": {"type": "string"}},
    }
    lists = semantics(tmp_path, item, "code", ("code",))
    world = add({"name": "A"}, {"code": 123, "name": "B"}, world=build_world(lists), lists=lists)
    world = add({"name": "C"}, {"name": "D"}, {"code": 121, "name": "E"}, world=world, lists=lists)
    made = all_records(world.datasets["ships"])[120:]
    assert [(r["code"], r["name"]) for r in made] == [(121, "E"), (123, "B"), (122, "C"), (124, "D")]


_ship = st.fixed_dictionaries(
    {},
    optional={
        "code": st.sampled_from(["mine", "yours", *(f"{i}" for i in range(30))]),
        "kind": st.sampled_from(["brig", "sloop", "yawl"]),
        "sails": st.integers(1, 9),
        "afloat": st.booleans() | st.none(),
        "flags": st.lists(st.sampled_from(["red", "white", "blue"]), min_size=1, unique=True),
        "owner_id": st.none() | st.just(UNKNOWN),
    },
)


@settings(max_examples=80, deadline=None)
@given(st.lists(_ship, max_size=10), st.integers(0, 300), st.data())
def test_any_fixtures_of_ships_are_paged_and_filtered_as_in_a_plain_list(
    ships: tuple[ListSemantics, ...], partials: list[Record], size: int, data: st.DataObject
) -> None:
    world = build_world(ships, size=size)
    base = all_records(world.datasets["ships"])
    for partial in partials:
        if partial.get("code", "").isdigit() and base:
            partial["code"] = base[int(partial["code"]) % len(base)]["code"]
    codes = [p["code"] for p in partials if "code" in p]
    assume(len(set(codes)) == len(codes))
    fixtures = parse_fixtures(partials, ships, "test")
    made = with_fixtures(world, ships, fixtures)
    expected = expected_list(base, fixture_records(made, fixtures).get("ships", []), "code")
    found = made.datasets["ships"]
    assert all_records(found) == expected
    if not expected:
        return
    for _ in range(4):
        names = data.draw(st.lists(st.sampled_from([*SHIP_FILTERS, "code"]), min_size=1, max_size=3, unique=True))
        rows = data.draw(st.lists(st.sampled_from(expected), min_size=3, max_size=3))
        filters = {n: row.get(n) for n, row in zip(names, rows, strict=False)}
        filters = {n: v[0] if isinstance(v, list) else v for n, v in filters.items()}
        check_selection(found, [{n: r.get(n) for n in SHIP["properties"]} for r in expected], filters)


@pytest.mark.parametrize(
    ("schema", "given", "generated"),
    [
        ({"type": "integer"}, [], [121, 122, 123]),
        ({"type": "integer"}, [121, 123, 5], [124, 125, 126]),
        ({"type": "integer", "maximum": 122}, [], [121, 122]),
        ({"type": "string", "maxLength": 2}, [], None),
        ({"type": "string", "pattern": "^sh_[a-z]{5}$"}, [], None),
        ({"type": "string", "format": "uuid"}, [], None),
    ],
    ids=str,
)
def test_missing_identities_are_ones_that_no_record_has(
    tmp_path: Path, schema: Any, given: list[Any], generated: list[Any] | None
) -> None:
    item = {"type": "object", "required": ["code"], "properties": {"code": schema, "name": {"type": "string"}}}
    lists = semantics(tmp_path, item, "code", ("code",))
    partials = [*({"code": c} for c in given), *[{"name": "x"}] * (3 if generated is None else len(generated))]
    records = fleet(lists, *partials)
    codes = [r["code"] for r in records]
    assert len(set(map(str, codes))) == len(codes)
    assert all(Draft202012Validator(schema).is_valid(c) for c in codes)
    assert generated is None or codes[-len(generated) :] == generated


@pytest.mark.parametrize(
    "schema",
    [{"type": "integer", "maximum": 8}, {"enum": list("abcdefgh")}, {"type": "string", "enum": list("abcdefgh")}],
)
def test_a_missing_identity_is_a_fault_if_there_is_no_further_one(tmp_path: Path, schema: Any) -> None:
    item = {"type": "object", "required": ["code"], "properties": {"code": schema, "name": {"type": "string"}}}
    lists = semantics(tmp_path, item, "code", ("code",))
    code = build_world(lists, seed="s", size=8).datasets["ships"].record(0)["code"]
    with pytest.raises(
        FixtureError, match=r"ships\[1\].code: it is missing, and all values that the contract allows are in use"
    ):
        fleet(lists, {"code": code}, {"name": "x"}, size=8)


def test_a_list_without_identity_is_only_added_to(tmp_path: Path) -> None:
    item = {"type": "object", "required": ["mast"], "properties": {"mast": {"type": "integer"}}}
    document = Path(tmp_path / "contract.yaml")
    lists = semantics(tmp_path, item, "mast", ("mast",))
    document.write_text(document.read_text().replace("identity: mast", "total: exact"))
    lists = list_operations(load_contract(document))
    assert lists[0].identity is None
    base = all_records(build_world(lists, seed="s").datasets["ships"])
    made = fleet(lists, {"mast": base[0]["mast"]}, {})
    assert made[:120] == base
    assert made[120] == {"mast": base[0]["mast"]}


# Refusals -------------------------------------------------------------------------------------------------------------


def test_invalid_fixtures_are_refused_with_every_fault_and_line(tmp_path: Path) -> None:
    known = RECORDS[0]
    path = tmp_path / "fixtures.yaml"
    path.write_text(
        f"""\
- {{id: {known["id"]}, amount: "1"}}
- token_id: ETH
  amount: "2"
  total: "1"
- id: {known["id"].upper()}
- token_id: ETH_USDC
  amount: "1.2345678"
  pending: "-1"
- wallet_uuid: {known["wallet_uuid"]}
  token_id: ETH
  address: "0x1"
- {{token_id: ETH, total: "5", amount: "1", pending: "1", locked: "1"}}
"""
    )
    with pytest.raises(FixtureError) as caught:
        with_fixtures(WORLD, BALANCES, load_fixtures(path, BALANCES))
    assert caught.value.faults == (
        (5, "list_balances[2].id: list_balances[0] is the same record"),
        (4, "list_balances[1].total: got '1', expected the sum of its parts: amount '2'"),
        (7, "list_balances[3].amount: '1.2345678' has more decimals than ETH_USDC, which has 6"),
        (
            8,
            "list_balances[3].pending: got '-1', expected a plain decimal number: not negative, no exponent, such "
            "as 120.5",
        ),
        (
            11,
            f"list_balances[4].address: got '0x1', expected this wallet's ETH address, '{known['address']}'",
        ),
        (
            12,
            "list_balances[5].total: got '5', expected the sum of its parts: amount '1', pending '1', locked '1'",
        ),
    )


@pytest.mark.parametrize(
    "amount", ["", "-1", "+1", "1e5", "1.", ".5", "01", "1,5", "0x1", "NaN", "1" * 1002, "0." + "1" * 1001, "٣", "1 "]
)
def test_amounts_are_plain_decimal_numbers(amount: str) -> None:
    with pytest.raises(FixtureError, match="expected a plain decimal number"):
        completed({"amount": amount, "token_id": "DOGE"})


def test_a_wallet_has_one_address_for_each_chain_type() -> None:
    given = {"wallet_uuid": UNKNOWN, "address": "0xMine", "token_id": "ETH"}
    same = {"wallet_uuid": UNKNOWN.lower(), "token_id": "BASE_USDC"}
    made = completed(same, given, {**same, "token_id": "SOL"}, {**same, "token_id": "ETH_DAI", "address": "0xmine"})
    assert [r["address"] for r in made[:2]] == ["0xMine", "0xMine"]
    assert made[2]["address"] != "0xMine"
    with pytest.raises(
        FixtureError, match=r"\[1\].address: list_balances\[0\] has the same wallet_uuid and chain_type"
    ):
        completed(given, {**same, "address": "0xYours"})


def test_records_that_do_not_fit_the_complete_schema_are_refused(tmp_path: Path) -> None:
    item = {**SHIP, "not": {"properties": {"kind": {"const": "brig"}, "sails": {"maximum": 4}}}}
    lists = semantics(tmp_path, item, "code", ("code",))
    assert {r["sails"] > 4 for r in fleet(lists, *[{"kind": "brig"}] * 20)[120:]} == {True}
    with pytest.raises(FixtureError, match=r"ships\[0\]: the contract does not allow this record"):
        fleet(lists, {"kind": "brig", "sails": 4})


def test_refused_fixtures_do_not_change_the_world() -> None:
    before = all_records(WORLD.datasets[LIST])
    with pytest.raises(FixtureError):
        add({"id": RECORDS[0]["id"], "amount": "1"}, {"total": "1", "amount": "2"})
    assert all_records(WORLD.datasets[LIST]) == before
