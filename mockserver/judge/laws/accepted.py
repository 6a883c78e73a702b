"""Recognises what correct lists do that looks like a fault at first: rests, repeats that are the data's, tokens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from mockserver.judge.laws.compare import disagreement, expected_ids, requested_size
from mockserver.judge.survey import Survey
from mockserver.judge.volatile import steady
from mockserver.judge.walk import ReceivedPage, Walk
from mockserver.semantics import BLOCK

_LONGEST_REST = 10
"""How many records may come along on a last page. More is no rest, but a page size that was ignored."""


def declares_meaning(survey: Survey) -> bool:
    """Return whether the contract declares what the list means, so that there is one right reading of it."""
    return any(BLOCK in reason for reason in survey.semantics.why.values())


def rest_that_comes_along(survey: Survey) -> int:
    """Return how many records the last page takes along at most (Django's orphans); 0 if it takes none.

    It has to be so each time: no walk may leave a last page that short.
    """
    rest, left = 0, []
    for walk in _forward_walks(survey):
        pages = [page for page in walk.pages if page.ids]
        size = requested_size(pages[-1].exchange, survey) if len(pages) > 1 else None
        if size is not None and walk.complete:
            rest = max(rest, len(pages[-1].ids) - size)
            left.append(len(pages[-1].ids))
    return rest if 0 < rest <= _LONGEST_REST and min(left) > rest else 0


def ends_list(page: ReceivedPage, survey: Survey) -> bool:
    """Return whether a page ends with the last record of its list, and was not reached backwards."""
    semantics = survey.semantics
    if not survey.base.complete or not page.ids or page.next is not None or page.has_more:
        return False
    if any(name == semantics.before for name, _ in page.exchange.query if name != semantics.after):
        return False
    ids = expected_ids(survey, filters_of(page, survey))
    return bool(ids) and page.ids[-1] == ids[-1]


def filters_of(page: ReceivedPage, survey: Survey) -> Mapping[str, str]:
    """Return the filters that a page was asked for with."""
    return {name: value for name, value in page.exchange.query if name in survey.semantics.filters}


def repeats_of_data(survey: Survey) -> frozenset[str]:
    """Return the ids that the list holds more than once: at the same places at every page size.

    Where the contract declares the identity it has to be one. Other records with the same id are a fault, and so are
    repeats that all stand next to each other, as a join makes them.
    """
    counts = Counter(survey.base.ids)
    repeated = frozenset(i for i, count in counts.items() if count > 1)
    if not repeated or BLOCK in survey.semantics.why.get("identity", ""):
        return frozenset()
    if _differ(survey) or not _stand_apart(survey.base.ids):
        return frozenset()
    others = [walk for walk in survey.walks if len(walk.pages) > 1 and len(walk.sizes) == 1]
    others = [walk for walk in others if walk.sizes != survey.base.sizes and repeated & _twice(walk)]
    agree = [not disagreement(walk, survey.base.ids, to_end=survey.base.complete) for walk in others]
    return repeated if agree and all(agree) else frozenset()


def _differ(survey: Survey) -> bool:
    """Return whether the base walk shows two records with one id that hold different things."""
    first: dict[str, Any] = {}
    records = zip(survey.base.ids, survey.base.items, strict=True)
    return any(
        steady(first.setdefault(i, item), survey.volatile) != steady(item, survey.volatile) for i, item in records
    )


def _stand_apart(ids: Sequence[str]) -> bool:
    """Return whether any id comes again after others."""
    runs = [i for i, _ in groupby(ids)]
    return len(set(runs)) < len(runs)


def _twice(walk: Walk) -> set[str]:
    return {i for i, count in Counter(walk.ids).items() if count > 1}


def tokens_sent_alone(survey: Survey) -> frozenset[str]:
    """Return the cursors that were refused with a page size, and carry the one that they were issued with."""
    semantics = survey.semantics
    return frozenset(
        value
        for exchange in survey.exchanges
        if exchange.refused and any(name == semantics.limit for name, _ in exchange.query)
        for name, value in exchange.query
        if name in semantics.cursors
    )


def _forward_walks(survey: Survey) -> Iterator[Walk]:
    yield survey.base
    yield from survey.walks
    yield from survey.filtered
