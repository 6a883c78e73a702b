"""Sortings: over ties and nulls, by every way to page, as contracts document them."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from tests.judge.designs.design import Designs, Document, Made, application, document, envelope, query, records, thing

DESIGNS = Designs()
Rows = list[dict[str, Any]]
FIELDS = ("id", "colour", "size", "made")
VALUES = [f"{sign}{name}" for name in FIELDS for sign in ("", "-")]
SORT = query("sort", enum=VALUES)
ITEM = thing(size={"type": ["integer", "null"]}, made={"type": "string"})


def rows() -> Rows:
    """Records with ties in their colours and days, and sizes that are null at times."""
    found = []
    for record in records():
        n = record["id"]
        size = None if n % 4 == 0 else n * 7 % 5
        found.append({**record, "size": size, "made": f"2024-01-{1 + n % 5:02}"})
    return found


def ordered(wanted: str, found: Rows | None = None) -> Rows:
    """Return the records by one property, nulls last, and by id where it is the same."""
    name, down = wanted.lstrip("-"), wanted.startswith("-")
    found = sorted(rows() if found is None else found, key=lambda row: row["id"])
    known = [row for row in found if row[name] is not None]
    return sorted(known, key=lambda row: row[name], reverse=down) + [row for row in found if row[name] is None]


def by_offset(change: Callable[[MultiDict[str, str], int], Rows], sort: Sequence[Document] = (SORT,)) -> Made:
    """Return a list by offset; ``change`` gives the records in their order, by the query and the page size."""

    def answer(args: MultiDict[str, str]) -> Any:
        size, offset = int(args.get("limit", "10")), int(args.get("offset", "0"))
        if not 1 <= size <= 50 or offset < 0 or not args.get("limit", "10").isdigit():
            raise ValueError("limit")
        if "sort" in args and not sort[0]["schema"].get("pattern") and args["sort"] not in VALUES + MORE:
            raise ValueError("sort")
        if args.get("sort_by", "id") not in FIELDS or args.get("order", "asc") not in ("asc", "desc"):
            raise ValueError("order")
        found = change(args, size)
        return {"items": found[offset : offset + size], "total": len(found)}

    parameters = [
        query("limit", "integer", minimum=1, maximum=50, default=10),
        query("offset", "integer", minimum=0, maximum=10**9),
        *sort,
    ]
    return document(parameters, envelope(item=ITEM, total={"type": "integer"})), application(answer)


MORE = ["random", "size:asc", "size:desc", "colour:asc", "colour:desc", "newest"]


def by_cursor(following: Callable[[Rows, str, dict[str, Any]], Rows], keeps_sort: bool = True) -> Made:
    """Return a list by cursor; ``following`` gives the records after the last one, of those in order."""

    def answer(args: MultiDict[str, str]) -> Any:
        size, wanted = int(args.get("limit", "10")), args.get("sort", "id")
        if not 1 <= size <= 50 or not args.get("limit", "10").isdigit() or wanted not in VALUES:
            raise ValueError("limit")
        found = ordered(wanted)
        if "after" in args:
            try:
                last = json.loads(base64.urlsafe_b64decode(args["after"]))
                last = next(row for row in found if row["id"] == last["id"]) | {"value": last["value"]}
            except (ValueError, KeyError, TypeError, StopIteration):
                raise ValueError("after") from None
            found = following(found, wanted, last)
        page, more = found[:size], len(found) > size
        value = {"id": page[-1]["id"], "value": page[-1][wanted.lstrip("-")]} if page else {}
        cursor = base64.urlsafe_b64encode(json.dumps(value).encode()).decode()
        return {"items": page, "has_more": more, "next_cursor": cursor if more else None}

    parameters = [query("limit", "integer", minimum=1, maximum=50, default=10), query("after"), SORT]
    fields: Document = {"has_more": {"type": "boolean"}, "next_cursor": {"type": ["string", "null"]}}
    return document(parameters, envelope(item=ITEM, **fields)), application(answer)


def after_id(found: Rows, wanted: str, last: dict[str, Any]) -> Rows:
    """Return what follows the record with the last id."""
    return found[[row["id"] for row in found].index(last["id"]) + 1 :]


@DESIGNS.correct("offset", limit_free="passed")
def offset() -> Made:
    """Each sorting is stable, and ends with the nulls."""
    return by_offset(lambda args, _: ordered(args.get("sort", "id")))


@DESIGNS.correct("cursor", limit_free="passed")
def cursor() -> Made:
    """Cursors hold the id beside the value."""
    return by_cursor(after_id)


@DESIGNS.correct("random")
def shuffled() -> Made:
    """One of the sortings is random."""
    seeds = iter(range(10**6))

    def change(args: MultiDict[str, str], _: int) -> Rows:
        if args.get("sort") != "random":
            return ordered(args.get("sort", "id"))
        seed = next(seeds)
        return sorted(rows(), key=lambda row: hash((seed, row["id"])))

    return by_offset(change, [query("sort", enum=[*VALUES, "random"])])


@DESIGNS.correct("sorting-hides")
def sorting_hides() -> Made:
    """A sorting that names no property has records of its own."""
    sort = query("sort", enum=["newest", "id"])
    return by_offset(lambda args, _: rows()[:20] if args.get("sort") == "newest" else ordered("id"), [sort])


@DESIGNS.correct("sort-refused-beside-cursor")
def sort_refused_beside_cursor() -> Made:
    """A cursor carries its sorting, and refuses it beside it."""
    made, _ = by_cursor(after_id)
    issued: dict[str, str] = {}

    def answer(args: MultiDict[str, str]) -> Any:
        size = int(args.get("limit", "10"))
        if not 1 <= size <= 50 or not args.get("limit", "10").isdigit() or args.get("sort", "id") not in VALUES:
            raise ValueError("limit")
        if "after" in args and ("sort" in args or args["after"] not in issued):
            raise ValueError("after")
        wanted = issued.get(args.get("after", ""), args.get("sort", "id"))
        found = ordered(wanted)
        start = int(args["after"].split("-")[0], 16) if "after" in args else 0
        more = start + size < len(found)
        token = f"{start + size:x}-{abs(hash(wanted)):x}"
        issued[token] = wanted
        return {"items": found[start : start + size], "has_more": more, "next_cursor": token if more else None}

    return made, application(answer)


@DESIGNS.correct("field-and-direction")
def field_and_direction() -> Made:
    """What to sort by, and which way, are two parameters."""
    ways = [query("sort_by", enum=["size", "colour"]), query("order", enum=["asc", "desc"])]

    def change(args: MultiDict[str, str], _: int) -> Rows:
        return ordered(("-" if args.get("order") == "desc" else "") + args.get("sort_by", "id"))

    return by_offset(change, ways)


@DESIGNS.faulty("ties-by-page-size", "limit-free")
def ties_by_page_size() -> Made:
    """The order of records that are alike depends on the page size."""

    def change(args: MultiDict[str, str], size: int) -> Rows:
        found = sorted(rows(), key=lambda row: row["id"] * size % 47)
        wanted = args.get("sort", "id")
        return sorted(found, key=lambda row: str(row[wanted.lstrip("-")]).zfill(9), reverse=wanted.startswith("-"))

    return by_offset(change)


@DESIGNS.faulty("nulls-dropped", "limit-free")
def nulls_dropped() -> Made:
    """A sorting leaves out the records without its value."""

    def change(args: MultiDict[str, str], _: int) -> Rows:
        wanted = args.get("sort", "id")
        return [row for row in ordered(wanted) if row[wanted.lstrip("-")] is not None]

    # The total tells so too, but is judged without a sorting.
    return by_offset(change)


@DESIGNS.faulty("nulls-dropped-by-words", "limit-free")
def nulls_dropped_by_words() -> Made:
    """The same, where only the description names the sortings."""

    def change(args: MultiDict[str, str], _: int) -> Rows:
        name = args.get("sort", "id").split(":")[0]
        return [row for row in ordered(name) if row[name] is not None]

    return by_offset(change, [query("sort", description="Sort by a property, such as `size:desc` or `colour:asc`.")])


@DESIGNS.faulty("nulls-dropped-with-direction", "limit-free")
def nulls_dropped_with_direction() -> Made:
    """The same, where only one direction is wrong."""
    ways = [query("sort_by", enum=["size", "colour"]), query("order", enum=["asc", "desc"])]

    def change(args: MultiDict[str, str], _: int) -> Rows:
        name = args.get("sort_by", "id")
        found = ordered(("-" if args.get("order") == "desc" else "") + name)
        return [row for row in found if row[name] is not None or args.get("order") != "desc"]

    return by_offset(change, ways)


@DESIGNS.faulty("ties-lost", "limit-free")
def ties_lost() -> Made:
    """A cursor holds the value alone, and goes on behind all records that have it."""

    def following(found: Rows, wanted: str, last: dict[str, Any]) -> Rows:
        rest = after_id(found, wanted, last)
        name = wanted.lstrip("-")
        return [row for row in rest if row[name] != last["value"]]

    return by_cursor(following)


@DESIGNS.faulty("ties-repeated", "no-repeat")
def ties_repeated() -> Made:
    """A cursor goes on with the first record that has its value, if more have than a page holds."""

    def following(found: Rows, wanted: str, last: dict[str, Any]) -> Rows:
        rest = after_id(found, wanted, last)
        again = [row for row in found if row["made"] == last["value"] and row["id"] == last["id"] and "made" in wanted]
        return again + rest

    return by_cursor(following)


@DESIGNS.faulty("endless-nulls", "walk-ends")
def endless_nulls() -> Made:
    """A cursor with a null begins anew at the nulls."""

    def following(found: Rows, wanted: str, last: dict[str, Any]) -> Rows:
        if last["value"] is None:
            return [row for row in found if row[wanted.lstrip("-")] is None]
        return after_id(found, wanted, last)

    return by_cursor(following)


@DESIGNS.faulty("sort-forgotten", "cursor-accepted")
def sort_forgotten() -> Made:
    """A cursor forgets the sorting."""
    return by_cursor(lambda found, _, last: [row for row in ordered("id") if row["id"] > last["id"]])
