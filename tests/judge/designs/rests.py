"""How many records come on a page, and which: rests, holes, repeats, what depends on the page size."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from tests.judge.designs.design import Designs, Document, Made, application, document, envelope, query, records, thing

DESIGNS = Designs()

LIMIT = query("limit", "integer", minimum=1, maximum=20, default=10)
ITEM = thing(name={"type": "string"}, price={"type": "number"}, note={"type": "string"})
Cut = Callable[[Sequence[Document], int, int], tuple[Sequence[Document], int]]
"""Cuts the page of a size out of the rows from a position on: its records, and where the next page begins."""


def plain(rows: Sequence[Document], start: int, size: int) -> tuple[Sequence[Document], int]:
    """Cut a page as every server does."""
    return rows[start : start + size], start + size


def by_cursor(cut: Cut, rows: Sequence[Document] = (), *, cap: int = 20, item: Document | None = None) -> Made:
    """Return a list by cursor whose pages are cut in some way."""
    things = rows or records()

    def answer(args: MultiDict[str, str]) -> Document:
        size = int(args.get("limit", "10"))
        after = args.get("after", "p0")
        if not 1 <= size <= 20 or not after.startswith("p"):
            raise ValueError("out of range")
        chosen = [row for row in things if args.get("colour", row["colour"]) == row["colour"]]
        page, following = cut(chosen, int(after[1:]), min(size, cap))
        return {"items": list(page), "next": f"p{following}" if following < len(chosen) else None}

    parameters = [LIMIT, query("after"), query("colour")]
    answered = envelope(item=item or ITEM, next={"type": ["string", "null"]})
    return document(parameters, answered), application(answer)


@DESIGNS.correct("orphans", page_size="passed", no_repeat="passed", limit_free="passed")
def orphans() -> Made:
    """A rest of at most three records comes along on the last page (Django's orphans)."""

    def cut(rows: Sequence[Document], start: int, size: int) -> tuple[Sequence[Document], int]:
        end = len(rows) if len(rows) - start - size <= 3 else start + size
        return rows[start:end], end

    return by_cursor(cut)


@DESIGNS.faulty("rest-taken-and-left", "page-size")
def rest_taken_and_left() -> Made:
    """A rest comes along where pages are small, and is left where they are large."""

    def cut(rows: Sequence[Document], start: int, size: int) -> tuple[Sequence[Document], int]:
        end = len(rows) if size < 10 and len(rows) - start - size <= 4 else start + size
        return rows[start:end], end

    return by_cursor(cut, records(43))


@DESIGNS.faulty("all-the-rest", "page-size")
def all_the_rest() -> Made:
    """The second page holds all the rest."""
    return by_cursor(lambda rows, start, size: plain(rows, start, size if start == 0 else len(rows)))


@DESIGNS.correct("holes", page_size="passed", limit_free="passed", walk_ends="passed", filter_complete="passed")
def holes() -> Made:
    """A page is read and filtered afterwards: it is short, or empty, while records follow (DynamoDB)."""
    rows = [row | {"hidden": row["id"] % 9 in (1, 2, 3)} for row in records(60)]

    def cut(chosen: Sequence[Document], start: int, size: int) -> tuple[Sequence[Document], int]:
        page, following = plain(chosen, start, size)
        return [row for row in page if not row["hidden"]], following

    return by_cursor(cut, rows)


@DESIGNS.faulty("holes-of-the-boundary", "limit-free", also=["filter-complete"])
def holes_of_the_boundary() -> Made:
    """The first record of each page but the first is lost."""
    return by_cursor(lambda rows, start, size: (rows[start + (start > 0) : start + size], start + size))


@DESIGNS.correct("playlist", no_repeat="passed", limit_free="passed")
def playlist() -> Made:
    """A track stands in the list more than once, at places of its own (Spotify)."""
    rows = records(40)
    return by_cursor(plain, [*rows[:25], rows[3], *rows[25:], rows[7], rows[3]])


@DESIGNS.faulty("repeats-at-the-boundary", "no-repeat", also=["limit-free", "filter-complete", "walk-ends"])
def repeats_at_the_boundary() -> Made:
    """Each page begins with the last record of the one before, but a page of one record."""

    def cut(rows: Sequence[Document], start: int, size: int) -> tuple[Sequence[Document], int]:
        page, following = plain(rows, start, size)
        return page, following - (size > 1 and len(page) == size and following < len(rows))

    return by_cursor(cut)


def readings() -> list[Document]:
    """Return records that nothing identifies, some of them equal."""
    return [{"colour": ("red", "green", "blue")[number * 7 % 3], "price": number % 4 / 2} for number in range(45)]


NAMELESS: Document = {
    "type": "object",
    "required": ["colour"],
    "properties": {"colour": {"type": "string"}, "price": {"type": "number"}},
}


@DESIGNS.correct("nameless", limit_free="passed")
def nameless() -> Made:
    """Records without an identity; equal ones are no repeats."""
    return by_cursor(plain, readings(), item=NAMELESS)


@DESIGNS.faulty("nameless-lost", "limit-free", also=["filter-complete"])
def nameless_lost() -> Made:
    """Records without an identity, of which each page loses one."""
    return by_cursor(
        lambda rows, start, size: (rows[start : start + size], start + size + 1), readings(), item=NAMELESS
    )


@DESIGNS.correct("smaller-cap", page_size="passed", limit_free="passed")
def smaller_cap() -> Made:
    """A page holds at most 15 records, whatever was asked for."""
    return by_cursor(plain, cap=15)


def priced(show: Callable[[Document, int], Document]) -> Made:
    """Return a list with prices, its records shown by page size."""
    rows = [row | {"price": row["id"] + 0.125, "note": "n" * row["id"]} for row in records()]

    def cut(chosen: Sequence[Document], start: int, size: int) -> tuple[Sequence[Document], int]:
        page, following = plain(chosen, start, size)
        return [show(row, size) for row in page], following

    return by_cursor(cut, rows)


@DESIGNS.faulty("precision-by-size", "limit-free")
def precision_by_size() -> Made:
    """Large pages hold rounded prices."""
    return priced(lambda row, size: row | {"price": round(row["price"], 1)} if size > 9 else row)


@DESIGNS.faulty("fields-by-size", "limit-free")
def fields_by_size() -> Made:
    """Large pages leave a field out."""
    return priced(lambda row, size: {name: row[name] for name in row if size < 16 or name != "note"})


@DESIGNS.faulty("ties-by-size", "limit-free", also=["filter-complete"])
def ties_by_size() -> Made:
    """Sorted by a name that many records share; equal names come in another order on large pages."""
    rows = [row | {"name": f"name {row['id'] // 5}"} for row in records()]

    def cut(chosen: Sequence[Document], start: int, size: int) -> tuple[Sequence[Document], int]:
        step = -1 if size > 12 else 1
        return plain(sorted(chosen, key=lambda row: (row["name"], step * row["id"])), start, size)

    return by_cursor(cut, rows)


@DESIGNS.faulty("case-by-size", "limit-free", also=["filter-complete"])
def case_by_size() -> Made:
    """Names that differ in case only change places where the page is small."""
    rows: list[Document] = [row | {"name": ("Name", "name")[row["id"] % 2] + str(row["id"] // 2)} for row in records()]

    def key(row: Document, size: int) -> Any:
        return (row["name"].lower(), row["name"] if size > 5 else row["name"].swapcase())

    def cut(chosen: Sequence[Document], start: int, size: int) -> tuple[Sequence[Document], int]:
        return plain(sorted(chosen, key=lambda row: key(row, size)), start, size)

    return by_cursor(cut, rows)


@DESIGNS.faulty("each-page-reversed", "limit-free", also=["filter-complete"])
def each_page_reversed() -> Made:
    """Each page is reversed in itself."""
    return by_cursor(lambda rows, start, size: (rows[start : start + size][::-1], start + size))
