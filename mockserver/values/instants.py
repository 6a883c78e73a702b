"""Points in time as RFC 3339 writes them, and the mock's clock, which all times of a world precede."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from mockserver.errors import OptionError

Clock = Callable[[], datetime]
"""Returns the current time of the mock, as an aware datetime."""

DEFAULT_CLOCK = datetime(2025, 1, 15, 12, tzinfo=UTC)
"""The time that the mock's clock shows by default. All times in a world are before it."""

_MIDNIGHT = DEFAULT_CLOCK.replace(hour=0)
_NOON = int((DEFAULT_CLOCK - _MIDNIGHT).total_seconds())
_MINUTES = tuple(f"T{minute // 60:02}:{minute % 60:02}:" for minute in range(24 * 60))


def instant(age: int) -> str:
    """Return the time ``age`` seconds before `DEFAULT_CLOCK` as RFC 3339 in UTC, without a fraction."""
    day, second = divmod(_NOON - age, 24 * 3600)
    return f"{_date(day)}{_MINUTES[second // 60]}{second % 60:02}Z"


@lru_cache(1024)
def _date(day: int) -> str:
    """Return the date that is ``day`` days after the day of the default clock (negative: before it)."""
    return (_MIDNIGHT + timedelta(days=day)).strftime("%Y-%m-%d")


def parse_instant(text: object) -> datetime | None:
    """Return an RFC 3339 date-time as an aware datetime in UTC, or ``None`` for anything else."""
    if not isinstance(text, str) or len(text) < len("2025-01-15T12:00:00Z") or text[10] not in "Tt ":
        return None
    try:
        found = datetime.fromisoformat(text.upper())
        return found.astimezone(UTC) if found.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def format_instant(when: datetime) -> str:
    """Return an aware datetime as RFC 3339 in UTC with ``Z``; with a fraction of a second only if it is not zero."""
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z")


def read_clock(option: str) -> Clock:
    """Return the clock that an option names: ``fixed``, ``live``, or the RFC 3339 time that it always shows.

    Raises `OptionError` for anything else.
    """
    if option == "live":
        return lambda: datetime.now(UTC)
    fixed_time = DEFAULT_CLOCK if option == "fixed" else parse_instant(option)
    if fixed_time is None:
        raise OptionError(f"got the clock '{option}', expected 'fixed', 'live', or a time such as 2025-01-15T12:00:00Z")
    return lambda: fixed_time
