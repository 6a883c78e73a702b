"""Cursors: they can be decoded where they belong, and every other text is refused with the reason."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mockserver.errors import CursorError
from mockserver.mock.lists.cursors import Binding, canonical_filters, decode_cursor, encode_cursor
from mockserver.mock.lists.pagination import page_from, page_until

BINDING = Binding("list_things", "0123456789ab", canonical_filters({"colour": ("red",)}))
ORDINALS = st.integers(0, 2**64 - 1)


@given(ORDINALS)
def test_decoding_a_cursor_gives_its_ordinal(ordinal: int) -> None:
    cursor = encode_cursor(ordinal, BINDING)
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,200}", cursor)
    assert decode_cursor(cursor, BINDING) == ordinal


def test_a_cursor_is_the_same_in_every_process_and_release() -> None:
    assert encode_cursor(49, BINDING) == "17Xz00oBX32VBQ-E0mbMS1R8wMf8rFkHeOGU2Ly7"


ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def test_a_changed_character_is_detected() -> None:
    cursor = encode_cursor(7, BINDING)
    for index, original in enumerate(cursor):
        for letter in ALPHABET.replace(original, ""):
            with pytest.raises(CursorError) as caught:
                decode_cursor(cursor[:index] + letter + cursor[index + 1 :], BINDING)
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
def test_random_text_is_refused(text: str) -> None:
    with pytest.raises(CursorError) as caught:
        decode_cursor(text, BINDING)
    assert caught.value.reason in ("malformed", "altered")


@pytest.mark.parametrize(
    ("other", "reason", "word"),
    [
        (Binding("other", BINDING.world, BINDING.filters), "operation", "operation"),
        (Binding(BINDING.operation, "ffffffffffff", BINDING.filters), "seed", "seed"),
        (Binding(BINDING.operation, BINDING.world, canonical_filters({})), "filters", "filters"),
        (Binding(BINDING.operation, BINDING.world, canonical_filters({"colour": ("blue",)})), "filters", "filters"),
    ],
)
def test_a_cursor_of_another_query_is_refused_with_the_reason(other: Binding, reason: str, word: str) -> None:
    with pytest.raises(CursorError, match=word) as caught:
        decode_cursor(encode_cursor(7, other), BINDING)
    assert caught.value.reason == reason


def test_faulty_filters_are_not_compared() -> None:
    faulty = Binding(BINDING.operation, BINDING.world, None)
    assert decode_cursor(encode_cursor(7, BINDING), faulty) == 7
    with pytest.raises(ValueError, match="unknown filters"):
        encode_cursor(7, faulty)


def test_canonical_filters_depend_on_values_and_types_but_not_on_their_order() -> None:
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
def test_a_cursor_remains_valid_without_its_record(present: set[int], removed: set[int], at: int, limit: int) -> None:
    """If the record of a cursor was removed, the page still has what follows or precedes its place."""
    remaining = sorted(present - removed)
    ordinal = decode_cursor(encode_cursor(at, BINDING), BINDING)
    forward = page_from(len(remaining), limit, sum(o < ordinal + 1 for o in remaining))
    backward = page_until(len(remaining), limit, sum(o < ordinal for o in remaining))
    assert remaining[forward.start : forward.stop] == [o for o in remaining if o > at][:limit]
    assert remaining[backward.start : backward.stop] == [o for o in remaining if o < at][-limit:]
