"""Measures how long the judge takes for the default world of 173 records: the laws alone, and the whole check.

python -m benchmarks.judge [--rounds 3] [--against CHECKOUT]

Another checkout of this project judges the same server, by turns with this one; the ratio is that of the medians.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from statistics import median

from benchmarks.measuring import PATH, free_port, machine, server, table
from benchmarks.peers import ours

KINDS = {"the laws": ["--laws-only"], "the whole check": []}
HERE = Path(__file__).resolve().parent.parent


def main() -> None:
    """Measure, and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--against", type=Path, metavar="CHECKOUT")
    options = parser.parse_args()
    judges = [HERE, *([options.against.resolve()] if options.against else [])]
    port = free_port()
    rows = []
    with tempfile.TemporaryDirectory() as folder, server(ours()(port), port, PATH, folder=Path(folder)):
        command = [sys.executable, "-m", "mockserver", "check", f"http://127.0.0.1:{port}"]
        for name, more in KINDS.items():
            times, codes = _measured([*command, *more], judges, options.rounds, folder)
            ratio = f"{median(times[HERE]) / median(times[judges[-1]]):.2f}" if options.against else "-"
            rows.append([name, *(f"{median(times[judge]):.1f}" for judge in judges), ratio, codes])
    print(f"{machine()}\n")
    headings = ["what", "seconds", *(["seconds of the other"] if options.against else []), "ratio", "exit codes"]
    print(table(headings, rows))


def _measured(command: list[str], judges: list[Path], rounds: int, folder: str) -> tuple[dict[Path, list[float]], str]:
    times, codes = defaultdict(list), set()
    for _ in range(rounds):
        for judge in judges:
            environment = {**os.environ, "PYTHONPATH": str(judge)}
            asked = [*command, "--contract", str(judge / "contracts" / "openapi.yaml")]
            begun = time.perf_counter()
            done = subprocess.run(asked, capture_output=True, cwd=folder, env=environment, check=False)
            times[judge].append(time.perf_counter() - begun)
            codes.add(done.returncode)
    return times, ", ".join(map(str, sorted(codes)))


if __name__ == "__main__":
    main()
