"""Shapes of lists: what a page holds, and where it says what of itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, jsonify, request
from werkzeug.datastructures import MultiDict

from tests.judge.designs.design import Designs, Document, Made, application, document, envelope, query, records, thing

DESIGNS = Designs()
LIMIT = query("limit", "integer", minimum=1, maximum=20, default=10)
OFFSET = query("offset", "integer", minimum=0, default=0)
COLOURS = query("colour")
TEXT, NUMBER = {"type": "string"}, {"type": "integer"}
WORDS = [
    f"{first}{second}" for first in ("oak", "elm", "ash", "fir", "yew") for second in ("wood", "leaf", "root", "bark")
]


def window(args: MultiDict[str, str], rows: list[Any]) -> list[Any]:
    """Return the records of one page by offset and limit."""
    limit, offset = int(args.get("limit", "10")), int(args.get("offset", "0"))
    if not 1 <= limit <= 20 or offset < 0:
        raise ValueError("limit")
    return rows[offset : offset + limit]


def matching(args: MultiDict[str, str], rows: list[Document] | None = None) -> list[Document]:
    """Return the records that match the filter."""
    return [r for r in (records() if rows is None else rows) if args.get("colour", r["colour"]) == r["colour"]]


@DESIGNS.correct("strings", offset_slice="passed", total="passed", no_repeat="not applicable")
def strings() -> Made:
    """The records are texts."""
    answer = envelope("names", total=NUMBER)
    answer["properties"]["names"]["items"] = TEXT
    return document([LIMIT, OFFSET], answer), application(
        lambda args: {"names": window(args, WORDS), "total": len(WORDS)}
    )


@DESIGNS.faulty("strings-skipped", "offset-slice", also=["limit-free", "total"])
def strings_skipped() -> Made:
    """One text is skipped after the first page."""

    def answer(args: MultiDict[str, str]) -> Document:
        skipped = {**args, "offset": str(int(args.get("offset", "0")) + 1)} if args.get("offset", "0") != "0" else args
        return {"names": window(MultiDict(skipped), WORDS), "total": len(WORDS)}

    shape = envelope("names", total=NUMBER)
    shape["properties"]["names"]["items"] = TEXT
    return document([LIMIT, OFFSET], shape), application(answer)


@DESIGNS.correct("union-of-items", offset_slice="passed", total="passed")
def union_of_items() -> Made:
    """The records are of two kinds, told apart by a discriminator."""
    cat = thing(kind={"const": "cat"}, lives=NUMBER)
    dog = thing(kind={"const": "dog"}, tricks={"type": "array", "items": TEXT})
    item = {"oneOf": [cat, dog], "discriminator": {"propertyName": "kind"}}
    rows = [{**r, **({"kind": "cat", "lives": 9} if r["id"] % 3 else {"kind": "dog", "tricks": []})} for r in records()]

    def answer(args: MultiDict[str, str]) -> Document:
        found = matching(args, rows)
        return {"items": window(args, found), "total": len(found)}

    return document([LIMIT, OFFSET, COLOURS], envelope("items", item, total=NUMBER)), application(answer)


@DESIGNS.correct("answer-of-two-shapes", offset_slice="passed", total="passed")
def answer_of_two_shapes() -> Made:
    """The 200 is a page, or a report of why there is none."""
    shape = {"anyOf": [{"type": "object", "required": ["why"], "properties": {"why": TEXT}}, envelope(total=NUMBER)]}

    def answer(args: MultiDict[str, str]) -> Document:
        found = matching(args)
        return {"items": window(args, found), "total": len(found)}

    return document([LIMIT, OFFSET, COLOURS], shape), application(answer)


@DESIGNS.correct("fields-of-any-name", offset_slice="passed", total="passed")
def fields_of_any_name() -> Made:
    """The contract says that each field is a list or a number, and names none."""
    shape = {"type": "object", "additionalProperties": {"anyOf": [{"type": "array", "items": thing()}, NUMBER]}}

    def answer(args: MultiDict[str, str]) -> Document:
        found = matching(args)
        return {"data": window(args, found), "total_count": len(found)}

    return document([LIMIT, OFFSET, COLOURS], shape), application(answer)


@DESIGNS.correct("identity-of-two-fields", offset_slice="passed", total="passed")
def identity_of_two_fields() -> Made:
    """A record is known by place and day; neither alone is unique, nor is a third field."""
    rows = [
        {"place": place, "day": f"2026-01-{day:02}", "degrees": day % 4}
        for place in ("Bonn", "Rome", "Oslo")
        for day in range(1, 16)
    ]
    item = {"type": "object", "properties": {"place": TEXT, "day": {**TEXT, "format": "date"}, "degrees": NUMBER}}

    def answer(args: MultiDict[str, str]) -> Document:
        found = [row for row in rows if args.get("place", row["place"]) == row["place"]]
        return {"items": window(args, found), "total": len(found)}

    return document([LIMIT, OFFSET, query("place")], envelope("items", item, total=NUMBER)), application(answer)


@DESIGNS.correct("position-in-an-object", page_slice="passed", total="passed")
def position_in_an_object() -> Made:
    """Page number and size are the properties of one parameter: ``page[number]=2&page[size]=5``."""

    def answer(args: MultiDict[str, str]) -> Document:
        found, page, size = matching(args), int(args.get("page[number]", "1")), int(args.get("page[size]", "10"))
        if page < 1 or not 1 <= size <= 20:
            raise ValueError("page")
        return {"data": found[(page - 1) * size : page * size], "meta": {"total": len(found)}}

    sizes = {"number": {**NUMBER, "minimum": 1}, "size": {**NUMBER, "minimum": 1, "maximum": 20}}
    page = {**query("page", "object", properties=sizes), "style": "deepObject", "explode": True}
    meta = {"type": "object", "properties": {"total": NUMBER}}
    return document([page, COLOURS], envelope("data", meta=meta)), application(answer)


def _array(rows: list[Any], **headers: str) -> Response:
    response = Response(json.dumps(rows), mimetype="application/json")
    response.headers.update(headers)
    return response


@DESIGNS.correct("array-with-a-json-header", page_slice="passed", total="passed")
def array_with_a_json_header() -> Made:
    """The body is the array; a header holds an object with the rest."""

    def answer(args: MultiDict[str, str]) -> Response:
        found, page, size = matching(args), int(args.get("page", "1")), int(args.get("per_page", "10"))
        if page < 1 or not 1 <= size <= 20:
            raise ValueError("page")
        pages = -(-len(found) // size)
        said = {
            "total": len(found),
            "total_pages": pages,
            "page": page,
            "next_page": page + 1 if page < pages else None,
        }
        return _array(found[(page - 1) * size : page * size], **{"X-Pagination": json.dumps(said)})

    parameters = [query("page", "integer", minimum=1), query("per_page", "integer", minimum=1, maximum=20), COLOURS]
    return document(parameters, {"type": "array", "items": thing()}), application(answer)


@DESIGNS.correct("array-with-the-next-page-in-a-header", page_slice="passed", total="passed")
def array_with_the_next_page_in_a_header() -> Made:
    """The next page's number is in a header, empty on the last page."""

    def answer(args: MultiDict[str, str]) -> Response:
        found, page, size = matching(args), int(args.get("page", "1")), int(args.get("per_page", "10"))
        if page < 1 or not 1 <= size <= 20:
            raise ValueError("page")
        following = str(page + 1) if page * size < len(found) else ""
        return _array(found[(page - 1) * size : page * size], **{"X-Total": str(len(found)), "X-Next-Page": following})

    parameters = [query("page", "integer", minimum=1), query("per_page", "integer", minimum=1, maximum=20), COLOURS]
    return document(parameters, {"type": "array", "items": thing()}), application(answer)


