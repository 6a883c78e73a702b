"""The state in memory and in SQLite; the clock; the effect of a refresh on a record."""

from __future__ import annotations

import multiprocessing
import pickle
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.errors import OptionError
from mockserver.mock.lists.refresh import refreshed
from mockserver.state.base import State
from mockserver.state.memory import MemoryState
from mockserver.state.sqlite import SqliteState
from mockserver.values.instants import format_instant, parse_instant, read_clock

NOON = datetime(2025, 1, 15, 12, tzinfo=UTC)
LATER = NOON + timedelta(microseconds=1)


@pytest.fixture(params=["memory", "sqlite"])
def state(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[State]:
    made: State = MemoryState(capacity=5) if request.param == "memory" else SqliteState(tmp_path / "s", capacity=5)
    yield made
    made.close()


def test_a_refresh_is_kept_for_its_scope_and_value(state: State) -> None:
    state.refresh("world/list", "a", NOON)
    assert state.refreshed("world/list", ["a", "b", "a"]) == {"a": NOON}
    assert state.refreshed("other/list", ["a"]) == {}
    assert state.refreshed("world/list", []) == {}


def test_a_refresh_only_moves_forward_and_changes_the_version(state: State) -> None:
    before = state.version()
    state.refresh("s", "a", NOON)
    first = state.version()
    state.refresh("s", "a", NOON)
    state.refresh("s", "a", NOON - timedelta(days=1))
    assert before < first == state.version()
    assert state.refreshed("s", "a") == {"a": NOON}
    state.refresh("s", "a", LATER)
    assert state.version() > first
    assert state.refreshed("s", "a") == {"a": LATER}


def test_a_reset_removes_everything_and_changes_the_version(state: State) -> None:
    state.refresh("s", "a", NOON)
    before = state.version()
    state.reset()
    assert state.refreshed("s", ["a"]) == {}
    assert state.version() > before


def test_only_the_latest_refreshes_are_kept(state: State) -> None:
    for number in range(50):
        state.refresh("s", str(number), NOON)
    assert set(state.refreshed("s", map(str, range(50)))) == {"45", "46", "47", "48", "49"}


def test_a_setting_is_kept_until_it_is_removed_and_changes_the_version(state: State) -> None:
    before = state.version()
    assert state.setting("scenario") is None
    assert state.set("scenario", "é\x00'")
    assert state.set("fixtures", "")
    assert (state.setting("scenario"), state.setting("fixtures"), state.setting("x")) == ("é\x00'", "", None)
    changed = state.version()
    assert changed != before
    assert state.set("scenario", "other")
    assert state.setting("scenario") == "other"
    assert state.set("scenario", None)
    assert state.setting("scenario") is None
    assert state.version() not in (before, changed)
    state.reset()
    assert state.setting("fixtures") is None


def test_requests_are_counted_by_run_and_window_without_changing_the_version(state: State) -> None:
    before = state.version()
    assert [state.tick("a", 100.5, 0)[0] for _ in range(3)] == [1, 2, 3]
    assert (state.ticks("a"), state.ticks("b")) == (3, 0)
    assert state.tick("b", 200.25, 10) == (1, 1, 200.25)
    assert state.tick("b", 210.0, 10) == (2, 2, 200.25)
    assert state.tick("b", 210.25, 10) == (1, 3, 210.25)
    assert (state.ticks("a"), state.ticks("b")) == (0, 3)
    assert state.tick("a", 300.0, 0) == (1, 1, 300.0)
    assert state.tick("a", 9e9, 0) == (2, 2, 300.0)
    assert state.version() == before
    assert state.reachable()
    state.reset()
    assert state.ticks("a") == 0


def test_any_text_can_be_a_value(state: State) -> None:
    for value in ("", "\x00", "é", "' OR 1=1 --", "x" * 100_000):
        state.refresh("s", value, NOON)
        assert state.refreshed("s", [value]) == {value: NOON}


def test_two_connections_to_one_file_share_the_state(tmp_path: Path) -> None:
    one, two = SqliteState(tmp_path / "s"), SqliteState(tmp_path / "s")
    one.refresh("s", "a", NOON)
    assert two.refreshed("s", ["a"]) == {"a": NOON}
    assert two.version() == one.version()
    copy = pickle.loads(pickle.dumps(one))
    assert copy.refreshed("s", ["a"]) == {"a": NOON}
    one.set("scenario", "x")
    assert two.setting("scenario") == "x"
    assert [s.tick("r", 1.0, 0)[0] for s in (one, two, copy)] == [1, 2, 3]
    for opened in (one, two, copy):
        opened.close()
    assert one.refreshed("s", ["a"]) == {"a": NOON}, "a closed state opens again"
    one.close()
    one.close()


def _refresh_many(path: str, worker: int) -> None:
    state = SqliteState(path)
    for number in range(40):
        state.refresh("s", f"{worker}-{number}", NOON)
        state.refresh("s", "same", NOON + timedelta(seconds=40 * number + worker))
    state.close()


def test_processes_and_threads_write_concurrently(tmp_path: Path) -> None:
    path = str(tmp_path / "s")
    shared = SqliteState(path)
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_refresh_many, args=(path, worker)) for worker in range(2)]
    for process in processes:
        process.start()
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(shared.refresh, "s", f"t{n}", NOON) for n in range(100)]:
            done.result()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    values = [f"{w}-{n}" for w in range(2) for n in range(40)] + [f"t{n}" for n in range(100)]
    assert len(shared.refreshed("s", values)) == 180
    assert shared.refreshed("s", ["same"]) == {"same": NOON + timedelta(seconds=40 * 39 + 1)}
    shared.close()


def test_an_unusable_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="nowhere"):
        SqliteState(tmp_path / "nowhere" / "s")
    (tmp_path / "text").write_text("this is not a database, and long enough to be recognised as such " * 20)
    with pytest.raises(OptionError, match="text"):
        SqliteState(tmp_path / "text")


def test_the_clock_is_fixed_or_live() -> None:
    assert read_clock("fixed")() == NOON
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
