"""Seeded draws never change; permutations and UUIDs can be inverted."""

from __future__ import annotations

import uuid

from hypothesis import given
from hypothesis import strategies as st

from mockserver.values.seeded import Permutation, draw, read_uuid, write_uuid


def test_draws_do_not_change() -> None:
    # Another number changes the world of every user: raise `world.build.VERSION` and renew the golden files.
    assert draw("seed", "path", 1) == 314228583120431725559704837742296285991


def test_different_paths_give_different_draws() -> None:
    paths: list[tuple[str | int, ...]] = [("a", "b"), ("ab",), ("a,b",), ("a", ""), ("a",), (1,), ("1",), (1, 1), (11,)]
    assert len({draw("s", *p) for p in paths}) == len(paths)
    assert draw("s", "a") != draw("sa")


@given(st.data(), st.sampled_from([4, 48, 122, 160, 248]), st.text(max_size=3))
def test_a_permutation_can_be_inverted(data: st.DataObject, bits: int, seed: str) -> None:
    permutation = Permutation(bits, seed=seed, name="n")
    number = data.draw(st.integers(0, 2**bits - 1))
    assert 0 <= permutation(number) < 2**bits
    assert permutation.inverse(permutation(number)) == number
    assert permutation(permutation.inverse(number)) == number


def test_a_permutation_reaches_every_number_once() -> None:
    assert sorted(map(Permutation(8, seed="s", name="n"), range(256))) == list(range(256))
    assert len({Permutation(8, seed="s", name=n)(1) for n in "abcdefgh"}) > 4


@given(st.integers(0, 2**122 - 1))
def test_uuids_are_of_version_4_and_can_be_read(bits: int) -> None:
    text = write_uuid(bits)
    assert uuid.UUID(text).version == 4
    assert uuid.UUID(text).variant == uuid.RFC_4122
    assert read_uuid(text) == bits


@given(
    st.text(max_size=40)
    | st.just("x" * 36)
    | st.uuids(version=1).map(str)
    | st.uuids(version=4).map(lambda u: str(u).upper())
)
def test_other_texts_are_not_read_as_uuids(text: str) -> None:
    assert read_uuid(text) is None or write_uuid(read_uuid(text) or 0) == text
