"""What a server does with a filter's value before it compares: escapes, decodes, refuses, pastes it into something."""

from __future__ import annotations

import fnmatch
import html
import re
import sqlite3
import unicodedata
from collections.abc import Callable
from urllib.parse import unquote_plus

from werkzeug.datastructures import MultiDict

from tests.judge.designs.design import Designs, Document, Made, application, document, envelope, query, thing

DESIGNS = Designs()
Row = Document
Keep = Callable[[Row, str, str], bool]
COLOURS = ("red", "a/b", "sea & sky", "d'or", "c+d", "5% grey", "caf\N{LATIN SMALL LETTER E WITH ACUTE}")
ITEM = thing(shape={"type": "string"})
FILTERS = ("colour", "shape")


def rows() -> list[Row]:
    """Return records with colours whose names need quoting, and shapes that do not."""
    found = []
    for number in range(1, 71):
        colour = COLOURS[number * 3 % len(COLOURS)]
        found.append({"id": number, "colour": colour, "shape": ("disc", "cube", "cone")[number % 3]})
    return found


def equal(row: Row, name: str, value: str) -> bool:
    """Compare exactly."""
    return bool(row[name] == value)


def compared(
    keep: Keep = equal,
    read: Callable[[str], str] = lambda value: value,
    show: Callable[[Row], Row] = lambda row: row,
    find: Callable[[dict[str, str]], list[Row]] | None = None,
) -> Made:
    """Return a list by offset; its filters' values are read in some way, then compared by ``keep`` or ``find``."""

    def answer(args: MultiDict[str, str]) -> Document:
        size, offset = int(args.get("limit", "10")), int(args.get("offset", "0"))
        if not 1 <= size <= 100 or not 0 <= offset < 2**63:
            raise ValueError("out of range")
        given = {name: read(args[name]) for name in FILTERS if args.get(name)}
        if find is not None:
            found = find(given)
        else:
            found = [row for row in rows() if all(keep(row, name, value) for name, value in given.items())]
        return {"items": [show(row) for row in found[offset : offset + size]], "total": len(found)}

    parameters = [query("limit", "integer", minimum=1, maximum=100, default=10), query("offset", "integer", minimum=0)]
    parameters += [query(name) for name in FILTERS]
    return document(parameters, envelope(item=ITEM, total={"type": "integer"})), application(answer)


def database() -> sqlite3.Connection:
    """Return the records in a table."""
    opened = sqlite3.connect(":memory:", check_same_thread=False)
    opened.row_factory = sqlite3.Row
    opened.execute("CREATE TABLE things (id INTEGER PRIMARY KEY, colour TEXT, shape TEXT)")
    opened.executemany("INSERT INTO things VALUES (:id, :colour, :shape)", rows())
    return opened


def by_sql(where: Callable[[str, str], str], wrong: type[Exception] = ValueError) -> Made:
    """Return a list from a database; ``where`` writes a condition of a name and a value into the statement."""
    opened = database()

    def find(given: dict[str, str]) -> list[Row]:
        conditions = " AND ".join(where(name, value) for name, value in given.items()) or "1"
        try:
            found = opened.execute(f"SELECT * FROM things WHERE {conditions} ORDER BY id").fetchall()
        except (sqlite3.Error, ValueError) as error:
            raise wrong("a value is wrong") from error
        return [dict(row) for row in found]

    return compared(find=find)


@DESIGNS.correct("compared-exactly", filter_sound="passed", filter_complete="passed", filter_unknown="passed")
def compared_exactly() -> Made:
    """Values are compared as they are."""
    return compared()


@DESIGNS.correct("quoted-for-the-database", filter_complete="passed", filter_unknown="passed")
def quoted_for_the_database() -> Made:
    """Quotes are doubled in the statement."""
    return by_sql(lambda name, value: f"{name} = '{value.replace(chr(39), chr(39) * 2)}'")


@DESIGNS.correct("odd-values-refused", filter_complete="passed", filter_unknown="passed")
def odd_values_refused() -> Made:
    """What no record has, and holds more than letters, is refused."""

    def read(value: str) -> str:
        if value not in COLOURS and not value.isalpha():
            raise ValueError("no such value")
        return value

    return compared(read=read)


@DESIGNS.faulty("special-characters-refused", "filter-complete")
def special_characters_refused() -> Made:
    """Values are validated by a pattern that knows letters, digits and blanks only."""

    def read(value: str) -> str:
        if not re.fullmatch(r"[\w &'%+-]+", value):
            raise ValueError("colour must be a word")
        return value

    return compared(read=read)


@DESIGNS.faulty("blanks-refused", "filter-complete")
def blanks_refused() -> Made:
    """A value has no blanks, says the validation."""

    def read(value: str) -> str:
        if " " in value:
            raise ValueError("no blanks")
        return value

    return compared(read=read)


