"""Planted bugs of refreshing, of keys, and of requests at the same time."""

import time
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from pydantic import model_validator

from tests.reference_servers.backend import Backend, Crash, Page, Params
from tests.reference_servers.data import EPOCH
from tests.reference_servers.planting import Faults
from tests.reference_servers.store import Clause

REFRESH = Faults("refresh")
KEY = Faults("key")
CONCURRENCY = Faults("concurrency")


class SomehowRefreshed(Params):
    """The parameters, and whether `force_refresh` is among them, whatever its value."""

    asked: bool = False

    @model_validator(mode="before")
    @classmethod
    def ask(cls, values: Any) -> Any:
        """Look for the parameter."""
        return {**values, "asked": "force_refresh" in values}


@REFRESH.plant("refresh-goes-back", "refresh")
class RefreshGoesBack(Backend):
    """A refresh writes the chain's time of the last transfer: both sync times move backward."""

    def tick(self) -> int:
        return EPOCH - 10**15


@REFRESH.plant("refresh-sync-time-goes-back", "refresh")
class RefreshSyncTimeGoesBack(Backend):
    """A refresh moves `updated_at` forward and `balance_updated_at` backward."""

    def sync(self, address: str, now: int) -> None:
        super().sync(address, now)
        self.store.change("UPDATE balances SET synced = ? WHERE address = ?", EPOCH - 10**15, address)


@REFRESH.plant("refresh-inserts", "refresh")
class RefreshInserts(Backend):
    """A refresh writes one of the address's balances anew instead of updating it."""

    def sync(self, address: str, now: int) -> None:
        super().sync(address, now)
        found = self.store.select([("address = ?", (address,))], "age, id", 1)
        self.store.insert([row | {"id": str(uuid4())} for row in found])


@REFRESH.plant("refresh-reorders", "refresh")
class RefreshReorders(Backend):
    """The list is sorted by a time that a refresh moves: the refreshed records jump to its top."""

    def sync(self, address: str, now: int) -> None:
        super().sync(address, now)
        self.store.change("UPDATE balances SET age = ? WHERE address = ?", EPOCH - now, address)


@REFRESH.plant("refresh-reverses", "refresh")
class RefreshReverses(Backend):
    """A refresh rewrites the address's records in another order."""

    def sync(self, address: str, now: int) -> None:
        super().sync(address, now)
        rows = self.store.select([("address = ?", (address,))], "age, id")
        for row, age in zip(rows, [row["age"] for row in reversed(rows)], strict=True):
            self.store.change("UPDATE balances SET age = ? WHERE id = ?", age, row["id"])


@REFRESH.plant("refresh-deletes", "refresh")
class RefreshDeletes(Backend):
    """A refresh removes one of the address's balances."""

    def sync(self, address: str, now: int) -> None:
        super().sync(address, now)
        self.store.change("DELETE FROM balances WHERE id = (SELECT MIN(id) FROM balances WHERE address = ?)", address)


@REFRESH.plant("refresh-changes-ids", "refresh")
class RefreshChangesIds(Backend):
    """A refresh deletes and inserts: the same balances come back under new ids."""

    def sync(self, address: str, now: int) -> None:
        super().sync(address, now)
        for row in self.store.select([("address = ?", (address,))], "age, id"):
            self.store.change("UPDATE balances SET id = ? WHERE id = ?", str(uuid4()), row["id"])


@REFRESH.plant("refresh-clears-others", "refresh")
class RefreshClearsOthers(Backend):
    """A refresh of one address empties the cache of all the others."""

    def sync(self, address: str, now: int) -> None:
        super().sync(address, now)
        self.store.change("DELETE FROM balances WHERE address != ?", address)


@REFRESH.plant("refresh-answers-empty", "refresh")
class RefreshAnswersEmpty(Backend):
    """A refresh is answered while the records are being rewritten: with an empty list."""

    def page(self, query: Params) -> Page:
        return Page([], None, None, False, False) if query.force_refresh and query.address else super().page(query)


@REFRESH.plant("refresh-forgets-filters", "filter-sound", "refresh")
class RefreshForgetsFilters(Backend):
    """A refresh answers with the balances of every address."""

    def where(self, query: Params) -> list[Clause]:
        return [] if query.force_refresh else super().where(query)


@REFRESH.plant("refresh-forgets-limit", "page-size", "refresh")
class RefreshForgetsLimit(Backend):
    """A refresh answers with all of the address's balances, whatever the limit."""

    def page(self, query: Params) -> Page:
        fresh = query.force_refresh and query.address
        return super().page(query.model_copy(update={"limit": 10**6}) if fresh else query)


@REFRESH.plant("refresh-crashes", "refresh", "no-crash", "not_a_server_error")
class RefreshCrashes(Backend):
    """A refresh of a known address is a 500."""

    def sync(self, address: str, now: int) -> None:
        if self.store.count([("address = ?", (address,))]):
            raise Crash


@REFRESH.plant("refresh-ignored", "refresh")
class RefreshIgnored(Backend):
    """`force_refresh` changes nothing, although the contract promises that times move."""

    def refresh(self, query: Params) -> None:
        """Do nothing."""


@REFRESH.plant("refresh-leaves-some", "refresh")
class RefreshLeavesSome(Backend):
    """A refresh reaches only the first of the address's balances."""

    def sync(self, address: str, now: int) -> None:
        first = "SELECT MIN(id) FROM balances WHERE address = ?"
        self.store.change(f"UPDATE balances SET updated = ?, synced = ? WHERE id = ({first})", now, now, address)


