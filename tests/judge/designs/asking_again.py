"""The same request again: what changes by itself, and what must not."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict

from tests.judge.designs.design import Designs, Document, Made, application, document, envelope, query, records, thing

DESIGNS = Designs()

PARAMETERS = [
    query("limit", "integer", minimum=1, maximum=20, default=10),
    query("offset", "integer", minimum=0),
    query("colour"),
    query("shape"),
]
ITEM = thing(
    shape={"type": "string"},
    preview={"type": "string"},
    seen_at={"type": "string"},
    history={"type": "array", "items": {"type": "integer"}},
    comment={"type": "string"},
)


def things() -> list[Document]:
    """Return records with a second property to filter by."""
    return [record | {"shape": ("disc", "cube")[record["id"] % 2]} for record in records()]


def matching(rows: Iterable[Document], args: Iterable[tuple[str, str]]) -> list[Document]:
    """Return the rows that match every filter among the arguments."""
    wanted = [(name, value) for name, value in args if name in ("colour", "shape")]
    return [row for row in rows if all(row[name] == value for name, value in wanted)]


def served(
    show: Callable[[Document], Document] = lambda row: row,
    choose: Callable[[MultiDict[str, str]], list[Document]] = lambda args: matching(things(), args.items()),
    cut: Callable[[list[Document]], list[Document]] = lambda page: page,
) -> Made:
    """Return a list by offset: the rows chosen by the arguments, each shown in some way, the page cut in another."""

    def answer(args: MultiDict[str, str]) -> Document:
        size, offset = int(args.get("limit", "10")), int(args.get("offset", "0"))
        if not 1 <= size <= 20 or offset < 0:
            raise ValueError("out of range")
        rows = choose(args)
        return {"items": cut([show(dict(row)) for row in rows[offset : offset + size]]), "total": len(rows)}

    return document(PARAMETERS, envelope(item=ITEM, total={"type": "integer"})), application(answer)


@DESIGNS.correct("signed-urls-and-clocks", replay="passed", filter_complete="passed", offset_slice="passed")
def signed_urls_and_clocks() -> Made:
    """Each record has a signed URL and the time of the answer."""
    ticks = itertools.count()

    def show(row: Document) -> Document:
        now = next(ticks)
        return row | {"preview": f"https://cdn.example/{row['id']}?sig={hash(now):x}", "seen_at": f"tick {now:06}"}

    return served(show)


@DESIGNS.correct("reads-are-counted", replay="passed")
def reads_are_counted() -> Made:
    """Each record counts how often it was read."""
    counted: dict[int, int] = {}

    def show(row: Document) -> Document:
        counted[row["id"]] = counted.get(row["id"], 0) + 1
        return row | {"reads": counted[row["id"]]}

    return served(show)


@DESIGNS.faulty("arrays-grow", "replay")
def arrays_grow() -> Made:
    """An array that every answer appends to: the default argument is shared."""
    histories: dict[int, list[int]] = {}

    def show(row: Document) -> Document:
        history = histories.setdefault(row["id"], [])
        history.append(row["id"])
        return row | {"history": list(history)}

    return served(show)


@DESIGNS.faulty("texts-grow", "replay")
def texts_grow() -> Made:
    """A text that is escaped again each time."""
    comments: dict[int, str] = {}

    def show(row: Document) -> Document:
        comments[row["id"]] = comments.get(row["id"], "'") + "'"
        return row | {"comment": comments[row["id"]]}

    return served(show)


@DESIGNS.faulty("pages-shrink", "replay")
def pages_shrink() -> Made:
    """The first page is cached, and the marker row is taken off it each time that it is asked for."""
    cached: dict[tuple[tuple[str, str], ...], int] = {}

    def cut(page: list[Document]) -> list[Document]:
        key = tuple(sorted(request.args.items()))
        cached[key] = cached.get(key, -1) + 1
        return page[: max(1, len(page) - cached[key])]

    return served(cut=cut)


@DESIGNS.faulty("last-filter-wins", "replay", also=["filter-sound"])
def last_filter_wins() -> Made:
    """Of two filters the one that is sent last is dropped where their names are not in the order of the alphabet."""

    def choose(args: MultiDict[str, str]) -> list[Document]:
        given: list[Any] = [(name, value) for name, value in args.items() if name in ("colour", "shape")]
        return matching(things(), given if given == sorted(given) else given[:1])

    return served(choose=choose)
