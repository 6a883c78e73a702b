"""Contracts: the shipped one has what is known of the API; a faulty one is refused with one sentence and its line."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import validate

from mockserver.contract import (
    Contract,
    MediaType,
    Operation,
    Parameter,
    Response,
    load_contract,
    non_null,
    parse_contract,
    schema_types,
)
from mockserver.contract.dialect import MAX_IN_PLACE
from mockserver.contract.yaml_reader import MAX_DEPTH
from mockserver.errors import ContractError
from mockserver.semantics import ListSemantics, list_operations
from tests.support.paths import ROOT

SHIPPED = ROOT / "contracts" / "openapi.yaml"

# The shipped contract ------------------------------------------------------------------------------------------------

# By hand, from what is published of the API: name, location, type, format, nullable, default, minimum, maximum.
PARAMETERS = [
    ("X-API-Key", "header", "string", None, True, None, None, None),
    ("wallet_uuid", "query", "string", "uuid", True, None, None, None),
    ("chain_id", "query", "string", None, True, None, None, None),
    ("address", "query", "string", None, True, None, None, None),
    ("token_id", "query", "string", None, True, None, None, None),
    ("force_refresh", "query", "boolean", None, False, False, None, None),
    ("limit", "query", "integer", None, False, 50, 1, 200),
    ("after", "query", "string", None, True, None, None, None),
    ("before", "query", "string", None, True, None, None, None),
    ("offset", "query", "integer", None, True, None, 0, 9223372036854775807),
]
# Property of a balance: type, format, required, nullable.
BALANCE = {
    "id": ("string", "uuid", True, False),
    "wallet_uuid": ("string", "uuid", True, False),
    "cobo_wallet_id": ("string", None, True, False),
    "user_id": ("string", "uuid", True, False),
    "address": ("string", None, True, False),
    "token_id": ("string", None, True, False),
    "amount": ("string", None, True, False),
    "updated_at": ("string", "date-time", True, False),
    "chain_id": ("string", None, False, True),
    "chain_type": ("string", None, False, True),
    "compatible_chains": ("array", None, False, False),
    "total": ("string", None, False, True),
    "pending": ("string", None, False, True),
    "locked": ("string", None, False, True),
    "balance_updated_at": ("string", "date-time", False, True),
}
META = {
    "total": "integer",
    "offset": "integer",
    "limit": "integer",
    "has_more": "boolean",
    "after": "string",
    "before": "string",
}


def shipped() -> Operation:
    contract = load_contract(SHIPPED)
    (operation,) = contract.operations
    return operation


def body_of(operation: Operation, status: int) -> dict[str, Any]:
    response = operation.response(status)
    assert response is not None
    assert response.schema is not None
    return dict(response.schema)


def one_type(schema: Any) -> str:
    (name,) = schema_types(schema) - {"null"}
    return name


def test_the_shipped_contract_is_valid_openapi() -> None:
    document = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_the_shipped_contract_has_the_one_operation() -> None:
    operation = shipped()
    assert (operation.id, operation.method, operation.path) == ("list_balances", "GET", "/api/v1/wallets/balances")
    assert operation.key_headers == ("X-API-Key",)
    assert set(operation.responses) == {"200", "401", "422"}
    assert set(shipped().responses["200"].links) == {"next", "previous"}


def test_the_shipped_contract_has_the_known_parameters() -> None:
    found = [
        (
            p.name,
            p.location,
            one_type(p.schema),
            p.schema.get("format"),
            p.nullable,
            p.schema.get("default"),
            p.schema.get("minimum"),
            p.schema.get("maximum"),
        )
        for p in shipped().parameters
    ]
    assert found == PARAMETERS
    assert {p.name for p in shipped().parameters if p.deprecated} == {"offset"}
    assert not [p.name for p in shipped().parameters if p.required]
    assert all(p.description for p in shipped().parameters)


def test_the_shipped_contract_has_the_known_balance() -> None:
    item = body_of(shipped(), 200)["properties"]["result"]["items"]
    found = {
        name: (one_type(s), s.get("format"), name in item["required"], "null" in schema_types(s))
        for name, s in item["properties"].items()
    }
    assert list(found) == list(BALANCE)
    assert found == BALANCE
    assert schema_types(item["properties"]["compatible_chains"]["items"]) == {"string"}


def test_the_shipped_contract_has_the_known_envelope() -> None:
    body = body_of(shipped(), 200)
    assert body["required"] == ["result"]
    defaults = {n: s["default"] for n, s in body["properties"].items() if "default" in s}
    assert defaults == {"success": True, "suggestion": "", "message": ""}
    meta = body["properties"]["meta"]
    assert "null" in schema_types(meta)
    found = non_null(meta)
    assert "required" not in found
    assert {n: one_type(s) for n, s in found["properties"].items()} == META
    assert all("null" in schema_types(s) for s in found["properties"].values())


def test_the_shipped_contract_has_the_known_refusals() -> None:
    body = body_of(shipped(), 422)
    assert body["properties"]["success"]["const"] is False
    detail = body["properties"]["error"]["properties"]["detail"]["items"]
    assert set(detail["required"]) == {"loc", "msg", "type"}
    assert set(detail["properties"]) == {"loc", "msg", "type", "input", "ctx"}
    key = shipped().response(401)
    assert key is not None
    assert (key.schema, key.media_type) == (None, None)


def test_the_shipped_examples_fit_their_schemas() -> None:
    import jsonschema_rs

    for response in shipped().responses.values():
        for value in response.examples.values():
            jsonschema_rs.validate(response.schema, value, validate_formats=True)
    assert shipped().responses["200"].examples
    assert shipped().responses["422"].examples


# Contracts written for a test ---------------------------------------------------------------------------------------

HEAD = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\n"
OK = "{'200': {description: ok}}"


def write(folder: Path, text: str, name: str = "c.yaml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def load(folder: Path, text: str, name: str = "c.yaml") -> Contract:
    return load_contract(write(folder, text, name))


def contract_with(folder: Path, schema: str, more: str = "", version: str = "3.1.0") -> Contract:
    """A contract that has ``schema`` in flow style in line 9."""
    text = (
        f"openapi: {version}\npaths:\n  /a:\n    get:\n      responses:\n        '200':\n"
        f"          content:\n            application/json:\n              schema: {schema}\n{more}"
    )
    return load(folder, text)


def schema_in(folder: Path, schema: str, more: str = "", version: str = "3.1.0") -> Any:
    """The schema read from such a contract."""
    return contract_with(folder, schema, more, version).operations[0].responses["200"].schema


def refused(folder: Path, text: str, name: str = "c.yaml") -> ContractError:
    with pytest.raises(ContractError) as caught:
        load(folder, text, name)
    return caught.value


def get(rest: str) -> str:
    """A contract with one operation, whose text begins in line 6."""
    return f"{HEAD}paths:\n  /a:\n    get:\n{rest}"


EXPECTED = "expected an OpenAPI 3.0, 3.1 or 3.2, or a Swagger 2.0 document"
FAULTS = {
    "empty": ("", None, "the file is empty"),
    "only a comment": ("# nothing\n", None, "the file is empty"),
    "a list": ("- a\n", 1, "an OpenAPI document must be a mapping"),
    "text": ("hello", 1, "an OpenAPI document must be a mapping"),
    "not YAML": ("a: 1\nb: [1\n", 3, "not YAML: while parsing a flow sequence, did not find expected ',' or ']'"),
    "a colon": ("a: 1\nb: c: d\n", 2, "not YAML: mapping values are not allowed in this context"),
    "a tab": (
        "openapi: 3.1.0\npaths:\n\t/a: {}\n",
        3,
        "not YAML: while scanning for the next token, found character that cannot start any token; "
        "indent with spaces, not tabs",
    ),
    "two documents": (
        "a: 1\n---\nb: 1\n",
        2,
        "not YAML: expected a single document in the stream, but found another document",
    ),
    "a control character": ("ä: ü\nb: \x00\n", 2, "not YAML: control characters are not allowed (U+0000)"),
    "a tag": ("a: 1\nb: !t 1\n", 2, "not YAML: could not determine a constructor for the tag '!t'"),
    "a tag of Python": (
        "a: !!python/name:os.system\n",
        1,
        "not YAML: could not determine a constructor for the tag 'tag:yaml.org,2002:python/name:os.system'",
    ),
    "a date by tag": (
        "a: !!timestamp x\n",
        1,
        "not YAML: could not determine a constructor for the tag 'tag:yaml.org,2002:timestamp'",
    ),
    "a number by tag": ("a: !!int x\n", 1, "not YAML: 'x' cannot be read as an integer"),
    "a truth by tag": ("a: !!bool x\n", 1, "not YAML: 'x' cannot be read as true or false"),
    "a huge number": ("a: 1\nb: 1e999\n", 2, "not YAML: '1e999' cannot be read as a number"),
    "a key twice": (f"{HEAD}paths: {{}}\npaths: {{}}\n", 4, "not YAML: duplicate key 'paths'"),
    "a key that is a list": ("? [a]\n: 1\n", 1, "not YAML: a key must be text"),
    "a merge of text": ("a:\n  <<: 1\n", 2, "not YAML: '<<' takes mappings"),
    "a merge of a list of text": ("<<: [{},\n a]\n", 2, "not YAML: '<<' takes mappings"),
    "a merge twice": ("<<: {a: 1}\n<<: {a: 2}\n", 2, "not YAML: duplicate key '<<'"),
    "a merge of itself": ("a: &a\n  <<: *a\n", 2, "not YAML: the alias 'a' is part of what it stands for"),
    "itself": ("a: &a\n  b: *a\n", 2, "not YAML: the alias 'a' is part of what it stands for"),
    "no such alias": ("a: *x\n", 1, "not YAML: found undefined alias 'x'"),
    "deep": ("[" * 100_000, 1, f"nested more than {MAX_DEPTH} levels deep"),
    "deep blocks": ("- " * 500 + "a", 1, f"nested more than {MAX_DEPTH} levels deep"),
    "no openapi": (
        "info: {}\n",
        1,
        f"no 'openapi' field, {EXPECTED}",
    ),
    "null openapi": (
        "openapi:\npaths: {}\n",
        1,
        f"no 'openapi' field, {EXPECTED}",
    ),
    "swagger": (
        "info: {}\nswagger: '1.2'\n",
        2,
        f"got Swagger 1.2, {EXPECTED}",
    ),
    "openapi 2": (
        "openapi: 2.0\n",
        1,
        f"got 'openapi: 2.0', {EXPECTED}",
    ),
    "openapi 3.3": (
        "a: 1\nopenapi: 3.3.0\n",
        2,
        f"got 'openapi: 3.3.0', {EXPECTED}",
    ),
    "openapi 3.11": (
        "openapi: 3.11.0\n",
        1,
        f"got 'openapi: 3.11.0', {EXPECTED}",
    ),
    "no paths": (HEAD, 1, "'paths' is missing or empty: there is nothing to serve"),
    "empty paths": (f"{HEAD}paths: {{}}\n", 3, "'paths' is missing or empty: there is nothing to serve"),
    "a list of paths": (f"{HEAD}paths: [a]\n", 3, "'paths' is missing or empty: there is nothing to serve"),
}

PROBLEMS = {
    "a path without slash": (f"{HEAD}paths:\n  a: {{}}\n", 4, "the path 'a' must begin with '/'"),
    "a path that is text": (f"{HEAD}paths:\n  /a: get\n", 4, "'/a' must be a mapping"),
    "an operation that is text": (f"{HEAD}paths:\n  /a:\n    get: x\n", 5, "GET /a must be a mapping"),
    "no responses": (get("      summary: a\n"), 5, "GET /a has no 'responses'"),
    "empty responses": (get("      responses: {}\n"), 6, "GET /a has no 'responses'"),
    "an operationId twice": (
        get(f"      operationId: x\n      responses: {OK}\n    put:\n      responses: {OK}\n      operationId: x\n"),
        10,
        "the operationId 'x' is used twice, by GET /a and by PUT /a",
    ),
    "a bad status": (
        get("      responses:\n        200: {description: a}\n        2000: {description: a}\n"),
        8,
        "'2000' is not a status code, expected one like 200, 4XX or default",
    ),
    "a class in small letters": (
        get("      responses:\n        4xx: {description: a}\n"),
        7,
        "'4xx' is not a status code, expected one like 200, 4XX or default",
    ),
    "a response that is text": (get("      responses: {'200': ok}\n"), 6, "the response '200' must be a mapping"),
    "content that is a list": (
        get("      responses:\n        '200':\n          content: [a]\n"),
        8,
        "'content' must be a mapping",
    ),
    "links that are a list": (
        get("      responses:\n        '200':\n          links: [a]\n"),
        8,
        "'links' must be a mapping",
    ),
    "a media type that is text": (
        get("      responses:\n        '200':\n          content:\n            application/json: x\n"),
        9,
        "'application/json' must be a mapping",
    ),
    "examples that are a list": (
        get("      responses: {'200': {content: {application/json: {\n        examples: [a]}}}}\n"),
        7,
        "'examples' must be a mapping of names",
    ),
    "parameters that are a mapping": (
        get(f"      responses: {OK}\n      parameters: {{a: 1}}\n"),
        7,
        "'parameters' must be a list",
    ),
    "a parameter without name": (
        get(f"      responses: {OK}\n      parameters:\n        - in: query\n"),
        8,
        "a parameter needs a 'name'",
    ),
    "a parameter that is text": (
        get(f"      responses: {OK}\n      parameters:\n        - a\n"),
        8,
        "a parameter needs a 'name'",
    ),
    "a parameter without in": (
        get(f"      responses: {OK}\n      parameters:\n        - name: a\n"),
        8,
        "the parameter 'a' has no 'in', expected one of query, header, path, cookie",
    ),
    "a parameter in the body": (
        get(f"      responses: {OK}\n      parameters:\n        - name: a\n          in: body\n"),
        9,
        "the parameter 'a' has 'in: body', expected one of query, header, path, cookie",
    ),
    "a parameter twice": (
        get(f"      responses: {OK}\n      parameters:\n" + 2 * "        - {name: a, in: query}\n"),
        9,
        "duplicate query parameter 'a'",
    ),
    "required by yes": (
        get(
            f"      responses: {OK}\n      parameters:\n"
            "        - name: a\n          in: query\n          required: yes\n"
        ),
        10,
        "'required' must be true or false",
    ),
}

SCHEMA_FAULTS = {
    "text": ("x", "", 9, "a schema must be a mapping"),
    "a list": ("[x]", "", 9, "a schema must be a mapping"),
    "an unknown type": (
        "{type: strnig}",
        "",
        9,
        "'type': got 'strnig', expected one of array, boolean, integer, null, number, object, string",
    ),
    "a type that is a number": (
        "{type: 5}",
        "",
        9,
        "'type': got '5', expected one of array, boolean, integer, null, number, object, string",
    ),
    "a type in a type": (
        "{type: [string, [null]]}",
        "",
        9,
        "'type': got '[None]', expected one of array, boolean, integer, null, number, object, string",
    ),
    "null without quotes": ("{type: [string, null]}", "", 9, "the type null must be quoted: 'null'"),
    "required on a property": (
        "{properties: {a: {required: true}}}",
        "",
        9,
        "'required': got true, expected a list of names",
    ),
    "an empty enum": ("{enum: []}", "", 9, "'enum': got '[]', expected a list of values, not empty"),
    "a bound that is text": ("{minimum: '1'}", "", 9, "'minimum': got '1', expected a number"),
    "a bound of 3.0": ("{exclusiveMinimum: true}", "", 9, "'exclusiveMinimum': got true, expected a number"),
    "a step of nothing": ("{multipleOf: 0}", "", 9, "'multipleOf': got '0', expected a number above 0"),
    "half a length": ("{minLength: 1.5}", "", 9, "'minLength': got '1.5', expected an integer, 0 or more"),
    "a format that is a list": (
        f"{{format: [{'x' * 50}]}}",
        "",
        9,
        f"'format': got '['{'x' * 38}...', expected a string",
    ),
    "nullable by text": ("{nullable: 'yes'}", "", 9, "'nullable': got 'yes', expected true or false"),
    "properties that are a list": ("{properties: [a]}", "", 9, "'properties' must be a mapping"),
    "anyOf that is a mapping": ("{anyOf: {a: 1}}", "", 9, "'anyOf' must be a list of schemas"),
    "allOf of nothing": ("{allOf: []}", "", 9, "'allOf' must be a list of schemas"),
    "items that are text": ("{items: x}", "", 9, "a schema must be a mapping"),
    "a reference to nothing": (
        "{$ref: '#/components/schemas/Cta'}",
        "components:\n  schemas:\n    Cat: {}\n",
        9,
        "'$ref: #/components/schemas/Cta' points to nothing: no 'Cta'; did you mean 'Cat'?",
    ),
    "a reference into nothing": ("{$ref: '#/x/y'}", "", 9, "'$ref: #/x/y' points to nothing: no 'x'"),
    "a reference into a list": ("{$ref: '#/x/²'}", "x: [1]\n", 9, "'$ref: #/x/²' points to nothing: no '²'"),
    "a reference into text": ("{$ref: '#/openapi/a'}", "", 9, "'$ref: #/openapi/a' points to nothing: no 'a'"),
    "a reference to an anchor": (
        "{$ref: '#Cta'}",
        "x: {$anchor: Cat}\n",
        9,
        "'$ref: #Cta' points to no anchor: no 'Cta'; did you mean 'Cat'?",
    ),
    "a reference that is a number": ("{$ref: 5}", "", 9, "'$ref' must be a string"),
    "a reference to the network": (
        "{$ref: 'HTTPS://example.com/a.yaml#/A'}",
        "",
        9,
        "'$ref: HTTPS://example.com/a.yaml#/A' is a URL; only local files are read",
    ),
    "a reference to no file": (
        "{$ref: 'none.yaml#/A'}",
        "",
        9,
        "'$ref: none.yaml#/A': {folder}/none.yaml: cannot read the contract: No such file or directory",
    ),
    "a reference to an impossible file": (
        "{$ref: 'a%00b'}",
        "",
        9,
        "'$ref: a%00b': {folder}/a\x00b: cannot read the contract: embedded null byte",
    ),
    "a reference to a faulty file": (
        "{$ref: 'bad.yaml#/A'}",
        "",
        9,
        "'$ref: bad.yaml#/A': {folder}/bad.yaml:2: not YAML: duplicate key 'a'",
    ),
    "a reference to what is no schema": ("{$ref: '#/openapi'}", "", 1, "a schema must be a mapping"),
    "a circle of references": (
        "{$ref: '#/A'}",
        "A: {$ref: '#/B'}\nB: {$ref: '#/A'}\n",
        9,
        "circular reference",
    ),
    "a circle of references with siblings": (
        "{$ref: '#/A'}",
        "A: {$ref: '#/B', title: a}\nB: {$ref: '#/A', title: b}\n",
        10,
        "this schema contains itself through allOf, anyOf, oneOf or not",
    ),
    "a circle of allOf": (
        "{properties: {a: {$ref: '#/A'}}}",
        "A:\n  properties: {b: {$ref: '#/B'}}\n  allOf: [{$ref: '#/B'}]\nB: {oneOf: [{$ref: '#/A'}, {type: string}]}\n",
        10,
        "this schema contains itself through allOf, anyOf, oneOf or not",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_one_sentence_with_file_and_line(fault: str, tmp_path: Path) -> None:
    text, line, problem = FAULTS[fault]
    error = refused(tmp_path, text)
    file = str(tmp_path / "c.yaml")
    assert (error.source, error.line, error.problem) == (file, line, problem)
    assert str(error) == f"{file}{'' if line is None else f':{line}'}: {problem}"


@pytest.mark.parametrize("fault", PROBLEMS)
def test_a_fault_of_one_part_is_told_and_leaves_the_rest(fault: str, tmp_path: Path) -> None:
    text, line, problem = PROBLEMS[fault]
    contract = load(tmp_path, f"{text}  /good:\n    get:\n      responses: {OK}\n")
    assert [(p.source, p.line, p.text) for p in contract.problems] == [(str(tmp_path / "c.yaml"), line, problem)]
    assert "GET /good" in [operation.id for operation in contract.operations]


@pytest.mark.parametrize("fault", SCHEMA_FAULTS)
def test_a_fault_in_a_schema_is_one_sentence_with_file_and_line(fault: str, tmp_path: Path) -> None:
    schema, more, line, problem = SCHEMA_FAULTS[fault]
    write(tmp_path, "a: 1\na: 2\n", "bad.yaml")
    expected = problem.replace("{folder}", str(tmp_path))
    assert (line, expected) in [(p.line, p.text) for p in contract_with(tmp_path, schema, more).problems]


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ('{\n "a": }', 2, "not JSON: Expecting value"),
        ("", 1, "not JSON: Expecting value"),
        ('{"a": 1,\n "b": 2,\n "a": 3}', 3, "not YAML: duplicate key 'a'"),
        ('{"a": NaN}', None, "not JSON: 'NaN' is not a number"),
        ('{"a": 1e999}', None, "not JSON: '1e999' is not a number"),
        ("[" * 100_000, None, "nested too deeply to be read"),
    ],
)
def test_a_fault_in_json(text: str, line: int | None, problem: str, tmp_path: Path) -> None:
    error = refused(tmp_path, text, "c.json")
    assert (error.line, error.problem) == (line, problem)


def test_what_cannot_be_read(tmp_path: Path) -> None:
    for path, problem in (
        (tmp_path / "none.yaml", "cannot read the contract: No such file or directory"),
        (tmp_path, "cannot read the contract: Is a directory"),
        (tmp_path / ("x" * 5000), "cannot read the contract: File name too long"),
        (f"{tmp_path}/a\x00b", "cannot read the contract: embedded null byte"),
    ):
        with pytest.raises(ContractError) as caught:
            load_contract(path)
        assert str(caught.value) == f"{path}: {problem}"
    loop = tmp_path / "loop.yaml"
    loop.symlink_to(loop)
    with pytest.raises(ContractError, match="loop"):
        load_contract(loop)


def test_binary_is_refused_at_its_line(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_bytes(b"openapi: 3.1.0\nx: \xff\n")
    with pytest.raises(ContractError) as caught:
        load_contract(file)
    assert str(caught.value) == f"{file}:2: the contract is not UTF-8 text (byte 18)"


def test_a_byte_order_mark_is_skipped(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + get(f"      responses: {OK}\n").encode())
    assert load_contract(file).title == "t"


@given(st.one_of(st.text(), st.text("{}[]:,-&*!|>'\"#%@ \n\tab01~<?", max_size=60)), st.sampled_from(["yaml", "json"]))
@example("!!int ''", "yaml")
@example("!!float {a: b}", "yaml")
@example("<<: 1", "yaml")
@example("&a {<<: *a}", "yaml")
@example("<<: &a {<<: [*a]}", "yaml")
@example("&a [*a]", "yaml")
@example("0b_", "yaml")
@example("9" * 5000, "yaml")
@example("9" * 5000, "json")
@example('"\\ud800"', "json")
@example('{"openapi": "3.1.0", "\\ud800": 1, "\\ud800": 1}', "json")
@example('{"openapi": "3.1.0", "paths": {"/a": ' + '{"get":' * 800 + "1" + "}" * 802, "json")
@example(
    '{"openapi":"3.1.0","paths":{"/a":{"get":{"parameters":[{"name":"a","in":"query","schema":'
    + '{"not":' * 950
    + "{}"
    + "}" * 950
    + '}],"responses":{"200":{}}}}}}',
    "json",
)
@settings(deadline=None)
def test_no_text_breaks_the_reader(tmp_path_factory: pytest.TempPathFactory, text: str, suffix: str) -> None:
    file = tmp_path_factory.getbasetemp() / f"any.{suffix}"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    with suppress(ContractError):
        assert load_contract(file).problems


KEYS = [
    "name",
    "in",
    "schema",
    "required",
    "content",
    "application/json",
    "responses",
    "200",
    "parameters",
    "get",
    "paths",
    "/a",
    "$ref",
    "type",
    "items",
    "properties",
    "allOf",
    "anyOf",
    "enum",
    "minimum",
    "maximum",
    "default",
    "examples",
    "links",
    "info",
    "security",
    "openapi",
    "limit",
    "cursor",
    "format",
    "results",
    "x-list-semantics",
    "x-fern-pagination",
    "x-speakeasy-pagination",
    "x-stainless-pagination-property",
    "inputs",
    "outputs",
]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["#/a", "string", "/a"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(KEYS),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(JSON, JSON, JSON, JSON, st.sampled_from(["3.0.3", "3.1.0"]))
@settings(deadline=None)
def test_no_document_breaks_reader_or_semantics(
    parameter: Any, schema: Any, more: Any, info: Any, version: str
) -> None:
    parameters = [{"name": "limit", "in": "query", "schema": parameter}, {"name": "cursor", "in": "query"}]
    item = {"type": "object", "properties": {"id": schema, "limit": more}}
    body = {"type": "object", "properties": {"rows": {"type": "array", "items": item}, "next": schema, "meta": more}}
    operation = {"parameters": parameters, "responses": {"200": {"content": {"application/json": {"schema": body}}}}}
    extra = more if isinstance(more, dict) else {}
    document = {"openapi": version, "info": info, "paths": {"/a": {"get": operation | extra}}, "a": schema, **extra}
    found: Sequence[ListSemantics] = ()
    with contextlib.suppress(ContractError):
        found = list_operations(parse_contract(document, "c"))
    assert [(one.operation.method, one.operation.path) for one in found] in ([], [("GET", "/a")])


# What is read -----------------------------------------------------------------------------------------------------


def test_a_length_of_3_point_0_is_3() -> None:
    item = {"type": "string", "minLength": 3.0, "maxLength": 4}
    content = {"application/json": {"schema": item}}
    document = {
        "openapi": "3.1.0",
        "paths": {"/a": {"get": {"responses": {"200": {"description": "", "content": content}}}}},
    }
    schema = parse_contract(document, "c").operations[0].responses["200"].schema
    assert schema == item
    assert isinstance(schema["minLength"], int)


def test_yaml_has_the_types_of_json(tmp_path: Path) -> None:
    text = get(f"      responses: {OK}\n") + (
        "x: {date: 2024-01-01, no: NO, yes: yes, on: on, true: true, hex: 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed,"
        " time: 12:30:45, under: 1_000, lead: 010, exp: 1e3, half: .5, inf: .inf, null: ~, none: , tagged: !!str 1}\n"
    )
    assert load(tmp_path, text).document["x"] == {
        "date": "2024-01-01",
        "no": "NO",
        "yes": "yes",
        "on": "on",
        "true": True,
        "hex": "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "time": "12:30:45",
        "under": "1_000",
        "lead": 10,
        "exp": 1000.0,
        "half": 0.5,
        "inf": ".inf",
        "null": None,
        "none": None,
        "tagged": "1",
    }


def test_keys_are_text_as_they_are_written(tmp_path: Path) -> None:
    text = get("      responses:\n        200: {description: a}\n        4XX: {description: b}\n        default: {}\n")
    operation = load(tmp_path, text + "x: {true: 1, 1.0: 2, 010: 3, null: 4}\n").operations[0]
    assert list(operation.responses) == ["200", "4XX", "default"]
    found = [operation.response(status) for status in (200, 404, 500)]
    assert [r.status for r in found if r] == ["200", "4XX", "default"]
    assert list(load_contract(tmp_path / "c.yaml").document["x"]) == ["true", "1.0", "010", "null"]


def test_a_response_that_is_not_documented() -> None:
    operation = Operation("a", "GET", "/", (), {"200": Response("200")})
    assert operation.response(404) is None
    assert str(operation.fault("wrong", "x")) == "contract: wrong"


def test_a_merged_key_can_be_overridden(tmp_path: Path) -> None:
    more = (
        "x:\n  a: &a {p: 1, q: 2}\n  b: &b {<<: *a, q: 3}\n"
        "  c: {q: 4, <<: [*a, *b, {r: 5, '<<': 6}]}\n  d: {<<: [*b, *a]}\n"
    )
    found = load(tmp_path, get(f"      responses: {OK}\n") + more).document["x"]
    assert (found["b"], found["d"]) == ({"p": 1, "q": 3}, {"p": 1, "q": 3})
    assert found["c"] == {"p": 1, "q": 4, "r": 5, "<<": 6}


def test_merges_of_merges_do_not_grow(tmp_path: Path) -> None:
    rows = "".join(f"x{i}: &x{i} {{<<: [*x{i - 1}, *x{i - 1}]}}\n" for i in range(1, 60))
    found = load(tmp_path, "x0: &x0 {a: 1}\n" + rows + get(f"      responses: {OK}\n")).document
    assert found["x59"] == {"a": 1}


def test_a_json_contract_is_the_same_contract(tmp_path: Path) -> None:
    document = yaml.load(SHIPPED.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    text = json.dumps(load_contract(SHIPPED).document, indent="\t")
    ours, theirs = load_contract(SHIPPED), load(tmp_path, text, "c.JSON")
    assert theirs.operations == ours.operations
    assert (theirs.title, theirs.version) == (document["info"]["title"], document["openapi"])


def test_a_document_may_be_parsed_already(tmp_path: Path) -> None:
    import datetime

    write(tmp_path, "Cat: {type: string}\n", "other.yaml")
    raw = {"schema": {"$ref": "other.yaml#/Cat"}, "example": datetime.date(2024, 1, 1)}
    document: Any = {
        "openapi": "3.1.0",
        "paths": {"/a": {"get": {"responses": {200: {"content": {"application/json": raw}}}}}},
    }
    contract = parse_contract(document, str(tmp_path / "c.yaml"))
    response = contract.operations[0].response(200)
    assert response is not None
    assert (response.schema, response.examples) == ({"type": "string"}, {"example": "2024-01-01"})
    document["paths"]["/a"]["get"]["responses"].clear()
    assert contract.document["paths"]["/a"]["get"]["responses"]
    (problem,) = parse_contract(document, str(tmp_path / "c.yaml")).problems
    assert (problem.line, problem.text) == (None, "GET /a has no 'responses'")


def test_a_document_that_contains_itself_is_refused() -> None:
    document: dict[str, Any] = {"openapi": "3.1.0"}
    document["x"] = document
    with pytest.raises(ContractError, match=r"^c: the document is not plain data: "):
        parse_contract(document, "c")


def test_the_digest_follows_every_file(tmp_path: Path) -> None:
    text = get("      responses: {'200': {content: {application/json: {schema: {$ref: 'o.yaml'}}}}}\n")
    write(tmp_path, "{type: string}", "o.yaml")
    first = load(tmp_path, text)
    assert first.files == (tmp_path / "c.yaml", tmp_path / "o.yaml")
    assert load(tmp_path, text).digest == first.digest
    write(tmp_path, "{type: number}", "o.yaml")
    assert load(tmp_path, text).digest != first.digest
    one, two = ({"openapi": "3.1.0", "x": n, "paths": {"x-a": 1}} for n in (1, 2))
    assert parse_contract(one, "c").digest != parse_contract(two, "c").digest


def test_operations_without_an_id_have_method_and_path_for_one(tmp_path: Path) -> None:
    text = f"{HEAD}paths:\n  x-note: none\n" + "".join(
        f"  /{p}:\n    get: {{responses: {{'200': {{}}, x-more: 1}}}}\n" for p in ("a-b", "a_b", "{a}/b")
    )
    contract = load(tmp_path, text)
    assert [o.id for o in contract.operations] == ["GET /a-b", "GET /a_b", "GET /{a}/b"]
    assert all(list(o.responses) == ["200"] for o in contract.operations)
    assert contract.operation("GET /a_b") is contract.operations[1]
    assert contract.operation("x") is None
    assert contract.operations[0].parameter("x") is None


def test_parameters_of_the_path_are_shared_and_can_be_overridden(tmp_path: Path) -> None:
    text = (
        f"{HEAD}paths:\n  /a/{{id}}:\n    parameters:\n      - {{name: id, in: path, required: true}}\n"
        "      - {name: q, in: query, schema: {type: string}}\n"
        "    get:\n      parameters:\n        - {$ref: '#/components/parameters/Q'}\n"
        f"      responses: {OK}\n"
        "components: {parameters: {Q: {name: q, in: query, deprecated: true, description: d,\n"
        "  content: {application/json: {schema: {type: integer}}}, x-a: 1}}}\n"
    )
    (operation,) = load(tmp_path, text).operations
    assert [(p.name, p.location, p.required) for p in operation.parameters] == [
        ("id", "path", True),
        ("q", "query", False),
    ]
    content = {"application/json": MediaType({"type": "integer"})}
    expected = Parameter("q", "query", {"type": "integer"}, False, True, "d", {"x-a": 1}, content=content)
    assert operation.parameter("q") == expected


def test_references_lead_into_other_files(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    write(
        tmp_path,
        "get:\n  x-a: 1\n  parameters: [{$ref: 'more.yaml#/p~1q/0'}]\n  responses: {'200': {$ref: 'more.yaml#/ok'}}\n",
        "sub/item.yaml",
    )
    write(
        tmp_path,
        "p/q: [{name: a, in: query, schema: {$ref: '#/t%20t'}}]\nt t: {type: integer}\n"
        "ok: {description: d, content: {application/json: {schema: {$ref: '../c.yaml#/components/schemas/C'},\n"
        "  examples: {one: {$ref: '#/e'}, two: {externalValue: x}}}}}\ne: {value: 5}\n",
        "sub/more.yaml",
    )
    text = f"{HEAD}paths:\n  /a: {{$ref: sub/item.yaml}}\ncomponents: {{schemas: {{C: {{type: string}}}}}}\n"
    contract = load(tmp_path, text)
    (operation,) = contract.operations
    assert operation.parameter("a") == Parameter("a", "query", {"type": "integer"})
    assert operation.responses["200"].schema == {"type": "string"}
    assert operation.responses["200"].examples == {"one": 5}
    error = operation.fault("wrong", "x-a")
    assert (error.source, error.line) == (str(tmp_path / "sub" / "item.yaml"), 2)
    assert {f.name for f in contract.files} == {"c.yaml", "item.yaml", "more.yaml"}


def test_a_fault_behind_a_reference_has_its_own_file_and_line(tmp_path: Path) -> None:
    write(tmp_path, "get:\n  responses:\n    '200': {description: a}\n    '2': {}\n", "item.yaml")
    (problem,) = load(tmp_path, f"{HEAD}paths:\n  /a: {{$ref: item.yaml}}\n").problems
    assert (problem.source, problem.line) == (str(tmp_path / "item.yaml"), 4)
    text = get(f"      responses: {OK}\n      parameters: [{{$ref: '#/p'}}]\n") + "p:\n  name: a\n  in: nowhere\n"
    assert [p.line for p in load(tmp_path, text).problems] == [10]


def test_an_operation_with_a_reference_to_nothing_is_unreadable(tmp_path: Path) -> None:
    why = "'$ref: #/none' points to nothing: no 'none'"
    for key, rest in (("parameters", "[{$ref: '#/none'}]"), ("responses", "{'200': {$ref: '#/none'}}")):
        more = "" if key == "responses" else f"      responses: {OK}\n"
        contract = load(tmp_path, get(f"      {key}: {rest}\n{more}") + f"    put:\n      responses: {OK}\n")
        assert [(o.method, o.unreadable) for o in contract.operations] == [("GET", why), ("PUT", None)]
        assert [(p.line, p.text) for p in contract.problems] == [(6, why)]


def test_an_operation_may_be_a_reference(tmp_path: Path) -> None:
    write(tmp_path, "operationId: list cats\nresponses: {'200': {description: a}}\n", "cats.yaml")
    contract = load(tmp_path, f"{HEAD}paths:\n  /cats:\n    get: {{$ref: cats.yaml}}\n")
    assert [o.id for o in contract.operations] == ["list cats"]
    assert contract.problems == ()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("{type: int}", {"type": "integer"}),
        ("{type: String}", {"type": "string"}),
        ("{type: datetime}", {"type": "string", "format": "date-time"}),
        ("{type: double, format: x}", {"type": "number", "format": "x"}),
        ("{type: [str, null]}", {"type": ["string", "null"]}),
        ("{type: any, title: a}", {"title": "a"}),
        ("{enum: [], type: string}", {"type": "string"}),
        ("{minimum: '1', maxLength: ' 5'}", {"minimum": 1, "maxLength": 5}),
        ("{uniqueItems: 'true'}", {"uniqueItems": True}),
        ("{minLength: 1.5, multipleOf: 0}", {}),
        ("{required: a}", {"required": ["a"]}),
        ("{properties: {a: {required: true}}}", {"properties": {"a": {}}, "required": ["a"]}),
        ("{minimum: 3, exclusiveMinimum: true}", {"exclusiveMinimum": 3}),
        ("{maximum: 3, exclusiveMaximum: false}", {"maximum": 3}),
    ],
)
def test_what_is_wrong_but_plain_is_read_as_it_was_meant(written: str, meant: Any, tmp_path: Path) -> None:
    contract = contract_with(tmp_path, written)
    assert contract.operations[0].responses["200"].schema == meant
    assert len(contract.problems) >= 1


NAMED = "x: {a: {$anchor: cat, type: string}, b: {$id: 'https://example.com/dog', $defs: {c: {type: number}}}}\n"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("{$ref: '#cat'}", {"type": "string"}),
        ("{$ref: 'https://example.com/dog#/$defs/c'}", {"type": "number"}),
        ("{$dynamicRef: '#cat', title: a}", {"type": "string", "title": "a"}),
        ("{$dynamicAnchor: n, properties: {n: {$dynamicRef: '#n'}}}", None),
    ],
)
def test_schemas_are_found_by_the_names_that_they_have(written: str, meant: Any, tmp_path: Path) -> None:
    contract = contract_with(tmp_path, written, NAMED)
    assert contract.problems == ()
    schema: Any = contract.operations[0].responses["200"].schema
    found = {k: v for k, v in schema.items() if not k.startswith("$")}
    if meant is None:
        assert schema["properties"]["n"] is schema
    else:
        assert found == meant


def test_a_document_of_openapi_3_2(tmp_path: Path) -> None:
    text = f"openapi: 3.2.0\npaths:\n  /a:\n    query: {{responses: {OK}}}\n    additionalOperations:\n"
    contract = load(tmp_path, f"{text}      LINK: {{responses: {OK}}}\n")
    assert [(o.method, o.id) for o in contract.operations] == [("QUERY", "QUERY /a"), ("LINK", "LINK /a")]
    assert contract.problems == ()


def test_a_class_of_statuses_may_be_in_small_letters(tmp_path: Path) -> None:
    contract = load(tmp_path, get("      responses: {2xx: {description: a}, DEFAULT: {description: b}, '2': {}}\n"))
    assert list(contract.operations[0].responses) == ["2XX", "default"]
    assert len(contract.problems) == 3


def test_an_id_that_is_used_twice_is_kept_by_the_first(tmp_path: Path) -> None:
    own = f"{{operationId: health, responses: {OK}}}"
    contract = load(tmp_path, f"{HEAD}paths:\n  /health:\n    get: {own}\n    head: {own}\n")
    assert [o.id for o in contract.operations] == ["health", "HEAD /health"]


def test_a_schema_that_refers_to_itself_contains_itself(tmp_path: Path) -> None:
    more = (
        "components: {schemas: {Node: {type: object, properties: {\n"
        "  next: {$ref: '#/components/schemas/Node', description: the next},\n"
        "  all: {type: array, items: {$ref: '#/components/schemas/Node'}}}, required: [next]}}}\n"
    )
    node = schema_in(tmp_path, "{$ref: '#/components/schemas/Node'}", more)
    assert node["properties"]["all"]["items"] is node
    after = non_null(node["properties"]["next"])
    assert (after["description"], after["required"], after["type"]) == ("the next", ["next"], "object")
    assert after["properties"]["all"]["items"] is node


def test_keywords_beside_a_reference_count_in_3_1(tmp_path: Path) -> None:
    more = (
        "A: {type: string, maxLength: 5, description: a}\nB: {$ref: '#/A', title: b}\nE: {}\n"
        "O: {type: object, properties: {p: {type: string}}}\nU: {$ref: '#/A'}\n"
    )
    cases = {
        "{$ref: '#/A', description: mine}": {"type": "string", "maxLength": 5, "description": "mine"},
        "{$ref: '#/B', x-a: 1}": {"type": "string", "maxLength": 5, "description": "a", "title": "b", "x-a": 1},
        "{$ref: '#/A', maxLength: 3}": {
            "maxLength": 3,
            "allOf": [{"type": "string", "maxLength": 5, "description": "a"}],
        },
        "{$ref: '#/E', type: string}": {"type": "string", "allOf": [{}]},
        "{$ref: '#/O', properties: {q: true}}": {
            "properties": {"q": {}},
            "allOf": [{"type": "object", "properties": {"p": {"type": "string"}}}],
        },
        "{$ref: '#/U'}": {"type": "string", "maxLength": 5, "description": "a"},
    }
    for written, meant in cases.items():
        assert schema_in(tmp_path, written, more) == meant
    assert schema_in(tmp_path, "{$ref: '#/A', maxLength: 3}", more, "3.0.3") == {
        "type": "string",
        "maxLength": 5,
        "description": "a",
    }


def test_every_part_of_a_schema_is_read(tmp_path: Path) -> None:
    text = "A: {type: string}\n"
    ref = "{$ref: '#/A'}"
    written = (
        f"{{properties: {{a: {ref}}}, patternProperties: {{b: {ref}}}, $defs: {{c: {ref}}}, items: {ref}, not: {ref},"
        f" if: {ref}, then: {ref}, else: {ref}, anyOf: [{ref}], prefixItems: [{ref}], additionalProperties: false,"
        f" unevaluatedProperties: {ref}, dependentSchemas: {{d: {ref}}}, const: null, required: , example: {ref}}}"
    )
    found = schema_in(tmp_path, written, text)
    string = {"type": "string"}
    assert found == {
        "properties": {"a": string},
        "patternProperties": {"b": string},
        "$defs": {"c": string},
        "dependentSchemas": {"d": string},
        **dict.fromkeys(("items", "not", "if", "then", "else", "unevaluatedProperties"), string),
        "anyOf": [string],
        "prefixItems": [string],
        "additionalProperties": {"not": {}},
        "const": None,
        "example": {"$ref": "#/A"},
    }


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("{type: string, nullable: true}", {"type": ["string", "null"]}),
        ("{type: string, nullable: false}", {"type": "string"}),
        ("{type: string, nullable: true, enum: [a]}", {"type": ["string", "null"], "enum": ["a"]}),
        ("{type: string, nullable: true, enum: [a, null]}", {"type": ["string", "null"], "enum": ["a", None]}),
        ("{nullable: true, allOf: [{type: string}]}", {"allOf": [{"type": "string"}]}),
        ("{nullable: true, title: a}", {"title": "a"}),
        ("{minimum: 1, exclusiveMinimum: true}", {"exclusiveMinimum": 1}),
        ("{maximum: 1, exclusiveMaximum: true}", {"exclusiveMaximum": 1}),
        ("{maximum: 1, exclusiveMaximum: false}", {"maximum": 1}),
        ("{exclusiveMinimum: true}", {}),
    ],
)
def test_keywords_of_3_0_are_translated(written: str, meant: dict[str, Any], tmp_path: Path) -> None:
    assert schema_in(tmp_path, written, version="3.0.3") == meant


def test_types_of_a_schema() -> None:
    assert schema_types({"type": ["string", "null"]}) == {"string", "null"}
    assert schema_types({"anyOf": [{"type": "string"}, {"oneOf": [{"type": "null"}]}]}) == {"string", "null"}
    assert schema_types({"enum": ["a", 1, 1.5, True, None, [], {}]}) == {
        "string",
        "integer",
        "number",
        "boolean",
        "null",
        "array",
        "object",
    }
    assert schema_types({"const": False}) == {"boolean"}
    assert schema_types({}) == set()


def test_a_schema_without_null() -> None:
    text = {"type": "string", "maxLength": 3}
    assert non_null({"anyOf": [text, {"type": "null"}], "title": "t"}) == text | {"title": "t"}
    assert non_null({"oneOf": [{"type": "null"}, text]}) == text
    assert non_null({"type": ["string", "null"]}) == {"type": "string"}
    assert non_null({"type": ["string", "integer", "null"]}) == {"type": ["string", "integer"]}
    assert non_null({"allOf": [text], "description": "d"}) == text | {"description": "d"}
    clash = {"allOf": [text], "maxLength": 2}
    assert non_null(clash) == clash
    both = {"anyOf": [text, {"type": "integer"}]}
    assert non_null(both) == both


@pytest.mark.parametrize(
    ("text", "headers"),
    [
        ("security: [{k: []}]", ("X-Key",)),
        ("security: [{b: []}, {k: []}]", ("Authorization", "X-Key")),
        ("security: [{r: []}]", ("X-Key",)),
        ("security: [{c: []}, {none: []}, x]", ()),
        ("security: x", ()),
        ("security: []", ()),
        ("parameters: [{name: My-Api-Key, in: header}, {name: other, in: header}]", ("My-Api-Key",)),
        ("security: [{k: []}]\n      parameters: [{name: X-Key, in: query}]", ("X-Key",)),
    ],
)
def test_headers_that_carry_a_key(text: str, headers: tuple[str, ...], tmp_path: Path) -> None:
    more = (
        "components: {securitySchemes: {k: {type: apiKey, in: header, name: X-Key}, b: {type: http, scheme: bearer},\n"
        "  c: {type: apiKey, in: cookie, name: C}, r: {$ref: '#/components/securitySchemes/k'}}}\n"
    )
    contract = load(tmp_path, get(f"      responses: {OK}\n      {text}\n") + more)
    assert contract.operations[0].key_headers == headers


def test_security_of_the_contract_counts_where_an_operation_has_none(tmp_path: Path) -> None:
    text = get(f"      responses: {OK}\n") + "security: [{b: []}]\ncomponents: {securitySchemes: {b: {type: oauth2}}}\n"
    assert load(tmp_path, text).operations[0].key_headers == ("Authorization",)
    assert load(tmp_path, text.replace("components: ", "other: ")).operations[0].key_headers == ()


def test_the_media_type_of_json_is_found_in_any_spelling(tmp_path: Path) -> None:
    text = get(
        "      responses: {'200': {content: {text/plain: {schema: {type: string}}, Application/Vnd.a+JSON: }}}\n"
    )
    response = load(tmp_path, text).operations[0].responses["200"]
    assert (response.media_type, response.schema, response.examples) == ("Application/Vnd.a+JSON", None, {})
    text = get("      responses: {'200': {content: {application/json: {example: null}}}}\n      x-a: 1\n")
    operation = load(tmp_path, "x-root: 1\ninfo: text\n" + text.replace(HEAD, "openapi: 3.1\n")).operations[0]
    assert operation.responses["200"].examples == {"example": None}
    assert operation.extensions == {"x-a": 1}


# Size --------------------------------------------------------------------------------------------------------------


def test_a_long_chain_of_schemas_costs_no_stack(tmp_path: Path) -> None:
    rows = [f"  S{i}: {{type: object, properties: {{n: {{$ref: '#/x/S{i + 1}', title: t}}}}}}" for i in range(3000)]
    more = "x:\n" + "\n".join(rows) + "\n  S3000: {type: string}\n"
    schema = schema_in(tmp_path, "{$ref: '#/x/S0'}", more)
    for _ in range(3000):
        schema = schema["properties"]["n"]
    assert schema == {"type": "string", "title": "t"}


@pytest.mark.parametrize("order", [1, -1])
def test_branches_that_nest_too_deeply_are_refused(order: int, tmp_path: Path) -> None:
    rows = [f"  S{i}: {{allOf: [{{$ref: '#/x/S{i + 1}'}}]}}" for i in range(MAX_IN_PLACE + 5)]
    more = "x:\n" + "\n".join(rows) + f"\n  S{MAX_IN_PLACE + 5}: {{type: string}}\n"
    every = ", ".join(f"{{items: {{$ref: '#/x/S{i}'}}}}" for i in range(MAX_IN_PLACE + 5)[::order])
    problems = contract_with(tmp_path, f"{{anyOf: [{every}]}}", more).problems
    assert problems
    assert {p.text.rpartition(f" more than {MAX_IN_PLACE} ")[2] for p in problems} == {"levels deep"}


def test_a_long_chain_of_references_with_siblings_is_refused(tmp_path: Path) -> None:
    rows = "".join(f"S{i}: {{$ref: '#/S{i + 1}', title: t}}\n" for i in range(3000))
    problems = contract_with(tmp_path, "{$ref: '#/S0'}", rows + "S3000: {}\n").problems
    assert "nested too deeply to be read" in [p.text for p in problems]


def test_aliases_of_aliases_are_read_once(tmp_path: Path) -> None:
    rows = ["x0: &x0 {type: string}"]
    rows += [f"x{i}: &x{i} {{properties: {{a: *x{i - 1}, b: *x{i - 1}, c: *x{i - 1}}}}}" for i in range(1, 31)]
    text = "\n".join(rows) + "\nopenapi: 3.1.0\npaths: {/a: {get: {responses: {'200': {content: {application/json: "
    schema: Any = load(tmp_path, text + "{schema: *x30}}}}}}}\n").operations[0].responses["200"].schema
    for _ in range(30):
        schema = schema["properties"]["c"]
    assert schema == {"type": "string"}


def test_a_big_contract_is_read_in_seconds(tmp_path: Path) -> None:
    count = 2000
    properties = {f"p{j}": {"$ref": f"#/components/schemas/S{j}", "description": "d"} for j in range(20)}
    schemas = {f"S{i}": {"type": "object", "properties": properties} for i in range(count)}
    page = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/S7"}}}}
    limit = {"name": "limit", "in": "query", "schema": {"type": "integer"}}
    paths = {f"/p{i}": {"get": {"parameters": [limit], "responses": {"200": page}}} for i in range(count)}
    text = json.dumps({"openapi": "3.1.0", "paths": paths, "components": {"schemas": schemas}})
    file = write(tmp_path, text, "big.json")
    began = time.process_time()
    contract = load_contract(file)
    assert len(contract.operations) == count
    assert time.process_time() - began < 10