@REFRESH.plant("refresh-on-false", "refresh")
class RefreshOnFalse(Backend):
    """That `force_refresh` is there is enough: `false` refreshes too."""

    params = SomehowRefreshed

    def refresh(self, query: Params) -> None:
        if getattr(query, "asked", False) and query.address is not None:
            self.sync(query.address, self.tick())


@REFRESH.plant("refresh-overwrites-others", "refresh")
class RefreshOverwritesOthers(Backend):
    """A refresh writes the amount that it read to the balances of other addresses."""

    def sync(self, address: str, now: int) -> None:
        super().sync(address, now)
        self.store.change("UPDATE balances SET amount = '7', pending = '0', locked = '0', total = '7'")


@REFRESH.plant("refresh-moves-all-times", "refresh")
class RefreshMovesAllTimes(Backend):
    """A refresh of one address moves the times of all."""

    def sync(self, address: str, now: int) -> None:
        self.store.change("UPDATE balances SET updated = ?, synced = ?", now, now)


@REFRESH.plant("refresh-forgets-token", "filter-sound", "refresh")
class RefreshForgetsToken(Backend):
    """A refresh answers by the address alone, whatever other filters there are."""

    def where(self, query: Params) -> list[Clause]:
        return super().where(
            query.model_copy(update={"token_id": None, "chain_id": None}) if query.force_refresh else query
        )


@REFRESH.plant("refresh-hides-another", "refresh")
class RefreshHidesAnother(Backend):
    """A refresh removes a balance of another address."""

    def sync(self, address: str, now: int) -> None:
        super().sync(address, now)
        self.store.change("DELETE FROM balances WHERE id IN (SELECT MAX(id) FROM balances WHERE address != ?)", address)


@REFRESH.plant("refresh-makes-floats", "record")
class RefreshMakesFloats(Backend):
    """What a refresh writes went through a floating-point number: 1e-18, and a total that does not fit."""

    def sync(self, address: str, now: int) -> None:
        super().sync(address, now)
        spoiled = "amount = '1e-18', pending = '1e-18', locked = '0', total = '3e-18'"
        self.store.change(f"UPDATE balances SET {spoiled} WHERE address = ?", address)


@KEY.plant("key-unchecked-with-cursor", "key")
class KeyUncheckedWithCursor(Backend):
    """The key is not checked where a cursor is given."""

    def allowed(self, key: str | None, keys: Sequence[str], asked: Sequence[str]) -> bool:
        return bool({"after", "before"} & {*asked}) or super().allowed(key, keys, asked)


@KEY.plant("key-unchecked-with-filter", "key")
class KeyUncheckedWithFilter(Backend):
    """The key is checked only for lists without a filter."""

    def allowed(self, key: str | None, keys: Sequence[str], asked: Sequence[str]) -> bool:
        return bool({"wallet_uuid", "chain_id", "address", "token_id"} & {*asked}) or super().allowed(key, keys, asked)


@KEY.plant("key-unchecked-with-wallet", "key")
class KeyUncheckedWithWallet(Backend):
    """Whoever knows a wallet's id needs no key."""

    def allowed(self, key: str | None, keys: Sequence[str], asked: Sequence[str]) -> bool:
        return "wallet_uuid" in asked or super().allowed(key, keys, asked)


class SharedQuery(Backend):
    """Keeps something of the current request where other requests overwrite it."""

    shared: tuple[str, ...] = ()

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.current = Params()

    def answer(self, query: Params) -> Any:
        """Answer this request, or another one that arrived meanwhile."""
        self.current = query
        time.sleep(0.01)
        latest = self.current
        return super().answer(query.model_copy(update={name: getattr(latest, name) for name in self.shared}))


@CONCURRENCY.plant("crosstalk-of-queries", "filter-sound", "replay", "page-size")
class CrosstalkOfQueries(SharedQuery):
    """The current query is a global: of two requests at the same time, the first gets the second one's answer."""

    shared = tuple(Params.model_fields)


@CONCURRENCY.plant("crosstalk-of-filters", "filter-sound", "replay")
class CrosstalkOfFilters(SharedQuery):
    """The current filters are a global."""

    shared = ("wallet_uuid", "chain_id", "address", "token_id")


@CONCURRENCY.plant("crosstalk-of-limits", "page-size", "replay")
class CrosstalkOfLimits(SharedQuery):
    """The current page size is a global."""

    shared = ("limit",)


@CONCURRENCY.plant("crosstalk-of-results", "filter-sound", "replay", "page-size")
class CrosstalkOfResults(Backend):
    """The response is built in a global buffer, which the next request overwrites before it is sent."""

    latest: Any = None

    def answer(self, query: Params) -> Any:
        self.latest = super().answer(query)
        time.sleep(0.01)
        return self.latest


@CONCURRENCY.plant("concurrent-requests-crash", "no-crash", "not_a_server_error")
class ConcurrentRequestsCrash(Backend):
    """One database connection without a lock: a request during another one is a 500."""

    busy = 0

    def answer(self, query: Params) -> Any:
        self.busy += 1
        try:
            time.sleep(0.01)
            if self.busy > 1:
                raise Crash
            return super().answer(query)
        finally:
            self.busy -= 1
