"""Planted bugs of the records: their shape, and what they say together.

The `late` ones show in one record only, on page 4.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import uuid4

from eth_utils.address import to_checksum_address
from starlette.responses import PlainTextResponse, Response

from tests.reference_servers.backend import Backend, Params
from tests.reference_servers.data import Balance
from tests.reference_servers.planting import Faults
from tests.reference_servers.store import Row

SCHEMA = Faults("schema")
DATA = Faults("data")
SHAPE = "response_schema_conformance"


class Late(Backend):
    """Spoils one record, which the default page size first shows on page 4."""

    def spoil(self, record: dict[str, Any]) -> dict[str, Any]:
        """Return the record, spoiled."""
        return record

    def record(self, row: Row) -> dict[str, Any]:
        """Return the record, spoiled if it is the chosen one."""
        record = super().record(row)
        return self.spoil(record) if row["id"] == self.late else record


@SCHEMA.plant("late-missing-address", "record", SHAPE)
class LateMissingAddress(Late):
    """One record lacks its required address."""

    def spoil(self, record: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in record.items() if name != "address"}


@SCHEMA.plant("late-null-token", "record", SHAPE)
class LateNullToken(Late):
    """One record's token is null, which the contract does not allow."""

    def spoil(self, record: dict[str, Any]) -> dict[str, Any]:
        return record | {"token_id": None}


@SCHEMA.plant("late-number-amount", "record", SHAPE)
class LateNumberAmount(Late):
    """One record's amount is a JSON number."""

    def spoil(self, record: dict[str, Any]) -> dict[str, Any]:
        return record | {"amount": 0}


@SCHEMA.plant("late-bad-date", "record", SHAPE)
class LateBadDate(Late):
    """One record's `updated_at` is not an RFC 3339 instant."""

    def spoil(self, record: dict[str, Any]) -> dict[str, Any]:
        return record | {"updated_at": "01/06/2025 12:00"}


@SCHEMA.plant("late-impossible-date", "record", SHAPE)
class LateImpossibleDate(Late):
    """One record's `balance_updated_at` is the zero date of another database."""

    def spoil(self, record: dict[str, Any]) -> dict[str, Any]:
        return record | {"balance_updated_at": "0000-00-00T00:00:00Z"}


@SCHEMA.plant("late-bad-id", "record", SHAPE)
class LateBadId(Late):
    """One record's id is not a UUID."""

    def spoil(self, record: dict[str, Any]) -> dict[str, Any]:
        return record | {"id": f"legacy-{record['id'][:8]}"}


@SCHEMA.plant("late-chains-joined", "record", SHAPE)
class LateChainsJoined(Late):
    """One record's `compatible_chains` is a string, joined by commas."""

    def spoil(self, record: dict[str, Any]) -> dict[str, Any]:
        return record | {"compatible_chains": "ETH,SETH"}


@SCHEMA.plant("late-null-record", "record", SHAPE)
class LateNullRecord(Late):
    """One entry of the list is null."""

    def record(self, row: Row) -> Any:
        return None if row["id"] == self.late else super().record(row)


@SCHEMA.plant("dates-as-numbers", "record", SHAPE)
class DatesAsNumbers(Backend):
    """Times are seconds since 1970."""

    def moment(self, micros: int) -> Any:
        return micros // 1_000_000


@SCHEMA.plant("dates-without-zone", "record", SHAPE)
class DatesWithoutZone(Backend):
    """Times lack their zone."""

    def moment(self, micros: int) -> Any:
        return str(super().moment(micros)).rstrip("Z")


@SCHEMA.plant("result-as-map", "record", SHAPE)
class ResultAsMap(Backend):
    """`result` is an object keyed by id."""

    def body(self, query: Params, records: list[dict[str, Any]], meta: dict[str, Any] | None) -> Any:
        return super().body(query, records, meta) | {"result": {record["id"]: record for record in records}}


@SCHEMA.plant("result-renamed", "record", SHAPE)
class ResultRenamed(Backend):
    """The list is called `data`."""

    def body(self, query: Params, records: list[dict[str, Any]], meta: dict[str, Any] | None) -> Any:
        body = super().body(query, records, meta)
        return {"data": body.pop("result"), **body}


@SCHEMA.plant("result-null-when-empty", "record", SHAPE)
class ResultNullWhenEmpty(Backend):
    """An empty list is null (a nil slice)."""

    def body(self, query: Params, records: list[dict[str, Any]], meta: dict[str, Any] | None) -> Any:
        # The wrong type is the fault.
        return super().body(query, records or None, meta)  # type: ignore[arg-type]


@SCHEMA.plant("content-type-text", "record", "content_type_conformance")
class ContentTypeText(Backend):
    """The JSON goes out as text/plain."""

    def reply(self, status: int, body: Any) -> Response:
        return PlainTextResponse(json.dumps(body), status)


