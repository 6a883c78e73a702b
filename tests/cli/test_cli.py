"""The command line as a user meets it: a process is started, spoken to over its port, and ended by a signal."""

from __future__ import annotations

import http.client
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from mockserver.domains.wallets.domain import DEFAULT_WALLETS
from mockserver.errors import AddressError
from mockserver.mock.options import default_contract
from mockserver.server.workers import Address, reserve
from mockserver.world.build import DEFAULT_SEED
from mockserver.world.model import LARGEST
from tests.support.paths import ROOT
from tests.support.programs import wait_for

PATH = "/api/v1/wallets/balances"
TIMEOUT = 30


def environment(**more: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("MOCKSERVER_")}
    return kept | {"PYTHONPATH": str(ROOT)} | more


def run(*args: str, env: dict[str, str] | None = None, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mockserver", *args]
    return subprocess.run(
        command, env=env or environment(), cwd=cwd, capture_output=True, text=True, timeout=TIMEOUT, check=False
    )


@dataclass
class Server:
    """A running `mockserver serve`: what it printed, and ways to ask it."""

    process: subprocess.Popen[str]
    banner: list[str]

    @property
    def url(self) -> str:
        found = re.search(r"http://\S+", self.banner[0])
        assert found
        return found[0]

    @property
    def port(self) -> int:
        port = urlsplit(self.url).port
        assert port
        return port

    def get(self, query: str = "", *, method: str = "GET", headers: dict[str, str] | None = None) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        connection.request(method, PATH + query, headers=headers or {})
        response = connection.getresponse()
        body = response.read()
        connection.close()
        assert response.status == 200, body
        return json.loads(body) if body else None

    def ask(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
        """Status and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        connection.request(method, path, body=None if body is None else json.dumps(body), headers=headers or {})
        response = connection.getresponse()
        said = response.status, response.read()
        connection.close()
        return said

    def raw(self, request: bytes) -> bytes:
        """What comes back for these bytes, until the server closes the connection."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=TIMEOUT) as connection:
            connection.sendall(request)
            return b"".join(iter(lambda: connection.recv(65536), b""))

    def workers(self) -> list[int]:
        return children(self.process.pid)

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str, str]:
        """Exit code, and what it still had to say on stdout and stderr."""
        workers = self.workers()
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=TIMEOUT)
        assert [w for w in workers if alive(w)] == [], "workers are left"
        return self.process.returncode, out, err


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


Start = Callable[..., Server]


@pytest.fixture(scope="module")
def serve() -> Iterator[Start]:
    """Starts servers on free ports, and ends whatever still runs at the end."""
    started: list[subprocess.Popen[str]] = []

    def start(*args: str, env: dict[str, str] | None = None, lines: int = 6, **options: Any) -> Server:
        command = [sys.executable, "-m", "mockserver", "serve", *(() if "--port" in args else ("--port", "0")), *args]
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, env=env or environment(), stdout=pipe, stderr=pipe, text=True, **options)
        started.append(process)
        assert process.stdout
        banner = [process.stdout.readline().rstrip() for _ in range(lines)]
        if not banner[0]:
            pytest.fail(process.communicate(timeout=TIMEOUT)[1])
        return Server(process, banner)

    yield start
    for process in started:
        if process.poll() is None:
            process.terminate()
            process.communicate(timeout=TIMEOUT)


@pytest.fixture(scope="module")
def server(serve: Start) -> Server:
    return serve()


# What is printed ----------------------------------------------------------------------------------------------------


def curl(line: str) -> tuple[str, dict[str, str]]:
    """The address and headers of a `curl` line; the test has no need of curl itself."""
    words = shlex.split(line)
    assert words[0] == "curl"
    headers = dict(words[i + 1].split(": ", 1) for i, word in enumerate(words) if word == "-H")
    return words[-1], headers


def try_lines(server: Server) -> list[Any]:
    found = []
    for address, headers in map(curl, server.banner[2:5]):
        parts = urlsplit(address)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == server.url + PATH
        found.append(server.get(f"?{parts.query}", headers=headers))
    return found


