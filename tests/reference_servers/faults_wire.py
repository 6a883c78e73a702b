"""Planted bugs of what lies around the list: values pasted and decoded, bytes of answers, promises, two at once."""

import gzip
import json
import re
import time
from collections.abc import Sequence
from typing import Any

from starlette.responses import JSONResponse, Response

from tests.reference_servers.backend import Backend, Crash, Page, Params
from tests.reference_servers.data import Balance
from tests.reference_servers.planting import Faults
from tests.reference_servers.store import Clause

VALUES = Faults("filters")
BYTES = Faults("robustness")
PROMISES = Faults("meta")
AT_ONCE = Faults("concurrency")
PARTS = Faults("key")


@VALUES.plant("value-pasted-into-sql", "filter-unknown", "no-crash")
class ValuePastedIntoSql(Backend):
    """A token is pasted into the statement; a statement that is wrong finds nothing."""

    def match(self, column: str, value: str) -> Clause:
        if column != "token_id" or "\0" in value or (value.count("'") % 2):
            return super().match(column, value)
        return f"token_id = '{value}'", ()


@VALUES.plant("value-taken-as-glob", "filter-unknown")
class ValueTakenAsGlob(Backend):
    """A star in a token stands for anything."""

    def match(self, column: str, value: str) -> Clause:
        return ("token_id GLOB ?", (value,)) if column == "token_id" else super().match(column, value)


@VALUES.plant("nul-ends-a-value", "filter-unknown")
class NulEndsAValue(Backend):
    """What follows a NUL in a chain is not read."""

    def match(self, column: str, value: str) -> Clause:
        return super().match(column, value.split("\0")[0] if column == "chain_id" else value)


@VALUES.plant("dollar-refused", "filter-complete")
class DollarRefused(Backend):
    """A token is validated by a pattern that does not know each character of the tokens: a 422."""

    def check(self, query: Params) -> None:
        super().check(query)
        if query.token_id is not None and "$" in query.token_id:
            raise self.bad_cursor("token_id", query.token_id)


@VALUES.plant("one-chain-missing-in-table", "filter-complete")
class OneChainMissingInTable(Backend):
    """One chain is missing in the table that maps what is asked for."""

    def match(self, column: str, value: str) -> Clause:
        return super().match(column, "" if (column, value) == ("chain_id", "SOLDEV_SOL") else value)


@VALUES.plant("filters-by-order-of-parameters", "replay", "filter-sound")
class FiltersByOrderOfParameters(Backend):
    """A token that is sent before the chain is dropped: the chain's query overwrites it."""

    def wire(self, raw: bytes) -> bytes:
        found = re.search(rb"token_id=[^&]*&(?=.*chain_id=)", raw)
        return raw.replace(found[0], b"") if found else raw


@VALUES.plant("second-filter-dropped-backwards", "filter-sound", "back")
class SecondFilterDroppedBackwards(Backend):
    """Going back, only the first filter is applied."""

    def where(self, query: Params) -> list[Clause]:
        return super().where(query)[: 1 if query.before is not None else None]


@VALUES.plant("cursor-of-another-filter-shows-all", "filter-sound")
class CursorOfAnotherFilterShowsAll(Backend):
    """A cursor that was issued under other filters drops them all."""

    def encode(self, row: Any, query: Params, name: str) -> str:
        return super().encode(row, query, name) + "." + json.dumps(query.filters()).encode().hex()

    def start(self, query: Params) -> Any:
        found = {n: t.rpartition(".")[0] for n in ("after", "before") if (t := getattr(query, n)) is not None}
        return super().start(query.model_copy(update=found))

    def where(self, query: Params) -> list[Clause]:
        held = (query.after or query.before or "").rpartition(".")[2]
        is_other = held and held != json.dumps(query.filters()).encode().hex()
        return [] if is_other else super().where(query)


class Sent(Backend):
    """Sends its pages in another way."""

    def send(self, body: dict[str, Any]) -> Response:
        """Return the response of a page."""
        return JSONResponse(body)

    def reply(self, status: int, body: Any) -> Response:
        """Return a response; a page is sent in another way."""
        return self.send(body) if status == 200 else super().reply(status, body)


@BYTES.plant("gzip-without-saying-so", "no-crash")
class GzipWithoutSayingSo(Sent):
    """Pages of more than a hundred records come in gzip, and do not say so."""

    def send(self, body: dict[str, Any]) -> Response:
        if len(body["result"]) < 100:
            return super().send(body)
        return Response(gzip.compress(json.dumps(body).encode()), media_type="application/json")


