"""The judge on small servers: no correct one condemned, each faulty one found by the law that speaks of its fault."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import tests.judge.designs as package
from mockserver.judge import judge_server
from tests.judge.designs.design import KEY, Design
from tests.support.paths import ROOT

TOPICS = [name for _, name, _ in pkgutil.iter_modules(package.__path__) if name not in ("design", "test_designs")]
DESIGNS = {
    f"{topic}/{name}": design
    for topic in TOPICS
    for name, design in importlib.import_module(f"{package.__name__}.{topic}").DESIGNS.by_name.items()
}


def examples() -> Iterator[tuple[str, str, str, str]]:
    """Yield each example of ``docs/laws.md`` with one of these servers: its law, the server, got and expected."""
    page = (ROOT / "docs" / "laws.md").read_text(encoding="utf-8")
    for section in page.split("\n## ")[2:]:
        for name, got, expected in re.findall(r"The server `(.+)`:\n\n```text\nGot: +(.*)\nExpected: +(.*)\n", section):
            yield section.split("\n")[0], name, got, expected


@pytest.mark.parametrize(("law", "name", "got", "expected"), list(examples()))
def test_an_example_of_the_laws_is_what_the_judge_says(
    law: str, name: str, got: str, expected: str, tmp_path: Path
) -> None:
    document, app = DESIGNS[name].make()
    contract = tmp_path / "openapi.json"
    contract.write_text(json.dumps(document), encoding="utf-8")
    (verdict,) = judge_server(app, contract, laws=[law])
    assert verdict.finding is not None
    assert (verdict.finding.got, verdict.finding.expected) == (got, expected)


@pytest.mark.parametrize("design", DESIGNS.values(), ids=list(DESIGNS))
def test_a_law_fails_if_and_only_if_the_server_is_faulty(design: Design, tmp_path: Path) -> None:
    document, app = design.make()
    contract = tmp_path / "openapi.json"
    contract.write_text(json.dumps(document), encoding="utf-8")
    verdicts = judge_server(app, contract, headers={"X-Key": KEY})
    failed = {verdict.law.name for verdict in verdicts if verdict.status == "failed"}
    lines = [f"{v.law.name}: {v.status} {v.reason} {v.finding or ''}" for v in verdicts]
    assert design.fails <= failed <= design.fails | design.also, "\n".join(lines)
    assert design.verdicts.items() <= {v.law.name: v.status for v in verdicts}.items(), "\n".join(lines)
