"""Planted bugs of requests that nobody expected: most of them end in a 500."""

import re
from typing import Any

from starlette.responses import Response

from tests.reference_servers.backend import Backend, Crash, Page, Params, Refused, unpack
from tests.reference_servers.planting import Faults

ROBUSTNESS = Faults("robustness")
CRASH = ("no-crash", "not_a_server_error")


class CrashOn(Backend):
    """Answers 500 where the query string has something that was not thought of."""

    pattern = re.compile(r"(?!)")
    parameters: tuple[str, ...] = ("wallet_uuid", "chain_id", "address", "token_id", "after", "before")

    def answer(self, query: Params) -> Any:
        """Answer, unless a text matches the pattern."""
        for name in self.parameters:
            if self.pattern.search(str(getattr(query, name) or "")):
                raise Crash
        return super().answer(query)


@ROBUSTNESS.plant("nul-in-filter-crashes", *CRASH)
class NulInFilterCrashes(CrashOn):
    """The database refuses text that holds NUL: a 500."""

    pattern = re.compile("\x00")
    parameters = ("chain_id", "address", "token_id")


@ROBUSTNESS.plant("nul-in-cursor-crashes", *CRASH)
class NulInCursorCrashes(CrashOn):
    """A NUL in a cursor is a 500."""

    pattern = re.compile("\x00")
    parameters = ("after", "before")


@ROBUSTNESS.plant("non-ascii-cursor-crashes", *CRASH)
class NonAsciiCursorCrashes(CrashOn):
    """A cursor with a character beyond ASCII is a 500."""

    pattern = re.compile(r"[^\x00-\x7f]")
    parameters = ("after", "before")


@ROBUSTNESS.plant("non-ascii-filter-crashes", *CRASH)
class NonAsciiFilterCrashes(CrashOn):
    """A filter's value beyond ASCII is written to a Latin-1 log: a 500."""

    pattern = re.compile(r"[^\x00-\x7f]")
    parameters = ("chain_id", "address", "token_id")


@ROBUSTNESS.plant("long-cursor-crashes", *CRASH)
class LongCursorCrashes(CrashOn):
    """A cursor of more than a thousand characters is a 500."""

    pattern = re.compile(r"(?s).{1000}")
    parameters = ("after", "before")


@ROBUSTNESS.plant("malformed-cursor-crashes", *CRASH)
class MalformedCursorCrashes(Backend):
    """A cursor that is not base64 is a 500."""

    def bad_cursor(self, name: str, text: str) -> Refused:
        raise Crash


@ROBUSTNESS.plant("cut-cursor-crashes", *CRASH)
class CutCursorCrashes(Backend):
    """A cursor that lacks its last characters is good base64 but not good JSON: a 500. Others are refused."""

    def bad_cursor(self, name: str, text: str) -> Refused:
        if text.startswith("W") and re.fullmatch(r"[\w-]{8,}", text, re.ASCII):
            raise Crash
        return super().bad_cursor(name, text)


@ROBUSTNESS.plant("foreign-cursor-crashes", *CRASH)
class ForeignCursorCrashes(Backend):
    """A cursor that decodes to JSON of another shape is a 500; what does not decode is refused."""

    def bad_cursor(self, name: str, text: str) -> Refused:
        try:
            unpack(text)
        except ValueError:
            return super().bad_cursor(name, text)
        raise Crash


@ROBUSTNESS.plant("garbage-cursor-gives-everything", "page-size", "no-crash")
class GarbageCursorGivesEverything(Backend):
    """A cursor that is not known gives the whole list, without a limit."""

    def page(self, query: Params) -> Page:
        try:
            return super().page(query)
        except Refused:
            return self.bounded(self.store.select(self.where(query), self.order(False)), self.where(query))


@ROBUSTNESS.plant("huge-offset-crashes", *CRASH)
class HugeOffsetCrashes(Backend):
    """An offset beyond 32 bits is a 500."""

    def slice(self, query: Params, offset: int) -> Page:
        if offset > 2**31:
            raise Crash
        return super().slice(query, offset)


@ROBUSTNESS.plant("huge-limit-crashes", *CRASH)
class HugeLimitCrashes(Backend):
    """A limit of more than 18 digits is parsed before it is validated: a 500."""

    def refusal(self, entries: list[dict[str, Any]]) -> Response:
        huge = any(entry["loc"][-1] == "limit" and len(str(entry.get("input"))) > 18 for entry in entries)
        if huge:
            return self.reply(500, {"success": False, "error": "Internal server error", "suggestion": ""})
        return super().refusal(entries)


@ROBUSTNESS.plant("bad-wallet-crashes", *CRASH)
class BadWalletCrashes(Backend):
    """A `wallet_uuid` that is no UUID reaches the database's cast: a 500."""

    def refusal(self, entries: list[dict[str, Any]]) -> Response:
        if any(entry["loc"][-1] == "wallet_uuid" for entry in entries):
            return self.reply(500, {"success": False, "error": "Internal server error", "suggestion": ""})
        return super().refusal(entries)


@ROBUSTNESS.plant("unknown-chain-crashes", *CRASH)
class UnknownChainCrashes(Backend):
    """A chain that is not in the table of chains is a KeyError: a 500."""

    def match(self, column: str, value: str) -> tuple[str, tuple[Any, ...]]:
        if column == "chain_id" and not self.store.count([("chain_id = ?", (value,))]):
            raise Crash
        return super().match(column, value)


@ROBUSTNESS.plant("empty-list-crashes", *CRASH)
class EmptyListCrashes(Backend):
    """A list without records is a 500: its first record is read for the metadata."""

    def meta(self, query: Params, page: Page) -> dict[str, Any] | None:
        if not page.rows:
            raise Crash
        return super().meta(query, page)


@ROBUSTNESS.plant("last-page-crashes", *CRASH)
class LastPageCrashes(Backend):
    """The last page is a 500 where it is not full: the look-ahead row is read without asking."""

    def seek(self, query: Params) -> Page:
        page = super().seek(query)
        if query.after and not page.follows:
            raise Crash
        return page
