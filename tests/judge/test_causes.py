"""Causes of findings: the same in the next run, whatever the data."""

from __future__ import annotations

import pytest

from mockserver.judge.causes import cause_of, distinct, is_part_of, without_data
from mockserver.judge.exchange import Exchange
from mockserver.judge.laws import Finding
from tests.support.list_server import semantics


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a page holds more than was asked for", "a page holds more than was asked for"),
        ("offset=57 is not the walk from 57", "offset=... is not the walk from ..."),
        ("colour='red', which no record has, gives records", "colour='...', which no record has, gives records"),
        ("the walk differs at page sizes 2, 5, 1, 200", "the walk differs at some page size"),
        ("the walk differs at page size default", "the walk differs at some page size"),
        ("a page size of '0', below the minimum, is taken", "a page size of '...', below the minimum, is taken"),
        ("a 422 has another body", "a ... has another body"),
    ],
)
def test_data_is_left_out(text: str, left: str) -> None:
    assert without_data(text) == left


def cause(law: str, fact: str, *names: str) -> str:
    sent = Exchange(tuple((name, "1") for name in names), 200)
    return cause_of(law, Finding(fact, "", "", (Exchange((), 200), sent)), semantics())


def test_a_cause_names_the_parameters_of_the_last_request_but_not_its_page() -> None:
    assert cause("filter-sound", "no match", "shape", "limit", "colour") == "no match with colour, shape"
    assert cause("limit-free", "the walk differs at page size 7", "limit") == "the walk differs at some page size"


def test_a_cause_of_a_walk_names_no_filter() -> None:
    """Which filter shows it first depends on the data."""
    assert (
        cause("has-more", "has_more is false, but records follow", "shape") == "has_more is false, but records follow"
    )


def test_what_is_attacked_is_named_even_if_it_pages() -> None:
    assert cause("no-crash", "the server fails on a request", "after") == "the server fails on a request with after"


def test_a_cause_with_more_parameters_is_the_same_cause() -> None:
    assert is_part_of("no match with a", "no match with a, b")
    assert not is_part_of("no match with a, b", "no match with a")
    assert not is_part_of("no match with a", "a crash with a")
    assert distinct(["x with a, b", "x with b", "x with c", "x with b", "y"]) == ["x with b", "x with c", "y"]
