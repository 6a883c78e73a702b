"""Faults that do not make a contract unusable: it is read without the faulty part, and they are its problems."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.contract import Header, MediaType, Problem, load_contract, parse_contract
from tests.contract.conftest import Read
from tests.contract.test_contract import JSON

HEAD = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths:\n  /a:\n    post:\n      operationId: add\n"
GET = "    get: {operationId: get a, responses: {default: {description: d}}}\n"
OPERATION, RESPONSE = "/paths/~1a/post", "/paths/~1a/post/responses/201"


def of_operation(text: str) -> str:
    """A contract with this text in its operation, from line 7."""
    return f"{HEAD}      {text}\n      responses: {{'201': {{description: d}}}}\n{GET}"


def of_response(text: str) -> str:
    """A contract with this text in its response, in line 10."""
    return f"{HEAD}      responses:\n        '201':\n          description: d\n          {text}\n{GET}"


def of_contract(text: str) -> str:
    """A contract with this text at its end, from line 9."""
    return f"{HEAD}      responses: {{'201': {{description: d}}}}\n{GET}{text}\n"


SCHEMES = "/components/securitySchemes/k"
PROBLEMS = {
    "a body that is text": (
        of_operation("requestBody: x"),
        (7, f"{OPERATION}/requestBody", "the request body must be a mapping"),
    ),
    "a body that refers to nothing": (
        of_operation("requestBody: {$ref: '#/x'}"),
        (7, f"{OPERATION}/requestBody/$ref", "'$ref: #/x' points to nothing: no 'x'"),
    ),
    "a body without content": (
        of_operation("requestBody: {required: true}"),
        (7, f"{OPERATION}/requestBody/content", "a request body needs 'content'"),
    ),
    "content that is a list": (
        of_operation("requestBody: {content: [a]}"),
        (7, f"{OPERATION}/requestBody/content", "'content' must be a mapping"),
    ),
    "a media type that is text": (
        of_operation("requestBody: {content: {a/b: x}}"),
        (7, f"{OPERATION}/requestBody/content/a~1b", "'a/b' must be a mapping"),
    ),
    "a required that is text": (
        of_operation("requestBody: {required: x, content: {a/b: {}}}"),
        (7, f"{OPERATION}/requestBody/required", "'required' must be true or false"),
    ),
    "a schema that is text": (
        of_operation("requestBody: {content: {a/b: {schema: x}}}"),
        (7, f"{OPERATION}/requestBody/content/a~1b/schema", "a schema must be a mapping"),
    ),
    "an example that refers to nothing": (
        of_operation("requestBody: {content: {a/b: {examples: {one: {$ref: '#/x'}}}}}"),
        (7, f"{OPERATION}/requestBody/content/a~1b/examples/one/$ref", "'$ref: #/x' points to nothing: no 'x'"),
    ),
    "examples that are a list": (
        of_operation("requestBody: {content: {a/b: {examples: [1]}}}"),
        (7, f"{OPERATION}/requestBody/content/a~1b/examples", "'examples' must be a mapping of names"),
    ),
    "an encoding that is text": (
        of_operation("requestBody: {content: {a/b: {encoding: {p: x}}}}"),
        (7, f"{OPERATION}/requestBody/content/a~1b/encoding/p", "'p' must be a mapping"),
    ),
    "a content type that is a list": (
        of_operation("requestBody: {content: {a/b: {encoding: {p: {contentType: [a]}}}}}"),
        (7, f"{OPERATION}/requestBody/content/a~1b/encoding/p/contentType", "'contentType' must be a string"),
    ),
    "a style that the location does not have": (
        of_operation("parameters: [{name: p, in: query, style: matrix}]"),
        (
            7,
            f"{OPERATION}/parameters/0/style",
            "the query parameter 'p' has 'style: matrix', "
            "expected one of form, spaceDelimited, pipeDelimited, deepObject",
        ),
    ),
    "a style that a header does not have": (
        of_operation("parameters: [{name: p, in: header, style: form}]"),
        (7, f"{OPERATION}/parameters/0/style", "the header parameter 'p' has 'style: form', expected simple"),
    ),
    "an explode that is text": (
        of_operation("parameters: [{name: p, in: query, explode: x}]"),
        (7, f"{OPERATION}/parameters/0/explode", "'explode' must be true or false"),
    ),
    "examples of a parameter that are a list": (
        of_operation("parameters: [{name: p, in: query, examples: [1]}]"),
        (7, f"{OPERATION}/parameters/0/examples", "'examples' must be a mapping of names"),
    ),
    "a header that is text": (
        of_response("headers: {X-A: x}"),
        (10, f"{RESPONSE}/headers/X-A", "'X-A' must be a mapping"),
    ),
    "headers that are a list": (
        of_response("headers: [a]"),
        (10, f"{RESPONSE}/headers", "'headers' must be a mapping"),
    ),
    "a header with a style": (
        of_response("headers: {X-A: {style: form, schema: {}}}"),
        (10, f"{RESPONSE}/headers/X-A/style", "the header has 'style: form', expected simple"),
    ),
    "a schema of a header": (
        of_response("headers: {X-A: {schema: {type: strnig}}}"),
        (
            10,
            f"{RESPONSE}/headers/X-A/schema/type",
            "'type': got 'strnig', expected one of array, boolean, integer, null, number, object, string",
        ),
    ),
    "another media type that is text": (
        of_response("content: {text/csv: x}"),
        (10, f"{RESPONSE}/content/text~1csv", "'text/csv' must be a mapping"),
    ),
    "a schema of another media type": (
        of_response("content: {application/json: {}, text/csv: {schema: {minimum: x}}}"),
        (10, f"{RESPONSE}/content/text~1csv/schema/minimum", "'minimum': got 'x', expected a number"),
    ),
    "a link that is text": (of_response("links: {l: x}"), (10, f"{RESPONSE}/links/l", "'l' must be a mapping")),
    "a link to nowhere": (
        of_response("links: {l: {description: d}}"),
        (10, f"{RESPONSE}/links/l", "a link needs an 'operationId' or an 'operationRef'"),
    ),
    "a link to an unknown operation": (
        of_response("links: {l: {operationId: get}}"),
        (
            10,
            f"{RESPONSE}/links/l/operationId",
            "the link leads to no operation: no 'get'; did you mean 'get a'?",
        ),
    ),
    "a link to an unknown path": (
        of_response("links: {l: {operationRef: '#/paths/~1b/get'}}"),
        (
            10,
            f"{RESPONSE}/links/l/operationRef",
            "the link leads to no operation: '$ref: #/paths/~1b' points to nothing: no '/b'",
        ),
    ),
    "a link to an unknown method": (
        of_response("links: {l: {operationRef: '#/paths/~1a/put'}}"),
        (10, f"{RESPONSE}/links/l/operationRef", "the link leads to no operation: '#/paths/~1a/put'"),
    ),
    "a link to two operations": (
        of_response("links: {l: {operationId: add, operationRef: '#/paths/~1a/get'}}"),
        (10, f"{RESPONSE}/links/l", "a link has both 'operationId' and 'operationRef': the first counts"),
    ),
    "parameters of a link that are a list": (
        of_response("links: {l: {operationId: add, parameters: [a]}}"),
        (10, f"{RESPONSE}/links/l/parameters", "'parameters' must be a mapping"),
    ),
    "a server of a link": (
        of_response("links: {l: {operationId: add, server: {}}}"),
        (10, f"{RESPONSE}/links/l/server", "a server needs a 'url'"),
    ),
    "callbacks that are a list": (
        of_operation("callbacks: [a]"),
        (7, f"{OPERATION}/callbacks", "'callbacks' must be a mapping"),
    ),
    "a callback that is text": (
        of_operation("callbacks: {c: x}"),
        (7, f"{OPERATION}/callbacks/c", "'c' must be a mapping"),
    ),
    "a path of a callback that is text": (
        of_operation("callbacks: {c: {u: x}}"),
        (7, f"{OPERATION}/callbacks/c/u", "'u' must be a mapping"),
    ),
    "an operation of a callback that is text": (
        of_operation("callbacks: {c: {u: {post: x}}}"),
        (7, f"{OPERATION}/callbacks/c/u/post", "POST u must be a mapping"),
    ),
    "a parameter of a callback": (
        of_operation("callbacks: {c: {u: {post: {parameters: [{name: p}]}}}}"),
        (
            7,
            f"{OPERATION}/callbacks/c/u/post/parameters/0",
            "the parameter 'p' has no 'in', expected one of query, header, path, cookie",
        ),
    ),
    "parameters of a callback that are a mapping": (
        of_operation("callbacks: {c: {u: {post: {parameters: {}}}}}"),
        (7, f"{OPERATION}/callbacks/c/u/post/parameters", "'parameters' must be a list"),
    ),
    "a parameter of a callback twice": (
        of_operation("callbacks: {c: {u: {post: {parameters: [{name: p, in: query}, {name: p, in: query}]}}}}"),
        (7, f"{OPERATION}/callbacks/c/u/post/parameters/1", "duplicate query parameter 'p'"),
    ),
    "a status of a callback": (
        of_operation("callbacks: {c: {u: {post: {responses: {2xx: {}}}}}}"),
        (
            7,
            f"{OPERATION}/callbacks/c/u/post/responses/2xx",
            "'2xx' is not a status code, expected one like 200, 4XX or default",
        ),
    ),
    "a response of a callback that is text": (
        of_operation("callbacks: {c: {u: {post: {responses: {'200': x}}}}}"),
        (7, f"{OPERATION}/callbacks/c/u/post/responses/200", "the response '200' must be a mapping"),
    ),
    "a webhook that is text": (of_contract("webhooks: {w: x}"), (9, "/webhooks/w", "'w' must be a mapping")),
    "security that is text": (
        of_operation("security: x"),
        (7, f"{OPERATION}/security", "'security' must be a list"),
    ),
    "an alternative that is text": (
        of_contract("security: [x]"),
        (9, "/security/0", "an alternative of 'security' must be a mapping of schemes"),
    ),
    "an unknown scheme": (
        of_contract("security: [{keys: []}]\ncomponents: {securitySchemes: {key: {type: http, scheme: basic}}}"),
        (9, "/security/0/keys", "unknown security scheme: no 'keys'; did you mean 'key'?"),
    ),
    "scopes that are text": (
        of_contract("security: [{k: x}]\ncomponents: {securitySchemes: {k: {type: http, scheme: basic}}}"),
        (9, "/security/0/k", "the scopes of 'k' must be a list of names"),
    ),
    "schemes that are a list": (
        of_contract("components: {securitySchemes: [a]}"),
        (9, "/components/securitySchemes", "'securitySchemes' must be a mapping"),
    ),
    "a scheme that refers to nothing": (
        of_contract("components: {securitySchemes: {k: {$ref: '#/x'}}}"),
        (9, f"{SCHEMES}/$ref", "'$ref: #/x' points to nothing: no 'x'"),
    ),
    "a scheme of an unknown type": (
        of_contract("components: {securitySchemes: {k: {type: basic}}}"),
        (
            9,
            SCHEMES,
            "the security scheme 'k' needs a 'type', one of apiKey, http, oauth2, openIdConnect, mutualTLS",
        ),
    ),
    "a key without a place": (
        of_contract("components: {securitySchemes: {k: {type: apiKey, name: X-Key}}}"),
        (9, SCHEMES, "the API key 'k' needs a 'name', and an 'in' of header, query or cookie"),
    ),
    "HTTP authentication of no kind": (
        of_contract("components: {securitySchemes: {k: {type: http}}}"),
        (9, SCHEMES, "the security scheme 'k' needs 'scheme'"),
    ),
    "an unknown flow": (
        of_contract("components: {securitySchemes: {k: {type: oauth2, flows: {x-a: {}, code: {}}}}}"),
        (
            9,
            f"{SCHEMES}/flows/code",
            "unknown flow 'code', expected one of implicit, password, clientCredentials, authorizationCode",
        ),
    ),
    "servers that are a mapping": (of_contract("servers: {url: /}"), (9, "/servers", "'servers' must be a list")),
    "a server without URL": (of_operation("servers: [x]"), (7, f"{OPERATION}/servers/0", "a server needs a 'url'")),
    "a variable without default": (
        of_contract("servers: [{url: '/{v}'}]"),
        (9, "/servers/0/variables/v", "the variable 'v' of the server has no default"),
    ),
    "a server that is no URL": (
        of_contract("servers: [{url: 'https://[a'}]"),
        (9, "/servers/0/url", "'https://[a' is not a URL"),
    ),
    "a discriminator without property": (
        of_response("content: {application/json: {schema: {discriminator: {mapping: {}}}}}"),
        (
            10,
            f"{RESPONSE}/content/application~1json/schema/discriminator",
            "a discriminator needs a 'propertyName'",
        ),
    ),
    "a mapping that is a list": (
        of_response("content: {application/json: {schema: {discriminator: {propertyName: p, mapping: [a]}}}}"),
        (
            10,
            f"{RESPONSE}/content/application~1json/schema/discriminator/mapping",
            "'mapping' must be a mapping",
        ),
    ),
    "a value that leads to an unknown schema": (
        of_response(
            "content: {application/json: {schema: {discriminator: {propertyName: p, mapping: {v: Cta}}}}}\n"
            "components: {schemas: {Cat: {}}}\n#"
        ).replace(GET, ""),
        (
            10,
            f"{RESPONSE}/content/application~1json/schema/discriminator/mapping/v",
            "the discriminator value 'v' leads to no schema: unknown schema: no 'Cta'; did you mean 'Cat'?",
        ),
    ),
    "a value that leads to nothing": (
        of_response("content: {application/json: {schema: {discriminator: {propertyName: p, mapping: {v: '#/x'}}}}}"),
        (
            10,
            f"{RESPONSE}/content/application~1json/schema/discriminator/mapping/v",
            "the discriminator value 'v' leads to no schema: '$ref: #/x' points to nothing: no 'x'",
        ),
    ),
}


@pytest.mark.parametrize("fault", PROBLEMS)
def test_a_fault_is_listed_with_its_line_and_place(fault: str, read: Read, tmp_path: Path) -> None:
    text, (line, where, sentence) = PROBLEMS[fault]
    contract = read(text)
    assert contract.problems == (Problem(str(tmp_path / "c.yaml"), line, where, sentence),)
    assert contract.operation("add") is not None


def test_a_sound_contract_has_no_problems(read: Read) -> None:
    assert read(of_operation("summary: s")).problems == ()


LOST = {"not": {}, "x-unreadable": "'$ref: #/x' points to nothing: no 'x'"}
"""What stands for a schema that refers to nothing."""


def test_the_rest_is_read(read: Read) -> None:
    text = of_response(
        "headers: {X-A: {style: form, explode: x, schema: {type: string, minLength: x}}, X-B: x, X-C: {}}\n"
        "          content: {text/csv: {schema: {properties: {a: {$ref: '#/x'}, b: {type: integer}}, enum: []}}}"
    )
    contract = read(text)
    response = contract.operations[1].responses["201"]
    assert response.headers == {"X-A": Header({"type": "string"}), "X-C": Header()}
    assert response.content == {"text/csv": MediaType({"properties": {"a": LOST, "b": {"type": "integer"}}})}
    assert [(p.line, p.text.split(":")[0]) for p in contract.problems] == [
        (10, "the header has 'style"),
        (10, "'explode' must be true or false"),
        (10, "'X-B' must be a mapping"),
        (10, "'minLength'"),
        (11, "'enum'"),
        (11, "'$ref"),
    ]


def test_a_schema_without_the_part_that_has_a_fault(read: Read) -> None:
    """What remains of the request's schema: ``true`` and ``false`` are schemas too."""
    text = of_operation("requestBody: {content: {a/b: {schema: {$ref: '#/x', title: t}}, c/d: {schema: false}}}")
    contract = read(text)
    body = contract.operations[1].request_body
    assert body is not None
    assert body.content["c/d"].schema == {"not": {}}
    assert body.content["a/b"].schema == {"title": "t", **LOST}
    assert [p.text for p in contract.problems] == ["'$ref: #/x' points to nothing: no 'x'"]


