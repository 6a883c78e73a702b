"""Sortings of lists that are too long to be walked to their end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.datastructures import MultiDict

from tests.judge.designs.design import Designs, Document, Made, application, document, envelope, query, records, thing

DESIGNS = Designs()
SORT = query("sort", enum=["id", "-id", "colour", "-colour"])
ITEM = thing()
Order = Callable[[list[Document], str, int], list[Document]]


def long_list(order: Order) -> Made:
    """Return a list by offset of 1,500 records; ``order`` sorts them by what is asked for, and the page size."""
    rows = records(1500)

    def answer(args: MultiDict[str, str]) -> Any:
        size, offset = int(args.get("limit", "10")), int(args.get("offset", "0"))
        wanted = args.get("sort", "id")
        if not 1 <= size <= 50 or not 0 <= offset < 2**63 or wanted not in SORT["schema"]["enum"]:
            raise ValueError("out of range")
        return {"items": order(rows, wanted, size)[offset : offset + size], "total": len(rows)}

    parameters = [query("limit", "integer", minimum=1, maximum=50, default=10), query("offset", "integer", minimum=0)]
    return document([*parameters, SORT], envelope(item=ITEM, total={"type": "integer"})), application(answer)


def stable(rows: list[Document], wanted: str, size: int) -> list[Document]:
    """Sort by one property, and by id where it is the same."""
    name = wanted.lstrip("-")
    return sorted(rows, key=lambda row: row[name], reverse=wanted.startswith("-"))


@DESIGNS.correct("stable", limit_free="passed")
def in_one_order() -> Made:
    """Each sorting has one order."""
    return long_list(stable)


@DESIGNS.faulty("ties-by-page-size", "limit-free")
def ties_by_page_size() -> Made:
    """Records alike stand in the order in which the database found them, which depends on how many it is asked for."""

    def order(rows: list[Document], wanted: str, size: int) -> list[Document]:
        found = rows if wanted.endswith("id") else sorted(rows, key=lambda row: row["id"] * 7919 % (size + 101))
        return stable(found, wanted, size)

    return long_list(order)
