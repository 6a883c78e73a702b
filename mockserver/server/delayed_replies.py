"""Answers that are sent later, without a thread that waits for each of them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from mockserver.mock.messages import LATER

_CALLBACK = "_wsgi_call_wrap"
"""The function of granian that wraps a WSGI application."""


def enable_delayed_replies() -> None:
    """Make granian give each request a function that delays its answer, under the key `LATER`.

    Granian passes the object that sends the answer only to its own WSGI callback. The object can be used later and from
    any thread, so the callback is wrapped. If a newer granian has no such callback, applications sleep instead.
    """
    from granian.server import mp

    wrap: Any = getattr(mp, _CALLBACK, None)
    if wrap is None:
        return
    timer = _Timer()

    def wrap_delaying(callback: Any, *options: Any) -> Any:
        run = wrap(callback, *options)

        def runner(sender: Any, scope: dict[str, Any]) -> Any:
            delayed = _DelayedSender(sender, timer)
            scope[LATER] = delayed.later
            return run(delayed, scope)

        return runner

    setattr(mp, _CALLBACK, wrap_delaying)


class _Timer:
    """Calls functions after a delay, all in one thread, which starts with the first call."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: Any = None

    def call(self, seconds: float, function: Callable[[], Any]) -> None:
        with self._lock:
            if self._loop is None:
                import asyncio

                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._loop.call_soon_threadsafe(self._loop.call_later, seconds, function)


class _DelayedSender:
    """Sends the answer of one request through granian's sender: at once, or after the delay that `later` sets."""

    __slots__ = ("_seconds", "_sender", "_timer")

    def __init__(self, sender: Any, timer: _Timer) -> None:
        self._sender = sender
        self._timer = timer
        self._seconds = 0.0

    def later(self, seconds: float) -> None:
        self._seconds = seconds

    def response_bytes(self, status: int, headers: Any, body: bytes) -> None:
        """Send an answer whose body is complete."""
        if self._seconds > 0:
            self._timer.call(self._seconds, lambda: self._sender.response_bytes(status, headers, body))
        else:
            self._sender.response_bytes(status, headers, body)

    def response_iter(self, status: int, headers: Any, body: Any) -> None:
        """Send an answer in parts. Each part waits for the client, so a delayed answer gets a thread of its own."""
        if self._seconds > 0:
            thread = threading.Thread(target=self._sender.response_iter, args=(status, headers, body), daemon=True)
            self._timer.call(self._seconds, thread.start)
        else:
            self._sender.response_iter(status, headers, body)
