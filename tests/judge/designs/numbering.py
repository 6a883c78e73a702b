"""Numbers beside pages, and numbers that no page has: counts of pages and records, negative and huge positions."""

from __future__ import annotations

import base64
import json
import math
import re
import struct
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from flask import jsonify
from werkzeug.datastructures import MultiDict

from tests.judge.designs.design import Designs, Document, Made, application, document, envelope, query, records

DESIGNS = Designs()
NUMBER: Document = {"type": ["integer", "null"]}
URL: Document = {"type": ["string", "null"], "format": "uri-reference"}
SIZE = [query("limit", "integer", minimum=1, maximum=20, default=10), query("colour")]
OFFSET = [*SIZE, query("offset", "integer", minimum=0)]
PAGE = [*SIZE, query("page", "integer", minimum=1, default=1)]
Change = Callable[[Document, list[Document], int, int], Document]
"""Makes another body of a body, all rows that match, the page number, and the page size."""


def strict(text: str) -> int:
    """Return a whole number that is not negative. Raises `ValueError`."""
    if not re.fullmatch(r"\d{1,18}", text, re.ASCII):
        raise ValueError("not a number")
    return int(text)


def paged(change: Change, read: Callable[[str], int] = int, lowest: int = 1, **fields: Any) -> Made:
    """Return a list by page number whose body is changed, with a number that is read in some way."""

    def answer(args: MultiDict[str, str]) -> Any:
        size, page = strict(args.get("limit", "10")), read(args.get("page", "1"))
        if not 1 <= size <= 20 or page < lowest:
            raise ValueError("out of range")
        rows = [row for row in records() if args.get("colour", row["colour"]) == row["colour"]]
        start = max(0, page - 1) * size
        body = {"items": rows[start : start + size], "total": len(rows), "pages": math.ceil(len(rows) / size)}
        return change(body, rows, page, size)

    fields = fields or {"total": NUMBER, "pages": NUMBER}
    return document(PAGE, envelope(**fields)), application(answer)


def same(body: Document, _rows: list[Document], _page: int, _size: int) -> Document:
    """Change nothing."""
    return body


def offered(
    slice_: Callable[[list[Document], int, int], list[Document]], lowest: int = -(2**63), **fields: Any
) -> Made:
    """Return a list by offset; ``slice_`` cuts a page out of the rows."""

    def answer(args: MultiDict[str, str]) -> Any:
        size, offset = strict(args.get("limit", "10")), int(args.get("offset", "0"))
        if not 1 <= size <= 20 or not lowest <= offset < 2**63:
            raise ValueError("out of range")
        rows = [row for row in records() if args.get("colour", row["colour"]) == row["colour"]]
        return {"items": slice_(rows, offset, size), "total": len(rows)}

    made = document(OFFSET, envelope(total=NUMBER))
    refused = {"description": "", "content": {"application/json": {"schema": {"type": "object"}}}}
    made["paths"]["/things"]["get"]["responses"]["422"] = refused
    return made, application(answer)


# Counts ---------------------------------------------------------------------------------------------------------------


@DESIGNS.correct("pages-counted", total="passed", page_slice="passed")
def pages_counted() -> Made:
    """As many pages as it takes."""
    return paged(same)


@DESIGNS.correct("one-page-for-nothing", total="passed")
def one_page_for_nothing() -> Made:
    """An empty list has one page."""
    return paged(lambda body, rows, page, size: body | {"pages": max(1, body["pages"])})


@DESIGNS.correct("last-page-from-zero", page_slice="passed")
def last_page_from_zero() -> Made:
    """The number of the last page, counted from 0, under a name that could be a count."""
    return paged(lambda body, rows, page, size: {"items": body["items"], "last": body["pages"] - 1}, last=NUMBER)


