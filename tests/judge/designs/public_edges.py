"""What correct lists do at their edges: no records, one record, undeclared bounds, sorts over nulls, data that move."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

from werkzeug.datastructures import MultiDict

from tests.judge.designs.design import Designs, Document, Made, application, document, envelope, query
from tests.judge.designs.public_cursors import FLAG, NUMBER, STATES, TEXT, chosen, cut, item, number, rows, token
from tests.judge.designs.public_offsets import natural
from tests.judge.designs.public_pages import STATUS, pages, url, whole

DESIGNS = Designs()
Args = MultiDict[str, str]
LIMIT = query("limit", "integer", minimum=1, maximum=50, default=10)


def by_cursor(count: int) -> Made:
    """Return a list by cursor of so many records."""

    def answer(args: Args) -> Any:
        page, following = cut(chosen(rows(count=count), args), token(args, "cursor"), number(args, "limit", 10, 50))
        return {"items": page, "next_cursor": following or None, "has_more": bool(following), "total": count}

    answered = envelope("items", item(), next_cursor={"type": ["string", "null"]}, has_more=FLAG, total=NUMBER)
    return document([LIMIT, query("cursor")], answered), application(answer)


def by_number(count: int) -> Made:
    """Return a list by number of so many records, which says in five ways where a page is."""

    def answer(args: Args) -> Any:
        page, size, found = whole(args, "page", 1), min(50, whole(args, "per_page", 10)), rows(count=count)
        last = pages(count, size)
        said = {"page": page, "total": count, "total_pages": last, "has_next": page < last}
        return {
            **said,
            "items": found[(page - 1) * size : page * size],
            "next": url(args, page=page + 1) if page < last else None,
        }

    said = {"page": NUMBER, "total": NUMBER, "total_pages": NUMBER, "has_next": FLAG}
    answered = envelope("items", item(), next={"type": ["string", "null"]}, **said)
    return document([query("page", "integer"), query("per_page", "integer")], answered), application(answer)


for records in (0, 1, 2):
    DESIGNS.correct(f"cursor-over-{records}")(partial(by_cursor, records))
    DESIGNS.correct(f"number-over-{records}")(partial(by_number, records))


@DESIGNS.correct("largest-size-is-refused-undeclared", limit_free="passed", offset_slice="passed")
def refuses_large_sizes() -> Made:
    """A page size above 25 is a 400; no number is declared."""

    def answer(args: Args) -> Any:
        start, text = natural(args, "offset"), args.get("limit", "10")
        if not text.isdigit() or not 1 <= int(text) <= 25:
            return {"message": "limit must be between 1 and 25"}, 400
        return {"items": rows()[start : start + int(text)]}

    return document([query("limit", "integer"), query("offset", "integer")], envelope("items", item())), application(
        answer
    )


@DESIGNS.correct("refused-past-the-end-by-offset", total="passed")
def refuses_past_the_end() -> Made:
    """An offset at or past the end is a 416 (range not satisfiable)."""

    def answer(args: Args) -> Any:
        start, found = natural(args, "offset"), chosen(rows(count=33), args)
        if start and start >= len(found):
            return {"message": "out of range"}, 416
        return {"items": found[start : start + number(args, "limit", 10, 50)], "total": len(found)}

    parameters = [LIMIT, query("offset", "integer", minimum=0), STATUS]
    return document(parameters, envelope("items", item(), total=NUMBER)), application(answer)


def ranked(row: Document) -> Document:
    """Return a record with a rank that ties and may be null."""
    return {**row, "rank": None if row["id"] % 5 == 0 else row["id"] % 4}


def sorted_list(nulls_first: bool, bug: str = "") -> Made:
    """Return a list that is sorted over ties and nulls, with ties in the order of ids."""

    def answer(args: Args) -> Any:
        found = [ranked(row) for row in rows()]
        name = args.get("sort", "id")
        if name.lstrip("-") not in ("id", "name", "rank"):
            return {"message": "sort"}, 422
        known = [row for row in found if row[name.lstrip("-")] is not None]
        known.sort(key=lambda row: row[name.lstrip("-")], reverse=name.startswith("-"))
        unknown = [row for row in found if row[name.lstrip("-")] is None]
        unknown = [] if bug else unknown
        found = [*unknown, *known] if nulls_first else [*known, *unknown]
        start, size = natural(args, "offset"), number(args, "limit", 10, 50)
        return {"items": found[start : start + size]}

    schema = {**item(), "properties": {**item()["properties"], "rank": {"type": ["integer", "null"]}}}
    sort = query("sort", enum=["id", "-id", "name", "-name", "rank", "-rank"], default="id")
    return document([LIMIT, query("offset", "integer", minimum=0), sort], envelope("items", schema)), application(
        answer
    )


DESIGNS.correct("nulls-first", limit_free="passed")(partial(sorted_list, True))
DESIGNS.correct("nulls-last", limit_free="passed")(partial(sorted_list, False))
DESIGNS.faulty("nulls-left-out", "limit-free")(partial(sorted_list, False, "lost"))


@DESIGNS.correct("new-records-all-the-time")
def live() -> Made:
    """A record is added at the top with each third request; pages are by offset."""
    asked = iter(range(10**6))

    def answer(args: Args) -> Any:
        found = rows(count=60 + next(asked) // 3)[::-1]
        start, size = natural(args, "offset"), number(args, "limit", 10, 50)
        return {"items": found[start : start + size], "total": len(found)}

    parameters = [LIMIT, query("offset", "integer", minimum=0)]
    return document(parameters, envelope("items", item(), total=NUMBER)), application(answer)


@DESIGNS.correct("uuids-in-any-case", filter_sound="passed", filter_unknown="passed", limit_free="passed")
def owners() -> Made:
    """UUIDs in a filter, in capitals too; malformed ones are refused; the id may be null and is read only."""
    ids = [str(uuid.UUID(int=n * 7919 << 64)) for n in range(1, 5)]

    def answer(args: Args) -> Any:
        found = [{**row, "owner_id": ids[row["id"] % 4]} for row in rows()]
        if "owner_id" in args:
            wanted = str(uuid.UUID(args["owner_id"]))
            found = [row for row in found if row["owner_id"] == wanted]
        page, following = cut(found, token(args, "cursor"), number(args, "limit", 10, 50))
        return {"items": page, "next_cursor": following or None}

    owner = {"type": "string", "format": "uuid", "readOnly": True}
    schema = {**item(), "properties": {**item()["properties"], "owner_id": owner}}
    answered = envelope("items", schema, next_cursor={"type": ["string", "null"]})
    return document([LIMIT, query("cursor"), query("owner_id", format="uuid")], answered), application(answer)


@DESIGNS.correct("brackets-name-the-property", filter_sound="passed", filter_complete="passed")
def bracketed(bug: str = "") -> Made:
    """filter[status] compares with the property in the brackets."""

    def answer(args: Args) -> Any:
        found = rows() if bug and args.get("filter[status]") == STATES[1] else chosen(rows(), args, "filter[status]")
        return {"items": found[natural(args, "offset") :][: number(args, "limit", 10, 50)]}

    parameters = [LIMIT, query("offset", "integer", minimum=0), query("filter[status]", enum=list(STATES))]
    return document(parameters, envelope("items", item())), application(answer)


DESIGNS.faulty("brackets-ignore-one-value", "filter-sound", also=["filter-complete"])(partial(bracketed, "paused"))


@DESIGNS.correct("of-one-parent", limit_free="passed", filter_complete="passed")
def nested() -> Made:
    """A list below a parent, of which the contract has an example."""

    def answer(args: Args, **_: str) -> Any:
        page, following = cut(chosen(rows(), args), token(args, "pageToken"), number(args, "pageSize", 10, 50))
        return {"lines": page, "nextPageToken": following}

    parent = {"name": "order", "in": "path", "required": True, "example": "7", "schema": TEXT}
    size = query("pageSize", "integer", minimum=1, maximum=50)
    made = document(
        [parent, size, query("pageToken"), STATUS],
        envelope("lines", item(), nextPageToken=TEXT),
        "/orders/{order}/lines",
    )
    return made, application(answer, "/orders/7/lines")
