"""What a mock is told, kept and shared: what cannot be obeyed is left out and said, and never ends in a 5xx."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from flask.testing import FlaskClient

from mockserver import create_app
from mockserver.errors import NotKeptError, OptionError
from mockserver.mock.options import default_contract
from mockserver.mock.runtime import Mock
from mockserver.state.memory import MemoryState
from mockserver.state.sqlite import SqliteState

PATH = "/api/v1/wallets/balances"
CONTROL = "/__mock__"
TOO_FINE = "0.1234567"
"""More decimals than USDC has."""


def mock_of(client: FlaskClient) -> Mock:
    mock: Mock = client.application.extensions["mockserver"]
    return mock


def some_id(client: FlaskClient, **headers: str) -> str:
    """The id of a balance of a token with six decimals."""
    page = client.get(f"{PATH}?token_id=SETH_USDC&limit=1", headers=headers).json
    found: str = page["result"][0]["id"]
    return found


def test_pins_that_another_world_cannot_take_do_not_break_it(tmp_path: Path) -> None:
    """Two mocks with one state: what one is told may not fit the other."""
    file = str(tmp_path / "state")
    one, two = (create_app(state=file, seed=seed).test_client() for seed in ("one", "two"))
    before = two.get(f"{PATH}?limit=200").data
    pins = {"list_balances": [{"id": some_id(two), "amount": TOO_FINE}]}
    assert one.put(f"{CONTROL}/fixtures", json=pins).status_code == 200
    assert two.get(f"{PATH}?limit=200").data == before
    assert two.get(f"{CONTROL}/health").status_code == 200
    problem = mock_of(two).snapshot().overrides.problem
    assert problem is not None
    assert "amount" in problem
    again = create_app(state=file, seed="two").test_client()
    assert again.get(f"{PATH}?limit=200").data == before, "and it can be started again"
    assert two.delete(f"{CONTROL}/fixtures").status_code == 204
    assert mock_of(two).snapshot().overrides.problem is None


def test_pins_that_a_key_of_its_own_cannot_take_are_left_out_there(tmp_path: Path) -> None:
    client = create_app(isolate_keys=True).test_client()
    key = {"X-API-Key": "a key of my own"}
    before = client.get(PATH, headers=key)
    pins = {"list_balances": [{"id": some_id(client, **key), "amount": TOO_FINE}]}
    assert client.put(f"{CONTROL}/fixtures", json=pins).status_code == 200
    after = client.get(PATH, headers=key)
    assert (after.status_code, after.json["result"]) == (200, before.json["result"])
    assert "do not fit this key's world" in after.headers["X-Mock-Warning"]
    assert "X-Mock-Warning" not in client.get(PATH).headers


def test_what_an_edit_makes_impossible_is_left_out_and_said(tmp_path: Path) -> None:
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
    assert "the fixtures set while it runs" in problem
    assert client.get(f"{CONTROL}/scenario").json["scenario"] is None
    assert client.get(PATH).json["meta"]["total"] == 173
    document["paths"][PATH]["get"]["operationId"] = "list_balances"
    file.write_text(yaml.safe_dump(document))
    assert mock.reload()
    assert mock.snapshot().overrides.problem is None
    assert client.get(PATH).json["meta"]["total"] == 0


def test_pinned_records_are_read_again_only_where_they_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    client = create_app(clock="live").test_client()
    client.put(f"{CONTROL}/fixtures", json={"list_balances": [{"token_id": "SETH", "amount": "7"}]})
    row = client.get(f"{PATH}?limit=1").json["result"][0]
    monkeypatch.setattr("mockserver.mock.overrides.parse_fixtures", pytest.fail)
    for _ in range(3):
        answer = client.get(PATH, query_string={"address": row["address"], "force_refresh": "true"})
        assert answer.status_code == 200
    client.put(f"{CONTROL}/scenario", json={"name": "one-page"})
    client.delete(f"{CONTROL}/scenario")
    assert client.get(f"{PATH}?limit=1").json["meta"]["total"] == 174


def test_what_was_not_kept_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    mock = mock_of(create_app(state="redis://127.0.0.1:1").test_client())
    for tell in (
        lambda: mock.activate({"name": "empty"}),
        lambda: mock.set_fixtures({"list_balances": []}),
        mock.reset,
    ):
        with pytest.raises(NotKeptError, match="the shared state is unreachable"):
            tell()
    assert "cannot be reached" in capsys.readouterr().err


# A start and the state that it finds ----------------------------------------------------------------------------------


def statuses(client: FlaskClient, count: int) -> list[int]:
    return [client.get(PATH).status_code for _ in range(count)]


def test_a_start_goes_before_what_an_earlier_one_left(tmp_path: Path) -> None:
    file = str(tmp_path / "state")
    create_app(state=file).test_client().delete(f"{CONTROL}/scenario")
    client = create_app(state=file, scenario="server-error:every=1").test_client()
    assert statuses(client, 2) == [500, 500]
    without = create_app(state=file).test_client()
    assert statuses(without, 1) == [500], "and stays, for a start that says nothing"


def test_each_start_counts_from_one(tmp_path: Path) -> None:
    for _ in range(2):
        client = create_app(state=SqliteState(tmp_path / "s"), scenario="server-error:every=3").test_client()
        assert statuses(client, 5) == [200, 200, 500, 200, 200]


def test_a_reset_brings_the_scenario_of_the_start_back_and_counts_anew() -> None:
    client = create_app(scenario="server-error:every=2").test_client()
    assert statuses(client, 1) == [200]
    client.post(f"{CONTROL}/reset")
    assert statuses(client, 2) == [200, 500]


# Options --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"wallets": "x"}, "wallets is 'x'; it must be a whole number"),
        ({"size": 1.5}, "size is 1.5"),
        ({"wallets": True}, "wallets is True"),
        ({"cors": False, "cors_origins": ["http://a"]}, "keep one of them"),
        ({"control": False, "control_token": "t"}, "for a control plane that is off"),
        ({"control_token": " "}, "is empty"),
        ({"api_keys": ["k", ""]}, "a key of --api-key is empty"),
        ({"control_token": "\ud800"}, "is no text"),
        ({"scenario": {"name": "slw"}}, "did you mean 'slow'?"),
    ],
)
def test_options_that_cannot_be_are_refused(options: dict[str, Any], told: str) -> None:
    with pytest.raises(OptionError) as caught:
        create_app(**options)
    assert told in str(caught.value)


def test_one_text_is_one_key_and_one_origin() -> None:
    client = create_app(api_keys="abc", cors_origins="http://a").test_client()
    assert [client.get(PATH, headers={"X-API-Key": key}).status_code for key in ("abc", "a")] == [200, 401]
    assert "Access-Control-Allow-Origin" in client.get(PATH, headers={"Origin": "http://a"}).headers


def test_a_scenario_may_be_a_mapping() -> None:
    client = create_app(scenario={"name": "server-error", "every": 1}, state=MemoryState()).test_client()
    assert statuses(client, 1) == [500]
