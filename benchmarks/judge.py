"""Measures how long the judge takes for the default world of 173 records: the laws alone, and the whole check.

python -m benchmarks.judge [--rounds 3]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.measuring import PATH, free_port, machine, server, table
from benchmarks.peers import CONTRACT, ours

KINDS = {"the laws": ["--laws-only"], "the whole check": []}


def main() -> None:
    """Measure, and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    port = free_port()
    rows = []
    with tempfile.TemporaryDirectory() as folder, server(ours()(port), port, PATH, folder=Path(folder)):
        command = [sys.executable, "-m", "mockserver", "check", f"http://127.0.0.1:{port}", "--contract", str(CONTRACT)]
        for name, more in KINDS.items():
            times, codes = [], set()
            for _ in range(rounds):
                begun = time.perf_counter()
                codes.add(subprocess.run([*command, *more], capture_output=True, cwd=folder, check=False).returncode)
                times.append(time.perf_counter() - begun)
            rows.append([name, f"{median(times):.1f}", ", ".join(map(str, sorted(codes)))])
    print(f"{machine()}\n")
    print(table(["what", "seconds", "exit codes"], rows))


if __name__ == "__main__":
    main()
