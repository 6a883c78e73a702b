"""Measures the start, the memory and pages at several places of a world of 10^2 to 10^8 balances.

    python -m benchmarks.growth [--rounds 15]

Start and memory are those of `mockserver serve`. Page times are CPU time in one process; both caches are emptied before
each page. The sizes take turns, so that a noisy minute affects all of them.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.measuring import PATH, free_port, machine, server, table
from benchmarks.peers import ours
from mockserver import create_app

SIZES = (10**2, 10**4, 10**6, 10**8)
FILTERS = ("token_id", "chain_id", "wallet_uuid", "address")


class World:
    """An application with a world of one size, and a query for each place in it."""

    def __init__(self, size: int) -> None:
        self.app = create_app(size=size)
        client = self.app.test_client()
        row = client.get(f"{PATH}?limit=1&offset={size // 2}").get_json()["result"][0]
        self.queries: Mapping[str, str] = {
            "first": "limit=50",
            "middle": f"limit=50&offset={size // 2}",
            "last": f"limit=50&offset={size - 50}",
            "offset 10^7": f"limit=50&offset={10**7}",
            **{name: f"limit=50&{name}={row[name]}" for name in FILTERS},
        }

    def cost(self, query: str) -> float:
        """Return the microseconds of CPU for an answer of which no part is cached."""
        self.app.wsgi_app.cache.clear()
        self.app.extensions["mockserver"].engine.pages.rows.clear()
        environ: dict[str, Any] = {"REQUEST_METHOD": "GET", "PATH_INFO": PATH, "QUERY_STRING": query}
        begun = time.process_time_ns()
        for _ in self.app.wsgi_app(environ, lambda *_: None):
            pass
        return (time.process_time_ns() - begun) / 1000


def main() -> None:
    """Measure, and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    worlds = {size: World(size) for size in SIZES}
    costs: dict[tuple[int, str], list[float]] = {(s, n): [] for s, w in worlds.items() for n in w.queries}
    for _ in range(10 * rounds):
        for (size, name), found in random.sample(list(costs.items()), len(costs)):
            found.append(worlds[size].cost(worlds[size].queries[name]))
    starts: dict[int, list[tuple[float, float]]] = {size: [] for size in SIZES}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(rounds):
            for size, seen in starts.items():
                port = free_port()
                with server(ours("--size", str(size))(port), port, PATH, folder=Path(folder)) as started:
                    seen.append((started.seconds, started.memory()[0]))
    names = list(worlds[SIZES[0]].queries)
    rows = []
    for size in SIZES:
        middle = [median(one[part] for one in starts[size]) for part in (0, 1)]
        pages = [f"{median(costs[size, name]):.0f}" for name in names]
        rows.append([f"{size:,}", f"{middle[0]:.2f}", f"{middle[1]:.1f}", *pages])
    print(f"{machine()}; page times in microseconds of CPU\n")
    print(table(["balances", "start, s", "MB", *names], rows))


if __name__ == "__main__":
    main()
