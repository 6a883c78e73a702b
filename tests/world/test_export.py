"""Exports: read by other programs, streamed, and refused if a format cannot represent the records."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import yaml

from mockserver.contract import load_contract
from mockserver.errors import OptionError
from mockserver.mock.lists.filters import read_filters
from mockserver.semantics import ListSemantics, list_operations
from mockserver.world.export import BATCH, FORMATS, export, parts_of
from mockserver.world.fixtures import load_fixtures, parse_fixtures
from mockserver.world.model import Dataset, Record, World
from mockserver.world.with_fixtures import with_fixtures
from tests.support.expected import all_records
from tests.support.paths import ROOT
from tests.support.ships import SHIP, semantics
from tests.support.worlds import build_world
from tests.world.test_with_fixtures import BALANCES, LIST, RECORDS, WORLD

TIMEOUT = 60


def filtered(*pairs: tuple[str, str]) -> Any:
    """Return the argument `filters` of `parts_of` for filters of a command line."""
    return lambda one, dataset: read_filters(one, pairs, dataset)


def text_of(world: World, form: str, lists: Any = BALANCES, **more: Any) -> str:
    return "".join(chunk.text for chunk in export(parts_of(world, lists, **more), form, several=len(lists) > 1))


@pytest.fixture(scope="module")
def two_lists(tmp_path_factory: pytest.TempPathFactory) -> tuple[ListSemantics, ...]:
    return semantics(tmp_path_factory.mktemp("contract"), SHIP, "code", ("kind", "owner_id", "sails"), "ships", "boats")


# Formats ----------------------------------------------------------------------------------------------------------


def test_json_is_a_mapping_from_operations_to_records(two_lists: tuple[ListSemantics, ...]) -> None:
    large = build_world(BALANCES, size=2 * BATCH + 7)
    assert json.loads(text_of(large, "json")) == {LIST: all_records(large.datasets[LIST])}
    world = build_world(two_lists, size=3)
    everyone = {name: all_records(data) for name, data in world.datasets.items()}
    assert json.loads(text_of(world, "json", two_lists)) == everyone
    assert json.loads(text_of(world, "json", two_lists, operation="boats")) == {"boats": everyone["boats"]}
    assert json.loads(text_of(build_world(BALANCES, size=0), "json")) == {LIST: []}


def test_ndjson_has_one_record_per_line_and_its_list_if_there_are_several(
    two_lists: tuple[ListSemantics, ...],
) -> None:
    assert [json.loads(line) for line in text_of(WORLD, "ndjson").splitlines()] == RECORDS
    world = build_world(two_lists, size=2)
    rows = [{"operation": name, "record": r} for name in ("ships", "boats") for r in all_records(world.datasets[name])]
    assert [json.loads(line) for line in text_of(world, "ndjson", two_lists).splitlines()] == rows
    assert text_of(build_world(BALANCES, size=0), "ndjson") == ""


def test_csv_has_a_header_and_a_row_for_each_record(two_lists: tuple[ListSemantics, ...]) -> None:
    rows = list(csv.DictReader(io.StringIO(text_of(WORLD, "csv"))))
    assert len(rows) == len(RECORDS)
    for row, record in zip(rows, RECORDS, strict=True):
        assert list(row) == list(record)
        expected = {
            n: json.dumps(v, separators=(",", ":")) if isinstance(v, list) else v or "" for n, v in record.items()
        }
        assert row == expected
    world = build_world(two_lists, size=9)
    (ships,) = [list(csv.DictReader(io.StringIO(text_of(world, "csv", two_lists, operation="ships"))))]
    for row, record in zip(ships, all_records(world.datasets["ships"]), strict=True):
        assert row["afloat"] == {True: "true", False: "false", None: ""}[record.get("afloat")]
        assert row["sails"] == str(record["sails"])


def test_csv_quotes_special_characters() -> None:
    odd = 'a "b",\nc;=1'
    world = with_fixtures(
        build_world(BALANCES, size=0), BALANCES, parse_fixtures([{"cobo_wallet_id": odd}], BALANCES, "t")
    )
    (row,) = csv.DictReader(io.StringIO(text_of(world, "csv")))
    assert row["cobo_wallet_id"] == odd


def loaded(script: str) -> sqlite3.Connection:
    database = sqlite3.connect(":memory:")
    database.row_factory = sqlite3.Row
    database.executescript(script)
    return database


def test_sql_creates_the_table_and_its_rows() -> None:
    world = build_world(BALANCES, size=2 * BATCH + 7)
    records = all_records(world.datasets[LIST])
    script = text_of(world, "sql")
    assert script.count("INSERT INTO") == 3
    with closing(loaded(script)) as database:
        rows = [dict(row) for row in database.execute(f'SELECT * FROM "{LIST}" ORDER BY rowid')]
        columns = {row["name"]: row for row in database.execute(f'PRAGMA table_info("{LIST}")')}
        with pytest.raises(sqlite3.IntegrityError):
            database.execute(f'INSERT INTO "{LIST}" ("id") VALUES (?)', (records[0]["id"],))
    assert rows == [
        {**r, "compatible_chains": json.dumps(r["compatible_chains"], separators=(",", ":"))} for r in records
    ]
    assert [n for n, c in columns.items() if c["pk"]] == ["id"]
    required = set(BALANCES[0].item_schema["required"])
    assert {n for n, c in columns.items() if c["notnull"]} == required
    assert {c["type"] for c in columns.values()} == {"TEXT"}


def test_sql_has_types_from_the_schema_and_quotes_names_and_values(tmp_path: Path) -> None:
    odd = 'o\'Brien "x"; DROP TABLE ships; -- \\ é\n%s'
    properties = {
        "code": {"type": "integer"},
        'a "quoted" name; --': {"type": "string"},
        "afloat": {"type": ["boolean", "null"]},
        "draught": {"type": "number"},
        "huge": {"type": "integer", "maximum": 2**64},
        "any": {},
        "place": {"type": "object", "properties": {"pier": {"type": "integer"}}},
        "select": {"type": "integer"},
    }
    item = {"type": "object", "required": ["code", "afloat", "select"], "properties": properties}
    lists = semantics(tmp_path, item, "code", ("code",))
    records = [
        {"code": 1, 'a "quoted" name; --': odd, "afloat": True, "draught": 0.1, "any": 5, "select": -7},
        {"code": 2, "afloat": False, "draught": 1e-9, "any": "text", "place": {"pier": 3}, "select": 2**53 + 1},
        {"code": 3, "afloat": None, "draught": 3, "any": [True, None], "huge": 2**40, "select": 0},
    ]
    world = with_fixtures(build_world(lists, size=0), lists, parse_fixtures(records, lists, "t"))
    with closing(loaded(text_of(world, "sql", lists))) as database:
        rows = [dict(row) for row in database.execute('SELECT * FROM "ships" ORDER BY code')]
        columns = {r["name"]: (r["type"], r["notnull"], r["pk"]) for r in database.execute("PRAGMA table_info(ships)")}
    assert columns == {
        "code": ("BIGINT", 1, 1),
        'a "quoted" name; --': ("TEXT", 0, 0),
        "afloat": ("BOOLEAN", 0, 0),
        "draught": ("DOUBLE PRECISION", 0, 0),
        "huge": ("NUMERIC", 0, 0),
        "any": ("TEXT", 0, 0),
        "place": ("TEXT", 0, 0),
        "select": ("BIGINT", 1, 0),
    }
    none = dict.fromkeys(properties)
    assert rows == [
        none | records[0] | {"afloat": 1, "any": "5"},
        none | records[1] | {"afloat": 0, "place": '{"pier":3}'},
        none | records[2] | {"any": "[true,null]"},
    ]


def test_sql_without_records_is_an_empty_table(two_lists: tuple[ListSemantics, ...]) -> None:
    with closing(loaded(text_of(build_world(two_lists, size=0), "sql", two_lists))) as database:
        assert [tuple(r) for r in database.execute("SELECT count(*) FROM ships UNION SELECT count(*) FROM boats")] == [
            (0,)
        ]


# Parts of a world -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_filters_and_limits_select_what_a_plain_list_contains(form: str) -> None:
    matching = [r for r in RECORDS if r["chain_id"] == "SETH" and r["token_id"] == "SETH_USDC"]
    filters = [("chain_id", "SETH"), ("token_id", "SETH_USDC")]
    for limit, records in ((None, matching), (3, matching[:3]), (0, []), (10**6, matching)):
        parts = parts_of(WORLD, BALANCES, filters=filtered(*filters), limit=limit)
        text = "".join(chunk.text for chunk in export(parts, form, several=False))
        assert sum(chunk.records for chunk in export(parts, form, several=False)) == len(records)
        assert re.findall(r"[0-9a-f-]{36}", text)[::3] == [r["id"] for r in records]


def test_filters_are_read_as_in_a_request(two_lists: tuple[ListSemantics, ...]) -> None:
    upper = RECORDS[0]["wallet_uuid"].upper()
    found = json.loads(text_of(WORLD, "json", filters=filtered(("wallet_uuid", upper))))[LIST]
    assert found == [r for r in RECORDS if r["wallet_uuid"] == RECORDS[0]["wallet_uuid"]]
    assert json.loads(text_of(WORLD, "json", filters=filtered(("token_id", "nothing")))) == {LIST: []}
    world = build_world(two_lists, size=50)
    found = json.loads(text_of(world, "json", two_lists, filters=filtered(("kind", "brig"))))
    assert found == {n: [r for r in all_records(d) if r["kind"] == "brig"] for n, d in world.datasets.items()}


def test_a_default_in_the_contract_is_not_a_filter(tmp_path: Path) -> None:
    semantics(tmp_path)
    path = tmp_path / "contract.yaml"
    document = yaml.safe_load(path.read_text())
    (kind,) = [p for p in document["paths"]["/ships"]["get"]["parameters"] if p["name"] == "kind"]
    kind["schema"]["default"] = "brig"
    path.write_text(json.dumps(document))
    lists = list_operations(load_contract(path))
    world = build_world(lists, size=20)
    assert json.loads(text_of(world, "json", lists)) == {"ships": all_records(world.datasets["ships"])}


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            {"operation": "list_balance"},
            "unknown list 'list_balance'; did you mean 'list_balances'? available: list_balances",
        ),
        ({"operation": "x"}, "unknown list 'x'; available: list_balances"),
        (
            {"filters": [("chain", "SETH")]},
            "list_balances: unknown filter 'chain'; did you mean 'chain_id'? available: wallet_uuid, chain_id, ",
        ),
        ({"filters": [("limit", "5")]}, "list_balances: unknown filter 'limit'"),
        ({"filters": [("chain_id", "")]}, "got the filter 'chain_id' without a value, expected chain_id=VALUE"),
        ({"filters": [("wallet_uuid", "me")]}, "the filter 'wallet_uuid': Input should be a valid UUID"),
        ({"filters": [("chain_id", "A"), ("chain_id", "B")]}, "the filter 'chain_id': List should have at most 1 item"),
    ],
    ids=str,
)
def test_an_invalid_list_or_filter_is_refused(more: dict[str, Any], message: str) -> None:
    if "filters" in more:
        more = {"filters": filtered(*more["filters"])}
    with pytest.raises(OptionError) as caught:
        text_of(WORLD, "json", **more)
    assert message in str(caught.value)


def test_a_contract_without_lists_has_nothing_to_export() -> None:
    with pytest.raises(OptionError, match="no list, so there is nothing to export"):
        text_of(build_world(()), "json", ())


def test_records_that_a_table_cannot_hold_are_refused(tmp_path: Path, two_lists: tuple[ListSemantics, ...]) -> None:
    with pytest.raises(OptionError, match="CSV can hold one list only; choose one with --operation: ships, boats"):
        text_of(build_world(two_lists, size=1), "csv", two_lists)
    lists = semantics(tmp_path, {**SHIP, "additionalProperties": True})
    fixtures = parse_fixtures([{"captain": "Ahab"}], lists, "t")
    for form in ("csv", "sql"):
        with pytest.raises(OptionError, match=r"does not name \(captain\); export it as json"):
            text_of(with_fixtures(build_world(lists, size=0), lists, fixtures), form, lists)
    world = with_fixtures(build_world(BALANCES, size=0), BALANCES, parse_fixtures([{"address": "a\0b"}], BALANCES, "t"))
    with pytest.raises(OptionError, match=r"the character U\+0000"):
        text_of(world, "sql")
    assert json.loads(text_of(world, "json"))[LIST][0]["address"] == "a\0b"


# Cost -----------------------------------------------------------------------------------------------------------------


class Counted:
    """A dataset that counts the records that it computed."""

    def __init__(self, base: Dataset) -> None:
        self._base = base
        self.made = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._base, name)

    def record(self, ordinal: int) -> Record:
        self.made += 1
        return self._base.record(ordinal)


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_records_are_computed_as_they_are_written(form: str) -> None:
    world = build_world(BALANCES, size=200_000)
    counted = Counted(world.datasets[LIST])
    parts = parts_of(replace(world, datasets={LIST: counted}), BALANCES)
    assert parts[0].count == 200_000
    written = 0
    for chunk in islice(export(parts, form, several=False), 12):
        written += chunk.records
        assert counted.made == written
        assert len(chunk.text) < 1000 * BATCH
    assert written > 0


def test_memory_does_not_grow_with_the_world() -> None:
    code = (
        "import resource\n"
        "from tests.world.test_export import *\n"
        "written, before = 0, 0\n"
        "for chunk in export(parts_of(build_world(BALANCES, size=200_000), BALANCES), 'ndjson', several=False):\n"
        "    written += chunk.records\n"
        "    if written == 20_000: before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "print(written, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment(),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    written, grown = map(int, done.stdout.split())
    assert written == 200_000
    # In KiB. The records that were written meanwhile have a hundred MiB.
    assert grown < 4096


def test_the_first_chunk_of_the_largest_world_is_available_at_once() -> None:
    world = build_world(BALANCES, wallets=10**12)
    for filters in ([], [("chain_id", "SETH")]):
        chunks = export(parts_of(world, BALANCES, filters=filtered(*filters)), "ndjson", several=False)
        assert next(chunks).records == BATCH


# The command ----------------------------------------------------------------------------------------------------------


def environment(**more: str) -> dict[str, str]:
    others = {k: v for k, v in os.environ.items() if not k.startswith("MOCKSERVER_")}
    return others | {"PYTHONPATH": str(ROOT)} | more


def run(*args: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mockserver", "export", *args]
    return subprocess.run(
        command,
        env=env or environment(),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=TIMEOUT,
        check=False,
    )


def test_the_command_exports_the_world_that_is_served() -> None:
    done = run()
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {LIST: RECORDS}
    done = run("--format", "ndjson", "--filter", "chain_id=SETH", "--filter", "token_id=SETH", "--limit", "2")
    matching = [r for r in RECORDS if r["token_id"] == "SETH"][:2]
    assert [json.loads(line) for line in done.stdout.splitlines()] == matching


@pytest.mark.parametrize(
    ("args", "env"),
    [
        (("--seed", "x", "--size", "7"), {}),
        (
            (),
            {
                "MOCKSERVER_SEED": "x",
                "MOCKSERVER_SIZE": "7",
                "MOCKSERVER_FORMAT": "sql",
                "MOCKSERVER_LIMIT": "1",
                "MOCKSERVER_OUTPUT": "x.csv",
            },
        ),
    ],
)
def test_options_are_read_from_the_command_line_or_the_environment(args: tuple[str, ...], env: dict[str, str]) -> None:
    data = build_world(BALANCES, seed="x", size=7).datasets[LIST]
    assert json.loads(run(*args, env=environment(**env)).stdout) == {LIST: all_records(data)}


def test_a_file_is_written_in_the_format_of_its_suffix(tmp_path: Path) -> None:
    for name, start in (
        ("a.json", "{"),
        ("a.ndjson", '{"id"'),
        ("a.jsonl", '{"id"'),
        ("a.csv", "id,"),
        ("a.SQL", "BEGIN"),
    ):
        done = run("--wallets", "2", "--output", str(tmp_path / name))
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert (tmp_path / name).read_text(encoding="utf-8").startswith(start)
    run("--wallets", "2", "--format", "csv", "--output", str(tmp_path / "a.json"))
    assert (tmp_path / "a.json").read_text(encoding="utf-8").startswith("id,")


def test_an_export_can_be_used_as_fixtures(tmp_path: Path) -> None:
    path = str(tmp_path / "mine.ndjson")
    run("--filter", f"wallet_uuid={RECORDS[0]['wallet_uuid']}", "--output", path)
    done = run("--wallets", "0", "--fixtures", path)
    assert json.loads(done.stdout) == {LIST: [r for r in RECORDS if r["wallet_uuid"] == RECORDS[0]["wallet_uuid"]]}
    done = run(env=environment(MOCKSERVER_FIXTURES=path, MOCKSERVER_WALLETS="0", MOCKSERVER_SEED="y"))
    assert len(json.loads(done.stdout)[LIST]) == 6


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--operation", "list_balance"], "did you mean 'list_balances'?"),
        (["--filter", "chain_id"], "got the filter 'chain_id', expected NAME=VALUE"),
        (["--filter", "chain=SETH"], "did you mean 'chain_id'?"),
        (["--fixtures", "nothing.yaml"], "nothing.yaml: cannot read the fixture file"),
        (["nothing.yaml"], "nothing.yaml"),
        (["--format", "xml"], "'xml'"),
        (["--size", "-1"], "-1"),
        (["--output", "/nowhere/file.json"], "cannot write /nowhere/file.json: No such file or directory"),
    ],
    ids=str,
)
def test_a_mistake_is_reported_in_one_sentence(args: list[str], message: str) -> None:
    done = run(*args)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("mockserver: ")
    assert message in done.stderr


def test_a_refused_export_does_not_change_an_older_file(tmp_path: Path) -> None:
    path = tmp_path / "kept.csv"
    path.write_text("mine")
    semantics(tmp_path, SHIP, "code", (), "ships", "boats")
    done = run(str(tmp_path / "contract.yaml"), "--output", str(path))
    assert (done.returncode, "choose one with --operation" in done.stderr) == (2, True)
    assert path.read_text() == "mine"


def test_an_export_that_fails_midway_does_not_change_an_older_file(tmp_path: Path) -> None:
    """A character that SQL text cannot contain is found only when the record is written."""
    path, fixtures = tmp_path / "kept.sql", tmp_path / "fixtures.json"
    path.write_text("mine")
    fixtures.write_text(json.dumps({"list_balances": [{"cobo_wallet_id": "a\0b", "token_id": "SETH"}]}))
    done = run("--fixtures", str(fixtures), "--output", str(path))
    assert done.returncode == 2, done.stderr
    assert path.read_text() == "mine"
    assert {file.name for file in tmp_path.iterdir()} == {"kept.sql", "fixtures.json"}


def test_a_closed_pipe_ends_the_export_without_a_message() -> None:
    command = [sys.executable, "-m", "mockserver", "export", "--format", "ndjson", "--size", "1000000"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment(), stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout is not None and process.stderr is not None
        assert json.loads(process.stdout.readline()) == build_world(BALANCES, size=10**6).datasets[LIST].record(0)
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(TIMEOUT) == 1


def terminal(*args: str, stdout: int | None) -> tuple[str, int]:
    """Run the command with stderr in a terminal; return what it prints there, and its exit code."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "mockserver", "export", *args]
    env = environment(TERM="xterm", COLUMNS="80")
    with subprocess.Popen(
        command, env=env, stdin=subprocess.DEVNULL, stdout=stdout or theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        output = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:
                break
            if not piece:
                break
            output += piece
        os.close(ours)
        return output.decode(), process.wait(TIMEOUT)


def test_a_terminal_shows_the_progress(tmp_path: Path) -> None:
    path = tmp_path / "world.json"
    output, code = terminal("--output", str(path), stdout=subprocess.DEVNULL)
    assert code == 0
    assert "export" in output and "100%" in output
    assert json.loads(path.read_text(encoding="utf-8")) == {LIST: RECORDS}
    assert "100%" in terminal("--format", "csv", stdout=subprocess.DEVNULL)[0]
    # The records themselves are printed in this terminal: no progress bar among them.
    output, code = terminal("--limit", "3", stdout=None)
    assert code == 0
    assert json.loads(output) == {LIST: RECORDS[:3]}


def test_help_names_every_option() -> None:
    done = run("--help")
    for option in ("operation", "format", "filter", "limit", "output", "seed", "wallets", "size", "fixtures"):
        assert f"--{option}" in done.stdout
    for name in ("SEED", "WALLETS", "SIZE", "FIXTURES"):
        assert f"MOCKSERVER_{name}" in done.stdout
    assert "MOCKSERVER_FILTER" not in done.stdout


def test_the_examples_in_the_docs_work(tmp_path: Path) -> None:
    docs = (ROOT / "docs" / "fixtures.md").read_text(encoding="utf-8")
    (fixtures,) = re.findall(r"```yaml\n(.*?)```", docs, re.DOTALL)
    (tmp_path / "fixtures.yaml").write_text(fixtures, encoding="utf-8")
    lines = re.findall(r"^\$ (mockserver export.*|cmp .*)$", docs, re.MULTILINE)
    assert len(lines) == 8
    script = "set -e\n" + "\n".join(line.replace("mockserver", f"{sys.executable} -m mockserver") for line in lines)
    subprocess.run(
        ["sh", "-c", script], cwd=tmp_path, env=environment(), capture_output=True, timeout=TIMEOUT, check=True
    )
    ours = json.loads((tmp_path / "wallet.json").read_text(encoding="utf-8"))[LIST]
    assert [(r["token_id"], r["amount"], r["pending"]) for r in ours] == [
        ("ETH", "0.000000000000000001", "0"),
        ("SETH_USDC", "100", "20.5"),
    ]
    (tmp_path / "wrong.yaml").write_text('list_balances:\n  - token_id: ETH\n    amount: 5\n    ammount: "5"\n')
    done = run("--fixtures", str(tmp_path / "wrong.yaml"))
    (message,) = re.findall(r"^mockserver: (.*), \.\.\.$", docs, re.MULTILINE)
    assert message.replace("wrong.yaml", str(tmp_path / "wrong.yaml")) in done.stderr
    label = with_fixtures(WORLD, BALANCES, load_fixtures(tmp_path / "fixtures.yaml", BALANCES)).label
    assert f"`{label}`" in docs