@DESIGNS.faulty("pages-rounded-down", "total")
def pages_rounded_down() -> Made:
    """The number of pages is divided without the rest."""
    return paged(lambda body, rows, page, size: body | {"pages": len(rows) // size})


@DESIGNS.faulty("one-page-too-many", "total")
def one_page_too_many() -> Made:
    """One page is added always, for the rest."""
    return paged(lambda body, rows, page, size: body | {"pages": len(rows) // size + 1})


@DESIGNS.faulty("pages-of-the-default-size", "total")
def pages_of_the_default_size() -> Made:
    """The number of pages is that of the default size."""
    return paged(lambda body, rows, page, size: body | {"pages": math.ceil(len(rows) / 10)})


@DESIGNS.faulty("pages-without-filters", "total")
def pages_without_filters() -> Made:
    """The number of pages is that of the whole list."""
    return paged(lambda body, rows, page, size: body | {"pages": math.ceil(len(records()) / size)})


@DESIGNS.faulty("pages-without-total", "total")
def pages_without_total() -> Made:
    """A wrong number of pages, and nothing else."""

    def change(body: Document, rows: list[Document], page: int, size: int) -> Document:
        return {"items": body["items"], "total_pages": len(rows) // size}

    return paged(change, total_pages=NUMBER)


for _name in ("total_entries", "totalElements", "numFound", "recordsTotal"):

    def _change(name: str, wrong: int) -> Made:
        return paged(
            lambda body, rows, page, size: {"items": body["items"], name: len(body["items"]) if wrong else len(rows)},
            **{name: NUMBER},
        )

    DESIGNS.correct(f"{_name}", total="passed")(lambda name=_name: _change(name, 0))
    DESIGNS.faulty(f"{_name}-of-the-page", "total")(lambda name=_name: _change(name, 1))


# Positions ------------------------------------------------------------------------------------------------------------


@DESIGNS.correct("negative-offsets-refused", offset_slice="passed")
def negative_offsets_refused() -> Made:
    """A negative offset is refused."""
    return offered(lambda rows, offset, size: rows[offset : offset + size], 0)


@DESIGNS.correct("negative-offsets-are-zero", offset_slice="passed")
def negative_offsets_are_zero() -> Made:
    """A negative offset is 0, in a contract that documents no refusal."""
    made, app = offered(lambda rows, offset, size: rows[max(0, offset) :][:size])
    del made["paths"]["/things"]["get"]["responses"]["422"]
    return made, app


@DESIGNS.faulty("negative-offsets-count-from-the-end", "offset-slice")
def negative_offsets_count_from_the_end() -> Made:
    """A negative offset counts from the end, as slices of Python do."""
    return offered(lambda rows, offset, size: rows[offset:][:size])


@DESIGNS.faulty("negative-offsets-without-sign", "offset-slice")
def negative_offsets_without_sign() -> Made:
    """The sign of an offset is lost."""
    return offered(lambda rows, offset, size: rows[abs(offset) :][:size])


@DESIGNS.faulty("page-zero-crashes", "no-crash")
def page_zero_crashes() -> Made:
    """Page 0 is a negative offset, which the database refuses."""

    def read(text: str) -> int:
        if strict(text) == 0:
            raise RuntimeError("OFFSET must not be negative")
        return strict(text)

    return paged(same, read)


@DESIGNS.faulty("huge-pages-crash", "no-crash")
def huge_pages_crash() -> Made:
    """The offset of a huge page is no 64-bit number."""

    def change(body: Document, rows: list[Document], page: int, size: int) -> Document:
        struct.pack("q", page * size)
        return body

    return paged(change)


@DESIGNS.faulty("page-words-crash", "no-crash")
def page_words_crash() -> Made:
    """A page that is no number is a 500."""

    def read(text: str) -> int:
        try:
            return strict(text)
        except ValueError as error:
            raise RuntimeError from error

    return paged(same, read)


@DESIGNS.faulty("page-zero-is-the-last", "page-slice")
def page_zero_is_the_last() -> Made:
    """Page 0 is the last page: the offset is negative, and counts from the end."""

    def change(body: Document, rows: list[Document], page: int, size: int) -> Document:
        start = (page - 1) * size
        return body | {"items": rows[start:][:size]}

    return paged(change, lowest=0)


@DESIGNS.correct("page-zero-is-the-first", page_slice="passed")
def page_zero_is_the_first() -> Made:
    """Page 0 is the first page, though pages begin at 1."""
    return paged(same, lowest=0)


# The page size on the way -----------------------------------------------------------------------------------------


def by_cursor(size_of: Callable[[int | None, bool], int]) -> Made:
    """Return a list by cursor; ``size_of`` makes a size of the one asked for, and of whether it is a first page."""
    things = records(150)

    def answer(args: MultiDict[str, str]) -> Any:
        asked = strict(args["limit"]) if "limit" in args else None
        if not 1 <= (asked or 1) <= 50:
            raise ValueError("limit")
        try:
            start = json.loads(base64.b64decode(args["after"], validate=True)) if "after" in args else 0
        except (ValueError, UnicodeDecodeError) as error:
            raise ValueError("after") from error
        if not isinstance(start, int) or not 0 <= start < 2**31:
            raise ValueError("after")
        size = size_of(asked, "after" not in args)
        page, more = things[start : start + size], start + size < len(things)
        cursor = base64.b64encode(json.dumps(start + size).encode()).decode() if more else None
        return {"items": page, "after": cursor, "has_more": more}

    parameters = [query("limit", "integer", minimum=1, maximum=50, default=10), query("after")]
    body = envelope(after={"type": ["string", "null"]}, has_more={"type": "boolean"})
    return document(parameters, body), application(answer)


@DESIGNS.correct("size-kept", page_size="passed", cursor_accepted="passed")
def size_kept() -> Made:
    """The size of the request counts on each page."""
    return by_cursor(lambda asked, first: asked or 10)


@DESIGNS.correct("pages-of-ten-at-most", page_size="passed")
def pages_of_ten_at_most() -> Made:
    """A page has ten records at most, whatever was asked for."""
    return by_cursor(lambda asked, first: min(10, asked or 10))


@DESIGNS.faulty("size-forgotten", "page-size", also=["cursor-accepted"])
def size_forgotten() -> Made:
    """From the second page on a page has ten records, whatever was asked for."""
    return by_cursor(lambda asked, first: (asked or 10) if first else 10)


@DESIGNS.faulty("larger-size-forgotten", "cursor-accepted")
def larger_size_forgotten() -> Made:
    """From the second page on a page has ten records at most: the size is forgotten, the smaller one wins."""
    return by_cursor(lambda asked, first: (asked or 10) if first else min(10, asked or 10))


# Link headers beside links in the body ------------------------------------------------------------------------------


def twice_linked(header: Callable[[int, int], int]) -> Made:
    """Return a list by offset with next in the body and in a header; ``header`` makes the offset of the latter."""

    def answer(args: MultiDict[str, str]) -> Any:
        size, offset = strict(args.get("limit", "10")), strict(args.get("offset", "0"))
        if not 1 <= size <= 20:
            raise ValueError("limit")
        rows = [row for row in records() if args.get("colour", row["colour"]) == row["colour"]]
        kept = {name: value for name, value in args.items() if name == "colour"}

        def link(position: int) -> str:
            return f"http://localhost/things?{urlencode({**kept, 'limit': size, 'offset': position})}"

        more = offset + size < len(rows)
        response = jsonify(items=rows[offset : offset + size], next=link(offset + size) if more else None)
        if more:
            response.headers["Link"] = f'<{link(header(offset, size))}>; rel="next"'
        return response

    return document(OFFSET, envelope(next=URL)), application(answer)


@DESIGNS.correct("linked-twice", links="passed")
def linked_twice() -> Made:
    """Body and header name the same page."""
    return twice_linked(lambda offset, size: offset + size)


@DESIGNS.faulty("header-skips", "links")
def header_skips() -> Made:
    """The header names the page after the next."""
    return twice_linked(lambda offset, size: offset + 2 * size)


@DESIGNS.faulty("header-in-a-circle", "links")
def header_in_a_circle() -> Made:
    """The header names the page itself."""
    return twice_linked(lambda offset, size: offset)


@DESIGNS.faulty("header-wrong-later", "links")
def header_wrong_later() -> Made:
    """From the second page on the header of the first page comes again."""
    return twice_linked(lambda offset, size: size)