def test_the_start_says_where_what_and_how(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=TIMEOUT)
    connection.request("GET", PATH)
    world = connection.getresponse().headers["X-Mock-World"]
    connection.close()
    assert server.banner[0].endswith(f" at http://127.0.0.1:{server.port}")
    assert world in server.banner[1]
    assert "173" in server.banner[1]
    first, filtered, onward = try_lines(server)
    assert len(first["result"]) == 5
    assert 0 < filtered["meta"]["total"] < 173
    assert onward["result"][0] not in first["result"]
    assert onward["meta"]["before"] is not None


def test_the_lines_hold_the_key_where_one_is_demanded(serve: Start) -> None:
    server = serve("--api-key", "open sesame", "--api-key", "k2", "--isolate-keys")
    assert all(page["result"] for page in try_lines(server))
    refused = server.raw(f"GET {PATH} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    assert refused.startswith(b"HTTP/1.1 401")
    assert server.get(headers={"X-API-Key": "k2"}) != server.get(headers={"X-API-Key": "open sesame"})
    assert server.end()[0] == 0


def test_a_world_without_records_and_a_contract_without_lists_start_too(serve: Start, tmp_path: Path) -> None:
    empty = serve("--size", "0", lines=3)
    assert empty.get()["result"] == []
    assert empty.end() == (0, "", "") or empty.process.returncode == 0
    contract = tmp_path / "c.yaml"
    contract.write_text(
        "openapi: 3.1.0\ninfo: {title: Ping, version: '1'}\npaths:\n  /ping:\n    get:\n      responses:\n"
        "        '200': {description: ok, content: {application/json: {schema: {const: pong}}}}\n"
    )
    ping = serve(str(contract), lines=3)
    address, _ = curl(ping.banner[2])
    assert urlsplit(address).path == "/ping"
    assert ping.raw(b"GET /ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").endswith(b'"pong"')
    assert ping.end()[0] == 0


def test_routes_says_what_each_part_means_and_why() -> None:
    ran = run("routes")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert f"GET {PATH}  list_balances  (list)" in ran.stdout
    for words in (
        "items            result  [inferred",
        "limit            limit (default 50, at most 200)  [inferred",
        "identity         id  [declared",
        "next_cursor      meta.after",
        "wallet_uuid, chain_id, address, token_id",
        "force_refresh",
    ):
        assert words in ran.stdout


def test_routes_can_be_cut_short() -> None:
    command = f"{sys.executable} -m mockserver routes | head -1"
    ran = subprocess.run(
        command, shell=True, env=environment(), capture_output=True, text=True, timeout=TIMEOUT, check=True
    )
    assert (ran.stdout.count("\n"), ran.stderr) == (1, "")


def test_help_and_version() -> None:
    text = run("serve", "--help").stdout
    for option in ("host", "port", "seed", "wallets", "size", "api-key", "isolate-keys", "clock", "workers", "state"):
        assert f"--{option} " in text
        assert f"MOCKSERVER_{option.upper().replace('-', '_')}" in "".join(text.split())
    assert f"default: ({DEFAULT_SEED})" in " ".join(text.split())
    assert f"default: ({DEFAULT_WALLETS});" in " ".join(text.split())
    assert run("--version").stdout.startswith("mockserver ")
    bare = run()
    assert bare.returncode == 2
    assert "serve" in bare.stdout + bare.stderr


# What goes wrong ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def contracts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("contracts")
    (folder / "bad.yaml").write_text("openapi: 3.1.0\npaths: [\n")
    (folder / "ref.yaml").write_text(
        "openapi: 3.1.0\npaths:\n  /x:\n    get:\n      responses:\n"
        "        '200': {description: x, content: {application/json: {schema: {$ref: '#/nope'}}}}\n"
    )
    (folder / "empty.yaml").write_text("")
    (folder / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    (folder / "semantics.yaml").write_text(default_contract().read_text().replace("identity: id", "identity: idd"))
    return folder


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["serve", "--port", "70000"], "'--port': 70000"),
        (["serve", "--port", "-1"], "'--port': -1"),
        (["serve", "--port", "abc"], "'abc'"),
        (["serve", "--workers", "0"], "'--workers': 0"),
        (["serve", "--wallets", "-1"], "'--wallets': -1"),
        (["serve", "--size", "many"], "'many'"),
        (["serve", "--wallets", "9" * 20], "got wallets 9999"),
        (["serve", "--size", str(LARGEST + 1)], f"got size {LARGEST + 1}, expected a number from 0 to {LARGEST}"),
        (["serve", "--state", "nowhere/state"], "the state cannot be kept in 'nowhere/state'"),
        (["serve", "--state", "redis://localhost:port"], "expected a Redis URL"),
        (["serve", "--clock", "yesterday"], "the clock 'yesterday'"),
        (["serve", "--host", "8.8.8.8"], "'8.8.8.8' is not an address of this machine"),
        (["serve", "--host", "no.such.host.invalid"], "the host 'no.such.host.invalid' has no address"),
        (["serve", "--host", "x" * 300], "has no address"),
        (["serve", "nowhere.yaml"], "nowhere.yaml: cannot read the contract"),
        (["serve", "."], ".: cannot read the contract"),
        (["serve", "bad.yaml"], "bad.yaml:3: "),
        (["serve", "ref.yaml"], "ref.yaml:6: "),
        (["serve", "empty.yaml"], "empty.yaml: "),
        (["serve", "bytes.yaml"], "the contract is not UTF-8"),
        (["serve", "semantics.yaml"], "did you mean 'id'?"),
        (["routes", "bad.yaml"], "bad.yaml:3: "),
        (["serve", "a", "b"], "unexpected extra argument"),
        (["serve", "--prot", "1"], "'--port'"),
        (["serve", "--api-key"], "'--api-key'"),
        (["sevre"], "did you mean 'serve'?"),
        (["xyz"], "there are: check, export, routes, serve"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_exit_code_2(contracts: Path, args: list[str], words: str) -> None:
    port = ["--port", "0"] if args[0] == "serve" and "--port" not in args else []
    ran = run(args[0], *port, *args[1:], cwd=contracts)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert words in ran.stderr
    assert ran.stderr.startswith("mockserver: ")
    assert ran.stderr.count("\n") == 1


def test_a_wrong_environment_is_one_sentence_too() -> None:
    ran = run("serve", env=environment(MOCKSERVER_PORT="abc"))
    assert (ran.returncode, ran.stderr.count("\n")) == (2, 1)


def test_a_busy_port_is_named_whoever_holds_it(server: Server) -> None:
    busy = run("serve", "--port", str(server.port))
    assert (busy.returncode, busy.stderr.count("\n")) == (2, 1)
    assert f"port {server.port} of 127.0.0.1 is in use" in busy.stderr
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        assert f"port {taken} of 127.0.0.1 is in use" in run("serve", "--port", str(taken)).stderr


# Addresses ----------------------------------------------------------------------------------------------------------


def test_an_address_that_is_taken_is_taken_before_anyone_listens() -> None:
    with (
        reserve("127.0.0.1", 0) as address,
        pytest.raises(AddressError, match="in use"),
        reserve("127.0.0.1", address.port),
    ):
        pass


def test_an_address_is_free_again_afterwards() -> None:
    with reserve("127.0.0.1", 0) as first:
        pass
    with reserve("127.0.0.1", first.port) as second:
        assert second == first


def test_a_port_with_lingering_connections_can_be_taken() -> None:
    """A server that closed its connections itself leaves them in TIME_WAIT; a restart must not mind."""
    with socket.socket() as old:
        old.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        old.bind(("127.0.0.1", 0))
        old.listen()
        port = old.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client:
            old.accept()[0].close()
            assert client.recv(1) == b""
    with reserve("127.0.0.1", port) as address:
        assert address.port == port


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("::1", "http://[::1]:80"),
        ("::", "http://[::1]:80"),
    ],
)
def test_an_address_is_shown_as_a_client_reaches_it(host: str, url: str) -> None:
    assert Address(host, 80).url == url


