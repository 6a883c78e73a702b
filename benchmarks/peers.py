"""Compares the mock with other mock servers on one contract, each beside nginx. Prints a Markdown table.

    python -m benchmarks.peers [--rounds 3] [--seconds 2] [--cache FOLDER] [--only WORD ...]

Needs Linux, wrk and nginx. The peers are installed into the cache folder (npm, PyPI); what cannot be installed or does
not start is reported and left out. Every figure is the median of the rounds, in which the servers take turns.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import yaml

from benchmarks.measuring import PATH, Load, free_port, get, load, machine, nginx, server, table

ROOT = Path(__file__).parent.parent
CONTRACT = ROOT / "contracts" / "openapi.yaml"
NPM = ("@stoplight/prism-cli", "@mockoon/cli", "@stdy/cli", "json-server@0.17", "wiremock")
PYPI = ("connexion[flask,uvicorn,mock]",)


@dataclass(frozen=True)
class Peer:
    """One row of the table: how a server is started on a port, and which requests it gets."""

    name: str
    command: Callable[[int], list[str]]
    target: str = f"{PATH}?limit=50"
    script: Path | None = None


@dataclass
class Round:
    """The measurements of one turn of one server."""

    start: float
    idle: float
    loaded: float
    size: int
    one: Load
    many: Load
    ratio: float


@dataclass
class Places:
    """The folders: the cache with the installed peers, and the files of this run."""

    cache: Path
    made: Path
    missing: list[str] = field(default_factory=list)

    def program(self, name: str) -> str:
        """Return the path of a program that npm installed."""
        return str(self.cache / "npm" / "node_modules" / ".bin" / name)


def install(places: Places) -> None:
    """Install the missing peers, each on its own; one that cannot be installed is left out."""
    folder = places.cache / "npm"
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "package.json").exists():
        (folder / "package.json").write_text('{"private": true}')
    for package in NPM:
        name = package if package.startswith("@") else package.partition("@")[0]
        if not (folder / "node_modules" / name).exists():
            _try(places, package, ["npm", "install", "--no-audit", "--no-fund", "--silent", package], folder)
    python = places.cache / "connexion"
    if not (python / "bin" / "connexion").exists():
        _try(places, "connexion", [sys.executable, "-m", "venv", str(python)], folder)
        _try(places, "connexion", [str(python / "bin" / "pip"), "install", "-q", *PYPI], folder)


def _try(places: Places, name: str, command: list[str], folder: Path) -> None:
    try:
        subprocess.run(command, cwd=folder, check=True, timeout=300, capture_output=True)
    except (OSError, subprocess.SubprocessError) as error:
        places.missing.append(f"{name}: {type(error).__name__} while it was installed")


def ours(*options: str) -> Callable[[int], list[str]]:
    """Return a function that gives the command of the mock for a port."""
    return lambda port: [sys.executable, "-m", "mockserver", "serve", str(CONTRACT), "--port", str(port), *options]


def page() -> bytes:
    """Return the mock's page of 50 balances."""
    from mockserver import create_app

    data: bytes = create_app(CONTRACT).test_client().get(f"{PATH}?limit=50").data
    return data


def prepare(places: Places, body: bytes) -> None:
    """Write the files that the peers read: the contract with the mock's page as its example, stubs, data."""
    document = yaml.safe_load(CONTRACT.read_text())
    content = document["paths"][PATH]["get"]["responses"]["200"]["content"]["application/json"]
    content["examples"] = {"page": {"value": json.loads(body)}}
    (places.made / "canned.json").write_text(json.dumps(document))
    (places.made / "older.json").write_text(json.dumps(older(document)))
    (places.made / "db.json").write_text(json.dumps({"balances": json.loads(body)["result"]}))
    stub = {
        "request": {"method": "GET", "urlPath": PATH},
        "response": {"status": 200, "headers": {"Content-Type": "application/json"}, "body": body.decode()},
    }
    mappings = places.made / "wiremock" / "mappings"
    mappings.mkdir(parents=True)
    (mappings / "page.json").write_text(json.dumps(stub))


