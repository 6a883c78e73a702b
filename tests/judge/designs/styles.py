"""Ways to the next page that a contract only hints at: ids as cursors, headers, numbers, sizes that nobody declares."""

from __future__ import annotations

import json
from typing import Any

from flask import jsonify
from werkzeug.datastructures import MultiDict

from tests.judge.designs.design import Designs, Document, Made, application, document, envelope, query, records, thing

DESIGNS = Designs()
WALKED = {"limit_free": "passed", "filter_complete": "passed"}
LIMIT = query("limit", "integer", minimum=1, maximum=20, default=10)


def matching(args: MultiDict[str, str]) -> list[Document]:
    """Return the records that match the filter."""
    return [row for row in records() if args.get("colour", row["colour"]) == row["colour"]]


def size_of(args: MultiDict[str, str], name: str = "limit", most: int = 20) -> int:
    """Return the page size."""
    size = int(args.get(name, "10"))
    if not 1 <= size <= most:
        raise ValueError(name)
    return size


@DESIGNS.correct("id-of-the-last-record", cursor_accepted="passed", **WALKED)
def id_of_the_last_record() -> Made:
    """The next cursor is the id of the last record; only has_more says that there is more."""

    def answer(args: MultiDict[str, str]) -> Document:
        rows, size = matching(args), size_of(args)
        after, before = args.get("starting_after"), args.get("ending_before")
        if before is not None:
            earlier = [row for row in rows if row["id"] < int(before)]
            return {"data": earlier[-size:], "has_more": len(earlier) > size}
        rest = [row for row in rows if after is None or row["id"] > int(after)]
        return {"data": rest[:size], "has_more": len(rest) > size}

    parameters = [LIMIT, query("starting_after"), query("ending_before"), query("colour")]
    return document(parameters, envelope("data", has_more={"type": "boolean"})), application(answer)


@DESIGNS.faulty("id-of-the-last-record-includes-it", "no-repeat", also=["walk-ends", "limit-free", "filter-complete"])
def id_of_the_last_record_includes_it() -> Made:
    """The record that was named comes again."""

    def answer(args: MultiDict[str, str]) -> Document:
        rows, size, after = matching(args), size_of(args), args.get("starting_after")
        rest = [row for row in rows if after is None or row["id"] >= int(after)]
        return {"data": rest[:size], "has_more": len(rest) > size}

    parameters = [LIMIT, query("starting_after"), query("colour")]
    return document(parameters, envelope("data", has_more={"type": "boolean"})), application(answer)


def by_place(name: str, answered: Any, parameters: list[Document], answer: Any) -> Made:
    """Return a list whose cursor is a place in it, taken by the parameter of this name."""

    def show(args: MultiDict[str, str]) -> Any:
        rows, size, place = matching(args), size_of(args), int(args.get(name, "0"))
        following = place + size if place + size < len(rows) else None
        return answer(rows[place : place + size], following, len(rows))

    return document([LIMIT, query("colour"), *parameters], answered), application(show)


@DESIGNS.correct("cursor-in-a-header", cursor_accepted="passed", **WALKED)
def cursor_in_a_header() -> Made:
    """The next cursor is in a header, the body is the array."""

    def answer(rows: list[Document], following: int | None, _: int) -> Any:
        response = jsonify(rows)
        if following is not None:
            response.headers["X-Next-Cursor"] = str(following)
        return response

    return by_place("cursor", envelope()["properties"]["items"], [query("cursor")], answer)


@DESIGNS.correct("integer-cursor", cursor_accepted="passed", **WALKED)
def integer_cursor() -> Made:
    """A number as cursor."""

    def answer(rows: list[Document], following: int | None, _: int) -> Any:
        return {"items": rows, "next_cursor": following}

    answered = envelope(next_cursor={"type": ["integer", "null"]})
    return by_place("cursor", answered, [query("cursor", "integer", minimum=0)], answer)


@DESIGNS.correct("undocumented-cursor-field", cursor_accepted="passed", **WALKED)
def undocumented_cursor_field() -> Made:
    """The contract has the parameter, and the answer a field that the contract does not have."""

    def answer(rows: list[Document], following: int | None, _: int) -> Any:
        return {"items": rows, "paging": {"next_cursor": None if following is None else str(following)}}

    return by_place("cursor", envelope(), [query("cursor")], answer)


@DESIGNS.correct("next-page-header", links="passed", **WALKED)
def next_page_header() -> Made:
    """A header with the URL of the next page, and one with the total."""

    def answer(args: MultiDict[str, str]) -> Any:
        rows, size, token = matching(args), size_of(args, "_limit"), int(args.get("_token", "0"))
        response = jsonify(data=rows[token : token + size])
        response.headers["Total-Records"] = str(len(rows))
        if token + size < len(rows):
            kept = f"&colour={args['colour']}" if "colour" in args else ""
            response.headers["Next-Page"] = f"http://localhost/things?_limit={size}&_token={token + size}{kept}"
        return response

    parameters = [query("_limit", "integer", minimum=1, maximum=20), query("_token"), query("colour")]
    return document(parameters, envelope("data")), application(answer)