# Ends ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_signal_ends_it_cleanly(serve: Start, number: int, workers: str) -> None:
    server = serve("--workers", workers)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=TIMEOUT)
    connection.request("GET", PATH)
    assert connection.getresponse().read()
    assert len(server.workers()) == int(workers)
    assert server.end(number) == (0, "", ""), "an open connection does not hold it up"
    connection.close()
    with pytest.raises(ConnectionRefusedError):
        server.raw(b"")


def test_a_signal_to_the_whole_group_ends_it_cleanly_too(serve: Start) -> None:
    """Ctrl-C in a terminal."""
    server = serve("--workers", "2", start_new_session=True)
    group = server.process.pid
    wait_for(lambda: all(os.getpgid(worker) != group for worker in server.workers()))
    os.killpg(group, signal.SIGINT)
    assert (*server.process.communicate(timeout=TIMEOUT), server.process.returncode) == ("", "", 0)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_during_the_start_ends_it_cleanly_too(tmp_path: Path, number: int) -> None:
    """The contract is a pipe that nobody fills: so the start is not over when the signal comes."""
    pipe = tmp_path / "contract.yaml"
    os.mkfifo(pipe)
    command = [sys.executable, "-m", "mockserver", "serve", str(pipe), "--port", "0"]
    out = subprocess.PIPE
    process = subprocess.Popen(command, env=environment(), stdout=out, stderr=out, text=True)
    with pipe.open("w"):
        process.send_signal(number)
        assert (*process.communicate(timeout=TIMEOUT), process.returncode) == ("", "", 0)


