"""The laws that every list is held to, as functions over what was seen of it.

Pure: a law sends nothing; it reads a `Survey` and gives cases. ``LAWS`` is the one list of their names, in the order of
SEMANTICS.md, section 3: docs and output are checked against it.
"""

from __future__ import annotations

from collections.abc import Sequence

from mockserver.judge.laws.again import back, offset_slice, replay
from mockserver.judge.laws.filters import (
    filter_complete,
    filter_sound,
    filter_unknown,
    needs_filters,
    needs_total,
    total,
)
from mockserver.judge.laws.paging import (
    cursor_accepted,
    has_more,
    limit_free,
    needs_before,
    needs_cursor,
    needs_limit,
    needs_offset,
    no_repeat,
    page_size,
    walk_ends,
)
from mockserver.judge.laws.records import needs_refresh, record, refresh
from mockserver.judge.laws.requests import both_cursors, error_shape, key, limits, needs_both, needs_key, no_crash
from mockserver.judge.laws.verdicts import Breach, Case, Kept, Law, Note, Status, Verdict, verdict
from mockserver.judge.survey import Survey

_WALKS = ("base", "default", "small", "filters", "pairs", "sizes", "back", "values", "offsets", "far")
_FILTERS = ("filters", "pairs", "values", "unknown", "offsets", "refresh")

_ALL = (
    Law("page-size", "a page has at most as many records as were asked for", page_size, (), steady=False),
    Law("no-repeat", "a walk never shows an id twice", no_repeat, _WALKS),
    Law("walk-ends", "a walk ends, and no cursor comes twice", walk_ends, _WALKS),
    Law(
        "has-more",
        "has_more is true where records follow, and false where none do",
        has_more,
        _WALKS,
        applies=needs_cursor,
    ),
    Law("cursor-accepted", "a cursor that the server issued works", cursor_accepted, _WALKS, applies=needs_cursor),
    Law(
        "limit-free",
        "the walk is the same at any page size",
        limit_free,
        ("base", "default", "small", "sizes", "back"),
        applies=needs_limit,
    ),
    Law("replay", "the same request gives the same page", replay, ("replays", "crowd")),
    Law(
        "back", "walking back meets the same records in the same order", back, ("back", "filters"), applies=needs_before
    ),
    Law("total", "the total is the number of records", total, _WALKS, applies=needs_total),
    Law(
        "filter-sound", "every record matches every filter", filter_sound, _FILTERS, steady=False, applies=needs_filters
    ),
    Law(
        "filter-complete",
        "a filtered walk is the whole walk restricted",
        filter_complete,
        _FILTERS,
        applies=needs_filters,
    ),
    Law(
        "filter-unknown",
        "an unknown value gives no records",
        filter_unknown,
        ("unknown",),
        steady=False,
        applies=needs_filters,
    ),
    Law("offset-slice", "offset=k is the walk from k", offset_slice, ("offsets",), applies=needs_offset),
    Law(
        "limits",
        "the page size stays within its bounds",
        limits,
        ("base", "limits", "sizes"),
        steady=False,
        applies=needs_limit,
    ),
    Law("no-crash", "nothing that is sent makes the server fail", no_crash, (), steady=False, main=("hostile",)),
    Law("both-cursors", "two cursors at once are refused, or one wins", both_cursors, ("both",), applies=needs_both),
    Law(
        "refresh",
        "a refresh keeps the list and moves no time backwards",
        refresh,
        ("refresh",),
        applies=needs_refresh,
        repeatable=False,
    ),
    Law("record", "every record is what the contract says", record, (), steady=False),
    Law("error-shape", "a documented 4xx has the documented body", error_shape, (), steady=False),
    Law("key", "without its key nothing is answered", key, ("keys",), steady=False, applies=needs_key),
)

LAWS: dict[str, Law] = {one.name: one for one in _ALL}
"""Every law by its name."""

__all__ = ["LAWS", "Breach", "Case", "Kept", "Law", "Note", "Status", "Verdict", "judge"]


def judge(survey: Survey, names: Sequence[str] | None = None) -> tuple[Verdict, ...]:
    """The verdict of every law on a survey (or of those named, in the laws' own order)."""
    return tuple(verdict(one, survey) for one in _ALL if names is None or one.name in names)
