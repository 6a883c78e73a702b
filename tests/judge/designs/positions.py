"""How a server says which page comes next: page numbers, offsets, cursors, URLs."""

from __future__ import annotations

from werkzeug.datastructures import MultiDict

from tests.judge.designs.design import Designs, Document, Made, application, document, envelope, query, records

DESIGNS = Designs()


@DESIGNS.correct("offset-and-total")
def offset_and_total() -> Made:
    """An offset from 0, and an exact total."""
    things = records()

    def answer(args: MultiDict[str, str]) -> Document:
        size, offset = int(args.get("limit", "10")), int(args.get("offset", "0"))
        if not 1 <= size <= 20 or offset < 0:
            raise ValueError("out of range")
        return {"items": things[offset : offset + size], "total": len(things)}

    parameters = [query("limit", "integer", minimum=1, maximum=20, default=10), query("offset", "integer", minimum=0)]
    return document(parameters, envelope(total={"type": "integer"})), application(answer)
