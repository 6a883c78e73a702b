"""The documents are part of the product: their tables are true, their examples work, their links lead somewhere."""

from __future__ import annotations

import re
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from mockserver.cli import cli
from mockserver.judge.baseline import load_baseline
from mockserver.judge.laws import LAWS
from mockserver.judge.profile import load_profile
from mockserver.judge.reports.writing import OWN_REPORTS
from mockserver.mock.scenarios.kinds import KINDS
from mockserver.server.control.api import control_contract
from tests.support.paths import ROOT
from tests.support.serving import clean_environment, served

DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))

PLACES = (
    *("ARCHITECTURE.md", "CHANGELOG.md", "README.md", "benchmarks", "contracts", "docs", "examples", "mockserver"),
    *("pyproject.toml", "schemathesis.toml", "tests"),
)
"""Where the name of a file that is not in the project must not appear."""

_ABSENT = "SEMANTICS" + ".md"
_REFERENCE = re.compile(r"docs/specification\.md`*,\s+(?:#\s+)?\"([^\"]+)\"")
_LINK = re.compile(r"\]\(([^()\s]+)\)")
_CODE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_TEXTS = {".py", ".md", ".toml", ".yaml", ".json", ".html"}


def table(name: str, begin: str) -> list[list[str]]:
    """Return the cells of the table behind the comment that begins with `begin`."""
    part = (DOCS / name).read_text(encoding="utf-8").split(f"<!-- {begin}", 1)[1].split("<!-- end -->", 1)[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def headings(page: Path) -> list[str]:
    """Return the headings of a page, without those in code blocks."""
    text = _CODE.sub("", page.read_text(encoding="utf-8"))
    return re.findall(r"^#+ (.+)$", text, re.MULTILINE)


def fragment(heading: str) -> str:
    """Return the fragment by which GitHub links to a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def texts(*places: str) -> Iterator[Path]:
    """Yield every text file at these places, which are files or folders of the project."""
    for place in places:
        path = ROOT / place
        yield from (p for p in ([path] if path.is_file() else path.rglob("*")) if p.suffix in _TEXTS)


# Links and references -------------------------------------------------------------------------------------------------


def test_every_link_leads_to_a_file_and_a_heading() -> None:
    lost = [
        f"{page.name}: {link}"
        for page in (ROOT / "README.md", *PAGES)
        for link in _LINK.findall(_CODE.sub("", page.read_text(encoding="utf-8")))
        if not link.startswith(("https://", "http://")) and not leads_somewhere(page, link)
    ]
    assert not lost


def leads_somewhere(page: Path, link: str) -> bool:
    """Return whether a relative link of a page leads to a file, and to one of its headings if it names one."""
    name, _, wanted = link.partition("#")
    target = page.parent / name if name else page
    return target.exists() and (not wanted or wanted in map(fragment, headings(target)))


def test_the_index_has_every_page_once() -> None:
    links = _LINK.findall((DOCS / "README.md").read_text(encoding="utf-8"))
    assert sorted(link for link in links if "/" not in link) == [p.name for p in PAGES if p.name != "README.md"]


def test_references_in_the_code_lead_to_headings_of_the_specification() -> None:
    """A reference reads ``docs/specification.md, "Cursors"``."""
    known = headings(DOCS / "specification.md")
    lost = [
        f"{path.relative_to(ROOT)}: {heading}"
        for path in texts("mockserver", "contracts", "pyproject.toml", "schemathesis.toml")
        for heading in _REFERENCE.findall(path.read_text(encoding="utf-8"))
        if heading not in known
    ]
    assert not lost


def test_no_file_refers_to_a_text_that_is_not_in_the_project() -> None:
    assert [str(p.relative_to(ROOT)) for p in texts(*PLACES) if _ABSENT in p.read_text(encoding="utf-8")] == []


def test_the_glossary_is_in_order_and_defines_each_term_once() -> None:
    text = (DOCS / "glossary.md").read_text(encoding="utf-8")
    terms = [term.lower() for term in re.findall(r"^\*\*([^*]+)\*\*", text, re.MULTILINE)]
    assert len(terms) > 40
    assert terms == sorted(set(terms))


# Tables ---------------------------------------------------------------------------------------------------------------


def test_every_law_is_in_the_specification_in_order() -> None:
    assert [row[0] for row in table("specification.md", "laws:")] == list(LAWS)


def test_every_scenario_is_documented_with_its_options() -> None:
    expected = [
        [f"`{name}`", kind.about, ", ".join(f"`{word}={option.default}`" for word, option in kind.options.items())]
        for name, kind in KINDS.items()
    ]
    assert table("shaping.md", "scenarios:") == expected


def test_every_call_of_the_control_api_is_documented() -> None:
    expected = [f"`{operation.method} {operation.path}`" for operation in control_contract().operations]
    assert sorted(row[0] for row in table("control.md", "control:")) == sorted(expected)


# Examples -------------------------------------------------------------------------------------------------------------


def block(name: str, language: str) -> str:
    """Return the one code block of that language in a page."""
    text = (DOCS / name).read_text(encoding="utf-8")
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return str(found)


def test_the_declaration_of_the_contract_page_fits_the_wallet_contract(tmp_path: Path) -> None:
    document = yaml.safe_load((ROOT / "contracts" / "openapi.yaml").read_text(encoding="utf-8"))
    document["paths"]["/api/v1/wallets/balances"]["get"] |= yaml.safe_load(block("contract.md", "yaml"))
    contract = tmp_path / "declared.yaml"
    contract.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    done = CliRunner().invoke(cli, ["routes", str(contract)])
    assert done.exit_code == 0, done.output
    assert re.search(r"^ +filters +wallet_uuid, address +\[declared by x-list-semantics\]$", done.output, re.MULTILINE)


def test_the_fixtures_of_the_fixtures_page_are_served(tmp_path: Path) -> None:
    fixtures = tmp_path / "fixtures.yaml"
    fixtures.write_text(block("fixtures.md", "yaml"), encoding="utf-8")
    options = ["export", "--fixtures", str(fixtures), "--format", "ndjson"]
    of_a_wallet = ["--filter", "wallet_uuid=5f0d3c1e-58a4-4f0b-9f63-2b7f6f1f0a11"]
    done = CliRunner().invoke(cli, [*options, *of_a_wallet])
    assert re.findall(r'"token_id":"(\w+)"', done.output) == ["ETH", "SETH_USDC"]
    changed = r'^\{"id":"e520a007-40b3-4fd7-81da-57fef163fbbe".*"amount":"0"'
    assert re.search(changed, CliRunner().invoke(cli, options).output, re.MULTILINE)


@pytest.mark.parametrize(("name", "least"), [("shaping.md", 3), ("control.md", 4)])
def test_curl_lines_work(name: str, least: int, tmp_path: Path) -> None:
    """Each `curl` line is sent to a mock, in order, and none is refused except for the one that asks for a 422."""
    lines = re.findall(r"^\$ (curl .*)$", (DOCS / name).read_text(encoding="utf-8"), re.MULTILINE)
    assert len(lines) >= least
    with served() as base_url:
        for line in lines:
            command = line.replace("http://127.0.0.1:4010", base_url).partition(" > ")[0]
            arguments = [*shlex.split(command), "-w", "\n%{http_code}"]
            output = subprocess.run(
                arguments, cwd=tmp_path, capture_output=True, text=True, timeout=10, check=True
            ).stdout
            expected = ("422",) if "code=422" in line else ("200", "204")
            assert output.rpartition("\n")[2] in expected, (line, output)


def test_the_program_of_the_laws_page_prints_every_verdict() -> None:
    with served() as base_url:
        program = block("laws.md", "python").replace("http://127.0.0.1:4010", base_url)
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
        )
    assert [line.split(" ")[0] for line in done.stdout.splitlines()] == list(LAWS)


@pytest.mark.slow
def test_the_commands_of_the_page_about_ci_work(tmp_path: Path) -> None:
    """Each is run against a mock; the one that starts its own server has a port of its own."""
    text = (DOCS / "ci.md").read_text(encoding="utf-8")
    lines = re.findall(r"^\$ mockserver (check .*)$", text, re.MULTILINE)
    assert len(lines) == 4
    with served() as base_url, socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        held.close()
        for line in lines:
            starts = "--before" in line
            command = line.replace("http://127.0.0.1:4010", f"http://127.0.0.1:{port}" if starts else base_url)
            program = f"'{sys.executable}' -m mockserver serve --port {port}"
            arguments = [
                word.replace("mockserver serve --port 4010", program) if starts else word
                for word in shlex.split(command)
            ]
            done = subprocess.run(
                [sys.executable, "-m", "mockserver", *arguments],
                cwd=tmp_path, env=clean_environment(), capture_output=True, text=True, timeout=120,
            )  # fmt: skip
            assert done.returncode == 0, (line, done.stdout, done.stderr)
    assert (tmp_path / "known.toml").exists()
    named = {path.name for path in (tmp_path / "mockserver-report").iterdir()}
    assert {file for file, _ in OWN_REPORTS.values()} == named
    assert all(f"`{name}` | `{file}`" in text for name, (file, _) in OWN_REPORTS.items())


def test_the_baseline_and_the_profile_of_the_page_about_ci_are_read(tmp_path: Path) -> None:
    text = (DOCS / "ci.md").read_text(encoding="utf-8")
    baseline, profile = re.findall(r"^```toml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    (tmp_path / "known.toml").write_text(baseline, encoding="utf-8")
    (tmp_path / "profile.toml").write_text(profile, encoding="utf-8")
    assert len(load_baseline(tmp_path / "known.toml", today=date(2029, 1, 1)).entries) == 1
    assert load_profile(tmp_path / "profile.toml", LAWS).of(("list_events", "GET /events")).total == "exact"
    for workflow in re.findall(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        assert "mockserver check" in str(yaml.safe_load(workflow))
