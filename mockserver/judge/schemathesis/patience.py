"""Waits for servers that limit requests, keeps a pace that they bear, and ends when the time is spent."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from mockserver.judge.survey.recorder import BudgetSpent

PAUSES = (0.5, 1.0, 2.0)
"""Seconds to wait after a refusal that does not say how long to wait, time after time; then it is given up."""

LONGEST_WAIT = 60.0
"""Seconds that a server may ask to wait for at a time; the list of one that asks for more is inconclusive."""

MOST_WAITS = 20
"""How often one request is sent again because the server said when."""

_SLOWEST = 1.0
_RESET = re.compile(r"^(?:x-)?rate-?limit-reset(?:-after)?$", re.IGNORECASE)
_REMAINING = re.compile(r"^(?:x-)?rate-?limit-remaining$", re.IGNORECASE)

Headers = Mapping[str, Sequence[str]]


class ThrottledError(BudgetSpent):
    """The server limits requests, and waiting did not help."""


class TimeSpentError(BudgetSpent):
    """The time for this list is over."""


def is_throttled(status: int, headers: Headers) -> bool:
    """Return whether an answer says "not now", rather than anything about the request."""
    if status == 429:
        return True
    if status == 503:
        return bool(_value(headers, "retry-after"))
    return status == 403 and (bool(_value(headers, "retry-after")) or _remaining(headers) == "0")


def wanted_wait(headers: Headers) -> float | None:
    """Return how many seconds the server asks to wait, by ``Retry-After`` or rate-limit headers; ``None`` if it does
    not say.
    """
    after = _value(headers, "retry-after")
    if after:
        seconds = _seconds(after)
        if seconds is not None:
            return seconds
    for name, values in headers.items():
        if _RESET.match(name) and values:
            return _until(values[0])
    limits = ", ".join(headers.get("ratelimit", ()))
    found = re.search(r"\b(?:reset|t)=(\d+)", limits)
    return float(found[1]) if found else None


def _seconds(text: str) -> float | None:
    """Return the seconds of a ``Retry-After``: a number, or a date."""
    if re.fullmatch(r"\d+(\.\d+)?", text.strip()):
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _until(text: str) -> float | None:
    """Return the seconds until a reset: some servers send seconds, others a time since 1970, in seconds or less."""
    seconds = _seconds(text)
    if seconds is None or seconds < 1e9:
        return seconds
    moment = seconds / 1000 if seconds > 1e11 else seconds
    return max(0.0, moment - time.time())


def _remaining(headers: Headers) -> str | None:
    return next((values[0].strip() for name, values in headers.items() if _REMAINING.match(name) and values), None)


def _value(headers: Headers, name: str) -> str:
    return next(iter(headers.get(name, ())), "")


class Pace:
    """When the next request may be sent, for all threads that send. ``deadline`` is a time of `time.monotonic`.

    ``gave_up`` says why the server is not asked any more; empty while it is.
    """

    def __init__(self) -> None:
        self.deadline: float | None = None
        self.gave_up = ""
        self._next = 0.0
        self._interval = 0.0
        self._lock = threading.Lock()

    def left(self) -> float | None:
        """Return how many seconds are left; ``None`` if time is not limited."""
        return None if self.deadline is None else self.deadline - time.monotonic()

    def await_turn(self) -> None:
        """Wait until the next request may be sent. Raises `TimeSpentError` if that would be after the deadline."""
        with self._lock:
            now = time.monotonic()
            at = max(now, self._next)
            if self.deadline is not None and at >= self.deadline:
                raise TimeSpentError("the time budget is spent")
            self._next = at + self._interval
        if at > now:
            time.sleep(at - now)

    def slow_down(self, wait: float, *, is_told: bool) -> None:
        """Send nothing for so many seconds; then more slowly than before, where the server does not say how long."""
        with self._lock:
            self._next = max(self._next, time.monotonic() + wait)
            if not is_told:
                self._interval = min(_SLOWEST, max(0.1, self._interval * 2))

    def speed_up(self) -> None:
        """Go a little faster: a request was answered."""
        if self._interval:
            with self._lock:
                self._interval = self._interval * 0.9 if self._interval > 0.01 else 0.0

    def give_up(self, reason: str) -> None:
        """Keep the reason why the server is not asked any more."""
        self.gave_up = self.gave_up or reason

    def start_anew(self, deadline: float | None) -> None:
        """Begin with another list, which may take until ``deadline``."""
        self.deadline, self.gave_up = deadline, ""


def next_wait(headers: Headers, tries: int) -> float | None:
    """Return how long to wait before a request is sent again; ``None`` if it should be given up."""
    wanted = wanted_wait(headers)
    if wanted is None:
        return PAUSES[tries] if tries < len(PAUSES) else None
    return max(0.05, wanted) if wanted <= LONGEST_WAIT and tries < MOST_WAITS else None
