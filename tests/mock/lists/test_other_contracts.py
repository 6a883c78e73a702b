"""Other contracts than the shipped one: walks through their lists, and answers that fit their schemas."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations, product
from typing import Any

import pytest
import yaml
from openapi_schema_validator import OAS30Validator, OAS31Validator, oas30_format_checker, oas31_format_checker
from openapi_spec_validator import validate
from werkzeug.test import Client, TestResponse

import mockserver
from mockserver.contract import load_contract
from mockserver.semantics import ListSemantics, list_operations
from tests.support.paths import ROOT

FOLDER = ROOT / "tests" / "contracts"
BOUND = 2000
Query = dict[str, Any]


@dataclass(frozen=True)
class Other:
    """A contract and, written by hand, what its list is: the parameters, where items are, and the filters."""

    file: str
    url: str
    key: str
    size: str
    largest: int
    default: int
    items: Callable[[Any], list[dict[str, Any]]]
    following: Callable[[Query, Any], Query | None]
    """Returns the query of the next page from the query of a page and its body; ``None`` after the last page."""
    filters: dict[str, str]
    """Parameter to property."""
    unknown: Query
    """For each filter, a value that no record has, if there is one."""
    faulty: list[tuple[Query, str]] = field(default_factory=list)
    """Queries, each with the parameter that is refused."""

    @property
    def document(self) -> dict[str, Any]:
        text = (FOLDER / self.file).read_text(encoding="utf-8")
        read: dict[str, Any] = json.loads(text) if self.file.endswith("json") else yaml.load(text, yaml.SafeLoader)
        return read


def by_token(query: Query, body: Any) -> Query | None:
    token = body["data"].get("next_page_token")
    return None if token is None else {**query, "page_token": token}


def by_page(query: Query, body: Any) -> Query | None:
    return {**query, "page": query.get("page", 1) + 1} if body else None


def by_offset(query: Query, body: Any) -> Query | None:
    offset = query.get("offset", 0) + len(body["items"])
    assert body["paging"]["hasMore"] == (offset < body["paging"]["totalCount"])
    return {**query, "offset": offset} if body["paging"]["hasMore"] else None


BOATS = Other(
    file="boats.yaml",
    url="/harbours/hull/boats",
    key="id",
    size="page_size",
    largest=500,
    default=20,
    items=lambda body: body["data"]["rows"],
    following=by_token,
    filters={"rig": "rig", "afloat": "afloat", "masts": "masts", "owner_id": "owner_id"},
    unknown={"owner_id": "00000000-0000-4000-8000-000000000000"},
    faulty=[
        ({"page_token": "nonsense"}, "page_token"),
        ({"page_size": 501}, "page_size"),
        ({"page_size": 0}, "page_size"),
        ({"rig": "schooner"}, "rig"),
        ({"rig": "false"}, "rig"),
        ({"afloat": "yes"}, "afloat"),
        ({"masts": "4"}, "masts"),
        ({"owner_id": "me"}, "owner_id"),
        ({"sort": "up"}, "sort"),
    ],
)
NOTES = Other(
    file="notes.yaml",
    url="/notes",
    key="slug",
    size="per_page",
    largest=200,
    default=30,
    items=lambda body: body,
    following=by_page,
    filters={"topic": "topic", "stars": "stars"},
    unknown={"topic": "fire", "stars": 6},
    faulty=[
        ({"page": "0"}, "page"),
        ({"page": "x"}, "page"),
        ({"per_page": 201}, "per_page"),
        ({"stars": "x"}, "stars"),
    ],
)
SONGS = Other(
    file="songs.json",
    url="/v2/songs",
    key="uuid",
    size="limit",
    largest=200,
    default=50,
    items=lambda body: body["items"],
    following=by_offset,
    filters={"albumId": "album_id", "loud": "loud"},
    unknown={"albumId": "no such album"},
    faulty=[({"offset": -1}, "offset"), ({"limit": 201}, "limit"), ({"limit": 0}, "limit"), ({"loud": "loud"}, "loud")],
)
OTHERS = {other.file: other for other in (BOATS, NOTES, SONGS)}


@pytest.fixture(params=OTHERS)
def other(request: pytest.FixtureRequest) -> Other:
    return OTHERS[request.param]


@cache
def client(other_file: str, seed: str = "one") -> Client:
    return mockserver.create_app(FOLDER / other_file, seed=seed).test_client()


def spelled(query: Query) -> dict[str, str]:
    return {n: str(v).lower() if isinstance(v, bool) else str(v) for n, v in query.items()}


def get(other: Other, query: Query, seed: str = "one") -> Any:
    """Return the body of a page, after a check that it fits its contract."""
    response = client(other.file, seed).get(other.url, query_string=spelled(query))
    assert response.status_code == 200, response.text
    check(other, response)
    return response.get_json()


def check(other: Other, response: TestResponse) -> None:
    """Check that an answer fits its contract, by an independent validator."""
    document = other.document
    (item,) = document["paths"].values()
    responses = item["get"]["responses"]
    documented = responses.get(str(response.status_code), responses.get("default"))
    if documented is None:
        return
    (media_type,) = documented["content"]
    assert response.mimetype == media_type
    schema = (
        {**documented["content"][media_type]["schema"], "components": document["components"]}
        if "components" in document
        else (documented["content"][media_type]["schema"])
    )
    if document["openapi"].startswith("3.0"):
        OAS30Validator(schema, format_checker=oas30_format_checker).validate(response.get_json())
    else:
        OAS31Validator(schema, format_checker=oas31_format_checker).validate(response.get_json())


def walk(other: Other, query: Query) -> Iterator[list[dict[str, Any]]]:
    """Yield the pages of a query, from the first to the last."""
    following: Query | None = query
    for _ in range(BOUND):
        if following is None:
            return
        body = get(other, following)
        yield other.items(body)
        following = other.following(following, body)
    raise AssertionError("the walk does not end")


def everything(other: Other) -> list[dict[str, Any]]:
    """Return all records, by one page of the largest size."""
    found = other.items(get(other, {other.size: other.largest}))
    assert 2 * other.default < len(found) < other.largest
    return found


def semantics_of(other: Other) -> ListSemantics:
    (semantics,) = list_operations(load_contract(FOLDER / other.file))
    return semantics


def test_the_contract_is_valid_openapi(other: Other) -> None:
    validate(other.document)


def test_the_semantics_are_inferred(other: Other) -> None:
    semantics = semantics_of(other)
    assert (semantics.limit, semantics.identity) == (other.size, other.key)
    assert (semantics.default_limit, semantics.max_limit) == (other.default, other.largest)
    assert semantics.filters == other.filters
    assert not [why for why in semantics.why.values() if why.startswith("declared")]


def test_the_inferred_semantics_of_each_contract() -> None:
    boats, notes, songs = (semantics_of(o) for o in (BOATS, NOTES, SONGS))
    assert (boats.items, boats.after, boats.next_cursor) == (
        ("data", "rows"),
        "page_token",
        ("data", "next_page_token"),
    )
    assert (boats.before, boats.offset, boats.page, boats.total, boats.has_more) == (None,) * 5
    assert boats.operation.key_headers == ("Authorization",)
    assert (notes.items, notes.page, notes.cursors, notes.total) == ((), "page", (), None)
    assert (songs.items, songs.offset, songs.cursors) == (("items",), "offset", ())
    assert (songs.total, songs.has_more) == (("paging", "totalCount"), ("paging", "hasMore"))
    assert (songs.offset_echo, songs.limit_echo) == (("paging", "offset"), ("paging", "limit"))


def test_records_have_distinct_ids_and_different_values(other: Other) -> None:
    records = everything(other)
    assert len({record[other.key] for record in records}) == len(records)
    for name in other.filters.values():
        assert len({json.dumps(record.get(name)) for record in records}) > 1


@pytest.mark.parametrize("size", [1, 7, 50, None])
def test_a_walk_at_any_size_gives_every_record_in_order(other: Other, size: int | None) -> None:
    records = everything(other)
    pages = list(walk(other, {} if size is None else {other.size: size}))
    assert [record for page in pages for record in page] == records
    full = [page for page in pages if page]
    assert {len(page) for page in full[:-1]} == {size or other.default}
    assert 0 < len(full[-1]) <= (size or other.default)


def test_each_filter_and_each_pair_selects_what_plain_python_selects(other: Other) -> None:
    records = everything(other)
    count_of_queries = 0
    for count in (1, 2):
        for names in combinations(other.filters, count):
            values = {tuple(r.get(other.filters[n]) for n in names) for r in records}
            for value in sorted(values, key=repr)[:12]:
                if None in value:
                    continue  # a query cannot contain null
                query = dict(zip(names, value, strict=True))
                right = [r for r in records if all(r.get(other.filters[n]) == v for n, v in query.items())]
                assert [r for page in walk(other, {**query, other.size: 6}) for r in page] == right
                count_of_queries += 1
    assert count_of_queries > 5


def test_filters_that_no_record_matches_give_nothing(other: Other) -> None:
    records = everything(other)
    names = list(other.filters)
    present = {tuple(r.get(other.filters[n]) for n in names) for r in records}
    values = [sorted({row[i] for row in present if row[i] is not None}, key=repr) for i in range(len(names))]
    for absent in [combined for combined in product(*values) if combined not in present][:5]:
        assert list(walk(other, dict(zip(names, absent, strict=True)))) == [[]]


def test_an_unknown_value_gives_an_empty_list(other: Other) -> None:
    assert other.unknown
    for name, value in other.unknown.items():
        assert list(walk(other, {name: value})) == [[]]


def test_an_invalid_parameter_is_refused_by_name(other: Other) -> None:
    for query, name in other.faulty:
        response = client(other.file).get(other.url, query_string=spelled(query))
        assert response.status_code == 422, query
        check(other, response)
        if other is not BOATS:  # Its 422 cannot list faults.
            assert [d["loc"] for d in response.get_json()["detail"]] == [["query", name]]


def test_a_token_is_valid_only_unchanged_and_for_its_query() -> None:
    first = get(BOATS, {"page_size": 5, "afloat": True})
    token = first["data"]["next_page_token"]
    again = get(BOATS, {"page_size": 9, "afloat": True, "page_token": token})
    assert BOATS.items(again)[0] == [r for r in everything(BOATS) if r["afloat"]][5]
    other_filters: list[Query] = [{"afloat": False}, {}, {"afloat": True, "masts": 1}]
    altered = token[:-1] + ("A" if token[-1] != "A" else "B")
    refused = [{**f, "page_token": token} for f in other_filters]
    refused += [{"afloat": True, "page_token": t} for t in (altered, token[:-1], token + "A", "%00", "ü")]
    for query in refused:
        response = client("boats.yaml").get(BOATS.url, query_string=spelled(query))
        assert response.status_code == 422, query
    response = client("boats.yaml", "two").get(BOATS.url, query_string={"afloat": "true", "page_token": token})
    assert response.status_code == 422


def test_a_page_past_the_end_is_empty() -> None:
    assert get(NOTES, {"page": 1000}) == []
    page = get(SONGS, {"offset": 10**6})
    assert (page["items"], page["paging"]["hasMore"], page["paging"]["offset"]) == ([], False, 10**6)
    assert page["paging"]["totalCount"] == len(everything(SONGS))


def test_an_offset_is_echoed_if_it_was_sent() -> None:
    assert get(SONGS, {"offset": 3, "limit": 2})["paging"] == {
        "totalCount": len(everything(SONGS)),
        "offset": 3,
        "hasMore": True,
        "limit": 2,
    }
    assert get(SONGS, {})["paging"]["offset"] is None


def test_nullable_properties_have_null_and_other_values() -> None:
    records = everything(SONGS)
    for name in ("album_id", "loud"):
        values = [r[name] for r in records]
        assert None in values
        assert [v for v in values if v is not None]


def test_two_apps_give_the_same_bytes_and_another_seed_gives_others(other: Other) -> None:
    query = {other.size: "7"}
    apps = [mockserver.create_app(FOLDER / other.file, seed="one") for _ in range(2)]
    bodies = [app.test_client().get(other.url, query_string=query).data for app in apps]
    assert bodies[0] == bodies[1]
    assert client(other.file, "two").get(other.url, query_string=query).data != bodies[0]


def test_a_path_with_a_parameter_is_found_by_any_value() -> None:
    assert client("boats.yaml").get("/harbours/york/boats").status_code == 200
    assert client("boats.yaml").get("/harbours/york").status_code == 404
    assert client("boats.yaml").post("/harbours/york/boats").status_code == 405
    assert client("boats.yaml").get(f"/harbours/{'x' * 21}/boats").status_code == 422
