"""What a list says of its number of records: exactly, about, up to a cap, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from tests.judge.designs.design import Designs, Document, Made, application, document, envelope, query, records

DESIGNS = Designs()

State = Callable[[int, Sequence[Document]], Mapping[str, Any]]
"""Makes what an answer says of the total, of the number of matching records and the page."""


def stated(state: State, *, count: int = 45, description: str = "", **fields: Any) -> Made:
    """Return a list by offset, with a filter, that says of its total what ``state`` makes."""
    things = records(count)

    def answer(args: MultiDict[str, str]) -> Document:
        size, offset = int(args.get("limit", "10")), int(args.get("offset", "0"))
        if not 1 <= size <= 20 or offset < 0:
            raise ValueError("out of range")
        rows = [row for row in things if args.get("colour", row["colour"]) == row["colour"]]
        page = rows[offset : offset + size]
        return {"items": page, **state(len(rows), page)}

    parameters = [
        query("limit", "integer", minimum=1, maximum=20, default=10),
        query("offset", "integer", minimum=0),
        query("colour"),
    ]
    total = {"type": ["integer", "null"], **({"description": description} if description else {})}
    return document(parameters, envelope(total=total, **fields)), application(answer)


@DESIGNS.correct("null", total="not applicable")
def null() -> Made:
    """A total that is null on every page."""
    return stated(lambda count, page: {"total": None})


@DESIGNS.correct("absent", total="not applicable")
def absent() -> Made:
    """A total that is documented, and never there."""
    return stated(lambda count, page: {})


@DESIGNS.correct("described-estimate", total="not applicable")
def described_estimate() -> Made:
    """A total that its description calls approximate (GitLab, Zendesk)."""
    return stated(lambda count, page: {"total": count // 10 * 10}, description="Approximate number of matches.")


@DESIGNS.correct("capped", total="passed")
def capped() -> Made:
    """A count that stops at 100, also under filters, as search engines do."""
    return stated(lambda count, page: {"total": min(100, count)}, count=130)


@DESIGNS.correct("says-gte", total="passed")
def says_gte() -> Made:
    """A count that says that there may be more (Elasticsearch's relation)."""

    def state(count: int, page: Sequence[Document]) -> Mapping[str, Any]:
        return {"total": min(37, count), "total_relation": "gte" if count > 37 else "eq"}

    return stated(state, total_relation={"type": "string", "enum": ["eq", "gte"]})


@DESIGNS.faulty("says-gte-of-more-than-there-are", "total")
def says_gte_of_more_than_there_are() -> Made:
    """A lower bound that is higher than the number of records."""
    return stated(lambda count, page: {"total": count + 5, "total_relation": "gte"}, total_relation={"type": "string"})


@DESIGNS.faulty("of-page", "total")
def of_page() -> Made:
    """The total is the number of records on the page."""
    return stated(lambda count, page: {"total": len(page)})


@DESIGNS.faulty("of-page-at-round-size", "total")
def of_page_at_round_size() -> Made:
    """The total is the page's size, in a longer list."""
    return stated(lambda count, page: {"total": len(page)}, count=130)


@DESIGNS.faulty("stops-anywhere", "total")
def stops_anywhere() -> Made:
    """A count that stops at no round number."""
    return stated(lambda count, page: {"total": min(37, count)})


@DESIGNS.faulty("capped-and-wrong-below", "total")
def capped_and_wrong_below() -> Made:
    """A count that stops at 100, and is one off below it."""
    return stated(lambda count, page: {"total": 100 if count > 100 else count + 1}, count=130)


@DESIGNS.faulty("without-filters", "total")
def without_filters() -> Made:
    """The total ignores the filter."""
    return stated(lambda count, page: {"total": 45})
