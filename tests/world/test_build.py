"""Worlds: which datasets they have, what determines their size and their fingerprint."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from mockserver.contract import load_contract
from mockserver.domains.wallets.dataset import BalanceDataset
from mockserver.errors import OptionError
from mockserver.semantics import list_operations
from mockserver.world.model import LARGEST, Record, World
from tests.support.expected import all_records
from tests.support.paths import ROOT
from tests.support.ships import SHIP, semantics
from tests.support.worlds import build_world

CONTRACT = ROOT / "contracts" / "openapi.yaml"
BALANCES = list_operations(load_contract(CONTRACT))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("contracts")


def test_a_list_of_balances_gets_the_wallet_dataset_and_other_lists_a_generic_one(folder: Path) -> None:
    world = build_world((*BALANCES, *semantics(folder)))
    assert isinstance(world.datasets["list_balances"], BalanceDataset)
    assert [d.size for d in world.datasets.values()] == [173, 120]
    assert [d.size for d in build_world((*BALANCES, *semantics(folder)), size=60).datasets.values()] == [60, 60]


@pytest.mark.parametrize(("wallets", "size"), [(0, 0), (1, 6), (14, 173), (10**8, 1439999967)])
def test_the_number_of_wallets_determines_the_number_of_balances(wallets: int, size: int) -> None:
    world = build_world(BALANCES, wallets=wallets)
    assert (world.options["wallets"], world.datasets["list_balances"].size) == (wallets, size)


@pytest.mark.parametrize("size", [0, 1, 100, 173, 174, 10**4, 10**8])
def test_the_size_is_the_number_of_balances(size: int) -> None:
    world = build_world(BALANCES, size=size)
    data = world.datasets["list_balances"]
    assert data.size == data.select({}).count == size
    assert size <= build_world(BALANCES, wallets=world.options["wallets"]).datasets["list_balances"].size


@pytest.mark.parametrize("numbers", [{"wallets": -1}, {"size": -1}, {"wallets": LARGEST + 1}, {"size": LARGEST + 1}])
def test_a_number_out_of_range_is_refused_with_the_range(numbers: dict[str, int]) -> None:
    with pytest.raises(OptionError, match=f"from 0 to {LARGEST}"):
        build_world(BALANCES, **numbers)


def first_page(world: World) -> list[Record]:
    return [world.datasets["list_balances"].record(i) for i in range(20)]


def test_each_key_always_has_the_same_world_of_its_own() -> None:
    worlds = [build_world(BALANCES, key=key) for key in (None, "a", "b", "")]
    for name in ("user_id", "wallet_uuid", "address", "id"):
        values = [{r[name] for r in first_page(w)} for w in worlds]
        assert len(set.union(*values)) == sum(map(len, values))
    assert len({w.fingerprint for w in worlds}) == 4
    again = build_world(BALANCES, key="a")
    assert first_page(again) == first_page(worlds[1])
    assert again.fingerprint == worlds[1].fingerprint
    assert first_page(build_world(BALANCES, seed=again.seed)) == first_page(again)
    other = worlds[2].datasets["list_balances"]
    assert other.select({"wallet_uuid": first_page(again)[0]["wallet_uuid"]}).count == 0


def test_the_fingerprint_identifies_the_world(folder: Path) -> None:
    plain = build_world(semantics(folder))
    assert len(plain.fingerprint) == 12
    assert int(plain.fingerprint, 16) >= 0
    described = {**SHIP, "title": "Ship", "description": "Floats."}
    assert build_world(semantics(folder, described)).fingerprint == plain.fingerprint
    changed = {**SHIP, "properties": {**SHIP["properties"], "sails": {"type": "integer", "maximum": 99}}}
    others = [
        build_world(semantics(folder), seed="other"),
        build_world(semantics(folder), wallets=3),
        build_world(semantics(folder), size=120),
        build_world(semantics(folder, changed)),
        build_world(semantics(folder, filters=("kind",))),
        build_world(BALANCES),
    ]
    assert len({w.fingerprint for w in [plain, *others]}) == 7


def test_a_fingerprint_of_items_that_contain_themselves(folder: Path) -> None:
    inner = {"type": "array", "items": {"$ref": "#/components/schemas/Item"}}
    item = {"type": "object", "required": ["code"], "properties": {"code": {"type": "string"}, "parts": inner}}
    world = build_world(semantics(folder, item, "code", ()))
    assert len(world.fingerprint) == 12
    assert any(r.get("parts") for r in all_records(world.datasets["ships"]))


def test_the_world_is_the_same_in_a_new_process_and_does_not_import_faker() -> None:
    code = (
        "import sys, json\nfrom tests.support.worlds import build_world\n"
        "from mockserver.contract import load_contract\n"
        "from mockserver.semantics import list_operations\n"
        f"world = build_world(list_operations(load_contract({str(CONTRACT)!r})))\n"
        "data = world.datasets['list_balances']\n"
        "heavy = {'faker', 'jsonschema', 'flask', 'Crypto', 'base58', 'schemathesis'} & set(sys.modules)\n"
        "records = [data.record(i) for i in reversed(range(data.size))]\n"
        "print(json.dumps([world.fingerprint, sorted(heavy), records[::-1]]))\n"
    )
    world = build_world(BALANCES)
    expected = [world.fingerprint, [], all_records(world.datasets["list_balances"])]
    for hash_seed in ("1", "2"):
        env = {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": ":".join(sys.path)}
        run = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
        assert json.loads(run.stdout) == expected


def test_the_default_world_does_not_change() -> None:
    # Another value changes the world of every user: raise `world.build.VERSION` and renew the golden files.
    record = build_world(BALANCES).datasets["list_balances"].record(0)
    assert (record["id"], record["address"], record["amount"]) == (
        "e520a007-40b3-4fd7-81da-57fef163fbbe",
        "0x012df819A45AD8B8AF36C3E8c4861fbc0aD35c2e",
        "69.9247",
    )
