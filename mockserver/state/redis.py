"""A store of the state in Redis, for any number of machines.

Redis may become unreachable and return. In the meantime, there are no refreshes and settings, and changes are not kept.
After `RETRY_SECONDS`, or longer if the failed attempt took long, one request tries again. Each loss of the connection
changes the version, so that no answer that was made during it is cached.
"""

from __future__ import annotations

import struct
import sys
import threading
import time
import uuid
from collections.abc import Callable, Hashable, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

from mockserver.errors import OptionError
from mockserver.state.base import CAPACITY
from mockserver.state.journal import CAPACITY as JOURNAL_CAPACITY
from mockserver.state.journal import MemoryJournal, Row
from mockserver.state.memory import MemoryState

T = TypeVar("T")

RETRY_SECONDS = 0.25
"""The shortest time between a failed attempt and the next one."""

RETRY_FACTOR = 10
"""How many times as long as a failed attempt took passes before the next one, at least."""

TIMEOUT_SECONDS = 1.0
_BEGINNING = datetime.min.replace(tzinfo=UTC)
_KEYS = ("mockserver:refreshes", "mockserver:turns", "mockserver:turn", "mockserver:version")
_SETTINGS, _RUN = "mockserver:settings", "mockserver:run"
_REQUESTS = "mockserver:requests"
_ROW = struct.Struct("<QQ")
# Timestamps are zero-padded so they sort lexicographically. The version is a random text, different after each change.
_REFRESH = """
local before = redis.call('HGET', KEYS[1], ARGV[1])
if before and before >= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], redis.call('INCR', KEYS[3]), ARGV[1])
local excess = redis.call('ZCARD', KEYS[2]) - tonumber(ARGV[3])
if excess > 0 then
  for _, oldest in ipairs(redis.call('ZRANGE', KEYS[2], 0, excess - 1)) do redis.call('HDEL', KEYS[1], oldest) end
  redis.call('ZREMRANGEBYRANK', KEYS[2], 0, excess - 1)
end
redis.call('SET', KEYS[4], ARGV[4])
return 1
"""
_SET = """
redis.call('HDEL', KEYS[1], ARGV[1])
if ARGV[3] == '1' then redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) end
redis.call('SET', KEYS[2], ARGV[4])
return 1
"""
_TICK = """
local known = redis.call('HMGET', KEYS[1], 'run', 'start')
local start, window, now = tonumber(known[2] or '0'), tonumber(ARGV[3]), tonumber(ARGV[2])
if known[1] ~= ARGV[1] then
  redis.call('HSET', KEYS[1], 'run', ARGV[1], 'number', 0, 'total', 0, 'start', ARGV[2])
elseif window > 0 and now >= start + window then
  redis.call('HSET', KEYS[1], 'number', 0, 'start', ARGV[2])
end
local number, total = redis.call('HINCRBY', KEYS[1], 'number', 1), redis.call('HINCRBY', KEYS[1], 'total', 1)
return {number, total, redis.call('HGET', KEYS[1], 'start')}
"""
_ADD = "redis.call('RPUSH', KEYS[1], ARGV[1]) redis.call('LTRIM', KEYS[1], ARGV[2], -1) return 1"
_RESET = "redis.call('DEL', KEYS[1], KEYS[2], KEYS[5], KEYS[6]) redis.call('SET', KEYS[4], ARGV[1]) return 1"


def _to_stderr(message: str) -> None:
    """Write a message to the log. A closed log is no reason to fail."""
    with suppress(OSError, ValueError):
        sys.stderr.write(f"mockserver: {message}\n")
        sys.stderr.flush()


