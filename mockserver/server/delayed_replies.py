"""Answers that are sent later, without a thread that waits for each of them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from mockserver.mock.messages import LATER

_CALLBACK = "_wsgi_call_wrap"


def let_answers_wait() -> None:
    """Have granian's WSGI callback give each request a way to be answered later.

    granian hands the object that takes the answer to this callback alone, and not to the application; but it takes the
    answer from any thread, at any time. Where a newer granian has no such callback, applications have to wait.
    """
    from granian.server import mp

    wrap: Any = getattr(mp, _CALLBACK, None)
    if wrap is None:
        return
    alarm = _Alarm()

    def deferring(callback: Any, *options: Any) -> Any:
        run = wrap(callback, *options)

        def runner(proto: Any, scope: dict[str, Any]) -> Any:
            reply = _Reply(proto, alarm)
            scope[LATER] = reply.later
            return run(reply, scope)

        return runner

    setattr(mp, _CALLBACK, deferring)


class _Alarm:
    """Calls functions when their time has come, in a thread of its own, which is started when first needed."""

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


class _Reply:
    """What takes the answer to one request: granian's own, at once or when it is due."""

    __slots__ = ("_alarm", "_proto", "_seconds")

    def __init__(self, proto: Any, alarm: _Alarm) -> None:
        self._proto = proto
        self._alarm = alarm
        self._seconds = 0.0

    def later(self, seconds: float) -> None:
        """Send it so many seconds later."""
        self._seconds = seconds

    def response_bytes(self, status: int, headers: Any, body: bytes) -> None:
        """An answer that is whole."""
        if self._seconds > 0:
            self._alarm.call(self._seconds, lambda: self._proto.response_bytes(status, headers, body))
        else:
            self._proto.response_bytes(status, headers, body)

    def response_iter(self, status: int, headers: Any, body: Any) -> None:
        """An answer in parts, each of which waits for the client to take it: a late one has a thread of its own."""
        if self._seconds > 0:
            answer = threading.Thread(target=self._proto.response_iter, args=(status, headers, body), daemon=True)
            self._alarm.call(self._seconds, answer.start)
        else:
            self._proto.response_iter(status, headers, body)