def test_workers_do_not_outlive_a_killed_server(serve: Start, tmp_path: Path) -> None:
    server = serve("--workers", "4", env=environment(TMPDIR=str(tmp_path)))
    workers = server.workers()
    assert len(workers) == 4
    server.process.kill()
    server.process.communicate(timeout=TIMEOUT)
    wait_for(lambda: not any(map(alive, workers)))


def answers(server: Server) -> bool:
    try:
        return bool(server.get("?limit=1")["result"])
    except OSError:
        return False


def test_a_worker_that_dies_is_replaced(serve: Start) -> None:
    server = serve()
    (worker,) = server.workers()
    os.kill(worker, signal.SIGKILL)
    wait_for(lambda: worker not in server.workers() and answers(server))
    assert server.end()[0] == 0


def test_it_serves_though_nobody_can_read_what_it_says() -> None:
    with reserve("127.0.0.1", 0) as address:
        port = address.port
    command = [sys.executable, "-m", "mockserver", "serve", "--port", str(port)]
    with Path("/dev/full").open("w") as full:
        process = subprocess.Popen(command, env=environment(), stdout=full, stderr=subprocess.PIPE, text=True)
    mute = Server(process, [f"at http://127.0.0.1:{port}"])
    wait_for(lambda: answers(mute))
    code, _, err = mute.end()
    assert (code, err) == (0, "")


def test_nothing_is_left_behind(serve: Start, tmp_path: Path) -> None:
    server = serve("--workers", "2", env=environment(XDG_CACHE_HOME=str(tmp_path)))
    folder = tmp_path / "mockserver"
    assert list(folder.iterdir()) != [], "the workers share files in the user's cache"
    (folder / "serve-999999999-killed").mkdir()
    (folder / "serve-mine").mkdir()
    assert server.end() == (0, "", "")
    assert {path.name for path in folder.iterdir()} == {"serve-999999999-killed", "serve-mine"}
    assert serve("--workers", "2", env=environment(XDG_CACHE_HOME=str(tmp_path))).end() == (0, "", "")
    assert {path.name for path in folder.iterdir()} == {"serve-mine"}, "what a killed server left is taken away"


# Many workers -------------------------------------------------------------------------------------------------------


def test_a_refresh_through_one_worker_is_seen_through_all(serve: Start) -> None:
    server = serve("--workers", "2")
    row = server.get("?limit=1")["result"][0]
    assert row["updated_at"] != "2025-01-15T12:00:00Z"
    server.get(f"?address={row['address']}&force_refresh=true")
    seen = {server.get("?limit=1")["result"][0]["updated_at"] for _ in range(40)}
    assert seen == {"2025-01-15T12:00:00Z"}
    assert server.end()[0] == 0


def test_workers_agree_and_refresh_at_once(serve: Start, server: Server) -> None:
    pair = serve("--workers", "2")
    queries = ["?limit=7&offset=20", "?limit=3", "?chain_id=SETH"]
    assert [pair.get(q) for q in queries for _ in range(8)] == [server.get(q) for q in queries for _ in range(8)]
    addresses = sorted({row["address"] for row in pair.get("?limit=200")["result"]})
    with ThreadPoolExecutor(8) as pool:
        pages = list(pool.map(lambda a: pair.get(f"?address={a}&force_refresh=true"), addresses * 4))
    assert all(page["result"] for page in pages)
    assert {r["updated_at"] for r in pair.get("?limit=200")["result"]} == {"2025-01-15T12:00:00Z"}
    assert pair.end()[0] == 0


# The wire -----------------------------------------------------------------------------------------------------------


