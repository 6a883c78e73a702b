"""The command line as a user sees it: a process that is started, receives requests, and is ended by a signal."""

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

from mockserver import create_app
from mockserver.domains.wallets.domain import DEFAULT_WALLETS
from mockserver.errors import AddressError
from mockserver.mock.options import default_contract
from mockserver.server.addresses import Address, reserve
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
    """A running `mockserver serve`: the lines that it printed, and ways to send requests."""

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

    def send(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Return status and body of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        connection.request(method, path, body=None if body is None else json.dumps(body), headers=headers or {})
        response = connection.getresponse()
        answer = response.status, response.read()
        connection.close()
        return answer

    def raw(self, request: bytes) -> bytes:
        """Return the bytes that are received after sending these, until the server closes the connection."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=TIMEOUT) as connection:
            connection.sendall(request)
            return b"".join(iter(lambda: connection.recv(65536), b""))

    def workers(self) -> list[int]:
        return children(self.process.pid)

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str, str]:
        """End the server by a signal; return its exit code, and the rest of its output on stdout and stderr."""
        workers = self.workers()
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=TIMEOUT)
        assert [w for w in workers if alive(w)] == [], "no worker is left"
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
    """Return a function that starts a server on a free port; servers that still run at the end are ended."""
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


# Output -------------------------------------------------------------------------------------------------------------


def curl(line: str) -> tuple[str, dict[str, str]]:
    """Return the URL and the headers of a `curl` line."""
    words = shlex.split(line)
    assert words[0] == "curl"
    headers = dict(words[i + 1].split(": ", 1) for i, word in enumerate(words) if word == "-H")
    return words[-1], headers


def answers_to_banner(server: Server) -> list[Any]:
    """Return the answers to the `curl` lines of the banner."""
    answers = []
    for url, headers in map(curl, server.banner[2:5]):
        parts = urlsplit(url)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == server.url + PATH
        answers.append(server.get(f"?{parts.query}", headers=headers))
    return answers


def test_the_banner_has_the_address_the_world_and_requests_to_try(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=TIMEOUT)
    connection.request("GET", PATH)
    world = connection.getresponse().headers["X-Mock-World"]
    connection.close()
    assert server.process.stdout
    assert server.process.stdout.readline() == "Press Ctrl-C to stop.\n"
    assert server.banner[0].endswith(f" at http://127.0.0.1:{server.port}")
    assert world in server.banner[1]
    assert "173" in server.banner[1]
    first, filtered, following = answers_to_banner(server)
    assert len(first["result"]) == 5
    assert 0 < filtered["meta"]["total"] < 173
    assert following["result"][0] not in first["result"]
    assert following["meta"]["before"] is not None


def test_the_requests_to_try_have_the_key_if_one_is_required(serve: Start) -> None:
    server = serve("--api-key", "open sesame", "--api-key", "k2", "--isolate-keys")
    assert all(page["result"] for page in answers_to_banner(server))
    refused = server.raw(f"GET {PATH} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    assert refused.startswith(b"HTTP/1.1 401")
    assert server.get(headers={"X-API-Key": "k2"}) != server.get(headers={"X-API-Key": "open sesame"})
    assert server.end()[0] == 0


def test_an_empty_world_and_a_contract_without_lists_can_be_served(serve: Start, tmp_path: Path) -> None:
    empty = serve("--size", "0", lines=3)
    assert empty.get()["result"] == []
    assert empty.end() == (0, "", "") or empty.process.returncode == 0
    contract = tmp_path / "c.yaml"
    contract.write_text(
        "openapi: 3.1.0\ninfo: {title: Ping, version: '1'}\npaths:\n  /ping:\n    get:\n      responses:\n"
        "        '200': {description: ok, content: {application/json: {schema: {const: pong}}}}\n"
    )
    ping = serve(str(contract), lines=3)
    url, _ = curl(ping.banner[2])
    assert urlsplit(url).path == "/ping"
    assert ping.raw(b"GET /ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").endswith(b'"pong"')
    assert ping.end()[0] == 0


def test_routes_shows_the_roles_of_a_list_and_the_reasons() -> None:
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


FAULTY = """\
openapi: 3.0.3
info: {title: Faulty, version: '1'}
paths:
  /lost:
    get:
      responses: {'200': {$ref: '#/components/responses/None'}}
  /impossible:
    get:
      responses:
        2xx:
          description: d
          content: {application/json: {schema: {type: array, minItems: 4, uniqueItems: true, items: {enum: [a, b]}}}}
  /good:
    get: {responses: {'200': {description: d, content: {application/json: {example: [1]}}}}}
"""


def test_lint_tells_the_faults_and_what_cannot_be_answered(tmp_path: Path) -> None:
    file = tmp_path / "faulty.yaml"
    file.write_text(FAULTY)
    ran = run("lint", str(file))
    assert (ran.returncode, ran.stderr) == (1, "")
    why = "'$ref: #/components/responses/None' points to nothing: no 'components'"
    assert ran.stdout.splitlines() == [
        f"{file}:6: {why}",
        f"{file}:10: '2xx' is not a status code, expected one like 200, 4XX or default",
        f"GET /lost is answered with 501: {why}",
        "GET /impossible is answered with 501: no value fits this schema: no attempt met all of its keywords",
        "3 operations, 4 faults",
    ]
    assert run("lint").stdout == "1 operation, 0 faults\n"


def test_routes_as_json(tmp_path: Path) -> None:
    (balances,) = json.loads(run("routes", "--format", "json").stdout)
    assert {key: balances[key] for key in ("method", "path", "operation_id", "kind", "problems")} == {
        "method": "GET",
        "path": PATH,
        "operation_id": "list_balances",
        "kind": "list",
        "problems": [],
    }
    assert balances["roles"]["next_cursor"]["is"] == "meta.after"
    file = tmp_path / "faulty.yaml"
    file.write_text(FAULTY)
    rows = json.loads(run("routes", "--format", "json", str(file)).stdout)
    assert [(row["path"], row["kind"], len(row["problems"])) for row in rows] == [
        *(("/lost", "not understood", 1), ("/impossible", "single answer", 0), ("/good", "single answer", 0)),
    ]


def test_a_faulty_operation_is_answered_with_501_and_the_others_as_usual(tmp_path: Path) -> None:
    file = tmp_path / "faulty.yaml"
    file.write_text(FAULTY)
    client = create_app(file).test_client()
    for path, why in (("/lost", "points to nothing"), ("/impossible", "no value fits")):
        answer = client.get(path)
        assert answer.status_code == 501
        assert why in answer.get_json()["error"]
    assert client.get("/good").get_json() == [1]


def test_routes_may_be_piped_into_head() -> None:
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


# Mistakes of the user -----------------------------------------------------------------------------------------------


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
        (["serve", "--port", "70000"], "'--port': got '70000', expected a whole number from 0 to 65535"),
        (["serve", "--port", "-1"], "'--port': got '-1', expected a whole number from 0 to 65535"),
        (["serve", "--port", "abc"], "'--port': got 'abc', expected a whole number from 0 to 65535"),
        (["serve", "--workers", "0"], "'--workers': got '0', expected a whole number from 1 to 256"),
        (["serve", "--wallets", "-1"], "'--wallets': got '-1', expected a whole number, 0 or more"),
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
        (["serve", "ref.yaml", "--strict-contract"], "ref.yaml:6: "),
        (["serve", "empty.yaml"], "empty.yaml: "),
        (["serve", "bytes.yaml"], "the contract is not UTF-8"),
        (["serve", "semantics.yaml"], "did you mean 'id'?"),
        (["routes", "bad.yaml"], "bad.yaml:3: "),
        (["serve", "a", "b"], "unexpected extra argument"),
        (["serve", "--prot", "1"], "'--port'"),
        (["serve", "--api-key"], "'--api-key'"),
        (["sevre"], "did you mean 'serve'?"),
        (["xyz"], "unknown command 'xyz'; available: check, export, lint, routes, serve"),
    ],
)
def test_a_mistake_is_reported_in_one_line_with_exit_code_2(contracts: Path, args: list[str], words: str) -> None:
    port = ["--port", "0"] if args[0] == "serve" and "--port" not in args else []
    ran = run(args[0], *port, *args[1:], cwd=contracts)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert words in ran.stderr
    assert ran.stderr.startswith("mockserver: ")
    assert ran.stderr.count("\n") == 1


def test_an_invalid_environment_variable_is_reported_in_one_line() -> None:
    ran = run("serve", env=environment(MOCKSERVER_PORT="abc"))
    assert (ran.returncode, ran.stderr.count("\n")) == (2, 1)


def test_a_port_in_use_is_reported(server: Server) -> None:
    busy = run("serve", "--port", str(server.port))
    assert (busy.returncode, busy.stderr.count("\n")) == (2, 1)
    assert f"port {server.port} of 127.0.0.1 is in use" in busy.stderr
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert f"port {port} of 127.0.0.1 is in use" in run("serve", "--port", str(port)).stderr


# Addresses ----------------------------------------------------------------------------------------------------------


def test_an_address_is_reserved_before_anyone_listens() -> None:
    with (
        reserve("127.0.0.1", 0) as address,
        pytest.raises(AddressError, match="in use"),
        reserve("127.0.0.1", address.port),
    ):
        pass


def test_a_reserved_address_is_free_after_the_block() -> None:
    with reserve("127.0.0.1", 0) as first:
        pass
    with reserve("127.0.0.1", first.port) as second:
        assert second == first


def test_a_port_with_lingering_connections_can_be_reserved() -> None:
    """A server that closes its connections leaves them in TIME_WAIT, which must not prevent a restart."""
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
def test_the_url_of_an_address_is_one_that_clients_can_use(host: str, url: str) -> None:
    assert Address(host, 80).url == url


# End ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_signal_ends_the_server_cleanly(serve: Start, number: int, workers: str) -> None:
    server = serve("--workers", workers)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=TIMEOUT)
    connection.request("GET", PATH)
    assert connection.getresponse().read()
    assert len(server.workers()) == int(workers)
    assert server.end(number) == (0, "", ""), "an open connection does not delay the end"
    connection.close()
    with pytest.raises(ConnectionRefusedError):
        server.raw(b"")


def test_a_signal_to_the_process_group_ends_the_server_cleanly(serve: Start) -> None:
    """Ctrl-C in a terminal."""
    server = serve("--workers", "2", start_new_session=True)
    group = server.process.pid
    wait_for(lambda: all(os.getpgid(worker) != group for worker in server.workers()))
    os.killpg(group, signal.SIGINT)
    assert (*server.process.communicate(timeout=TIMEOUT), server.process.returncode) == ("", "", 0)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_during_the_start_ends_the_server_cleanly(tmp_path: Path, number: int) -> None:
    """The contract is a pipe that nobody writes to, so the start is not finished when the signal arrives."""
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


def test_it_serves_although_its_output_cannot_be_written() -> None:
    with reserve("127.0.0.1", 0) as address:
        port = address.port
    command = [sys.executable, "-m", "mockserver", "serve", "--port", str(port)]
    with Path("/dev/full").open("w") as full:
        process = subprocess.Popen(command, env=environment(), stdout=full, stderr=subprocess.PIPE, text=True)
    server = Server(process, [f"at http://127.0.0.1:{port}"])
    wait_for(lambda: answers(server))
    code, _, err = server.end()
    assert (code, err) == (0, "")


def test_shared_files_are_removed_at_the_end(serve: Start, tmp_path: Path) -> None:
    server = serve("--workers", "2", env=environment(XDG_CACHE_HOME=str(tmp_path)))
    folder = tmp_path / "mockserver"
    assert list(folder.iterdir()) != [], "the workers share files in the user's cache folder"
    (folder / "serve-999999999-killed").mkdir()
    (folder / "serve-mine").mkdir()
    assert server.end() == (0, "", "")
    assert {path.name for path in folder.iterdir()} == {"serve-999999999-killed", "serve-mine"}
    assert serve("--workers", "2", env=environment(XDG_CACHE_HOME=str(tmp_path))).end() == (0, "", "")
    assert {path.name for path in folder.iterdir()} == {"serve-mine"}, "the folder of a killed server is removed"


# Many workers -------------------------------------------------------------------------------------------------------


def test_a_refresh_through_one_worker_is_seen_through_all(serve: Start) -> None:
    server = serve("--workers", "2")
    row = server.get("?limit=1")["result"][0]
    assert row["updated_at"] != "2025-01-15T12:00:00Z"
    server.get(f"?address={row['address']}&force_refresh=true")
    seen = {server.get("?limit=1")["result"][0]["updated_at"] for _ in range(40)}
    assert seen == {"2025-01-15T12:00:00Z"}
    assert server.end()[0] == 0


def test_workers_give_the_same_answers_and_refresh_concurrently(serve: Start, server: Server) -> None:
    pair = serve("--workers", "2")
    queries = ["?limit=7&offset=20", "?limit=3", "?chain_id=SETH"]
    assert [pair.get(q) for q in queries for _ in range(8)] == [server.get(q) for q in queries for _ in range(8)]
    addresses = sorted({row["address"] for row in pair.get("?limit=200")["result"]})
    with ThreadPoolExecutor(8) as pool:
        pages = list(pool.map(lambda a: pair.get(f"?address={a}&force_refresh=true"), addresses * 4))
    assert all(page["result"] for page in pages)
    assert {r["updated_at"] for r in pair.get("?limit=200")["result"]} == {"2025-01-15T12:00:00Z"}
    assert pair.end()[0] == 0


# Raw requests -------------------------------------------------------------------------------------------------------


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
def test_any_bytes_are_answered(server: Server, request_bytes: bytes, statuses: Sequence[int]) -> None:
    answer = server.raw(request_bytes)
    assert int(answer.split(b" ", 2)[1]) in statuses
    assert answer.lower().count(b"\r\ncontent-length:") == 1
    assert server.get("?limit=1")["result"]


def test_a_connection_is_kept_open_and_head_has_no_body(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=TIMEOUT)
    lengths = []
    for method in ("GET", "HEAD", "GET"):
        connection.request(method, PATH, body=b"x" * 1000 if method == "GET" else None)
        response = connection.getresponse()
        lengths.append((response.headers["Content-Length"], len(response.read())))
    connection.close()
    length = lengths[0][1]
    assert lengths == [(str(length), length), (str(length), 0), (str(length), length)]


def test_options_come_from_the_environment(serve: Start) -> None:
    env = environment(MOCKSERVER_SEED="s", MOCKSERVER_API_KEY="k1 k2", MOCKSERVER_WALLETS="3", MOCKSERVER_PORT="0")
    server = serve(env=env)
    again = serve("--seed", "s", "--wallets", "3", "--api-key", "k2")
    key = {"X-API-Key": "k2"}
    assert server.get(headers=key) == again.get(headers=key)
    assert server.end()[0] == again.end()[0] == 0


def test_the_flask_command_finds_the_application() -> None:
    command = [sys.executable, "-m", "flask", "--app", "mockserver", "routes"]
    ran = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=TIMEOUT, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


# Scenarios and preferences ------------------------------------------------------------------------------------------


ONE = """
openapi: 3.1.0
info: {title: One, version: "1"}
paths:
  /one:
    get:
      responses: {"200": {description: One., content: {application/json: {example: {a: 1}}}}}
"""


@pytest.mark.parametrize("list_", [True, False])
def test_delayed_answers_do_not_delay_others(serve: Start, tmp_path: Path, list_: bool) -> None:
    """One worker receives twelve requests, each with a delay of three seconds, before it answers the first."""
    contract = tmp_path / "one.yaml"
    contract.write_text(ONE)
    server = serve() if list_ else serve(str(contract), lines=5)
    path = f"{PATH}?limit=1" if list_ else "/one"

    def all_received() -> bool:
        return json.loads(server.send("POST", "/__mock__/requests/count", {})[1]) == {"count": 12}

    with ThreadPoolExecutor(12) as pool:
        delayed = [pool.submit(server.send, "GET", path, headers={"Prefer": "wait=3"}) for _ in range(12)]
        wait_for(all_received)
        assert not any(one.done() for one in delayed)
        assert {one.result()[0] for one in delayed} == {200}


def test_a_connection_is_closed_in_the_middle_of_the_answer(serve: Start) -> None:
    """Always after half of the body: many clients repeat a request if the answer does not even begin."""
    server = serve("--scenario", "disconnect:every=2", lines=7)
    for _ in range(10):
        assert server.get("?limit=1")
        answer = server.raw(f"GET {PATH}?limit=1 HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        head, _, body = answer.partition(b"\r\n\r\n")
        announced = re.search(rb"(?i)content-length: (\d+)", head)
        assert announced
        assert len(body) == int(announced[1]) // 2, "the server closes a connection that was to stay open"


def test_workers_share_scenario_journal_metrics_and_fixtures(serve: Start) -> None:
    server = serve("--workers", "2")
    assert server.send("PUT", "/__mock__/scenario", {"name": "server-error", "every": 4})[0] == 200
    statuses = [server.send("GET", PATH)[0] for _ in range(24)]
    assert statuses == [200, 200, 200, 500] * 6, "the workers count together"
    entries = json.loads(server.send("GET", "/__mock__/requests?limit=24")[1])["requests"]
    assert [entry["status"] for entry in entries] == statuses
    assert server.send("POST", "/__mock__/requests/count", {"status": "500"})[1] == b'{"count":6}'
    assert b'status="500"} 6.0' in server.send("GET", "/__mock__/metrics")[1]
    fixtures = {"list_balances": [{"token_id": "SETH", "amount": "7"}]}
    assert server.send("PUT", "/__mock__/fixtures", fixtures)[0] == 200
    assert server.send("DELETE", "/__mock__/scenario")[0] == 200
    assert {server.get("?limit=1")["meta"]["total"] for _ in range(30)} == {174}
    assert server.send("POST", "/__mock__/reset")[0] == 204
    assert {server.get("?limit=1")["meta"]["total"] for _ in range(30)} == {173}


# Edits --------------------------------------------------------------------------------------------------------------


def test_an_edit_is_applied_and_one_with_a_fault_is_reported(serve: Start, tmp_path: Path) -> None:
    contract, fixtures = tmp_path / "contract.yaml", tmp_path / "fixtures.yaml"
    good = default_contract().read_text()
    contract.write_text(good)
    fixtures.write_text("list_balances: []\n")
    server = serve(str(contract), "--fixtures", str(fixtures))
    row = server.get("?limit=1")["result"][0]
    server.get(f"?address={row['address']}&force_refresh=true")
    fresh = server.get("?limit=1")["result"][0]
    assert fresh != row
    contract.write_text(good.replace("maximum: 200", "maximum: 60"))
    wait_for(lambda: server.send("GET", f"{PATH}?limit=61")[0] == 422)
    assert server.get("?limit=1")["result"][0] == fresh, "refreshes are kept"
    contract.write_text(good.replace("paths:", "paths: ["))
    wait_for(lambda: b'"fault":null' not in server.send("GET", "/__mock__/world")[1])
    assert server.send("GET", f"{PATH}?limit=61")[0] == 422, "the last good version is served"
    contract.write_text(good)
    wait_for(lambda: server.send("GET", f"{PATH}?limit=61")[0] == 200)
    assert b'"fault":null' in server.send("GET", "/__mock__/world")[1]
    fixtures.write_text("list_balances:\n- {token_id: SETH, amount: '1'}\n")
    wait_for(lambda: server.get("?limit=1")["meta"]["total"] == 174)
    fixtures.write_text("list_balances:\n- {token_id: SETH, amount: '-1'}\n")
    wait_for(lambda: b"fixtures.yaml:2" in server.send("GET", "/__mock__/world")[1])
    code, _, err = server.end()
    assert code == 0
    assert "contract.yaml:" in err
    assert "not YAML" in err
    assert "the last good version is served" in err
    assert "fixtures.yaml:2" in err
    assert "Traceback" not in err
