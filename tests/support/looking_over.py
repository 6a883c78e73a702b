"""Looking a server over by its base URL, as `schemathesis run` does after a run."""

from pathlib import Path

import schemathesis

from mockserver.judge.laws import Verdict, judge
from mockserver.judge.schemathesis.judging import survey_case
from mockserver.judge.schemathesis.lists import LISTS
from tests.support.paths import ROOT

CONTRACT = ROOT / "contracts" / "openapi.yaml"
PATH = "/api/v1/wallets/balances"


def verdicts(base_url: str, *, contract: Path = CONTRACT, path: str = PATH) -> dict[str, Verdict]:
    """The verdict of every law on the list that is served at a base URL, by the law's name."""
    schema = schemathesis.openapi.from_path(contract)
    schema.config.update(base_url=base_url)
    operation = schema[path]["GET"]
    semantics = LISTS.of(operation)
    assert semantics is not None
    return {v.law.name: v for v in judge(survey_case(operation.Case(), semantics))}


def broken(base_url: str) -> dict[str, Verdict]:
    """The laws that the server breaks."""
    return {name: v for name, v in verdicts(base_url).items() if v.status == "broken"}
