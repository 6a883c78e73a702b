"""The way back: what ``before`` gives, and what ``has_more`` says there."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from werkzeug.datastructures import MultiDict

from tests.judge.designs.design import Designs, Document, Made, application, document, envelope, query, records, thing

DESIGNS = Designs()

Run = Callable[[Sequence[Document], int], Sequence[Document]]
"""Chooses, of the records before a cursor, a page of at most so many."""


def nearest(rows: Sequence[Document], size: int) -> Sequence[Document]:
    """Return the run that ends just before."""
    return rows[-size:]


def things() -> list[Document]:
    """Return records with a second property to filter by."""
    return [row | {"shape": ("disc", "cube")[row["id"] // 2 % 2]} for row in records()]


def both_ways(
    run: Run = nearest,
    *,
    first_has_before: bool = True,
    travel: bool = True,
    backward_filters: Sequence[str] = ("colour", "shape"),
) -> Made:
    """Return a list with cursors in both directions.

    ``run`` chooses the page before a cursor; ``travel`` says whether has_more is about the direction of travel.
    """

    def answer(args: MultiDict[str, str]) -> Document:
        size, back = int(args.get("limit", "10")), "before" in args
        if not 1 <= size <= 20 or (back and "after" in args):
            raise ValueError("out of range")
        names = backward_filters if back else ("colour", "shape")
        rows = [row for row in things() if all(args.get(name, row[name]) == row[name] for name in names)]
        if back:
            preceding = [row for row in rows if row["id"] < int(args["before"].removeprefix("c"))]
            page = list(run(preceding, size))
        else:
            place = int(args.get("after", "c0").removeprefix("c"))
            page = [row for row in rows if row["id"] > place][:size]
        ids = [row["id"] for row in page] or [0]
        precedes, follows = min(ids) > rows[0]["id"] if rows else False, max(ids) < rows[-1]["id"] if rows else False
        more = precedes if back and travel else follows
        return {
            "items": page,
            "after": f"c{max(ids)}" if follows and page else None,
            "before": f"c{min(ids)}" if page and (precedes or first_has_before) else None,
            "has_more": bool(page) and more,
        }

    cursor = {"type": ["string", "null"]}
    parameters = [
        query("limit", "integer", minimum=1, maximum=20, default=10),
        *(query(name) for name in ("after", "before", "colour", "shape")),
    ]
    item = thing(shape={"type": "string"})
    answered = envelope(item=item, after=cursor, before=cursor, has_more={"type": "boolean"})
    return document(parameters, answered), application(answer)


@DESIGNS.correct("of-travel", back="passed", has_more="passed")
def of_travel() -> Made:
    """``has_more`` is about the direction of travel."""
    return both_ways()


@DESIGNS.correct("of-list", back="passed", has_more="passed")
def of_list() -> Made:
    """``has_more`` says whether records follow, also under ``before``."""
    return both_ways(travel=False)


@DESIGNS.correct("none-on-first-page", back="passed")
def none_on_first_page() -> Made:
    """The first page has no cursor to go back."""
    return both_ways(first_has_before=False)


@DESIGNS.correct("reversed", back="passed")
def reversed_run() -> Made:
    """The records before a cursor come from the nearest one on (the run reversed), each time."""
    return both_ways(lambda rows, size: rows[-size:][::-1])


@DESIGNS.correct("newest", back="passed")
def newest() -> Made:
    """``before`` gives the newest records, not those next to the cursor, each time (Coinbase)."""
    return both_ways(lambda rows, size: rows[:size])


@DESIGNS.faulty("reversed-at-times", "back", also=["has-more"])
def reversed_at_times() -> Made:
    """A page before a cursor is turned round where its size is even."""
    return both_ways(lambda rows, size: rows[-size:][::-1] if size % 2 else rows[-size:])


@DESIGNS.faulty("newest-at-times", "back")
def newest_at_times() -> Made:
    """A page before a cursor is the newest one where it is small."""
    return both_ways(lambda rows, size: rows[:size] if size < 5 else rows[-size:])


@DESIGNS.faulty("newest-less-one", "back")
def newest_less_one() -> Made:
    """Neither the newest run nor the nearest one."""
    return both_ways(lambda rows, size: rows[1 : size + 1])


@DESIGNS.faulty("second-filter-dropped", "filter-sound", also=["back"])
def second_filter_dropped() -> Made:
    """Going back, the second of two filters is dropped."""
    return both_ways(backward_filters=("colour",))


@DESIGNS.faulty("filters-dropped", "filter-sound", also=["back"])
def filters_dropped() -> Made:
    """Going back, each filter is dropped."""
    return both_ways(backward_filters=())
