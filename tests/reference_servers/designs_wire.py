"""Correct designs of everything but cursors: totals, validation, values, refreshing, sizes, moving data."""

from datetime import UTC, datetime
from decimal import Context, Decimal
from typing import Any
from urllib.parse import parse_qsl, urlencode

from pydantic import Field, field_validator

from tests.reference_servers.backend import Backend, Page, Params, Refused
from tests.reference_servers.data import EPOCH
from tests.reference_servers.planting import Designs
from tests.reference_servers.store import Clause, Row

WIRE = Designs()
EXACT = Context(prec=90)


@WIRE.build("total-never")
class TotalNever(Backend):
    """`total` is always null."""

    total_shown = "never"


@WIRE.build("total-always")
class TotalAlways(Backend):
    """`total` is exact on every page, also in cursor mode."""

    total_shown = "always"


@WIRE.build("total-first-page")
class TotalFirstPage(Backend):
    """`total` is counted for the first page only, and null on the others."""

    total_shown = "first"


class Strict(Params):
    """Only the plainest spellings on the wire."""

    @field_validator("limit", "offset", mode="before")
    @classmethod
    def digits(cls, value: Any) -> Any:
        """Accept digits, with a minus at most."""
        if value is None or isinstance(value, int) or str(value).removeprefix("-").isdecimal():
            return value
        raise ValueError("must be written in digits")

    @field_validator("force_refresh", mode="before")
    @classmethod
    def word(cls, value: Any) -> Any:
        """Accept `true` or `false`."""
        if value in {"true", "false", True, False}:
            return value
        raise ValueError("must be true or false")

    @field_validator("wallet_uuid", mode="before")
    @classmethod
    def hyphens(cls, value: Any) -> Any:
        """Accept lower case, with hyphens."""
        text = str(value or "")
        if text and (text.lower() != text or text.count("-") != 4 or len(text) != 36):
            raise ValueError("must be a UUID in lower case, with hyphens")
        return value


@WIRE.build("strict-spelling")
class StrictSpelling(Backend):
    """`1.0`, `+5`, `yes` and a UUID in upper case are refused (the base server takes them, as pydantic does)."""

    params = Strict


@WIRE.build("first-of-repeated")
class FirstOfRepeated(Backend):
    """Of a repeated parameter the first one counts (the base server takes the last)."""

    def wire(self, raw: bytes) -> bytes:
        pairs = parse_qsl(raw.decode("latin-1"), keep_blank_values=True)
        return urlencode(dict(reversed(pairs))).encode()


@WIRE.build("repeated-refused")
class RepeatedRefused(Backend):
    """A repeated parameter is refused."""

    def wire(self, raw: bytes) -> bytes:
        names = [name for name, _ in parse_qsl(raw.decode("latin-1"), keep_blank_values=True)]
        return raw if len(names) == len({*names}) else b"limit=repeated"


@WIRE.build("evm-address-any-case")
class EvmAddressAnyCase(Backend):
    """An EVM address is compared without case."""

    def match(self, column: str, value: str) -> Clause:
        if column != "address" or not value.startswith("0x"):
            return super().match(column, value)
        return "address = ? COLLATE NOCASE", (value,)


@WIRE.build("extra-fields")
class ExtraFields(Backend):
    """Records, `meta` and the envelope have fields that the contract does not name."""

    def record(self, row: Row) -> dict[str, Any]:
        return super().record(row) | {"price_usd": "1.00", "labels": {"hot": True}}

    def meta(self, query: Params, page: Page) -> dict[str, Any] | None:
        return (super().meta(query, page) or {}) | {"page_size": len(page.rows)}

    def body(self, query: Params, records: list[dict[str, Any]], meta: dict[str, Any] | None) -> Any:
        return super().body(query, records, meta) | {"request_id": "5f0c"}


@WIRE.build("minimal-envelope")
class MinimalEnvelope(Backend):
    """The envelope leaves out what has its default value: `success`, `suggestion`, `message`."""

    def body(self, query: Params, records: list[dict[str, Any]], meta: dict[str, Any] | None) -> Any:
        return {"result": records, "meta": meta}


@WIRE.build("absent-null-values")
class AbsentNullValues(Backend):
    """Records leave out what is null, and an empty `compatible_chains`."""

    def record(self, row: Row) -> dict[str, Any]:
        return {name: value for name, value in super().record(row).items() if value not in (None, [])}


@WIRE.build("microseconds")
class Microseconds(Backend):
    """Times have six decimals and the zone `+00:00`."""

    def moment(self, micros: int) -> Any:
        seconds, part = divmod(micros, 1_000_000)
        return datetime.fromtimestamp(seconds, UTC).replace(microsecond=part).isoformat(timespec="microseconds")