def older(part: Any) -> Any:
    """Return the contract as OpenAPI 3.0, the newest version that connexion reads."""
    if isinstance(part, list):
        return [older(p) for p in part]
    if not isinstance(part, dict):
        return part
    made = {k: older(v) for k, v in part.items() if k not in ("identifier", "const")}
    if {"type": "null"} in made.get("anyOf", ()):
        made = {**made, "anyOf": [b for b in made["anyOf"] if b != {"type": "null"}], "nullable": True}
    if "openapi" in made:
        made["openapi"] = "3.0.3"
        made["info"].pop("summary", None)
    if isinstance(made.get("type"), list):
        kinds = [t for t in made.pop("type") if t != "null"]
        made |= {"type": kinds[0]} if len(kinds) == 1 else {}
        made |= {"nullable": True} if "null" in part["type"] else {}
    return made


def unrepeated(places: Places, name: str, size: int | None) -> Path:
    """Write a script for wrk whose requests differ: random position, filter and limit, and a key of its own for each.

    Pages have 40 to 60 records, 50 on average; every eighth is filtered, and shorter.
    """
    from mockserver import create_app

    client = create_app(CONTRACT, size=size).test_client()
    dice = random.Random(7)
    queries = []
    for _ in range(4000):
        limit = dice.randint(40, 60)
        place = dice.randrange((size or 173) - 60)
        kind = dice.choice(("offset", "after", "before", "chain"))
        if kind == "offset" or (kind != "chain" and len(queries) > 2000):
            queries.append(f"limit={limit}&offset={place}")
        elif kind == "chain" and dice.random() < 0.5:
            queries.append(f"chain_id={dice.choice(('SETH', 'ETH', 'BASE_ETH', 'SOL'))}&limit={limit}")
        else:
            meta = client.get(f"{PATH}?limit=1&offset={max(place, 1)}").get_json()["meta"]
            queries.append(f"limit={limit}&after={meta['after']}")
    lines = ",".join(f'"{PATH}?{query}"' for query in queries)
    script = places.made / f"{name}.lua"
    script.write_text(
        f"local paths = {{{lines}}}\nlocal turn, mine = 0, 0\nlocal threads = 0\n"
        "function setup(thread) threads = threads + 1 thread:set('mine', threads) end\n"
        "function request() turn = turn + 1\n"
        "return wrk.format('GET', paths[(turn * 7919) % #paths + 1], {['X-API-Key'] = mine .. '-' .. turn}) end\n"
    )
    return script


def peers(places: Places) -> Iterator[Peer]:
    """Yield the servers to compare, in the order of the table."""
    canned, made = str(places.made / "canned.json"), places.made
    known = unrepeated(places, "known", None)
    new = unrepeated(places, "new", 10**6)
    for workers in ("1", "2"):
        count = f"{workers} worker{'s' * (workers != '1')}"
        yield Peer(f"mockserver, the same page, {count}", ours("--workers", workers))
        yield Peer(f"mockserver, no query repeated, {count}", ours("--workers", workers), script=known)
        more = ours("--workers", workers, "--size", "1000000")
        yield Peer(f"mockserver, no record seen before, {count}", more, script=new)
    for title, contract in (("its own body", str(CONTRACT)), ("our page as example", canned)):
        run = [places.program("prism"), "mock", contract, "-p"]
        yield Peer(f"Prism, {title}", lambda port, run=run: [*run, str(port)])
        run = [places.program("steady"), "--quiet", "--host", "127.0.0.1", contract, "--port"]
        yield Peer(f"Steady, {title}", lambda port, run=run: [*run, str(port)])
    run = [places.program("mockoon-cli"), "start", "--disable-log-to-file", "-d", canned, "--port"]
    yield Peer("Mockoon, its own body", lambda port, run=run: [*run, str(port)])
    run = [places.program("json-server"), "--quiet", str(made / "db.json"), "--port"]
    yield Peer("json-server, our 50 balances", lambda port, run=run: [*run, str(port)], "/balances")
    if shutil.which("java"):
        options = ["--root-dir", str(made / "wiremock"), "--no-request-journal", "--port"]
        run = [places.program("wiremock"), *options]
        yield Peer("WireMock, our page as stub", lambda port, run=run: [*run, str(port)])
    else:
        places.missing.append("WireMock: there is no Java")
    run = [
        str(places.cache / "connexion" / "bin" / "connexion"),
        "run",
        str(made / "older.json"),
        "--mock",
        "all",
        "--port",
    ]
    yield Peer("connexion, our page as example", lambda port, run=run: [*run, str(port)])


