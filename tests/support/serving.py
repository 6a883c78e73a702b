"""The mock as a user starts it: `mockserver serve` in a process of its own."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager


@contextmanager
def served(*options: str, environment: dict[str, str] | None = None) -> Iterator[str]:
    """Run ``mockserver serve --port 0`` with these options while the block runs; the value is its base URL."""
    with started(*options, environment=environment) as (base_url, _, _):
        yield base_url


@contextmanager
def started(
    *options: str, environment: dict[str, str] | None = None
) -> Iterator[tuple[str, str, subprocess.Popen[str]]]:
    """Do the same as `served`; the value is the base URL, the lines that were printed up to it, and the process."""
    command = [sys.executable, "-m", "mockserver", "serve", "--port", "0", *options]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=clean_environment(environment)
    )
    try:
        base_url, printed = _base_url(process, command)
        yield base_url, printed, process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=20)
        assert process.returncode == 0, f"exit code {process.returncode}: {err}"


def clean_environment(extra: dict[str, str] | None = None) -> dict[str, str]:
    """Return this environment without settings of the mock, which would change what is served."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MOCKSERVER_")}
    return kept | (extra or {})


def _base_url(process: subprocess.Popen[str], command: Sequence[str]) -> tuple[str, str]:
    assert process.stdout is not None
    printed = ""
    for line in process.stdout:
        printed += line
        found = re.search(r"http://[\w.\[\]:]+:\d+", line)
        if found:
            return found.group(0), printed
    _, err = process.communicate(timeout=20)
    raise AssertionError(f"{' '.join(command)} ended with {process.returncode} before it served: {printed}{err}")
