"""What filters compare, and how: fair to other comparisons, and far enough to find what depends on the value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from tests.judge.designs.design import Designs, Document, Made, application, document, envelope, query, thing

DESIGNS = Designs()

Row = Document
Match = Callable[[Row, str, str], bool]
COLOURS = ("red", "green", "blue", "sky & sea", "50%", "a/b+c", "d'or", "\N{SNOWMAN}")
ITEM = thing(
    name={"type": "string"}, size={"type": "string"}, made={"type": "string"}, state={"type": "string"},
    tags={"type": "array", "items": {"type": "string"}},
)  # fmt: skip


def rows() -> list[Row]:
    """Return records with a colour, a name of some words, a number and a time as text, a state, and tags."""
    return [
        {
            "id": number,
            "colour": COLOURS[number * 7 % len(COLOURS)],
            "name": f"thing {number % 9}",
            "size": f"{number % 4}.0",
            "made": f"2025-01-{number % 9 + 1:02}T00:00:00Z",
            "state": "closed" if number % 5 == 0 else ("open", "draft")[number % 2],
            "tags": ["new"] if number % 2 else ["new", "old"],
        }
        for number in range(1, 61)
    ]


def equal(row: Row, name: str, value: str) -> bool:
    """Compare a property with a value, exactly; of a list, one of its values."""
    return value in row[name] if isinstance(row[name], list) else bool(row[name] == value)


def listed(
    filters: Sequence[Document], match: Match = equal, choose: Callable[[MultiDict[str, str]], list[Row]] | None = None
) -> Made:
    """Return a list by offset with these filters."""
    names = [parameter["name"] for parameter in filters]

    def answer(args: MultiDict[str, str]) -> Document:
        size, offset = int(args.get("limit", "10")), int(args.get("offset", "0"))
        if not 1 <= size <= 100 or offset < 0:
            raise ValueError("out of range")
        given = [(name, args[name]) for name in names if args.get(name)]
        found = choose(args) if choose else rows()
        found = [row for row in found if all(match(row, name, value) for name, value in given)]
        return {"items": found[offset : offset + size], "total": len(found)}

    paging = [query("limit", "integer", minimum=1, maximum=100, default=10), query("offset", "integer", minimum=0)]
    return document([*paging, *filters], envelope(item=ITEM, total={"type": "integer"})), application(answer)


@DESIGNS.correct("special-characters", filter_sound="passed", filter_complete="passed", filter_unknown="passed")
def special_characters() -> Made:
    """Values with characters that need quoting, compared exactly."""
    return listed([query("colour"), query("state"), query("tags")])


@DESIGNS.correct("searching-parameters", filter_sound="not applicable")
def searching_parameters() -> Made:
    """A parameter that searches in the property of its name, and one that matches by prefix."""
    filters = [
        query("name", description="Things whose name contains this text."),
        query("colour", description="A prefix of the colour."),
    ]
    return listed(filters, lambda row, name, value: value.lower() in row[name].lower())


@DESIGNS.correct("without-case", filter_sound="passed")
def without_case() -> Made:
    """A filter that its description calls case-insensitive."""
    described = query("colour", description="Case-insensitive.")
    return listed([described], lambda row, name, value: row[name].lower() == value.lower())


@DESIGNS.correct("values-by-meaning", filter_unknown="passed")
def values_by_meaning() -> Made:
    """Numbers and times are compared by what they mean, and a day means all its times."""

    def match(row: Row, name: str, value: str) -> bool:
        if name == "made":
            return bool(row[name].startswith(value.removesuffix("Z").removesuffix("00:00:00").removesuffix("T")[:10]))
        return float(row[name]) == float(value.rstrip("-") or "nan")

    def careful(row: Row, name: str, value: str) -> bool:
        try:
            return match(row, name, value) and value[:4] in ("2025", row[name][:4])
        except ValueError:
            return False

    return listed([query("made"), query("size")], careful)


@DESIGNS.correct("words-of-another-kind", filter_sound="not applicable")
def words_of_another_kind() -> Made:
    """A parameter named like a property, whose values are none of the property's."""
    return listed([query("size", enum=["small", "large"])], lambda row, name, value: True)


