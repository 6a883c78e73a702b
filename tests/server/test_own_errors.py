"""An error of the mock itself: one run, one line in the log with the request, one answer in the journal."""

import logging
from typing import Any

import pytest

from mockserver import create_app
from mockserver.domains.wallets import WALLETS
from mockserver.domains.wallets.domain import WalletDomain

PATH = "/api/v1/wallets/balances"


class Failing(WalletDomain):
    """The wallet domain, whose records cannot be made once ``broken`` is set."""

    def __init__(self) -> None:
        self.broken = False
        self.made = 0

    def dataset(self, *args: Any, **options: Any) -> Any:
        data = super().dataset(*args, **options)
        record = data.record

        def failing(ordinal: int) -> Any:
            self.made += 1
            if self.broken:
                raise ZeroDivisionError("no such record")
            return record(ordinal)

        data.record = failing
        return data


def test_a_list_that_raises_runs_once_and_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    domain = Failing()
    app = create_app(domains=[domain], scenario="slow:min=0,max=0")
    client, mock = app.test_client(), app.extensions["mockserver"]
    scenario = mock.snapshot().overrides.scenario
    domain.broken, domain.made = True, 0
    with caplog.at_level(logging.ERROR, "mockserver"):
        answer = client.get(PATH, query_string={"limit": 1, "api_key": "sesame-sesame"}, headers={"Origin": "http://x"})
    assert (answer.status_code, domain.made) == (500, 1)
    assert answer.json == WALLETS.refusal(500, "Internal Server Error", answer.json["suggestion"])
    assert answer.headers["Access-Control-Allow-Origin"] == "http://x"
    assert mock.state.ticks(scenario.run) == 1
    (line,) = caplog.records
    assert f"GET {PATH}?limit=1" in line.getMessage()
    assert "sesame-sesame" not in line.getMessage()
    assert line.exc_info is not None
    (entry,) = client.get("/__mock__/requests").json["requests"]
    assert (entry["status"], entry["path"], entry["query"]) == (500, PATH, "limit=1&api_key=se***")


def test_it_answers_again_once_the_cause_is_gone() -> None:
    domain = Failing()
    client = create_app(domains=[domain]).test_client()
    domain.broken = True
    assert client.get(PATH).status_code == 500
    domain.broken = False
    assert client.get(PATH).status_code == 200