@WIRE.build("refresh-works-later")
class RefreshWorksLater(Backend):
    """A refresh is only noted, and made when the list is asked for again."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.noted: list[str] = []

    def refresh(self, query: Params) -> None:
        for address in self.noted:
            self.sync(address, self.tick())
        self.noted = [query.address] if query.force_refresh and query.address is not None else []


@WIRE.build("refresh-refused-while-fresh")
class RefreshRefusedWhileFresh(Backend):
    """A second refresh of an address within a minute does nothing: its times are the newest."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.fresh: set[str] = set()

    def tick(self) -> int:
        return EPOCH + 3_600_000_000

    def sync(self, address: str, now: int) -> None:
        if address not in self.fresh:
            super().sync(address, now)
        self.fresh.add(address)


@WIRE.build("refresh-settles")
class RefreshSettles(Backend):
    """A refresh also settles what is pending into the amount."""

    def sync(self, address: str, now: int) -> None:
        super().sync(address, now)
        for row in self.store.select([("address = ? AND pending IS NOT NULL", (address,))], "id"):
            amount = format(EXACT.add(Decimal(row["amount"]), Decimal(row["pending"])), "f")
            self.store.change("UPDATE balances SET amount = ?, pending = '0' WHERE id = ?", amount, row["id"])


@WIRE.build("refresh-without-address-refused")
class RefreshWithoutAddressRefused(Backend):
    """`force_refresh` without an address is refused."""

    def check(self, query: Params) -> None:
        super().check(query)
        if query.force_refresh and query.address is None:
            raise Refused.parameter("force_refresh", "needs an address", "true")


@WIRE.build("unknown-values-refused")
class UnknownValuesRefused(Backend):
    """A chain, token, wallet or address that does not exist is refused."""

    def check(self, query: Params) -> None:
        super().check(query)
        for name, value in query.filters().items():
            if not self.store.count([self.match(name, value)]):
                raise Refused.parameter(name, "is not known", value)


class CappedOffset(Params):
    """An offset with a documented maximum."""

    offset: int | None = Field(default=None, ge=0, le=10_000)


@WIRE.build("offset-capped")
class OffsetCapped(Backend):
    """Offsets beyond 10,000 are refused, as documented."""

    params = CappedOffset


@WIRE.build("empty", size=0)
class Empty(Backend):
    """No records at all."""


@WIRE.build("one-record", size=1)
class OneRecord(Backend):
    """One record."""


@WIRE.build("exactly-one-page", size=50)
class ExactlyOnePage(Backend):
    """As many records as the default page holds."""


@WIRE.build("two-full-pages", size=100)
class TwoFullPages(Backend):
    """An exact multiple of the default page."""


@WIRE.build("one-above-maximum", size=201)
class OneAboveMaximum(Backend):
    """One record more than the largest page holds."""


@WIRE.build("large", size=20_000)
class Large(Backend):
    """20,000 records, indexed: more than a judge looks at."""


class Moving(Backend):
    """Changes its data every few requests."""

    every = 7

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.answered = 0

    def answer(self, query: Params) -> Any:
        """Answer; every few requests the data change first."""
        with self.lock:
            self.answered += 1
            if self.answered % self.every == 0:
                self.happen(self.answered // self.every)
            return super().answer(query)

    def happen(self, number: int) -> None:
        """Change the data; `number` counts the changes, from 1."""

    def some(self, number: int) -> Row | None:
        """Return a record that depends on `number` only."""
        count = self.store.count([])
        return self.store.select([], "id", 1, number * 31 % count)[0] if count else None


@WIRE.build("live-inserts", moving=True)
class LiveInserts(Moving):
    """New balances appear at the top of the list while it is read."""

    def happen(self, number: int) -> None:
        old = self.some(number)
        if old is not None:
            self.store.insert([old | {"id": f"00000000-0000-4000-8000-{number:012d}", "age": -number}])


@WIRE.build("live-deletes", moving=True)
class LiveDeletes(Moving):
    """Balances disappear while the list is read; their cursors stay good."""

    def happen(self, number: int) -> None:
        row = self.some(number)
        if row is not None and self.store.count([]) > self.size // 2:
            self.store.change("DELETE FROM balances WHERE id = ?", row["id"])


@WIRE.build("live-updates", moving=True)
class LiveUpdates(Moving):
    """Times and amounts of balances change while the list is read."""

    def happen(self, number: int) -> None:
        row = self.some(number)
        if row is not None:
            sql = "UPDATE balances SET amount = ?, total = NULL, updated = ?, synced = ? WHERE id = ?"
            now = self.tick()
            self.store.change(sql, str(number), now, now, row["id"])
