"""Shared state: several machines behind a load balancer, and what happens while Redis cannot be reached."""

from __future__ import annotations

import http.client
import io
import json
import pickle
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mockserver import create_app
from mockserver.cli import cli
from mockserver.errors import OptionError
from mockserver.state.journal import Row
from mockserver.state.memory import MemoryState
from mockserver.state.redis import RedisJournal, RedisState
from mockserver.state.sqlite import SqliteState
from mockserver.state.stores import open_journal, open_state
from tests.support.programs import free_port, nginx_command, redis_command, running, wait_for
from tests.support.serving import clean_environment, started

PATH = "/api/v1/wallets/balances"
NOON = datetime(2025, 1, 15, 12, tzinfo=UTC)
REFRESHED = "2025-01-15T12:00:00Z"


def ask(port: int, query: str = "") -> tuple[Any, dict[str, str]]:
    """Return body and headers of a page; the names of the headers are in lower case."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", f"{PATH}{query}")
    response = connection.getresponse()
    body = response.read()
    connection.close()
    assert response.status == 200, body
    return json.loads(body), {name.lower(): value for name, value in response.headers.items()}


def times(page: Any) -> set[str]:
    return {row["updated_at"] for row in page["result"]}


# Redis --------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def redis_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    port = free_port()
    with running(redis_command(port, tmp_path_factory.mktemp("redis")), port):
        yield port


@pytest.fixture
def redis_url(redis_port: int) -> Iterator[str]:
    url = f"redis://127.0.0.1:{redis_port}"
    yield url
    state = RedisState(url)
    state.reset()
    state.close()


def test_two_clients_share_refreshes(redis_url: str) -> None:
    one, two = RedisState(redis_url, capacity=3), open_state(redis_url)
    before = two.version()
    assert one.refresh("s", "a", NOON)
    changed = two.version()
    assert changed != before
    assert two.refreshed("s", ["a", "b"]) == {"a": NOON}
    assert two.refreshed("t", ["a"]) == two.refreshed("s", []) == {}
    assert two.refresh("s", "a", NOON - timedelta(days=900)), "an older refresh is not a failure"
    assert (one.refreshed("s", ["a"]), two.version()) == ({"a": NOON}, changed)
    for value in ("", "\0", "é\ud800", "x" * 100_000):
        assert one.refresh("s", value, NOON)
        assert two.refreshed("s", [value]) == {value: NOON}
    assert two.refreshed("s", ["a"]) == {}, "only the latest are kept"
    copy = pickle.loads(pickle.dumps(two))
    assert copy.refreshed("s", ["x" * 100_000])
    one.reset()
    assert copy.refreshed("s", ["x" * 100_000]) == {}
    assert copy.version() not in (before, changed)
    for state in (one, two, copy):
        state.close()


def test_settings_and_counts_are_shared(redis_url: str) -> None:
    one, two = RedisState(redis_url), RedisState(redis_url)
    before = two.version()
    assert one.set("scenario", "é\0")
    assert two.setting("scenario") == "é\0"
    assert two.version() != before
    assert one.set("scenario", None)
    assert two.setting("scenario") is None
    known = two.version()
    assert [s.tick("a", 100.5, 0) for s in (one, two, one)] == [(1, 1, 100.5), (2, 2, 100.5), (3, 3, 100.5)]
    assert one.tick("b", 200.25, 10) == (1, 1, 200.25)
    assert two.tick("b", 210.0, 10) == (2, 2, 200.25)
    assert one.tick("b", 210.25, 10) == (1, 3, 210.25)
    assert (two.ticks("a"), two.ticks("b")) == (0, 3)
    assert two.version() == known
    assert two.reachable()
    one.set("scenario", "x")
    two.reset()
    assert (one.setting("scenario"), one.ticks("b")) == (None, 0)
    for state in (one, two):
        state.close()


def test_several_machines_share_one_journal(redis_url: str) -> None:
    one, two = RedisState(redis_url), RedisState(redis_url)
    mine, other = open_journal(one), open_journal(two)
    assert isinstance(mine, RedisJournal)
    for number in range(1, 1005):
        (mine if number % 2 else other).add(Row(number, 2 * number, b'{"n": %d}' % number))
    assert mine.rows() == other.rows()
    assert [r.instant for r in mine.rows()] == list(range(5, 1005))
    assert mine.rows()[0] == Row(5, 10, b'{"n": 5}')
    other.clear()
    assert mine.rows() == []
    for state in (one, two):
        state.close()


def test_without_redis_each_process_counts_and_keeps_its_own_journal() -> None:
    state = RedisState("redis://127.0.0.1:1", log=lambda _: None)
    journal = RedisJournal(state)
    assert not state.set("scenario", "x")
    assert state.setting("scenario") is None
    assert [state.tick("a", 1.0, 0)[0] for _ in range(2)] == [1, 2]
    assert state.ticks("a") == 2
    assert not state.reachable()
    journal.add(Row(1, 1, b"{}"))
    assert journal.rows() == [Row(1, 1, b"{}")]
    journal.clear()
    assert journal.rows() == []


def test_refreshes_are_compared_by_time(redis_url: str) -> None:
    state = RedisState(redis_url)
    early, late = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
    for instant in (early, NOON, late, NOON):
        state.refresh("s", "a", instant)
    assert state.refreshed("s", ["a"]) == {"a": late}
    state.close()


def test_redis_is_lost_and_found_again(tmp_path: Path) -> None:
    """With a clock that the test moves: a loss is reported once, and retried after some time."""
    port, now, messages = free_port(), [0.0], list[str]()
    state = RedisState(f"redis://user:secret@127.0.0.1:{port}/0", clock=lambda: now[0], log=messages.append)
    plain = RedisState(f"redis://127.0.0.1:{port}/0", clock=lambda: now[0], log=messages.append)
    for _ in range(3):
        assert not state.refresh("s", "a", NOON)
        assert state.refreshed("s", ["a"]) == {}
        now[0] += 1
    state.reset()
    assert len(messages) == 1
    assert f"redis://127.0.0.1:{port}/0 cannot be reached" in messages[0]
    assert "secret" not in messages[0]
    lost = plain.version()
    messages.clear()
    with running(redis_command(port, tmp_path), port):
        assert plain.version() == lost, "it is not retried at once"
        now[0] += 1
        found = plain.version()
        assert found != lost
        assert plain.refresh("s", "a", NOON)
        assert len(messages) == 1 and messages[0].endswith("can be reached again")
        plain._mark_found()
        assert len(messages) == 1, "two threads may notice it at the same time"
        known = plain.version()
    assert plain.refreshed("s", ["a"]) == {}
    now[0] += 1
    with running(redis_command(port, tmp_path), port):
        assert plain.version() not in (lost, found, known)
    plain.close()


def test_an_unresponsive_redis_is_called_rarely_and_by_one_thread_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now, calls = [0.0], list[str]()
    state = RedisState("redis://127.0.0.1:1", clock=lambda: now[0], log=lambda _: None)

    def silent(_: str) -> None:
        calls.append("version")
        now[0] += 2
        if len(calls) == 2:
            # While this call waits, no other call is made.
            assert state.refreshed("s", ["a"]) == {}
        raise TimeoutError

    monkeypatch.setattr(state.client, "get", silent)
    monkeypatch.setattr(state.client, "hmget", pytest.fail)
    lost = state.version()
    now[0] += 19
    assert state.version() == lost
    assert calls == ["version"]
    now[0] += 2
    assert state.version() == lost
    assert calls == ["version"] * 2


def test_an_application_works_without_redis_and_reports_the_loss() -> None:
    messages: list[str] = []
    state = RedisState(f"redis://127.0.0.1:{free_port()}", log=messages.append)
    client = create_app(state=state).test_client()
    computed = create_app(state=MemoryState()).test_client()
    row = computed.get(PATH).json["result"][0]
    for query in ("", "?limit=3", f"?address={row['address']}"):
        assert client.get(PATH + query).data == computed.get(PATH + query).data
        assert "X-Mock-Warning" not in client.get(PATH + query).headers
    answer = client.get(f"{PATH}?address={row['address']}&force_refresh=true&x=1")
    assert answer.json == computed.get(f"{PATH}?address={row['address']}").json
    warnings = answer.headers.getlist("X-Mock-Warning")
    assert len(warnings) == 2
    assert "refresh was not kept" in "".join(warnings)
    assert len(messages) == 1


def test_an_answer_made_during_a_loss_is_not_cached(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis is lost after the version was read: the page has no refreshes, and must not be cached."""
    now = [0.0]
    state = RedisState(redis_url, clock=lambda: now[0], log=lambda _: None)
    client = create_app(state=state).test_client()
    before = client.get(PATH).json
    address = before["result"][0]["address"]
    refreshed = client.get(f"{PATH}?address={address}&force_refresh=true").json
    assert refreshed != before
    with monkeypatch.context() as patched:
        patched.setattr(state.client, "hmget", lambda *_: (_ for _ in ()).throw(ConnectionError("closed")))
        lost = client.get(f"{PATH}?address={address}").json
    assert times(lost) != {REFRESHED}
    now[0] += 1
    assert client.get(f"{PATH}?address={address}").json == refreshed
    state.close()


