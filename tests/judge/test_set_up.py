"""Commands before and after a run, as a shell runs them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mockserver.errors import OptionError
from mockserver.judge.set_up import SetUp, answers, prepared

SERVER = (
    "import sys, http.server as h; s = h.HTTPServer(('127.0.0.1', int(sys.argv[1])), h.SimpleHTTPRequestHandler);"
    "s.serve_forever()"
)


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def server(port: int) -> str:
    return f'"{sys.executable}" -c "{SERVER}" {port}'


def unsaid(text: str) -> None:
    raise AssertionError(text)


def test_commands_run_in_order_with_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SET_UP_WORD", "hello")
    log = tmp_path / "log"
    set_up = SetUp((f"echo $SET_UP_WORD >> {log}", f"echo 2 >> {log}"), (f"echo 3 >> {log}", f"echo 4 >> {log}"))
    with prepared(set_up, unsaid):
        assert log.read_text().split() == ["hello", "2"]
    assert log.read_text().split() == ["hello", "2", "3", "4"]


def test_a_server_is_waited_for_and_ended() -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with prepared(SetUp((server(port), "true"), (), url, 20), unsaid):
        assert answers(url)
    assert not answers(url)


def test_a_server_that_goes_to_the_background_is_waited_for(tmp_path: Path) -> None:
    port, pid = free_port(), tmp_path / "pid"
    url = f"http://127.0.0.1:{port}"
    start = f'(sleep 0.3; exec {server(port)}) & echo $! > "{pid}"'
    with prepared(SetUp((start,), (f'kill $(cat "{pid}")',), url, 20), unsaid):
        assert answers(url)
    until = time.monotonic() + 10
    while answers(url) and time.monotonic() < until:
        time.sleep(0.05)
    assert not answers(url)


def test_seeding_a_server_that_answers_already_runs_to_its_end(tmp_path: Path) -> None:
    port, seeded = free_port(), tmp_path / "seeded"
    url = f"http://127.0.0.1:{port}"
    with prepared(SetUp((server(port), f"sleep 0.5; touch {seeded}"), (), url, 20), unsaid):
        assert seeded.exists()


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("exit 3", "the command before the run ended with status 3: exit 3"),
        ("kill -9 $$", "the command before the run ended with signal 9"),
        ("no-such-program-at-all", "ended with status 127"),
        ("sleep 30", "did not end within 0.3 seconds, and http://127.0.0.1:1 does not answer: sleep 30"),
        ("true", "http://127.0.0.1:1 does not answer 0.3 seconds after the commands before the run"),
    ],
)
def test_what_fails_before_is_said_and_what_comes_after_runs(tmp_path: Path, command: str, said: str) -> None:
    done = tmp_path / "done"
    with (
        pytest.raises(OptionError) as error,
        prepared(SetUp((command,), (f"touch {done}",), "http://127.0.0.1:1", 0.3), unsaid),
    ):
        raise AssertionError("the run must not begin")
    assert said in error.value.message
    assert done.exists()


def test_what_comes_after_runs_whatever_happened(tmp_path: Path) -> None:
    done = tmp_path / "done"
    with pytest.raises(KeyboardInterrupt), prepared(SetUp((), (f"touch {done}",)), unsaid):
        raise KeyboardInterrupt
    assert done.exists()


def test_what_fails_after_is_said() -> None:
    said: list[str] = []
    with prepared(SetUp((), ("exit 4",)), said.append):
        pass
    assert said == ["the command after the run ended with status 4: exit 4"]


def test_what_comes_after_runs_when_a_job_is_cancelled(tmp_path: Path) -> None:
    begun, done = tmp_path / "begun", tmp_path / "done"
    program = (
        "import time; from mockserver.judge.set_up import SetUp, prepared\n"
        f"with prepared(SetUp(('touch {begun}',), ('touch {done}',)), print): time.sleep(30)"
    )
    process = subprocess.Popen([sys.executable, "-c", program], env=dict(os.environ))
    until = time.monotonic() + 20
    while not begun.exists() and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(0.2)
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 143
    assert done.exists()
