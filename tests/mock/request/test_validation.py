"""All faults have the names and messages of pydantic, which is compared where it agrees with the specification."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import Field, TypeAdapter, ValidationError

from mockserver.contract import Operation, Parameter
from mockserver.mock.request.validation import Parsed, validate

NULLABLE_UUID = {"type": ["string", "null"], "format": "uuid"}
LIMIT = {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}
PARAMETERS = {
    "wallet": NULLABLE_UUID,
    "id": {"type": "string", "format": "uuid"},
    "limit": LIMIT,
    "flag": {"type": "boolean", "default": False},
    "skip": {"type": ["integer", "null"], "minimum": 0, "maximum": 2**63 - 1},
    "name": {"type": "string"},
    "note": {"type": ["string", "null"], "minLength": 2, "maxLength": 4, "pattern": "^[a-z]+$"},
    "ratio": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 10, "multipleOf": 0.5},
    "kind": {"enum": ["a", "b", None], "type": ["string", "null"]},
    "level": {"enum": [1, 2, 3], "type": "integer"},
    "only": {"const": "this", "type": "string"},
    "since": {"type": "string", "format": "date-time"},
    "day": {"type": "string", "format": "date"},
    "tags": {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 3},
    "either": {"anyOf": [{"type": "integer"}, {"type": "string", "format": "uuid"}, {"type": "null"}]},
    "all": {"allOf": [{"type": "integer"}, {"minimum": 5}]},
    "any": {},
}


def operation(schemas: dict[str, Any] = PARAMETERS, **more: Any) -> Operation:
    parameters = tuple(Parameter(name, "query", schema) for name, schema in schemas.items())
    return Operation("op", "GET", "/", (*parameters, *more.get("parameters", ())), {})


def read(*query: tuple[str, str], **options: Any) -> Parsed:
    return validate(operation(), query=query, **options)


def faults(*query: tuple[str, str]) -> list[tuple[Any, ...]]:
    return [(v.loc[1], v.type, v.msg, dict(v.ctx)) for v in read(*query).violations]


def pydantic_says(kind: Any, value: Any) -> tuple[str, str, dict[str, Any]]:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(value)
    error = caught.value.errors(include_url=False)[0]
    return error["type"], error["msg"], dict(error.get("ctx", {}))


Limit = Annotated[int, Field(ge=1, le=200)]


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("limit", "abc", int),
        ("limit", "", int),
        ("limit", "1.5", int),
        ("limit", "٣", int),
        ("limit", "1e3", int),
        ("limit", "9" * 5000, int),
        ("limit", "0", Limit),
        ("limit", "-5", Limit),
        ("limit", "201", Limit),
        ("skip", str(2**63), Annotated[int, Field(le=2**63 - 1)]),
        ("skip", "-1", Annotated[int, Field(ge=0)]),
        ("flag", "x", bool),
        ("flag", "", bool),
        ("id", "abc", UUID),
        ("id", "", UUID),
        ("id", "zc90c3cc-0d44-4b50-8888-8dd25736052a", UUID),
        ("id", "3c90c3cc-0d44-4b50-8888-8dd25736052", UUID),
        ("wallet", "x", UUID),
        ("note", "a", Annotated[str, Field(min_length=2)]),
        ("note", "abcde", Annotated[str, Field(max_length=4)]),
        ("note", "ABC", Annotated[str, Field(pattern="^[a-z]+$")]),
        ("name", "", Annotated[str, Field(min_length=1)]),
        ("ratio", "x", float),
        ("ratio", "1e999", Annotated[float, Field(allow_inf_nan=False)]),
        ("only", "that", Literal["this"]),
    ],
)
def test_a_fault_has_pydantics_name_and_message(name: str, text: str, kind: Any) -> None:
    assert faults((name, text)) == [
        (name, *pydantic_says(kind, text if kind is not Annotated[float, Field(allow_inf_nan=False)] else float("inf")))
    ]


@pytest.mark.parametrize(
    ("name", "text", "kind", "msg", "ctx"),
    [
        ("ratio", "0", "greater_than", "Input should be greater than 0", {"gt": 0}),
        ("ratio", "10", "less_than", "Input should be less than 10", {"lt": 10}),
        ("ratio", "0.7", "multiple_of", "Input should be a multiple of 0.5", {"multiple_of": 0.5}),
        ("kind", "c", "enum", "Input should be 'a' or 'b'", {"expected": "'a' or 'b'"}),
        ("level", "4", "enum", "Input should be 1, 2 or 3", {"expected": "1, 2 or 3"}),
        ("all", "4", "greater_than_equal", "Input should be greater than or equal to 5", {"ge": 5}),
        ("name", "\udcff", "string_unicode", None, {}),
    ],
)
def test_other_faults(name: str, text: str, kind: str, msg: str | None, ctx: dict[str, Any]) -> None:
    ((_, found, message, bounds),) = faults((name, text))
    assert (found, bounds) == (kind, ctx)
    assert msg is None or message == msg


@pytest.mark.parametrize(
    "text", ["1.0", "+5", " 5", "5 ", "1_0", "\u0665", "0x5", "05", "-0", "5.", "1e1", "\x005", "\uff15", "1\u0665"]
)
def test_an_integer_has_one_spelling(text: str) -> None:
    assert [f[1] for f in faults(("limit", text))] == ["int_parsing"]


@pytest.mark.parametrize("text", ["TRUE", "True", "1", "0", "yes", "on", "t", " true", "null"])
def test_a_boolean_is_true_or_false(text: str) -> None:
    assert [f[1] for f in faults(("flag", text))] == ["bool_parsing"]
    assert read(("flag", "true")).value("flag") is True
    assert read(("flag", "false")).value("flag") is False


WALLET = "3c90c3cc-0d44-4b50-8888-8dd25736052a"


@pytest.mark.parametrize(
    "text",
    [
        WALLET.replace("-", ""),
        "{" + WALLET + "}",
        "urn:uuid:" + WALLET,
        WALLET + "0",
        WALLET[:-1],
        " " + WALLET,
        "-----",
    ],
)
def test_a_uuid_has_hyphens(text: str) -> None:
    assert [f[1] for f in faults(("wallet", text))] == ["uuid_parsing"]


def test_a_uuid_is_compared_by_value() -> None:
    assert read(("wallet", WALLET.upper())).value("wallet") == WALLET


@pytest.mark.parametrize("text", ["2025-01-15T12:00:00Z", "2025-01-15t12:00:00.123z", "2025-01-15T12:00:00+02:00"])
def test_a_date_time_is_rfc_3339(text: str) -> None:
    assert read(("since", text)).value("since") == text


@pytest.mark.parametrize(
    "text", ["2025-01-15", "2025-01-15T12:00:00", "2025-13-01T00:00:00Z", "2025-01-15T12:00:00 00:00", "x"]
)
def test_other_texts_are_not_date_times(text: str) -> None:
    assert [f[1] for f in faults(("since", text))] == ["datetime_from_date_parsing"]


def test_a_date_must_exist() -> None:
    assert read(("day", "2024-02-29")).value("day") == "2024-02-29"
    for text in ("2025-02-29", "20250101", "2025-1-1", ""):
        assert [f[1] for f in faults(("day", text))] == ["date_from_datetime_parsing"]


def test_an_empty_value_of_a_nullable_parameter_is_absent() -> None:
    parsed = read(("wallet", ""), ("skip", ""), ("note", ""), ("kind", ""))
    assert parsed.violations == ()
    assert parsed.given == {}


def test_an_empty_value_of_another_parameter_is_a_fault() -> None:
    found = faults(*((name, "") for name in ("limit", "flag", "id", "name", "ratio", "since", "level", "all")))
    assert [f[0] for f in found] == ["id", "limit", "flag", "name", "ratio", "level", "since", "all"]


def test_a_repeated_parameter_is_a_fault_even_with_equal_values() -> None:
    (violation,) = read(("limit", "5"), ("flag", "true"), ("limit", "5")).violations
    kind, msg, ctx = pydantic_says(Annotated[list[str], Field(max_length=1)], ["5", "5"])
    assert (violation.loc, violation.type, violation.msg, violation.ctx) == (("query", "limit"), kind, msg, ctx)
    assert violation.input == ["5", "5"]


def test_a_list_is_a_repeated_parameter() -> None:
    assert read(("tags", "1"), ("tags", "2")).value("tags") == [1, 2]
    assert faults(("tags", "1"))[0][1:] == pydantic_says(Annotated[list[str], Field(min_length=2)], ["1"])
    assert faults(*[("tags", "1")] * 4)[0][1:] == pydantic_says(Annotated[list[str], Field(max_length=3)], ["1"] * 4)
    (fault,) = read(("tags", "1"), ("tags", "x")).violations
    assert (fault.loc, fault.type) == (("query", "tags", 1), "int_parsing")


def test_an_empty_value_of_a_nullable_list_is_absent() -> None:
    nullable = operation({"tags": {"type": ["array", "null"], "items": {"type": "integer"}}})
    assert validate(nullable, query=[("tags", "")]) == validate(nullable)
    assert validate(operation({"nothing": {"anyOf": [{"type": "null"}]}}), query=[("nothing", "x")]).violations == ()


def test_one_of_several_types_is_enough() -> None:
    assert read(("either", "5")).value("either") == 5
    assert read(("either", WALLET)).value("either") == WALLET
    assert [f[1] for f in faults(("either", "x"))] == ["int_parsing"]
    assert read(("either", "")).violations == ()


def test_all_faults_are_reported_in_the_order_of_the_contract() -> None:
    found = faults(("limit", "0"), ("flag", "maybe"), ("wallet", "x"), ("skip", "-1"), ("skip", "-1"))
    assert [f[:2] for f in found] == [
        ("wallet", "uuid_parsing"),
        ("limit", "greater_than_equal"),
        ("flag", "bool_parsing"),
        ("skip", "too_long"),
    ]


def test_missing_required_parameters_are_faults_in_every_location() -> None:
    required = [
        Parameter(n, where, {"type": "string"}, required=True)
        for n, where in (("q", "query"), ("X-H", "header"), ("c", "cookie"))
    ]
    op = operation({}, parameters=required)
    assert [(v.loc, v.type, v.msg, v.input) for v in validate(op).violations] == [
        (("query", "q"), "missing", "Field required", None),
        (("header", "X-H"), "missing", "Field required", None),
        (("cookie", "c"), "missing", "Field required", None),
    ]
    good = validate(op, query=[("q", "1")], headers=[("x-h", "2"), ("Cookie", "a=b; c=3")])
    assert good.violations == ()
    assert (good.value("X-H", "header"), good.value("c", "cookie")) == ("2", "3")


def test_headers_that_openapi_excludes_are_ignored() -> None:
    ignored = [
        Parameter(n, "header", {"type": "integer"}, required=True) for n in ("Accept", "Content-Type", "Authorization")
    ]
    assert validate(operation({}, parameters=ignored)).violations == ()


def test_path_parameters_are_validated() -> None:
    op = operation({}, parameters=[Parameter("n", "path", {"type": "integer"}, required=True)])
    assert validate(op, path={"n": "5"}).value("n", "path") == 5
    assert [v.loc for v in validate(op, path={"n": "x"}).violations] == [("path", "n")]


def test_a_default_is_used_if_nothing_was_sent() -> None:
    parsed = read()
    assert (parsed.value("limit"), parsed.value("flag"), parsed.value("skip")) == (50, False, None)
    assert parsed.given == {}


def test_unknown_names_are_listed_once() -> None:
    assert read(("limt", "5"), ("limit", "5"), ("x", ""), ("limt", "6")).unknown == ("limt", "x")


def test_clamping_moves_a_number_into_its_range() -> None:
    for text, value in (("0", 1), ("-7", 1), ("7", 7), ("201", 200), ("9" * 4000, 200)):
        assert read(("limit", text), clamp="limit").value("limit") == value
    assert [v.type for v in read(("limit", "x"), clamp="limit").violations] == ["int_parsing"]


def test_a_detail_has_the_documented_fields() -> None:
    assert read(("limit", "201")).violations[0].detail() == {
        "loc": ["query", "limit"],
        "msg": "Input should be less than or equal to 200",
        "type": "less_than_equal",
        "input": "201",
        "ctx": {"le": 200},
    }
    assert "ctx" not in read(("limit", "x")).violations[0].detail()


def test_a_detail_is_short_and_valid_unicode() -> None:
    for text in ("x" * 100_000, "\udcff" * 1000, "\x00" * 9):
        detail = read(("limit", text)).violations[0].detail()
        assert len(json.dumps(detail, ensure_ascii=False).encode()) < 2000
    assert len(read(*[("limit", "1")] * 500).violations[0].detail()["input"]) <= 10


def test_patterns_take_bounded_time() -> None:
    slow = operation({"p": {"type": "string", "pattern": "^(a+)+$"}})
    assert [v.type for v in validate(slow, query=[("p", "a" * 5000 + "!")]).violations] == ["string_pattern_mismatch"]
    invalid = operation({"p": {"type": "string", "pattern": "("}})
    assert validate(invalid, query=[("p", "x")]).violations == ()


ANY_TEXT = st.text() | st.sampled_from(["", "1", "-1", "true", "1e5", WALLET, "2025-01-15T12:00:00Z", "9" * 6000])


@given(st.lists(st.tuples(st.sampled_from([*PARAMETERS, "x"]), ANY_TEXT)), st.sampled_from([None, "limit"]))
@example([("ratio", "9" * 4301), ("ratio", "-" + "9" * 4300)], None)
@example([("ratio", "1e400")], None)
def test_nothing_raises_and_each_name_is_a_value_a_fault_or_absent(
    query: list[tuple[str, str]], clamp: str | None
) -> None:
    parsed = read(*query, clamp=clamp)
    faulty = {v.loc[1] for v in parsed.violations}
    assert faulty.isdisjoint(name for _, name in parsed.given)
    assert faulty <= {name for name, _ in query}
    json.dumps([v.detail() for v in parsed.violations]).encode()
