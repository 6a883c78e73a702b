"""Judge the list of wallet balances of a server, law by law, as `mockserver check` does."""

from functools import cache
from typing import Any

import schemathesis

from mockserver.judge.laws import Verdict, judge_survey
from mockserver.judge.schemathesis.judging import survey_case
from mockserver.judge.schemathesis.lists import LISTS
from tests.support.paths import BALANCES, CONTRACT
from tests.support.targets import Target


@cache
def contract_document() -> dict[str, Any]:
    """Return the contract as Schemathesis reads it, read once for all servers."""
    document: dict[str, Any] = schemathesis.openapi.from_path(CONTRACT).raw_schema
    return document


def verdicts(target: Target, *names: str, document: dict[str, Any] | None = None) -> dict[str, Verdict]:
    """Return the verdict of every law on a server, or of those that are named, by the law's name.

    It is judged by ``document``, else by the wallet contract.
    """
    schema = schemathesis.openapi.from_dict(document or contract_document())
    schema.app = target.app
    schema.config.update(base_url=target.base_url)
    operation = schema[BALANCES]["GET"]
    semantics = LISTS.of(operation)
    assert semantics is not None
    return {v.law.name: v for v in judge_survey(survey_case(operation.Case(), semantics), names or None)}


def failed_laws(target: Target, document: dict[str, Any] | None = None) -> dict[str, Verdict]:
    """Return the verdicts of the laws that a server fails, by the law's name."""
    return {name: v for name, v in verdicts(target, document=document).items() if v.status == "failed"}