@pytest.mark.parametrize("url", ["redis://127.0.0.1:port", "redis://[::1", "redis://h/?socket_timeout=x"])
def test_an_invalid_url_is_reported_in_one_sentence(url: str) -> None:
    with pytest.raises(OptionError, match="expected a Redis URL"):
        open_state(url)
    ran = CliRunner().invoke(cli, ["serve", "--port", "0", "--state", url])
    assert ran.exit_code == 2
    assert "expected a Redis URL" in ran.output
    assert ran.output.count("\n") == 1


def test_without_the_client_the_message_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(OptionError, match=r"pip install 'mockserver\[redis\]'"):
        open_state("redis://127.0.0.1")


def test_the_log_may_be_closed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"redis://127.0.0.1:{free_port()}"
    RedisState(url).version()
    assert capsys.readouterr().err.startswith(f"mockserver: the shared state at {url} cannot be reached")
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed)
    assert RedisState(url).refreshed("s", ["a"]) == {}


# Two machines behind a load balancer --------------------------------------------------------------------------------


@contextmanager
def machine(url: str, log: Path) -> Iterator[int]:
    """Run a server with its state at this URL and its stderr in a file; yield its port."""
    command = [sys.executable, "-m", "mockserver", "serve", "--port", "0", "--state", url]
    with log.open("w") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, env=clean_environment())
    try:
        assert process.stdout
        yield int(process.stdout.readline().rpartition(":")[2])
    finally:
        process.terminate()
        process.communicate(timeout=20)
    assert process.returncode == 0, log.read_text()


