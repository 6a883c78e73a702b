"""The judge on small servers: no correct one condemned, each faulty one found by the law that speaks of its fault."""

from __future__ import annotations

import importlib
import json
import pkgutil
from pathlib import Path

import pytest

import tests.judge.designs as package
from mockserver.judge import judge_server
from tests.judge.designs.design import KEY, Design

TOPICS = [name for _, name, _ in pkgutil.iter_modules(package.__path__) if name not in ("design", "test_designs")]
DESIGNS = {
    f"{topic}/{name}": design
    for topic in TOPICS
    for name, design in importlib.import_module(f"{package.__name__}.{topic}").DESIGNS.by_name.items()
}


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
