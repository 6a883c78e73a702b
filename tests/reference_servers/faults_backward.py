"""Planted bugs of paging backward, with `before`, and of both cursors at once."""

from dataclasses import replace

from tests.reference_servers.backend import Backend, Crash, Page, Params, Position, Refused
from tests.reference_servers.planting import Faults
from tests.reference_servers.store import Clause, Row

BACKWARD = Faults("paging")


@BACKWARD.plant("before-gives-first-page", "back")
class BeforeGivesFirstPage(Backend):
    """The records before the cursor are read from the top of the list, not from the cursor."""

    def seek(self, query: Params) -> Page:
        place = self.start(query)
        if query.before is None or place is None:
            return super().seek(query)
        where = self.where(query)
        rows = self.store.select([*where, self.beyond(place, True)], self.order(False), query.limit)
        return self.bounded(rows, where)


@BACKWARD.plant("before-ignored", "back")
class BeforeIgnored(Backend):
    """`before` is not read."""

    def page(self, query: Params) -> Page:
        return super().page(query.model_copy(update={"before": None}))


@BACKWARD.plant("before-taken-as-after", "back")
class BeforeTakenAsAfter(Backend):
    """`before` walks forward."""

    def page(self, query: Params) -> Page:
        swapped = query.model_copy(update={"after": query.before, "before": None})
        return super().page(query if query.before is None else swapped)


@BACKWARD.plant("before-reversed", "back")
class BeforeReversed(Backend):
    """The page before a cursor is read backward and not turned round."""

    def seek(self, query: Params) -> Page:
        page = super().seek(query)
        return page if query.before is None else replace(page, rows=page.rows[::-1])


@BACKWARD.plant("before-skips-one", "back")
class BeforeSkipsOne(Backend):
    """The record next to the cursor is dropped: the look-ahead row is cut off at the wrong end."""

    def seek(self, query: Params) -> Page:
        page = super().seek(query)
        if query.before is not None and page.precedes:
            page.rows = page.rows[:-1]
        return page


@BACKWARD.plant("before-inclusive", "back")
class BeforeInclusive(Backend):
    """The page before a cursor ends with the cursor's own record."""

    def beyond(self, place: Position, back: bool) -> Clause:
        return ("(age, id) <= (?, ?)", place) if back else super().beyond(place, back)

    def any(self, where: list[Clause], place: Position, back: bool) -> bool:
        there = "(age, id) < (?, ?)" if back else "(age, id) > (?, ?)"
        return self.store.count([*where, (there, place)]) > 0


@BACKWARD.plant("before-points-at-last", "back")
class BeforePointsAtLast(Backend):
    """A page's `before` is made of its last record, so the preceding page overlaps it."""

    def seek(self, query: Params) -> Page:
        page = super().seek(query)
        return replace(page, first=page.last)


@BACKWARD.plant("before-loses-ties", "back")
class BeforeLosesTies(Backend):
    """Going back compares the time only: the records that tie with the cursor are skipped."""

    def beyond(self, place: Position, back: bool) -> Clause:
        return ("age < ?", place[:1]) if back else super().beyond(place, back)


@BACKWARD.plant("before-lookahead-kept", "page-size", "back")
class BeforeLookaheadKept(Backend):
    """Going back, the look-ahead row is not cut off."""

    def cut(self, rows: list[Row], limit: int, back: bool) -> list[Row]:
        return rows if back else super().cut(rows, limit, back)


@BACKWARD.plant("before-forgets-limit", "page-size")
class BeforeForgetsLimit(Backend):
    """Going back, pages always have the default size."""

    def seek(self, query: Params) -> Page:
        return super().seek(query if query.before is None else query.model_copy(update={"limit": 50}))


@BACKWARD.plant("before-drops-filters", "filter-sound", "back")
class BeforeDropsFilters(Backend):
    """Going back, the filters are not applied."""

    def where(self, query: Params) -> list[Clause]:
        return super().where(query) if query.before is None else []


@BACKWARD.plant("before-stops-early", "back")
class BeforeStopsEarly(Backend):
    """A page that was reached by `before` never says that there is another one before it."""

    def seek(self, query: Params) -> Page:
        page = super().seek(query)
        return page if query.before is None else replace(page, precedes=False)


@BACKWARD.plant("before-refused", "cursor-accepted", "back")
class BeforeRefused(Backend):
    """The cursors for going back are issued but never accepted."""

    def decode(self, text: str, query: Params, name: str) -> Position:
        if name == "before":
            raise ValueError("unknown kind of cursor")
        return super().decode(text, query, name)


@BACKWARD.plant("before-short-loses-first", "back")
class BeforeShortLosesFirst(Backend):
    """Going back, a page that is not full (the start of the list) loses its first record."""

    def seek(self, query: Params) -> Page:
        page = super().seek(query)
        if query.before is not None and 1 < len(page.rows) < query.limit:
            page.rows = page.rows[1:]
        return page


@BACKWARD.plant("both-cursors-give-everything", "both-cursors")
class BothCursorsGiveEverything(Backend):
    """With both cursors neither the one nor the limit is applied."""

    def check(self, query: Params) -> None:
        if not (query.after and query.before):
            super().check(query)

    def seek(self, query: Params) -> Page:
        if query.after and query.before:
            return self.bounded(self.store.select(self.where(query), self.order(False)), self.where(query))
        return super().seek(query)


@BACKWARD.plant("both-cursors-over-limit", "both-cursors")
class BothCursorsOverLimit(BothCursorsGiveEverything):
    """With both cursors the page before the one and the page after the other are joined: up to twice the limit."""

    def seek(self, query: Params) -> Page:
        if not (query.after and query.before):
            return super().seek(query)
        pages = [self.seek(query.model_copy(update={name: None})) for name in ("after", "before")]
        rows: list[Row] = [row for page in pages for row in page.rows]
        return self.bounded(rows, self.where(query))


@BACKWARD.plant("both-cursors-out-of-order", "both-cursors")
class BothCursorsOutOfOrder(BothCursorsGiveEverything):
    """With both cursors the page after `after` comes backward."""

    def seek(self, query: Params) -> Page:
        if not (query.after and query.before):
            return super().seek(query)
        page = self.seek(query.model_copy(update={"before": None}))
        return replace(page, rows=page.rows[::-1])


@BACKWARD.plant("both-ways-crash", "no-crash", "not_a_server_error")
class BothWaysCrash(Backend):
    """Both cursors at once end in an assertion: a 500."""

    def check(self, query: Params) -> None:
        try:
            super().check(query)
        except Refused as error:
            if query.after and query.before:
                raise Crash from error
            raise
