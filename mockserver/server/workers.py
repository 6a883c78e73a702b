"""The production server: granian's worker processes behind one address, from its first connection to its clean end.

The address is taken before anything else is done, by a socket of our own that stays open without listening: so port 0
is known, a busy port is noticed (workers share a port by ``SO_REUSEPORT``, and would share it with a stranger as well),
and no one else gets the port while a dead worker is being replaced. Workers are forked on Linux, from a process that
has read the contract and built the application already; elsewhere they are spawned and build it themselves.

A worker runs Python in one thread: more would only wait for each other, and for the lock that they share. So an answer
that is to come later must not keep that thread: the application says when it is due (`messages.LATER`), and goes on.
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
from mockserver.server.addresses import Address, reserve
from mockserver.server.delayed_replies import let_answers_wait
from mockserver.server.shared_folder import shared_directory

if TYPE_CHECKING:
    from granian.server.mp import MPServer as Granian
else:
    from granian import Granian

__all__ = ["Address", "Build", "reserve", "run", "shared_directory"]

STOP_SECONDS = 2
START_SECONDS = 30
Build = Callable[[], Any]
"""Makes the WSGI application; picklable, so that a spawned worker can call it."""

Begin = Callable[[Any], None]
"""What a worker does with the application before its first request; picklable."""

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
    """Serve ``app`` until SIGINT, SIGTERM or SIGHUP; ``ready`` is called once connections are accepted.

    ``build`` makes the same application again, where workers cannot be forked; ``begin`` is called with it in each
    worker. More ``threads`` are for an application that waits for others, a database say. A worker that dies is
    replaced; one that dies again within seconds ends the server. Raises `AddressError` when the workers cannot be
    started or kept.
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
    begin: Begin | None

    def __call__(self) -> Any:
        parent = multiprocessing.parent_process()
        if parent is not None:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            if hasattr(os, "setpgid"):
                # Ctrl-C in a terminal goes to the whole group: the parent gets it, and ends the workers in order.
                os.setpgid(0, 0)
            threading.Thread(target=_follow, args=(parent,), daemon=True).start()
        app = _built.get("app") or self.build()
        if self.begin is not None:
            self.begin(app)
        let_answers_wait()
        return app


def _follow(parent: Any) -> None:
    """End this worker when its parent is gone, however it went.

    A signal that comes while granian's worker is still starting is lost: so what has not ended after a while is ended.
    """
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(STOP_SECONDS)
    os._exit(0)
