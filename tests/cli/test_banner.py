"""The banner of `mockserver serve`: each line depends on what is served."""

from __future__ import annotations

from pathlib import Path

from mockserver import Mock
from mockserver.cli.banner import banner
from mockserver.state.memory import MemoryState
from tests.support.paths import ROOT

URL = "http://127.0.0.1:1"
CONTRACTS = ROOT / "tests" / "contracts"


def lines(mock: Mock) -> list[str]:
    return [line.strip() for line in banner(mock, URL)]


def test_the_banner_names_the_active_scenario_and_the_console() -> None:
    assert lines(Mock(scenario="slow:min=0,max=0"))[-3:] == [
        "scenario slow is active",
        f"console {URL}/__mock__/",
        "Press Ctrl-C to stop.",
    ]


def test_without_the_control_api_there_is_no_console() -> None:
    found = lines(Mock(control=False))
    assert found[-1] == "Press Ctrl-C to stop."
    assert not [line for line in found if line.startswith("console")]


def test_invalid_runtime_settings_are_reported() -> None:
    """A mock of another contract has set fixtures in the shared state."""
    state = MemoryState()
    Mock(state=state).set_fixtures({"list_balances": [{"token_id": "SETH"}]})
    (line,) = [line for line in lines(Mock(CONTRACTS / "songs.json", state=state)) if "skipped" in line]
    assert line.startswith("invalid runtime settings are skipped: ")
    assert "list_balances" in line


def test_requests_to_try_of_a_list_without_cursors_use_its_position() -> None:
    first, *others = [line for line in lines(Mock(CONTRACTS / "notes.yaml")) if line.startswith("curl")]
    assert first.endswith("=5'")
    assert others[-1].endswith("=2'")


def test_a_list_whose_records_no_filter_matches_has_no_filtered_request(tmp_path: Path) -> None:
    contract = tmp_path / "numbers.yaml"
    contract.write_text(
        "openapi: 3.1.0\ninfo: {title: Numbers, version: '1'}\npaths:\n  /numbers:\n    get:\n"
        "      operationId: numbers\n      parameters:\n"
        "      - {name: limit, in: query, schema: {type: integer, maximum: 9}}\n"
        "      - {name: value, in: query, schema: {type: integer}}\n"
        "      responses:\n        '200':\n          description: Numbers.\n          content:\n"
        "            application/json:\n              schema:\n                type: array\n                items:\n"
        "                  {type: object, required: [value], properties: {value: {type: integer}}}\n"
    )
    assert [line for line in lines(Mock(contract)) if line.startswith("curl")] == [f"curl '{URL}/numbers?limit=5'"]