def wire(line: bytes, *headers: bytes) -> bytes:
    return b"\r\n".join((line + b" HTTP/1.1", b"Host: x", b"Connection: close", *headers, b"", b""))


TARGET = PATH.encode()


@pytest.mark.parametrize(
    ("request_bytes", "statuses"),
    [
        (wire(b"GET " + TARGET), [200]),
        (b"GET " + TARGET + b" HTTP/1.0\r\n\r\n", [200]),
        (wire(b"GET http://elsewhere" + TARGET), [200]),
        (wire(b"HEAD " + TARGET), [200]),
        (wire(b"GET " + TARGET, b"Content-Length: 5") + b"hello", [200]),
        (wire(b"GET " + TARGET + b"?limit=%zz"), [422]),
        (wire(b"GET " + TARGET + b"?wallet_uuid=%ff%00"), [422]),
        (wire(b"GET " + TARGET + b"?after=\xff"), [400, 422]),
        (wire(b"GET " + TARGET + b"?limit=" + b"9" * 50_000), [422]),
        (wire(b"GET " + TARGET + b"?" + b"a" * 100_000), [200, 414, 431]),
        (wire(b"GET /" + b"a" * 100_000), [404, 414, 431]),
        (wire(b"GET " + TARGET, b"X-API-Key: \xff\xfe"), [200, 400]),
        (wire(b"GET " + TARGET, b"X-API-Key: a", b"X-API-Key: b"), [200]),
        (wire(b"GET " + TARGET, b"X: " + b"a" * 1_000_000), [200, 400, 431]),
        (wire(b"GET //elsewhere" + TARGET), [404]),
        (wire(b"GET /%00%ff/../%2e%2e"), [404]),
        (wire(b"GET *"), [400, 404]),
        (wire(b"OPTIONS *"), [400, 404]),
        (wire(b"BREW " + TARGET), [405]),
        (wire(b"POST " + TARGET, b"Content-Length: 5") + b"hello", [405]),
        (wire(b"GET " + TARGET, b"Content-Length: x"), [400]),
        (b"GET\r\n\r\n", [400]),
        (b"\x16\x03\x01\x00garbage\r\n\r\n", [400]),
    ],
)
def test_no_bytes_make_it_fail(server: Server, request_bytes: bytes, statuses: Sequence[int]) -> None:
    answer = server.raw(request_bytes)
    assert int(answer.split(b" ", 2)[1]) in statuses
    assert answer.lower().count(b"\r\ncontent-length:") == 1
    assert server.get("?limit=1")["result"]


def test_a_connection_is_kept_and_a_head_has_no_body(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=TIMEOUT)
    lengths = []
    for method in ("GET", "HEAD", "GET"):
        connection.request(method, PATH, body=b"x" * 1000 if method == "GET" else None)
        response = connection.getresponse()
        lengths.append((response.headers["Content-Length"], len(response.read())))
    connection.close()
    whole = lengths[0][1]
    assert lengths == [(str(whole), whole), (str(whole), 0), (str(whole), whole)]


def test_options_come_from_the_environment(serve: Start) -> None:
    env = environment(MOCKSERVER_SEED="s", MOCKSERVER_API_KEY="k1 k2", MOCKSERVER_WALLETS="3", MOCKSERVER_PORT="0")
    server = serve(env=env)
    again = serve("--seed", "s", "--wallets", "3", "--api-key", "k2")
    key = {"X-API-Key": "k2"}
    assert server.get(headers=key) == again.get(headers=key)
    assert server.end()[0] == again.end()[0] == 0


def test_flask_finds_the_application() -> None:
    command = [sys.executable, "-m", "flask", "--app", "mockserver", "routes"]
    ran = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=TIMEOUT, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


# Shaped answers, over the wire --------------------------------------------------------------------------------------


ONE = """
openapi: 3.1.0
info: {title: One, version: "1"}
paths:
  /one:
    get:
      responses: {"200": {description: One., content: {application/json: {example: {a: 1}}}}}
"""


