"""Planted bugs of page sizes, offsets and caches."""

from dataclasses import replace
from typing import Any

from pydantic import Field

from tests.reference_servers.backend import Backend, Crash, Page, Params
from tests.reference_servers.planting import Faults

LIMITS = Faults("paging")


@LIMITS.plant("hidden-cap", "limit-free", "offset-slice")
class HiddenCap(Backend):
    """Pages are silently capped at 100 records while the cursor moves on by the limit that was asked for."""

    def seek(self, query: Params) -> Page:
        page = super().seek(query)
        return replace(page, rows=page.rows[-100:] if query.before else page.rows[:100])


@LIMITS.plant("limit-plus-one", "page-size", "no-repeat")
class LimitPlusOne(Backend):
    """Pages show one record more than asked for, and the cursor does not count it."""

    def answer(self, query: Params) -> Any:
        body = super().answer(query)
        if query.before is None and query.offset is None:
            wider = query.model_copy(update={"limit": query.limit + 1, "force_refresh": False})
            body["result"] = [self.record(row) for row in self.page(wider).rows]
        return body


@LIMITS.plant("limit-minus-one", "limit-free", "offset-slice", "back")
class LimitMinusOne(Backend):
    """Full pages lack their last record, and the cursor goes on after it."""

    def seek(self, query: Params) -> Page:
        page = super().seek(query)
        return replace(page, rows=page.rows[:-1]) if len(page.rows) == query.limit else page


@LIMITS.plant("limit-one-is-default", "page-size", "limits")
class LimitOneIsDefault(Backend):
    """`limit=1` is taken for "not given" (`limit > 1`)."""

    def page(self, query: Params) -> Page:
        return super().page(query.model_copy(update={"limit": 50}) if query.limit == 1 else query)


@LIMITS.plant("limit-one-is-empty", "limits", "limit-free", "has-more")
class LimitOneIsEmpty(Backend):
    """`limit=1` reads one row, takes it for the look-ahead row and shows nothing."""

    def page(self, query: Params) -> Page:
        if query.limit > 1:
            return super().page(query)
        return Page([], None, None, False, False)


class ExclusiveMaximum(Params):
    """`lt=200` where `le=200` was meant."""

    limit: int = Field(default=50, ge=1, lt=200)


@LIMITS.plant("limit-maximum-refused", "limits", "positive_data_acceptance")
class LimitMaximumRefused(Backend):
    """The maximum is exclusive: `limit=200` is refused."""

    params = ExclusiveMaximum


@LIMITS.plant("limit-maximum-crashes", "limits", "no-crash", "not_a_server_error")
class LimitMaximumCrashes(Backend):
    """`limit=200` and its look-ahead row pass the storage's own maximum of 200 rows: a 500."""

    def page(self, query: Params) -> Page:
        if query.limit >= 200:
            raise Crash
        return super().page(query)


class LargeDefault(Params):
    """The default that another list of the back end has."""

    limit: int = Field(default=100, ge=1, le=200)


@LIMITS.plant("default-page-too-large", "page-size")
class DefaultPageTooLarge(Backend):
    """Without a limit, a page has up to 100 records; the contract says 50."""

    params = LargeDefault


@LIMITS.plant("limit-ignored", "page-size", "limits")
class LimitIgnored(Backend):
    """`limit` is not read: a page has up to 50 records."""

    def page(self, query: Params) -> Page:
        return super().page(query.model_copy(update={"limit": 50}))


@LIMITS.plant("limit-forgotten-after-cursor", "page-size")
class LimitForgottenAfterCursor(Backend):
    """From the second page on, the limit is the default again."""

    def seek(self, query: Params) -> Page:
        return super().seek(query.model_copy(update={"limit": 50}) if query.after else query)


@LIMITS.plant("limit-ignored-under-filter", "page-size")
class LimitIgnoredUnderFilter(Backend):
    """Under a filter all records come at once."""

    def page(self, query: Params) -> Page:
        return super().page(query.model_copy(update={"limit": 10**6}) if query.filters() else query)


@LIMITS.plant("offset-limit-ignored", "page-size")
class OffsetLimitIgnored(Backend):
    """Under `offset`, everything from there on comes at once."""

    def slice(self, query: Params, offset: int) -> Page:
        return super().slice(query.model_copy(update={"limit": -1}), offset)


@LIMITS.plant("offset-off-by-one", "offset-slice")
class OffsetOffByOne(Backend):
    """Offsets count from 1."""

    def slice(self, query: Params, offset: int) -> Page:
        return super().slice(query, max(0, offset - 1))


@LIMITS.plant("offset-ignored", "offset-slice")
class OffsetIgnored(Backend):
    """`offset` is echoed but not applied."""

    def slice(self, query: Params, offset: int) -> Page:
        return super().slice(query, 0)


