"""The position of a page, and the links beside it, by what different servers say in their answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mockserver.contract import load_contract
from mockserver.semantics import ListSemantics, list_operations, read_page
from mockserver.server.console.paging import Hint, Paging
from mockserver.server.console.requests import FormRequest, read_form

CATS = """
openapi: 3.1.0
info: {title: Cats, version: "1"}
paths:
  /cats:
    get:
      operationId: cats
      parameters:
        - {name: limit, in: query, schema: {type: integer, default: 10, maximum: 50}}
        - {name: offset, in: query, schema: {type: integer}}
        - {name: after, in: query, schema: {type: string}}
        - {name: colour, in: cookie, schema: {type: string}}
        - {name: size, in: cookie, schema: {type: string}}
      responses:
        "200":
          description: Cats.
          content:
            application/json:
              schema:
                type: object
                properties:
                  total: {type: integer}
                  has_more: {type: boolean}
                  next_cursor: {type: [string, "null"]}
                  data: {type: array, items: {type: object, properties: {id: {type: string}}}}
"""


@pytest.fixture
def cats(tmp_path: Path) -> ListSemantics:
    """Return a list that can be paged by offset and by cursor."""
    return semantics_of(tmp_path, CATS)


@pytest.fixture
def cats_by_offset(tmp_path: Path) -> ListSemantics:
    """Return a list that can only be paged by offset."""
    return semantics_of(tmp_path, "\n".join(x for x in CATS.splitlines() if "after" not in x and "cursor" not in x))


def semantics_of(folder: Path, text: str) -> ListSemantics:
    contract = folder / "cats.yaml"
    contract.write_text(text)
    (semantics,) = list_operations(load_contract(contract))
    return semantics


def paging(semantics: ListSemantics, body: dict[str, Any], hint: Hint | None = None, /, **query: str) -> Paging:
    """Return the paging of an answer whose ``data`` has this number of records."""
    body = {**body, "data": [{"id": str(number)} for number in range(body["data"])]}
    page = read_page(body, semantics)
    assert page is not None
    return Paging(semantics, FormRequest("GET", "/cats", tuple(query.items()), ()), page, hint)


@pytest.mark.parametrize(
    ("body", "offset", "following"),
    [
        ({"data": 10}, "0", "10"),
        ({"data": 9}, "0", None),
        ({"data": 10, "total": 10}, "0", None),
        ({"data": 10, "total": 30}, "10", "20"),
        ({"data": 10, "has_more": False}, "0", None),
        ({"data": 3, "has_more": True}, "0", "3"),
        ({"data": 0, "total": 30}, "40", None),
        ({"data": 0, "has_more": True}, "0", None),
    ],
)
def test_the_next_page_by_offset(
    cats_by_offset: ListSemantics, body: dict[str, Any], offset: str, following: str | None
) -> None:
    expected = None if following is None else [("query.offset", following)]
    assert paging(cats_by_offset, body, offset=offset).next() == expected


@pytest.mark.parametrize(("offset", "previous"), [("0", None), ("5", "0"), ("10", "0"), ("25", "15")])
def test_the_previous_page_by_offset(cats_by_offset: ListSemantics, offset: str, previous: str | None) -> None:
    expected = None if previous is None else [("query.offset", previous)]
    assert paging(cats_by_offset, {"data": 10}, offset=offset).previous() == expected


def test_a_link_with_a_cursor_has_the_position_that_was_counted(cats: ListSemantics) -> None:
    first = paging(cats, {"data": 10, "total": 25, "next_cursor": "c"})
    hint = [("walk", "1"), ("start", "10"), ("total", "25")]
    assert first.next() == [("query.after", "c"), *hint]
    second = paging(cats, {"data": 10, "total": 25, "next_cursor": "d"}, Hint(start=10, total=25), after="c")
    assert (second.position.start, second.position.stop, second.position.total) == (10, 20, 25)
    assert second.position.reason == "counted from the first page"


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        ({"data": 5, "total": 25, "next_cursor": None}, Hint(start=10, total=25)),
        ({"data": 10, "total": 25, "next_cursor": "d"}, Hint(start=20, total=25)),
        ({"data": 5, "total": 26, "next_cursor": None}, Hint(start=20, total=25)),
    ],
    ids=["the last page is not at the end", "the page is past the end", "the total has changed"],
)
def test_a_contradicted_position_is_unknown(cats: ListSemantics, body: dict[str, Any], hint: Hint) -> None:
    position = paging(cats, body, hint, after="c").position
    assert (position.start, position.stop) == (None, None)
    assert position.reason == "the list has changed since its first page was shown"


def test_the_last_page_tells_the_total(cats: ListSemantics) -> None:
    position = paging(cats, {"data": 5, "next_cursor": None}, Hint(start=20), after="c").position
    assert (position.start, position.stop, position.total) == (20, 25, 25)


def test_an_empty_page_has_no_total_of_its_own(cats: ListSemantics) -> None:
    position = paging(cats, {"data": 0, "next_cursor": None}, Hint(start=20), after="c").position
    assert (position.start, position.stop, position.total) == (20, 20, None)


def test_parameters_in_cookies_are_one_header(cats: ListSemantics) -> None:
    request = read_form(cats.operation, [("cookie.colour", "red"), ("cookie.size", "very\nbig")], "")
    assert request.headers == (("Cookie", "colour=red; size=very big"),)
