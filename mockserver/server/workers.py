"""The production server: granian's worker processes behind one address, from the first connection to a clean end.

`addresses.reserve` takes the address before anything else, with a socket that stays open without listening. This shows
which port 0 became, and whether the port is in use: workers share a port by ``SO_REUSEPORT``, and would share it with a
foreign server too. It also keeps the port while a worker that died is replaced.

On Linux, workers are forked from a process that has read the contract and built the application. Elsewhere they are
spawned and build it themselves.

A worker runs Python in one thread: more threads would only wait for the interpreter's lock. So a delayed answer must
not block that thread: the application says when the answer is due (`messages.LATER`) and returns.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from granian.constants import Interfaces

from mockserver.errors import AddressError
from mockserver.server.addresses import Address
from mockserver.server.delayed_replies import enable_delayed_replies

if TYPE_CHECKING:
    from granian.server.mp import MPServer as Granian
else:
    from granian import Granian

STOP_SECONDS = 2
"""Seconds that a worker gets to end before it is killed."""

START_SECONDS = 30
"""Seconds that the workers get to accept connections."""

Build = Callable[[], Any]
"""Makes the WSGI application; picklable, so that a spawned worker can call it."""

Begin = Callable[[Any], None]
"""Called with the application in each worker before its first request; picklable."""

# The application of `run`, for the workers that are forked.
_built: dict[str, Any] = {}


def run(
    app: Any,
    address: Address,
    *,
    build: Build,
    workers: int,
    ready: Callable[[], None],
    begin: Begin | None = None,
    threads: int = 1,
) -> None:
    """Serve ``app`` until SIGINT, SIGTERM or SIGHUP; call ``ready`` once connections are accepted.

    ``build`` makes the same application again for workers that cannot be forked. ``begin`` is called in each worker.
    More than one of ``threads`` helps an application that waits for something else, such as a database. A worker that
    dies is replaced; one that dies again within seconds ends the server.

    Raises `AddressError` if the workers do not start, or do not keep running.
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
        blocking_threads=threads,
        log_enabled=False,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    )
    server.ready = ready
    try:
        server.serve(target_loader=_Loader(build, begin), wrap_loader=False)
    except SystemExit:
        # Granian exits this way if workers died. After a signal they may die before granian notices the signal.
        if not server.interrupt_signal:
            raise AddressError("the server's workers end right after their start; see the messages above") from None
    finally:
        for worker in server.wrks:
            worker.terminate()  # type: ignore[no-untyped-call]  # granian has no types here
        _built.clear()


class _Server(Granian):
    """Granian's server, which reports when it is ready, and ends if its terminal is closed (SIGHUP)."""

    ready: Callable[[], None]

    def startup(self, spawn_target: Any, target_loader: Any) -> None:
        """Start the workers and report that they are ready. A signal that arrives meanwhile ends the server."""
        super().startup(spawn_target, target_loader)  # type: ignore[no-untyped-call]  # granian has no types here
        if hasattr(signal, "SIGHUP"):
            signal.signal(signal.SIGHUP, self.signal_handler_interrupt)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and not self.main_loop_interrupt.is_set():
            if _accepts(self.bind_addr, self.bind_port):
                with suppress(OSError):
                    # The reader of the output may be gone; serving goes on.
                    self.ready()
                return
            time.sleep(0.002)


def _accepts(host: str, port: int) -> bool:
    """Return whether a connection is accepted."""
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


@dataclass(frozen=True)
class _Loader:
    """Called first in each worker: returns the application, and ends the worker when its parent ends."""

    build: Build
    begin: Begin | None

    def __call__(self) -> Any:
        parent = multiprocessing.parent_process()
        if parent is not None:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            if hasattr(os, "setpgid"):
                # Ctrl-C in a terminal signals the whole process group. Only the parent is to get it: it ends the
                # workers in order.
                os.setpgid(0, 0)
            threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
        app = _built.get("app") or self.build()
        if self.begin is not None:
            self.begin(app)
        enable_delayed_replies()
        return app


def _end_with(parent: Any) -> None:
    """End this worker when its parent has ended, for whatever reason.

    Granian loses a signal that arrives while its worker is starting, so after `STOP_SECONDS` the process exits.
    """
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(STOP_SECONDS)
    os._exit(0)