@LIMITS.plant("offset-counts-pages", "offset-slice")
class OffsetCountsPages(Backend):
    """`offset` is taken for a page number."""

    def slice(self, query: Params, offset: int) -> Page:
        return super().slice(query, min(offset * query.limit, 2**63 - 1))


@LIMITS.plant("offset-rounded-to-page", "offset-slice")
class OffsetRoundedToPage(Backend):
    """`offset` is rounded down to a multiple of the limit (`page = offset // limit`)."""

    def slice(self, query: Params, offset: int) -> Page:
        return super().slice(query, offset // query.limit * query.limit)


@LIMITS.plant("offset-past-end-repeats", "offset-slice")
class OffsetPastEndRepeats(Backend):
    """Past the end, the last page comes again and again."""

    def slice(self, query: Params, offset: int) -> Page:
        count = self.store.count(self.where(query))
        return super().slice(query, offset if offset < count else max(0, count - query.limit))


@LIMITS.plant("offset-past-end-crashes", "offset-slice", "no-crash", "not_a_server_error")
class OffsetPastEndCrashes(Backend):
    """Past the end, the first row of nothing is asked for: a 500."""

    def slice(self, query: Params, offset: int) -> Page:
        page = super().slice(query, offset)
        if not page.rows and offset:
            raise Crash
        return page


@LIMITS.plant("offset-silently-capped", "offset-slice")
class OffsetSilentlyCapped(Backend):
    """Offsets beyond 100 are served as 100, without a word."""

    def slice(self, query: Params, offset: int) -> Page:
        return super().slice(query, min(offset, 100))


@LIMITS.plant("offset-loses-32-bits", "offset-slice")
class OffsetLoses32Bits(Backend):
    """The offset goes through 32 bits: 2^32 is the first page again."""

    def slice(self, query: Params, offset: int) -> Page:
        return super().slice(query, offset & 0xFFFFFFFF)


@LIMITS.plant("offset-plus-limit-overflows", "no-crash", "not_a_server_error")
class OffsetPlusLimitOverflows(Backend):
    """`offset + limit` passes 2^63 - 1, which the database's driver refuses to bind: a 500."""

    def slice(self, query: Params, offset: int) -> Page:
        if offset + query.limit >= 2**63:
            raise Crash
        return super().slice(query, offset)


@LIMITS.plant("offset-plus-limit-wraps", "offset-slice", "page-size")
class OffsetPlusLimitWraps(Backend):
    """`offset + limit` wraps round to a negative end, which the database takes for "no end", and the offset for 0."""

    def slice(self, query: Params, offset: int) -> Page:
        if offset + query.limit >= 2**63:
            return super().slice(query.model_copy(update={"limit": -1}), 0)
        return super().slice(query, offset)


@LIMITS.plant("offset-before-filter", "offset-slice")
class OffsetBeforeFilter(Backend):
    """The offset is applied to the whole table, and the filters to what is left of it."""

    def slice(self, query: Params, offset: int) -> Page:
        left = self.store.select([], self.order(False), -1, offset)
        given = query.filters().items()
        rows = [row for row in left if all(row[name] == value for name, value in given)]
        return self.bounded(rows[: query.limit], self.where(query))


@LIMITS.plant("offset-reverses-order", "offset-slice")
class OffsetReversesOrder(Backend):
    """Odd offsets are read from the wrong end of the list, so slices overlap each other."""

    def slice(self, query: Params, offset: int) -> Page:
        rows = self.store.select(self.where(query), self.order(offset % 2 == 1), query.limit, offset)
        return self.bounded(rows, self.where(query))


class CachedPages(Backend):
    """Keeps the answers by a key; what the key lacks is lost."""

    lacks: tuple[str, ...] = ()

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.cache: dict[str, Any] = {}

    def answer(self, query: Params) -> Any:
        """Return the cached body, if the key is known."""
        key = query.model_dump_json(exclude={*self.lacks})
        if query.force_refresh:
            self.cache.clear()
        if key not in self.cache:
            self.cache[key] = super().answer(query)
        return self.cache[key]


@LIMITS.plant("cache-lacks-limit", "page-size", "limit-free")
class CacheLacksLimit(CachedPages):
    """Pages are cached under a key that lacks `limit`."""

    lacks = ("limit",)


@LIMITS.plant("cache-lacks-offset", "offset-slice")
class CacheLacksOffset(CachedPages):
    """Pages are cached under a key that lacks the value of `offset`."""

    def answer(self, query: Params) -> Any:
        """Return the cached body, one for all offsets."""
        self.lacks = ("offset",) if query.offset is not None else ()
        return super().answer(query)


@LIMITS.plant("cache-lacks-filters", "filter-sound")
class CacheLacksFilters(CachedPages):
    """The first page is cached under a key that lacks the token: it is served for other tokens, too."""

    lacks = ("token_id",)