@DESIGNS.correct("size-is-a-number", offset_slice="passed", total="passed")
def size_is_a_number() -> Made:
    """The contract calls the page size a number, not an integer."""

    def answer(args: MultiDict[str, str]) -> Document:
        found = matching(args)
        return {"items": window(args, found), "total": len(found)}

    limit = query("limit", "number", minimum=1, maximum=20)
    return document([limit, query("offset", "number", minimum=0), COLOURS], envelope(total=NUMBER)), application(answer)


@DESIGNS.correct("total-on-request", offset_slice="passed", total="passed")
def total_on_request() -> Made:
    """The total is only there when it is asked for."""

    def answer(args: MultiDict[str, str]) -> Document:
        found = matching(args)
        page: Document = {"items": window(args, found)}
        return page | {"total": len(found)} if args.get("include_total") == "true" else page

    flag = query("include_total", "boolean", description="Return the total number of things, too.")
    return document([LIMIT, OFFSET, COLOURS, flag], envelope(total=NUMBER)), application(answer)


@DESIGNS.faulty("total-on-request-is-that-of-the-page", "total")
def total_on_request_is_that_of_the_page() -> Made:
    """The total that was asked for counts the page."""

    def answer(args: MultiDict[str, str]) -> Document:
        rows = window(args, matching(args))
        return {"items": rows} | ({"total": len(rows)} if args.get("include_total") == "true" else {})

    flag = query("include_total", "boolean", description="Return the total number of things, too.")
    return document([LIMIT, OFFSET, COLOURS, flag], envelope(total=NUMBER)), application(answer)


