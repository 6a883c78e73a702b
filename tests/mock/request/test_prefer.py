"""``Prefer``: read as RFC 7240 says, with the preferences of Prism; faults list what is available."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mockserver.contract import Operation, Response, parse_contract
from mockserver.mock.request.prefer import Choice, Preferences, applied, choose, read_preferences

# Reading ------------------------------------------------------------------------------------------------------------


def read(header: str | None) -> dict[str, Any]:
    """Return the preferences that a header has."""
    found = read_preferences(header)
    assert found.text == (header or "")
    values = {name: getattr(found, name) for name in ("code", "example", "dynamic", "wait", "faults")}
    return {name: value for name, value in values.items() if value not in (None, ())}


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, {}),
        ("", {}),
        (" , ,", {}),
        ("code=422", {"code": "422"}),
        ("CODE = 422", {"code": "422"}),
        ('code="422"', {"code": "422"}),
        (
            "code=422, example=limit, dynamic=true, wait=2",
            {"code": "422", "example": "limit", "dynamic": True, "wait": 2},
        ),
        ("code=422,example=limit", {"code": "422", "example": "limit"}),
        ("code=200, code=404, Code=500", {"code": "200"}),
        ("code=200; example=cat", {"code": "200"}),
        ('code=200; x="a, wait=3"; y, wait=1', {"code": "200", "wait": 1}),
        ('example="a, b; c"', {"example": "a, b; c"}),
        (r'example="say \"hi\" \\ now"', {"example": r'say "hi" \ now'}),
        ("example=a fluffy cat", {"example": "a fluffy cat"}),
        ("example=a=b", {"example": "a=b"}),
        ("example=größe".encode().decode("latin-1"), {"example": "größe"}),
        ("example=größe", {"example": "größe"}),
        ("dynamic", {"dynamic": True}),
        ('dynamic=""', {"dynamic": True}),
        ("dynamic=False", {"dynamic": False}),
        ("wait=0", {"wait": 0.0}),
        ("wait=1.5", {"wait": 1.5}),
        ("wait=61", {"wait": 60.0}),
        (f"wait={'9' * 4000}", {"wait": 60.0}),
        ("return=minimal, respond-async, handling=lenient, x y, =1, code=404", {"code": "404"}),
        ('x="a, b", code=404', {"code": "404"}),
    ],
)
def test_preferences_are_read(header: str | None, expected: dict[str, Any]) -> None:
    assert read(header) == expected


@pytest.mark.parametrize(
    ("header", "fault"),
    [
        ("code=42", "got 'code=42', expected a status from 200 to 599, as in code=422"),
        ("code", "got 'code=', expected a status from 200 to 599, as in code=422"),
        (
            "code=4\u0662\u0662",
            "got 'code=4\u0662\u0662', expected a status from 200 to 599, as in code=422",
        ),
        ("code=101", "got 'code=101', expected a status from 200 to 599, as in code=422"),
        ("code=600", "got 'code=600', expected a status from 200 to 599, as in code=422"),
        ("code=4xx", "got 'code=4xx', expected a status from 200 to 599, as in code=422"),
        (
            "example",
            "got 'example=', expected the name of an example, as in example=NAME or example=\"A NAME\"",
        ),
        ("dynamic=1", "got 'dynamic=1', expected true or false"),
        ("wait", "got 'wait=', expected seconds from 0 to 60, as in wait=1.5"),
        ("wait=-1", "got 'wait=-1', expected seconds from 0 to 60, as in wait=1.5"),
        ("wait=nan", "got 'wait=nan', expected seconds from 0 to 60, as in wait=1.5"),
        ("wait=1e3", "got 'wait=1e3', expected seconds from 0 to 60, as in wait=1.5"),
        ('example="cat', "got 'example=\"cat', expected a closing quote"),
        ('x="a, code=422', "got 'x=\"a, code=422', expected a closing quote"),
        ('example="cat\\', "got 'example=\"cat\\', expected a closing quote"),
    ],
)
def test_a_malformed_preference_is_a_fault(header: str, fault: str) -> None:
    assert read(header) == {"faults": (fault,)}


def test_all_faults_are_reported_and_other_preferences_read() -> None:
    found = read_preferences("code=1, wait=x, example=cat")
    assert [fault.split("'")[1] for fault in found.faults] == ["code=1", "wait=x"]
    assert found.example == "cat"


def test_a_long_value_is_shortened_in_the_fault() -> None:
    (fault,) = read_preferences(f"code={'1' * 5000}").faults
    assert len(fault) < 400


def test_which_preferences_change_the_answer() -> None:
    assert [read_preferences(h).changes_answer for h in ("code=200", "example=a", "dynamic=false")] == [True] * 3
    assert [read_preferences(h).changes_answer for h in ("wait=1", "return=minimal", None)] == [False] * 3


SPACES = st.sampled_from(["", " ", "\t", "  "])


def quoted(text: str) -> str:
    return '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'


@st.composite
def headers(draw: st.DrawFn) -> tuple[str, dict[str, str]]:
    """Draw a header of RFC 7240's grammar, and the first value of each name in it."""
    text = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=8)
    token = st.text("abcXYZ019-_.!", min_size=1, max_size=6)
    rows = draw(st.lists(st.tuples(st.sampled_from(["example", "Example", "return", "x"]), text | token), max_size=5))
    members, first = [], {}
    for name, value in rows:
        first.setdefault(name.lower(), value)
        word = value if re.fullmatch(r"[abcXYZ019\-_.!]+", value) and draw(st.booleans()) else quoted(value)
        more = draw(st.sampled_from(["", ";", "; a", ';a="b,;\\"c"', " ; a = 1 ; b"]))
        members.append(f"{draw(SPACES)}{name}{draw(SPACES)}={draw(SPACES)}{word}{more}{draw(SPACES)}")
    return draw(st.sampled_from([",", ", ", ",,"])).join(members), first