def test_a_fault_is_listed_once(read: Read) -> None:
    """A part can be used by many operations."""
    paths = "".join(
        f"  /{p}: {{get: {{requestBody: {{$ref: '#/x-body'}}, responses: {{'200': {{}}}}}}}}\n" for p in "ab"
    )
    contract = read(f"openapi: 3.1.0\npaths:\n{paths}x-body: {{content: {{a/b: x}}}}\n")
    assert [(p.line, p.where) for p in contract.problems] == [(5, "/x-body/content/a~1b")]


def test_problems_have_the_file_that_they_are_in(read: Read, tmp_path: Path) -> None:
    (tmp_path / "bodies.yaml").write_text("a:\n  content:\n    a/b: x\n")
    contract = read(of_operation("requestBody: {$ref: 'bodies.yaml#/a'}"))
    assert contract.problems == (
        Problem(str(tmp_path / "bodies.yaml"), 3, "/a/content/a~1b", "'a/b' must be a mapping"),
    )


def test_a_document_that_was_parsed_already_has_no_lines() -> None:
    document = {"openapi": "3.1.0", "servers": 1, "paths": {"/a": {"get": {"responses": {"200": {}}}}}}
    assert parse_contract(document, "c").problems == (Problem("c", None, "/servers", "'servers' must be a list"),)