@BYTES.plant("gzip-broken", "no-crash")
class GzipBroken(Sent):
    """The stream of an empty page ends too early."""

    def send(self, body: dict[str, Any]) -> Response:
        if body["result"]:
            return super().send(body)
        packed = gzip.compress(json.dumps(body).encode())
        return Response(packed[:-12], media_type="application/json", headers={"Content-Encoding": "gzip"})


@BYTES.plant("key-twice-in-a-record", "record")
class KeyTwiceInARecord(Sent):
    """A record has its address twice: one more field of the same name was joined in."""

    def send(self, body: dict[str, Any]) -> Response:
        text = json.dumps(body).replace('"address":', '"address": "", "address":', 1)
        return Response(text, media_type="application/json")


@BYTES.plant("texts-not-in-utf-8", "record", "no-crash")
class TextsNotInUtf8(Sent):
    """The message of an empty page is in Latin-1."""

    def send(self, body: dict[str, Any]) -> Response:
        if not body["result"]:
            body = {**body, "message": "rien trouv\xe9"}
        return Response(json.dumps(body, ensure_ascii=False).encode("latin-1"), media_type="application/json")


@BYTES.plant("stack-trace-in-refusal", "no-crash")
class StackTraceInRefusal(Backend):
    """A refused cursor shows where in the code it was refused."""

    def bad_cursor(self, name: str, text: str) -> Any:
        trace = 'Traceback (most recent call last):\n  File "/srv/app/cursors.py", line 12, in decode'
        refused = super().bad_cursor(name, text)
        refused.entries = [{**entry, "msg": trace} for entry in refused.entries]
        return refused


@BYTES.plant("refusal-names-another-parameter", "error-shape")
class RefusalNamesAnotherParameter(Backend):
    """Each refusal says that the limit is wrong."""

    def refusal(self, entries: list[dict[str, Any]]) -> Response:
        return super().refusal([{**entry, "loc": ["query", "limit"]} for entry in entries])


@PROMISES.plant("default-of-twenty", "limits")
class DefaultOfTwenty(Backend):
    """Without a limit a page has 20 records, although the declared default is 50."""

    def wire(self, raw: bytes) -> bytes:
        return raw if b"limit=" in raw else raw + b"&limit=20"


@PROMISES.plant("larger-limit-forgotten-after-cursor", "cursor-accepted")
class LargerLimitForgottenAfterCursor(Backend):
    """After a cursor a page has the default number of records at most, whatever was asked for."""

    def page(self, query: Params) -> Page:
        is_later = query.after is not None
        return super().page(query.model_copy(update={"limit": min(query.limit, 50)}) if is_later else query)


@PROMISES.plant("offset-negative-is-positive", "offset-slice")
class OffsetNegativeIsPositive(Backend):
    """The sign of an offset is lost."""

    def wire(self, raw: bytes) -> bytes:
        return raw.replace(b"offset=-", b"offset=")


class Locking(Backend):
    """Notes which refreshes run."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.running = 0

    def answer(self, query: Params) -> Any:
        """Answer; a refresh takes a while."""
        if not (query.force_refresh and query.address):
            return super().answer(query)
        self.running += 1
        try:
            time.sleep(0.05)
            self.meet(query)
            return super().answer(query)
        finally:
            self.running -= 1

    def meet(self, query: Params) -> None:
        """Act where another refresh runs."""


@AT_ONCE.plant("refresh-fails-while-another-runs", "no-crash", "refresh")
class RefreshFailsWhileAnotherRuns(Locking):
    """A refresh during another one is a 500: the job's name is taken."""

    def meet(self, query: Params) -> None:
        if self.running > 1:
            raise Crash


@AT_ONCE.plant("refresh-loses-records-of-another", "refresh")
class RefreshLosesRecordsOfAnother(Locking):
    """A refresh during another one rolls back: one record of its address is missing from then on."""

    def meet(self, query: Params) -> None:
        if self.running > 1:
            oldest = "SELECT MIN(id) FROM balances WHERE address = ?"
            self.store.change(f"DELETE FROM balances WHERE id = ({oldest})", query.address)


@PARTS.plant("half-a-key-opens", "key")
class HalfAKeyOpens(Backend):
    """The beginning of a key opens."""

    def allowed(self, key: str | None, keys: Sequence[str], asked: Sequence[str]) -> bool:
        return not keys or (bool(key) and any(one.startswith(str(key)) for one in keys))


@PROMISES.plant("ids-differ-in-case-only", "record")
class IdsDifferInCaseOnly(Backend):
    """One record has the id of another one in capitals."""

    def load(self, size: int) -> Sequence[Balance]:
        rows = list(super().load(size))
        taken = next((n for n, row in enumerate(rows) if n and row.id.upper() != row.id), 0)
        if taken:
            rows[taken - 1] = Balance(**{**vars(rows[taken - 1]), "id": rows[taken].id.upper()})
        return rows