def test_two_machines_behind_nginx_share_their_state_and_work_without_redis(tmp_path: Path) -> None:
    port, front = free_port(), free_port()
    url = f"redis://127.0.0.1:{port}"
    logs = [tmp_path / "one", tmp_path / "two"]
    with ExitStack() as stack:
        redis = stack.enter_context(running(redis_command(port, tmp_path), port))
        machines = [stack.enter_context(machine(url, log)) for log in logs]
        stack.enter_context(running(nginx_command(front, tmp_path, machines), front))
        _refreshes_are_seen_through_both(front, machines)
        _settings_apply_to_both(machines)
        redis.kill()
        redis.wait()
        _the_computed_world_is_served(front, machines)
        with running(redis_command(port, tmp_path), port):
            wait_for(lambda: not any(_warns(number) for number in machines))
            _refreshes_are_seen_through_both(front, machines)
    for log in logs:
        lines = log.read_text().splitlines()
        assert len(lines) == 2, lines
        assert "cannot be reached (" in lines[0] and lines[1].endswith("can be reached again")


def _refreshes_are_seen_through_both(front: int, machines: list[int]) -> None:
    pages = [ask(front, "?limit=200") for _ in range(4)]
    assert {headers["x-upstream"] for _, headers in pages} == {f"127.0.0.1:{number}" for number in machines}
    addresses = sorted({row["address"] for row in pages[0][0]["result"]})[:12]
    for address in addresses[:3]:
        ask(front, f"?address={address}&force_refresh=true")
        for _ in range(4):
            page, headers = ask(front, f"?address={address}")
            assert times(page) == {REFRESHED}, headers
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda address: ask(front, f"?address={address}&force_refresh=true"), addresses * 2))
    for number in machines:
        for address in addresses:
            assert times(ask(number, f"?address={address}")[0]) == {REFRESHED}


def _settings_apply_to_both(machines: list[int]) -> None:
    one, two = machines
    control(one, "DELETE", "requests")
    control(one, "PUT", "scenario", {"name": "server-error", "every": 3, "times": 6})
    order = [one, two, two, one, two, one, one, two]
    statuses = [control(number, "GET", "", target=PATH)[0] for number in order]
    assert statuses == [200, 200, 500, 200, 200, 500, 200, 200], "both count together and end together"
    for number in machines:
        entries = json.loads(control(number, "GET", "requests")[1])["requests"]
        assert [entry["status"] for entry in entries] == statuses, "both have one journal"
    control(two, "PUT", "fixtures", {"list_balances": [{"token_id": "SETH", "amount": "7"}]})
    assert [ask(number, "?limit=1")[0]["meta"]["total"] for number in machines] == [174, 174]
    control(two, "DELETE", "fixtures")
    control(two, "DELETE", "scenario")


