"""The address that a server listens on: taken before anything else is done, and kept while workers come and go."""

from __future__ import annotations

import errno
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from mockserver.errors import AddressError


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
