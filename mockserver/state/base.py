"""The few mutable things: which records were refreshed, what the mock was told to do, and the mock's clock.

In memory by default; `opening` has the stores that several processes or machines share. A refresh is kept by *scope*
(whose world, which list), *value* (of the property that the refresh is about) and *instant*; it only moves forward.
What a refresh does to a record is `renewed`, a pure function. Every store keeps at most ``capacity`` refreshes and
forgets the oldest. A *setting* is a text under a name: the scenario, the pinned records. A *run* counts requests.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Context, Decimal, InvalidOperation
from typing import Any, Protocol

from mockserver.errors import OptionError
from mockserver.values.instants import DEFAULT_CLOCK

CAPACITY = 100_000
Clock = Callable[[], datetime]
_MAX_EXPONENT = 1000
_EXACT = Context(prec=4 * _MAX_EXPONENT)


class State(Protocol):
    """What the mock remembers between requests. Every method is safe to call from several threads at once."""

    def refresh(self, scope: str, value: str, instant: datetime) -> bool:
        """Remember that the records of ``scope`` with this value were refreshed at ``instant`` (aware).

        ``False`` if it could not be kept; never because there is a later one.
        """

    def refreshed(self, scope: str, values: Iterable[str]) -> Mapping[str, datetime]:
        """When each of these values was last refreshed; those that never were are left out."""

    def version(self) -> Hashable:
        """Equal to an earlier one only if no answer has changed since: what was remembered under another is stale.

        Asked at every request, so it is cheap.
        """

    def setting(self, name: str) -> str | None:
        """The text of a setting; ``None`` if it was not set, or cannot be known now."""

    def set(self, name: str, text: str | None) -> bool:
        """Set a text, or take it away. ``False`` if it could not be kept."""

    def tick(self, run: str, now: float, window: float) -> tuple[int, int, float]:
        """Count one more request of a run: which one it is in its window and in the run (from 1), and when that began.

        Another run than the last one begins at 1; so does the window, where it is not 0 (seconds), with the first
        request when that many seconds have passed since it began. ``now`` is seconds since 1970. The version stays.
        """

    def ticks(self, run: str) -> int:
        """How many requests a run has counted."""

    def reachable(self) -> bool:
        """Whether what is told now would be kept."""

    def reset(self) -> bool:
        """Forget everything: the pure world is back. ``False`` if that could not be kept."""

    def close(self) -> None:
        """Let go of files and connections."""


class MemoryState:
    """A `State` of one process."""

    def __init__(self, *, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._refreshes: OrderedDict[tuple[str, str], datetime] = OrderedDict()
        self._settings: dict[str, str] = {}
        self._run: tuple[str, int, int, float] = ("", 0, 0, 0.0)
        self._version = 0
        self._lock = threading.Lock()

    def refresh(self, scope: str, value: str, instant: datetime) -> bool:
        """See `State.refresh`."""
        key = (scope, value)
        with self._lock:
            before = self._refreshes.get(key)
            if before is not None and before >= instant:
                return True
            self._refreshes[key] = instant
            self._refreshes.move_to_end(key)
            while len(self._refreshes) > self._capacity:
                self._refreshes.popitem(last=False)
            self._version += 1
        return True

    def refreshed(self, scope: str, values: Iterable[str]) -> Mapping[str, datetime]:
        """See `State.refreshed`."""
        if not self._refreshes:
            return {}
        with self._lock:
            return {v: self._refreshes[scope, v] for v in set(values) if (scope, v) in self._refreshes}

    def version(self) -> int:
        """See `State.version`."""
        return self._version

    def setting(self, name: str) -> str | None:
        """See `State.setting`."""
        return self._settings.get(name)

    def set(self, name: str, text: str | None) -> bool:
        """See `State.set`."""
        with self._lock:
            self._settings.pop(name, None)
            self._settings |= {} if text is None else {name: text}
            self._version += 1
        return True

    def tick(self, run: str, now: float, window: float) -> tuple[int, int, float]:
        """See `State.tick`."""
        with self._lock:
            known, number, total, start = self._run
            if known != run:
                number, total, start = 0, 0, now
            elif window and now >= start + window:
                number, start = 0, now
            self._run = (run, number + 1, total + 1, start)
            return self._run[1:]

    def ticks(self, run: str) -> int:
        """See `State.ticks`."""
        known, _, total, _ = self._run
        return total if known == run else 0

    def reachable(self) -> bool:
        """Always."""
        return True

    def reset(self) -> bool:
        """See `State.reset`."""
        with self._lock:
            self._refreshes.clear()
            self._settings.clear()
            self._run = ("", 0, 0, 0.0)
            self._version += 1
        return True

    def close(self) -> None:
        """Nothing is held."""


def clock_of(option: str) -> Clock:
    """The clock that an option names: ``fixed``, ``live``, or an RFC 3339 instant at which it stands.

    Raises `OptionError` for anything else.
    """
    if option == "live":
        return lambda: datetime.now(UTC)
    instant = DEFAULT_CLOCK if option == "fixed" else parse_instant(option)
    if instant is None:
        raise OptionError(
            f"the clock '{option}' is neither 'fixed', 'live' nor an instant such as 2025-01-15T12:00:00Z"
        )
    return lambda: instant


def parse_instant(text: object) -> datetime | None:
    """An RFC 3339 date-time as an aware datetime in UTC, or ``None`` if it is none."""
    if not isinstance(text, str) or len(text) < len("2025-01-15T12:00:00Z") or text[10] not in "Tt ":
        return None
    try:
        instant = datetime.fromisoformat(text.upper())
        return instant.astimezone(UTC) if instant.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def format_instant(instant: datetime) -> str:
    """An aware datetime as RFC 3339 in UTC with ``Z``; a fraction only where there is one."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def renewed(
    record: Mapping[str, Any], *, instant: datetime, moves: Sequence[str], settles: tuple[str, str] | None
) -> dict[str, Any]:
    """A record as it is after a refresh at ``instant``; the record that is given stays as it was.

    Each property of ``moves`` becomes the later of itself and the instant (null becomes the instant); ``settles`` adds
    its first property to its second, exactly, and leaves "0". Properties that the record lacks stay away.
    """
    fresh = dict(record)
    for name in moves:
        if name in fresh:
            before = parse_instant(fresh[name])
            if fresh[name] is None or (before is not None and before < instant):
                fresh[name] = format_instant(instant)
    if settles is not None:
        fresh |= _settled(fresh, *settles)
    return fresh


def _settled(record: Mapping[str, Any], source: str, target: str) -> dict[str, Any]:
    moved, kept = _amount(record.get(source)), _amount(record.get(target))
    if moved is None or moved == 0 or target not in record or (kept is None and record[target] is not None):
        return {}
    model = record[source] if kept is None else record[target]
    return {target: _like(model, _EXACT.add(moved, kept or Decimal(0))), source: _like(record[source], Decimal(0))}


def _amount(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)) or len(str(value)) > _MAX_EXPONENT:
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and abs(amount.adjusted()) < _MAX_EXPONENT else None


def _like(model: object, amount: Decimal) -> str | int | float:
    """The amount in the model's type; as text in plain notation without trailing zeros."""
    if isinstance(model, int):
        return int(amount)
    if isinstance(model, float):
        return float(amount)
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