def turn(peer: Peer, places: Places, body: bytes, seconds: int) -> Round:
    """Measure a server once, through one connection and through 32, and nginx directly after it."""
    port = free_port()
    env = {"TMPDIR": str(places.made), "NO_COLOR": "1"}
    with server(peer.command(port), port, peer.target, folder=places.made, env=env) as started:
        idle, _ = started.memory()
        size = len(get(port, peer.target)[1])
        one = load(started, peer.target, connections=1, seconds=seconds, script=peer.script)
        many = load(started, peer.target, connections=32, seconds=seconds, script=peer.script)
        loaded, _ = started.memory()
        start = started.seconds
    with nginx(places.made / "nginx", body) as beside:
        ceiling = load(beside, "/page.json", connections=32, seconds=seconds)
    return Round(start, idle, loaded, size, one, many, many.rate / ceiling.rate)


def row(name: str, rounds: list[Round]) -> list[str]:
    """Return the medians of the rounds as a row of the table."""

    def middle(of: Callable[[Round], float]) -> float:
        return median(of(one) for one in rounds)

    return [
        name,
        f"{middle(lambda r: r.start):.2f}",
        f"{middle(lambda r: r.idle):.0f} / {middle(lambda r: r.loaded):.0f}",
        f"{middle(lambda r: r.size):,.0f}",
        f"{middle(lambda r: r.one.rate):,.0f}",
        f"{middle(lambda r: r.one.p50):.2f} / {middle(lambda r: r.one.p99):.2f}",
        f"{middle(lambda r: r.many.rate):,.0f}",
        f"{middle(lambda r: r.many.p50):.2f} / {middle(lambda r: r.many.p99):.2f}",
        f"{middle(lambda r: r.many.cpu):.0f}",
        f"{middle(lambda r: r.ratio):.3f}",
        str(sum(r.one.errors + r.many.errors for r in rounds)),
    ]


HEAD = [
    "server",
    "start, s",
    "MB idle / loaded",
    "bytes",
    "req/s, 1 conn.",
    "p50 / p99, ms",
    "req/s, 32 conn.",
    "p50 / p99, ms",
    "CPU a request, us",
    "of nginx",
    "errors",
]


def versions(places: Places) -> str:
    """Return the versions of the installed peers."""
    found = []
    for package in NPM:
        name = package if package.startswith("@") else package.partition("@")[0]
        file = places.cache / "npm" / "node_modules" / name / "package.json"
        if file.exists():
            found.append(f"{name} {json.loads(file.read_text())['version']}")
    return ", ".join(found)


def main() -> None:
    """Measure, and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "mockserver-benchmarks")
    parser.add_argument("--only", nargs="*", default=[], help="Only servers whose name holds one of these words.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mockserver-") as made:
        places = Places(options.cache.absolute(), Path(made))
        install(places)
        body = page()
        prepare(places, body)
        lines = [p for p in peers(places) if not options.only or any(word in p.name for word in options.only)]
        results: dict[str, list[Round]] = {peer.name: [] for peer in lines}
        for number in range(options.rounds):
            for peer in lines:
                try:
                    results[peer.name].append(turn(peer, places, body, options.seconds))
                except (OSError, RuntimeError, subprocess.SubprocessError) as error:
                    places.missing.append(f"{peer.name}: {error}")
                print(f"round {number + 1}: {peer.name}", file=sys.stderr, flush=True)
        print(f"{machine()}; {versions(places)}\n")
        print(table(HEAD, [row(name, rounds) for name, rounds in results.items() if rounds]))
        for line in dict.fromkeys(places.missing):
            print(f"\nLeft out: {line}")


if __name__ == "__main__":
    main()
