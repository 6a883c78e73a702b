"""Correct designs of pages, cursors and their metadata."""

import base64
from typing import Any

from tests.reference_servers.backend import Backend, Page, Params, Position, Refused, pack, position, unpack
from tests.reference_servers.planting import Designs
from tests.reference_servers.store import Row

CURSORS = Designs()


@CURSORS.build("has-more-forward")
class HasMoreForward(Backend):
    """`has_more` says whether records follow the page, also under `before`. The base server's own way."""


@CURSORS.build("has-more-directional")
class HasMoreDirectional(Backend):
    """`has_more` says whether records follow in the direction of travel."""

    def has_more(self, query: Params, page: Page) -> bool:
        return page.follows if query.before is None else page.precedes


@CURSORS.build("absent-cursors")
class AbsentCursors(Backend):
    """Cursors that lead nowhere are left out instead of null."""

    def cursors(self, query: Params, page: Page) -> dict[str, Any]:
        return {name: value for name, value in super().cursors(query, page).items() if value is not None}


@CURSORS.build("absent-nulls")
class AbsentNulls(Backend):
    """No key of `meta` is null: what has no value is left out, the other mode's fields with it."""

    def meta(self, query: Params, page: Page) -> dict[str, Any] | None:
        return {name: value for name, value in (super().meta(query, page) or {}).items() if value is not None}


@CURSORS.build("absent-other-mode")
class AbsentOtherMode(Backend):
    """Cursor mode leaves out offset and limit; offset mode leaves out the cursors and `has_more`."""

    def meta(self, query: Params, page: Page) -> dict[str, Any] | None:
        others = {"offset", "limit"} if query.offset is None else {"has_more", "after", "before"}
        return {name: value for name, value in (super().meta(query, page) or {}).items() if name not in others}


@CURSORS.build("filled-other-mode")
class FilledOtherMode(Backend):
    """Both modes fill all six fields: cursor mode says the place and the limit, offset mode gives cursors."""

    total_shown = "always"

    def meta(self, query: Params, page: Page) -> dict[str, Any] | None:
        meta = super().meta(query, page) or {}
        passed = self.store.count([*self.where(query), self.beyond(position(page.first), True)]) if page.first else None
        offset = passed if query.offset is None else query.offset
        return meta | {"offset": offset, "limit": query.limit} | self.cursors(query, page)


@CURSORS.build("bad-cursors-ignored")
class BadCursorsIgnored(Backend):
    """A cursor that this server did not issue gives the first page."""

    def start(self, query: Params) -> Position | None:
        try:
            return super().start(query)
        except Refused:
            return None

    def seek(self, query: Params) -> Page:
        lost = self.start(query) is None
        return super().seek(query.model_copy(update={"after": None, "before": None}) if lost else query)


def _part(row: Row, limit: int) -> int:
    """Return a number of records from 1 to `limit` that depends on the place only."""
    return 1 + int(row["id"].replace("-", ""), 16) % limit


@CURSORS.build("short-pages")
class ShortPages(Backend):
    """Pages hold any number of records from 1 to the limit, in both directions."""

    def cut(self, rows: list[Row], limit: int, back: bool) -> list[Row]:
        return rows[: _part(rows[0], limit)] if rows else rows


@CURSORS.build("short-pages-backward")
class ShortPagesBackward(Backend):
    """Pages reached by `before` hold any number of records from 1 to the limit; those reached by `after` are full."""

    def cut(self, rows: list[Row], limit: int, back: bool) -> list[Row]:
        return rows[: _part(rows[0], limit)] if rows and back else super().cut(rows, limit, back)


@CURSORS.build("scanned-pages")
class ScannedPages(Backend):
    """A request looks at no more than 40 rows: under a filter, pages may be short or empty long before the end."""

    scanned = 40

    def seek(self, query: Params) -> Page:
        given = query.filters()
        if not given:
            return super().seek(query)
        back, place, where = query.before is not None, self.start(query), self.where(query)
        there = [] if place is None else [self.beyond(place, back)]
        seen = self.store.select(there, self.order(back), self.scanned)
        if not seen:
            return Page([], None, None, False, False)
        found = [row for row in seen if all(row[name] == value for name, value in given.items())]
        rows = found[: query.limit]
        end = rows[-1] if len(found) > query.limit else seen[-1]
        first, last = (end, seen[0]) if back else (seen[0], end)
        follows, precedes = self.any(where, position(last), False), self.any(where, position(first), True)
        return Page(rows[::-1] if back else rows, first, last, follows, precedes)


@CURSORS.build("dead-end-cursor")
class DeadEndCursor(Backend):
    """The last page, too, has an `after`; it leads to an empty page without cursors. `has_more` is exact."""

    def cursors(self, query: Params, page: Page) -> dict[str, Any]:
        after = {"after": self.encode(page.last, query, "after")} if page.last else {}
        return super().cursors(query, page) | after


@CURSORS.build("before-on-first-page")
class BeforeOnFirstPage(Backend):
    """The first page, too, has a `before`; it leads to an empty page without cursors."""

    def cursors(self, query: Params, page: Page) -> dict[str, Any]:
        before = {"before": self.encode(page.first, query, "before")} if page.first else {}
        return super().cursors(query, page) | before


