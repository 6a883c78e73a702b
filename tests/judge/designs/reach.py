"""Lists of which one page is all that is seen: whole ones, the best of a longer one, ways that are not understood."""

from __future__ import annotations

from typing import Any

from werkzeug.datastructures import MultiDict

from tests.judge.designs.design import Designs, Document, Made, application, document, envelope, query, records

DESIGNS = Designs()


def _size(args: MultiDict[str, str], most: int) -> int:
    size = int(args.get("limit", "10"))
    if size < 1:
        raise ValueError("limit")
    return min(size, most)


def _limit(**schema: Any) -> list[Document]:
    return [query("limit", "integer", minimum=1, **schema), query("colour")]


def _matching(args: MultiDict[str, str], count: int) -> list[Document]:
    return [thing for thing in records(count) if args.get("colour", thing["colour"]) == thing["colour"]]


@DESIGNS.correct("best-of-many", limit_free="not applicable", total="not applicable", filter_complete="not applicable")
def best_of_many() -> Made:
    """The first records and how many there are; there is no way to the others."""

    def answer(args: MultiDict[str, str]) -> Document:
        found = _matching(args, 90)
        return {"items": found[: _size(args, 20)], "total": len(found)}

    return document(_limit(), envelope(total={"type": "integer"})), application(answer)


@DESIGNS.correct("best-of-many-without-total", limit_free="not applicable", filter_complete="not applicable")
def best_of_many_without_total() -> Made:
    """The first records, and no word about others."""

    def answer(args: MultiDict[str, str]) -> Document:
        return {"items": _matching(args, 90)[: _size(args, 20)]}

    return document(_limit(), envelope()), application(answer)


@DESIGNS.correct("whole-list", total="passed", filter_complete="passed")
def whole_list() -> Made:
    """A list that fits on its largest page, and says so by its total."""

    def answer(args: MultiDict[str, str]) -> Document:
        found = _matching(args, 9)
        return {"items": found[: _size(args, 20)], "total": len(found)}

    return document(_limit(maximum=20), envelope(total={"type": "integer"})), application(answer)


@DESIGNS.faulty("whole-list-filter-ignored", "filter-sound")
def whole_list_filter_ignored() -> Made:
    """One page is enough to see that a filter does nothing."""

    def answer(args: MultiDict[str, str]) -> Document:
        return {"items": records(90)[: _size(args, 20)]}

    return document(_limit(), envelope()), application(answer)


@DESIGNS.correct(
    "unknown-way", limit_free="not understood", filter_complete="not understood", walk_ends="not understood"
)
def unknown_way() -> Made:
    """A cursor by parameters and fields of other names: the first page is not taken for the list."""

    def answer(args: MultiDict[str, str]) -> Document:
        found, begin = _matching(args, 45), int(args.get("resume", "0"))
        rest = found[begin + (size := _size(args, 20)) :]
        return {"items": found[begin : begin + size], "has_more": bool(rest), "resume_at": str(begin + size)}

    parameters = [*_limit(), query("resume", description="Where to go on.")]
    return document(parameters, envelope(has_more={"type": "boolean"}, resume_at={"type": "string"})), application(
        answer
    )
