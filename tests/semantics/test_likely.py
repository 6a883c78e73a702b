"""What names and descriptions suggest: sums, refreshes and promises, and what only sounds like them."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.contract import Parameter
from mockserver.semantics.likely import likely_invariants
from mockserver.semantics.promises import likely_promises
from mockserver.semantics.refreshes import likely_refresh

NUMBER: dict[str, Any] = {"type": "number"}
TIME: dict[str, Any] = {"type": "string", "format": "date-time"}


def said(words: str, schema: dict[str, Any] = NUMBER) -> dict[str, Any]:
    """Return a schema with a description."""
    return {**schema, "description": words}


@pytest.mark.parametrize(
    ("properties", "sums"),
    [
        (
            {"total": NUMBER, "subtotal": NUMBER, "tax": NUMBER},
            {"total": ("subtotal", "tax"), "subtotal": ("total", "tax")},
        ),
        ({"stock": said("`free` plus `held`"), "free": NUMBER, "held": NUMBER}, {"stock": ("free", "held")}),
        ({"stock": said("free + held"), "free": NUMBER, "held": NUMBER}, {"stock": ("free", "held")}),
        ({"stock": said("not what is free"), "free": NUMBER, "held": NUMBER}, {}),
        ({"net": said("gross minus the fee"), "gross": NUMBER, "fee": NUMBER}, {"gross": ("net", "fee")}),
        ({"total": said("of all time"), "paid": said("this month"), "due": said("this month")}, {}),
        ({"total": NUMBER, "total_count": NUMBER, "tax": NUMBER}, {}),
    ],
)
def test_sums(properties: dict[str, Any], sums: dict[str, tuple[str, ...]]) -> None:
    assert likely_invariants(properties).sums == sums


@pytest.mark.parametrize(
    ("name", "words", "scope"),
    [
        ("refresh", "", ""),
        ("forceRefresh", "of this `shop`", "shop"),
        ("re_sync", "of this shop", "shop"),
        ("update", "Prices of the shop are synced before the answer.", "shop"),
        ("refresh", "Refreshes all, without the shop.", ""),
        ("sync", "Wait for the shop.", None),
        ("refreshed", "Of this shop.", None),
        ("no_refresh", "Of this shop.", None),
        ("refresh", "Does not refresh the shop.", None),
        ("live", "Only live records of the shop.", None),
    ],
)
def test_refreshes(name: str, words: str, scope: str | None) -> None:
    """The scope is empty where the whole list is refreshed, ``None`` where nothing is."""
    flag = Parameter(name, "query", {"type": "boolean"}, description=words)
    found = likely_refresh([flag], ["id", "shop"], {"updated_at": TIME, "synced_at": TIME, "born": TIME})
    if scope is None:
        assert found is None
    else:
        assert found is not None
        assert (found.scope or "", found.moves) == (scope, ("synced_at", "updated_at"))


@pytest.mark.parametrize(
    ("own", "around", "promises"),
    [
        ("", "", {}),
        ("The offset, when the caller gave one.", "", {"offset": "when_used"}),
        ("", "Fields (`offset`) are populated when the caller uses an offset.", {"offset": "when_used"}),
        ("", "Cursor fields (`has_more`, `after`) are populated.", {"has_more": "always"}),
        ("", "`has_more` may be present. `offset` is the offset.", {}),
        ("", "`has_more` is null when nothing is returned.", {}),
    ],
)
def test_promises(own: str, around: str, promises: dict[str, str]) -> None:
    found = {"has_more": ("meta", "has_more"), "offset_echo": ("meta", "offset")}
    fields = {("meta",): said(around), ("meta", "has_more"): NUMBER, ("meta", "offset"): said(own)}
    assert likely_promises(found, fields) == promises
