"""The fault matrix by the wallet contract without `x-list-semantics`: its words must do, ours and its vendor's.

And correct servers by other contracts that say less. All of it takes minutes, so most of it has the marker
``exhaustive``; every tenth of it has the marker ``slow`` too, which ``.ci/run`` runs.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import pytest
from openapi_spec_validator import validate

from mockserver.contract import parse_contract
from mockserver.semantics import list_operations
from tests.judge.test_faults import BY_LAW, KEY, OVER_HTTP
from tests.reference_servers.designs import DESIGNS
from tests.reference_servers.faults import FAULTS
from tests.support.targets import second_server
from tests.support.verdicts import failed_laws
from tests.support.wallet_contracts import VARIANTS, wallet_contract

NOT_FOUND = {
    "before-reversed": "no word says in which order the preceding page comes; it is the same each time",
    "total-capped": "no word says that the total is exact; it stands still at a round number",
    "total-is-amount": "the words call it a sum, and no record bears it out",
    "address-for-each-chain": "the words say that chains share an address, and no record bears it out",
    "address-for-each-token": "the words say that chains share an address, and one record in six does not",
    "refresh-ignored": "the words call it a refresh, and no time bears it out: it is noted",
    "offset-echo-missing": "the words do not say that an empty page repeats the offset",
}
"""Faults that the declared contract finds and its words do not, with the reason."""

OUR_WORDS = {"has-more-null-under-filter": "our words do not say that `has_more` is always there"}
"""And those that the vendor's words find and ours do not."""

TENTH = 10


def sampled(found: Iterable[tuple[str, str]]) -> list[Any]:
    """Return pairs as parameters of a test, every tenth of them for ``.ci/run`` too."""
    return [
        pytest.param(*pair, marks=[pytest.mark.exhaustive, *([pytest.mark.slow] if number % TENTH == 0 else [])])
        for number, pair in enumerate(found)
    ]


@cache
def contract(*names: str) -> dict[str, Any]:
    """Return the contract with these changes, made once."""
    return wallet_contract(*names)


@pytest.fixture(autouse=True)
def _caller_has_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCKSERVER_KEY", KEY)


@pytest.mark.parametrize(
    ("name", "words"), sampled((name, words) for words in ("without-block", "as-published") for name in BY_LAW)
)
def test_fault_is_found_by_the_words_of_a_contract(name: str, words: str) -> None:
    fault = FAULTS[name]
    keys = (KEY,) if fault.area == "key" else ()
    with second_server(fault=name, api_keys=keys, over_http=name in OVER_HTTP) as target:
        found = failed_laws(target, contract(words))
    unsaid = NOT_FOUND if words == "as-published" else NOT_FOUND | OUR_WORDS
    if name in unsaid:
        assert not found
    else:
        assert set(found) & set(fault.laws), f"{fault.description} Found: {list(found)}"


CHANGES = [(name, "") for name in VARIANTS if name != "without-block"]
CHANGES += [("without-block", name) for name in ("without-words", "without-sizes", "without-refusals", "inlined")]


@pytest.mark.parametrize(
    ("design", "changes"), sampled((design, " ".join(names).strip()) for design in DESIGNS for names in CHANGES)
)
def test_correct_server_passes_by_a_contract_that_says_less(design: str, changes: str) -> None:
    with second_server(design=design, over_http=design in OVER_HTTP) as target:
        assert not failed_laws(target, contract(*changes.split()))


@pytest.mark.parametrize("name", VARIANTS)
def test_variant_is_a_contract(name: str) -> None:
    """Each is another valid document, of the same list."""
    document = contract(name)
    assert document != contract()
    validate(document)
    (ours,), (theirs,) = (list_operations(parse_contract(made, name)) for made in (contract(), document))
    assert (theirs.items, theirs.identity, theirs.filters, theirs.cursors, theirs.offset) == (
        ours.items,
        ours.identity,
        ours.filters,
        ours.cursors,
        ours.offset,
    )
