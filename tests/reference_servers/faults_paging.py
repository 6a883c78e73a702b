"""Planted bugs of paging forward: the order, the page's edges."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tests.reference_servers.backend import Backend, Page, Params, Position, pack, position
from tests.reference_servers.data import Balance
from tests.reference_servers.planting import Faults
from tests.reference_servers.store import Clause, Row

PAGING = Faults("paging")


@PAGING.plant("lookahead-row-kept", "page-size")
class LookaheadRowKept(Backend):
    """The extra row, read to see whether more follow, is not cut off."""

    def cut(self, rows: list[Row], limit: int, back: bool) -> list[Row]:
        return rows


@PAGING.plant("walk-loops", "walk-ends", "no-repeat", "has-more")
class WalkLoops(Backend):
    """The last page's cursor leads to the first page again."""

    def seek(self, query: Params) -> Page:
        page = super().seek(query)
        return replace(page, follows=bool(page.rows))

    def encode(self, row: Row, query: Params, name: str) -> str:
        last = name == "after" and not self.any(self.where(query), position(row), False)
        return pack([0, ""]) if last else super().encode(row, query, name)


@PAGING.plant("after-inclusive", "no-repeat", "walk-ends")
class AfterInclusive(Backend):
    """The page after a cursor begins with the cursor's own record."""

    def beyond(self, place: Position, back: bool) -> Clause:
        return super().beyond(place, back) if back else ("(age, id) >= (?, ?)", place)


@PAGING.plant("record-repeated-at-boundary", "no-repeat")
class RecordRepeatedAtBoundary(Backend):
    """The cursor is made of the page's last but one record, which makes the last one come twice."""

    def seek(self, query: Params) -> Page:
        page = super().seek(query)
        return replace(page, last=page.rows[-2]) if len(page.rows) > 1 else page


@PAGING.plant("record-lost-at-boundary", "limit-free", "offset-slice", "back")
class RecordLostAtBoundary(Backend):
    """The cursor is made of the look-ahead row, and the next page begins after it: one record lost at each boundary."""

    def seek(self, query: Params) -> Page:
        page = super().seek(query)
        if query.before is None and page.last and page.follows:
            there = self.beyond(position(page.last), False)
            page.last = self.store.select([*self.where(query), there], self.order(False), 1)[0]
        return page


@PAGING.plant("last-page-lost", "limit-free", "offset-slice")
class LastPageLost(Backend):
    """A last page that is not full is never announced."""

    def seek(self, query: Params) -> Page:
        page = super().seek(query)
        if page.last and page.follows:
            rest = self.store.count([*self.where(query), self.beyond(position(page.last), False)])
            page.follows = rest >= query.limit
        return page


@PAGING.plant("last-single-lost", "limit-free", "offset-slice")
class LastSingleLost(Backend):
    """A last page of one record is never announced (`remaining > 1`)."""

    def seek(self, query: Params) -> Page:
        page = super().seek(query)
        if page.last and page.follows:
            page.follows = self.store.count([*self.where(query), self.beyond(position(page.last), False)]) > 1
        return page


@PAGING.plant("last-page-padded", "no-repeat", "back")
class LastPagePadded(Backend):
    """The last page is filled up to the limit with records that were already shown."""

    def seek(self, query: Params) -> Page:
        page = super().seek(query)
        if query.after and page.rows and len(page.rows) < query.limit:
            page.rows = self.store.select(self.where(query), self.order(True), query.limit)[::-1]
            page.first = page.rows[0]
        return page


@PAGING.plant("pages-in-random-order", "no-repeat", "walk-ends", "replay")
class PagesInRandomOrder(Backend):
    """No order at all: each request sorts by chance."""

    def order(self, back: bool) -> str:
        return "random()"


@PAGING.plant("ties-in-random-order", "no-repeat", "limit-free", "replay")
class TiesInRandomOrder(Backend):
    """Sorted by time only; records with equal times come in any order."""

    def order(self, back: bool) -> str:
        return "age DESC, random()" if back else "age, random()"


@PAGING.plant("order-changes-with-limit", "limit-free")
class OrderChangesWithLimit(Backend):
    """Large pages are read through another index: from limit=100 on the list is sorted by id."""

    def seek(self, query: Params) -> Page:
        if query.limit < 100:
            return super().seek(query)
        place, back, where = self.start(query), query.before is not None, self.where(query)
        there = [] if place is None else [("id < ?" if back else "id > ?", place[1:])]
        rows = self.store.select(where + there, "id DESC" if back else "id", query.limit)
        page = self.bounded(rows[::-1] if back else rows, where)
        if page.first and page.last:
            page.follows = self.store.count([*where, ("id > ?", (page.last["id"],))]) > 0
            page.precedes = self.store.count([*where, ("id < ?", (page.first["id"],))]) > 0
        return page


@PAGING.plant("one-per-token-on-a-page", "limit-free", "offset-slice")
class OnePerTokenOnAPage(Backend):
    """Records are made unique by token within a page; the cursor goes on after all of them."""

    def seek(self, query: Params) -> Page:
        page = super().seek(query)
        page.rows = [*{row["token_id"]: row for row in reversed(page.rows)}.values()][::-1]
        return page


@PAGING.plant("join-duplicates-rows", "no-repeat", "record")
class JoinDuplicatesRows(Backend):
    """A join with the compatible chains repeats each Solana record once a chain within the page."""

    def answer(self, query: Params) -> Any:
        body = super().answer(query)
        body["result"] = [record for record in body["result"] for _ in range(2 if record["chain_type"] == "SOL" else 1)]
        return body


@PAGING.plant("second-page-of-filter-from-start", "no-repeat", "walk-ends", "filter-complete")
class SecondPageOfFilterFromStart(Backend):
    """Under a filter the cursor's condition is overwritten by the filter's: always the first page."""

    def seek(self, query: Params) -> Page:
        return super().seek(query.model_copy(update={"after": None}) if query.filters() and query.after else query)


@PAGING.plant("after-null-early", "limit-free", "offset-slice")
class AfterNullEarly(Backend):
    """The walk is declared over once 100 records were shown, though more follow."""

    def seek(self, query: Params) -> Page:
        page = super().seek(query)
        if page.last and self.store.count([*self.where(query), self.beyond(position(page.last), True)]) >= 99:
            page.follows = False
        return page


@PAGING.plant("ids-twice-in-the-table", "no-repeat", "record")
class IdsTwiceInTheTable(Backend):
    """A sync wrote a balance twice: the same id stands at two places of the list."""

    def load(self, size: int) -> Sequence[Balance]:
        rows = list(super().load(size))
        rows[size // 2] = replace(rows[size // 2], id=rows[0].id)
        return sorted(rows, key=lambda row: (row.age, row.id))