@DESIGNS.faulty("ascii-only", "filter-complete")
def ascii_only() -> Made:
    """Values beyond ASCII are refused, although records have them."""

    def read(value: str) -> str:
        return value.encode("ascii").decode()

    return compared(read=read)


@DESIGNS.faulty("values-escaped-as-html", "filter-complete")
def values_escaped_as_html() -> Made:
    """A middleware escapes all input for HTML."""
    return compared(read=html.escape)


@DESIGNS.faulty("shown-escaped-as-html", "filter-complete")
def shown_escaped_as_html() -> Made:
    """A serialiser escapes what it shows: what a client reads there cannot be asked for."""
    return compared(show=lambda row: {**row, "colour": html.escape(row["colour"])})


@DESIGNS.faulty("decoded-twice", "filter-complete")
def decoded_twice() -> Made:
    """Values are decoded once more: a plus becomes a blank."""
    return compared(read=unquote_plus)


@DESIGNS.faulty("cut-at-an-ampersand", "filter-complete")
def cut_at_an_ampersand() -> Made:
    """The query is pasted into the URL of another service, unquoted."""
    return compared(read=lambda value: value.split("&")[0])


@DESIGNS.faulty("decomposed", "filter-complete")
def decomposed() -> Made:
    """Values are normalised, records are not."""
    return compared(read=lambda value: unicodedata.normalize("NFD", value))


@DESIGNS.faulty("pasted-into-sql", "no-crash", also=["filter-unknown", "filter-complete"])
def pasted_into_sql() -> Made:
    """A value is pasted into a statement; what the database then says is a 500."""
    return by_sql(lambda name, value: f"{name} = '{value}'", RuntimeError)


@DESIGNS.faulty("pasted-into-sql-and-caught", "filter-unknown", also=["filter-complete"])
def pasted_into_sql_and_caught() -> Made:
    """A value is pasted into a statement; what the database then says is a 422."""
    return by_sql(lambda name, value: f"{name} = '{value}'")


@DESIGNS.faulty("pasted-into-sql-with-double-quotes", "filter-unknown", also=["filter-complete", "no-crash"])
def pasted_with_double_quotes() -> Made:
    """As before, in double quotes."""
    return by_sql(lambda name, value: f'{name} = "{value}"')


@DESIGNS.faulty("quotes-taken-off", "filter-complete", "filter-unknown")
def quotes_taken_off() -> Made:
    """Quotes are taken off the values, against injection."""
    return compared(read=lambda value: re.sub("['\"]", "", value))


@DESIGNS.faulty("taken-as-a-pattern", "filter-unknown", also=["filter-complete"])
def taken_as_a_pattern() -> Made:
    """A value is a regular expression; one that is none is refused."""

    def keep(row: Row, name: str, value: str) -> bool:
        try:
            return re.fullmatch(value, row[name]) is not None
        except re.error as error:
            raise ValueError("not a value") from error

    return compared(keep)


@DESIGNS.faulty("shell-wildcards", "filter-unknown")
def shell_wildcards() -> Made:
    """A star stands for anything."""
    return compared(lambda row, name, value: fnmatch.fnmatchcase(row[name], value))


@DESIGNS.faulty("sql-wildcards", "filter-unknown", also=["filter-complete", "filter-sound"])
def sql_wildcards() -> Made:
    """A value is compared by LIKE, case aside."""
    return by_sql(lambda name, value: f"{name} LIKE '{value.replace(chr(39), chr(39) * 2)}'")


@DESIGNS.faulty("nul-ends-a-value", "filter-unknown")
def nul_ends_a_value() -> Made:
    """A library in C reads to the first NUL."""
    return compared(read=lambda value: value.split("\0")[0] or "\0")


@DESIGNS.faulty("long-values-cut", "filter-unknown")
def long_values_cut() -> Made:
    """A column of five characters cuts what is asked for."""
    return compared(lambda row, name, value: bool(row[name][:4] == value[:4]))


@DESIGNS.correct("long-names-refused", filter_complete="passed")
def long_names_refused() -> Made:
    """The contract says how long a value may be; longer ones are refused, though records have them."""

    def read(value: str) -> str:
        if len(value) > 4:
            raise ValueError("too long")
        return value

    made, app = compared(read=read)
    for parameter in made["paths"]["/things"]["get"]["parameters"][2:]:
        parameter["schema"]["maxLength"] = 4
    return made, app


@DESIGNS.correct("codes-instead-of-names")
def codes_instead_of_names() -> Made:
    """The filters take codes; what the records show are names, all of which are refused."""

    def read(value: str) -> str:
        if not value.isdigit():
            raise ValueError("not a code")
        return [*COLOURS, *"abc"][int(value) % 10]

    return compared(read=read)
