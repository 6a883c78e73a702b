"""Fixture files: every format that is read, and every fault reported with its line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mockserver.contract import load_contract
from mockserver.errors import FixtureError, MockserverError
from mockserver.semantics import ListSemantics, list_operations
from mockserver.world.fixtures import Fixtures, load_fixtures, parse_fixtures
from tests.support.ships import SHIP, semantics
from tests.support.wallet_worlds import CONTRACT

BALANCES = list_operations(load_contract(CONTRACT))
RECORDS = [{"token_id": "ETH", "amount": "5"}, {"token_id": "SOL", "amount": "0.5"}]
AS_YAML = """\
# A wallet with two tokens.
list_balances:
  - token_id: ETH
    amount: "5"
  - {token_id: SOL, amount: "0.5"}
"""


def load(folder: Path, text: str, name: str = "fixtures.yaml", lists: Any = BALANCES) -> Fixtures:
    path = folder / name
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    return load_fixtures(path, lists)


def faults(folder: Path, text: str, name: str = "fixtures.yaml", lists: Any = BALANCES) -> list[tuple[int | None, str]]:
    with pytest.raises(FixtureError) as caught:
        load(folder, text, name, lists)
    assert caught.value.source == str(folder / name)
    assert "\n" not in str(caught.value)
    return list(caught.value.faults)


@pytest.fixture(scope="module")
def two_lists(tmp_path_factory: pytest.TempPathFactory) -> tuple[ListSemantics, ...]:
    return semantics(tmp_path_factory.mktemp("contract"), SHIP, "code", ("kind",), "ships", "boats")


# Formats ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yaml", AS_YAML),
        ("a.yml", AS_YAML),
        ("a", AS_YAML),
        ("a.yaml", json.dumps(RECORDS)),
        ("a.json", json.dumps({"list_balances": RECORDS})),
        ("a.JSON", json.dumps(RECORDS)),
        ("a.json", "\ufeff" + json.dumps(RECORDS)),
        ("a.ndjson", "".join(json.dumps(r) + "\n" for r in RECORDS)),
        ("a.jsonl", "\r\n".join(json.dumps(r) for r in RECORDS) + "\r\n\r\n"),
    ],
)
def test_each_format_gives_the_same_records(tmp_path: Path, name: str, text: str) -> None:
    found = load(tmp_path, text, name)
    assert found.records == {"list_balances": tuple(RECORDS)}
    assert found == parse_fixtures(RECORDS, BALANCES, "a request")
    assert len(found.digest) == 12


@pytest.mark.parametrize("name", ["a.yaml", "a.json", "a.ndjson"])
def test_an_empty_file_is_valid_and_has_no_digest(tmp_path: Path, name: str) -> None:
    assert load(tmp_path, "" if name == "a.ndjson" else "[]", name).digest == ""
    assert parse_fixtures({"list_balances": []}, BALANCES, "it").digest == ""


def test_lines_name_their_list_if_there_are_several(tmp_path: Path, two_lists: tuple[ListSemantics, ...]) -> None:
    rows = [{"operation": "boats", "record": {"name": "A"}}, {"operation": "ships", "record": {"name": "B"}}]
    found = load(tmp_path, "\n".join(map(json.dumps, rows)), "a.ndjson", two_lists)
    assert found.records == {"boats": ({"name": "A"},), "ships": ({"name": "B"},)}
    wrong = '{"name": "A"}\n' + json.dumps(rows[0]) + '\n{"operation": "boats", "record": {"nam": "A"}}'
    found = faults(tmp_path, wrong, "a.ndjson", two_lists)
    assert [line for line, _ in found] == [1, 3]
    assert found[0][1].startswith('got {"name": "A"}, expected {"operation": ..., "record": {...}}, because')
    assert "boats[1].nam: " in found[1][1] and "did you mean 'name'" in found[1][1]


def test_the_digest_depends_on_the_records_and_their_order() -> None:
    def digest(*records: Any) -> str:
        return parse_fixtures(list(records), BALANCES, "it").digest

    one, other = RECORDS
    assert digest(one, other) == digest(dict(reversed(one.items())), other)
    assert len({digest(one, other), digest(other, one), digest(one), digest({**one, "amount": "6"})}) == 4


def test_fixtures_do_not_change_with_the_data_they_were_read_from() -> None:
    data = {"list_balances": [{"compatible_chains": ["ETH"]}]}
    found = parse_fixtures(data, BALANCES, "it")
    data["list_balances"][0]["compatible_chains"].append("SOL")
    assert found.records["list_balances"][0]["compatible_chains"] == ["ETH"]


# Faults -----------------------------------------------------------------------------------------------------------


def test_every_fault_is_reported_with_its_line(tmp_path: Path) -> None:
    text = """\
list_balances:
  - token_id: ETH
    amount: 5
    amont: "5"
  - id: nobody
    updated_at: yesterday
    compatible_chains:
      - ETH
      - 7
  - not a record
