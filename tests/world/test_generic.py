"""Generic datasets, compared with a plain list of all records that is filtered by plain Python."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator

from mockserver.errors import ContractError
from mockserver.world.model import Dataset, Record
from tests.support.expected import all_records, check_selection, matches
from tests.support.ships import SHIP, SHIP_FILTERS, semantics, ships
from tests.support.worlds import build_world


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("contracts")


def one_value(value: Any) -> Any:
    return value[0] if isinstance(value, list) else value


@pytest.mark.parametrize("size", [0, 1, 120, 255, 256, 700])
def test_each_filter_value_selects_what_a_plain_list_contains(folder: Path, size: int) -> None:
    data = ships(folder, size)
    records = all_records(data)
    assert check_selection(data, records, {}) == size
    for name in (*SHIP_FILTERS, "code"):
        values = {json.dumps(one_value(r[name])): one_value(r[name]) for r in records[:150]}
        assert all(check_selection(data, records, {name: v}) for v in values.values() if v is not None)
        assert check_selection(data, records, {name: None}) == 0


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from([*SHIP_FILTERS, "code"]), unique=True, max_size=4),
    st.lists(st.integers(0, 699), min_size=4),
)
def test_several_filters_select_their_intersection(folder: Path, names: list[str], places: list[int]) -> None:
    data, records = SHIPS.setdefault("all", _all(folder))
    same = places[0] % 2
    check_selection(data, records, {n: one_value(records[places[0 if same else i]][n]) for i, n in enumerate(names)})


SHIPS: dict[str, tuple[Dataset, list[Record]]] = {}


def _all(folder: Path) -> tuple[Dataset, list[Record]]:
    if "all" in SHIPS:
        return SHIPS["all"]
    data = ships(folder, 700)
    return data, all_records(data)


def test_some_records_match_two_filters(folder: Path) -> None:
    data = ships(folder)
    combined = [data.select({"kind": k, "afloat": a}).count for k in ("brig", "sloop", "yawl") for a in (True, False)]
    assert all(combined)


def test_values_are_compared_as_a_query_spells_them(folder: Path) -> None:
    data = ships(folder)
    count = data.select({"sails": data.record(0)["sails"]}).count
    assert count
    assert data.select({"sails": str(data.record(0)["sails"])}).count == count
    assert data.select({"sails": float(data.record(0)["sails"])}).count == count
    assert data.select({"afloat": "true"}).count == data.select({"afloat": True}).count
    assert data.select({"afloat": 1}).count == data.select({"afloat": "True"}).count == 0
    assert data.select({"kind": "BRIG"}).count == data.select({"kind": "rowing boat"}).count == 0


def test_records_fit_the_item_and_are_new_each_time(folder: Path) -> None:
    data = ships(folder)
    validator = Draft202012Validator(SHIP, validate_formats=True)
    for record in all_records(data):
        validator.validate(record)
        assert list(record) == [n for n in SHIP["properties"] if n in record]
    data.record(0)["flags"].append("changed")
    assert data.record(0) == ships(folder).record(0)


def test_the_default_size_leaves_a_remainder_and_a_size_is_exact(folder: Path) -> None:
    assert ships(folder).size == 120
    assert ships(folder, 77).size == 77
    assert all_records(ships(folder, 77)) == all_records(ships(folder))[:77]


def test_ordinals_and_ranks_outside_raise_index_errors(folder: Path) -> None:
    data = ships(folder, 5)
    with pytest.raises(IndexError):
        data.record(5)
    for filters in ({}, {"kind": "brig"}, {"code": data.record(0)["code"]}):
        with pytest.raises(IndexError):
            data.select(filters).ordinal(5)


def test_a_removed_property_or_operation_does_not_change_the_others(folder: Path) -> None:
    whole = build_world(semantics(folder, SHIP, "code", (*SHIP_FILTERS, "code"), "ships", "boats"))
    alone = all_records(ships(folder))
    assert all_records(whole.datasets["ships"]) == alone
    assert all_records(whole.datasets["boats"]) != alone
    for name in ("name", "kind", "owner_id"):
        item = {**SHIP, "properties": {n: s for n, s in SHIP["properties"].items() if n != name}}
        item["required"] = [n for n in SHIP["required"] if n != name]
        less = ships(folder, item=item, filters=tuple(n for n in SHIP_FILTERS if n != name))
        assert all_records(less) == [{n: v for n, v in r.items() if n != name} for r in alone]


def test_filters_work_in_a_list_of_a_hundred_million_records(folder: Path) -> None:
    data = ships(folder, 10**8)
    for ordinal in (0, 10**8 // 2, 10**8 - 1):
        record = data.record(ordinal)
        for name in (*SHIP_FILTERS, "code"):
            value = one_value(record[name])
            if value is None:
                continue
            found = data.select({name: value})
            assert found.ordinal(found.rank(ordinal)) == ordinal
            assert matches(data.record(found.ordinal(found.count - 1))[name], value)
            assert found.rank(10**8) == found.count


def test_items_that_cannot_be_generated_are_refused_when_they_are_asked_for(folder: Path) -> None:
    impossible = {"type": "object", "required": ["a"], "properties": {"code": {"type": "string"}, "a": {"not": {}}}}
    bound = {"const": {"code": "a"}, "type": "object", "properties": {"code": {"type": "string"}}}
    for item, why in ((impossible, "no value fits"), (bound, "does not allow code to vary")):
        data = ships(folder, item=item, filters=())
        for _ in range(2):
            with pytest.raises(ContractError, match=why):
                data.record(0)


def test_a_list_without_identity_is_served(folder: Path) -> None:
    one = semantics(folder)[0]
    data = build_world((replace(one, identity=None, filters={"kind": "kind"}),)).datasets["ships"]
    assert check_selection(data, all_records(data), {"kind": "brig"}) > 10
    assert {r["code"] for r in all_records(data)}