@DESIGNS.correct("closed-is-hidden", filter_complete="passed")
def closed_is_hidden() -> Made:
    """Closed things are left out, unless one asks for a single colour."""
    return listed(
        [query("colour")],
        choose=lambda args: [row for row in rows() if row["state"] != "closed" or args.get("colour")],
    )


def broken_for(*values: str) -> Match:
    """Return a comparison in which some values match nothing."""
    return lambda row, name, value: equal(row, name, value) and value not in values


@DESIGNS.faulty("quoted-value-matches-nothing", "filter-complete")
def quoted_value_matches_nothing() -> Made:
    """A value with an apostrophe is escaped, and never found."""
    return listed([query("colour"), query("state")], broken_for("d'or"))


@DESIGNS.faulty("slash-matches-nothing", "filter-complete")
def slash_matches_nothing() -> Made:
    """A value with a slash is never found."""
    return listed([query("colour"), query("state")], broken_for("a/b+c"))


@DESIGNS.faulty("one-of-an-enum-matches-nothing", "filter-complete")
def one_of_an_enum_matches_nothing() -> Made:
    """The last value of an enum is missing in the table that maps it."""
    return listed([query("colour", enum=[*COLOURS])], broken_for(COLOURS[-1]))


@DESIGNS.faulty("filter-ignored", "filter-sound")
def filter_ignored() -> Made:
    """A filter is ignored: one cause, and one law that fails."""
    return listed(
        [query("colour"), query("state")], lambda row, name, value: name == "colour" or equal(row, name, value)
    )


def by_cursor(choose: Callable[[MultiDict[str, str], dict[str, Any]], dict[str, str]]) -> Made:
    """Return a list by cursor; ``choose`` says which filters are applied, out of the arguments and the cursor's own."""

    def answer(args: MultiDict[str, str]) -> Document:
        size, start = int(args.get("limit", "10")), 0
        if not 1 <= size <= 100:
            raise ValueError("out of range")
        own: dict[str, Any] = {}
        if args.get("after"):
            place, _, held = args["after"].partition("~")
            start = int(place)
            own = dict(pair.split("=", 1) for pair in held.split("&") if "=" in pair)
        applied = choose(args, own)
        found = [
            row for row in rows() if all(row[name] == value for name, value in applied.items()) and row["id"] > start
        ]
        page, rest = found[:size], found[size:]
        given = "&".join(f"{name}={args[name]}" for name in ("state", "size") if args.get(name))
        return {"items": page, "after": f"{page[-1]['id']}~{given}" if rest else None, "has_more": bool(rest)}

    parameters = [query("limit", "integer", minimum=1, maximum=100), query("after"), query("state"), query("size")]
    body = envelope(item=ITEM, after={"type": ["string", "null"]}, has_more={"type": "boolean"})
    return document(parameters, body), application(answer)


def sent(args: MultiDict[str, str]) -> dict[str, str]:
    """Return the filters among the arguments."""
    return {name: args[name] for name in ("state", "size") if args.get(name)}


@DESIGNS.correct("cursor-under-new-filters", filter_sound="passed")
def cursor_under_new_filters() -> Made:
    """A cursor is a place only: the filters of the request count."""
    return by_cursor(lambda args, own: sent(args))


@DESIGNS.correct("cursor-keeps-its-filters", filter_sound="passed")
def cursor_keeps_its_filters() -> Made:
    """A cursor carries its filters: those of the request do not count beside it."""
    return by_cursor(lambda args, own: own or sent(args))


@DESIGNS.faulty("cursor-under-new-filters-shows-all", "filter-sound")
def cursor_under_new_filters_shows_all() -> Made:
    """A cursor whose filters are not those of the request drops both."""
    return by_cursor(lambda args, own: {} if own and own != sent(args) else sent(args))
