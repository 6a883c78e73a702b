"""`conforms` against an independent validator."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from mockserver.values.conforms import conforms
from tests.support.schemas import CHECKED, NAMES, Json, schemas

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-50, 50) | st.sampled_from([0.5, 1.0, 2.5]) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=300, deadline=None)
@given(JSON_VALUES, st.sampled_from(CHECKED) | schemas)
def test_conforms_agrees_with_an_independent_validator(value: Any, schema: Json) -> None:
    assert conforms(value, schema) == Draft202012Validator(schema).is_valid(value)
