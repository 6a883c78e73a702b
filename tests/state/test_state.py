"""The state in memory and in SQLite; the clock; the effect of a refresh on a record."""

from __future__ import annotations

import multiprocessing
import pickle
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mockserver.errors import OptionError
from mockserver.state.base import State
from mockserver.state.memory import MemoryState
from mockserver.state.sqlite import SqliteState

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