def test_a_schema_that_contains_itself_fits_nothing(read: Read) -> None:
    text = of_operation("requestBody: {content: {a/b: {schema: {$ref: '#/x-a'}}}}")
    contract = read(text + "x-a: {allOf: [{$ref: '#/x-b'}]}\nx-b: {anyOf: [{$ref: '#/x-a'}, {type: string}]}\n")
    body = contract.operations[1].request_body
    assert body is not None
    why = "this schema contains itself through allOf, anyOf, oneOf or not"
    assert body.content["a/b"].schema == {"not": {}, "x-unreadable": why}
    assert {p.text for p in contract.problems} == {why}


def test_references_nested_too_deeply_are_a_problem_where_they_are_not_needed(read: Read) -> None:
    rows = "".join(f"S{i}: {{$ref: '#/S{i + 1}', title: t}}\n" for i in range(3000))
    contract = read(of_operation("requestBody: {content: {a/b: {schema: {$ref: '#/S0'}}}}") + rows + "S3000: {}\n")
    assert "nested too deeply to be read" in [p.text for p in contract.problems]


OPTIONAL = {
    "operation": ("requestBody", "callbacks", "servers"),
    "response": ("headers", "links"),
    "parameter": ("style", "explode", "allowEmptyValue", "allowReserved", "example", "examples"),
    "document": ("servers", "webhooks", "x-webhooks"),
    "components": ("securitySchemes", "schemas", "links", "callbacks"),
    "schema": ("discriminator",),
}
"""Keys whose faults never stop a contract. (``security`` can: a demanded scheme may refer to nothing.)"""

