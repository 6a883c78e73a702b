"""The effect of a refresh on a record."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal, localcontext
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.mock.lists.refresh import refreshed

NOON = datetime(2025, 1, 15, 12, tzinfo=UTC)
RECORD = {"at": "2025-01-01T00:00:00Z", "seen": None, "amount": "1.5", "pending": "0.25", "total": "1.75"}


def renew(record: dict[str, Any], settles: tuple[str, str] | None = ("pending", "amount")) -> dict[str, Any]:
    return refreshed(record, instant=NOON, moves=("at", "seen"), settles=settles)


def test_a_refresh_moves_times_and_settles_amounts_only() -> None:
    before = dict(RECORD)
    assert renew(RECORD) == {
        "at": "2025-01-15T12:00:00Z",
        "seen": "2025-01-15T12:00:00Z",
        "amount": "1.75",
        "pending": "0",
        "total": "1.75",
    }
    assert before == RECORD, "the given record is not changed"
    assert list(renew(RECORD)) == list(RECORD)


def test_times_do_not_move_backwards() -> None:
    assert renew({"at": "2025-01-15T12:00:00.5Z"}) == {"at": "2025-01-15T12:00:00.5Z"}
    assert renew({"at": "2025-01-15T14:00:00+02:00"}) == {"at": "2025-01-15T14:00:00+02:00"}
    assert renew({"at": "not a time"}) == {"at": "not a time"}
    assert renew({}) == {}


@pytest.mark.parametrize(
    ("pending", "amount", "expected"),
    [
        ("0.000000000000000001", "90071992547409931234567890.5", "90071992547409931234567890.500000000000000001"),
        ("0.50", "1.50", "2"),
        ("1000000000000000000000", "0", "1000000000000000000000"),
        ("0", "1.50", "1.50"),
        (None, "1", "1"),
        ("1", None, "1"),
        ("abc", "1", "1"),
        ("1", "abc", "abc"),
        (2, 3, 5),
        (0.5, 0.25, 0.75),
        (True, "1", "1"),
        ("1e2", "1", "101"),
        ("NaN", "1", "1"),
    ],
)
def test_pending_is_added_exactly(pending: Any, amount: Any, expected: Any) -> None:
    after = renew({"pending": pending, "amount": amount})
    assert after["amount"] == expected


DECIMALS = st.decimals(min_value=0, max_value=10**40, allow_nan=False, places=18).map(lambda d: f"{d:f}")


@given(DECIMALS, DECIMALS)
def test_settling_keeps_the_sum_and_the_plain_notation(pending: str, amount: str) -> None:
    after = renew({"pending": pending, "amount": amount})
    with localcontext() as context:
        context.prec = 200
        assert Decimal(after["amount"]) + Decimal(after["pending"]) == Decimal(amount) + Decimal(pending)
    assert Decimal(after["pending"]) == 0
    assert "E" not in after["amount"].upper()


@settings(max_examples=30)
@given(DECIMALS)
def test_a_second_refresh_changes_nothing(pending: str) -> None:
    once = renew({**RECORD, "pending": pending})
    assert renew(once) == once


def test_without_a_settling_rule_amounts_stay() -> None:
    assert renew(RECORD, settles=None)["pending"] == "0.25"
