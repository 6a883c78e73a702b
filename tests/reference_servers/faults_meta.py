"""Planted bugs of the pagination metadata and the envelope."""

from typing import Any

from tests.reference_servers.backend import Backend, Page, Params, position
from tests.reference_servers.planting import Faults

META = Faults("meta")


@META.plant("has-more-on-exact-multiple", "has-more")
class HasMoreOnExactMultiple(Backend):
    """A full page is taken for proof that more follow: an exact multiple of the limit ends in an empty page."""

    def seek(self, query: Params) -> Page:
        page = super().seek(query)
        if query.before is None and len(page.rows) == query.limit:
            page.follows = True
        return page


@META.plant("has-more-always-true", "has-more")
class HasMoreAlwaysTrue(Backend):
    """`has_more` is always true."""

    def has_more(self, query: Params, page: Page) -> bool:
        return True


@META.plant("has-more-always-false", "has-more")
class HasMoreAlwaysFalse(Backend):
    """`has_more` is always false, though cursors are given and work."""

    def has_more(self, query: Params, page: Page) -> bool:
        return False


@META.plant("has-more-inverted", "has-more")
class HasMoreInverted(Backend):
    """`has_more` says "this is the end"."""

    def has_more(self, query: Params, page: Page) -> bool:
        return not page.follows


@META.plant("has-more-says-precedes", "has-more")
class HasMoreSaysPrecedes(Backend):
    """`has_more` of every page says whether something precedes it."""

    def has_more(self, query: Params, page: Page) -> bool:
        return page.precedes


@META.plant("has-more-ignores-filters", "has-more")
class HasMoreIgnoresFilters(Backend):
    """`has_more` looks for any following record, not for one that meets the filters."""

    def has_more(self, query: Params, page: Page) -> bool:
        return page.last is not None and self.any([], position(page.last), False)


@META.plant("has-more-true-when-empty", "has-more")
class HasMoreTrueWhenEmpty(Backend):
    """An empty list says that more follow."""

    def has_more(self, query: Params, page: Page) -> bool:
        return page.follows or not page.rows


@META.plant("after-null-though-more", "has-more", "limit-free")
class AfterNullThoughMore(Backend):
    """From the third page on `after` is null although `has_more` is true and records follow."""

    def cursors(self, query: Params, page: Page) -> dict[str, Any]:
        where = self.where(query)
        seen = self.store.count([*where, self.beyond(position(page.first), True)]) if page.first else 0
        return super().cursors(query, page) | ({"after": None} if seen >= query.limit * 2 else {})


@META.plant("meta-missing", "limit-free", "has-more")
class MetaMissing(Backend):
    """`meta` is null: nothing says how to go on."""

    def meta(self, query: Params, page: Page) -> dict[str, Any] | None:
        return None


@META.plant("meta-missing-under-filter", "filter-complete", "limit-free", "has-more")
class MetaMissingUnderFilter(Backend):
    """`meta` is null under a filter."""

    def meta(self, query: Params, page: Page) -> dict[str, Any] | None:
        return None if query.filters() else super().meta(query, page)


@META.plant("offset-echo-wrong", "offset-slice")
class OffsetEchoWrong(Backend):
    """`meta.offset` is the offset of the next page."""

    def meta(self, query: Params, page: Page) -> dict[str, Any] | None:
        meta = super().meta(query, page)
        return meta | {"offset": query.offset + query.limit} if meta and query.offset is not None else meta


@META.plant("offset-echo-zero", "offset-slice")
class OffsetEchoZero(Backend):
    """`meta.offset` is always 0."""

    def meta(self, query: Params, page: Page) -> dict[str, Any] | None:
        meta = super().meta(query, page)
        return meta | {"offset": 0} if meta and query.offset is not None else meta


@META.plant("has-more-null-under-filter", "has-more")
class HasMoreNullUnderFilter(Backend):
    """`has_more` is null under two filters."""

    def cursors(self, query: Params, page: Page) -> dict[str, Any]:
        return super().cursors(query, page) | ({"has_more": None} if len(query.filters()) > 1 else {})


@META.plant("offset-echo-missing", "offset-slice")
class OffsetEchoMissing(Backend):
    """`meta.offset` is null past the end, though the caller gave one."""

    def meta(self, query: Params, page: Page) -> dict[str, Any] | None:
        meta = super().meta(query, page)
        return meta | {"offset": None} if meta and query.offset and not page.rows else meta


@META.plant("limit-echo-missing", "offset-slice")
class LimitEchoMissing(Backend):
    """`meta.limit` is null on a page that is not full, though the caller gave an offset."""

    def meta(self, query: Params, page: Page) -> dict[str, Any] | None:
        meta = super().meta(query, page)
        return meta | {"limit": None} if meta and query.offset and len(page.rows) < query.limit else meta