WORDS = (
    *(key for keys in OPTIONAL.values() for key in keys),
    *("content", "a/b", "schema", "encoding", "$ref", "operationId", "operationRef", "type", "url", "variables"),
    *("post", "parameters", "responses", "200", "name", "in", "mapping", "propertyName", "allOf", "flows", "default"),
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=4)
    | st.sampled_from(
        ["#/components/schemas/A", "#/paths/~1a", "#", "query", "apiKey", "oauth2", "object", "{a}", "A"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=4),
    max_leaves=25,
)


@given(st.data())
@settings(deadline=None, max_examples=300)
def test_no_fault_in_these_parts_stops_a_contract(data: st.DataObject) -> None:
    def some(kind: str) -> dict[str, Any]:
        return data.draw(st.dictionaries(st.sampled_from(OPTIONAL[kind]), VALUES | JSON, max_size=3))

    schema = {"oneOf": [{"type": "object"}, {"type": "null"}], **some("schema")}
    response = {"content": {"application/json": {"schema": schema}, "a/b": data.draw(VALUES)}, **some("response")}
    if "links" in response and not isinstance(response["links"], dict):
        del response["links"]  # which has always stopped a contract
    parameter = {"name": "p", "in": "query", **some("parameter")}
    operation = {"parameters": [parameter], "responses": {"200": response}, **some("operation")}
    document = {"openapi": "3.1.0", "paths": {"/a": {"get": operation}}, **some("document")}
    contract = parse_contract({**document, "components": some("components")}, "c")
    assert [o.id for o in contract.operations] == ["GET /a"]
    assert all(p.source == "c" and p.line is None and p.where.startswith("/") for p in contract.problems)


def test_the_shipped_contracts_have_no_problems() -> None:
    from tests.contract.test_bundle import CONTRACTS

    assert {path.name: load_contract(path).problems for path in CONTRACTS} == {path.name: () for path in CONTRACTS}