@given(headers())
def test_every_header_of_the_grammar_is_read(drawn: tuple[str, dict[str, str]]) -> None:
    header, first = drawn
    assert read(header) == ({"example": first["example"]} if "example" in first else {})


@given(st.text(max_size=80))
@example('"' * 3000)
@example('a="' + "\\" * 3001)
@example(" " * 20000 + "x")
def test_any_header_is_read(header: str) -> None:
    assert isinstance(read_preferences(header), Preferences)


# Choosing -----------------------------------------------------------------------------------------------------------

OBJECT = {"type": "object"}


def body(**examples: Any) -> dict[str, Any]:
    media: dict[str, Any] = {"schema": OBJECT}
    if examples:
        media["examples"] = {name: {"value": value} for name, value in examples.items()}
    return {"description": "d", "content": {"application/json": media}}


def operation(**responses: Any) -> Operation:
    """Return an operation with these responses; their codes are written as names (``_200``)."""
    rows = {code.lstrip("_"): row for code, row in responses.items()}
    paths = {"/a": {"get": {"operationId": "op", "responses": rows}}}
    return parse_contract({"openapi": "3.1.0", "paths": paths}, "c.yaml").operations[0]


FULL = {
    "_404": body(),
    "_200": body(cat={"n": 1}, dog={"n": 2}),
    "_201": body(),
    "_422": body(limit=[1], cursor=None),
    "_5XX": body(oops="x"),
    "_204": {"description": "d", "content": {"application/json": {"schema": OBJECT, "example": 1}}},
}


def choice(header: str, **responses: Any) -> Choice:
    found = choose(operation(**(responses or FULL)), read_preferences(header))
    assert isinstance(found, Choice), found
    return found


def fault(header: str, **responses: Any) -> str:
    found = choose(operation(**(responses or FULL)), read_preferences(header))
    assert isinstance(found, tuple)
    (violation,) = found
    assert (violation.loc, violation.type, violation.input) == (("header", "Prefer"), "value_error", header)
    assert violation.msg == f"Value error, {violation.ctx['error']}"
    return str(violation.ctx["error"])


