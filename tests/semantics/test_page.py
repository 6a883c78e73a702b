"""Reading a page out of a body: every role, fields of a wrong type, and what identifies a record."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mockserver.semantics import Page, read_page
from mockserver.semantics.page import record_id, value_at
from tests.support.list_server import semantics

SEMANTICS = semantics()


def test_a_page_says_all_that_the_body_says() -> None:
    meta = {"total": 9, "offset": 3, "has_more": True, "after": "next", "before": "previous"}
    items = [{"id": "b", "colour": "red"}, {"id": "a", "colour": "blue"}]
    page = read_page({"items": items, "meta": meta}, replace(SEMANTICS, limit_echo=("meta", "total")))
    assert page == Page(tuple(items), ("b", "a"), "next", "previous", True, 9, 3, 9)


@pytest.mark.parametrize(
    "body", [None, [], "text", 5, {}, {"items": None}, {"items": {}}, {"items": "text"}, {"data": []}, [{"id": "a"}]]
)
def test_a_body_without_an_array_where_the_items_belong_is_not_a_page(body: Any) -> None:
    assert read_page(body, SEMANTICS) is None


def test_the_body_itself_may_be_the_array() -> None:
    page = read_page([{"id": "a"}], replace(SEMANTICS, items=()))
    assert page is not None
    assert (page.ids, page.next, page.total) == (("a",), None, None)


@pytest.mark.parametrize("meta", [None, [], "text", {}, {"after": None, "total": None, "has_more": None}])
def test_what_the_body_does_not_say_is_none(meta: Any) -> None:
    page = read_page({"items": [], "meta": meta}, SEMANTICS)
    assert page == Page((), (), None, None, None, None, None, None)


@pytest.mark.parametrize(
    ("value", "cursor"),
    [("c-1", "c-1"), (17, "17"), (0, "0"), ("", None), (True, None), (1.5, None), (["c"], None), ({"c": 1}, None)],
)
def test_a_cursor_is_a_text_or_a_whole_number(value: Any, cursor: str | None) -> None:
    page = read_page({"items": [], "meta": {"after": value, "before": value}}, SEMANTICS)
    assert page is not None
    assert (page.next, page.previous) == (cursor, cursor)


@pytest.mark.parametrize("value", ["3", 3.0, True, [3]])
def test_a_total_of_another_type_is_none(value: Any) -> None:
    page = read_page({"items": [], "meta": {"total": value, "offset": value}}, SEMANTICS)
    assert page is not None
    assert (page.total, page.offset) == (None, None)


@pytest.mark.parametrize("value", ["true", 1, 0, []])
def test_has_more_of_another_type_is_none(value: Any) -> None:
    page = read_page({"items": [], "meta": {"has_more": value}}, SEMANTICS)
    assert page is not None
    assert page.has_more is None


@pytest.mark.parametrize(
    ("record", "identity", "expected"),
    [
        ({"id": "a"}, "id", "a"),
        ({"id": 7}, "id", "7"),
        ({"id": None, "b": 1}, "id", '{"b": 1, "id": null}'),
        ({"b": 1, "a": 2}, "id", '{"a": 2, "b": 1}'),
        ({"b": 1, "a": 2}, None, '{"a": 2, "b": 1}'),
        ("text", "id", '"text"'),
    ],
)
def test_a_record_without_its_identity_is_identified_by_all_that_it_holds(
    record: Any, identity: str | None, expected: str
) -> None:
    assert record_id(record, replace(SEMANTICS, identity=identity)) == expected


def test_a_value_is_found_by_its_path() -> None:
    body = {"a": {"b": [1]}}
    assert value_at(body, ()) == body
    assert value_at(body, ("a", "b")) == [1]
    assert value_at(body, ("a", "b", "c")) is None
    assert value_at(body, None) is None
