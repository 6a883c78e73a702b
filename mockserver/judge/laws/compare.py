"""Compares what a server gave with what a law expects, and words the difference, for several laws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.judge.exchange import Exchange
from mockserver.judge.laws.hidden import with_hidden
from mockserver.judge.survey import Survey, filter_text
from mockserver.judge.walk import Walk, smallest_page_size

_SHOWN_IDS = 3


def matches(item: Any, survey: Survey, filters: Mapping[str, str]) -> bool:
    """Return whether a record matches every filter. UUIDs and EVM addresses are compared without case."""
    targets, caseless = survey.semantics.filters, survey.profile.caseless
    return all(_equal(item, targets[name], value, caseless=name in caseless) for name, value in filters.items())


def _equal(item: Any, name: str, value: str, *, caseless: bool) -> bool:
    found = item.get(name) if isinstance(item, dict) else None
    if isinstance(found, list):
        return value in map(str, found)
    text = filter_text(item, name)
    if caseless or _has_no_case(value):
        return text.lower() == value.lower()
    return text == value


def _has_no_case(value: str) -> bool:
    """Return whether a value looks like a UUID or an EVM address."""
    digits = value.lower().replace("-", "").removeprefix("0x")
    return len(digits) in (32, 40) and all(digit in "0123456789abcdef" for digit in digits)


def expected_ids(survey: Survey, filters: Mapping[str, str]) -> tuple[str, ...]:
    """Return the ids of the base walk's records that match these filters, in list order."""
    key = tuple(filters.items())
    if key not in survey.ids_by_filters:
        records = zip(survey.base.ids, survey.base.items, strict=True)
        found = tuple(i for i, item in records if matches(item, survey, filters))
        survey.ids_by_filters[key] = with_hidden(found, survey, filters)
    return survey.ids_by_filters[key]


def difference(got: Sequence[str], expected: Sequence[str]) -> str:
    """Return how one run of ids differs from another, for people; empty if they are equal."""
    if list(got) == list(expected):
        return ""
    got_ids, expected_ids = set(got), set(expected)
    missing = [i for i in expected if i not in got_ids]
    extra = [i for i in got if i not in expected_ids]
    parts = []
    if missing:
        parts.append(f"{len(missing)} missing ({_some(missing)})")
    if extra:
        parts.append(f"{len(extra)} too many ({_some(extra)})")
    if parts:
        return ", ".join(parts)
    if len(got) != len(expected):
        return f"{len(got)} records instead of {len(expected)}: some are repeated"
    first = next(number for number, (a, b) in enumerate(zip(got, expected, strict=True), 1) if a != b)
    return f"the same records in another order (from record {first} on)"


def _some(ids: Sequence[str]) -> str:
    return ", ".join(ids[:_SHOWN_IDS]) + (", ..." if len(ids) > _SHOWN_IDS else "")


def disagreement(walk: Walk, expected: Sequence[str], *, to_end: bool) -> str:
    """Return how a walk from the list's beginning differs from the expected ids, for people; empty if it agrees.

    ``to_end`` says that ``expected`` goes to the list's end. A walk that was stopped is compared as far as it went.
    """
    got = walk.ids
    if walk.complete and (to_end or len(got) < len(expected)):
        return difference(got, expected)
    if to_end and walk.ending == "bounded" and len(walk.pages) == 1 and got == tuple(expected[-len(got) :]):
        # A page to which no other leads may as well hold the newest records of a list in the order of time.
        return ""
    common = min(len(got), len(expected))
    return difference(got[:common], expected[:common])


def around_difference(walk: Walk, expected: Sequence[str]) -> tuple[Exchange, ...]:
    """Return the exchanges on either side of the first difference."""
    position = 0
    for number, page in enumerate(walk.pages):
        if tuple(expected[position : position + len(page.ids)]) != page.ids:
            return tuple(p.exchange for p in walk.pages[max(0, number - 1) : number + 1])
        position += len(page.ids)
    return tuple(page.exchange for page in walk.pages[-1:])


def requested_size(exchange: Exchange, survey: Survey) -> int | None:
    """Return the page size that a request asked for, or the default; ``None`` if it is out of range or not a number."""
    semantics = survey.semantics
    values = [value for name, value in exchange.query if name == semantics.limit]
    if not values:
        return semantics.declared_default_limit
    value = values[0]
    is_plain = len(values) == 1 and value.isascii() and value.isdigit() and len(value) < 10
    if is_plain and smallest_page_size(semantics) <= int(value) <= (semantics.declared_max_limit or int(value)):
        return int(value)
    return None


def filters_text(filters: Mapping[str, str]) -> str:
    """Return filters for people."""
    return " and ".join(f"{name}={value}" for name, value in filters.items()) or "no filter"


def sizes_text(walk: Walk) -> str:
    """Return the page sizes of a walk for people."""
    sizes = ", ".join("default" if size is None else str(size) for size in walk.sizes)
    return f"page size {sizes}" if len(walk.sizes) == 1 else f"page sizes {sizes}"
