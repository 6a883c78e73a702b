"""`mockserver check URL`, as a user types it: verdicts, exit codes, reports, profiles, and every kind of bad input.

What runs Schemathesis' own phases runs in a process of its own, as for a user; the laws alone are judged in this one.
"""

import re
import subprocess
import threading
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from mockserver.judge.laws import LAWS
from mockserver.judge.profile import Profile, load_profile, template
from tests.reference_servers.running import running
from tests.reference_servers.server import create_app
from tests.support.checking import check, check_in_a_process, rows
from tests.support.serving import served


@pytest.mark.slow
def test_the_mock_is_clean_in_both_parts() -> None:
    with served() as base_url:
        code, out, _ = check_in_a_process(base_url)
    assert code == 0, out
    assert list(rows(out)) == list(LAWS)
    assert set(rows(out).values()) == {"passed", "not applicable"}
    assert "the server answers without a key" in out
    assert "No issues found" in out


def test_a_broken_law_is_shown_with_its_evidence_and_can_be_replayed() -> None:
    """The curl line of the verdict shows what the verdict says: fewer records than there are."""
    with running(create_app(fault="last-page-lost")) as base_url:
        code, out, _ = check_in_a_process(base_url, "--laws-only")
        assert code == 1
        assert rows(out)["limit-free"] == "failed"
        shown = out.split("\nlimit-free: ", 1)[1]
        assert re.search(r"Got: .*\d+ missing", shown)
        assert "Likely cause: the server\n" in shown
        line = re.search(r"^    (curl .*)$", shown, re.MULTILINE)
        assert line is not None
        answer = subprocess.run(line[1], shell=True, capture_output=True, text=True, timeout=10).stdout
    assert '"result"' in answer


def test_one_law_and_one_operation() -> None:
    with running(create_app(fault="total-off-by-one")) as base_url:
        red = check(base_url, "--laws-only", "--law", "total")
        green = check(base_url, "--laws-only", "--law", "back", "--operation", "list_balances")
    assert (red[0], list(rows(red[1]))) == (1, ["total"])
    assert (green[0], list(rows(green[1]))) == (0, ["back"])


def test_the_budget_is_kept_and_what_was_not_seen_is_shown() -> None:
    with running(create_app()) as base_url:
        code, out, _ = check(base_url, "--laws-only", "--budget", "60")
    assert code == 0
    assert "60 requests in total" in out
    assert "Not reached within the budget:" in out
    assert "inconclusive" in rows(out).values()


def test_no_refresh_is_sent_when_it_must_not() -> None:
    with running(create_app(fault="refresh-goes-back")) as base_url:
        code, out, _ = check(base_url, "--laws-only", "--no-refresh")
    assert code == 0
    assert rows(out)["refresh"] == "not applicable"


def test_large_data_are_sampled_and_it_is_said() -> None:
    with running(create_app(design="large")) as base_url:
        code, out, _ = check(base_url, "--laws-only")
    assert code == 0
    assert "was walked up to record 4000" in out


def test_moving_data_are_inconclusive() -> None:
    with running(create_app(design="live-inserts")) as base_url:
        code, out, _ = check(base_url, "--laws-only")
    assert code == 0, out
    assert "the data moved during the survey" in out


def test_reports_hold_the_laws_too(tmp_path: Path) -> None:
    with running(create_app(fault="ties-lost")) as base_url:
        code, _, _ = check_in_a_process(
            base_url, "--laws-only", "--report", "junit,json,html,har,allure", "--report-dir", str(tmp_path)
        )
    assert code == 1
    names = {path.name.split("-")[0] for path in tmp_path.iterdir()}
    assert {"junit", "json", "html", "har", "allure"} <= names, names
    junit = next(tmp_path.glob("junit*")).read_text(encoding="utf-8")
    assert "limit-free" in junit


def test_the_key_of_the_environment_opens_and_is_not_shown() -> None:
    with running(create_app(fault="key-unchecked-with-cursor", api_keys=("sesame-47",))) as base_url:
        shut = check(base_url, "--laws-only")
        opened = check_in_a_process(base_url, "--laws-only", key="sesame-47")
        by_header = check(base_url, "--laws-only", "-H", "X-API-Key: sesame-47")
    assert shut[0] == 2
    assert "status 401" in shut[2]
    for code, out, err in (opened, by_header):
        assert code == 1
        assert rows(out)["key"] == "failed"
        assert "sesame-47" not in out + err


def test_no_header_of_the_caller_is_shown() -> None:
    with running(create_app(fault="total-off-by-one")) as base_url:
        code, out, err = check(base_url, "--laws-only", "--law", "total", "-H", "Authorization: Bearer sesame-48")
    assert code == 1
    assert "sesame-48" not in out + err
    assert '-H "Authorization: ..."' in out