def control(port: int, method: str, path: str, body: Any = None, *, target: str = "") -> tuple[int, bytes]:
    """Return status and body of a request to the control API, or to another target."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, target or f"/__mock__/{path}", None if body is None else json.dumps(body))
    response = connection.getresponse()
    answer = response.status, response.read()
    connection.close()
    assert answer[0] < 400 or target, answer
    return answer


def _the_computed_world_is_served(front: int, machines: list[int]) -> None:
    computed = create_app(state=MemoryState()).test_client()
    pages = [ask(front, "?limit=200")[0] for _ in range(6)]
    assert all(page == computed.get(f"{PATH}?limit=200").json for page in pages)
    assert all(_warns(number) for number in machines)


def _warns(port: int) -> bool:
    address = ask(port, "?limit=1")[0]["result"][0]["address"]
    _, headers = ask(port, f"?address={address}&force_refresh=true")
    return "refresh was not kept" in headers.get("x-mock-warning", "")


# Files --------------------------------------------------------------------------------------------------------------


def test_a_file_keeps_refreshes_between_servers(tmp_path: Path) -> None:
    file = tmp_path / "state.sqlite"
    with started("--state", str(file)) as (url, _, _):
        port = int(url.rpartition(":")[2])
        row = ask(port, "?limit=1")[0]["result"][0]
        assert row["updated_at"] != REFRESHED
        ask(port, f"?address={row['address']}&force_refresh=true")
    with started(environment={"MOCKSERVER_STATE": str(file)}) as (url, _, _):
        assert times(ask(int(url.rpartition(":")[2]), f"?address={row['address']}")[0]) == {REFRESHED}
    client = create_app(state=str(file)).test_client()
    assert times(client.get(f"{PATH}?address={row['address']}").json) == {REFRESHED}
    client.application.extensions["mockserver"].state.close()


def test_a_refresh_is_seen_through_all_workers_under_load(tmp_path: Path) -> None:
    """Two workers on one port, many clients: after a refresh was answered, it is seen through any worker."""
    with started("--workers", "2", "--clock", "live") as (url, _, _):
        port = int(url.rpartition(":")[2])
        addresses = sorted({row["address"] for row in ask(port, "?limit=200")[0]["result"]})[:4]

        def work(turn: int) -> None:
            address = addresses[turn % len(addresses)]
            refreshed = max(times(ask(port, f"?address={address}&force_refresh=true")[0]))
            for _ in range(6):
                assert max(times(ask(port, f"?address={address}")[0])) >= refreshed

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(work, range(48)))


def test_the_version_is_right_after_a_process_has_died(tmp_path: Path) -> None:
    one, two = SqliteState(tmp_path / "s"), SqliteState(tmp_path / "s")
    assert one.version() == two.version()
    one.refresh("s", "a", NOON)
    after = two.version()
    # A process has died between announcing a commit and committing; below, another one just after committing.
    one._versions[0] = after + 1
    assert (one.version(), two.version()) == (after, after)
    two.refresh("s", "b", NOON)
    assert one.version() == two.version() == after + 1
    one._versions[1] = after
    assert one.version() == two.version() == after + 1
    one.refresh("s", "c", NOON)
    assert one.version() == two.version() == after + 2
    for state in (one, two):
        state.close()
    assert one.version() == after + 2, "it opens again"
    one.close()


def test_a_process_that_is_about_to_commit_sets_the_committed_version(tmp_path: Path) -> None:
    state = SqliteState(tmp_path / "s")
    with state._transaction() as connection:
        connection.execute("UPDATE counter SET version = version + 1")
    with state._connected() as connection:
        connection.set_trace_callback(lambda line: state._versions.__setitem__(0, 99) if line == "COMMIT" else None)
    state.refresh("s", "a", NOON)
    assert tuple(state._versions) == (99, 1)
    with state._connected() as connection:
        connection.set_trace_callback(None)
    assert state.version() == 2
    state.close()


def test_an_unusable_state_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="nowhere"):
        open_state(str(tmp_path / "nowhere" / "s"))
    (tmp_path / "s-version").mkdir()
    with pytest.raises(OptionError, match="s-version"):
        open_state(str(tmp_path / "s"))
