"""Page arithmetic, compared with slices of a plain list."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from mockserver.mock.lists.pagination import page_from, page_until

COUNTS = st.integers(0, 40)


@given(count=COUNTS, limit=st.integers(1, 50), start=st.integers(0, 60))
@example(count=3, limit=2, start=2**63 - 1)
def test_a_page_from_a_rank_is_a_slice_of_the_list(count: int, limit: int, start: int) -> None:
    everything = list(range(count))
    page = page_from(count, limit, start)
    assert everything[page.start : page.stop] == everything[start : start + limit]
    assert page.has_more == (start + limit < count)
    assert page.follows == (start + limit < count)
    assert page.precedes == (0 < start < count)


@given(count=COUNTS, limit=st.integers(1, 50), stop=st.integers(0, 60))
def test_a_page_until_a_rank_ends_just_before_it(count: int, limit: int, stop: int) -> None:
    before = list(range(count))[:stop]
    page = page_until(count, limit, stop)
    assert list(range(page.start, page.stop)) == before[-limit:]
    assert page.has_more == (len(before) > limit), "for a page until a rank, has_more is about the records before it"


def test_nothing_follows_or_precedes_an_empty_page() -> None:
    for page in (page_from(10, 5, 10), page_from(0, 5, 0), page_until(10, 5, 0)):
        assert (page.empty, page.has_more, page.follows, page.precedes) == (True, False, False, False)


@given(COUNTS, st.integers(1, 7))
def test_a_walk_shows_each_record_once(count: int, limit: int) -> None:
    seen: list[int] = []
    for _ in range(count + 2):
        page = page_from(count, limit, len(seen))
        seen += range(page.start, page.stop)
        if not page.has_more:
            break
    assert seen == list(range(count))
