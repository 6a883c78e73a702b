"""Views of a selection, compared with plain lists."""

from __future__ import annotations

from bisect import bisect_left

from hypothesis import given
from hypothesis import strategies as st

from mockserver.mock.scenarios.views import empty, one_page, shifting
from mockserver.world.selections import Ordinals

ORDINALS = st.lists(st.integers(0, 60), unique=True).map(sorted)


def check(view: object, expected: list[int]) -> None:
    """Check that a view is a selection with these ordinals."""
    assert view.count == len(expected)
    assert [view.ordinal(k) for k in range(len(expected))] == expected
    assert [view.rank(o) for o in range(70)] == [bisect_left(expected, o) for o in range(70)]


@given(ORDINALS, st.integers(1, 70))
def test_one_page_has_the_first_records(ordinals: list[int], limit: int) -> None:
    check(one_page(Ordinals(ordinals), limit), ordinals[:limit])


@given(ORDINALS, st.integers(1, 70))
def test_empty_has_no_records(ordinals: list[int], limit: int) -> None:
    check(empty(Ordinals(ordinals), limit), [])


@given(ORDINALS, st.integers(2, 9), st.integers(0, 8))
def test_shifting_hides_one_place_in_every_period(ordinals: list[int], period: int, place: int) -> None:
    place %= period
    expected = [o for k, o in enumerate(ordinals) if k % period != place]
    check(shifting(period, place)(Ordinals(ordinals), 5), expected)
