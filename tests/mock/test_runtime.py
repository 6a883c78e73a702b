"""A running mock: invalid runtime settings are skipped and reported, and never cause a 5xx; starts; options."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask.testing import FlaskClient

from mockserver import create_app
from mockserver.contract import load_contract
from mockserver.errors import NotKeptError, OptionError
from mockserver.mock.journal_entries import EntryFilter, entries
from mockserver.mock.messages import Request
from mockserver.mock.options import default_contract, options_of
from mockserver.mock.overrides import Overrides, read_overrides, set_fixtures, set_scenario
from mockserver.mock.runtime import Mock
from mockserver.semantics import ListSemantics, list_operations
from mockserver.state.counters import MAX_SERIES
from mockserver.state.memory import MemoryState
from mockserver.state.sqlite import SqliteState
from mockserver.world.fixtures import Fixtures, parse_fixtures

PATH = "/api/v1/wallets/balances"
CONTROL = "/__mock__"
TOO_FINE = "0.1234567"
"""More decimals than USDC has."""


def mock_of(client: FlaskClient) -> Mock:
    mock: Mock = client.application.extensions["mockserver"]
    return mock


def some_id(client: FlaskClient, **headers: str) -> str:
    """Return the id of a balance of a token with six decimals."""
    page = client.get(f"{PATH}?token_id=SETH_USDC&limit=1", headers=headers).json
    found: str = page["result"][0]["id"]
    return found


def test_fixtures_that_do_not_fit_another_world_are_skipped_there(tmp_path: Path) -> None:
    """Two mocks share a state; fixtures that fit one world may not fit the other."""
    file = str(tmp_path / "state")
    one, two = (create_app(state=file, seed=seed).test_client() for seed in ("one", "two"))
    before = two.get(f"{PATH}?limit=200").data
    fixtures = {"list_balances": [{"id": some_id(two), "amount": TOO_FINE}]}
    assert one.put(f"{CONTROL}/fixtures", json=fixtures).status_code == 200
    assert two.get(f"{PATH}?limit=200").data == before
    assert two.get(f"{CONTROL}/health").status_code == 200
    problem = mock_of(two).snapshot().overrides.problem
    assert problem is not None
    assert "amount" in problem
    again = create_app(state=file, seed="two").test_client()
    assert again.get(f"{PATH}?limit=200").data == before, "it can also be started again"
    assert two.delete(f"{CONTROL}/fixtures").status_code == 204
    assert mock_of(two).snapshot().overrides.problem is None


def test_fixtures_that_do_not_fit_the_world_of_a_key_are_skipped_there(tmp_path: Path) -> None:
    client = create_app(isolate_keys=True).test_client()
    key = {"X-API-Key": "some key"}
    before = client.get(PATH, headers=key)
    fixtures = {"list_balances": [{"id": some_id(client, **key), "amount": TOO_FINE}]}
    assert client.put(f"{CONTROL}/fixtures", json=fixtures).status_code == 200
    after = client.get(PATH, headers=key)
    assert (after.status_code, after.json["result"]) == (200, before.json["result"])
    assert "do not fit this key's world" in after.headers["X-Mock-Warning"]
    assert "X-Mock-Warning" not in client.get(PATH).headers


def test_settings_that_an_edit_makes_invalid_are_skipped_and_reported(tmp_path: Path) -> None:
    document = yaml.safe_load(default_contract().read_text())
    file = tmp_path / "contract.yaml"
    file.write_text(yaml.safe_dump(document))
    client = create_app(file).test_client()
    mock = mock_of(client)
    client.put(f"{CONTROL}/fixtures", json={"list_balances": [{"token_id": "SETH"}]})
    client.put(f"{CONTROL}/scenario", json={"name": "empty", "operation": "list_balances"})
    document["paths"][PATH]["get"]["operationId"] = "balances"
    file.write_text(yaml.safe_dump(document))
    assert mock.reload()
    problem = mock.snapshot().overrides.problem or ""
    assert "unknown operation 'list_balances'" in problem
    assert "the fixtures set at runtime" in problem
    assert client.get(f"{CONTROL}/scenario").json["scenario"] is None
    assert client.get(PATH).json["meta"]["total"] == 173
    document["paths"][PATH]["get"]["operationId"] = "list_balances"
    file.write_text(yaml.safe_dump(document))
    assert mock.reload()
    assert mock.snapshot().overrides.problem is None
    assert client.get(PATH).json["meta"]["total"] == 0


def test_fixtures_are_read_again_only_if_they_have_changed() -> None:
    lists = list_operations(load_contract(default_contract()))
    state, sources = MemoryState(), list[str]()

    def read_fixtures(data: Any, semantics: Sequence[ListSemantics], source: str) -> Fixtures:
        sources.append(source)
        return parse_fixtures(data, semantics, source)

    def read(known: Overrides | None) -> Overrides:
        return read_overrides(
            state, state.version(), lists, operations=(), started=None, known=known, read_fixtures=read_fixtures
        )

    set_fixtures(state, {"list_balances": [{"token_id": "SETH", "amount": "7"}]})
    first = read(None)
    state.refresh("scope", "value", datetime(2025, 1, 15, tzinfo=UTC))
    set_scenario(state, {"name": "one-page"})
    second = read(first)
    assert second.version != first.version
    assert (second.fixtures, len(sources)) == (first.fixtures, 1)
    set_fixtures(state, {"list_balances": []})
    assert read(second).fixtures != first.fixtures
    assert len(sources) == 2


def test_fixtures_stay_through_refreshes_and_scenarios() -> None:
    client = create_app(clock="live").test_client()
    client.put(f"{CONTROL}/fixtures", json={"list_balances": [{"token_id": "SETH", "amount": "7"}]})
    row = client.get(f"{PATH}?limit=1").json["result"][0]
    for _ in range(3):
        answer = client.get(PATH, query_string={"address": row["address"], "force_refresh": "true"})
        assert answer.status_code == 200
    client.put(f"{CONTROL}/scenario", json={"name": "one-page"})
    client.delete(f"{CONTROL}/scenario")
    assert client.get(f"{PATH}?limit=1").json["meta"]["total"] == 174


def test_a_change_that_was_not_kept_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    mock = mock_of(create_app(state="redis://127.0.0.1:1").test_client())
    for change in (
        lambda: mock.activate({"name": "empty"}),
        lambda: mock.set_fixtures({"list_balances": []}),
        mock.reset,
    ):
        with pytest.raises(NotKeptError, match="the shared state cannot be reached"):
            change()
    assert "cannot be reached" in capsys.readouterr().err


def test_invented_methods_share_a_label() -> None:
    """So a caller cannot use up all labels."""
    mock = Mock(options_of(None, {}))
    for number in range(MAX_SERIES):
        mock.answer(Request(f"M{number}", "/nowhere"), "")
    mock.answer(Request("GET", "/nowhere"), "")
    counts = {s.label: s.count for s in mock.counter.series()}
    assert counts == {("", "other", "404"): MAX_SERIES, ("", "GET", "404"): 1}
    assert entries(mock.journal.rows(), EntryFilter())[0]["method"] == "M0", "the journal has the method that was sent"


# Starts with an existing state ----------------------------------------------------------------------------------------


def statuses(client: FlaskClient, count: int) -> list[int]:
    return [client.get(PATH).status_code for _ in range(count)]


def test_the_scenario_of_a_start_replaces_that_of_an_earlier_one(tmp_path: Path) -> None:
    file = str(tmp_path / "state")
    create_app(state=file).test_client().delete(f"{CONTROL}/scenario")
    client = create_app(state=file, scenario="server-error:every=1").test_client()
    assert statuses(client, 2) == [500, 500]
    without = create_app(state=file).test_client()
    assert statuses(without, 1) == [500], "it stays for a start without a scenario"


def test_each_start_counts_from_one(tmp_path: Path) -> None:
    for _ in range(2):
        client = create_app(state=SqliteState(tmp_path / "s"), scenario="server-error:every=3").test_client()
        assert statuses(client, 5) == [200, 200, 500, 200, 200]


def test_a_reset_returns_to_the_scenario_of_the_start_and_counts_from_one() -> None:
    client = create_app(scenario="server-error:every=2").test_client()
    assert statuses(client, 1) == [200]
    client.post(f"{CONTROL}/reset")
    assert statuses(client, 2) == [200, 500]


# Options --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"wallets": "x"}, "got wallets 'x', expected a whole number"),
        ({"size": 1.5}, "got size 1.5, expected a whole number"),
        ({"wallets": True}, "got wallets True, expected a whole number"),
        ({"cors": False, "cors_origins": ["http://a"]}, "keep one of them"),
        ({"control": False, "control_token": "t"}, "for a control API that is off"),
        ({"control_token": " "}, "is empty"),
        ({"api_keys": ["k", ""]}, "a key of --api-key is empty"),
        ({"control_token": "\ud800"}, "is not text"),
        ({"scenario": {"name": "slw"}}, "did you mean 'slow'?"),
    ],
)
def test_invalid_options_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(OptionError) as caught:
        create_app(**options)
    assert message in str(caught.value)


def test_a_text_is_one_key_or_one_origin() -> None:
    client = create_app(api_keys="abc", cors_origins="http://a").test_client()
    assert [client.get(PATH, headers={"X-API-Key": key}).status_code for key in ("abc", "a")] == [200, 401]
    assert "Access-Control-Allow-Origin" in client.get(PATH, headers={"Origin": "http://a"}).headers


def test_a_scenario_may_be_a_mapping() -> None:
    client = create_app(scenario={"name": "server-error", "every": 1}, state=MemoryState()).test_client()
    assert statuses(client, 1) == [500]
