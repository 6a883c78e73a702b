"""Times as text, and the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.errors import OptionError
from mockserver.values.instants import DEFAULT_CLOCK, format_instant, instant, parse_instant, read_clock


@given(st.integers(-(10**9), 10**9))
def test_an_instant_is_the_default_clock_minus_its_age(age: int) -> None:
    assert instant(age) == (DEFAULT_CLOCK - timedelta(seconds=age)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_the_default_clock_does_not_change() -> None:
    # Another clock changes the world of every user: raise `world.build.VERSION` and renew the golden files.
    assert instant(0) == "2025-01-15T12:00:00Z"
    assert DEFAULT_CLOCK.isoformat() == "2025-01-15T12:00:00+00:00"


def test_the_clock_is_fixed_or_live() -> None:
    assert read_clock("fixed")() == DEFAULT_CLOCK
    assert read_clock("2030-02-03T04:05:06+01:00")() == datetime(2030, 2, 3, 3, 5, 6, tzinfo=UTC)
    before = datetime.now(UTC)
    assert before <= read_clock("live")() <= datetime.now(UTC)


@pytest.mark.parametrize("option", ["", "now", "2025-01-15", "2025-01-15T12:00:00", "2025-13-15T12:00:00Z", "FIXED"])
def test_any_other_clock_is_refused(option: str) -> None:
    with pytest.raises(OptionError, match=f"the clock '{option}'"):
        read_clock(option)


@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))])))
def test_formatting_and_parsing_an_instant_gives_the_same_instant(instant: datetime) -> None:
    try:
        text = format_instant(instant)
    except OverflowError:
        return
    assert text.endswith("Z")
    assert parse_instant(text) == instant
