"""Starts what a run needs before it, and ends it afterwards: the commands of ``--before`` and ``--after``."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import NoReturn

import requests
import urllib3

from mockserver.errors import OptionError

STDERR = 2
"""Commands write here: standard output has the verdicts."""

POLL = 0.1
"""Seconds between two looks at what is not there yet."""

TERMINATED = 128 + signal.SIGTERM
ENDS_WITHIN = 10
"""Seconds that a server has to end after it was asked to."""

_NOT_YET = (502, 503, 504)
"""What a gateway answers while the server behind it starts."""


@dataclass(frozen=True)
class SetUp:
    """Commands for the shell, in order.

    ``url`` has to answer after the commands ``before``, within ``wait`` seconds; it is not asked for if it is empty.
    """

    before: Sequence[str] = ()
    after: Sequence[str] = ()
    url: str = ""
    wait: float = 60


@contextmanager
def prepared(set_up: SetUp, say: Callable[[str], None]) -> Iterator[None]:
    """Run the commands ``before``, then the block, then always the commands ``after``.

    A command ``before`` that is still running when the URL begins to answer is a server: it goes on, and is ended at
    the end. ``say`` is told of a command ``after`` that fails. Raises `OptionError` if a command ``before`` fails.
    """
    servers: list[subprocess.Popen[bytes]] = []
    with _terminated_as_an_exception():
        try:
            for command in set_up.before:
                _run_before(command, set_up, servers)
            if set_up.before and set_up.url:
                _wait_for(set_up.url, set_up.wait, servers)
            yield
        finally:
            for command in set_up.after:
                code = subprocess.run(command, shell=True, stdin=subprocess.DEVNULL, stdout=STDERR, check=False)
                if code.returncode:
                    say(f"the command after the run ended with {_ending(code.returncode)}: {command}")
            for server in reversed(servers):
                _end(server)


def _run_before(command: str, set_up: SetUp, servers: list[subprocess.Popen[bytes]]) -> None:
    """Run a command to its end, or until the URL begins to answer, which makes it a server."""
    answered_before = bool(set_up.url) and answers(set_up.url)
    started = subprocess.Popen(command, shell=True, stdin=subprocess.DEVNULL, stdout=STDERR, start_new_session=True)
    servers.append(started)
    until = time.monotonic() + set_up.wait
    while started.poll() is None:
        if set_up.url and not answered_before and answers(set_up.url):
            return
        if time.monotonic() > until:
            url = f", and {set_up.url} does not answer" if set_up.url and not answered_before else ""
            raise OptionError(f"the command before the run did not end within {set_up.wait:g} seconds{url}: {command}")
        with contextlib.suppress(subprocess.TimeoutExpired):
            started.wait(POLL)
    servers.remove(started)
    if started.returncode:
        raise OptionError(f"the command before the run ended with {_ending(started.returncode)}: {command}")


def _wait_for(url: str, seconds: float, servers: Sequence[subprocess.Popen[bytes]]) -> None:
    """Wait until a URL answers anything. Raises `OptionError` if it does not."""
    until = time.monotonic() + seconds
    while not answers(url):
        for server in servers:
            if server.poll() is not None:
                raise OptionError(f"the server before the run ended with {_ending(server.returncode)}: {server.args!r}")
        if time.monotonic() > until:
            if answers(url, not_yet=()):
                return
            raise OptionError(f"{url} does not answer {seconds:g} seconds after the commands before the run")
        time.sleep(POLL)


def answers(url: str, not_yet: Sequence[int] = _NOT_YET) -> bool:
    """Return whether a server answers at a URL, whatever it says, unless it says that it is not there yet."""
    urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    try:
        # Only whether somebody is there: certificates are not judged here.
        with requests.get(url, timeout=2, allow_redirects=False, verify=False, stream=True) as response:
            return response.status_code not in not_yet
    except requests.RequestException:
        return False


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a server and what it started."""
    for ending in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, ending)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(ENDS_WITHIN)
            return


def _ending(code: int) -> str:
    return f"status {code}" if code > 0 else f"signal {-code}"


@contextmanager
def _terminated_as_an_exception() -> Iterator[None]:
    """Raise `SystemExit` for SIGTERM, so that what is in ``finally`` runs; a CI job ends its steps so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(_signal: int, _frame: FrameType | None) -> NoReturn:
        raise SystemExit(TERMINATED)

    previous = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)
