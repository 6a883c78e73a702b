"""Planted bugs of the cursors: what they hold, how they are compared, sent and read."""

import base64
import json
from uuid import UUID

from tests.reference_servers.backend import Backend, Page, Params, Position, pack, position, unpack
from tests.reference_servers.planting import Faults
from tests.reference_servers.store import Clause, Row

CURSORS = Faults("paging")


@CURSORS.plant("ties-lost", "limit-free", "offset-slice")
class TiesLost(Backend):
    """The cursor is compared by its time only: the rest of a group of equal times is skipped."""

    def beyond(self, place: Position, back: bool) -> Clause:
        return ("age < ?" if back else "age > ?"), place[:1]


@CURSORS.plant("ties-repeated", "no-repeat", "walk-ends")
class TiesRepeated(Backend):
    """The cursor is compared by its time only, inclusively: a group of equal times starts again on the next page."""

    def beyond(self, place: Position, back: bool) -> Clause:
        return ("age <= ?" if back else "age >= ?"), place[:1]


@CURSORS.plant("cursor-truncates-micros", "no-repeat", "walk-ends")
class CursorTruncatesMicros(Backend):
    """The cursor holds whole seconds while the column holds microseconds: neighbours within a second come again."""

    def encode(self, row: Row, query: Params, name: str) -> str:
        return pack([row["age"] // 1_000_000 * 1_000_000, row["id"]])


@CURSORS.plant("cursor-rounds-up-micros", "limit-free", "offset-slice")
class CursorRoundsUpMicros(Backend):
    """The cursor's time is rounded up to the next second: neighbours within that second are skipped."""

    def encode(self, row: Row, query: Params, name: str) -> str:
        return pack([-(-row["age"] // 1_000_000) * 1_000_000, row["id"]])


@CURSORS.plant("cursor-case-collation", "limit-free", "offset-slice")
class CursorCaseCollation(Backend):
    """The list is sorted by a text column in binary order, the cursor compared with it without case."""

    def order(self, back: bool) -> str:
        return "token_id DESC, id DESC" if back else "token_id, id"

    def beyond(self, place: Position, back: bool) -> Clause:
        token = "(SELECT token_id FROM balances WHERE id = ?)"
        sign = "<" if back else ">"
        return f"(token_id COLLATE NOCASE, id) {sign} ({token} COLLATE NOCASE, ?)", (place[1], place[1])


@CURSORS.plant("cursor-not-unique", "limit-free", "offset-slice")
class CursorNotUnique(Backend):
    """The list is sorted by token and the cursor holds the token only: other wallets' balances of it are skipped."""

    def order(self, back: bool) -> str:
        return "token_id DESC, id DESC" if back else "token_id, id"

    def beyond(self, place: Position, back: bool) -> Clause:
        sign = "<" if back else ">"
        return f"token_id {sign} (SELECT token_id FROM balances WHERE id = ?)", place[1:]


@CURSORS.plant("cursor-by-other-column", "limit-free", "no-repeat", "offset-slice")
class CursorByOtherColumn(Backend):
    """Sorted by time, but the cursor compares the id alone."""

    def beyond(self, place: Position, back: bool) -> Clause:
        return ("id < ?" if back else "id > ?"), place[1:]


@CURSORS.plant("cursor-leading-zero", "limit-free", "no-repeat", "walk-ends", "offset-slice", size=450)
class CursorLeadingZero(Backend):
    """The id goes through a number in the cursor and loses its leading zeros, so ties after it are skipped."""

    def encode(self, row: Row, query: Params, name: str) -> str:
        return pack([row["age"], row["id"].lstrip("0")])


@CURSORS.plant("cursor-plus-lost", "cursor-accepted")
class CursorPlusLost(Backend):
    """Cursors are plain base64; the query is decoded twice, so their `+` arrives as a space and they are refused."""

    def encode(self, row: Row, query: Params, name: str) -> str:
        raw = row["age"].to_bytes(8, "big") + bytes.fromhex(row["id"].replace("-", ""))
        return base64.b64encode(raw).decode()

    def decode(self, text: str, query: Params, name: str) -> Position:
        raw = base64.b64decode(text.replace("+", " "), validate=True)
        if len(raw) != 24 or raw[0] > 127:
            raise ValueError("not a cursor")
        digits = raw[8:].hex()
        return int.from_bytes(raw[:8], "big"), str(UUID(hex=digits))


@CURSORS.plant("cursor-equals-lost", "cursor-accepted")
class CursorEqualsLost(Backend):
    """Cursors end in `=`; the query is split at every `=`, so the padding is gone and they are refused."""

    def encode(self, row: Row, query: Params, name: str) -> str:
        text = json.dumps([row["age"], row["id"]])
        return base64.urlsafe_b64encode((text + " " * (1 + -len(text) % 3)).encode()).decode()

    def decode(self, text: str, query: Params, name: str) -> Position:
        if len(text.split("=", maxsplit=1)[0]) % 4:
            raise ValueError("incorrect padding")
        return super().decode(text, query, name)


@CURSORS.plant("cursor-refused-under-filter", "cursor-accepted")
class CursorRefusedUnderFilter(Backend):
    """Cursors that were issued under a filter are refused under the very same filter."""

    def decode(self, text: str, query: Params, name: str) -> Position:
        if query.filters():
            raise ValueError("belongs to another query")
        return super().decode(text, query, name)


@CURSORS.plant("cursor-refused-deep", "cursor-accepted")
class CursorRefusedDeep(Backend):
    """A length check of the cursor is too tight for old records: the cursors of later pages are refused."""

    def decode(self, text: str, query: Params, name: str) -> Position:
        if super().decode(text, query, name)[0] >= 10**11:
            raise ValueError("too long")
        return super().decode(text, query, name)


@CURSORS.plant("cursor-depends-on-limit", "limit-free")
class CursorDependsOnLimit(Backend):
    """The cursor holds a page number: with another limit it silently leads to another place."""

    def encode(self, row: Row, query: Params, name: str) -> str:
        before = self.store.count([*self.where(query), self.beyond(position(row), True)])
        return pack([(before + 1 if name == "after" else before) / query.limit])

    def seek(self, query: Params) -> Page:
        text = query.before or query.after
        if text is None:
            return super().seek(query)
        try:
            place = round(float(unpack(text)[0]) * query.limit)
        except (ValueError, TypeError, LookupError, OverflowError) as error:
            raise self.bad_cursor("after", text) from error
        place = min(place, 2**62)
        start = place if query.before is None else max(0, place - query.limit)
        count = query.limit if query.before is None else place - start
        where = self.where(query)
        return self.bounded(self.store.select(where, self.order(False), count, start), where)


@CURSORS.plant("cursor-same-again", "walk-ends", "no-repeat")
class CursorSameAgain(Backend):
    """The `after` of a page reached by a cursor is that cursor again."""

    def encode(self, row: Row, query: Params, name: str) -> str:
        return query.after if query.after and name == "after" else super().encode(row, query, name)


@CURSORS.plant("cursor-ignored", "no-repeat", "walk-ends")
class CursorIgnored(Backend):
    """`after` is not read: every page is the first one."""

    def page(self, query: Params) -> Page:
        return super().page(query.model_copy(update={"after": None}))
