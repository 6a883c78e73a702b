"""State in Redis, for any number of machines; alone knows the client.

Redis may go and come back. While it is gone the world is shown as it was made, a refresh says that it was not kept, and
after `RETRY_SECONDS`, or longer where the silence itself took long, one request tries again. Each loss makes the
version another one, so that no answer that was made halfway through it is remembered.
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
from mockserver.state.journal import CAPACITY as JOURNAL
from mockserver.state.journal import MemoryJournal, Row
from mockserver.state.memory import MemoryState

T = TypeVar("T")

RETRY_SECONDS = 0.25
"""How long nobody tries again after Redis did not answer, at least."""

PATIENCE = 10
"""How many times as long as it took to find out that Redis is gone nobody tries again."""

TIMEOUT_SECONDS = 1.0
_BEGINNING = datetime.min.replace(tzinfo=UTC)
_KEYS = ("mockserver:refreshes", "mockserver:turns", "mockserver:turn", "mockserver:version")
_SETTINGS, _RUN = "mockserver:settings", "mockserver:run"
_REQUESTS = "mockserver:requests"
_ROW = struct.Struct("<QQ")
# Instants are digits of one length, so that they compare as texts do. The version is any text that was never one.
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


def _say(text: str) -> None:
    with suppress(OSError, ValueError):
        sys.stderr.write(f"mockserver: {text}\n")
        sys.stderr.flush()


class RedisState:
    """A `State` behind a URL. ``clock`` counts seconds; ``say`` takes what the log should say.

    Raises `OptionError` for a URL that is none, and where the client is not installed; never because Redis is not
    there.
    """

    def __init__(
        self,
        url: str,
        *,
        capacity: int = CAPACITY,
        clock: Callable[[], float] = time.monotonic,
        say: Callable[[str], None] = _say,
    ) -> None:
        self._url = url
        self._capacity = capacity
        self._clock = clock
        self._say = say
        self.client, self._errors = _client(url)
        self._alone = MemoryState()
        self._lock = threading.Lock()
        self._trying = threading.Lock()
        self._gone = False
        self._again = 0.0
        self._losses = 0

    def __reduce__(self) -> tuple[type[RedisState], tuple[str]]:
        return RedisState, (self._url,)

    def refresh(self, scope: str, value: str, instant: datetime) -> bool:
        said = f"{(instant - _BEGINNING) // timedelta(microseconds=1):018}"
        arguments = (_member(scope, value), said, self._capacity, uuid.uuid4().hex)
        return self.asked(lambda: self.client.eval(_REFRESH, len(_KEYS), *_KEYS, *arguments), None) is not None

    def refreshed(self, scope: str, values: Iterable[str]) -> Mapping[str, datetime]:
        wanted = list(set(values))
        if not wanted:
            return {}
        members = [_member(scope, value) for value in wanted]
        found: list[bytes | None] = self.asked(lambda: self.client.hmget(_KEYS[0], members), [])
        pairs = zip(wanted, found, strict=False)
        return {v: _BEGINNING + timedelta(microseconds=int(text)) for v, text in pairs if text is not None}

    def version(self) -> Hashable:
        """See `State.version`. One question to Redis: only so is a refresh seen at once on every machine."""
        version = self.asked(lambda: self.client.get(_KEYS[3]), "gone")
        return version, self._losses

    def setting(self, name: str) -> str | None:
        found = self.asked(lambda: self.client.hget(_SETTINGS, name), None)
        return None if found is None else str(found, "utf-8", "surrogatepass")

    def set(self, name: str, text: str | None) -> bool:
        said = (name, (text or "").encode("utf-8", "surrogatepass"), "0" if text is None else "1", uuid.uuid4().hex)
        return self.asked(lambda: self.client.eval(_SET, 2, _SETTINGS, _KEYS[3], *said), None) is not None

    def tick(self, run: str, now: float, window: float) -> tuple[int, int, float]:
        """See `State.tick`. While Redis is gone each process counts for itself."""
        found = self.asked(lambda: self.client.eval(_TICK, 1, _RUN, run, repr(now), repr(window)), None)
        if found is None:
            return self._alone.tick(run, now, window)
        return int(found[0]), int(found[1]), float(found[2])

    def ticks(self, run: str) -> int:
        found = self.asked(lambda: self.client.hmget(_RUN, "run", "total"), None)
        if found is None:
            return self._alone.ticks(run)
        return int(found[1]) if found[0] == run.encode() else 0

    def reachable(self) -> bool:
        return self.asked(lambda: bool(self.client.ping()), False)

    def reset(self) -> bool:
        keys = (*_KEYS, _SETTINGS, _RUN)
        self._alone.reset()
        return self.asked(lambda: self.client.eval(_RESET, len(keys), *keys, uuid.uuid4().hex), None) is not None

    def close(self) -> None:
        """Close the connections of this process; the next call opens others."""
        self.client.close()

    def asked(self, ask: Callable[[], T], otherwise: T) -> T:
        """What Redis says to a question; ``otherwise`` when it is gone."""
        if not self._gone:
            return self._tried(ask, otherwise)
        if self._clock() < self._again or not self._trying.acquire(blocking=False):
            return otherwise
        try:
            return self._tried(ask, otherwise)
        finally:
            self._trying.release()

    def _tried(self, ask: Callable[[], T], otherwise: T) -> T:
        begun = self._clock()
        try:
            said = ask()
        except self._errors as error:
            self._lost(error, self._clock() - begun)
            return otherwise
        if self._gone:
            self._found()
        return said

    def _lost(self, error: Exception, seconds: float) -> None:
        with self._lock:
            self._again = self._clock() + max(RETRY_SECONDS, PATIENCE * seconds)
            if self._gone:
                return
            self._losses += 1
            self._gone = True
        reason = " ".join(str(error).split()) or type(error).__name__
        self._say(f"the shared state at {_shown(self._url)} is gone ({reason}); the world is served as it was made")

    def _found(self) -> None:
        with self._lock:
            if not self._gone:
                return
            self._gone = False
        self._say(f"the shared state at {_shown(self._url)} is back")


def _client(url: str) -> tuple[Any, tuple[type[Exception], ...]]:
    """A client that waits a second at most and tries once more at most, and what it raises."""
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
            # A connection that an earlier Redis closed is found out by using it.
            retry=Retry(NoBackoff(), 1),
        )
    except ValueError as error:
        raise OptionError(f"the state '{_shown(url)}' is no Redis URL: {error}") from None
    return client, (redis.RedisError, OSError)


def _member(scope: str, value: str) -> bytes:
    return f"{scope}\0{value}".encode("utf-8", "surrogatepass")


def _shown(url: str) -> str:
    """The URL without what may be secret."""
    try:
        parts = urlsplit(url)
        port = "" if parts.port is None else f":{parts.port}"
        return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"
    except ValueError:
        return url.partition("://")[0] + "://..."


class RedisJournal:
    """A `Journal` in the Redis of a state: what any machine was asked, all read. While it is gone each has its own."""

    def __init__(self, state: RedisState) -> None:
        self._state = state
        self._alone = MemoryJournal()

    def add(self, row: Row) -> None:
        text = _ROW.pack(row.instant, row.duration) + row.entry
        client = self._state.client
        if self._state.asked(lambda: client.eval(_ADD, 1, _REQUESTS, text, -JOURNAL), None) is None:
            self._alone.add(row)

    def rows(self) -> list[Row]:
        client = self._state.client
        texts: list[bytes] = self._state.asked(lambda: client.lrange(_REQUESTS, 0, -1), [])
        timed = ((_ROW.unpack_from(text), text[_ROW.size :]) for text in texts)
        rows = [Row(instant, duration, note) for (instant, duration), note in timed]
        return sorted(rows + self._alone.rows())[-JOURNAL:]

    def clear(self) -> None:
        self._alone.clear()
        self._state.asked(lambda: self._state.client.delete(_REQUESTS), None)