@pytest.mark.parametrize(
    ("header", "status", "documented", "name", "value", "is_usual", "report"),
    [
        ("", 200, "200", "cat", {"n": 1}, True, ""),
        ("code=200", 200, "200", "cat", {"n": 1}, True, "code=200"),
        ("code=201", 201, "201", None, None, False, "code=201"),
        ("code=422", 422, "422", "limit", [1], False, "code=422"),
        ("code=422, example=cursor", 422, "422", "cursor", None, False, "code=422, example=cursor"),
        ("code=503", 503, "5XX", "oops", "x", False, "code=503"),
        ("example=dog", 200, "200", "dog", {"n": 2}, False, "example=dog"),
        ("example=dog, dynamic=true", 200, "200", "dog", {"n": 2}, False, "example=dog"),
        ("example=dog, dynamic=false", 200, "200", "dog", {"n": 2}, False, "example=dog, dynamic=false"),
        ("dynamic=true", 200, "200", None, None, True, "dynamic=true"),
        ("dynamic=false", 200, "200", "cat", {"n": 1}, False, "dynamic=false"),
        ("dynamic=true, code=422", 422, "422", None, None, False, "code=422, dynamic=true"),
        ("dynamic=false, code=201", 201, "201", None, None, False, "code=201"),
        ("dynamic=true, code=404", 404, "404", None, None, False, "code=404, dynamic=true"),
        ("wait=2.5", 200, "200", "cat", {"n": 1}, True, "wait=2.5"),
        ("wait=90, code=404", 404, "404", None, None, False, "code=404, wait=60"),
        ("code=204", 204, "204", None, None, False, "code=204"),
        ("return=minimal", 200, "200", "cat", {"n": 1}, True, ""),
    ],
)
def test_the_preferred_answer_is_chosen(
    header: str, status: int, documented: str, name: str | None, value: Any, is_usual: bool, report: str
) -> None:
    found = choice(header)
    assert found.response is not None
    assert (found.status, found.response.status, found.example, found.value) == (status, documented, name, value)
    assert found.is_usual is is_usual
    assert applied(read_preferences(header), found) == report


def test_default_documents_any_status() -> None:
    found = choice("code=418", _200=body(), default=body(tea=1))
    assert (found.status, found.example, found.value) == (418, "tea", 1)
    assert found.response is not None and found.response.status == "default"


def test_an_answer_without_a_body_stays_without() -> None:
    plain: dict[str, Any] = {"description": "d"}
    assert choice("code=401, dynamic=true", _200=body(), _401=plain).applied.dynamic is None
    assert choice("code=204").response == Response("204", "d")


def test_an_operation_without_a_good_answer() -> None:
    found = choice("wait=1", _404=body())
    assert (found.status, found.response, found.example, found.value) == (200, None, None, None)
    assert choice("code=404", _404=body()).status == 404


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("code=418", "got 'code=418', which op does not document; available: 404, 200, 201, 422, 5XX, 204"),
        ("example=cow", "got 'example=cow', which the answer 200 does not have; available: cat, dog"),
        (
            "code=422, example=dog",
            "got 'example=dog', which the answer 422 does not have; available: limit, cursor; "
            "the answer 200 has it: add code=200",
        ),
        (
            "example=oops",
            "got 'example=oops', which the answer 200 does not have; available: cat, dog; "
            "the answer 5XX has it: add code=500",
        ),
        ("code=201, example=cow", "got 'example=cow', which the answer 201 does not have; available: none"),
        ("code=204, example=cow", "got 'example=cow', which the answer 204 does not have; available: none"),
        ("code=20", "got 'code=20', expected a status from 200 to 599, as in code=422"),
    ],
)
def test_a_preference_that_cannot_be_met_is_a_fault_that_lists_what_is_available(header: str, expected: str) -> None:
    assert fault(header) == expected


def test_an_example_of_default_is_not_suggested() -> None:
    expected = "got 'example=tea', which the answer 200 does not have; available: none"
    assert fault("example=tea", _200=body(), default=body(tea=1)) == expected


def test_an_undocumented_status_is_a_fault() -> None:
    assert fault("code=200", _404=body()) == "got 'code=200', which op does not document; available: 404"


def test_each_malformed_preference_is_a_violation() -> None:
    found = choose(operation(**FULL), read_preferences("code=1, wait=x"))
    assert isinstance(found, tuple)
    assert [v.ctx["error"].split("'")[1] for v in found] == ["code=1", "wait=x"]


# What was applied ---------------------------------------------------------------------------------------------------


def test_only_wait_is_applied_to_a_refusal() -> None:
    assert applied(read_preferences("code=200, wait=0.25")) == "wait=0.25"
    assert applied(read_preferences("code=200")) == ""


@given(st.text(min_size=1, max_size=20))
@example('say "hi", \\ now')
@example("größe\r\nX-Evil: 1")
def test_any_name_can_be_reported_in_the_header(name: str) -> None:
    found = Choice(200, None, name, False, Preferences(example=name))
    header = applied(Preferences(example=name), found)
    assert re.fullmatch("[ -~]+", header)
    if re.fullmatch("[ -~]*[!-~][ -~]*", name) and name == name.strip():
        assert read_preferences(header).example == name
