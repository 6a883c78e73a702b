"""How parameters are written: style, explode, content."""

from __future__ import annotations

import pytest

from mockserver.contract import MediaType, Parameter
from tests.contract.conftest import Read


def parameter(read: Read, row: str) -> Parameter:
    """One parameter, written in flow style."""
    responses = "responses: {default: {description: d}}"
    (operation,) = read(
        f"openapi: 3.1.0\npaths: {{/a: {{get: {{parameters: [{{name: p, {row}}}], {responses}}}}}}}\n"
    ).operations
    return operation.parameters[0]


@pytest.mark.parametrize(
    ("row", "style", "explode"),
    [
        ("in: query", "form", True),
        ("in: cookie", "form", True),
        ("in: path, required: true", "simple", False),
        ("in: header", "simple", False),
        ("in: query, style: form", "form", True),
        ("in: query, explode: false", "form", False),
        ("in: query, style: spaceDelimited", "spaceDelimited", False),
        ("in: query, style: pipeDelimited, explode: true", "pipeDelimited", True),
        ("in: query, style: deepObject", "deepObject", False),
        ("in: path, style: label", "label", False),
        ("in: path, style: matrix, explode: true", "matrix", True),
        ("in: header, explode: true", "simple", True),
    ],
)
def test_style_and_explode_have_the_defaults_of_openapi(read: Read, row: str, style: str, explode: bool) -> None:
    found = parameter(read, row)
    assert (found.style, found.explode) == (style, explode)


def test_a_parameter_made_by_hand_has_the_defaults_of_its_location() -> None:
    assert [Parameter("p", where, {}).style for where in ("query", "path", "header", "cookie")] == [
        "form",
        "simple",
        "simple",
        "form",
    ]


def test_the_schema_of_the_content_is_that_of_the_parameter(read: Read) -> None:
    found = parameter(read, "in: query, content: {application/json: {schema: {type: object}, example: {a: 1}}}")
    assert found.content == {"application/json": MediaType({"type": "object"}, {"example": {"a": 1}})}
    assert found.schema == {"type": "object"}
    assert parameter(read, "in: query, schema: {type: integer}").content == {}
    assert parameter(read, "in: query, content: {text/plain: }").schema == {}


def test_the_rest_of_a_parameter(read: Read) -> None:
    found = parameter(
        read, "in: query, allowEmptyValue: true, allowReserved: true, example: 1, examples: {b: {value: 2}}"
    )
    assert (found.allow_empty_value, found.allow_reserved, found.examples) == (True, True, {"example": 1, "b": 2})
    plain = parameter(read, "in: query")
    assert (plain.allow_empty_value, plain.allow_reserved, plain.examples) == (False, False, {})
