"""What a page says of the pages beside it: numbers, flags, URLs and headers, seen by walking them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from mockserver import create_app

SIZE = 45
TEXT, NUMBER, FLAG = {"type": "string"}, {"type": "integer"}, {"type": "boolean"}
URL = {"type": ["string", "null"], "format": "uri"}
ROW = {
    "type": "object",
    "required": ["id", "colour"],
    "properties": {"id": NUMBER, "colour": {"enum": ["red", "tan"]}},
}
ROWS = {"type": "array", "items": ROW}


def number(name: str, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": {**NUMBER, **schema}}


COLOUR = {"name": "colour", "in": "query", "schema": {"enum": ["red", "tan"]}}


def client(
    folder: Path, parameters: list[dict[str, Any]], answer: Mapping[str, Any], headers: tuple[str, ...] = ()
) -> FlaskClient:
    """A mock of a list of `SIZE` records with this 200 answer."""
    schema = answer if "type" in answer else {"type": "object", "required": [*answer], "properties": answer}
    said = {"headers": {name: {"schema": NUMBER if "Total" in name else TEXT} for name in headers}} if headers else {}
    response = {"description": "d", "content": {"application/json": {"schema": schema}}, **said}
    get = {"operationId": "listRows", "parameters": parameters, "responses": {"200": response}}
    document = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {"/rows": {"get": get}}}
    file = folder / "openapi.json"
    file.write_text(json.dumps(document))
    return create_app(file, size=SIZE).test_client()


def test_numbers_of_pages_are_counted_from_where_the_contract_begins(tmp_path: Path) -> None:
    answer = {"content": ROWS, "number": NUMBER, "totalPages": NUMBER, "first": FLAG, "last": FLAG}
    mock = client(tmp_path, [number("page", minimum=0, default=0), number("size", maximum=20, default=20)], answer)
    pages = [mock.get(f"/rows?page={n}").get_json() for n in range(4)]
    assert [(p["number"], p["first"], p["last"], len(p["content"])) for p in pages] == [
        *((0, True, False, 20), (1, False, False, 20), (2, False, True, 5), (3, True, True, 0)),
    ]
    assert {p["totalPages"] for p in pages} == {3}
    assert mock.get("/rows").get_json() == pages[0]
    assert mock.get("/rows?page=1&size=10").get_json()["totalPages"] == 5
    assert mock.get("/rows?page=-1").status_code == 422


def test_next_and_previous_numbers(tmp_path: Path) -> None:
    either = {"type": ["integer", "null"]}
    answer = {"data": ROWS, "page": NUMBER, "next_page": either, "previous_page": either}
    mock = client(tmp_path, [number("page", minimum=1), number("per_page", maximum=20, default=20)], answer)
    pages = [mock.get(f"/rows?page={n}").get_json() for n in (1, 2, 3)]
    assert [(p["previous_page"], p["page"], p["next_page"]) for p in pages] == [(None, 1, 2), (1, 2, 3), (2, 3, None)]


@pytest.mark.parametrize(
    "position",
    [
        [number("page", minimum=1), number("page_size", maximum=20, default=20)],
        [number("offset", minimum=0), number("limit", maximum=20, default=20)],
        [{"name": "cursor", "in": "query", "schema": TEXT}, number("page_size", maximum=20, default=20)],
    ],
    ids=["page", "offset", "cursor"],
)
def test_following_next_urls_meets_every_record_once(position: list[dict[str, Any]], tmp_path: Path) -> None:
    mock = client(tmp_path, [*position, COLOUR], {"count": NUMBER, "next": URL, "previous": URL, "results": ROWS})
    size = position[1]["name"]
    for query, expected in ((f"?{size}=7", SIZE), (f"?colour=red&{size}=4", None)):
        url, seen, visited = f"http://localhost/rows{query}", [], 0
        while url is not None:
            page = mock.get(url).get_json()
            seen += [row["id"] for row in page["results"]]
            visited += 1
            count, url = page["count"], page["next"]
            assert url is None or (url.startswith("http://localhost/rows?") and query[1:].split("&")[0] in url)
        assert len(seen) == len(set(seen)) == count == (expected or count)
        assert visited > 1
    assert mock.get("/rows").get_json()["previous"] is None


def test_urls_are_of_the_host_that_was_asked(tmp_path: Path) -> None:
    mock = client(tmp_path, [number("page"), number("limit", default=20)], {"data": ROWS, "next": URL})
    for host, scheme in (("a.example", "http"), ("b.example:8080", "https")):
        page = mock.get("/rows", headers={"Host": host, "X-Forwarded-Proto": scheme}).get_json()
        assert page["next"] == f"{scheme}://{host}/rows?page=2"


def test_documented_headers_are_computed(tmp_path: Path) -> None:
    names = ("Link", "X-Total-Count", "X-Next-Page", "Content-Range")
    mock = client(tmp_path, [number("page", minimum=1), number("per_page", maximum=30, default=30)], ROWS, names)
    first, second = mock.get("/rows?per_page=25"), mock.get("/rows?per_page=25&page=2")
    assert (len(first.get_json()), len(second.get_json())) == (25, 20)
    assert (first.headers["X-Total-Count"], first.headers["Content-Range"]) == ("45", "items 0-24/45")
    assert (first.headers["X-Next-Page"], second.headers.get("X-Next-Page")) == ("2", None)
    relations = [dict(map(reversed, re.findall(r'<([^>]*)>; rel="(\w+)"', r.headers["Link"]))) for r in (first, second)]
    url = "http://localhost/rows?per_page=25&page="
    assert relations == [
        {"next": f"{url}2", "first": f"{url}1", "last": f"{url}2"},
        {"prev": f"{url}1", "first": f"{url}1", "last": f"{url}2"},
    ]


def test_headers_that_are_not_documented_are_not_sent(tmp_path: Path) -> None:
    answer = client(tmp_path, [number("page"), number("limit", default=20)], ROWS).get("/rows")
    assert not {"Link", "X-Total-Count"} & {*answer.headers.keys()}


def test_an_optional_object_that_only_leads_on_is_absent_on_the_last_page(tmp_path: Path) -> None:
    after = {"type": "object", "required": ["after"], "properties": {"after": TEXT}}
    paging = {"type": "object", "properties": {"next": after}}
    answer = {"type": "object", "required": ["results"], "properties": {"results": ROWS, "paging": paging}}
    mock = client(tmp_path, [{"name": "after", "in": "query", "schema": TEXT}, number("limit", default=30)], answer)
    page = mock.get("/rows").get_json()
    rest = mock.get(f"/rows?after={page['paging']['next']['after']}").get_json()
    assert ("paging" in rest, len(rest["results"])) == (False, 15)


def test_the_position_may_be_inside_an_object(tmp_path: Path) -> None:
    sizes = {"number": {**NUMBER, "minimum": 1}, "size": {**NUMBER, "maximum": 20}}
    schema = {"type": "object", "properties": sizes}
    page = {"name": "page", "in": "query", "style": "deepObject", "explode": True, "schema": schema}
    mock = client(tmp_path, [page], {"data": ROWS, "next": URL})
    first = mock.get("/rows?page[size]=7").get_json()
    second = mock.get(first["next"]).get_json()
    whole = [row["id"] for row in mock.get("/rows?page[size]=14").get_json()["data"]]
    assert [row["id"] for row in (*first["data"], *second["data"])] == whole
    refused = mock.get("/rows?page[size]=x&page[number]=0").get_json()
    assert [fault["loc"] for fault in refused["detail"]] == [["query", "page[number]"], ["query", "page[size]"]]
