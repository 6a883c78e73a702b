"""Says how far a list was reached: through its pages, or no further than the first one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from mockserver.contract import non_null
from mockserver.judge.walk import ReceivedPage, Walk, forward_direction
from mockserver.semantics import ListSemantics


@dataclass(frozen=True)
class Reach:
    """How far a list was reached, and the reason, for people.

    ``walked``: to its end, or through several pages. ``single page``: the contract has no way to another page.
    ``first page``: there seems to be a way, but it was not understood.
    """

    kind: Literal["walked", "single page", "first page"]
    reason: str = ""


WALKED = Reach("walked")
SINGLE_PAGE = Reach("single page", "the contract has no way to a second page, and the first one is not the whole list")

_HOW_TO_DECLARE = "declare it with x-list-semantics (docs/contract.md)"


def reach_of(semantics: ListSemantics, base: Walk) -> Reach:
    """Return how far the base walk of a list went.

    One page is the whole list only where the answer or the contract says so; else nothing is known of what follows.
    """
    if len(base.pages) != 1 or forward_direction(semantics) is not None or _is_whole(base.pages[0], semantics):
        return WALKED
    signs = _signs_of_pages(semantics, base.pages[0])
    if not signs:
        return SINGLE_PAGE
    looked_for = (
        "a field or header with the next cursor or URL, and a parameter for a cursor, an offset or a page number"
    )
    reason = f"only the first page was reached: {', '.join(signs)}; looked for {looked_for}; {_HOW_TO_DECLARE}"
    return Reach("first page", reason)


def as_far_as_seen(walk: Walk, semantics: ListSemantics) -> Walk:
    """Return a walk that had no way to a second page as one that was stopped, unless its page is the whole list."""
    is_cut = len(walk.pages) == 1 and forward_direction(semantics) is None and not _is_whole(walk.pages[0], semantics)
    return replace(walk, ending="bounded") if is_cut else walk


def _is_whole(page: ReceivedPage, semantics: ListSemantics) -> bool:
    """Return whether a single page is said to be the whole list."""
    count = len(page.items)
    if page.has_more is not None:
        return not page.has_more
    if page.total is not None and semantics.total_kind == "exact":
        return page.total <= count
    return count < _size_that_must_be_served(page, semantics)


def _size_that_must_be_served(page: ReceivedPage, semantics: ListSemantics) -> int:
    """Return the page size that was asked for, if the contract says that it is served; else 1."""
    parameter = semantics.operation.parameter(semantics.limit) if semantics.limit is not None else None
    asked = next((value for name, value in page.exchange.query if name == semantics.limit), "")
    maximum = non_null(parameter.schema).get("maximum") if parameter is not None else None
    is_declared = maximum is not None and asked.isdigit() and int(asked) <= maximum
    return int(asked) if is_declared else 1


def _signs_of_pages(semantics: ListSemantics, page: ReceivedPage) -> list[str]:
    """Return what suggests that there is a way to a second page, for people."""
    parameters = [f"the parameter '{name}' takes a cursor" for name in semantics.cursors]
    fields = {"the next cursor": semantics.next_cursor, "whether more follows": semantics.has_more}
    named = [f"the field '{'.'.join(path)}' says {what}" for what, path in fields.items() if path is not None]
    linked = any(name.lower() == "link" and "next" in value for name, value in page.exchange.response_headers)
    return [*parameters, *named, *(["a Link header leads to a next page"] if linked else [])]
