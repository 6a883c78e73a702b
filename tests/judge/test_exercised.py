"""The coverage of a contract: what counts, what was exercised, and why not the rest."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.contract import parse_contract
from mockserver.judge.coverage import Coverage, Item
from mockserver.judge.exchange import Exchange
from mockserver.judge.exercised import Asked, asked_by, coverage_of, merged
from mockserver.judge.outcome import OperationOutcome, RuleResult
from tests.support.list_server import document, parameter

COLOURS = {"type": "string", "enum": ["red", "blue"]}
LABEL = "GET /things"


def contract(**operation: Any) -> Any:
    get = document()["paths"]["/things"]["get"]
    more = [
        {"name": "sort", "in": "query", "schema": {"type": "array", "items": {"enum": ["id", "colour"]}}},
        {"name": "X-Tenant", "in": "header", "schema": {"type": "string"}},
    ]
    parameters = [parameter("colour", COLOURS), *get["parameters"][1:], *more]
    responses = {
        **get["responses"],
        **{status: {"description": ""} for status in ("404", "4XX", "429", "500", "default")},
    }
    return parse_contract(document({"parameters": parameters, "responses": responses, **operation}), "c.yaml")


def covered(*exchanges: Exchange, laws: tuple[RuleResult, ...] = (), why: str = "") -> dict[tuple[str, str], Item]:
    read = contract()
    asked = Asked()
    for exchange in exchanges:
        asked.take(exchange.status, asked_by(exchange, read.operations[0]))
    outcome = OperationOutcome("list_things", "GET", "/things", laws=laws)
    why_not = {LABEL: why} if why else {}
    filters = {LABEL: ("colour", "shape")}
    found = coverage_of(read, {LABEL: asked}, {LABEL: outcome}, filters, why_not, ["total", "back", "key"])
    return {(item.kind, item.name): item for item in found.items}


def test_a_parameter_is_exercised_if_it_was_sent_and_a_filter_if_it_was_accepted() -> None:
    found = covered(Exchange((("colour", "red"),), 422), Exchange((("shape", "disc"),), 200))
    assert found["parameter", "colour"].exercised
    assert not found["filter", "colour"].exercised
    assert found["filter", "colour"].reason == "no request with it was accepted"
    assert found["filter", "shape"].exercised
    assert not found["parameter", "offset"].exercised
    assert found["parameter", "offset"].reason == "no request sent it"


def test_each_value_of_an_enum_counts_also_that_of_an_array() -> None:
    found = covered(Exchange((("colour", "red"), ("sort", "id,colour")), 200))
    values = {name: item.exercised for (kind, name), item in found.items() if kind == "value"}
    assert values == {"colour=red": True, "colour=blue": False, "sort=id": True, "sort=colour": True}


def test_headers_are_known_in_any_case() -> None:
    found = covered(Exchange((), 200, request_headers=(("x-tenant", "a"),)))
    assert found["parameter", "X-Tenant"].exercised


def test_statuses_count_if_a_request_can_get_them() -> None:
    found = covered(Exchange((), 200), Exchange((), 422))
    statuses = {name: (item.exercised, item.counts) for (kind, name), item in found.items() if kind == "status"}
    assert statuses == {
        "200": (True, True), "404": (False, True), "4XX": (True, True),
        "429": (False, False), "500": (False, False), "default": (False, False),
    }  # fmt: skip
    assert covered(Exchange((), 500))["status", "500"].counts


def test_laws_count_unless_they_do_not_apply() -> None:
    laws = tuple(
        RuleResult(name, "", verdict, "why")
        for name, verdict in (("total", "passed"), ("back", "not understood"), ("key", "not applicable"))
    )
    found = covered(Exchange((), 200), laws=laws)
    assert [(item.exercised, item.counts) for (kind, _), item in found.items() if kind == "law"] == [
        (True, True), (False, True), (False, False),
    ]  # fmt: skip
    assert found["law", "back"].reason == "not understood: why"
    assert covered(Exchange((), 200))["law", "total"].reason == "left out by --law"


def test_an_operation_that_was_not_asked_says_why_in_every_part() -> None:
    found = covered(why="left out by --operation")
    assert not any(item.exercised for item in found.values())
    assert {item.reason.split(";")[0] for item in found.values()} == {"left out by --operation"}
    assert not covered(Exchange((), None))["operation", "list_things"].exercised


def test_what_two_sides_asked_is_put_together() -> None:
    first, second = Asked(), Asked()
    first.take(200, [("query", "colour", "red")])
    second.take(404, [("query", "colour", ["blue", 1, True])])
    found = merged({"a": first}, {"a": second, "b": second})
    assert found["a"].statuses == {200, 404}
    assert found["a"].sent["query", "colour"] == {"red", "blue", "1", "true"}
    assert first.statuses == {200}


@pytest.mark.parametrize(
    ("items", "percent"),
    [
        ((), 100.0),
        ((Item("law", "o", "a", True), Item("law", "o", "b", False)), 50.0),
        ((Item("law", "o", "a", True), Item("law", "o", "b", False, counts=False)), 100.0),
    ],
)
def test_the_percentage_is_of_what_counts(items: tuple[Item, ...], percent: float) -> None:
    assert Coverage(items).percent == percent