def _search(properties: Document, answer: Callable[[Document], Document], shape: Document) -> Made:
    """A list that is asked for by a POST with a JSON body."""
    app = Flask("search")

    @app.post("/things/search")
    def search() -> Any:
        try:
            return jsonify(answer(request.get_json(silent=True) or {}))
        except (KeyError, TypeError, ValueError) as error:
            return jsonify(detail=str(error)), 422

    body = {"content": {"application/json": {"schema": {"type": "object", "properties": properties}}}}
    made = document([], shape, "/things/search", requestBody=body)
    made["paths"]["/things/search"] = {"post": made["paths"]["/things/search"]["get"]}
    return made, app


SEARCH = {
    "page_size": {**NUMBER, "minimum": 1, "maximum": 20},
    "start_cursor": TEXT,
    "colour": TEXT,
}
FOUND = envelope("results", has_more={"type": "boolean"}, next_cursor={"type": ["string", "null"]})


def _cursor_page(asked: Document, rows: list[Document]) -> Document:
    size = asked.get("page_size", 10)
    if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= 20:
        raise ValueError("page_size")
    start = int(str(asked.get("start_cursor") or "c0").removeprefix("c"))
    following = f"c{start + size}" if start + size < len(rows) else None
    return {"results": rows[start : start + size], "has_more": following is not None, "next_cursor": following}


@DESIGNS.correct("search-by-body", cursor_accepted="passed", limit_free="passed", filter_complete="passed")
def search_by_body() -> Made:
    """Cursor, page size and filter are in the body."""

    def answer(asked: Document) -> Document:
        return _cursor_page(asked, [r for r in records() if asked.get("colour") in (None, r["colour"])])

    return _search(SEARCH, answer, FOUND)


@DESIGNS.faulty("search-forgets-the-filter", "filter-sound", also=["filter-complete", "filter-unknown", "no-repeat"])
def search_forgets_the_filter() -> Made:
    """With a cursor, the filter in the body has no effect."""

    def answer(asked: Document) -> Document:
        wanted = None if asked.get("start_cursor") else asked.get("colour")
        return _cursor_page(asked, [r for r in records() if wanted in (None, r["colour"])])

    return _search(SEARCH, answer, FOUND)


@DESIGNS.correct("search-by-a-nested-position", offset_slice="passed", total="passed")
def search_by_a_nested_position() -> Made:
    """Offset and page size are in an object inside the body."""

    def answer(asked: Document) -> Document:
        paging = asked.get("paging") or {}
        limit, offset = paging.get("limit", 10), paging.get("offset", 0)
        if not isinstance(limit, int) or not isinstance(offset, int) or not 1 <= limit <= 20 or offset < 0:
            raise ValueError("paging")
        found = [r for r in records() if asked.get("colour") in (None, r["colour"])]
        return {"items": found[offset : offset + limit], "total": len(found)}

    limit, offset = {**NUMBER, "minimum": 1, "maximum": 20}, {**NUMBER, "minimum": 0}
    paging = {"type": "object", "properties": {"limit": limit, "offset": offset}}
    return _search({"paging": paging, "colour": TEXT}, answer, envelope(total=NUMBER))
