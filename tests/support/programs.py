"""Programs of others: find them on PATH, run them on a free port, and end the process that was started."""

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
"""Seconds."""


def find_program(name: str) -> str:
    """Return the path of a program. Where it is missing, skip the test; in CI, which installs it, fail."""
    path = shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin")))
    if path is None:
        say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        say(f"{name} is not installed")
    return path


def free_port() -> int:
    """Return a port that nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: Sequence[str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process that listens on a port; it is terminated at the end of the block."""
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
    """Return the command of a Redis that stores nothing on disk."""
    options = f"--port {port} --bind 127.0.0.1 --appendonly no --dir {folder}"
    return [find_program("redis-server"), *options.split(), "--save", ""]


def nginx_command(port: int, folder: Path, servers: Sequence[int]) -> list[str]:
    """Return the command of an nginx that passes each request to the next server, and names it in ``X-Upstream``."""
    names = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{name}_temp_path {folder}/{name};" for name in names)
    upstream = "".join(f"server 127.0.0.1:{number};" for number in servers)
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off; pid {folder}/pid; worker_processes 1; events {{}} http {{ access_log off; {temporary} "
        f"upstream mocks {{ {upstream} }} server {{ listen 127.0.0.1:{port}; location / {{ "
        "proxy_pass http://mocks; add_header X-Upstream $upstream_addr; } } }"
    )
    return [find_program("nginx"), "-p", str(folder), "-c", str(config), "-e", str(folder / "error.log")]


def listens(port: int) -> bool:
    """Return whether somebody accepts connections on a port of this machine."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def wait_for(done: Callable[[], object]) -> None:
    """Poll until ``done()`` is true; fail after `TIMEOUT` seconds."""
    end = time.monotonic() + TIMEOUT
    while not done():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)
