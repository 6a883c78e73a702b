"""Page arithmetic and cursors, against a plain list that is sliced."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mockserver.errors import CursorError
from mockserver.mock.lists.pagination import (
    Binding,
    canonical_filters,
    decode_cursor,
    encode_cursor,
    page_from,
    page_until,
)

BINDING = Binding("list_things", "0123456789ab", canonical_filters({"colour": ("red",)}))
ORDINALS = st.integers(0, 2**64 - 1)
COUNTS = st.integers(0, 40)


@given(count=COUNTS, limit=st.integers(1, 50), start=st.integers(0, 60))
@example(count=3, limit=2, start=2**63 - 1)
def test_a_page_from_a_rank_is_that_slice_of_the_list(count: int, limit: int, start: int) -> None:
    everything = list(range(count))
    page = page_from(count, limit, start)
    assert everything[page.start : page.stop] == everything[start : start + limit]
    assert page.has_more == (start + limit < count)
    assert page.follows == (start + limit < count)
    assert page.precedes == (0 < start < count)


@given(count=COUNTS, limit=st.integers(1, 50), stop=st.integers(0, 60))
def test_a_page_until_a_rank_is_the_run_that_ends_there(count: int, limit: int, stop: int) -> None:
    before = list(range(count))[:stop]
    page = page_until(count, limit, stop)
    assert list(range(page.start, page.stop)) == before[-limit:]
    assert page.has_more == (len(before) > limit), "backwards, has_more looks backwards"


def test_an_empty_page_has_nothing_around_it() -> None:
    for page in (page_from(10, 5, 10), page_from(0, 5, 0), page_until(10, 5, 0)):
        assert (page.empty, page.has_more, page.follows, page.precedes) == (True, False, False, False)


@given(COUNTS, st.integers(1, 7))
def test_following_pages_shows_each_record_once(count: int, limit: int) -> None:
    seen: list[int] = []
    for _ in range(count + 2):
        page = page_from(count, limit, len(seen))
        seen += range(page.start, page.stop)
        if not page.has_more:
            break
    assert seen == list(range(count))


@given(ORDINALS)
def test_a_cursor_gives_its_ordinal_back(ordinal: int) -> None:
    cursor = encode_cursor(ordinal, BINDING)
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,200}", cursor)
    assert decode_cursor(cursor, BINDING) == ordinal


def test_a_cursor_is_the_same_in_every_process_and_release() -> None:
    assert encode_cursor(49, BINDING) == "17Xz00oBX32VBQ-E0mbMS1R8wMf8rFkHeOGU2Ly7"


ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def test_any_one_changed_character_is_noticed() -> None:
    cursor = encode_cursor(7, BINDING)
    for place, was in enumerate(cursor):
        for letter in ALPHABET.replace(was, ""):
            with pytest.raises(CursorError) as caught:
                decode_cursor(cursor[:place] + letter + cursor[place + 1 :], BINDING)
            assert caught.value.reason == "altered"


@given(ORDINALS, st.data())
def test_a_cut_or_lengthened_cursor_is_malformed(ordinal: int, data: st.DataObject) -> None:
    cursor = encode_cursor(ordinal, BINDING)
    cut = data.draw(st.integers(0, len(cursor) - 1))
    for text in (cursor[:cut], cursor[cut + 1 :], cursor + "A", cursor * 2):
        with pytest.raises(CursorError) as caught:
            decode_cursor(text, BINDING)
        assert caught.value.reason == "malformed"


@given(st.text(max_size=60) | st.text(min_size=40, max_size=40))
@example("é" * 40)
@example("\ud800" * 40)
@example("\x00" * 40)
@example("A" * 40)
@example("A" * 39 + "\n")
def test_no_random_text_is_a_cursor(text: str) -> None:
    with pytest.raises(CursorError) as caught:
        decode_cursor(text, BINDING)
    assert caught.value.reason in ("malformed", "altered")


@pytest.mark.parametrize(
    ("foreign", "reason", "word"),
    [
        (Binding("other", BINDING.world, BINDING.filters), "operation", "operation"),
        (Binding(BINDING.operation, "ffffffffffff", BINDING.filters), "seed", "seed"),
        (Binding(BINDING.operation, BINDING.world, canonical_filters({})), "filters", "filters"),
        (Binding(BINDING.operation, BINDING.world, canonical_filters({"colour": ("blue",)})), "filters", "filters"),
    ],
)
def test_a_foreign_cursor_is_refused_with_the_reason(foreign: Binding, reason: str, word: str) -> None:
    with pytest.raises(CursorError, match=word) as caught:
        decode_cursor(encode_cursor(7, foreign), BINDING)
    assert caught.value.reason == reason


def test_filters_that_are_not_known_are_not_compared() -> None:
    faulty = Binding(BINDING.operation, BINDING.world, None)
    assert decode_cursor(encode_cursor(7, BINDING), faulty) == 7
    with pytest.raises(ValueError, match="not known"):
        encode_cursor(7, faulty)


def test_filters_are_one_whatever_their_order_and_differ_by_value_and_type() -> None:
    assert canonical_filters({"a": (1,), "b": ("x",)}) == canonical_filters({"b": ("x",), "a": (1,)})
    different: list[dict[str, Any]] = [
        {},
        {"a": ("1",)},
        {"a": (1,)},
        {"a": (True,)},
        {"b": ("1",)},
        {"a": ("1",), "b": ("1",)},
    ]
    assert len({canonical_filters(f) for f in different}) == len(different)


@given(
    st.sets(st.integers(0, 30)),
    st.sets(st.integers(0, 30)),
    st.integers(0, 30),
    st.integers(1, 10),
)
def test_a_cursor_outlives_its_record(present: set[int], vanished: set[int], at: int, limit: int) -> None:
    """The record of a cursor may be gone: the page still holds what lies beyond its place."""
    left = sorted(present - vanished)
    ordinal = decode_cursor(encode_cursor(at, BINDING), BINDING)
    forward = page_from(len(left), limit, sum(o < ordinal + 1 for o in left))
    backward = page_until(len(left), limit, sum(o < ordinal for o in left))
    assert left[forward.start : forward.stop] == [o for o in left if o > at][:limit]
    assert left[backward.start : backward.stop] == [o for o in left if o < at][-limit:]
