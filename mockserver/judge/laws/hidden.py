"""Recognises records that a plain list leaves out by default, and a filter shows: closed issues, canceled orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.judge.survey import Survey
from mockserver.judge.walk import Walk

_FEW = 3
"""How many values a property may have that says whether a record is hidden by default: a state, a flag."""


def with_hidden(expected: Sequence[str], survey: Survey, filters: Mapping[str, str]) -> tuple[str, ...]:
    """Return what a filter should give: the ``expected`` records of the plain list, and those that it hides by default.

    Hidden records have a value of their own in a property of few values, that no record of the plain list has; the
    others are all there, in their order.
    """
    if filters and survey.base.complete:
        for walk in survey.filtered:
            if walk.filters == filters and walk.complete and _shows_hidden(walk, expected, survey):
                return walk.ids
    return tuple(expected)


def _shows_hidden(walk: Walk, expected: Sequence[str], survey: Survey) -> bool:
    base = set(survey.base.ids)
    if all(identity in base for identity in walk.ids):
        return False
    known = [identity for identity in walk.ids if identity in base]
    pairs = zip(walk.ids, walk.items, strict=True)
    extra = [item for identity, item in pairs if identity not in base and isinstance(item, dict)]
    plain = [item for item in survey.base.items if isinstance(item, dict)]
    return known == list(expected) and len(set(walk.ids)) == len(walk.ids) and _stand_apart(extra, plain)


def _stand_apart(extra: Sequence[Mapping[str, Any]], plain: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether a property with few values tells the extra records from the plain ones."""
    for name in extra[0] if extra else ():
        ones, others = ({str(item.get(name)) for item in items} for items in (extra, plain))
        if not ones & others and len(ones) <= _FEW and len(others) <= _FEW:
            return True
    return False
