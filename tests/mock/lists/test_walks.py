"""Walks through the default world: the same ids in the same order in every way.

The expected records are computed one by one, without any page: `World.datasets[...].record(k)`.
"""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from mockserver import create_app
from mockserver.contract import load_contract
from mockserver.semantics import list_operations
from tests.support.paths import BALANCES, CONTRACT
from tests.support.serving import served
from tests.support.worlds import build_world

FILTERS = ("wallet_uuid", "chain_id", "address", "token_id")
Get = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def world() -> list[dict[str, Any]]:
    """Return all records of the default world, in list order."""
    dataset = build_world(list_operations(load_contract(CONTRACT))).datasets["list_balances"]
    return [dataset.record(k) for k in range(dataset.size)]


@pytest.fixture(scope="module")
def get() -> Get:
    """Return a function that requests a page of the mock, in this process."""
    client = create_app().test_client()

    def ask(**query: object) -> dict[str, Any]:
        response = client.get(BALANCES, query_string={k: str(v) for k, v in query.items()})
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json
        return found

    return ask


def pages(get: Get, direction: str, cursor: str | None = None, **query: object) -> Iterator[dict[str, Any]]:
    """Yield the pages in one direction, by following their cursors; a thousand at most."""
    for _ in range(1000):
        page = get(**query, **({direction: cursor} if cursor else {}))
        yield page
        cursor = page["meta"][direction]
        if cursor is None:
            return
    raise AssertionError("the walk does not end")


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["id"] for row in rows]


@pytest.mark.parametrize("limit", [1, 7, 50, 200])
def test_forwards(get: Get, world: list[dict[str, Any]], limit: int) -> None:
    walked = [page["result"] for page in pages(get, "after", limit=limit)]
    assert [i for rows in walked for i in ids(rows)] == ids(world)
    assert all(len(rows) == limit for rows in walked[:-1])


@pytest.mark.parametrize("limit", [1, 7, 50, 200])
def test_backwards(get: Get, world: list[dict[str, Any]], limit: int) -> None:
    last = get(offset=len(world) - 1)["meta"]["before"]
    walked = [page["result"] for page in pages(get, "before", last, limit=limit)]
    assert [i for rows in reversed(walked) for i in ids(rows)] == ids(world)[:-1]


@pytest.mark.parametrize("limit", [1, 7, 50, 200])
def test_by_offset(get: Get, world: list[dict[str, Any]], limit: int) -> None:
    walked = [get(offset=k, limit=limit) for k in range(0, len(world) + limit, limit)]
    assert [i for page in walked for i in ids(page["result"])] == ids(world)
    assert walked[-1]["result"] == []
    assert [page["meta"]["offset"] for page in walked] == list(range(0, len(world) + limit, limit))


@pytest.mark.parametrize("name", FILTERS)
def test_with_each_filter(get: Get, world: list[dict[str, Any]], name: str) -> None:
    """Every value, at three page sizes, in both directions, with the total."""
    for value in {row[name] for row in world if row[name] is not None}:
        expected = [row["id"] for row in world if row[name] == value]
        for limit in (1, 7, 200):
            walked = list(pages(get, "after", **{name: value}, limit=limit))
            assert [i for page in walked for i in ids(page["result"])] == expected
            assert {page["meta"]["total"] for page in walked} == {len(expected)}
            back = list(pages(get, "before", walked[-1]["meta"]["before"], **{name: value}, limit=limit))
            if len(walked) > 1:
                count = len(expected) - len(walked[-1]["result"])
                assert [i for page in reversed(back) for i in ids(page["result"])] == expected[:count]


def test_with_two_filters(get: Get, world: list[dict[str, Any]]) -> None:
    """Every pair of values of two filters, also those without a match."""
    for chain in {row["chain_id"] for row in world if row["chain_id"]}:
        for token in {row["token_id"] for row in world}:
            expected = [r["id"] for r in world if r["chain_id"] == chain and r["token_id"] == token]
            assert ids(get(chain_id=chain, token_id=token, limit=200)["result"]) == expected


def test_records_are_those_of_the_world(get: Get, world: list[dict[str, Any]]) -> None:
    """Records on a page are not changed."""
    assert get(limit=200)["result"] == world


def fetch(base_url: str, queries: list[str]) -> dict[str, bytes]:
    """Return the bytes of the answers to queries, which are sent in this order."""
    return {query: urlopen(f"{base_url}{BALANCES}?{query}", timeout=10).read() for query in queries}


@pytest.fixture(scope="module")
def queries(get: Get, world: list[dict[str, Any]]) -> list[str]:
    """Return queries for pages of every kind, with cursors of another process."""
    cursor = get(limit=7)["meta"]["after"]
    rows = [{"limit": 5}, {"limit": 7, "after": cursor}, {"offset": 100}, {"chain_id": "SETH"}, {"limit": 200}]
    rows += [{"address": row["address"], "limit": 3} for row in world[::20]]
    return [urlencode(row) for row in rows]


def test_two_processes_and_two_orders_give_the_same_bytes(queries: list[str]) -> None:
    shuffled = random.Random(5).sample(queries, len(queries))
    with served() as one, served(environment={"PYTHONHASHSEED": "77"}) as other:
        assert fetch(one, queries) == fetch(other, shuffled)


def test_two_workers_give_the_same_bytes(queries: list[str]) -> None:
    with served() as one, served("--workers", "2") as two:
        expected = fetch(one, queries)
        with ThreadPoolExecutor(8) as pool:
            for found in pool.map(lambda _: fetch(two, queries), range(8)):
                assert found == expected
