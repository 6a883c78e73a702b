"""The address that a server listens on. It is reserved before anything else, and kept while workers are replaced."""

from __future__ import annotations

import errno
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from mockserver.errors import AddressError

_HINT = "use 127.0.0.1 to serve this machine only, 0.0.0.0 to serve other machines too"


@dataclass(frozen=True)
class Address:
    """A host, and the port that was reserved."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """The base URL for clients on this machine, without a slash at the end."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(self.host, self.host)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


@contextmanager
def reserve(host: str, port: int) -> Iterator[Address]:
    """Reserve an address until the end of the block; port 0 stands for any free port.

    Raises `AddressError` if the host is not this machine, or the port is in use or not allowed.
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
    """Bind without listening, so that only the workers can bind as well.

    ``SO_REUSEADDR`` is set while binding, because connections of an earlier server may linger. It is removed
    afterwards, so that the probe of another server fails even before the workers listen.
    """
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    _bind(holder, target, host, port)
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)


def _resolve(host: str, port: int) -> tuple[socket.AddressFamily, Any]:
    try:
        family, _, _, _, target = socket.getaddrinfo(host or "127.0.0.1", port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError):
        raise AddressError(f"the host '{host}' has no address; {_HINT}") from None
    return family, target


def _bind(sock: socket.socket, target: Any, host: str, port: int) -> None:
    """Bind a socket. A probe also listens: only then it is certain that nobody else listens on the port."""
    reasons = {
        errno.EADDRINUSE: f"port {port} of {host} is in use; choose another with --port, or --port 0 for any free port",
        errno.EACCES: f"you have no permission to listen on port {port}; ports from 1024 on need none",
        errno.EADDRNOTAVAIL: f"'{host}' is not an address of this machine; {_HINT}",
    }
    try:
        sock.bind(target)
        if not _shares(sock):
            sock.listen(1)
    except OSError as error:
        reason = reasons.get(error.errno or 0, f"cannot listen on {host}, port {port}: {error.strerror}")
        raise AddressError(reason) from None


def _shares(sock: socket.socket) -> bool:
    """Return whether other sockets may bind the same port."""
    option = getattr(socket, "SO_REUSEPORT", None)
    return option is not None and bool(sock.getsockopt(socket.SOL_SOCKET, option))
