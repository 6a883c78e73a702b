"""The documents are part of the product: their tables are true, their lines work."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from mockserver.mock.scenarios.kinds import KINDS
from mockserver.server.control.api import control_contract
from tests.support.paths import ROOT
from tests.support.serving import served

DOCS = ROOT / "docs"


def table(name: str, begin: str) -> list[list[str]]:
    """The cells of the table behind a comment that begins so."""
    part = (DOCS / name).read_text(encoding="utf-8").split(f"<!-- {begin}", 1)[1].split("<!-- end -->", 1)[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_scenario_is_documented_with_its_options() -> None:
    told = [
        [f"`{name}`", kind.about, ", ".join(f"`{word}={option.default}`" for word, option in kind.options.items())]
        for name, kind in KINDS.items()
    ]
    assert table("shaping.md", "scenarios:") == told


def test_every_call_of_the_control_plane_is_documented() -> None:
    told = [f"`{operation.method} {operation.path}`" for operation in control_contract().operations]
    assert sorted(row[0] for row in table("control.md", "control:")) == sorted(told)


@pytest.mark.parametrize("name", ["shaping.md", "control.md", "fixtures.md", "console.md"])
def test_curl_lines_work_and_links_lead_somewhere(name: str, tmp_path: Path) -> None:
    """Each `curl` line is sent to a mock, in order; none is refused but where that is the point."""
    text = (DOCS / name).read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (DOCS / link).exists(), link
    lines = re.findall(r"^\$ (curl .*)$", text, re.MULTILINE)
    if name in ("shaping.md", "control.md"):
        assert len(lines) >= 3
    with served() as base_url:
        for line in lines:
            command = line.replace("http://127.0.0.1:4010", base_url).partition(" > ")[0]
            asked = [*shlex.split(command), "-w", "\n%{http_code}"]
            said = subprocess.run(asked, cwd=tmp_path, capture_output=True, text=True, timeout=10, check=True).stdout
            expected = ("422",) if "code=422" in line else ("200", "204")
            assert said.rpartition("\n")[2] in expected, (line, said)
