"""A fetch that counts, keeps what it saw, and stops at the budget."""

from __future__ import annotations

import threading
from dataclasses import replace

from mockserver.judge.walk import Exchange, Fetch, Query


class Spent(Exception):
    """The budget is spent."""


class Recorder:
    """A fetch that counts, keeps what it saw, and stops at the budget."""

    def __init__(self, fetch: Fetch, budget: int, cursors: tuple[str, ...]) -> None:
        self.fetch = fetch
        self.cursors = cursors
        self.left = budget
        self.exchanges: list[Exchange] = []
        self.spent: set[str] = set()
        self.lock = threading.Lock()

    def __call__(self, query: Query, *, key: bool = True) -> Exchange:
        with self.lock:
            if self.left <= 0:
                raise Spent
            self.left -= 1
            used = {value for name, value in query if name in self.cursors}
            secondhand = bool(used & self.spent)
            self.spent |= used
        exchange = replace(self.fetch(query, key=key), secondhand=secondhand)
        with self.lock:
            self.exchanges.append(exchange)
        return exchange
