"""Lists of all records, filtered by plain Python, to compare selections with."""

from __future__ import annotations

from bisect import bisect_left
from typing import Any

from mockserver.world.model import Dataset, Record


def all_records(data: Dataset) -> list[Record]:
    """Return all records, in list order."""
    return [data.record(i) for i in range(data.size)]


def matches(value: Any, wanted: Any) -> bool:
    """Return whether a record's value is the wanted one, or is a list that holds it; null matches nothing."""
    if isinstance(value, list):
        return wanted in value
    return value is not None and value == wanted and isinstance(value, bool) == isinstance(wanted, bool)


def check_selection(data: Dataset, records: list[Record], filters: dict[str, Any]) -> int:
    """Compare everything that a selection answers with the filtered list; return the count."""
    wanted = [i for i, r in enumerate(records) if all(matches(r[n], v) for n, v in filters.items())]
    found = data.select(filters)
    assert found.count == len(wanted), filters
    assert [found.ordinal(k) for k in range(found.count)] == wanted
    step = max(1, len(records) // 40)
    for ordinal in [*range(0, len(records) + 1, step), len(records), *wanted[:5]]:
        assert found.rank(ordinal) == bisect_left(wanted, ordinal)
    return found.count