@CURSORS.build("cursors-bound-to-filters")
class CursorsBoundToFilters(Backend):
    """A cursor works with the filters that it was issued under and is refused with any others."""

    def encode(self, row: Row, query: Params, name: str) -> str:
        return pack([row["age"], row["id"], query.filters()])

    def decode(self, text: str, query: Params, name: str) -> Position:
        content = unpack(text)
        if not isinstance(content, list) or len(content) != 3 or content[2] != query.filters():
            raise ValueError("belongs to other filters")
        return super().decode(pack(content[:2]), query, name)


@CURSORS.build("cursors-remember-filters")
class CursorsRememberFilters(CursorsBoundToFilters):
    """A cursor brings its filters along: they need not be given again, and other ones are refused."""

    def page(self, query: Params) -> Page:
        return super().page(self.remembered(query))

    def meta(self, query: Params, page: Page) -> dict[str, Any] | None:
        return super().meta(self.remembered(query), page)

    def remembered(self, query: Params) -> Params:
        """Return the query with its cursor's filters, where it has none."""
        text = query.after or query.before
        if query.filters() or text is None:
            return query
        try:
            content = unpack(text)
            return Params.model_validate({**content[2], **query.model_dump(exclude_none=True)})
        except (ValueError, LookupError, TypeError):
            return query


@CURSORS.build("cursors-one-way")
class CursorsOneWay(Backend):
    """An `after` cursor is refused as `before`, and the other way round."""

    def encode(self, row: Row, query: Params, name: str) -> str:
        return name[0] + super().encode(row, query, name)

    def decode(self, text: str, query: Params, name: str) -> Position:
        if text[0] != name[0]:
            raise ValueError("the other direction's cursor")
        return super().decode(text[1:], query, name)


@CURSORS.build("cursors-used-once")
class CursorsUsedOnce(Backend):
    """Every cursor that is issued differs from all others, and is refused when it is used again."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.issued = 0
        self.used: set[str] = set()

    def encode(self, row: Row, query: Params, name: str) -> str:
        self.issued += 1
        return pack([row["age"], row["id"], self.issued])

    def decode(self, text: str, query: Params, name: str) -> Position:
        content = unpack(text)
        if not isinstance(content, list) or len(content) != 3 or text in self.used:
            raise ValueError("unknown, or used before")
        place = super().decode(pack(content[:2]), query, name)
        self.used.add(text)
        return place


@CURSORS.build("cursors-with-reserved-characters")
class CursorsWithReservedCharacters(Backend):
    """Cursors hold `+`, `/`, `=`, `&`, `%` and a space, all of which a client has to encode."""

    def encode(self, row: Row, query: Params, name: str) -> str:
        return f"{row['age']} +/&%={base64.b64encode(row['id'].encode()).decode()}=="

    def decode(self, text: str, query: Params, name: str) -> Position:
        age, mark, key = text.partition(" +/&%=")
        if not mark or not age.isdecimal() or not key.endswith("==") or len(text) > 200:
            raise ValueError("not a cursor")
        identity = base64.b64decode(key[:-2], validate=True).decode()
        return super().decode(pack([int(age), identity]), query, name)


@CURSORS.build("cursors-are-numbers")
class CursorsAreNumbers(Backend):
    """A cursor is a place in the table, counted from 1 and written in digits; the same under every filter."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.places = [position(row) for row in self.store.select([], self.order(False))]
        self.numbers = {place: str(number) for number, place in enumerate(self.places, 1)}

    def encode(self, row: Row, query: Params, name: str) -> str:
        return self.numbers[position(row)]

    def decode(self, text: str, query: Params, name: str) -> Position:
        if not text.isascii() or not text.isdecimal() or len(text) > 12 or not 1 <= int(text) <= len(self.places):
            raise ValueError("not a cursor")
        return self.places[int(text) - 1]


@CURSORS.build("cursors-are-long")
class CursorsAreLong(Backend):
    """Cursors have some 900 characters, as signed tokens do."""

    filling = "0" * 600

    def encode(self, row: Row, query: Params, name: str) -> str:
        return pack([row["age"], row["id"], self.filling])

    def decode(self, text: str, query: Params, name: str) -> Position:
        content = unpack(text)
        if not isinstance(content, list) or content[2:] != [self.filling]:
            raise ValueError("not a cursor")
        return super().decode(pack(content[:2]), query, name)


class OneWins(Backend):
    """Two ways of paging at once: one wins."""

    wins: tuple[str, ...] = ()

    def answer(self, query: Params) -> Any:
        """Answer the query without the cursor that is ignored."""
        given = [name for name in self.wins if getattr(query, name) is not None]
        return super().answer(query.model_copy(update=dict.fromkeys(given[1:])))


@CURSORS.build("both-cursors-after-wins")
class BothCursorsAfterWins(OneWins):
    """With both cursors `after` wins; a cursor wins over an offset."""

    wins = ("after", "before", "offset")


@CURSORS.build("both-cursors-before-wins")
class BothCursorsBeforeWins(OneWins):
    """With both cursors `before` wins; an offset wins over a cursor."""

    wins = ("offset", "before", "after")


@CURSORS.build("oldest-first")
class OldestFirst(Backend):
    """The list is sorted the other way round."""

    def order(self, back: bool) -> str:
        return super().order(not back)

    def beyond(self, place: Position, back: bool) -> tuple[str, tuple[Any, ...]]:
        return super().beyond(place, not back)


@CURSORS.build("offset-other-order")
class OffsetOtherOrder(Backend):
    """Offset mode has another order, as stable as the first: by id."""

    def slice(self, query: Params, offset: int) -> Page:
        rows = self.store.select(self.where(query), "id", query.limit, offset)
        return Page(rows, None, None, False, False)