@SCHEMA.plant("body-encoded-twice", "record", SHAPE)
class BodyEncodedTwice(Backend):
    """The body is a JSON string that holds JSON."""

    def body(self, query: Params, records: list[dict[str, Any]], meta: dict[str, Any] | None) -> Any:
        return json.dumps(super().body(query, records, meta))


@DATA.plant("late-duplicate-id", "no-repeat", "record")
class LateDuplicateId(Backend):
    """A record shows the id of the first one of the list."""

    def load(self, size: int) -> Sequence[Balance]:
        rows = super().load(size)
        self.first = rows[0].id if rows else ""
        return rows

    def record(self, row: Row) -> dict[str, Any]:
        return super().record(row) | ({"id": self.first} if row["id"] == self.late else {})


@DATA.plant("ids-new-each-time", "replay", "limit-free", "offset-slice")
class IdsNewEachTime(Backend):
    """Every response makes up new ids."""

    def record(self, row: Row) -> dict[str, Any]:
        return super().record(row) | {"id": str(uuid4())}


@DATA.plant("late-scientific-amount", "record")
class LateScientificAmount(Late):
    """One small amount is written 1E-7, as a decimal library prints it."""

    def spoil(self, record: dict[str, Any]) -> dict[str, Any]:
        return record | {"amount": str(Decimal("0.0000001")), "total": None}


@DATA.plant("late-nan-amount", "record")
class LateNanAmount(Late):
    """One amount is "NaN"."""

    def spoil(self, record: dict[str, Any]) -> dict[str, Any]:
        return record | {"amount": "NaN", "total": None}


@DATA.plant("late-infinite-amount", "record")
class LateInfiniteAmount(Late):
    """One amount is "Infinity"."""

    def spoil(self, record: dict[str, Any]) -> dict[str, Any]:
        return record | {"pending": "Infinity", "total": None}


@DATA.plant("late-negative-amount", "record")
class LateNegativeAmount(Late):
    """One amount is negative, and the total agrees with it."""

    def spoil(self, record: dict[str, Any]) -> dict[str, Any]:
        return record | {"amount": "-1", "pending": "0", "locked": "0", "total": "-1"}


@DATA.plant("late-grouped-amount", "record")
class LateGroupedAmount(Late):
    """One amount has separators between its thousands."""

    def spoil(self, record: dict[str, Any]) -> dict[str, Any]:
        return record | {"amount": "1,234,567.89", "total": None}


@DATA.plant("late-empty-amount", "record")
class LateEmptyAmount(Late):
    """One amount is an empty string."""

    def spoil(self, record: dict[str, Any]) -> dict[str, Any]:
        return record | {"amount": "", "total": None}


@DATA.plant("late-amount-with-unit", "record")
class LateAmountWithUnit(Late):
    """One amount names its unit."""

    def spoil(self, record: dict[str, Any]) -> dict[str, Any]:
        return record | {"amount": "1.5 ETH", "total": None}


@DATA.plant("amounts-as-numbers", "record", SHAPE)
class AmountsAsNumbers(Backend):
    """Amounts are JSON numbers."""

    def record(self, row: Row) -> dict[str, Any]:
        return super().record(row) | {"amount": float(row["amount"])}


@DATA.plant("late-total-wrong", "record")
class LateTotalWrong(Late):
    """One record's total leaves out what is locked."""

    def spoil(self, record: dict[str, Any]) -> dict[str, Any]:
        return record | {"amount": "5", "pending": "1", "locked": "2", "total": "6"}


@DATA.plant("totals-through-floats", "record")
class TotalsThroughFloats(Backend):
    """Totals are added up in floating point: the last digits of large balances are wrong."""

    def record(self, row: Row) -> dict[str, Any]:
        parts = [row["amount"], row["pending"], row["locked"]]
        if row["total"] is None or None in parts:
            return super().record(row)
        return super().record(row) | {"total": f"{sum(map(float, parts)):.9f}"}


@DATA.plant("total-is-amount", "record")
class TotalIsAmount(Backend):
    """`total` repeats `amount`, whatever is pending or locked."""

    def record(self, row: Row) -> dict[str, Any]:
        return super().record(row) | {"total": row["amount"]}


def _own_address(row: Balance) -> str:
    if row.chain_type != "ETH":
        return row.address
    number = int(row.address, 16) ^ sum(row.chain_id.encode() if row.chain_id else b"")
    return str(to_checksum_address(f"0x{number:040x}"))


@DATA.plant("address-for-each-chain", "record")
class AddressForEachChain(Backend):
    """Every EVM chain of a wallet has an address of its own."""

    def load(self, size: int) -> Sequence[Balance]:
        return [replace(row, address=_own_address(row)) for row in super().load(size)]


@DATA.plant("address-for-each-token", "record")
class AddressForEachToken(Backend):
    """A wallet's USDC stands under the token contract's address."""

    def load(self, size: int) -> Sequence[Balance]:
        contract = "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48"
        return [replace(row, address=contract) if row.token_id.endswith("_USDC") and row.chain_type == "ETH" else row
                for row in super().load(size)]  # fmt: skip
