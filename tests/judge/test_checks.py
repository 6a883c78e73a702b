"""`schemathesis run` as a user types it: clean on correct servers, red on faulty ones, and no key in sight."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from mockserver.judge.exchange import Exchange
from mockserver.judge.inputs import whole_number
from mockserver.judge.laws import LAWS
from mockserver.judge.schemathesis.observed import Observed
from mockserver.judge.tolerated import is_tolerated
from tests.reference_servers.faults import FAULTS
from tests.reference_servers.running import running
from tests.reference_servers.server import create_app
from tests.support.list_server import document, semantics
from tests.support.paths import ROOT
from tests.support.serving import clean_environment, served

QUICK = ("--phases", "examples,coverage")
BY_CHECK = [name for name, fault in FAULTS.items() if not set(fault.laws) & set(LAWS)]
PLANTED = ["ties-lost", "total-of-page", "late-total-wrong", "error-plain-text", "crosstalk-of-queries"]
SLOW = [
    "lookahead-row-kept", "cursor-plus-lost", "before-reversed", "hidden-cap", "limit-zero-is-default",
    "offset-off-by-one", "has-more-on-exact-multiple", "second-filter-dropped", "late-missing-address",
    "refresh-inserts",
]  # fmt: skip
"""With those before, one of each kind, run as a whole; the laws alone are tried on every fault in `test_faults`."""


def schemathesis_run(base_url: str, *options: str, environment: dict[str, str] | None = None) -> tuple[int, str]:
    """Exit code and output of the README's command, from the checkout."""
    command = [
        str(Path(sys.executable).parent / "schemathesis"),
        "run", "contracts/openapi.yaml", "--url", base_url, "--no-color", *options,
    ]  # fmt: skip
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, env=clean_environment(environment), timeout=280
    )
    return done.returncode, done.stdout + done.stderr


def test_the_mock_is_clean() -> None:
    with served() as base_url:
        code, output = schemathesis_run(base_url)
    assert code == 0, output
    assert "No issues found" in output
    assert "Stateful" in output


@pytest.mark.slow
def test_the_second_server_is_clean() -> None:
    with running(create_app()) as base_url:
        code, output = schemathesis_run(base_url)
    assert code == 0, output


@pytest.mark.slow
@pytest.mark.parametrize(
    "design",
    [
        "bad-cursors-ignored",
        "cursors-used-once",
        "cursors-bound-to-filters",
        "repeated-refused",
        "empty",
    ],
)
def test_correct_servers_of_other_designs_are_clean(design: str) -> None:
    """What the letter of the contract would condemn and a fair judge does not."""
    with running(create_app(design=design)) as base_url:
        code, output = schemathesis_run(base_url)
    assert code == 0, output


@pytest.mark.parametrize("fault", [*BY_CHECK, *PLANTED, *(pytest.param(name, marks=pytest.mark.slow) for name in SLOW)])
def test_faulty_servers_are_red(fault: str) -> None:
    """Each is condemned by a law or a check that its table names."""
    with running(create_app(fault=fault)) as base_url:
        code, output = schemathesis_run(base_url, *QUICK)
    assert code == 1, output
    named = [law for law in FAULTS[fault].laws if law in LAWS]
    if named:
        assert any(re.search(rf"^- ST901 {law}: ", output, re.MULTILINE) for law in named), output


@pytest.mark.slow
def test_a_key_opens_the_server_and_is_never_shown(tmp_path: Path) -> None:
    """By header and by environment; in no line of output and in no report."""
    secret = "sesame-4711"
    with served("--api-key", secret) as base_url:
        reports = ("--report", "har,junit,ndjson", "--report-dir", str(tmp_path))
        by_header = schemathesis_run(base_url, *QUICK, "-H", f"X-API-Key: {secret}", *reports)
        by_environment = schemathesis_run(base_url, *QUICK, environment={"MOCKSERVER_KEY": secret})
        without = schemathesis_run(base_url, *QUICK)
    for code, output in (by_header, by_environment):
        assert code == 0, output
        assert secret not in output
    assert secret not in without[1]
    assert "could not be judged" in without[1]
    assert "MOCKSERVER_KEY" in without[1]
    written = list(tmp_path.iterdir())
    assert len(written) == 3
    assert not [p.name for p in written if secret in p.read_text(encoding="utf-8")]