class Total(Backend):
    """Shows a total in both modes."""

    total_shown = "always"


@META.plant("total-of-page", "total")
class TotalOfPage(Total):
    """`total` counts the page's records."""

    def total(self, query: Params, page: Page) -> int:
        return len(page.rows)


@META.plant("total-off-by-one", "total")
class TotalOffByOne(Total):
    """`total` is one too many."""

    def total(self, query: Params, page: Page) -> int:
        return super().total(query, page) + 1


@META.plant("total-ignores-filters", "total")
class TotalIgnoresFilters(Total):
    """`total` counts the whole table, whatever the filters."""

    def total(self, query: Params, page: Page) -> int:
        return self.store.count([])


@META.plant("total-ignores-second-filter", "total")
class TotalIgnoresSecondFilter(Total):
    """`total` counts the records that meet the first of two filters."""

    def total(self, query: Params, page: Page) -> int:
        return self.store.count(self.where(query)[:1])


@META.plant("total-shrinks", "total")
class TotalShrinks(Total):
    """`total` is what is left from the cursor on."""

    def total(self, query: Params, page: Page) -> int:
        place = position(page.first) if page.first else None
        passed = self.store.count([*self.where(query), self.beyond(place, True)]) if place else 0
        return super().total(query, page) - passed


@META.plant("total-capped", "total")
class TotalCapped(Total):
    """`total` counts up to 100 only."""

    def total(self, query: Params, page: Page) -> int:
        return min(100, super().total(query, page))


@META.plant("total-counts-pages", "total")
class TotalCountsPages(Total):
    """`total` is the number of pages."""

    def total(self, query: Params, page: Page) -> int:
        return -(-super().total(query, page) // query.limit)


@META.plant("total-minus-one", "total")
class TotalMinusOne(Total):
    """`total` is -1 where it was not counted, in cursor mode."""

    def total(self, query: Params, page: Page) -> int:
        return -1 if query.offset is None else super().total(query, page)


@META.plant("total-wrong-under-offset", "total")
class TotalWrongUnderOffset(Backend):
    """Under `offset`, `total` is reduced by the offset."""

    def total(self, query: Params, page: Page) -> int:
        return max(0, super().total(query, page) - (query.offset or 0))


@META.plant("total-zero-past-end", "total")
class TotalZeroPastEnd(Backend):
    """The count is a window function's: past the end there is no row to read it from, and `total` is 0."""

    def total(self, query: Params, page: Page) -> int:
        return super().total(query, page) if page.rows else 0


@META.plant("total-counts-tokens", "total")
class TotalCountsTokens(Total):
    """`total` counts different tokens."""

    def total(self, query: Params, page: Page) -> int:
        return len({row["token_id"] for row in self.store.select(self.where(query), "id")})


@META.plant("success-false", "record", "error-shape")
class SuccessFalse(Backend):
    """The second page and all after it say `success: false` with status 200."""

    def body(self, query: Params, records: list[dict[str, Any]], meta: dict[str, Any] | None) -> Any:
        return super().body(query, records, meta) | {"success": query.after is None}


SHAPE = "response_schema_conformance"


class Meta(Backend):
    """Shows the metadata with other values."""

    def shown(self, meta: dict[str, Any]) -> dict[str, Any]:
        """Return the values that differ."""
        return {}

    def meta(self, query: Params, page: Page) -> dict[str, Any] | None:
        """Return the metadata, changed."""
        meta = super().meta(query, page)
        return meta | self.shown(meta) if meta else meta


@META.plant("has-more-as-string", "record", SHAPE)
class HasMoreAsString(Meta):
    """`has_more` is the string "true" or "false"."""

    def shown(self, meta: dict[str, Any]) -> dict[str, Any]:
        return {"has_more": str(meta["has_more"]).lower()}


@META.plant("total-as-string", "record", SHAPE)
class TotalAsString(Meta):
    """`total` is a string where there is one."""

    def shown(self, meta: dict[str, Any]) -> dict[str, Any]:
        return {"total": None if meta["total"] is None else str(meta["total"])}


@META.plant("cursor-as-object", "record", SHAPE)
class CursorAsObject(Meta):
    """`after` is an object that holds the cursor."""

    def shown(self, meta: dict[str, Any]) -> dict[str, Any]:
        return {"after": meta["after"] and {"cursor": meta["after"]}}


@META.plant("meta-as-list", "record", SHAPE)
class MetaAsList(Backend):
    """`meta` is an empty list where it should be an object (a serialiser's empty map)."""

    def body(self, query: Params, records: list[dict[str, Any]], meta: dict[str, Any] | None) -> Any:
        return super().body(query, records, meta) | ({} if records else {"meta": []})
