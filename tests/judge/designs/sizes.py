"""Page sizes beyond the bounds, and what is no number: refused, clamped, served."""

from __future__ import annotations

import re
from typing import Any

from werkzeug.datastructures import MultiDict

from tests.judge.designs.design import Designs, Document, Made, application, document, envelope, query, records

DESIGNS = Designs()
REFUSAL = {"type": "object", "required": ["detail"], "properties": {"detail": {"type": "string"}}}


def sized(read: Any, *, refuses: bool = True, default: int = 10, **operation: Any) -> Made:
    """Return a list with a size from 1 to 20 that ``read`` makes of its text, and an offset."""
    things = records()

    def answer(args: MultiDict[str, str]) -> Document:
        size = read(args["limit"]) if "limit" in args else default
        offset = int(args.get("offset", "0"))
        if not 0 <= offset < 2**63 or not args.get("offset", "0").isdigit():
            raise ValueError("offset out of range")
        return {"items": things[offset : offset + size], "total": len(things)}

    parameters = [query("limit", "integer", minimum=1, maximum=20, default=10), query("offset", "integer", minimum=0)]
    made = document(parameters, envelope(total={"type": "integer"}), **operation)
    if refuses:
        get = made["paths"]["/things"]["get"]
        get["responses"]["422"] = {"description": "", "content": {"application/json": {"schema": REFUSAL}}}
    return made, application(answer)


def strict(text: str) -> int:
    """Return a size within the bounds."""
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or not 1 <= int(text) <= 20:
        raise ValueError("limit out of range")
    return int(text)


def clamped(text: str) -> int:
    """Return the nearest size; what is no number is refused."""
    return max(1, min(20, int(text)))


def leading_digits(text: str) -> int:
    """Return what PHP's intval and JavaScript's parseInt make of a text."""
    found = re.match(r"\d{1,9}", text, re.ASCII)
    return strict(found[0] if found else text)


def any_base(text: str) -> int:
    """Return what JavaScript's Number makes of a text."""
    return strict(str(int(text, 16))) if text.startswith("0x") else strict(text)


@DESIGNS.correct("refused")
def refused() -> Made:
    """What is out of range, or no number, is a documented 422."""
    return sized(strict)


@DESIGNS.correct("clamped-as-declared")
def clamped_as_declared() -> Made:
    """Sizes are clamped, and the contract says so."""
    declared: Document = {"x-list-semantics": {"over_limit": "clamp"}}
    return sized(clamped, **declared)


@DESIGNS.correct("clamped-where-no-refusal-is-documented")
def clamped_undocumented() -> Made:
    """Sizes are clamped, and the contract documents no refusal."""
    return sized(clamped, refuses=False)


@DESIGNS.correct("lenient-where-no-refusal-is-documented")
def lenient_undocumented() -> Made:
    """Sizes with text behind them are read, and the contract documents no refusal."""
    return sized(leading_digits, refuses=False)


@DESIGNS.faulty("clamped-in-silence", "limits")
def clamped_in_silence() -> Made:
    """Sizes are clamped though the contract documents a refusal."""
    return sized(clamped)


@DESIGNS.faulty("leading-digits", "limits")
def leading() -> Made:
    """`10abc` is taken for 10."""
    return sized(leading_digits)


@DESIGNS.faulty("hexadecimal", "limits")
def hexadecimal() -> Made:
    """`0x10` is taken for 16."""
    return sized(any_base)


@DESIGNS.faulty("default-too-short", "limits")
def default_too_short() -> Made:
    """Without a size, 5 records come; the declared default is 10."""
    return sized(strict, default=5)
