"""The README is part of the product: its tables are true, its lines work."""

import re
import shlex
import subprocess

import click
import pytest
from click.testing import CliRunner

from mockserver.cli import cli
from mockserver.cli.settings import SERVER_OPTIONS, domain_options, mock_options
from mockserver.contract import load_contract
from mockserver.judge.laws import LAWS
from mockserver.judge.schemathesis.command import REPORTS
from mockserver.mock.options import Given, Option, declared
from mockserver.semantics import BLOCK, block_schema, list_operations
from tests.support.paths import CONTRACT, ROOT
from tests.support.serving import served
from tests.support.worlds import build_world

README = (ROOT / "README.md").read_text(encoding="utf-8")


def between(begin: str) -> str:
    """The part of the README after a comment that begins so, up to its end mark."""
    return README.split(f"<!-- {begin}", 1)[1].split("<!-- end -->", 1)[0]


def rows(table: str) -> list[list[str]]:
    """The cells of a Markdown table's body."""
    lines = [line for line in table.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def commands() -> list[str]:
    """The lines that a reader would paste."""
    blocks = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    return [line.removeprefix("$ ") for block in blocks for line in block.splitlines() if line.startswith("$ ")]


def test_the_edge_cases_are_where_the_readme_says() -> None:
    dataset = build_world(list_operations(load_contract(CONTRACT))).datasets["list_balances"]
    expected = [[case.name, f"`{case.filters['wallet_uuid']}`", case.see] for case in dataset.cases()]
    assert rows(between("edge cases")) == expected


def shown_default(option: Option) -> str:
    if option.shown:
        return option.shown
    if option.kind == "flag":
        return "on" if option.default else "off"
    return f"`{option.default}`"


def test_the_table_of_options_is_the_one_that_is_declared() -> None:
    """Names, environment variables, defaults and meaning, in the order of ``--help``."""
    options = [*SERVER_OPTIONS.values(), *mock_options().values(), *domain_options().values()]
    expected = [[f"`{o.flag.replace('/', '`, `')}`", f"`{o.variable}`", shown_default(o), o.help] for o in options]
    assert rows(between("options:"))[1:] == expected
    text = CliRunner().invoke(cli, ["serve", "--help"]).output
    assert all(option.name in text for option in options)


def test_the_types_of_the_options_name_all_of_them() -> None:
    assert set(Given.__annotations__) == {*declared(), "domain_options"}


def test_the_options_of_check_are_in_the_readme_with_their_help() -> None:
    options = [p for p in cli.commands["check"].params if isinstance(p, click.Option)]
    expected = [["`" + "`, `".join(p.opts) + "`", p.help] for p in options]
    assert [[name, meaning] for name, _, meaning in rows(between("options of check"))] == expected
    for report in REPORTS:
        assert f"`{report}`" in README


def test_the_example_of_a_failed_law_is_one_of_the_laws_page() -> None:
    (example,) = re.findall(r"^Got: .*\nExpected: .*$", README, re.MULTILINE)
    assert example in (ROOT / "docs" / "laws.md").read_text(encoding="utf-8")


def test_the_curl_lines_work() -> None:
    """Each `curl` line of the README, sent to a mock, gives a page, or the documented refusal where it is one."""
    all_lines = [line for line in commands() if line.startswith("curl")]
    lines = [line for line in all_lines if "/__mock__/" not in line]
    assert len(lines) >= 3
    with served() as base_url:
        for line in lines:
            asked = shlex.split(line.replace("http://127.0.0.1:4010", base_url))
            answer = subprocess.run(asked, capture_output=True, text=True, timeout=10, check=True).stdout
            assert '"result":[' in answer or '"detail":[' in answer, line
        for line in [line for line in all_lines if line not in lines]:
            asked = shlex.split(line.replace("http://127.0.0.1:4010", base_url))
            answer = subprocess.run(asked, capture_output=True, text=True, timeout=10, check=True).stdout
            assert '"scenario":' in answer or '"requests":[' in answer, line


def test_the_export_line_works() -> None:
    (line,) = [line for line in commands() if "mockserver export" in line]
    done = CliRunner().invoke(cli, shlex.split(line)[1:])
    assert done.exit_code == 0
    head, *rows_ = done.output.splitlines()
    assert "chain_id" in head
    assert len(rows_) > 10
    assert all(",SETH," in row for row in rows_)


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#:]+)\)", README))
def test_links_lead_somewhere(link: str) -> None:
    assert (ROOT / link).exists()


def test_the_first_success_is_within_25_lines() -> None:
    lines = README.splitlines()
    assert any("mockserver serve" in line for line in lines[:25])


def test_files_that_commands_name_are_there() -> None:
    named = {
        word
        for line in commands()
        for word in line.split()
        if "/" in word and not word.startswith((".venv", "'", "http"))
    }
    assert named
    assert all((ROOT / word).exists() for word in named)


def test_every_key_of_the_block_is_documented() -> None:
    text = (ROOT / "docs" / "contract.md").read_text(encoding="utf-8")
    assert BLOCK in text
    assert all(f"`{key}`" in text for key in block_schema()["properties"])


def test_every_law_is_documented_in_order() -> None:
    text = (ROOT / "docs" / "laws.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\S+)$", text, re.MULTILINE) == list(LAWS)