list_balance: []
"""
    found = faults(tmp_path, text)
    assert found == [
        (3, "list_balances[0].amount: got 5, expected text in quotes"),
        (
            4,
            "list_balances[0].amont: unknown property 'amont'; did you mean 'amount'? available: id, "
            "wallet_uuid, cobo_wallet_id, user_id, address, token_id, amount, updated_at, chain_id, chain_type, "
            "compatible_chains, total, pending, locked, balance_updated_at",
        ),
        (5, 'list_balances[1].id: got "nobody", expected a UUID such as 7f0a6cce-9080-46af-b4c6-1533611bf201'),
        (
            6,
            'list_balances[1].updated_at: got "yesterday", expected an RFC 3339 date-time such as 2025-01-15T12:00:00Z',
        ),
        (9, "list_balances[1].compatible_chains[1]: got 7, expected text in quotes"),
        (10, 'list_balances[2]: got "not a record", expected a record: a mapping from properties to values'),
        (11, "unknown list 'list_balance'; did you mean 'list_balances'? available: list_balances"),
    ]
    with pytest.raises(FixtureError) as caught:
        load(tmp_path, text)
    path = tmp_path / "fixtures.yaml"
    assert str(caught.value) == "; ".join(f"{path}:{line}: {problem}" for line, problem in found)


@pytest.mark.parametrize(
    ("name", "text", "lines"),
    [
        ("a.json", '[\n {"amount": "1"},\n {"amount": 1,\n  "id": null}\n]', [3, 4]),
        ("a.yaml", "- amount: '1'\n- amount: 1\n  id: null\n", [2, 3]),
        ("a.ndjson", '{"amount": "1"}\n\n{"amount": 1, "id": null}\n', [3, 3]),
    ],
)
def test_lines_are_right_in_every_format(tmp_path: Path, name: str, text: str, lines: list[int]) -> None:
    found = faults(tmp_path, text, name)
    assert [line for line, _ in found] == lines
    assert [problem.partition(":")[0] for _, problem in found] == ["list_balances[1].amount", "list_balances[1].id"]


@pytest.mark.parametrize(
    ("name", "text", "line", "message"),
    [
        ("a.yaml", "list_balances: [\n", 2, "not YAML"),
        ("a.json", "[{]", 1, "not JSON"),
        ("a.json", '{"list_balances": [], "list_balances": []}', 1, "duplicate key 'list_balances'"),
        ("a.ndjson", '{"amount": "1"}\n{"amount": "1", "amount": "2"}\n', 2, "duplicate key 'amount'"),
        ("a.ndjson", '{"amount": "1"}\n{"amount": NaN}\n', 2, "'NaN' is not a number"),
        ("a.ndjson", '{"amount": "1"}\n{"amount"\n', 2, "not JSON"),
        ("a.yaml", "", None, "got nothing, expected a mapping from each operation to the list of its records"),
        ("a.yaml", "7", 1, "got a whole number, expected a mapping"),
        ("a.yaml", "list_balances:\n", 1, "list_balances: got null, expected a list of records"),
        ("a.json", '{"list_balances": {"id": "x"}}', 1, 'got {"id": "x"}, expected a list of records'),
        ("a.csv", "id,amount\n", None, "cannot read fixtures from CSV; expected YAML, JSON (.json)"),
        ("a.sql", "BEGIN;", None, "cannot read fixtures from SQL"),
        ("a.yaml", f"- compatible_chains: {'[' * 99}{']' * 99}", 1, "nested more than 100 levels deep"),
        ("a.json", f'[{{"compatible_chains": {"[" * 150}{"]" * 150}}}]', None, "nest more than 100 levels deep"),
        ("a.json", '[{"address": "\\ud800"}]', None, "text that is not Unicode"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_an_unreadable_file_is_refused(tmp_path: Path, name: str, text: str, line: int | None, message: str) -> None:
    ((found, problem),) = faults(tmp_path, text, name)
    assert found == line
    assert message in problem and "contract" not in problem


def test_a_missing_file_and_invalid_utf_8_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FixtureError, match=r"cannot read the fixture file: No such file"):
        load_fixtures(tmp_path / "nothing.yaml", BALANCES)
    (tmp_path / "a.yaml").write_bytes(b"list_balances:\n\xff")
    with pytest.raises(FixtureError, match=r"a.yaml:2: the fixture file is not UTF-8 text"):
        load_fixtures(tmp_path / "a.yaml", BALANCES)


def test_faults_of_data_without_a_file_have_no_lines() -> None:
    for data, message in (
        ([{"amount": 1}], "list_balances[0].amount: got 1"),
        ([{"amount": float("nan")}], "not plain JSON"),
        ({"list_balances": object()}, "not plain JSON"),
        ("x", "got text, expected a mapping"),
        ({"lists": []}, "unknown list 'lists'"),
    ):
        with pytest.raises(FixtureError) as caught:
            parse_fixtures(data, BALANCES, "the request")
        ((line, problem),) = caught.value.faults
        assert line is None and message in problem
        assert str(caught.value) == f"the request: {problem}"


def test_the_first_faults_are_reported_and_the_others_counted() -> None:
    with pytest.raises(MockserverError) as caught:
        parse_fixtures([{"amount": 1}] * 33, BALANCES, "it")
    assert str(caught.value).count(": got ") == 20
    assert str(caught.value).endswith("; and 13 more")
    assert len(caught.value.faults) == 33


def test_a_plain_list_needs_a_contract_with_one_list(tmp_path: Path, two_lists: tuple[ListSemantics, ...]) -> None:
    found = faults(tmp_path, "- name: A\n", lists=two_lists)
    assert found == [
        (
            1,
            "got a list, expected a mapping from each operation to the list of its records; available: ships, boats",
        )
    ]
    assert faults(tmp_path, "[]", lists=())[0][1].endswith("; available: none")
    assert faults(tmp_path, "ships: []", lists=())[0][1] == "unknown list 'ships'; available: none"


# What a contract allows ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ship", "problem"),
    [
        ({"kind": "raft"}, '[0].kind: got "raft", expected one of "brig", "sloop", "yawl"'),
        ({"sails": 12}, "[0].sails: got 12, expected maximum 9"),
        ({"sails": "two"}, '[0].sails: got "two", expected a whole number'),
        ({"sails": True}, "[0].sails: got true, expected a whole number"),
        ({"afloat": "yes"}, '[0].afloat: got "yes", expected true or false or null'),
        ({"flags": ["red", "red"]}, '[0].flags: got ["red", "red"], expected a value that fits its schema'),
        ({"flags": ["red", "blau"]}, '[0].flags[1]: got "blau", expected one of "red", "white", "blue"'),
        ({"flags": []}, "[0].flags: got [], expected minItems 1"),
        ({"owner_id": "me"}, '[0].owner_id: got "me", expected a UUID such as'),
        ({"owner_id": None, "afloat": None}, None),
        ({"built_at": "2025-13-01T00:00:00Z"}, "[0].built_at: "),
        ({"code": None}, "[0].code: got null, expected text"),
        ({"captain": "Ahab"}, "[0].captain: unknown property 'captain'; available: code, name"),
    ],
    ids=str,
)
def test_each_property_must_fit_its_schema(tmp_path: Path, ship: dict[str, Any], problem: str | None) -> None:
    ships = semantics(tmp_path)
    if problem is None:
        assert load(tmp_path, json.dumps([ship]), lists=ships).records == {"ships": (ship,)}
        return
    ((_, found),) = faults(tmp_path, json.dumps([ship]), lists=ships)
    assert problem in found


def test_unknown_properties_are_accepted_if_the_contract_allows_them(tmp_path: Path) -> None:
    for allowed in (True, {"type": "string"}):
        ships = semantics(tmp_path, {**SHIP, "additionalProperties": allowed})
        assert load(tmp_path, '[{"captain": "Ahab"}]', lists=ships).records == {"ships": ({"captain": "Ahab"},)}
    branches = {"type": "object", "anyOf": [{"properties": {"code": {"type": "string"}}}, {"required": ["hull"]}]}
    item = {"allOf": [SHIP, branches]}
    ships = semantics(tmp_path, item)
    assert load(tmp_path, '[{"hull": 1, "code": "a"}]', lists=ships).records["ships"]
    assert "available: code, name" in faults(tmp_path, '[{"captain": 1}]', lists=ships)[0][1]


def test_faults_inside_nested_values_are_located(tmp_path: Path) -> None:
    place = {"type": "object", "properties": {"pier": {"anyOf": [{"type": "integer"}, {"type": "null"}]}}}
    ships = semantics(tmp_path, {**SHIP, "properties": {**SHIP["properties"], "place": place}})
    text = 'ships:\n- place:\n    pier: "7"\n'
    assert faults(tmp_path, text, lists=ships) == [(3, 'ships[0].place.pier: got "7", expected a whole number or null')]


def test_a_fault_in_an_array_with_prefix_items_is_reported_for_the_array(tmp_path: Path) -> None:
    places = {"type": "array", "prefixItems": [{"type": "integer"}]}
    ships = semantics(tmp_path, {**SHIP, "properties": {**SHIP["properties"], "places": places}})
    ((_, found),) = faults(tmp_path, '[{"places": ["x"]}]', lists=ships)
    assert found == 'ships[0].places: got ["x"], expected a value that fits its schema'


def test_a_nullable_identity_cannot_be_null(tmp_path: Path) -> None:
    item = {**SHIP, "properties": {**SHIP["properties"], "code": {"type": ["string", "null"]}}}
    ((line, found),) = faults(tmp_path, "- code: null\n", lists=semantics(tmp_path, item))
    assert (line, found) == (1, "ships[0].code: it identifies the record and cannot be null")
