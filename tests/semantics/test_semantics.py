"""What a list operation means: each way to declare a role, each convention, and each fault in a block, at its line."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

import mockserver.semantics
from mockserver.contract import Parameter, load_contract, parse_contract
from mockserver.errors import ContractError, listed
from mockserver.semantics import (
    BLOCK,
    FIELD_ROLES,
    PARAMETER_ROLES,
    Invariants,
    ListSemantics,
    Refresh,
    block_schema,
    item_properties,
    list_operations,
    semantics_of,
)
from mockserver.semantics.model import item_required
from mockserver.semantics.numbers import page_sizes
from tests.support.paths import ROOT

SHIPPED = ROOT / "contracts" / "openapi.yaml"
STRING: dict[str, Any] = {"type": "string"}
INTEGER: dict[str, Any] = {"type": "integer"}
BOOLEAN: dict[str, Any] = {"type": "boolean"}
ITEM = {"id": STRING, "colour": STRING, "weight": INTEGER}


def thing(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def rows(**properties: Any) -> dict[str, Any]:
    return {"type": "array", "items": thing(**(properties or ITEM))}


def read(
    query: dict[str, Any] | list[dict[str, Any]],
    body: dict[str, Any],
    *,
    path: str = "/things",
    root: dict[str, Any] | None = None,
    method: str = "get",
    **more: Any,
) -> ListSemantics | None:
    """What an operation means whose query has these schemas, or these parameters, and whose answer is this one."""
    parameters = query if isinstance(query, list) else [{"name": n, "schema": s} for n, s in query.items()]
    operation = {
        "operationId": "op",
        "parameters": [{"in": "query", **p} for p in parameters],
        "responses": {"200": {"description": "", "content": {"application/json": {"schema": body}}}},
        **more,
    }
    document = {"openapi": "3.1.0", "paths": {path: {method: operation}}, **(root or {})}
    contract = parse_contract(document, "c")
    return semantics_of(contract, contract.operations[0])


def found(*arguments: Any, **options: Any) -> ListSemantics:
    semantics = read(*arguments, **options)
    assert semantics is not None
    return semantics


def roles(semantics: ListSemantics) -> dict[str, Any]:
    """What was found, without what was not."""
    every = {r: getattr(semantics, r) for r in (*PARAMETER_ROLES, *FIELD_ROLES)}
    return {r: v for r, v in every.items() if v is not None}


# The shipped contract ----------------------------------------------------------------------------------------------


def test_the_shipped_contract_is_declared() -> None:
    (semantics,) = list_operations(load_contract(SHIPPED))
    filters = ("wallet_uuid", "chain_id", "address", "token_id")
    assert semantics.filters == {n: n for n in filters}
    assert (semantics.items, semantics.identity) == (("result",), "id")
    assert (semantics.default_limit, semantics.max_limit) == (50, 200)
    assert roles(semantics) == {
        "limit": "limit",
        "after": "after",
        "before": "before",
        "offset": "offset",
        "has_more": ("meta", "has_more"),
        "next_cursor": ("meta", "after"),
        "previous_cursor": ("meta", "before"),
        "total": ("meta", "total"),
        "offset_echo": ("meta", "offset"),
        "limit_echo": ("meta", "limit"),
    }
    assert semantics.refresh == Refresh(
        "force_refresh", "address", ("balance_updated_at", "updated_at"), ("pending", "amount")
    )
    assert semantics.invariants == Invariants(
        ("amount", "total", "pending", "locked"),
        {"total": ("amount", "pending", "locked")},
        {"address": ("wallet_uuid", "chain_type"), "chain_id": ("token_id",)},
    )
    assert semantics.promises == {"has_more": "always", "offset": "when_used", "limit": "when_used"}
    assert (semantics.total_kind, semantics.bad_cursor, semantics.both_cursors, semantics.over_limit) == (
        "exact",
        "reject",
        "reject",
        "reject",
    )
    assert semantics.cursors == ("after", "before")
    assert list(semantics.properties)[:3] == ["id", "wallet_uuid", "cobo_wallet_id"]
    declared = {r for r, why in semantics.why.items() if why == "declared by x-list-semantics"}
    assert declared == {*block_schema()["properties"]} - {
        *PARAMETER_ROLES,
        *FIELD_ROLES,
        "items",
        "total_at",
        "first_page",
        "first_offset",
    } | {"total_kind"}


def test_the_shipped_contract_means_the_same_without_its_block(tmp_path: Path) -> None:
    """A vendor publishes no block of ours: all but the settling, promises and constants is inferred."""
    text = SHIPPED.read_text(encoding="utf-8")
    bare, count = re.subn(r"\n      x-list-semantics:\n(?: {8}.*\n)+", "\n", text.replace("\n      x-", "\n      x-"))
    assert count == 1
    assert BLOCK not in yaml.safe_load(bare)["paths"]["/api/v1/wallets/balances"]["get"]
    file = tmp_path / "vendor.yaml"
    file.write_text(bare, encoding="utf-8")
    (theirs,) = list_operations(load_contract(file))
    (ours,) = list_operations(load_contract(SHIPPED))
    assert roles(theirs) == roles(ours)
    assert (theirs.filters, theirs.identity, theirs.items) == (ours.filters, ours.identity, ours.items)
    assert theirs.refresh == Refresh("force_refresh", "address", ("balance_updated_at", "updated_at"))
    assert (theirs.invariants, theirs.promises) == (Invariants(), {})
    assert theirs.likely.decimals == ours.invariants.decimals
    assert (theirs.likely.described, theirs.likely.unsigned) == (("amount",), ("amount", "locked"))
    assert theirs.likely.sums == ours.invariants.sums
    assert not [why for why in theirs.why.values() if why.startswith("declared")]


# Declared ------------------------------------------------------------------------------------------------------------

ODD_QUERY = {
    "n": INTEGER,
    "fwd": STRING,
    "bwd": STRING,
    "from": INTEGER,
    "sheet": INTEGER,
    "tint": STRING,
    "new": BOOLEAN,
}
ODD_BODY = thing(
    box=thing(
        stuff=rows(code=STRING, colour=STRING, weight=INTEGER, seen={"type": "string", "format": "date-time"}),
        rest=BOOLEAN,
        fw=STRING,
        bw=STRING,
        all=INTEGER,
        at=INTEGER,
        per=INTEGER,
        sheet=INTEGER,
        sheets=INTEGER,
        done=BOOLEAN,
        to=INTEGER,
        back=INTEGER,
        fore=STRING,
        aft=STRING,
        bow=STRING,
        stern=STRING,
    ),
    others=rows(),
)


def test_a_block_declares_every_role() -> None:
    block = {
        "identity": "code",
        "filters": {"tint": "colour"},
        "items": "box.stuff",
        "limit": "n",
        "after": "fwd",
        "before": "bwd",
        "offset": "from",
        "page": "sheet",
        "has_more": "box.rest",
        "next_cursor": "box.fw",
        "previous_cursor": "box.bw",
        "offset_echo": "box.at",
        "limit_echo": "box.per",
        "page_echo": "box.sheet",
        "total_pages": "box.sheets",
        "is_last": "box.done",
        "next_page": "box.to",
        "previous_page": "box.back",
        "next_link": "box.fore",
        "previous_link": "box.aft",
        "first_link": "box.bow",
        "last_link": "box.stern",
        "first_page": 0,
        "first_offset": 1,
        "total_at": "box.all",
        "total": "estimate",
        "bad_cursor": "first_page",
        "both_cursors": "before",
        "over_limit": "clamp",
        "refresh": {
            "parameter": "new",
            "scope": "tint",
            "moves": ["seen"],
            "settles": {"from": "weight", "into": "weight"},
        },
        "invariants": {"decimals": ["code"], "sums": {"weight": ["weight"]}, "constant": {"colour": ["code"]}},
        "promises": {"has_more": "when_used", "offset": "always"},
    }
    assert set(block) == set(block_schema()["properties"])
    semantics = found(ODD_QUERY, ODD_BODY, **{BLOCK: block})
    assert roles(semantics) == {
        "limit": "n",
        "after": "fwd",
        "before": "bwd",
        "offset": "from",
        "page": "sheet",
        "has_more": ("box", "rest"),
        "next_cursor": ("box", "fw"),
        "previous_cursor": ("box", "bw"),
        "total": ("box", "all"),
        "offset_echo": ("box", "at"),
        "limit_echo": ("box", "per"),
        "page_echo": ("box", "sheet"),
        "total_pages": ("box", "sheets"),
        "is_last": ("box", "done"),
        "next_page": ("box", "to"),
        "previous_page": ("box", "back"),
        "next_link": ("box", "fore"),
        "previous_link": ("box", "aft"),
        "first_link": ("box", "bow"),
        "last_link": ("box", "stern"),
    }
    assert (semantics.first_page, semantics.first_offset) == (0, 1)
    assert (semantics.items, semantics.identity, semantics.filters) == (("box", "stuff"), "code", {"tint": "colour"})
    assert (semantics.total_kind, semantics.bad_cursor) == ("estimate", "first_page")
    assert (semantics.both_cursors, semantics.over_limit) == ("before", "clamp")
    assert semantics.refresh == Refresh("new", "tint", ("seen",), ("weight", "weight"))
    assert semantics.invariants == Invariants(("code",), {"weight": ("weight",)}, {"colour": ("code",)})
    assert semantics.promises == {"has_more": "when_used", "offset": "always"}
    assert set(semantics.why.values()) == {"declared by x-list-semantics"}


def test_a_declared_refresh_may_say_little() -> None:
    semantics = found({"limit": INTEGER, "new": BOOLEAN}, rows(), **{BLOCK: {"refresh": {"parameter": "new"}}})
    assert semantics.refresh == Refresh("new")
    assert semantics.why["limit"] == "inferred from the name 'limit'"


def test_what_a_block_filters_by_is_no_cursor() -> None:
    query = {"limit": INTEGER, "after": STRING, "page": INTEGER, "skip": BOOLEAN}
    block = {"filters": {"after": "colour", "page": "weight"}, "refresh": {"parameter": "skip"}}
    assert roles(found(query, rows(), **{BLOCK: block})) == {"limit": "limit"}


def stainless(purpose: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "x-stainless-pagination-property": {"purpose": purpose}}


@pytest.mark.parametrize("on_schema", [True, False])
def test_stainless_declares(on_schema: bool) -> None:
    purposes = {
        "fwd": "next_cursor_param",
        "bwd": "previous_cursor_param",
        "from": "offset_count_param",
        "sheet": "page_number_param",
        "n": "what_nobody_knows",
    }
    query = [{"name": n, "schema": ODD_QUERY[n]} for n in purposes]
    for row in query:
        target = row["schema"] if on_schema else row
        row |= (
            {"schema": stainless(purposes[row["name"]], target)}
            if on_schema
            else stainless(purposes[row["name"]], target)
        )
    body = thing(
        box=thing(
            stuff=stainless("items", rows()),
            m=stainless("has_next_page", BOOLEAN),
            f=stainless("next_cursor_field", STRING),
            b=stainless("previous_cursor_field", STRING),
            a=stainless("offset_total_count_field", INTEGER),
            x={"type": "string", "x-stainless-pagination-property": "text"},
        ),
        data=rows(),
    )
    semantics = found(query, body)
    assert roles(semantics) == {
        "after": "fwd",
        "before": "bwd",
        "offset": "from",
        "page": "sheet",
        "has_more": ("box", "m"),
        "next_cursor": ("box", "f"),
        "previous_cursor": ("box", "b"),
        "total": ("box", "a"),
    }
    assert semantics.items == ("box", "stuff")
    every = {semantics.why[role] for role in ("items", *roles(semantics))}
    assert every == {"declared by x-stainless-pagination-property"}


def test_stainless_declares_cursors_that_are_ids() -> None:
    query = {
        "from_id": stainless("next_cursor_id_param", STRING),
        "to_id": stainless("previous_cursor_id_param", STRING),
    }
    assert roles(found(query, thing(data=rows()))) == {"after": "from_id", "before": "to_id"}


@pytest.mark.parametrize(
    ("declared", "expected", "items"),
    [
        (
            {
                "type": "cursor",
                "inputs": [{"name": "fwd", "in": "parameters", "type": "cursor"}],
                "outputs": {"results": "$.box.stuff", "nextCursor": "$.box.fw"},
            },
            {"after": "fwd", "next_cursor": ("box", "fw")},
            ("box", "stuff"),
        ),
        (
            {
                "type": "offsetLimit",
                "inputs": [
                    {"name": "from", "in": "parameters", "type": "offset"},
                    {"name": "n", "in": "parameters", "type": "limit"},
                ],
                "outputs": {"results": "$.box.stuff[*]"},
            },
            {"offset": "from", "limit": "n"},
            ("box", "stuff"),
        ),
        (
            {
                "inputs": [
                    {"name": "sheet", "in": "parameters", "type": "page"},
                    {"name": "n", "in": "requestBody", "type": "limit"},
                    {"name": "absent", "in": "parameters", "type": "limit"},
                    {"name": "n", "in": "parameters", "type": "what"},
                    "text",
                ],
                "outputs": {"results": "$.nowhere", "nextCursor": "$.box.stuff[-1].id", "numPages": 5},
            },
            {"page": "sheet"},
            ("others",),
        ),
        ({"inputs": [{"name": "n", "in": "parameters", "type": "limit"}]}, {"limit": "n"}, ("others",)),
        (
            {"inputs": [{"name": "n", "in": "parameters", "type": "limit"}], "outputs": {"results": "$.box.fw"}},
            {"limit": "n"},
            ("others",),
        ),
    ],
)
def test_speakeasy_declares(declared: Any, expected: dict[str, Any], items: tuple[str, ...]) -> None:
    semantics = found(ODD_QUERY, ODD_BODY, **{"x-speakeasy-pagination": declared})
    assert (roles(semantics), semantics.items) == (expected, items)
    assert {semantics.why[r] for r in expected} == {"declared by x-speakeasy-pagination"}


def test_speakeasy_declares_a_bare_array() -> None:
    declared = {"inputs": [{"name": "n", "in": "parameters", "type": "limit"}], "outputs": {"results": "$"}}
    semantics = found(ODD_QUERY, rows(), **{"x-speakeasy-pagination": declared})
    assert (semantics.items, semantics.why["items"]) == ((), "declared by x-speakeasy-pagination")


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        (
            {"cursor": "$request.fwd", "next_cursor": "$response.box.fw", "results": "$response.box.stuff"},
            {"after": "fwd", "next_cursor": ("box", "fw")},
        ),
        (
            {
                "offset": "$request.from",
                "step": "$request.n",
                "results": "$response.box.stuff",
                "has-next-page": "$response.box.rest",
            },
            {"offset": "from", "limit": "n", "has_more": ("box", "rest")},
        ),
        ({"offset": "$request.page_no", "results": "$response.box.stuff"}, {"page": "page_no"}),
        (
            {"offset": "$request.page_no", "step": "$request.n", "results": "$response.box.stuff"},
            {"offset": "page_no", "limit": "n"},
        ),
    ],
)
def test_fern_declares(declared: Any, expected: dict[str, Any]) -> None:
    query = {**ODD_QUERY, "page_no": INTEGER}
    semantics = found(query, ODD_BODY, **{"x-fern-pagination": declared})
    assert {r: roles(semantics)[r] for r in expected} == expected
    assert semantics.items == ("box", "stuff")
    assert {semantics.why[r] for r in ("items", *expected)} == {"declared by x-fern-pagination"}


def test_fern_declares_for_the_whole_contract() -> None:
    root = {"x-fern-pagination": {"cursor": "$request.fwd", "results": "$response.box.stuff"}}
    assert roles(found(ODD_QUERY, ODD_BODY, root=root, **{"x-fern-pagination": True})) == {"after": "fwd"}
    assert read(ODD_QUERY, ODD_BODY, root=root) is None


@pytest.mark.parametrize(
    "extension", ["x-speakeasy-pagination", "x-fern-pagination", "x-stainless-pagination-property"]
)
def test_an_extension_that_says_nothing_is_passed_over(extension: str) -> None:
    for empty in (True, None, [], {}, {"inputs": 5, "outputs": 5, "cursor": 5, "results": 5}):
        assert read(ODD_QUERY, ODD_BODY, **{extension: empty}) is None


def test_declared_beats_inferred_and_ours_beats_a_vendors() -> None:
    query = {"limit": INTEGER, "n": INTEGER, "cursor": STRING, "fwd": STRING}
    fern = {"cursor": "$request.fwd", "step": "$request.n", "results": "$response.stuff"}
    body = thing(data=rows(), stuff=rows())
    one = found(query, body, **{"x-fern-pagination": fern})
    assert (one.limit, one.after, one.items) == ("n", "fwd", ("stuff",))
    two = found(query, body, **{"x-fern-pagination": fern, BLOCK: {"after": "cursor", "items": "data"}})
    assert (two.limit, two.after, two.items) == ("n", "cursor", ("data",))
    assert {r: two.why[r] for r in ("limit", "after", "items")} == {
        "limit": "declared by x-fern-pagination",
        "after": "declared by x-list-semantics",
        "items": "declared by x-list-semantics",
    }


# Inferred ------------------------------------------------------------------------------------------------------------

NAMES = {
    "limit": "limit page_size pageSize per_page maxResults size count first take top max",
    "after": "after cursor page_token pageToken nextToken next_cursor starting_after continuation-token marker",
    "before": "before ending_before previous_cursor prev_cursor prevToken",
    "offset": "offset skip startIndex start",
    "page": "page pageNumber page_index",
}


@pytest.mark.parametrize(("role", "name"), [(role, name) for role, names in NAMES.items() for name in names.split()])
def test_a_parameter_is_known_by_its_name(role: str, name: str) -> None:
    kind = STRING if role in ("after", "before") else INTEGER
    semantics = found({name: kind}, thing(data=rows()))
    assert (roles(semantics), semantics.why[role]) == ({role: name}, f"inferred from the name '{name}'")
    assert roles(found({name: {"anyOf": [kind, {"type": "null"}]}}, thing(data=rows()))) == {role: name}
    assert roles(found({name: {}}, thing(data=rows()))) == {role: name}
    assert read({name: BOOLEAN}, thing(data=rows())) is None


FIELDS = {
    "has_more": "has_more hasNextPage has_next more",
    "next_cursor": "after next_cursor nextPageToken nextToken endCursor next cursor",
    "previous_cursor": "before previous_cursor prevPageToken startCursor prev previous",
    "total": "total totalCount total_items totalResults count",
    "offset_echo": "offset skip",
    "limit_echo": "limit page_size perPage",
}


@pytest.mark.parametrize(("role", "name"), [(role, name) for role, names in FIELDS.items() for name in names.split()])
def test_a_field_is_known_by_its_name(role: str, name: str) -> None:
    kind = BOOLEAN if role == "has_more" else STRING if role.endswith("cursor") else INTEGER
    query = {"n": INTEGER, "after": STRING, "before": STRING}
    for body, path in (
        (thing(data=rows(), **{name: kind}), (name,)),
        (thing(data=rows(), meta=thing(page=thing(**{name: kind}))), ("meta", "page", name)),
        (thing(data=rows(), meta={"anyOf": [thing(**{name: kind}), {"type": "null"}]}), ("meta", name)),
    ):
        semantics = found(query, body)
        assert roles(semantics) == {"after": "after", "before": "before", role: path}
        assert semantics.why[role] == f"inferred from the name '{'.'.join(path)}'"
    assert role not in roles(found(query, thing(data=rows(), **{name: {"type": "object"}})))
    assert role not in roles(found(query, thing(data=rows(**{name: kind}, id=STRING))))


def test_the_best_named_and_shallowest_field_wins() -> None:
    semantics = found({"limit": INTEGER}, thing(meta=thing(total=INTEGER), count=INTEGER, data=rows()))
    assert semantics.total == ("meta", "total")
    semantics = found({"limit": INTEGER}, thing(meta=thing(total=INTEGER), total=INTEGER, data=rows()))
    assert semantics.total == ("total",)


def test_a_cursor_field_needs_a_parameter_that_takes_it() -> None:
    body = thing(data=rows(), next_cursor=STRING, previous_cursor=STRING)
    assert roles(found({"limit": INTEGER}, body)) == {"limit": "limit"}
    both_ways = found({"limit": INTEGER, "cursor": STRING}, body)
    assert roles(both_ways) == {"limit": "limit", "after": "cursor", "next_cursor": ("next_cursor",)}


@pytest.mark.parametrize("form", ["date", "date-time"])
def test_a_moment_is_no_cursor(form: str) -> None:
    moment = {"type": ["string", "null"], "format": form}
    query = {"limit": INTEGER, "after": moment, "before": moment, "page_token": STRING}
    assert roles(found(query, thing(data=rows()))) == {"limit": "limit", "after": "page_token"}


def test_an_address_is_no_cursor() -> None:
    body = thing(data=rows(), next={"type": ["string", "null"], "format": "uri"})
    assert roles(found({"cursor": STRING}, body)) == {"after": "cursor", "next_link": ("next",)}


def test_a_vague_name_filters_where_the_item_has_it() -> None:
    item = {"id": STRING, "size": INTEGER, "limit": INTEGER}
    semantics = found({"size": INTEGER, "limit": INTEGER}, thing(data=rows(**item)))
    assert (roles(semantics), semantics.filters) == ({"limit": "limit"}, {"size": "size"})
    assert read({"size": INTEGER}, thing(data=rows(**item))) is None
    assert roles(found({"size": INTEGER}, thing(data=rows()))) == {"limit": "size"}


def test_the_less_telling_name_of_two_is_free_to_filter() -> None:
    semantics = found({"cursor": STRING, "after": STRING}, thing(data=rows(id=STRING, cursor=STRING)))
    assert (semantics.after, semantics.filters) == ("after", {"cursor": "cursor"})


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (rows(), ()),
        (thing(things=rows()), ("things",)),
        (thing(others=rows(), data=rows()), ("data",)),
        (thing(data=rows(), included=rows(id=STRING)), ("data",)),
        (thing(errors=rows(message=STRING), data=thing(rows=rows())), ("data", "rows")),
        (thing(extra=rows(), data=thing(rows=rows())), ("data", "rows")),
        (thing(extra=rows(), chart=thing(data=rows())), ("extra",)),
        (thing(notes=rows(), _embedded=thing(things=rows())), ("_embedded", "things")),
        (thing(notes=rows(), others=rows(), data=thing(deep=rows())), ("notes",)),
        (thing(chains=rows(), things=rows()), ("things",)),
        (thing(errors=rows(message=STRING)), ("errors",)),
        (thing(a=thing(b=thing(c=rows()))), ("a", "b", "c")),
        ({"allOf": [thing(success=BOOLEAN), thing(result=rows())]}, ("result",)),
        (thing(data={"items": thing(id=STRING)}), ("data",)),
        (thing(data={"allOf": [rows()], "description": "d"}), ("data",)),
        (thing(data={"anyOf": [rows(), {"type": "null"}]}), ("data",)),
        (thing(data={"type": "array", "items": {"anyOf": [thing(id=STRING), {"type": "null"}]}}), ("data",)),
    ],
)
def test_items_are_where_the_objects_are(body: dict[str, Any], path: tuple[str, ...]) -> None:
    semantics = found({"limit": INTEGER}, body, path="/v1/{x}/things/{y}")
    assert semantics.items == path
    assert semantics.why["items"] == "inferred: the array of objects in the 200 answer"


@pytest.mark.parametrize(
    ("item", "identity", "why"),
    [
        ({"name": STRING, "id": STRING}, "id", "inferred from its name"),
        ({"Uuid": STRING, "id": {"type": "object"}}, "Uuid", "inferred from its name"),
        ({"name": STRING, "owner_id": STRING, "thing_id": INTEGER}, "thing_id", "inferred: a required id"),
        ({"name": STRING, "ownerId": STRING, "paid": STRING}, "ownerId", "inferred: a required id"),
        ({"paid": STRING, "ref": {"type": "string", "format": "uuid"}}, "ref", "inferred: a required id"),
        ({"grid": STRING, "name": STRING}, "name", "inferred from its name"),
        ({"name": STRING, "key": STRING}, "key", "inferred from its name"),
        ({"size": INTEGER, "valid": STRING}, None, "none was found"),
    ],
)
def test_what_identifies_an_item(item: dict[str, Any], identity: str | None, why: str) -> None:
    schema = {"type": "array", "items": thing(**item) | {"required": [n for n in item if n != "id"]}}
    semantics = found({"limit": INTEGER}, thing(data=schema))
    assert (semantics.identity, semantics.why["identity"]) == (identity, why)


def test_what_is_not_required_identifies_nothing() -> None:
    semantics = found({"limit": INTEGER}, thing(data=rows(owner_id=STRING)))
    assert semantics.identity is None
    base = {"type": "object", "required": ["owner_id"]}
    item = {"allOf": [base, thing(owner_id=STRING)], "required": ["x"]}
    assert item_required(item) == {"owner_id", "x"}
    assert found({"limit": INTEGER}, {"type": "array", "items": item}).identity == "owner_id"


def test_filters_are_named_like_properties() -> None:
    item = {
        "id": STRING,
        "ownerId": STRING,
        "tags": {"type": "array", "items": STRING},
        "shape": thing(a=STRING),
        "order": INTEGER,
        "rank": INTEGER,
        "sort": STRING,
        "free": {},
        "kind": {"enum": ["a", "b"]},
    }
    query = {
        "limit": INTEGER,
        "id": STRING,
        "owner-id": STRING,
        "tags": {"type": "array", "items": STRING},
        "shape": STRING,
        "order": {"enum": ["asc", "desc"]},
        "rank": {"enum": ["high", "low"]},
        "sort": {"enum": ["ASC", "DESC", None]},
        "free": {"enum": ["x"]},
        "kind": {"enum": ["a"]},
        "q": STRING,
    }
    semantics = found(query, thing(data=rows(**item)))
    names = {"id": "id", "owner-id": "ownerId", "tags": "tags", "free": "free", "kind": "kind"}
    assert semantics.filters == names
    assert semantics.why["filters"] == "inferred: parameters named like a property of the item"
    semantics = found({"limit": INTEGER, "rank": {"enum": ["1", "-2.5"]}}, thing(data=rows(**item)))
    assert semantics.filters == {"rank": "rank"}


@pytest.mark.parametrize(
    ("name", "description", "scope"),
    [
        ("force_refresh", "When true and colour is given, reads anew.", "colour"),
        ("reSync", "Reads the `colour` anew.", "colour"),
        ("re_sync", "Reads colourful things anew.", None),
        ("refresh", "", None),
    ],
)
def test_a_refresh_is_known_by_its_name(name: str, description: str, scope: str | None) -> None:
    moment = {"type": "string", "format": "date-time"}
    item = {**ITEM, "updated_at": moment, "made_at": moment, "updated_by": STRING, "lastSynced": moment}
    query = [
        {"name": "limit", "schema": INTEGER},
        {"name": "colour", "schema": STRING},
        {"name": "refresh_token", "schema": STRING},
        {"name": name, "schema": BOOLEAN, "description": description},
    ]
    semantics = found(query, thing(data=rows(**item)))
    assert semantics.refresh == Refresh(name, scope, ("lastSynced", "updated_at"))
    assert semantics.why["refresh"] == f"inferred from the name '{name}'"


def test_what_filters_does_not_refresh() -> None:
    assert found({"limit": INTEGER, "refresh": BOOLEAN}, thing(data=rows(id=STRING, refresh=BOOLEAN))).refresh is None
    assert found({"limit": INTEGER, "quick": BOOLEAN}, thing(data=rows())).refresh is None


@pytest.mark.parametrize(
    ("schema", "default", "maximum"),
    [
        ({}, 50, 1000),
        ({"maximum": 20}, 20, 20),
        ({"maximum": 20.0, "default": 5}, 5, 20),
        ({"exclusiveMaximum": 20}, 19, 19),
        ({"exclusiveMaximum": 20, "maximum": 30}, 19, 19),
        ({"minimum": 100}, 100, 1000),
        ({"default": "10", "maximum": 40}, 40, 40),
        ({"default": True}, 50, 1000),
        ({"default": float("inf")}, 50, 1000),
        ({"default": 0}, 1, 1000),
        ({"default": 30, "maximum": 0}, 1, 1),
        ({"anyOf": [{"type": "integer", "maximum": 9}, {"type": "null"}], "default": 3}, 3, 9),
        ({"allOf": [{"type": "integer", "maximum": 9}], "default": 3}, 3, 9),
    ],
)
def test_page_sizes_come_from_the_schema(schema: dict[str, Any], default: int, maximum: int) -> None:
    assert page_sizes(Parameter("limit", "query", schema)) == (default, maximum)


def test_page_sizes_without_a_parameter() -> None:
    semantics = found({"cursor": STRING}, thing(data=rows()))
    assert (semantics.limit, semantics.default_limit, semantics.max_limit) == (None, 50, 1000)


def test_properties_are_merged_over_branches() -> None:
    item = {"allOf": [thing(a=STRING, b=STRING), {"allOf": [thing(c=STRING)]}], "properties": {"b": INTEGER}}
    assert item_properties(item) == {"a": STRING, "b": INTEGER, "c": STRING}


def test_properties_of_a_union_are_those_that_all_branches_have_alike() -> None:
    cat = thing(id=STRING, kind={"const": "cat"}, name={**STRING, "description": "a"})
    dog = thing(id=INTEGER, kind={"const": "dog"}, name={**STRING, "description": "b"})
    assert item_properties({"oneOf": [cat, dog]}) == {"name": cat["properties"]["name"]}


def test_a_list_of_texts() -> None:
    semantics = found({"limit": INTEGER, "offset": INTEGER}, thing(names={"type": "array", "items": STRING}))
    assert (semantics.items, semantics.identity, semantics.properties) == (("names",), None, {})


def test_a_search_has_its_parameters_in_the_body() -> None:
    paging = thing(limit={**INTEGER, "maximum": 20}, cursor=STRING)
    body = {"content": {"application/json": {"schema": thing(paging=paging, colour=STRING, tags={"type": "array"})}}}
    answer = thing(data=rows(colour=STRING), next_cursor=STRING)
    semantics = found({}, answer, method="post", requestBody=body)
    assert (semantics.limit, semantics.after) == ("paging.limit", "paging.cursor")
    assert semantics.filters == {"colour": "colour"}
    assert semantics.max_limit == 20
    assert read({}, answer, method="post", requestBody=body | {"content": {"text/csv": {"schema": paging}}}) is None


# No list -----------------------------------------------------------------------------------------------------------

NO_LISTS: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any], str]] = {
    "a POST": ({"limit": INTEGER}, rows(), {"method": "post"}, "is a POST that is not paged"),
    "a PUT": (
        {"limit": INTEGER},
        rows(),
        {"method": "put"},
        "is not a GET or a search with a JSON answer of status 200",
    ),
    "no answer": (
        {"limit": INTEGER},
        {},
        {"responses": {"204": {}}},
        "is not a GET or a search with a JSON answer of status 200",
    ),
    "no JSON": (
        {"limit": INTEGER},
        {},
        {"responses": {"200": {"content": {"text/csv": {"schema": STRING}}}}},
        "is not a GET or a search with a JSON answer of status 200",
    ),
    "no query": ({}, rows(), {}, "has neither a page size nor a cursor in its query"),
    "no paging": ({"colour": STRING}, rows(), {}, "has neither a page size nor a cursor in its query"),
    "no array": ({"limit": INTEGER}, thing(id=STRING), {}, "has no array of objects in its 200 answer"),
    "no objects": (
        {"limit": INTEGER},
        thing(data={"type": "array", "items": {"type": "boolean"}}),
        {},
        "has no array of objects in its 200 answer",
    ),
    "anything": ({"limit": INTEGER}, thing(data={"type": "array"}), {}, "has no array of objects in its 200 answer"),
    "a tuple": (
        {"limit": INTEGER},
        thing(data={"type": "string", "items": thing(a=STRING)}),
        {},
        "has no array of objects in its 200 answer",
    ),
}


@pytest.mark.parametrize("case", NO_LISTS)
def test_an_operation_that_is_no_list(case: str) -> None:
    query, body, options, reason = NO_LISTS[case]
    assert read(query, body, **options) is None
    with pytest.raises(ContractError) as caught:
        read(query, body, **options, **{BLOCK: {}})
    assert caught.value.problem == f"'x-list-semantics' is set on op, which {reason}"


def test_only_lists_are_listed() -> None:
    page = {"200": {"content": {"application/json": {"schema": rows()}}}}
    limit = {"name": "limit", "in": "query", "schema": INTEGER}
    paths: dict[str, Any] = {
        "/a": {"get": {"responses": page}},
        "/b": {"get": {"responses": page, "parameters": [limit]}, "post": {"responses": page}},
        "/c": {"get": {"responses": {"2XX": page["200"]}, "parameters": [limit]}},
    }
    contract = parse_contract({"openapi": "3.1.0", "paths": paths}, "c")
    assert [s.operation.path for s in list_operations(contract)] == ["/b", "/c"]


# The block's faults ------------------------------------------------------------------------------------------------

BEGIN = """openapi: 3.1.0
paths:
  /things:
    get:
      operationId: things
      parameters:
        - {name: limit, in: query, schema: {type: integer}}
        - {name: colour, in: query, schema: {type: string}}
        - {name: fresh, in: query, schema: {type: boolean}}
      responses:
        "200":
          content:
            application/json:
              schema:
                properties:
                  data: {type: array, items: {properties: {
                    id: {type: string}, colour: {type: string}, at: {type: string, format: date-time}}}}
                  meta: {properties: {has_more: {type: boolean}}}
      x-list-semantics:
