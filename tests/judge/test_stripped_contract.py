"""The fault matrix by the wallet contract without `x-list-semantics`, as a vendor publishes it: its words must do."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import Any

import pytest

from mockserver.judge.laws import LAWS
from mockserver.semantics import BLOCK
from tests.judge.test_faults import BY_LAW, KEY, OVER_HTTP
from tests.reference_servers.designs import DESIGNS
from tests.reference_servers.faults import FAULTS
from tests.support.paths import BALANCES
from tests.support.targets import second_server
from tests.support.verdicts import contract_document, failed_laws

NOT_FOUND: dict[str, str] = {
    "before-reversed": "the words do not say in which order the preceding page comes; it is the same each time",
    "total-capped": "the words do not say that the total is exact; it stands still at a round number",
}
"""Faults that the declared contract finds and its words do not, with the reason."""


@cache
def stripped() -> dict[str, Any]:
    """Return the contract without its block."""
    document = deepcopy(contract_document())
    del document["paths"][BALANCES]["get"][BLOCK]
    return document


@pytest.fixture(autouse=True)
def _caller_has_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCKSERVER_KEY", KEY)


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", BY_LAW)
def test_fault_is_found_by_the_words_of_the_contract(name: str) -> None:
    fault = FAULTS[name]
    keys = (KEY,) if fault.area == "key" else ()
    with second_server(fault=name, api_keys=keys, over_http=name in OVER_HTTP) as target:
        found = failed_laws(target, stripped())
    assert bool(set(found) & set(fault.laws)) is (name not in NOT_FOUND), f"{fault.description} Found: {list(found)}"
    assert set(found) <= set(LAWS)


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", DESIGNS)
def test_correct_server_passes_by_the_words_of_the_contract(name: str) -> None:
    with second_server(design=name, over_http=name in OVER_HTTP) as target:
        assert not failed_laws(target, stripped())


@pytest.mark.exhaustive
def test_a_refresh_that_only_a_name_promises_may_do_nothing() -> None:
    """Where no block declares it, a refresh that moves no time is noted."""
    with second_server(fault="refresh-ignored", over_http=False) as target:
        assert not failed_laws(target, stripped())
