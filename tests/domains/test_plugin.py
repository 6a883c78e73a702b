"""A domain in a user's package: the example in docs/domains.md, installed through its entry point."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mockserver import create_app
from mockserver.errors import OptionError
from mockserver.world.domain import Domain, DomainOption
from tests.support.paths import ROOT

PAGE = (ROOT / "docs" / "domains.md").read_text(encoding="utf-8")
ITEM = {
    "type": "object",
    "required": ["id", "title", "artist"],
    "properties": {"id": {"type": "integer"}, "title": {"type": "string"}, "artist": {"type": "string"}},
}
RECORDED_BY = {"Blue in Green": "Miles Davis", "Naima": "John Coltrane", "Django": "The Modern Jazz Quartet"}


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    return written(tmp_path)


def written(tmp_path: Path, *filters: str) -> Path:
    """Write a contract of songs that can be filtered by these properties."""
    answer = {"type": "object", "properties": {"items": {"type": "array", "items": ITEM}}}
    query: list[dict[str, Any]] = [{"name": "limit", "in": "query", "schema": {"type": "integer"}}]
    query += [{"name": name, "in": "query", "schema": {"type": "string"}} for name in filters]
    responses = {"200": {"description": "", "content": {"application/json": {"schema": answer}}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Songs", "version": "1"},
        "paths": {"/songs": {"get": {"operationId": "songs", "parameters": query, "responses": responses}}},
    }
    path = tmp_path / "songs.json"
    path.write_text(json.dumps(document))
    return path


def installed(folder: Path) -> dict[str, str]:
    """Install the example of the page into a folder; return the environment in which Python finds it."""
    (folder / "songs_domain.py").write_text(re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1])
    entry = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)[1]
    information = folder / "songs_domain-1.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: songs-domain\nVersion: 1\n")
    (information / "entry_points.txt").write_text(entry.replace("[project.entry-points.", "[").replace('"', ""))
    return {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"}


def test_the_example_of_the_page_provides_the_records_of_its_lists(tmp_path: Path, contract: Path) -> None:
    environment = installed(tmp_path)
    command = [sys.executable, "-m", "mockserver", "export", str(contract), "--songs", "7"]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, cwd=tmp_path)
    songs = json.loads(run.stdout)["songs"]
    assert len(songs) == 7
    assert all(RECORDED_BY[song["title"]] == song["artist"] for song in songs)


def test_the_example_of_the_page_works_with_a_filter_and_its_edge_case_is_there(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mockserver", "export", str(written(tmp_path, "artist"))]
    command += ["--filter", "artist=The Modern Jazz Quartet"]
    run = subprocess.run(command, env=installed(tmp_path), capture_output=True, text=True, check=True, cwd=tmp_path)
    songs = json.loads(run.stdout)["songs"]
    assert {(song["title"], song["artist"]) for song in songs} == {("Django", "The Modern Jazz Quartet")}


def test_a_domain_that_cannot_be_loaded_is_reported_in_one_sentence(tmp_path: Path, contract: Path) -> None:
    environment = installed(tmp_path)
    (tmp_path / "songs_domain.py").write_text("1 / 0")
    command = [sys.executable, "-m", "mockserver", "export", str(contract)]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert run.returncode == 2
    assert "cannot load the domain 'songs'" in run.stderr
    assert "ZeroDivisionError" in run.stderr
    assert "Traceback" not in run.stderr


class Terse(Domain):
    """A domain that recognises every list and words refusals in its own way."""

    name = "terse"

    def recognises(self, semantics: Any) -> bool:
        return True

    def dataset(self, semantics: Any, *, seed: str, size: int | None, options: Any, providers: Any = ()) -> Any:
        from mockserver.world.generic import GenericDataset

        return GenericDataset(semantics, seed=seed, size=3, providers=providers)

    def refusal(self, status: int, error: str, suggestion: str) -> Any:
        return {"code": status, "why": error}


def test_a_domain_words_the_refusals_that_the_contract_does_not_document(contract: Path) -> None:
    client = create_app(contract, domains=[Terse()], api_keys=["sesame"]).test_client()
    assert client.get("/songs").json == {"code": 401, "why": "Unauthorized"}
    assert client.get("/nothing").json == {"code": 404, "why": "Not found"}
    assert len(client.get("/songs", headers={"X-API-Key": "sesame"}).json["items"]) == 3


def test_an_option_that_no_domain_has_is_refused(contract: Path) -> None:
    with pytest.raises(OptionError, match="unknown option 'wallets'"):
        create_app(contract, domains=[], wallets=3)


class Named(Domain):
    """A domain with a name and an option."""

    def __init__(self, name: str, option: str) -> None:
        self.name = name
        self.options = (DomainOption(option, 3, "Something."),)


@pytest.mark.parametrize(
    ("domains", "message"),
    [
        ([Named("", "one"), Named("", "two")], "two domains are named ''; rename one of them"),
        ([Named("a", "one"), Named("b", "one")], "two options of domains are named 'one'; rename one of them"),
        ([Named("a", "seed")], "a domain declares the option 'seed', which the mock has already; rename it"),
    ],
)
def test_names_that_exist_already_are_refused(contract: Path, domains: list[Domain], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        create_app(contract, domains=domains)


def test_an_option_that_a_command_has_already_is_refused(tmp_path: Path, contract: Path) -> None:
    environment = installed(tmp_path)
    page = tmp_path / "songs_domain.py"
    page.write_text(page.read_text().replace('DomainOption("songs"', 'DomainOption("limit"'))
    command = [sys.executable, "-m", "mockserver", "export", str(contract)]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert run.returncode == 2
    assert run.stderr == "mockserver: a domain declares --limit, which exists already; rename its option\n"
