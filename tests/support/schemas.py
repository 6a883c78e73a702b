"""Schemas: drawn by Hypothesis so that values for them exist, a list of single keywords, and generated values."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from mockserver.values.generate import generate

Json = dict[str, Any]


def fake(schema: Json, *path: str | int, seed: str = "s", **more: Any) -> Any:
    """Generate a value of a schema."""
    return generate(schema, seed=seed, path=path or ("test",), **more)


def many(schema: Json, count: int = 60) -> list[Any]:
    """Generate ``count`` values of a schema."""
    return [fake(schema, "many", i) for i in range(count)]


_number = st.integers(-1000, 1000)
_integers = st.builds(
    lambda low, wide, more: {"type": "integer", "minimum": low, "maximum": low + wide} | more,
    _number,
    st.integers(20, 500),
    st.sampled_from([{}, {"multipleOf": 3}, {"exclusiveMinimum": -2000}, {"format": "int32"}, {"multipleOf": 0.5}]),
)
_numbers = st.builds(
    lambda low, wide, more: {"type": "number", "minimum": low, "exclusiveMaximum": low + wide} | more,
    _number,
    st.sampled_from([0.001, 0.5, 2, 300]),
    st.just({}) | st.just({"x-note": 1}),
)
_strings = st.one_of(
    st.builds(
        lambda low, more: {"type": "string", "minLength": low, "maxLength": low + more}, *[st.integers(0, 30)] * 2
    ),
    st.sampled_from(["date-time", "date", "uuid", "email", "uri", "ipv4", "ipv6", "hostname", "byte", "odd"]).map(
        lambda f: {"type": "string", "format": f}
    ),
    st.sampled_from([r"^[A-Z]{3}$", r"^cus_[a-z0-9]{14}$", r"^(a|bc)+\d?x*$", r"\w{2,4}-[^aeiou]", r"^.{5}$"]).map(
        lambda p: {"type": "string", "pattern": p}
    ),
    st.lists(st.text(max_size=5), min_size=1, max_size=4, unique=True).map(lambda v: {"enum": v}),
    st.text(max_size=6).map(lambda v: {"const": v}),
    st.just({"type": "string", "examples": ["one", "two", 3]}),
)
_leaves = st.one_of(_integers, _numbers, _strings, st.just({"type": "boolean"}), st.just({"type": ["string", "null"]}))
NAMES = st.sampled_from(["name", "id", "email", "city", "count", "a b", "é"])


def _wider(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    objects = st.builds(
        lambda fields, cut, more: {"type": "object", "properties": fields, "required": sorted(fields)[:cut]} | more,
        st.dictionaries(NAMES, inner, max_size=4),
        st.integers(0, 4),
        st.sampled_from([{}, {"additionalProperties": {"not": {}}}, {"maxProperties": 4}]),
    )
    arrays = st.builds(
        lambda items, low, more: {"type": "array", "items": items, "minItems": low} | more,
        inner,
        st.integers(0, 3),
        st.sampled_from([{}, {"maxItems": 3}]),
    )
    return st.one_of(
        objects,
        arrays,
        st.lists(inner, min_size=1, max_size=3).map(lambda b: {"anyOf": b}),
        st.lists(objects, min_size=1, max_size=2).map(lambda b: {"allOf": b}),
        inner.map(lambda s: {"anyOf": [s, {"type": "null"}]}),
        inner.map(lambda s: {"oneOf": [s, {"type": "null"}], "not": {"const": 7.25}}),
    )


schemas = st.recursive(_leaves, _wider, max_leaves=6)
"""Schemas for which values exist."""

CHECKED: list[Json] = [
    {"if": {"type": "string"}, "then": {"minLength": 2}, "else": {"not": {"type": "null"}}},
    {"contains": {"type": "integer"}, "maxContains": 1, "minContains": 1},
    {"uniqueItems": True},
    {"prefixItems": [{"type": "string"}], "items": {"type": "integer"}},
    {"maxItems": 1},
    {"propertyNames": {"maxLength": 4}},
    {"patternProperties": {"^n": {"type": "string"}}, "additionalProperties": {"type": "integer"}},
    {"minProperties": 1, "maxProperties": 1},
    {"dependentRequired": {"name": ["id"]}},
    {"dependentSchemas": {"name": {"required": ["id"]}}},
    {"multipleOf": 0.5},
    {"exclusiveMinimum": 1, "exclusiveMaximum": 2.5},
    {"enum": [1, True, "a", None, {"id": 1}]},
    {"const": 0},
    {"oneOf": [{"type": "integer"}, {"minimum": 1}]},
    {"type": ["integer", "boolean"]},
    {"additionalProperties": {"type": "integer"}},
    {"pattern": "^a", "maxLength": 2, "minLength": 1},
    {"properties": {"id": {"type": "integer"}}, "required": ["id"]},
]
"""Schemas of one or a few keywords, for values of any type."""
