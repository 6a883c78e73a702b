"""The production server: granian's worker processes behind one address, from its first connection to its clean end.

The address is taken before anything else is done, by a socket of our own that stays open without listening: so port 0
is known, a busy port is noticed (workers share a port by ``SO_REUSEPORT``, and would share it with a stranger as well),
and no one else gets the port while a dead worker is being replaced. Workers are forked on Linux, from a process that
has read the contract and built the application already; elsewhere they are spawned and build it themselves.
"""

from __future__ import annotations

import errno
import multiprocessing
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from granian.constants import Interfaces

from mockserver.errors import AddressError

if TYPE_CHECKING:
    from granian.server.mp import MPServer as Granian
else:
    from granian import Granian

THREADS = 4
"""Threads of a worker that run Python; more wait longer for each other, fewer let a slow answer hold up the rest."""

STOP_SECONDS = 2
START_SECONDS = 30
Build = Callable[[], Any]
"""Makes the WSGI application; picklable, so that a spawned worker can call it."""

# The application of `run`, for the workers that are forked.
_built: dict[str, Any] = {}


@dataclass(frozen=True)
class Address:
    """A host and the port that was really taken."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """The base URL at which this machine reaches it, without a slash at the end."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(self.host, self.host)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


@contextmanager
def reserve(host: str, port: int) -> Iterator[Address]:
    """Take an address, port 0 meaning any free one, and keep it until the end of the block.

    Raises `AddressError`: the host is not this machine's, the port is busy or forbidden.
    """
    family, target = _resolve(host, port)
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        _bind(probe, target, host, port)
        target = (target[0], probe.getsockname()[1], *target[2:])
    with socket.socket(family) as holder:
        if sys.platform == "linux":
            _hold(holder, target, host, port)
        yield Address(target[0], target[1])


def _hold(holder: socket.socket, target: Any, host: str, port: int) -> None:
    """Bind without listening, so that the workers may bind as well, and nobody else.

    ``SO_REUSEADDR`` is there while it binds (connections of an earlier server may linger) and gone afterwards (so that
    the probe of a later server fails although nobody listens yet).
    """
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    _bind(holder, target, host, port)
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)


def _resolve(host: str, port: int) -> tuple[socket.AddressFamily, Any]:
    try:
        family, _, _, _, target = socket.getaddrinfo(host or "127.0.0.1", port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError):
        raise AddressError(f"the host '{host}' has no address; 127.0.0.1 serves this machine, 0.0.0.0 all") from None
    return family, target


def _bind(sock: socket.socket, target: Any, host: str, port: int) -> None:
    """Bind and, for the probe that does not share, listen: only that shows that nobody else does."""
    reasons = {
        errno.EADDRINUSE: f"port {port} of {host} is in use; choose another with --port, or --port 0 for any free one",
        errno.EACCES: f"port {port} needs rights that you do not have; ports from 1024 on need none",
        errno.EADDRNOTAVAIL: f"'{host}' is not an address of this machine; 127.0.0.1 serves this machine, 0.0.0.0 all",
    }
    try:
        sock.bind(target)
        if not _shares(sock):
            sock.listen(1)
    except OSError as error:
        reason = reasons.get(error.errno or 0, f"cannot listen on {host}, port {port}: {error.strerror}")
        raise AddressError(reason) from None


def _shares(sock: socket.socket) -> bool:
    option = getattr(socket, "SO_REUSEPORT", None)
    return option is not None and bool(sock.getsockopt(socket.SOL_SOCKET, option))


@contextmanager
def shared_directory() -> Iterator[Path]:
    """A directory for what the workers share, gone at the end of the block."""
    path = tempfile.mkdtemp(prefix="mockserver-")
    try:
        yield Path(path)
    finally:
        shutil.rmtree(path, ignore_errors=True)


def run(app: Any, address: Address, *, build: Build, workers: int, ready: Callable[[], None]) -> None:
    """Serve ``app`` until SIGINT, SIGTERM or SIGHUP; ``ready`` is called once connections are accepted.

    ``build`` makes the same application again, where workers cannot be forked. A worker that dies is replaced; one that
    dies again within seconds ends the server. Raises `AddressError` when the workers cannot be started or kept.
    """
    if sys.platform == "linux":
        multiprocessing.set_start_method("fork", force=True)
        _built["app"] = app
    server = _Server(
        "mockserver",
        address=address.host,
        port=address.port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        log_enabled=False,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    )
    server.ready = ready
    try:
        server.serve(target_loader=_Loader(build), wrap_loader=False)
    except SystemExit:
        # granian's way to say that workers died; they may do so at our own wish, before it notices the signal.
        if not server.interrupt_signal:
            raise AddressError("the server's workers end as soon as they begin; see the messages above") from None
    finally:
        for worker in server.wrks:
            worker.terminate()  # type: ignore[no-untyped-call]
        _built.clear()


class _Server(Granian):
    """granian's server, which says when it is ready and takes a closed terminal for the end."""

    ready: Callable[[], None]

    def startup(self, spawn_target: Any, target_loader: Any) -> None:
        """Start the workers, then tell; a signal that comes meanwhile is obeyed."""
        super().startup(spawn_target, target_loader)  # type: ignore[no-untyped-call]
        if hasattr(signal, "SIGHUP"):
            signal.signal(signal.SIGHUP, self.signal_handler_interrupt)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and not self.main_loop_interrupt.is_set():
            if _accepts(self.bind_addr, self.bind_port):
                with suppress(OSError):
                    # Whoever was to read it may be gone; serving goes on.
                    self.ready()
                return
            time.sleep(0.002)


def _accepts(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


@dataclass(frozen=True)
class _Loader:
    """What a worker calls first: gives it the application, and ties its life to its parent's."""

    build: Build

    def __call__(self) -> Any:
        parent = multiprocessing.parent_process()
        if parent is not None:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            if hasattr(os, "setpgid"):
                # Ctrl-C in a terminal goes to the whole group: the parent gets it, and ends the workers in order.
                os.setpgid(0, 0)
            threading.Thread(target=_follow, args=(parent,), daemon=True).start()
        return _built.get("app") or self.build()


def _follow(parent: Any) -> None:
    """End this worker when its parent is gone, however it went.

    A signal that comes while granian's worker is still starting is lost: so what has not ended after a while is ended.
    """
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(STOP_SECONDS)
    os._exit(0)
