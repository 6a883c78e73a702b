"""Times by their age, compared with datetime arithmetic."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from mockserver.values.instants import DEFAULT_CLOCK, instant


@given(st.integers(-(10**9), 10**9))
def test_an_instant_is_the_default_clock_minus_its_age(age: int) -> None:
    assert instant(age) == (DEFAULT_CLOCK - timedelta(seconds=age)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_the_default_clock_does_not_change() -> None:
    # Another clock changes the world of every user: raise `world.build.VERSION` and renew the golden files.
    assert instant(0) == "2025-01-15T12:00:00Z"
    assert DEFAULT_CLOCK.isoformat() == "2025-01-15T12:00:00+00:00"
