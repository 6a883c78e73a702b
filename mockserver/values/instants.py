"""The clock that all times of the world lie before, and instants by how long before it they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

DEFAULT_CLOCK = datetime(2025, 1, 15, 12, tzinfo=UTC)
"""The instant at which the mock's clock stands by default. Every time in the world lies before it."""

_MIDNIGHT = DEFAULT_CLOCK.replace(hour=0)
_NOON = int((DEFAULT_CLOCK - _MIDNIGHT).total_seconds())
_MINUTES = tuple(f"T{minute // 60:02}:{minute % 60:02}:" for minute in range(24 * 60))


def instant(age: int) -> str:
    """The instant that many seconds before `DEFAULT_CLOCK`, as RFC 3339 writes it in UTC, without a fraction."""
    day, second = divmod(_NOON - age, 24 * 3600)
    return f"{_date(day)}{_MINUTES[second // 60]}{second % 60:02}Z"


@lru_cache(1024)
def _date(day: int) -> str:
    """The date of the default clock's day (0), or of one before it (-1) or after it (1)."""
    return (_MIDNIGHT + timedelta(days=day)).strftime("%Y-%m-%d")
