"""A forward proxy, to see what goes through it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

SKIPPED = ("connection", "proxy-connection", "transfer-encoding", "content-length")


class _Proxy(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65536  # Head and body in one packet: otherwise each answer waits for an acknowledgement.

    def forward(self) -> None:
        parts = urlsplit(self.path)
        connection = HTTPConnection(str(parts.hostname), parts.port or 80, timeout=10)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name: value for name, value in self.headers.items() if name.lower() not in SKIPPED}
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(self.command, target, body, {**headers, "Via": "1.1 proxy"})
        answer = connection.getresponse()
        content = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in SKIPPED:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        connection.close()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_TRACE = do_QUERY = forward  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@contextmanager
def proxying() -> Iterator[str]:
    """Run a proxy while the block runs; the value is its URL. What it forwards has a ``Via`` header."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Proxy)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def closed_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
