"""What values alone suggest is noted, and nothing else is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mockserver.judge import judge_server
from tests.judge.designs import sums

NOTES = {
    "only-values-suggest-a-sum": "stock = available + reserved in nearly all records, but not in 1",
    "only-values-suggest-decimals": "release is a plain decimal in nearly all records, but '1e5' in one",
    "times-in-order": "created_at is after updated_at in 1 of 60 records",
    "discounts-are-rare": "total = subtotal + tax in nearly all records, but not in those that something else may "
    "explain",
    "parts-of-another-period": "total = due + paid in nearly all records, but not in 4",
    "stock-adds-up": None,
    "each-amount-is-rounded": None,
}


@pytest.mark.parametrize("name", NOTES)
def test_what_values_suggest_is_noted(name: str, tmp_path: Path) -> None:
    document, app = sums.DESIGNS.by_name[name].make()
    contract = tmp_path / "openapi.json"
    contract.write_text(json.dumps(document), encoding="utf-8")
    (verdict,) = judge_server(app, contract, laws=["record"])
    assert verdict.status == "passed"
    assert verdict.notes == ((NOTES[name],) if NOTES[name] else ())