def test_a_token_id_is_no_secret() -> None:
    """Schemathesis masks what is called a token; here it is what a reader needs to see."""
    with running(create_app(fault="token-filter-ignored")) as base_url:
        code, output = schemathesis_run(base_url, *QUICK)
    assert code == 1
    assert re.search(r"token_id=[A-Z]", output)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ('off = ["limit-free", "nonsense"]', "nonsense"),
        ("budgets = 5", "budget"),
    ],
)
def test_a_wrong_setting_is_told(tmp_path: Path, settings: str, said: str) -> None:
    config = (ROOT / "schemathesis.toml").read_text(encoding="utf-8").replace("budget = 450", settings)
    code, output = run_with_config(tmp_path, config, "http://127.0.0.1:1")
    assert code != 0
    assert said in output
    assert "Traceback" not in output


@pytest.mark.slow
def test_a_law_can_be_turned_off(tmp_path: Path) -> None:
    with running(create_app(fault="total-off-by-one")) as base_url:
        config = (ROOT / "schemathesis.toml").read_text(encoding="utf-8")
        red = run_with_config(tmp_path, config, base_url)
        clean = run_with_config(tmp_path, config.replace("budget = 450", 'off = ["total"]'), base_url)
    assert (red[0], clean[0]) == (1, 0), clean[1]


def run_with_config(folder: Path, config: str, base_url: str) -> tuple[int, str]:
    path = folder / "schemathesis.toml"
    path.write_text(config, encoding="utf-8")
    command: Sequence[str] = [
        str(Path(sys.executable).parent / "schemathesis"), "--config-file", str(path), "run",
        str(ROOT / "contracts" / "openapi.yaml"), "--url", base_url, "--no-color", *QUICK,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=dict(os.environ), timeout=120)
    return done.returncode, done.stdout + done.stderr


SEMANTICS = semantics()


@pytest.mark.parametrize(
    ("query", "tolerated"),
    [
        ({"limit": "5.0"}, True),
        ({"limit": "+5"}, True),
        ({"limit": "five"}, False),
        ({"limit": "21"}, True),
        ({"limit": "0"}, True),
        ({"limit": "5", "colour": "red"}, True),
        ({"offset": "-1"}, True),
        ({"after": "garbage"}, True),
        ({"nobody": "knows"}, True),
    ],
)
def test_what_a_correct_server_may_accept(query: dict[str, str], tolerated: bool) -> None:
    """One record came back: spellings and clamps are fair, text for a number is not."""
    body = {"items": [{"id": "1"}], "meta": {}}
    exchange = Exchange(tuple(query.items()), 200, body)
    assert is_tolerated("negative_data_rejection", exchange, SEMANTICS) is tolerated


REFUSING = semantics({"responses": {"200": document()["paths"]["/things"]["get"]["responses"]["200"], "422": {}}})


@pytest.mark.parametrize("size", ["0", "21", "0x10", "10abc", "1e2"])
def test_a_size_out_of_range_that_is_served_is_not_tolerated_where_a_refusal_is_documented(size: str) -> None:
    exchange = Exchange((("limit", size),), 200, {"items": [{"id": "1"}], "meta": {}})
    assert not is_tolerated("negative_data_rejection", exchange, REFUSING)
    assert is_tolerated("negative_data_rejection", exchange, SEMANTICS) is (size in ("0", "21"))


def test_a_page_size_of_nothing_that_gives_a_full_page_is_no_clamp() -> None:
    exchange = Exchange((("limit", "0"),), 200, {"items": [{"id": str(n)} for n in range(6)], "meta": {}})
    assert not is_tolerated("negative_data_rejection", exchange, replace(REFUSING, over_limit="clamp"))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5", 5),
        ("+5", 5),
        ("5.0", 5),
        ("5e0", None),
        ("0x10", None),
        ("5.5", None),
        ("", None),
        ("x", None),
        ("nan", None),
    ],
)
def test_whole_numbers_in_any_spelling(text: str, number: int | None) -> None:
    assert whole_number(text) == number


def test_a_generated_cursor_is_replaced_by_a_real_one_with_its_filters() -> None:
    observed = Observed({"colour": ("red",)}, {"after": (("c-1", {"colour": "blue"}),), "before": ()})
    query = {"after": "noise", "colour": "x", "shape": "y", "limit": 3, "offset": 4}
    assert observed.applied_to(query, SEMANTICS) == {"limit": 3, "after": "c-1", "colour": "blue"}


def test_a_random_string_is_never_offered_as_a_cursor() -> None:
    observed = Observed({}, {"after": (), "before": ()})
    assert observed.applied_to({"after": "noise", "limit": 3}, SEMANTICS) == {"limit": 3}


def test_filter_values_come_from_the_server() -> None:
    observed = Observed({"colour": ("red", "green")}, {})
    found = observed.applied_to({"colour": "noise", "limit": 3}, SEMANTICS)
    assert found["colour"] in ("red", "green")
    assert observed.applied_to({"colour": "noise"}, SEMANTICS)["colour"] == found["colour"]
