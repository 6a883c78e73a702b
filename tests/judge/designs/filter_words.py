"""Filters that do what their words say: other comparisons than equality, words that mean no value, case, times, ids."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.datastructures import MultiDict

from tests.judge.designs.design import Designs, Document, Made, application, document, envelope, query, thing

DESIGNS = Designs()

Row = Document
Match = Callable[[Row, str, str], bool]
TEXT = {"type": "string"}
ITEM = thing(
    name=TEXT, path=TEXT, state=TEXT, owner={"type": "integer"}, weight={"type": "number"},
    made={"type": "string", "format": "date-time"},
)  # fmt: skip


def rows() -> list[Row]:
    """Return records with a name of some words, a path, a state, an owner, a weight and a time."""
    return [
        {
            "id": number,
            "colour": ("Red", "green", "blue")[number * 7 % 3],
            "name": f"Thing {number % 9}",
            "path": ("a", "a/b", "a/b/c", "d")[number % 4],
            "state": ("open", "closed", "draft")[number % 3],
            "owner": number % 7,
            "weight": number % 5 + 0.5,
            "made": f"2025-01-{number % 9 + 1:02}T12:00:00Z",
        }
        for number in range(1, 61)
    ]


def equal(row: Row, name: str, value: str) -> bool:
    """Compare exactly."""
    return str(row[name]) == value


def listed(filters: list[Document], match: Match = equal) -> Made:
    """Return a list by offset with these filters."""
    names = [parameter["name"] for parameter in filters]

    def answer(args: MultiDict[str, str]) -> Any:
        size, offset = int(args.get("limit", "10")), int(args.get("offset", "0"))
        if not 1 <= size <= 100 or offset < 0:
            raise ValueError("out of range")
        given = [(name, args[name]) for name in names if args.get(name)]
        found = [row for row in rows() if all(match(row, name, value) for name, value in given)]
        return {"items": found[offset : offset + size], "total": len(found)}

    paging = [query("limit", "integer", minimum=1, maximum=100, default=10), query("offset", "integer", minimum=0)]
    return document([*paging, *filters], envelope(item=ITEM, total={"type": "integer"})), application(answer)


def contains(row: Row, name: str, value: str) -> bool:
    """Compare as a search does."""
    return value.lower() in str(row[name]).lower()


def begins(row: Row, name: str, value: str) -> bool:
    """Compare as a prefix does."""
    return str(row[name]).startswith(value)


@DESIGNS.correct("words-for-a-search", filter_sound="not applicable")
def words_for_a_search() -> Made:
    """Parameters that search, in several words."""
    filters = [
        query("name", description="Text to look for in names."),
        query("path", description="Matches any part of the path."),
        query("state", description="Keyword search in the state."),
        query("colour", description="Colours that match this expression."),
    ]
    return listed(filters, contains)


@DESIGNS.correct("words-for-a-prefix", filter_sound="not applicable")
def words_for_a_prefix() -> Made:
    """Parameters that compare the beginning, in several words."""
    filters = [
        query("name", description="The first letters of the name."),
        query("path", description="This folder and everything below it."),
        query("state", description="States beginning with this."),
        query("made", description="A time, or a part of it: a year, a month or a day."),
    ]
    return listed(filters, begins)


@DESIGNS.correct("words-for-a-bound", filter_sound="not applicable")
def words_for_a_bound() -> Made:
    """Parameters that bound a range, in several words."""

    def match(row: Row, name: str, value: str) -> bool:
        if name == "made":
            return bool(row[name] >= value)
        try:
            return bool(row[name] <= float(value)) if name == "weight" else bool(row[name] >= int(value))
        except ValueError:
            return False

    filters = [
        query("made", format="date-time", description="Only things made on or after this time."),
        query("weight", "number", description="Only things of this weight or less."),
        query("owner", "integer", description="Owners from this number on."),
    ]
    return listed(filters, match)


@DESIGNS.correct("words-for-all", filter_unknown="passed", filter_sound="passed", filter_complete="passed")
def words_for_all() -> Made:
    """Words and a number that mean every value, as the descriptions say."""
    filters = [
        query("state", enum=["open", "closed", "draft", "all"], description="`all` for every state."),
        query("owner", "integer", description="The owner's number; -1 for all."),
        query("colour", description="A colour, `*` or `any` for all."),
    ]
    return listed(filters, lambda row, name, value: value in ("all", "any", "*", "-1") or equal(row, name, value))


@DESIGNS.correct("words-for-all-that-nothing-says", filter_sound="passed", filter_complete="passed")
def words_for_all_that_nothing_says() -> Made:
    """An enum with a word that is no value of any record."""
    filters = [query("state", enum=["all", "open", "closed", "draft"]), query("colour")]
    return listed(filters, lambda row, name, value: value == "all" or equal(row, name, value))


@DESIGNS.correct("case-does-not-matter", filter_sound="passed", filter_complete="passed")
def case_does_not_matter() -> Made:
    """A database that compares without case, and a contract that does not say so."""
    filters = [query("colour"), query("state", enum=["OPEN", "CLOSED", "DRAFT"])]
    return listed(filters, lambda row, name, value: row[name].lower() == value.lower())


@DESIGNS.correct("times-by-meaning", filter_sound="passed", filter_complete="passed")
def times_by_meaning() -> Made:
    """A time is the same without its zone, with an offset and with parts of a second."""

    def match(row: Row, name: str, value: str) -> bool:
        found = value.upper().replace("+00:00", "Z").replace(".000", "")
        return bool(row[name].removesuffix("Z") == found.removesuffix("Z"))

    return listed([query("made", format="date-time")], match)


@DESIGNS.correct("one-by-its-id", filter_sound="passed", filter_complete="passed", filter_unknown="passed")
def one_by_its_id() -> Made:
    """A filter by the identity gives one record at most."""
    return listed([query("id", "integer"), query("state")])


@DESIGNS.correct("several-values", filter_sound="passed", filter_complete="passed")
def several_values() -> Made:
    """Values with commas between them mean each of them."""
    filters = [query("colour", description="One or more colours, with commas between them.")]
    return listed(filters, lambda row, name, value: row[name] in value.split(","))


@DESIGNS.correct("numbers-by-meaning", filter_sound="passed", filter_complete="passed", filter_unknown="passed")
def numbers_by_meaning() -> Made:
    """Numbers are compared as numbers."""

    def match(row: Row, name: str, value: str) -> bool:
        try:
            return bool(row[name] == float(value))
        except ValueError:
            return False

    return listed([query("weight", "number"), query("owner", "integer")], match)


@DESIGNS.faulty("a-time-that-matches-nothing", "filter-complete")
def a_time_that_matches_nothing() -> Made:
    """A time is compared as text, with another one than the answer shows."""
    return listed([query("made", format="date-time"), query("state")], lambda r, n, v: n == "state" and equal(r, n, v))


@DESIGNS.faulty("an-id-is-a-prefix", "filter-sound")
def an_id_is_a_prefix() -> Made:
    """The filter by identity compares the beginning of the number."""
    return listed([query("id", "integer"), query("state")], lambda r, n, v: (begins if n == "id" else equal)(r, n, v))


@DESIGNS.faulty("a-part-of-a-value-matches", "filter-unknown")
def a_part_of_a_value_matches() -> Made:
    """A state is compared by its beginning: the totals of such answers have the same cause."""
    return listed([query("state"), query("colour")], begins)
