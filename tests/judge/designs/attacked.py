"""Parameters without a role, by their types: what crashes on a value that it does not expect, and what does not."""

from __future__ import annotations

import re
import struct
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from werkzeug.datastructures import MultiDict

from tests.judge.designs.design import Designs, Document, Made, application, document, envelope, query, records, thing

DESIGNS = Designs()
Choose = Callable[[Document, str], Any]
ITEM = thing(made={"type": "string", "format": "date-time"}, rank={"type": "integer"})


def attacked(parameter: Document, choose: Choose, guard: tuple[type[Exception], ...] = ()) -> Made:
    """Return a list with one more parameter; ``choose`` keeps a record by its text, ``guard`` says what is a 422."""

    def answer(args: MultiDict[str, str]) -> Any:
        size, offset = int(args.get("limit", "10")), int(args.get("offset", "0"))
        if not 1 <= size <= 20 or not 0 <= offset < 2**63:
            raise ValueError("out of range")
        rows = [
            {**row, "made": f"2024-01-{1 + row['id'] % 28:02}T00:00:00Z", "rank": row["id"] % 5} for row in records()
        ]
        given = args.get(parameter["name"])
        try:
            found = rows if given is None else [row for row in rows if choose(row, given)]
        except guard as error:
            raise ValueError("wrong") from error
        except Exception as error:
            raise RuntimeError("failed") from error
        return {"items": found[offset : offset + size], "total": len(found)}

    parameters = [query("limit", "integer", minimum=1, maximum=20, default=10), query("offset", "integer", minimum=0)]
    return document([*parameters, parameter], envelope(item=ITEM, total={"type": "integer"})), application(answer)


def since(row: Document, text: str) -> bool:
    """Compare times, as they are written."""
    return datetime.fromisoformat(row["made"]) >= datetime.fromisoformat(text)


SINCE = query("created_after", format="date-time")
DAY = query("on_day", format="date")
MIN_RANK = query("min_rank", "integer")
TEXT = query("q")
ARCHIVED = query("archived", "boolean")
OWNER = query("owner_id", format="uuid")
VIEW = query("view", enum=["full", "brief"])


@DESIGNS.correct("times-read-with-care")
def times_read_with_care() -> Made:
    """A time without a zone is one in UTC; no time is a 422."""

    def choose(row: Document, text: str) -> bool:
        found = datetime.fromisoformat(text)
        return datetime.fromisoformat(row["made"]) >= (found if found.tzinfo else found.replace(tzinfo=UTC))

    return attacked(SINCE, choose, (ValueError,))


@DESIGNS.correct("numbers-read-with-care")
def numbers_read_with_care() -> Made:
    """A rank may be any number; a word is a 422."""
    return attacked(MIN_RANK, lambda row, text: row["rank"] >= int(text), (ValueError,))


@DESIGNS.correct("text-searched-as-it-is")
def text_searched_as_it_is() -> Made:
    """Any text may be searched for."""
    return attacked(TEXT, lambda row, text: text in row["colour"])


@DESIGNS.faulty("times-without-zone-compared", "no-crash")
def times_without_zone_compared() -> Made:
    """A time without a zone cannot be compared with one that has it."""
    return attacked(SINCE, since, (ValueError,))


@DESIGNS.faulty("empty-time", "no-crash")
def empty_time() -> Made:
    """No time is a 422, but nothing at all is not thought of."""

    def choose(row: Document, text: str) -> bool:
        if not re.match(r"\d", text[0]):
            raise ValueError(text)
        return row["made"] >= text

    return attacked(SINCE, choose, (ValueError,))


@DESIGNS.faulty("impossible-day", "no-crash")
def impossible_day() -> Made:
    """A day is validated by a pattern; one that is on no calendar passes it."""

    def choose(row: Document, text: str) -> bool:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            return False
        return row["made"][:10] == date.fromisoformat(text).isoformat()

    return attacked(DAY, choose)


@DESIGNS.faulty("number-beyond-64-bits", "no-crash")
def number_beyond_64_bits() -> Made:
    """A number is bound to a column of 64 bits."""

    def choose(row: Document, text: str) -> bool:
        if not re.fullmatch(r"[+-]?\d+", text, re.ASCII):
            raise ValueError(text)
        struct.pack("q", int(text))
        return bool(row["rank"] >= int(text))

    return attacked(MIN_RANK, choose, (ValueError,))


@DESIGNS.faulty("negative-number", "no-crash")
def negative_number() -> Made:
    """A negative number is not thought of."""

    def choose(row: Document, text: str) -> bool:
        return bool(row["rank"] in range(5)[range(5)[min(int(text), 4) if int(text) >= 0 else -9] :])

    return attacked(MIN_RANK, choose, (ValueError,))


@DESIGNS.faulty("word-for-a-number", "no-crash")
def word_for_a_number() -> Made:
    """A word where a number belongs is a 500."""
    return attacked(MIN_RANK, lambda row, text: row["rank"] >= int(text))


@DESIGNS.faulty("search-is-a-pattern", "no-crash")
def search_is_a_pattern() -> Made:
    """What is searched for is a pattern, and some are none."""
    return attacked(TEXT, lambda row, text: re.search(text, row["colour"]))


@DESIGNS.faulty("search-with-nul", "no-crash")
def search_with_nul() -> Made:
    """The database takes no NUL."""

    def choose(row: Document, text: str) -> bool:
        if "\0" in text:
            raise RuntimeError("invalid byte sequence")
        return text in row["colour"]

    return attacked(TEXT, choose)


@DESIGNS.faulty("search-for-nothing", "no-crash")
def search_for_nothing() -> Made:
    """The first letter of nothing."""
    return attacked(TEXT, lambda row, text: row["colour"].startswith(text[0]))


@DESIGNS.faulty("neither-true-nor-false", "no-crash")
def neither_true_nor_false() -> Made:
    """A third value is not in the table."""
    return attacked(ARCHIVED, lambda row, text: {"true": False, "false": True, "1": False, "0": True}[text.lower()])


@DESIGNS.faulty("no-uuid", "no-crash")
def no_uuid() -> Made:
    """What is no UUID is a 500."""
    return attacked(OWNER, lambda row, text: uuid.UUID(text).int % 5 == row["rank"])


@DESIGNS.faulty("unknown-view", "no-crash")
def unknown_view() -> Made:
    """A view that does not exist is a 500."""
    return attacked(VIEW, lambda row, text: {"full": True, "brief": True}[text])