@pytest.mark.parametrize("list_", [True, False])
def test_late_answers_do_not_hold_up_others(serve: Start, tmp_path: Path, list_: bool) -> None:
    """Twelve answers that are each due after three seconds: one worker has taken all of them in before the first."""
    contract = tmp_path / "one.yaml"
    contract.write_text(ONE)
    server = serve() if list_ else serve(str(contract), lines=5)
    path = f"{PATH}?limit=1" if list_ else "/one"

    def noted() -> bool:
        return json.loads(server.ask("POST", "/__mock__/requests/count", {})[1]) == {"count": 12}

    with ThreadPoolExecutor(12) as pool:
        late = [pool.submit(server.ask, "GET", path, headers={"Prefer": "wait=3"}) for _ in range(12)]
        wait_for(noted)
        assert not any(one.done() for one in late)
        assert {one.result()[0] for one in late} == {200}


def test_a_connection_is_closed_amid_the_answer(serve: Start) -> None:
    """Halfway through, every time: an answer that does not even begin would be asked for again by many a client."""
    server = serve("--scenario", "disconnect:every=2", lines=7)
    for _ in range(10):
        assert server.get("?limit=1")
        said = server.raw(f"GET {PATH}?limit=1 HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        head, _, body = said.partition(b"\r\n\r\n")
        announced = re.search(rb"(?i)content-length: (\d+)", head)
        assert announced
        assert len(body) == int(announced[1]) // 2, "nobody asked to close, and yet it ends"


def test_what_one_worker_is_told_all_obey_and_each_knows_what_the_others_did(serve: Start) -> None:
    server = serve("--workers", "2")
    assert server.ask("PUT", "/__mock__/scenario", {"name": "server-error", "every": 4})[0] == 200
    statuses = [server.ask("GET", PATH)[0] for _ in range(24)]
    assert statuses == [200, 200, 200, 500] * 6, "they count together"
    told = json.loads(server.ask("GET", "/__mock__/requests?limit=24")[1])["requests"]
    assert [entry["status"] for entry in told] == statuses
    assert server.ask("POST", "/__mock__/requests/count", {"status": "500"})[1] == b'{"count":6}'
    assert b'status="500"} 6.0' in server.ask("GET", "/__mock__/metrics")[1]
    pinned = {"list_balances": [{"token_id": "SETH", "amount": "7"}]}
    assert server.ask("PUT", "/__mock__/fixtures", pinned)[0] == 200
    assert server.ask("DELETE", "/__mock__/scenario")[0] == 200
    assert {server.get("?limit=1")["meta"]["total"] for _ in range(30)} == {174}
    assert server.ask("POST", "/__mock__/reset")[0] == 204
    assert {server.get("?limit=1")["meta"]["total"] for _ in range(30)} == {173}


# Edits --------------------------------------------------------------------------------------------------------------


def test_an_edit_is_taken_up_and_a_broken_one_is_told_and_mended(serve: Start, tmp_path: Path) -> None:
    contract, pins = tmp_path / "contract.yaml", tmp_path / "pins.yaml"
    good = default_contract().read_text()
    contract.write_text(good)
    pins.write_text("list_balances: []\n")
    server = serve(str(contract), "--fixtures", str(pins))
    row = server.get("?limit=1")["result"][0]
    server.get(f"?address={row['address']}&force_refresh=true")
    fresh = server.get("?limit=1")["result"][0]
    assert fresh != row
    contract.write_text(good.replace("maximum: 200", "maximum: 60"))
    wait_for(lambda: server.ask("GET", f"{PATH}?limit=61")[0] == 422)
    assert server.get("?limit=1")["result"][0] == fresh, "what was refreshed stays so"
    contract.write_text(good.replace("paths:", "paths: ["))
    wait_for(lambda: b'"fault":null' not in server.ask("GET", "/__mock__/world")[1])
    assert server.ask("GET", f"{PATH}?limit=61")[0] == 422, "the last good one is served"
    contract.write_text(good)
    wait_for(lambda: server.ask("GET", f"{PATH}?limit=61")[0] == 200)
    assert b'"fault":null' in server.ask("GET", "/__mock__/world")[1]
    pins.write_text("list_balances:\n- {token_id: SETH, amount: '1'}\n")
    wait_for(lambda: server.get("?limit=1")["meta"]["total"] == 174)
    pins.write_text("list_balances:\n- {token_id: SETH, amount: '-1'}\n")
    wait_for(lambda: b"pins.yaml:2" in server.ask("GET", "/__mock__/world")[1])
    code, _, err = server.end()
    assert code == 0
    assert "contract.yaml:" in err
    assert "not YAML" in err
    assert "the last good version is served" in err
    assert "pins.yaml:2" in err
    assert "Traceback" not in err
