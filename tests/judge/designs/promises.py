"""Fields of a page that a contract promises, by its block or by its words, and how they may be missing all the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.datastructures import MultiDict

from tests.judge.designs.design import Designs, Document, Made, application, document, envelope, query, records

DESIGNS = Designs()

NUMBER = {"type": ["integer", "null"]}
WORDS = (
    "Fields of the cursors (`has_more`, `after`) are populated on pages by cursor. The others (`offset`, `limit`) "
    "are set when the caller uses the `offset` parameter."
)
BLOCK = {"identity": "id", "promises": {"has_more": "always", "offset": "when_used", "limit": "when_used"}}
Change = Callable[[MultiDict[str, str], Document, Document], Document]


def paged(change: Change, *, words: str = WORDS, **operation: Any) -> Made:
    """Return a list by cursor and by offset; ``change`` is what is otherwise in ``meta``, by query, body and meta."""

    def answer(args: MultiDict[str, str]) -> Document:
        size, start, offset = int(args.get("limit", "10")), int(args.get("after", "0")), args.get("offset")
        if not 1 <= size <= 50 or int(offset or 0) < 0:
            raise ValueError("out of range")
        rows = records()
        found = rows[int(offset) :] if offset else [row for row in rows if row["id"] > start]
        items, rest = found[:size], found[size:]
        meta = {"offset": int(offset), "limit": size} if offset else {"has_more": bool(rest)}
        body = {"items": items, "after": str(items[-1]["id"]) if rest and not offset else None}
        return body | {"meta": meta | change(args, body, meta)}

    fields = {"has_more": {"type": ["boolean", "null"]}, "offset": NUMBER, "limit": NUMBER}
    shown = envelope(
        after={"type": ["string", "null"]},
        meta={"type": "object", "description": words, "properties": fields},
    )
    paging = [query("after"), query("offset", "integer", minimum=0)]
    parameters = [query("limit", "integer", minimum=1, maximum=50, default=10), *paging]
    return document(parameters, shown, **operation), application(answer)


def without(name: str, when: Callable[[MultiDict[str, str], Document], bool]) -> Change:
    """Return what leaves out a field on some pages."""
    return lambda args, body, meta: {name: None} if name in meta and when(args, body) else {}


@DESIGNS.correct("promises-are-kept", has_more="passed", offset_slice="passed")
def promises_are_kept() -> Made:
    """All that is promised is there."""
    return paged(lambda args, body, meta: {}, **{"x-list-semantics": BLOCK})


@DESIGNS.correct("the-last-page-says-nothing", has_more="passed", offset_slice="passed")
def the_last_page_says_nothing() -> Made:
    """Words promise `has_more`; on the last page it is null, as the cursor is."""
    return paged(without("has_more", lambda args, body: body["after"] is None))


@DESIGNS.correct("an-empty-page-says-nothing", offset_slice="passed")
def an_empty_page_says_nothing() -> Made:
    """Words promise the offset; past the end it is null."""
    return paged(without("offset", lambda args, body: not body["items"]))


@DESIGNS.correct("words-that-no-page-bears-out", has_more="not applicable")
def words_that_no_page_bears_out() -> Made:
    """Words promise `has_more`, and no page has one."""
    return paged(without("has_more", lambda args, body: True))


@DESIGNS.correct("nothing-is-promised", has_more="passed")
def nothing_is_promised() -> Made:
    """`has_more` is null on a few pages, and no word says that it must be there."""
    return paged(without("has_more", lambda args, body: args.get("after") == "7"), words="About this page.")


@DESIGNS.faulty("has-more-is-missing-in-the-middle", "has-more")
def has_more_is_missing_in_the_middle() -> Made:
    """Words promise `has_more`; a few pages before the last have none."""
    return paged(without("has_more", lambda args, body: args.get("after") in ("7", "14")))


@DESIGNS.faulty("has-more-is-declared-and-missing", "has-more")
def has_more_is_declared_and_missing() -> Made:
    """The contract declares `has_more`; the last page has none."""
    return paged(without("has_more", lambda args, body: body["after"] is None), words="", **{"x-list-semantics": BLOCK})


@DESIGNS.faulty("limit-is-declared-and-missing", "offset-slice")
def limit_is_declared_and_missing() -> Made:
    """The contract declares the page size of a page by offset; a page that has no full size does not say it."""
    return paged(without("limit", lambda args, body: len(body["items"]) < 5), words="", **{"x-list-semantics": BLOCK})