"""
KEYS = listed(block_schema()["properties"])
FAULTS = [
    # what stands in the block from line 20 on; the line of the fault; the fault
    ("", 19, 'x-list-semantics: null is not of type "object"'),
    ("        - a\n", 19, 'x-list-semantics: ["a"] is not of type "object"'),
    (
        "        identiy: id\n",
        20,
        f"x-list-semantics.identiy: unknown key 'identiy'; did you mean 'identity'? available: {KEYS}",
    ),
    (
        "        identity: id\n        qqq: id\n",
        21,
        f"x-list-semantics.qqq: unknown key 'qqq'; available: {KEYS}",
    ),
    (
        "        identity: idd\n",
        20,
        "x-list-semantics.identity: unknown property of the item 'idd'; did you mean 'id'? available: id, colour, at",
    ),
    (
        "        identity: qqq\n",
        20,
        "x-list-semantics.identity: unknown property of the item 'qqq'; available: id, colour, at",
    ),
    ("        identity: [id]\n", 20, 'x-list-semantics.identity: ["id"] is not of type "string"'),
    (
        "        total: exakt\n",
        20,
        'x-list-semantics.total: "exakt" is not one of "exact", "estimate" or "none"',
    ),
    (
        "        filters:\n          color: colour\n",
        21,
        "x-list-semantics.filters.color: unknown query parameter 'color'; did you mean 'colour'? "
        "available: limit, colour, fresh",
    ),
    (
        "        filters:\n          colour: color\n",
        21,
        "x-list-semantics.filters.colour: unknown property of the item 'color'; did you mean 'colour'? "
        "available: id, colour, at",
    ),
    ("        filters:\n          colour: 5\n", 21, 'x-list-semantics.filters.colour: 5 is not of type "string"'),
    (
        "        after: cursor\n",
        20,
        "x-list-semantics.after: unknown query parameter 'cursor'; available: limit, colour, fresh",
    ),
    (
        "        items: meta\n",
        20,
        "x-list-semantics.items: unknown array of objects in the 200 answer 'meta'; available: data",
    ),
    (
        "        has_more: meta.hasmore\n",
        20,
        "x-list-semantics.has_more: unknown field of the 200 answer 'meta.hasmore'; did you mean 'meta.has_more'? "
        "available: data, meta, meta.has_more",
    ),
    (
        "        total_at: x\n",
        20,
        "x-list-semantics.total_at: unknown field of the 200 answer 'x'; available: data, meta, meta.has_more",
    ),
    ("        refresh: {scope: colour}\n", 20, 'x-list-semantics.refresh: "parameter" is a required property'),
    (
        "        refresh:\n          parameter: fresh\n          scop: colour\n",
        22,
        "x-list-semantics.refresh.scop: unknown key 'scop'; did you mean 'scope'? "
        "available: parameter, scope, moves, settles",
    ),
    (
        "        refresh:\n          parameter: frsh\n",
        21,
        "x-list-semantics.refresh.parameter: unknown query parameter 'frsh'; did you mean 'fresh'? "
        "available: limit, colour, fresh",
    ),
    (
        "        refresh:\n          parameter: colour\n",
        21,
        "x-list-semantics.refresh.parameter: 'colour' is not boolean",
    ),
    (
        "        refresh:\n          parameter: fresh\n          scope: limit\n",
        22,
        "x-list-semantics.refresh.scope: unknown filter 'limit'; available: colour",
    ),
    (
        "        filters: {}\n        refresh:\n          parameter: fresh\n          scope: limit\n",
        23,
        "x-list-semantics.refresh.scope: unknown filter 'limit'; available: none",
    ),
    (
        "        refresh:\n          parameter: fresh\n          moves:\n            - at\n            - art\n",
        24,
        "x-list-semantics.refresh.moves.1: unknown property of the item 'art'; did you mean 'at'? "
        "available: id, colour, at",
    ),
    (
        "        refresh:\n          parameter: fresh\n          moves: [id]\n",
        22,
        "x-list-semantics.refresh.moves.0: 'id' is not a date-time",
    ),
    (
        "        refresh:\n          parameter: fresh\n          settles:\n            from: id\n",
        22,
        'x-list-semantics.refresh.settles: "into" is a required property',
    ),
    (
        "        refresh:\n          parameter: fresh\n"
        "          settles:\n            from: id\n            into: idx\n",
        24,
        "x-list-semantics.refresh.settles.into: unknown property of the item 'idx'; did you mean 'id'? "
        "available: id, colour, at",
    ),
    (
        "        promises:\n          limit: always\n",
        21,
        "x-list-semantics.promises.limit: no field of the 200 answer is known to say 'limit'",
    ),
    (
        "        invariants:\n          decimals: [id, colr]\n",
        21,
        "x-list-semantics.invariants.decimals.1: unknown property of the item 'colr'; did you mean 'colour'? "
        "available: id, colour, at",
    ),
    (
        "        invariants:\n          sums:\n            idd: [id]\n",
        22,
        "x-list-semantics.invariants.sums.idd: unknown property of the item 'idd'; did you mean 'id'? "
        "available: id, colour, at",
    ),
    (
        "        invariants:\n          constant:\n            id:\n              - colour\n              - idd\n",
        24,
        "x-list-semantics.invariants.constant.id.1: unknown property of the item 'idd'; did you mean 'id'? "
        "available: id, colour, at",
    ),
]


@pytest.mark.parametrize(("block", "line", "problem"), FAULTS, ids=[f[2][17:50] for f in FAULTS])
def test_a_fault_in_a_block_is_reported_at_its_line(block: str, line: int, problem: str, tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(BEGIN + block, encoding="utf-8")
    with pytest.raises(ContractError) as caught:
        list_operations(load_contract(file))
    assert (caught.value.source, caught.value.line, caught.value.problem) == (str(file), line, problem)


def test_a_block_without_faults_in_the_same_place(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(BEGIN + "        {identity: id}\n", encoding="utf-8")
    assert [s.identity for s in list_operations(load_contract(file))] == ["id"]


def test_a_bare_array_has_no_name_to_declare() -> None:
    with pytest.raises(ContractError, match=r"unknown array of objects in the 200 answer 'x'; available: none$"):
        read({"limit": INTEGER}, rows(), **{BLOCK: {"items": "x"}})


# The block's JSON Schema -------------------------------------------------------------------------------------------


def keys_of(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, inner in schema.get("properties", {}).items():
        yield name, inner
        yield from keys_of(inner)


def test_the_schema_of_the_block_is_valid_and_closed() -> None:
    schema = block_schema()
    jsonschema_rs.meta.validate(schema)
    assert schema["additionalProperties"] is False
    assert schema["description"]
    objects = [s for _, s in keys_of(schema) if "properties" in s]
    assert objects
    assert all(s["additionalProperties"] is False for s in objects)
    block = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))["paths"]["/api/v1/wallets/balances"]["get"][BLOCK]
    assert jsonschema_rs.is_valid(schema, block)


def test_every_key_of_the_block_is_documented_and_read() -> None:
    keys = dict(keys_of(block_schema()))
    assert all(inner.get("description", "").endswith(".") for inner in keys.values())
    folder = Path(mockserver.semantics.__file__).parent
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in folder.glob("*.py")]
    words = {n.value for t in trees for n in ast.walk(t) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    assert set(keys) <= words


def test_what_is_published_is_what_is_there() -> None:
    assert all(hasattr(mockserver.semantics, name) for name in mockserver.semantics.__all__)