class RedisState:
    """A `State` behind a URL. ``clock`` returns monotonic seconds; ``log`` takes messages for the log.

    Raises `OptionError` for an invalid URL, and if the client is not installed, but not if Redis cannot be reached.
    """

    def __init__(
        self,
        url: str,
        *,
        capacity: int = CAPACITY,
        clock: Callable[[], float] = time.monotonic,
        log: Callable[[str], None] = _to_stderr,
    ) -> None:
        self._url = url
        self._capacity = capacity
        self._clock = clock
        self._log = log
        self.client, self._errors = _client(url)
        self._local = MemoryState()
        self._lock = threading.Lock()
        self._retrying = threading.Lock()
        self._lost = False
        self._next_attempt = 0.0
        self._losses = 0

    def __reduce__(self) -> tuple[type[RedisState], tuple[str]]:
        return RedisState, (self._url,)

    def refresh(self, scope: str, value: str, instant: datetime) -> bool:
        timestamp = f"{(instant - _BEGINNING) // timedelta(microseconds=1):018}"
        arguments = (_member(scope, value), timestamp, self._capacity, uuid.uuid4().hex)
        return self.attempt(lambda: self.client.eval(_REFRESH, len(_KEYS), *_KEYS, *arguments), None) is not None

    def refreshed(self, scope: str, values: Iterable[str]) -> Mapping[str, datetime]:
        distinct = list(set(values))
        if not distinct:
            return {}
        members = [_member(scope, value) for value in distinct]
        found: list[bytes | None] = self.attempt(lambda: self.client.hmget(_KEYS[0], members), [])
        pairs = zip(distinct, found, strict=False)
        return {v: _BEGINNING + timedelta(microseconds=int(text)) for v, text in pairs if text is not None}

    def version(self) -> Hashable:
        # It takes a request to Redis each time, so that a refresh is seen at once on every machine.
        version = self.attempt(lambda: self.client.get(_KEYS[3]), "lost")
        return version, self._losses

    def setting(self, name: str) -> str | None:
        found = self.attempt(lambda: self.client.hget(_SETTINGS, name), None)
        return None if found is None else str(found, "utf-8", "surrogatepass")

    def set(self, name: str, text: str | None) -> bool:
        encoded = (text or "").encode("utf-8", "surrogatepass")
        arguments = (name, encoded, "0" if text is None else "1", uuid.uuid4().hex)
        return self.attempt(lambda: self.client.eval(_SET, 2, _SETTINGS, _KEYS[3], *arguments), None) is not None

    def tick(self, run: str, now: float, window: float) -> tuple[int, int, float]:
        found = self.attempt(lambda: self.client.eval(_TICK, 1, _RUN, run, repr(now), repr(window)), None)
        if found is None:
            # While Redis is unreachable, each process counts for itself.
            return self._local.tick(run, now, window)
        return int(found[0]), int(found[1]), float(found[2])

    def ticks(self, run: str) -> int:
        found = self.attempt(lambda: self.client.hmget(_RUN, "run", "total"), None)
        if found is None:
            return self._local.ticks(run)
        return int(found[1]) if found[0] == run.encode() else 0

    def reachable(self) -> bool:
        return self.attempt(lambda: bool(self.client.ping()), False)

    def reset(self) -> bool:
        keys = (*_KEYS, _SETTINGS, _RUN)
        self._local.reset()
        return self.attempt(lambda: self.client.eval(_RESET, len(keys), *keys, uuid.uuid4().hex), None) is not None

    def close(self) -> None:
        """Close the connections of this process; the next call opens new ones."""
        self.client.close()

    def attempt(self, call: Callable[[], T], default: T) -> T:
        """Return the result of a call to Redis, or ``default`` if it cannot be reached.

        While it is unreachable, a call is made only after some time, and by one thread at a time.
        """
        if not self._lost:
            return self._tried(call, default)
        if self._clock() < self._next_attempt or not self._retrying.acquire(blocking=False):
            return default
        try:
            return self._tried(call, default)
        finally:
            self._retrying.release()

    def _tried(self, call: Callable[[], T], default: T) -> T:
        begun = self._clock()
        try:
            result = call()
        except self._errors as error:
            self._mark_lost(error, self._clock() - begun)
            return default
        if self._lost:
            self._mark_found()
        return result

    def _mark_lost(self, error: Exception, seconds: float) -> None:
        with self._lock:
            self._next_attempt = self._clock() + max(RETRY_SECONDS, RETRY_FACTOR * seconds)
            if self._lost:
                return
            self._losses += 1
            self._lost = True
        reason = " ".join(str(error).split()) or type(error).__name__
        consequence = "refreshes and runtime settings are ignored until it returns"
        self._log(f"the shared state at {_shown(self._url)} cannot be reached ({reason}); {consequence}")

    def _mark_found(self) -> None:
        with self._lock:
            if not self._lost:
                return
            self._lost = False
        self._log(f"the shared state at {_shown(self._url)} can be reached again")


def _client(url: str) -> tuple[Any, tuple[type[Exception], ...]]:
    """Return a client that waits for a second and retries once, at most, and the exceptions that it raises."""
    try:
        import redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry
    except ImportError:
        raise OptionError(
            "a state in Redis needs its client; install it with: pip install 'mockserver[redis]'"
        ) from None
    try:
        client = redis.Redis.from_url(
            url,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
            # That Redis has closed a connection, by a restart for example, is noticed only when it is used.
            retry=Retry(NoBackoff(), 1),
        )
    except ValueError as error:
        raise OptionError(f"got the state '{_shown(url)}', expected a Redis URL: {error}") from None
    return client, (redis.RedisError, OSError)


def _member(scope: str, value: str) -> bytes:
    return f"{scope}\0{value}".encode("utf-8", "surrogatepass")


def _shown(url: str) -> str:
    """Return a URL without the parts that may be secret."""
    try:
        parts = urlsplit(url)
        port = "" if parts.port is None else f":{parts.port}"
        return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"
    except ValueError:
        return url.partition("://")[0] + "://..."


class RedisJournal:
    """A `Journal` in Redis, which all machines share. While Redis is unreachable, each process has its own."""

    def __init__(self, state: RedisState) -> None:
        self._state = state
        self._local = MemoryJournal()

    def add(self, row: Row) -> None:
        text = _ROW.pack(row.instant, row.duration) + row.entry
        client = self._state.client
        if self._state.attempt(lambda: client.eval(_ADD, 1, _REQUESTS, text, -JOURNAL_CAPACITY), None) is None:
            self._local.add(row)

    def rows(self) -> list[Row]:
        client = self._state.client
        texts: list[bytes] = self._state.attempt(lambda: client.lrange(_REQUESTS, 0, -1), [])
        timed = ((_ROW.unpack_from(text), text[_ROW.size :]) for text in texts)
        rows = [Row(instant, duration, entry) for (instant, duration), entry in timed]
        return sorted(rows + self._local.rows())[-JOURNAL_CAPACITY:]

    def clear(self) -> None:
        self._local.clear()
        self._state.attempt(lambda: self._state.client.delete(_REQUESTS), None)
