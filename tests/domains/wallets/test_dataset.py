"""The wallet dataset, compared with a plain list of all its records that is filtered by plain Python."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from solders.pubkey import Pubkey

from mockserver.domains.wallets.dataset import FILTERS, BalanceDataset
from mockserver.domains.wallets.domain import DEFAULT_WALLETS, WALLETS
from mockserver.domains.wallets.holdings import CASES, PROFILES, RunningTotal, balances_of
from mockserver.domains.wallets.tokens import TOKEN_BY_ID
from mockserver.errors import ContractError
from mockserver.semantics import ListSemantics
from tests.support.expected import all_records, check_selection
from tests.support.wallet_worlds import HUGE, RECORDS, SEMANTICS, WORLD, WORLDS, dataset, with_properties

# Filters ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("data", "records"), WORLDS, ids=lambda x: str(getattr(x, "size", "")))
def test_each_value_of_each_filter_selects_what_a_plain_list_contains(
    data: BalanceDataset, records: list[dict[str, Any]]
) -> None:
    assert check_selection(data, records, {}) == len(records)
    for name in FILTERS:
        values = {r[name] for r in records} - {None}
        assert all(check_selection(data, records, {name: v}) for v in (values if name != "id" else sorted(values)[:20]))


_record = st.sampled_from(RECORDS)
_names = st.lists(st.sampled_from(FILTERS), unique=True, max_size=4)


@settings(max_examples=300, deadline=None)
@given(_names, st.lists(_record, min_size=4, max_size=4), st.booleans(), st.sampled_from(WORLDS))
def test_several_filters_select_their_intersection(
    names: list[str], others: list[dict[str, Any]], same: bool, world: tuple[BalanceDataset, list[dict[str, Any]]]
) -> None:
    # The values of one record match together; those of several records mostly exclude each other.
    filters = {n: others[0 if same else i][n] for i, n in enumerate(names)}
    check_selection(*world, filters)


@pytest.mark.parametrize("first", FILTERS)
def test_every_pair_of_filters_selects_its_intersection(first: str) -> None:
    for second in FILTERS:
        for one, other in zip(RECORDS[::29], RECORDS[5::29], strict=False):
            check_selection(WORLD, RECORDS, {first: one[first], second: one[second]})
            check_selection(WORLD, RECORDS, {first: one[first], second: other[second]})


@pytest.mark.parametrize("name", FILTERS)
def test_unknown_values_select_nothing(name: str) -> None:
    real = RECORDS[0][name]
    changed = {real + " ", " " + real, real.swapcase(), real[:-1], real + "0", real.replace("-", "_")} - {real}
    foreign = {r[name] for r in all_records(dataset(3, seed="another"))} - {r[name] for r in RECORDS}
    invalid: list[Any] = [
        "",
        "\0",
        "é" * 36,
        "1" * 44,
        "0x" + "1" * 40,
        "x" * 10_000,
        str(uuid.uuid4()),
        None,
        1,
        True,
        1.5,
        [],
        {},
    ]
    shapes = ["cw--00000000001", "cw-+00000000001", "cw-0000_0000001", "+" + "1" * 35, "cw-\u0661" + "0" * 11]
    for value in [*changed, *foreign, *invalid, *shapes]:
        assert check_selection(WORLD, RECORDS, {name: value}) == 0


def test_a_value_of_one_filter_does_not_match_another() -> None:
    record = RECORDS[0]
    for name in FILTERS:
        for other in FILTERS:
            check_selection(WORLD, RECORDS, {name: record[other]})


def test_addresses_are_compared_case_sensitively_and_with_every_byte() -> None:
    for record in RECORDS:
        address = record["address"]
        changed = ["0x" + address[2:].lower(), "0x" + address[2:].upper()]
        if TOKEN_BY_ID[record["token_id"]].chain.type == "SOL":
            raw = bytes(Pubkey.from_string(address))
            changed = [str(Pubkey(bytes([raw[0] % 255 + 1]) + raw[1:]))]
        assert not any(WORLD.select({"address": text}).count for text in changed)


def test_wallets_beyond_the_world_are_unknown() -> None:
    more = dataset(DEFAULT_WALLETS + 1)
    last = more.record(more.size - 1)
    for name in ("id", "wallet_uuid", "cobo_wallet_id", "address"):
        assert more.select({name: last[name]}).count
        assert WORLD.select({name: last[name]}).count == 0


def test_ranks_and_ordinals_outside_raise_index_errors() -> None:
    for filters in ({}, {"chain_id": "SETH"}, {"wallet_uuid": RECORDS[0]["wallet_uuid"]}):
        found = WORLD.select(filters)
        with pytest.raises(IndexError):
            found.ordinal(found.count)
    for ordinal in (-1, WORLD.size):
        with pytest.raises(IndexError):
            WORLD.record(ordinal)


# Purity -----------------------------------------------------------------------------------------------------------


def test_records_do_not_depend_on_the_order_of_requests() -> None:
    fresh = dataset()
    assert [fresh.record(i) for i in reversed(range(fresh.size))] == RECORDS[::-1]
    assert [fresh.record(i) for i in range(fresh.size)] == RECORDS


def test_a_record_is_new_each_time() -> None:
    first = WORLD.record(0)
    first["compatible_chains"].append("changed")
    assert WORLD.record(0) == RECORDS[0]


@pytest.mark.parametrize("wallets", [0, 1, 6, 9, 13])
def test_a_larger_dataset_begins_with_the_wallets_of_a_smaller_one(wallets: int) -> None:
    small = all_records(dataset(wallets))
    assert RECORDS[: len(small)] == small
    # The seventh wallet is empty.
    assert len({r["wallet_uuid"] for r in small}) == (wallets if wallets <= 6 else wallets - 1)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 400))
def test_a_size_gives_a_prefix_of_a_larger_world(size: int) -> None:
    cut = dataset(size=size)
    assert cut.size == size
    assert cut.wallets <= 31
    larger = WORLDS[1][1]
    assert all_records(cut) == larger[:size]
    assert balances_of(cut.wallets) >= size > balances_of(cut.wallets - 1) if size else not cut.wallets


def test_a_removed_or_added_property_does_not_change_the_others() -> None:
    extra = {"label": {"type": ["string", "null"]}, "score": {"type": "integer"}}
    properties = dict(SEMANTICS.properties)
    del properties["locked"]
    changed = dataset(semantics=with_properties({**extra, **properties}))
    for ordinal in range(0, changed.size, 7):
        record = changed.record(ordinal)
        assert isinstance(record.pop("score"), int)
        record.pop("label")
        assert record == {n: v for n, v in RECORDS[ordinal].items() if n != "locked"}


def test_properties_are_in_the_order_of_the_schema() -> None:
    assert list(RECORDS[0]) == list(SEMANTICS.properties)
    reversed_order = dataset(semantics=with_properties(dict(reversed(list(SEMANTICS.properties.items())))))
    assert list(reversed_order.record(0)) == list(SEMANTICS.properties)[::-1]
    assert reversed_order.record(0) == RECORDS[0]


# The largest worlds -----------------------------------------------------------------------------------------------


def test_the_largest_world_is_counted_by_its_wallets() -> None:
    huge = dataset(HUGE)
    blocks, rest = divmod(HUGE - len(CASES), len(PROFILES))
    assert huge.size == 101 + blocks * 72 + sum(map(len, PROFILES[:rest]))
    token = Counter(h.token.id for p in PROFILES for h in p)
    first = Counter(r["token_id"] for r in RECORDS[:101])
    for name in TOKEN_BY_ID:
        tail = sum(h.token.id == name for p in PROFILES[:rest] for h in p)
        assert huge.select({"token_id": name}).count == first[name] + blocks * token[name] + tail


@pytest.mark.parametrize("name", FILTERS)
def test_each_filter_finds_its_record_in_the_largest_world(name: str) -> None:
    huge = dataset(HUGE)
    for ordinal in (0, huge.size // 2, huge.size - 1):
        record = huge.record(ordinal)
        found = huge.select({name: record[name]})
        rank = found.rank(ordinal)
        assert found.ordinal(rank) == ordinal
        for near in (rank - 1, rank + 1):
            if 0 <= near < found.count:
                assert huge.record(found.ordinal(near))[name] == record[name]
        assert found.rank(huge.size) == found.count
        assert huge.record(found.ordinal(found.count - 1))[name] == record[name]


def test_a_page_costs_the_same_in_the_smallest_and_the_largest_world(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: Counter[str] = Counter()

    def counted(name: str) -> Any:
        function = getattr(RunningTotal, name)

        def wrapper(*args: Any) -> Any:
            calls[name] += 1
            return function(*args)

        return wrapper

    for name in ("before", "locate"):
        monkeypatch.setattr(RunningTotal, name, counted(name))
    work = []
    for wallets in (DEFAULT_WALLETS, 10**4, HUGE, 10**12):
        calls.clear()
        data = dataset(wallets)
        for filters in ({}, {"chain_id": "SETH"}, {"user_id": data.principal}, {"wallet_uuid": data.names.uuid(8)}):
            found = data.select(filters)
            for rank in (0, found.count // 2, found.count - 1):
                data.record(found.ordinal(rank))
        work.append(dict(calls))
    assert work == [work[0]] * 4


# Recognised contracts ---------------------------------------------------------------------------------------------


def test_a_list_of_balances_is_recognised_by_its_items() -> None:
    assert WALLETS.recognises(SEMANTICS)
    plain = dict(SEMANTICS.properties)
    nullable = {"anyOf": [{"type": "string"}, {"type": "null"}], "title": "Chain"}
    assert WALLETS.recognises(with_properties({**plain, "chain_id": nullable}))
    changes: list[dict[str, Any]] = [
        {"chain_id": {"type": "integer"}},
        {"amount": {"type": "string", "pattern": "^a"}},
        {"address": {}},
    ]
    for changed in changes:
        assert not WALLETS.recognises(with_properties({**plain, **changed}))
    assert not WALLETS.recognises(with_properties({n: s for n, s in plain.items() if n != "token_id"}))


def test_an_unsupported_filter_is_refused_at_the_start() -> None:
    with pytest.raises(ContractError, match="filters balances by 'amount', which is not supported; available: id, "):
        dataset(semantics=with_properties(dict(SEMANTICS.properties), {"min_amount": "amount"}))


def test_the_semantics_are_read_from_the_contract() -> None:
    assert isinstance(SEMANTICS, ListSemantics)
    assert set(SEMANTICS.filters.values()) <= set(FILTERS)
