"""Positions that a server keeps for the caller: scrolls, tokens that carry the query, that work once, that expire."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from werkzeug.datastructures import MultiDict

from tests.judge.designs.design import Designs, Document, Made, application, document, envelope, query, records

DESIGNS = Designs()

Answer = Callable[[MultiDict[str, str]], Any]
Refused = tuple[Document, int]


def made(answer: Answer, **fields: Any) -> Made:
    """Return a list with a page size, a token and a filter."""
    parameters = [
        query("limit", "integer", minimum=1, maximum=20, default=10),
        query("page_token"),
        query("colour"),
    ]
    token = {"type": ["string", "null"]}
    return document(parameters, envelope(next_page_token=token, **fields)), application(answer)


def size_of(args: MultiDict[str, str]) -> int:
    """Return the page size that was asked for."""
    size = int(args.get("limit", "10"))
    if not 1 <= size <= 20:
        raise ValueError("limit")
    return size


def matching(colour: str | None) -> list[Document]:
    """Return the records of a colour, all of them without one."""
    return [row for row in records() if colour is None or row["colour"] == colour]


def scrolled(*, moves: bool) -> Made:
    """Return a list whose token stays the same while it moves on, or does not."""
    places: dict[str, tuple[int, list[Document]]] = {}
    names = (f"scroll{number}" for number in itertools.count())

    def answer(args: MultiDict[str, str]) -> Document | Refused:
        token, size = args.get("page_token"), size_of(args)
        if token is None:
            token = next(names)
            places[token] = (0, matching(args.get("colour")))
        if token not in places:
            return {"detail": "unknown token"}, 404
        start, rows = places[token]
        page = rows[start : start + size]
        if moves or start == 0:
            places[token] = (start + size, rows)
        return {"items": page, "next_page_token": token}

    return made(answer)


@DESIGNS.correct("scroll", walk_ends="passed", no_repeat="passed", limit_free="passed")
def scroll() -> Made:
    """The same token each time while records go on; an empty page ends it (Elasticsearch)."""
    return scrolled(moves=True)


@DESIGNS.faulty("scroll-that-stands", "walk-ends", also=["limit-free", "filter-complete"])
def scroll_that_stands() -> Made:
    """The same token, and the same second page, each time."""
    return scrolled(moves=False)


def carrying(respond: Callable[[MultiDict[str, str], str | None], tuple[str | None, int] | None]) -> Made:
    """Return a list whose tokens hold a colour, a size and a place.

    ``respond`` is given the query and the colour of its token; it returns the colour to use and the status of the
    refusal, 0 for none.
    """

    def answer(args: MultiDict[str, str]) -> Document | Refused:
        token, size, colour, start = args.get("page_token"), size_of(args), args.get("colour"), 0
        if token is not None:
            place, _, carried = token.removeprefix("t").partition(".")
            colour, status = respond(args, carried or None) or (carried or None, 0)
            start = int(place)
            if status:
                return {"detail": "a token is sent alone"}, status
        rows = matching(colour)
        following = f"t{start + size}.{colour or ''}" if start + size < len(rows) else None
        return {"items": rows[start : start + size], "next_page_token": following}

    return made(answer)


@DESIGNS.correct("token-carries-filters", cursor_accepted="passed", filter_sound="passed", filter_complete="passed")
def token_carries_filters() -> Made:
    """A token holds the filters, and refuses them beside it (YouTube, Azure)."""
    return carrying(lambda args, carried: (carried, 400 if "colour" in args else 0))


@DESIGNS.faulty("token-refused-in-any-way", "cursor-accepted", also=["filter-complete"])
def token_refused_in_any_way() -> Made:
    """A token that was issued under a filter is refused, with the filter and without."""
    return carrying(lambda args, carried: (carried, 400 if carried else 0))


@DESIGNS.faulty("token-forgets-filters", "filter-sound", also=["cursor-accepted", "filter-complete", "no-repeat"])
def token_forgets_filters() -> Made:
    """A token refuses filters beside it, and shows the whole list without."""
    return carrying(lambda args, carried: (None, 400 if "colour" in args else 0))


def remembered(may_use: Callable[[int, int], int]) -> Made:
    """Return a list whose tokens may be refused, by how often one was used and how many requests ago it was made."""
    issued: dict[str, tuple[int, int]] = {}
    uses: dict[str, int] = {}
    clock = itertools.count()

    def answer(args: MultiDict[str, str]) -> Document | Refused:
        now, size, token, start = next(clock), size_of(args), args.get("page_token"), 0
        if token is not None:
            if token not in issued:
                return {"detail": "unknown token"}, 400
            start, since = issued[token]
            uses[token] = uses.get(token, 0) + 1
            status = may_use(uses[token], now - since)
            if status:
                return {"detail": "the token has expired"}, status
        rows, following = matching(args.get("colour")), None
        if start + size < len(rows):
            following = f"t{now}"
            issued[following] = (start + size, now)
        return {"items": rows[start : start + size], "next_page_token": following}

    return made(answer)


@DESIGNS.correct("single-use")
def single_use() -> Made:
    """A token works once."""
    return remembered(lambda uses, age: 400 if uses > 1 else 0)


@DESIGNS.correct("expires")
def expires() -> Made:
    """A token is gone after a few requests, whoever made them."""
    return remembered(lambda uses, age: 410 if age > 3 else 0)


@DESIGNS.faulty("never-works", "cursor-accepted", also=["limit-free", "has-more", "filter-complete"])
def never_works() -> Made:
    """A token is refused at once."""
    return remembered(lambda uses, age: 400)


@DESIGNS.correct("size-belongs-to-token", limit_free="passed", cursor_accepted="passed")
def size_belongs_to_token() -> Made:
    """A token is refused with another page size than it was issued for."""

    def answer(args: MultiDict[str, str]) -> Document | Refused:
        size, start = size_of(args), 0
        if "page_token" in args:
            place, _, of = args["page_token"].removeprefix("t").partition(".")
            start = int(place)
            if of != str(size):
                return {"detail": "the page size must not change"}, 400
        rows = matching(args.get("colour"))
        following = f"t{start + size}.{size}" if start + size < len(rows) else None
        return {"items": rows[start : start + size], "next_page_token": following}

    return made(answer)


@DESIGNS.correct("empty-page-repeats-token", walk_ends="passed")
def empty_page_repeats_token() -> Made:
    """An empty last page gives the token back that led to it, to be asked again later (Slack's events, Dropbox)."""

    def answer(args: MultiDict[str, str]) -> Document:
        size, start = size_of(args), int(args.get("page_token", "t0").removeprefix("t"))
        rows = matching(args.get("colour"))
        return {"items": rows[start : start + size], "next_page_token": f"t{min(start + size, len(rows))}"}

    return made(answer)


@DESIGNS.correct("has-more-null", has_more="not applicable")
def has_more_null() -> Made:
    """A documented ``has_more`` that is never there."""

    def answer(args: MultiDict[str, str]) -> Document:
        size, start = size_of(args), int(args.get("page_token", "t0").removeprefix("t"))
        rows = matching(args.get("colour"))
        following = f"t{start + size}" if start + size < len(rows) else None
        return {"items": rows[start : start + size], "next_page_token": following, "has_more": None}

    return made(answer, has_more={"type": ["boolean", "null"]})
