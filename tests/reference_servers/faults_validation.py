"""Planted bugs of validation and of error bodies."""

import re
from typing import Any
from uuid import UUID

from pydantic import Field, field_validator
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from tests.reference_servers.backend import Backend, Page, Params, Refused
from tests.reference_servers.planting import Faults

VALIDATION = Faults("validation")
NEGATIVE = "negative_data_rejection"


class Wire(Backend):
    """Rewrites the query string by a pattern before it is validated."""

    pattern = rb"(?!)"
    becomes = b""

    def wire(self, raw: bytes) -> bytes:
        """Return the query string, rewritten."""
        return re.sub(self.pattern, self.becomes, raw)


@VALIDATION.plant("limit-zero-is-default", "limits", NEGATIVE)
class LimitZeroIsDefault(Wire):
    """`limit=0` is taken for "not given" (`limit or 50`)."""

    pattern = rb"\blimit=0(?=&|$)"


class NoMaximum(Params):
    """A limit without a maximum."""

    limit: int = Field(default=50, ge=1)


@VALIDATION.plant("limit-without-maximum", "limits", NEGATIVE, size=450)
class LimitWithoutMaximum(Backend):
    """A limit above the maximum is served as it is."""

    params = NoMaximum

    def page(self, query: Params) -> Page:
        return super().page(query.model_copy(update={"limit": min(query.limit, 2**62)}))


class NoMinimum(Params):
    """A limit without a minimum."""

    limit: int = Field(default=50, le=200)


@VALIDATION.plant("limit-negative-is-everything", "limits", NEGATIVE, size=450)
class LimitNegativeIsEverything(Backend):
    """A limit below 1 reaches the database, which takes it for "no limit"."""

    params = NoMinimum

    def page(self, query: Params) -> Page:
        return super().page(query.model_copy(update={"limit": 10**6}) if query.limit < 1 else query)


class LimitAnything(Params):
    """A limit that may be any text."""

    @field_validator("limit", mode="before")
    @classmethod
    def number(cls, value: Any) -> Any:
        """Read anything but a number as 200,000."""
        return value if re.fullmatch(r"\s*[-+]?\d+(\.0*)?\s*", str(value)) else 200_000

    limit: int = Field(default=50, ge=1, le=200_000)


@VALIDATION.plant("limit-text-is-everything", "limits", NEGATIVE, size=450)
class LimitTextIsEverything(Backend):
    """A limit that is no number gives everything."""

    params = LimitAnything

    def check(self, query: Params) -> None:
        if 200 < query.limit < 200_000:
            raise Refused.parameter("limit", "Input should be less than or equal to 200", query.limit)
        super().check(query)


class AnyWallet(Params):
    """A wallet id that may be any text."""

    @field_validator("wallet_uuid", mode="before")
    @classmethod
    def wallet(cls, value: Any) -> Any:
        """Read anything but a UUID as null."""
        try:
            return value and UUID(str(value))
        except ValueError:
            return None


@VALIDATION.plant("wallet-not-uuid-is-everything", NEGATIVE, "filter-unknown", "filter-sound")
class WalletNotUuidIsEverything(Backend):
    """A `wallet_uuid` that is no UUID is dropped: all wallets are listed."""

    params = AnyWallet


class LowOffset(Params):
    """An offset without a minimum."""

    offset: int | None = Field(default=None, le=2**63 - 1, ge=-(2**62))


@VALIDATION.plant("offset-negative-from-end", NEGATIVE)
class OffsetNegativeFromEnd(Backend):
    """A negative offset counts from the end, as slices do."""

    params = LowOffset

    def slice(self, query: Params, offset: int) -> Page:
        return super().slice(query, offset if offset >= 0 else max(0, self.store.count(self.where(query)) + offset))


class BadOffset(Params):
    """An offset that may be any text."""

    @field_validator("offset", mode="before")
    @classmethod
    def number(cls, value: Any) -> Any:
        """Read anything but a number as 0."""
        return value if value is None or re.fullmatch(r"\s*[-+]?\d+(\.0*)?\s*", str(value)) else 0


@VALIDATION.plant("offset-text-is-zero", NEGATIVE, "limits")
class OffsetTextIsZero(Backend):
    """An offset that is no number is taken for 0."""

    params = BadOffset


