"""Starts servers, loads them with `wrk`, measures them through /proc (so on Linux only), and ends them by their ids."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

PATH = "/api/v1/wallets/balances"
TICK = os.sysconf("SC_CLK_TCK")
START_SECONDS = 30


@dataclass
class Started:
    """A server that answers: its process, its port, and how long it took to its first 200."""

    process: subprocess.Popen[bytes]
    port: int
    seconds: float

    def tree(self) -> list[int]:
        """Return the ids of the process and of all its descendants."""
        found, left = [], [self.process.pid]
        while left:
            pid = left.pop()
            found.append(pid)
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                with suppress(OSError):
                    left += map(int, children.read_text().split())
        return found

    def cpu(self) -> float:
        """Return the seconds of user and system time of all these processes so far, including those that have ended."""
        total = 0
        for pid in self.tree():
            with suppress(OSError):
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                total += sum(map(int, fields[11:15]))
        return total / TICK

    def memory(self) -> tuple[float, int]:
        """Return the proportional set size of all these processes in MB, and their number."""
        kilobytes, count = 0, 0
        for pid in self.tree():
            with suppress(OSError):
                text = Path(f"/proc/{pid}/smaps_rollup").read_text()
                kilobytes += int(re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE)[1])
                count += 1
        return kilobytes / 1024, count


@dataclass(frozen=True)
class Load:
    """The result of one run of `wrk`: latencies in milliseconds, CPU in microseconds per request."""

    rate: float
    p50: float
    p99: float
    errors: int
    cpu: float


def free_port() -> int:
    """Return a port on which nobody listens now."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(port: int, path: str) -> tuple[int, bytes]:
    """Return the status and the body of an answer."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read()


@contextmanager
def server(
    command: Sequence[str], port: int, path: str, *, folder: Path, env: Mapping[str, str] | None = None
) -> Iterator[Started]:
    """Start a command in a folder and wait for its first 200; at the end, stop it and its descendants by their ids."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        list(command),
        cwd=folder,
        env={**os.environ, **(env or {})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    started = Started(process, port, 0)
    try:
        while True:
            with suppress(OSError, http.client.HTTPException):
                if get(port, path)[0] == 200:
                    break
            if process.poll() is not None or time.perf_counter() - begun > START_SECONDS:
                raise RuntimeError(f"{command[0]} does not answer")
            time.sleep(0.005)
        started.seconds = time.perf_counter() - begun
        yield started
    finally:
        _end(started)


def _end(started: Started) -> None:
    tree = started.tree()
    started.process.terminate()
    with suppress(subprocess.TimeoutExpired):
        started.process.wait(5)
    for pid in tree:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL if pid != started.process.pid or started.process.poll() is None else 0)
    started.process.wait()


def load(started: Started, target: str, *, connections: int, seconds: int, script: Path | None = None) -> Load:
    """Send requests as fast as they are answered, through so many connections, for so many seconds."""
    threads = min(2, connections)
    more = ["-s", str(script)] if script else []
    url = f"http://127.0.0.1:{started.port}{target}"
    before = started.cpu()
    said = subprocess.run(
        ["wrk", f"-t{threads}", f"-c{connections}", f"-d{seconds}s", "--timeout", "5s", "--latency", *more, url],
        capture_output=True,
        text=True,
        check=True,
        timeout=seconds + 30,
    ).stdout
    spent = started.cpu() - before
    requests = int(_number(said, r"(\d+) requests in"))
    bad = int(_number(said, r"Non-2xx or 3xx responses: (\d+)"))
    sockets = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", said)
    bad += sum(map(int, sockets.groups())) if sockets else 0
    rate = float(_number(said, r"Requests/sec:\s+([\d.]+)"))
    return Load(rate, _milliseconds(said, "50%"), _milliseconds(said, "99%"), bad, spent / max(requests, 1) * 1e6)


def _number(text: str, pattern: str) -> str:
    found = re.search(pattern, text)
    return found[1] if found else "0"


def _milliseconds(text: str, percentile: str) -> float:
    found = re.search(rf"{percentile}\s+([\d.]+)(us|ms|s)", text)
    return float(found[1]) * {"us": 0.001, "ms": 1, "s": 1000}[found[2]] if found else float("nan")


@contextmanager
def nginx(folder: Path, body: bytes) -> Iterator[Started]:
    """Start an nginx with one worker that serves these bytes from a file, for comparison."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        sys.exit("nginx is not installed; Debian's package is nginx-light")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "page.json").write_bytes(body)
    port = free_port()
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off; pid {folder}/pid; worker_processes 1; events {{}} http {{ access_log off; sendfile on; "
        f"keepalive_requests 100000000; {temporary} types {{ application/json json; }} "
        f"server {{ listen 127.0.0.1:{port}; root {folder}; }} }}"
    )
    # Its worker runs as another user, which has to see the file.
    for path in (folder, *folder.parents):
        if path.is_relative_to(folder.parents[1]):
            path.chmod(path.stat().st_mode | 0o055)
    command = [program, "-p", str(folder), "-c", str(config), "-e", str(folder / "error.log")]
    with server(command, port, "/page.json", folder=folder) as started:
        yield started


def machine() -> str:
    """Return a description of the machine and the date."""
    text = Path("/proc/cpuinfo").read_text()
    model = re.search(r"model name\s*:\s*(.+)", text)
    memory = int(_number(Path("/proc/meminfo").read_text(), r"MemTotal:\s+(\d+)")) // 2**20
    name = model[1].strip() if model else "unknown"
    python = ".".join(map(str, sys.version_info[:3]))
    day = datetime.now(UTC).date().isoformat()
    return f"{os.cpu_count()} cores ({name}), {memory} GB, Linux, Python {python}, {day}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