def test_173_records_with_four_filters_take_600_requests_at_most() -> None:
    """With the second look at what seems wrong."""
    app = create_app(fault="cursor-by-other-column", size=173)
    sent: list[str] = []

    async def counted(scope: Any, receive: Any, send: Any) -> None:
        sent.append(scope["path"])
        await app(scope, receive, send)

    with running(counted) as base_url:
        out = check(base_url, "--laws-only")[1]
    assert "more requests for a second survey of what seems wrong" in out
    assert 450 < len(sent) <= 600


def test_a_server_of_200_records_is_judged_within_the_budget() -> None:
    """Every law that applies has its evidence; only samples beyond it are left out."""
    with running(create_app(size=200)) as base_url:
        code, out, _ = check(base_url, "--laws-only")
    assert code == 0, out
    assert set(rows(out).values()) == {"passed", "not applicable"}, out


# Profiles -----------------------------------------------------------------------------------------------------------


def test_every_switch_is_in_the_template_and_the_template_is_a_profile(tmp_path: Path) -> None:
    code, out, _ = check("--init-profile")
    assert code == 0
    assert out == template()
    path = tmp_path / "profile.toml"
    path.write_text(out, encoding="utf-8")
    assert load_profile(path, LAWS) == Profile()
    uncommented = re.sub(r"^#(\w+ = )", r"\1", out, flags=re.MULTILINE)
    assert set(tomllib.loads(uncommented)) == set(Profile.__dataclass_fields__)


@pytest.mark.parametrize(
    ("fault", "switch"),
    [
        ("total-off-by-one", 'off = ["total"]'),
        ("total-off-by-one", 'total = "estimate"'),
        ("late-negative-amount", "decimals = false"),
        ("late-total-wrong", "sums = false"),
        ("address-for-each-chain", "constant = false"),
        ("filter-ignores-case", 'caseless = ["wallet_uuid", "chain_id", "address", "token_id"]\noff = ["total"]'),
    ],
)
def test_a_profile_loosens_a_law(tmp_path: Path, fault: str, switch: str) -> None:
    """Broken without, clean with it."""
    path = tmp_path / "profile.toml"
    path.write_text(switch, encoding="utf-8")
    with running(create_app(fault=fault)) as base_url:
        strict = check(base_url, "--laws-only")
        loose = check(base_url, "--laws-only", "--profile", str(path))
    assert strict[0] == 1
    assert loose[0] == 0, loose[1]


def test_full_pages_can_be_demanded(tmp_path: Path) -> None:
    path = tmp_path / "profile.toml"
    path.write_text("full_pages = true", encoding="utf-8")
    with running(create_app(design="short-pages")) as base_url:
        code, out, _ = check(base_url, "--laws-only", "--profile", str(path))
    assert code == 1
    assert rows(out)["page-size"] == "failed"


def test_learn_proposes_a_profile_under_which_the_server_is_clean(tmp_path: Path) -> None:
    path = tmp_path / "profile.toml"
    with running(create_app(fault="late-missing-address")) as base_url:
        code, out, _ = check(base_url, "--learn")
        path.write_text(out, encoding="utf-8")
        again = check(base_url, "--laws-only", "--profile", str(path))
    assert code == 0
    assert "A FAULT BY THE CONTRACT" in out
    assert again[0] == 0, again[1]


def test_learn_prefers_one_switch_to_a_law_turned_off() -> None:
    with running(create_app(fault="total-off-by-one")) as base_url:
        code, out, _ = check(base_url, "--learn")
    assert code == 0
    assert tomllib.loads(out) == {"total": "estimate"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("off = [", "not TOML"),
        ('off = ["totals"]', "unknown law 'totals'"),
        ("of = []", "unknown switch 'of'"),
        ('decimals = "yes"', "decimals"),
        ("offset_cap = -1", "offset_cap"),
    ],
)
def test_a_faulty_profile_is_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "profile.toml"
    path.write_text(text, encoding="utf-8")
    code, out, err = check("http://127.0.0.1:1", "--profile", str(path))
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


# Bad input ----------------------------------------------------------------------------------------------------------


