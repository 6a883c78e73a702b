"""Compares what records hold at one page size with what they hold at another."""

from __future__ import annotations

from collections import Counter
from typing import Any

from mockserver.judge.laws.compare import sizes_text
from mockserver.judge.laws.law import PASSED, Case, Cases, Finding
from mockserver.judge.survey import Survey
from mockserver.judge.volatile import steady
from mockserver.judge.walk import ReceivedPage, Walk

_Known = dict[str, tuple[Any, ReceivedPage]]
"""The records of the base walk by id, with the page of each."""


def other_content(walk: Walk, survey: Survey) -> Cases:
    """Check that the records of a walk hold what they hold in the base walk; of each page one case."""
    counts = Counter(survey.base.ids)
    known: _Known = {
        i: (item, page)
        for page in survey.base.pages
        for i, item in zip(page.ids, page.items, strict=True)
        if counts[i] == 1
    }
    for page in walk.pages:
        yield _page_case(page, known, walk, survey)


def _page_case(page: ReceivedPage, known: _Known, walk: Walk, survey: Survey) -> Case:
    for i, item in zip(page.ids, page.items, strict=True):
        if i not in known:
            continue
        before, where = known[i]
        one, other = steady(item, survey.volatile), steady(before, survey.volatile)
        if one != other:
            got, expected = f"{i}: {_shown(one, other)}", f"{_shown(other, one)}, as with {sizes_text(survey.base)}"
            fact = f"a record holds something else at {sizes_text(walk)}"
            return Finding(fact, got, expected, (where.exchange, page.exchange))
    return PASSED


def _shown(record: Any, other: Any) -> str:
    """Return what a record has otherwise than another one, for people."""
    if not isinstance(record, dict) or not isinstance(other, dict):
        return repr(record)
    names = [name for name in {**record, **other} if record.get(name, ...) != other.get(name, ...)]
    return ", ".join(f"{name}: {record[name]!r}" if name in record else f"no {name}" for name in names[:3])