@DESIGNS.correct("pagination-header", page_slice="passed", total="passed", **WALKED)
def pagination_header() -> Made:
    """Page numbers, with all that is said beside the records as JSON in a header."""

    def answer(args: MultiDict[str, str]) -> Any:
        rows, size, page = matching(args), size_of(args, "page_size"), int(args.get("page", "1"))
        if page < 1:
            raise ValueError("page")
        response = jsonify(rows[(page - 1) * size : page * size])
        pages = -(-len(rows) // size)
        said = {"total": len(rows), "total_pages": pages, "page": page, "first_page": 1, "last_page": pages}
        response.headers["X-Pagination"] = json.dumps(said)
        return response

    parameters = [
        query("page_size", "integer", minimum=1, maximum=20, default=10),
        query("page", "integer", minimum=1, default=1),
        query("colour"),
    ]
    return document(parameters, envelope()["properties"]["items"]), application(answer)


@DESIGNS.correct("cursor-when-asked-for", offset_slice="passed", total="passed", **WALKED)
def cursor_when_asked_for() -> Made:
    """The next cursor is only there for those who asked for one; all others page by offset."""

    def answer(args: MultiDict[str, str]) -> Any:
        rows, size, cursor = matching(args), size_of(args), args.get("cursor")
        place = 0 if cursor == "*" else int(cursor or args.get("offset", "0"))
        if place < 0:
            raise ValueError("offset")
        more = cursor is not None and place + size < len(rows)
        meta = {"count": len(rows), "next_cursor": str(place + size) if more else None}
        return {"items": rows[place : place + size], "meta": meta}

    meta = {"type": "object", "properties": {"count": {"type": "integer"}, "next_cursor": {"type": ["string", "null"]}}}
    parameters = [LIMIT, query("cursor"), query("offset", "integer", minimum=0), query("colour")]
    return document(parameters, envelope(meta=meta)), application(answer)


@DESIGNS.correct("counted-from-one", offset_slice="passed", total="passed", **WALKED)
def counted_from_one() -> Made:
    """SCIM: startIndex is 1 for the first record, and less than that means 1."""

    def answer(args: MultiDict[str, str]) -> Any:
        rows, size = matching(args), min(20, max(0, int(args.get("count", "10"))))
        start = max(1, int(args.get("startIndex", "1")))
        found = rows[start - 1 : start - 1 + size]
        return {"totalResults": len(rows), "startIndex": start, "itemsPerPage": len(found), "Resources": found}

    number = {"type": "integer"}
    fields: Document = {"totalResults": number, "startIndex": number, "itemsPerPage": number}
    parameters = [query("startIndex", "integer"), query("count", "integer"), query("colour")]
    return document(parameters, envelope("Resources", thing(), **fields)), application(answer)


@DESIGNS.correct("silent-about-sizes", offset_slice="passed", total="passed", **WALKED)
def silent_about_sizes() -> Made:
    """No default, no bounds: pages hold 30 records at most, 7 by default, and all of them for 0."""

    def answer(args: MultiDict[str, str]) -> Any:
        rows, size, offset = matching(args), int(args.get("limit", "7")), int(args.get("offset", "0"))
        if size < 0 or offset < 0:
            raise ValueError("limit or offset")
        size = min(size, 30) if size else len(rows)
        return {"items": rows[offset : offset + size], "total_entries": len(rows)}

    parameters = [query("limit", "integer"), query("offset", "integer"), query("colour")]
    return document(parameters, envelope(total_entries={"type": "integer"})), application(answer)


@DESIGNS.correct("large-default", offset_slice="passed", total="passed", **WALKED)
def large_default() -> Made:
    """No default in the contract: pages hold 100 records without a size."""

    def answer(args: MultiDict[str, str]) -> Any:
        rows = [row for row in records(230) if args.get("colour", row["colour"]) == row["colour"]]
        size, offset = (
            size_of(args, "page[limit]", 500) if "page[limit]" in args else 100,
            int(args.get("page[offset]", "0")),
        )
        if offset < 0:
            raise ValueError("offset")
        return {"items": rows[offset : offset + size], "total": len(rows)}

    parameters = [query("page[limit]", "number"), query("page[offset]", "number"), query("colour")]
    return document(parameters, envelope(total={"type": "integer"})), application(answer)


@DESIGNS.correct("required-size-and-page", page_slice="passed", total="passed", **WALKED)
def required_size_and_page() -> Made:
    """A page size and a page number that every request needs."""

    def answer(args: MultiDict[str, str]) -> Any:
        if "pagination[pageSize]" not in args or "pagination[page]" not in args:
            raise ValueError("required")
        rows, size, page = matching(args), size_of(args, "pagination[pageSize]"), int(args["pagination[page]"])
        if page < 1:
            raise ValueError("page")
        return {"items": rows[(page - 1) * size : page * size], "total": len(rows)}

    parameters = [
        query("pagination[pageSize]", "integer", required=True, minimum=1, maximum=20),
        query("pagination[page]", "integer", required=True, minimum=1),
        query("colour"),
    ]
    return document(parameters, envelope(total={"type": "integer"})), application(answer)
