"""Programs that are not ours: found on PATH, started on a free port, and ended by the process that they are."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

TIMEOUT = 20


def found(name: str) -> str:
    """Where a program is. Without it the test is skipped; in CI, which has to install it, that is a failure."""
    path = shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin")))
    if path is None:
        say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        say(f"{name} is not installed")
    return path


def free_port() -> int:
    """A port that nobody listened on a moment ago."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: Sequence[str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A process that listens on a port; killed at the end unless it is gone."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        wait_for(lambda: process.poll() is not None or listens(port))
        if process.poll() is not None:
            pytest.fail(f"{command[0]}: {process.communicate()[0].decode(errors='replace')}")
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=TIMEOUT)


def redis_command(port: int, folder: Path) -> list[str]:
    """A Redis of our own, that keeps nothing."""
    options = f"--port {port} --bind 127.0.0.1 --appendonly no --dir {folder}"
    return [found("redis-server"), *options.split(), "--save", ""]


def nginx_command(port: int, folder: Path, servers: Sequence[int]) -> list[str]:
    """An nginx that passes each request to the next of the servers, and says which in ``X-Upstream``."""
    names = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{name}_temp_path {folder}/{name};" for name in names)
    upstream = "".join(f"server 127.0.0.1:{number};" for number in servers)
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off; pid {folder}/pid; worker_processes 1; events {{}} http {{ access_log off; {temporary} "
        f"upstream mocks {{ {upstream} }} server {{ listen 127.0.0.1:{port}; location / {{ "
        "proxy_pass http://mocks; add_header X-Upstream $upstream_addr; } } }"
    )
    return [found("nginx"), "-p", str(folder), "-c", str(config), "-e", str(folder / "error.log")]


def listens(port: int) -> bool:
    """Whether somebody accepts connections there."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def wait_for(done: Callable[[], object]) -> None:
    """Poll until true; fails after a while."""
    end = time.monotonic() + TIMEOUT
    while not done():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)