@contextmanager
def answering(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[str]:
    """A server on a free port that answers every GET so."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def log_message(self, *args: object) -> None:
            """Be quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def sends(status: int, kind: str, body: bytes, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def two_hundred_megabytes(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(200 * 2**20))
    handler.end_headers()
    try:
        for _ in range(200):
            handler.wfile.write(b" " * 2**20)
    except OSError:
        return


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (sends(200, "text/html", b"<html>hello</html>"), "not JSON"),
        (sends(302, "text/plain", b"", Location="https://elsewhere.example/login"), "elsewhere.example"),
        (sends(404, "application/json", b"{}"), "status 404"),
        (sends(500, "application/json", b"{}"), "status 500"),
        (sends(401, "application/json", b"{}"), "MOCKSERVER_KEY"),
        (two_hundred_megabytes, "larger than"),
    ],
    ids=["a web page", "a redirect", "nothing there", "a crash", "a locked door", "200 MB"],
)
def test_a_server_that_cannot_be_judged(answer: Callable[[BaseHTTPRequestHandler], None], said: str) -> None:
    with answering(answer) as base_url:
        code, _, err = check(base_url, "--laws-only")
    assert code == 2, err
    assert said in err
    assert err.count("\n") == 1


def test_a_server_without_records_is_not_judged() -> None:
    with running(create_app(design="empty")) as base_url:
        code, out, err = check(base_url, "--laws-only")
    assert code == 2, out
    assert "no records" in err


@pytest.mark.slow
def test_a_server_that_never_answers() -> None:
    """It is given up after 15 seconds."""
    done = threading.Event()
    with answering(lambda _: done.wait(60) and None) as base_url:
        try:
            code, _, err = check(base_url, "--laws-only")
        finally:
            done.set()
    assert code == 2
    assert "no answer in time" in err


@pytest.mark.slow
def test_an_endless_chain_of_pages_is_bounded() -> None:
    """Every page leads on to the same record under a new cursor: condemned within the budget, not followed."""
    count = iter(range(10**9))
    with running(create_app()) as good:
        import urllib.request

        page = urllib.request.urlopen(f"{good}/api/v1/wallets/balances?limit=1").read()
    record = re.search(rb'"result":(\[.*?\]),"success"', page)
    assert record is not None

    def answer(handler: BaseHTTPRequestHandler) -> None:
        meta = b'{"has_more":true,"after":"c%d"}' % next(count)
        sends(200, "application/json", b'{"result":%s,"meta":%s}' % (record[1], meta))(handler)

    with answering(answer) as base_url:
        code, out, _ = check(base_url, "--laws-only")
    assert code == 1
    assert rows(out)["no-repeat"] == "failed"


def test_the_seed_of_the_mock_in_the_environment_is_not_that_of_the_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCKSERVER_SEED", "staging")
    code, _, err = check("http://127.0.0.1:1", "--laws-only")
    assert code == 2
    assert "connection failed" in err


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["no-url"], "not a base URL"),
        (["ftp://127.0.0.1"], "not a base URL"),
        (["http://[::1"], "not a base URL"),
        (["http://127.0.0.1:99999"], "not a base URL"),
        (["http://127.0.0.1:1", "-H", "X-API-Key: \N{SNOWMAN}"], "printable ASCII"),
        (["http://127.0.0.1:1"], "connection failed"),
        (["http://127.0.0.1:1", "--law", "gravity"], "unknown law 'gravity'"),
        (["http://127.0.0.1:1", "--operation", "nobody"], "unknown list operation 'nobody'"),
        (["http://127.0.0.1:1", "--rate", "fast"], "N/s"),
        (["http://127.0.0.1:1", "--budget", "0"], "--budget"),
        (["http://127.0.0.1:1", "-H", "nonsense"], "NAME:VALUE"),
        (["http://127.0.0.1:1", "--contract", "nowhere.yaml"], "nowhere.yaml"),
        (["http://127.0.0.1:1", "--report", "papyrus"], "papyrus"),
        ([], "no URL given"),
    ],
    ids=lambda v: " ".join(v) if isinstance(v, list) else None,
)
def test_what_cannot_be_asked_is_one_sentence(args: list[str], said: str) -> None:
    code, _, err = check(*args, *(["--laws-only"] if args and "--report" not in args else []))
    assert code == 2
    assert said in err
    assert err.count("\n") == 1


def test_a_process_ends_with_one_sentence_too() -> None:
    code, _, err = check_in_a_process("http://127.0.0.1:1", "--laws-only")
    assert (code, err.count("\n")) == (2, 1)
    assert "connection failed" in err


def test_a_contract_without_lists(tmp_path: Path) -> None:
    path = tmp_path / "no-lists.yaml"
    path.write_text(
        "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {/a: {get: {responses: {'200': {description: ok}}}}}\n",
        encoding="utf-8",
    )
    code, _, err = check("http://127.0.0.1:1", "--contract", str(path))
    assert code == 2
    assert "no list operation" in err
