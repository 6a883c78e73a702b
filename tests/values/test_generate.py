"""Generated values fit their schema, by an independent validator, and depend on the seed and their path alone."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from jsonschema_rs import Draft202012Validator as RustValidator

from mockserver.errors import ContractError
from mockserver.values.conforms import conforms
from mockserver.values.generate import DEEP, generate
from mockserver.values.seeded import draw
from tests.support.schemas import CHECKED, Json, fake, many, schemas


def _conflict(schema: Json) -> bool:
    """Return whether an ``allOf`` names a property twice or forbids what it requires: it may have no value at all."""
    if "allOf" in schema:
        names = [n for b in schema["allOf"] for n in b["properties"]]
        closed = any("additionalProperties" in b or "maxProperties" in b for b in schema["allOf"])
        if len(names) != len(set(names)) or (closed and len(schema["allOf"]) > 1):
            return True
    if len(schema.get("required", ())) > schema.get("maxProperties", 9):
        return True
    inner = [*schema.get("properties", {}).values(), *schema.get("anyOf", ()), *schema.get("allOf", ())]
    inner += [*schema.get("oneOf", ()), *([schema["items"]] if "items" in schema else [])]
    nulls = "oneOf" in schema and conforms(None, schema["oneOf"][0])
    return nulls or any(_conflict(s) for s in inner)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(schemas, st.text(max_size=4))
def test_a_value_fits_its_schema_by_an_independent_validator(schema: Json, seed: str) -> None:
    assume(not _conflict(schema))
    value = fake(schema, "x", 3, seed=seed)
    assert RustValidator(schema).is_valid(value), (schema, value)
    assert value == fake(schema, "x", 3, seed=seed)


@pytest.mark.parametrize("schema", CHECKED, ids=str)
def test_every_keyword_is_met(schema: Json) -> None:
    for index in range(20):
        assert Draft202012Validator(schema).is_valid(fake(schema, index))


MERGED: list[Json] = [
    {"allOf": [{"type": "number", "minimum": 3, "multipleOf": 4}, {"type": "integer", "maximum": 60, "multipleOf": 6}]},
    {"allOf": [{"type": "number", "multipleOf": 0.5}, {"multipleOf": 0.75, "maximum": 30, "minimum": 0}]},
    {"allOf": [{"enum": ["a", "b"], "title": "One"}, {"enum": ["b", "c"], "title": "Two"}]},
    {"allOf": [{"type": ["string", "null"]}, {"type": "string", "minLength": 3}]},
    {"allOf": [{"items": {"type": "integer"}}, {"items": {"minimum": 5}, "minItems": 1}, {"uniqueItems": True}]},
    {"allOf": [{"properties": {"a": {"type": "integer"}}}, {"properties": {"a": {"minimum": 9}}, "required": ["a"]}]},
    {"properties": {"a": {}, "b": {}, "c": {}}, "maxProperties": 2, "required": ["c"]},
    {"additionalProperties": {"type": "integer"}, "minProperties": 1},
    {"type": "string", "pattern": "^(ab|ba|[^x])[^b]$"},
    {"type": "string", "pattern": "^[\\d_-]+(?:x|y){2,3}?[^\\s]\\W$"},
    {"type": "string", "minLength": 40, "maxLength": 41, "pattern": "^[a-z]+$"},
    {"type": "string", "minLength": 50, "maxLength": 51},
    {"type": "string", "format": "byte"},
    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.001},
    {"type": "integer", "exclusiveMinimum": -3, "exclusiveMaximum": -1},
    {"type": "integer", "maximum": -5},
    {"type": "integer", "minimum": 5, "exclusiveMinimum": -(10**6), "maximum": 7, "exclusiveMaximum": 10**6},
    {"anyOf": [{"type": "integer", "minimum": 3, "maximum": 2}, {"type": "string"}]},
]


@pytest.mark.parametrize("schema", MERGED, ids=str)
def test_combined_keywords_are_met(schema: Json) -> None:
    for index in range(20):
        assert RustValidator(schema).is_valid(fake(schema, index))


CONSTRUCTED: list[Json] = [
    {"type": "object", "minProperties": 1, "additionalProperties": False, "patternProperties": {"^x-[a-z]+$": {}}},
    {
        "type": "object",
        "minProperties": 2,
        "propertyNames": {"enum": ["en", "de", "fr"]},
        "additionalProperties": {"type": "string"},
    },
    {
        "type": "object",
        "properties": {"a-1": {"minimum": 5}},
        "patternProperties": {"^a": {"type": "integer", "maximum": 9}},
        "required": ["a-1", "a-2"],
    },
    {
        "oneOf": [
            {"type": "object", "properties": {"last_four": {"type": "string", "example": "1234"}}},
            {"type": "object", "properties": {"email": {"type": "string"}}},
            {"type": "object", "properties": {"email": {"type": "string"}, "iban": {"type": "integer"}}},
        ]
    },
]


@pytest.mark.parametrize("schema", CONSTRUCTED, ids=str)
def test_what_is_seldom_hit_by_chance_is_constructed(schema: Json) -> None:
    for index in range(50):
        assert Draft202012Validator(schema).is_valid(fake(schema, index))


def test_an_optional_property_without_any_value_is_left_out() -> None:
    impossible = {"type": "string", "minLength": 3, "pattern": "^[a-z]((?!..)[a-z])+$"}
    holder = {"type": "object", "properties": {"label": impossible}, "required": ["label"]}
    schema = {"type": "object", "properties": {"a": impossible, "b": holder, "c": {"type": "integer"}}}
    assert {tuple(fake(schema, index)) for index in range(20)} <= {("c",), ()}
    with pytest.raises(ContractError, match="no value fits"):
        fake(schema | {"required": ["b"]}, 0)


def test_values_from_the_contract_are_copied() -> None:
    schema: Json = {"enum": [{"a": []}]}
    fake(schema)["a"].append("changed")
    assert schema == {"enum": [{"a": []}]}


# Keywords ---------------------------------------------------------------------------------------------------------


def test_nullable_values_are_sometimes_null_and_optional_properties_usually_present() -> None:
    values = many({"type": ["integer", "null"]}, 400)
    assert 20 < values.count(None) < 100
    objects = many({"type": "object", "properties": {"a": {"type": "integer"}, "b": {}}, "required": ["b"]}, 400)
    assert all("b" in o for o in objects)
    assert 300 < sum("a" in o for o in objects) < 400


def test_write_only_properties_are_absent() -> None:
    schema = {"type": "object", "properties": {"password": {"type": "string", "writeOnly": True}, "a": {"const": 1}}}
    assert all("password" not in o for o in many(schema))


def test_plain_strings_are_examples() -> None:
    assert set(many({"type": "string", "examples": ["EUR", "USD", 7]})) == {"EUR", "USD"}
    assert set(many({"type": "string", "example": "cus_1"})) == {"cus_1"}
    assert set(many({"type": "string", "maxLength": 3, "default": "too long"})) != {"too long"}
    numbers = many({"type": "integer", "minimum": 0, "maximum": 10**6, "default": 42})
    assert 10 < numbers.count(42) < 50


def test_a_schema_that_contains_itself_gives_a_finite_value() -> None:
    tree: Json = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
    tree["properties"]["children"] = {"type": "array", "items": tree}
    tree["properties"]["parent"] = {"anyOf": [tree, {"type": "null"}]}

    def depth(node: Any) -> int:
        inner = node if isinstance(node, list) else node.values() if isinstance(node, dict) else ()
        return 1 + max((depth(i) for i in inner), default=0)

    assert all(1 < depth(v) <= DEEP + 3 for v in many(tree))


@pytest.mark.parametrize(
    "schema",
    [
        {"not": {}},
        {"type": "integer", "minimum": 3, "maximum": 2},
        {"type": "array", "minItems": 2, "maxItems": 1},
        {"type": "array", "minItems": 3, "uniqueItems": True, "items": {"type": "boolean"}},
        {"type": "string", "pattern": "^(?=b)a$"},
        {"type": "string", "pattern": "("},
        {"type": "string", "pattern": "[^ -~]"},
        {"type": "string", "pattern": r"^(a)\1$"},
        {"type": "string", "enum": [1]},
        {"const": 1, "enum": [2]},
        {"allOf": [{"type": "string"}, {"type": "integer"}]},
    ],
    ids=str,
)
def test_an_unsatisfiable_schema_is_reported_with_its_path(schema: Json) -> None:
    with pytest.raises(ContractError, match="here/9: no value fits this schema"):
        fake(schema, "here", 9)
    with pytest.raises(ContractError):
        fake({"type": "object", "required": ["a"], "properties": {"a": schema}})


def test_the_number_of_attempts_is_bounded_in_nested_schemas() -> None:
    schema: Json = {"not": {}}
    for _ in range(6):
        schema = {"type": "array", "items": schema, "minItems": 1, "maxItems": 1}
    with pytest.raises(ContractError):
        fake(schema)


def test_deep_values_take_the_simplest_branch() -> None:
    knot: Json = {"type": "object", "required": ["next"], "properties": {}}
    knot["properties"]["next"] = {"anyOf": [knot, {"type": "string"}]}
    assert all(Draft202012Validator({"type": "object", "required": ["next"]}).is_valid(v) for v in many(knot))


def test_a_schema_that_requires_itself_is_refused_soon() -> None:
    endless: Json = {"type": "object", "required": ["a", "b"], "minProperties": 2}
    endless["properties"] = {"a": endless, "b": {"allOf": [endless]}}
    with pytest.raises(ContractError, match="without end"):
        fake(endless)
    loop: Json = {}
    loop["allOf"] = [loop]
    with pytest.raises(ContractError, match="without end"):
        fake(loop)


# Purity -----------------------------------------------------------------------------------------------------------

PERSON: Json = {
    "type": "object",
    "required": ["id", "name", "tags"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "name": {"type": "string"},
        "mood": {"enum": ["good", "bad", "odd"]},
        "code": {"type": "string", "pattern": "^[^a-y]{6}$"},
        "tags": {"type": "array", "items": {"type": "string"}, "uniqueItems": True, "minItems": 2},
    },
}


def test_bounds_beyond_the_largest_floating_point_number_are_refused() -> None:
    with pytest.raises(ContractError, match="larger than every floating-point number"):
        many({"type": "number", "minimum": 10**400}, 10)


def test_a_property_does_not_depend_on_the_others() -> None:
    whole = fake(PERSON, "people", 1)
    for name in PERSON["properties"]:
        rest = {n: s for n, s in PERSON["properties"].items() if n != name}
        less = fake(
            {**PERSON, "properties": rest, "required": [n for n in PERSON["required"] if n != name]}, "people", 1
        )
        assert less == {n: v for n, v in whole.items() if n != name}


def test_values_are_the_same_in_a_new_process_whatever_its_hash_seed() -> None:
    code = (
        "from tests.values.test_generate import PERSON, draw, generate;"
        "print([generate(PERSON, seed='s', path=('p', i)) for i in reversed(range(5))][::-1], draw('s', 1))"
    )
    here = [generate(PERSON, seed="s", path=("p", i)) for i in range(5)]
    for hash_seed in ("1", "2"):
        run = subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": hash_seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert run.stdout.strip() == f"{here} {draw('s', 1)}"
