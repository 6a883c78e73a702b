"""How a server says which page comes next: page numbers, offsets, cursors, URLs."""

from __future__ import annotations

from collections.abc import Callable

from werkzeug.datastructures import MultiDict

from tests.judge.designs.design import Designs, Document, Made, application, document, envelope, query, records

DESIGNS = Designs()


@DESIGNS.correct("offset-and-total", total="passed", offset_slice="passed")
def offset_and_total() -> Made:
    """An offset from 0, and an exact total."""
    return _by_offset(lambda page: len(records()))


@DESIGNS.faulty("total-of-the-page", "total")
def total_of_the_page() -> Made:
    """The total is how many records are on the page."""
    return _by_offset(len)


def _by_offset(total: Callable[[list[Document]], int]) -> Made:
    """Return a list that is paged by offset; ``total`` makes its total of a page."""
    things = records()

    def answer(args: MultiDict[str, str]) -> Document:
        size, offset = int(args.get("limit", "10")), int(args.get("offset", "0"))
        if not 1 <= size <= 20 or offset < 0:
            raise ValueError("out of range")
        page = things[offset : offset + size]
        return {"items": page, "total": total(page)}

    parameters = [query("limit", "integer", minimum=1, maximum=20, default=10), query("offset", "integer", minimum=0)]
    return document(parameters, envelope(total={"type": "integer"})), application(answer)