class AnyRefresh(Params):
    """A flag that is true unless it is false."""

    @field_validator("force_refresh", mode="before")
    @classmethod
    def truth(cls, value: Any) -> bool:
        """Read every other text as true."""
        return str(value).lower() not in {"false", "0", "no", "off", "f", "n", ""}


@VALIDATION.plant("refresh-any-text", NEGATIVE)
class RefreshAnyText(Backend):
    """`force_refresh` takes any text for true."""

    params = AnyRefresh


@VALIDATION.plant("error-string-detail", "error-shape")
class ErrorStringDetail(Backend):
    """The error's detail is one sentence instead of a list."""

    def refusal(self, entries: list[dict[str, Any]]) -> Response:
        return JSONResponse({"success": False, "error": {"detail": entries[0]["msg"]}}, 422)


@VALIDATION.plant("error-not-wrapped", "error-shape")
class ErrorNotWrapped(Backend):
    """The framework's own body goes out, without the envelope."""

    def refusal(self, entries: list[dict[str, Any]]) -> Response:
        return JSONResponse({"detail": entries}, 422)


@VALIDATION.plant("error-plain-text", "error-shape", "content_type_conformance")
class ErrorPlainText(Backend):
    """Errors are plain text."""

    def refusal(self, entries: list[dict[str, Any]]) -> Response:
        return PlainTextResponse(str(entries[0]["msg"]), 422)


@VALIDATION.plant("error-page", "error-shape", "content_type_conformance")
class ErrorPage(Backend):
    """Errors are a proxy's HTML page."""

    def refusal(self, entries: list[dict[str, Any]]) -> Response:
        return HTMLResponse("<html><body><h1>422 Unprocessable Content</h1></body></html>", 422)


@VALIDATION.plant("error-success-true", "error-shape")
class ErrorSuccessTrue(Backend):
    """An error says `success: true`."""

    def refusal(self, entries: list[dict[str, Any]]) -> Response:
        return JSONResponse({"success": True, "error": {"detail": entries}}, 422)


@VALIDATION.plant("error-without-loc", "error-shape")
class ErrorWithoutLoc(Backend):
    """An error does not say where."""

    def refusal(self, entries: list[dict[str, Any]]) -> Response:
        return super().refusal([{name: value for name, value in entry.items() if name != "loc"} for entry in entries])


@VALIDATION.plant("error-loc-joined", "error-shape")
class ErrorLocJoined(Backend):
    """An error's place is a string with dots."""

    def refusal(self, entries: list[dict[str, Any]]) -> Response:
        return super().refusal([entry | {"loc": ".".join(map(str, entry["loc"]))} for entry in entries])


@VALIDATION.plant("error-empty-body", "error-shape")
class ErrorEmptyBody(Backend):
    """An error has no body."""

    def refusal(self, entries: list[dict[str, Any]]) -> Response:
        return Response(status_code=422, media_type="application/json")


@VALIDATION.plant("error-with-200", "record", "response_schema_conformance", NEGATIVE)
class ErrorWith200(Backend):
    """Errors have status 200; only the body says that it is one."""

    def refusal(self, entries: list[dict[str, Any]]) -> Response:
        return JSONResponse({"success": False, "error": {"detail": entries}}, 200)


@VALIDATION.plant("error-is-empty-list", NEGATIVE)
class ErrorIsEmptyList(Backend):
    """Bad input is answered with an empty list, as if nothing had been found."""

    def refusal(self, entries: list[dict[str, Any]]) -> Response:
        return JSONResponse(self.body(Params(), [], None), 200)


@VALIDATION.plant("error-with-400", "status_code_conformance")
class ErrorWith400(Backend):
    """Bad input gets a 400, which the contract does not know."""

    def refusal(self, entries: list[dict[str, Any]]) -> Response:
        return JSONResponse({"success": False, "error": {"detail": entries}}, 400)


class Clamped(Params):
    """A limit that is pulled into its range."""

    @field_validator("limit", mode="before")
    @classmethod
    def clamp(cls, value: Any) -> Any:
        """Return the nearest limit that is allowed; anything but a number stays as it is."""
        try:
            return max(1, min(200, int(str(value))))
        except ValueError:
            return value


@VALIDATION.plant("limits-clamped", "limits", NEGATIVE)
class LimitsClamped(Backend):
    """Limits above 200 are served as 200, those below 1 as 1; what is no number is refused."""

    params = Clamped
