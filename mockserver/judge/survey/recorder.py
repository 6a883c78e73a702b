"""Sends requests within a budget, and keeps every exchange."""

from __future__ import annotations

import threading
from dataclasses import replace

from mockserver.judge.exchange import Exchange, Fetch, KeyUse, Query


class BudgetSpent(Exception):
    """No more requests may be sent."""


class Recorder:
    """A `Fetch` that counts down a budget, keeps every exchange, and knows which cursors were sent before.

    ``left`` is how many requests may still be sent.
    """

    def __init__(self, fetch: Fetch, budget: int, cursors: tuple[str, ...]) -> None:
        self.fetch = fetch
        self.cursors = cursors
        self.left = budget
        self.exchanges: list[Exchange] = []
        self._cursors_sent: set[tuple[str, str]] = set()
        self._lock = threading.Lock()

    def __call__(self, query: Query, *, key: KeyUse = True, link: str = "") -> Exchange:
        """Send one request and keep its exchange. Raises `BudgetSpent`."""
        with self._lock:
            if self.left <= 0:
                raise BudgetSpent
            self.left -= 1
            cursors = {(name, value) for name, value in query if name in self.cursors}
            reused = bool(cursors & self._cursors_sent)
            self._cursors_sent |= cursors
        answer = self.fetch(query, key=key, link=link) if link else self.fetch(query, key=key)
        exchange = replace(answer, reused_cursor=reused, followed=bool(link))
        with self._lock:
            self.exchanges.append(exchange)
        return exchange
