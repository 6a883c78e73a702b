"""The second server itself: the base and every design are right, every fault is there."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import pairwise
from typing import Any
from urllib.request import urlopen

import pytest

from tests.reference_servers.backend import Backend
from tests.reference_servers.client import Client, ids
from tests.reference_servers.data import EPOCH, Balance, balances
from tests.reference_servers.designs import DESIGNS
from tests.reference_servers.designs_wire import WIRE
from tests.reference_servers.faults import FAULTS
from tests.reference_servers.planting import AREAS
from tests.reference_servers.probes import LAWS, PROBES, broken
from tests.reference_servers.running import running
from tests.reference_servers.server import PATH, create_app
from tests.support.paths import ROOT

SERVERS = [None, *(name for name, design in DESIGNS.items() if not design.moving and name != "large")]
REPEATED = {
    "key",
    "no-repeat",
    "limit-free",
    "filter-complete",
    "walk-ends",
    "cursor-accepted",
    "not_a_server_error",
    "positive_data_acceptance",
}
"""Left out: the probe for a key needs one; the others are part of the walks, or of another law."""
PAGING = {"back", "both-cursors", "page-size", "offset-slice"}
"""Left out for designs that leave the pages as they are in the base server; their walks are tested all the same."""


@contextmanager
def client(key: str | None = None, **options: Any) -> Iterator[Client]:
    """Create a client of a new server."""
    with closing(Client(create_app(api_keys=(key,) if key else (), **options), key)) as made:
        yield made


def expected(rows: tuple[Balance, ...], **given: str) -> list[str]:
    """Return the ids that meet the filters, in list order, by plain Python."""
    return [row.id for row in rows if all(getattr(row, name) == value for name, value in given.items())]


def size_of(design: str | None) -> int:
    """Return the number of records that a design has by default."""
    size = DESIGNS[design].size if design else None
    return 173 if size is None else size


@pytest.mark.parametrize("design", SERVERS)
def test_walks_give_the_independent_list(design: str | None) -> None:
    rows = balances(size_of(design))[:: -1 if design == "oldest-first" else 1]
    filters: list[dict[str, Any]] = [
        {},
        {"chain_id": "ETH"},
        {"token_id": "SOL_$WIF"},
        {"token_id": "ETH_USDC", "chain_id": "ETH"},
    ]
    filters += [{"wallet_uuid": row.wallet_uuid} for row in rows[:1]] + [{"address": row.address} for row in rows[-1:]]
    with client(design=design) as http:
        for given in filters:
            right = expected(rows, **given)
            for limits in [(9,)] if given else [(4,), (50,), (3, 40)]:
                assert ids(http.walk(limits, **given)) == right


@pytest.mark.parametrize("design", SERVERS)
def test_correct_servers_keep_every_law(design: str | None) -> None:
    with client(design=design) as http:
        left_out = REPEATED | (PAGING if design and design in WIRE and WIRE[design].size is None else set())
        found = {law for law in PROBES if law not in left_out and broken(law, http)}
    assert found == set()


@pytest.mark.parametrize("name", FAULTS)
def test_faults_break_a_law_that_they_name(name: str) -> None:
    fault = FAULTS[name]
    at_once = fault.area == "concurrency"
    with client("sesame" if fault.area == "key" else None, fault=name, threads=at_once) as http:
        assert any(broken(law, http) for law in fault.laws)


@pytest.mark.parametrize("design", [name for name, design in DESIGNS.items() if design.moving])
def test_moving_data_never_repeat_a_record_of_the_walk_or_break_a_filter(design: str) -> None:
    with client(design=design) as http:
        first = ids(http.walk((7,)))
        assert len(first) == len({*first})
        assert not any(broken(law, http) for law in ("page-size", "filter-sound", "no-crash", "record"))
        changed = [http.walk((200,))[0].body for _ in range(9)]
    assert any(body["result"] != changed[0]["result"] for body in changed)


def test_large_server_pages_anywhere() -> None:
    rows = balances(20_000)
    with client(design="large") as http:
        page = http.get(offset=19_000, limit=200)
        assert page.ids == [row.id for row in rows[19_000:19_200]]
        assert page.meta["total"] == 20_000
        assert ids(http.walk((200,), wallet_uuid=rows[-1].wallet_uuid)) == expected(
            rows, wallet_uuid=rows[-1].wallet_uuid
        )
        assert http.get(after=http.get(limit=200).meta["after"]).ids == [row.id for row in rows[200:250]]


def test_tables_are_in_order() -> None:
    assert len(FAULTS) >= 90
    assert len(DESIGNS) >= 16
    for fault in FAULTS.values():
        assert re.fullmatch(r"[a-z0-9-]+", fault.name) and fault.description and fault.area in AREAS
        assert fault.laws and {*fault.laws} <= {*PROBES}
        assert fault.backend is not Backend
    assert {law for fault in FAULTS.values() for law in fault.laws} >= {*LAWS}
    assert {fault.area for fault in FAULTS.values()} == {*AREAS}
    assert all(design.description for design in DESIGNS.values())


def test_fault_and_design_combine() -> None:
    with client(fault="total-off-by-one", design="microseconds", size=60) as http:
        page = http.get(limit=1)
        assert page.meta["total"] == 61
        assert page.body["result"][0]["updated_at"].endswith("+00:00")
    with pytest.raises(KeyError):
        create_app(fault="no such fault")


def test_statuses_besides_200_and_422() -> None:
    with client("sesame") as http:
        assert http.get(limit=1).status == 200
        assert http.request("POST").status == 405
        assert (http.request("GET", "/elsewhere").status, http.request("GET", "/elsewhere").body["error"]) == (
            404,
            "Not found",
        )
        http.key = "wrong"
        assert http.get(limit=0).body == {"success": False, "error": "Unauthorized", "suggestion": ""}


def test_refusals_are_wrapped() -> None:
    with client() as http:
        page = http.get(limit=201, offset="x")
        assert page.status == 422 and page.body["success"] is False
        entries = page.body["error"]["detail"]
        assert {(*entry["loc"], entry["type"]) for entry in entries} == {
            ("query", "limit", "less_than_equal"),
            ("query", "offset", "int_parsing"),
        }
        assert {entry["input"] for entry in entries} == {"201", "x"} and entries[0]["ctx"] == {"le": 200}
        assert http.get(after="").ids == http.get().ids


def test_data_have_edge_cases_on_purpose() -> None:
    rows = balances()
    ages = [row.age for row in rows]
    assert balances.__wrapped__() == rows and len({row.id for row in rows}) == 173
    assert max(ages.count(age) for age in ages) >= 50
    assert any(0 < later - earlier < 10**6 for earlier, later in pairwise(ages))
    assert {"ETH_USDC", "ETHXUSDC", "ETH_usdc", "SOL_$WIF"} <= {row.token_id for row in rows}
    assert max(len(expected(rows, chain_id=chain)) for chain in ("ETH", "SOL")) > 50
    assert any(not row.compatible_chains for row in rows) and any(row.chain_id is None for row in rows)
    assert all(row.updated <= EPOCH and (row.synced or 0) <= row.updated for row in rows)
    for column in ("total", "pending", "locked", "synced"):
        assert {getattr(row, column) is None for row in rows} == {True, False}


def test_running_serves_over_http() -> None:
    with running(create_app(size=3)) as url, urlopen(f"{url}{PATH}") as response:
        assert response.status == 200


def test_command_serves_until_it_is_terminated() -> None:
    command = [sys.executable, "-m", "tests.reference_servers", "--fault", "total-of-page", "--size", "9"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        url = process.stdout.readline().strip()
        with urlopen(f"{url}{PATH}?limit=4") as response:
            assert b'"total":4' in response.read()
        process.send_signal(signal.SIGTERM)
        rest = process.communicate(timeout=10)
    assert (process.returncode, *rest) == (0, "", "")


def test_nothing_of_the_mock_is_imported() -> None:
    for file in (ROOT / "tests" / "reference_servers").glob("*.py"):
        assert not re.search(r"^\s*(from|import) mockserver", file.read_text(), re.MULTILINE)
