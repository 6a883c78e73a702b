"""Fields that change by themselves are learnt; what moves, grows or changes its kind is not one of them."""

from typing import Any

import pytest

from mockserver.judge.volatile import steady, volatile_fields


def takes(*values: Any, of: int = 5) -> list[dict[str, Any]]:
    """Return what was seen of a list at each asking: every record has the value of that asking."""
    return [{str(n): {"id": n, "x": {"y": value}} for n in range(of)} for value in values]


@pytest.mark.parametrize(
    "values",
    [
        ("2025-01-01T00:00:00Z", "2025-01-01T00:00:01Z"),
        ("?sig=ab", "?sig=abc", "?sig=a"),
        (1, 1, 2.5),
        (None, "a", "b"),
    ],
    ids=str,
)
def test_what_is_made_anew_for_each_answer_is_volatile(values: tuple[Any, ...]) -> None:
    assert volatile_fields(takes(*values)) == {("x", "y")}


@pytest.mark.parametrize(
    "values",
    [("a",), ("a", "a"), ("a", "aa", "aaa"), ([1], [2]), ("1", 1), (True, False), ("a", None), (None, "a")],
    ids=str,
)
def test_what_grows_or_changes_its_kind_is_not_volatile(values: tuple[Any, ...]) -> None:
    assert not volatile_fields(takes(*values))


def test_what_moves_in_a_few_records_is_not_volatile() -> None:
    one, other = takes("a", "a", of=10)
    for identity in ("0", "1", "2"):
        other[identity]["x"]["y"] = "b"
    assert not volatile_fields([one, other])


def test_a_single_record_has_to_change_twice() -> None:
    assert not volatile_fields(takes("a", "b", of=1))
    assert volatile_fields(takes("a", "b", "c", of=1)) == {("x", "y")}


def test_comparisons_leave_volatile_fields_out() -> None:
    record = {"id": 1, "x": {"y": "a", "z": 2}}
    assert steady(record, frozenset({("x", "y")})) == {"id": 1, "x": {"z": 2}}
    assert steady("text", frozenset({("x", "y")})) == "text"
