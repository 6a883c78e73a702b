"""Request bodies, responses of all media types, and headers."""

from __future__ import annotations

import pytest

from mockserver.contract import Encoding, Header, MediaType, Operation, RequestBody, Response
from tests.contract.conftest import Read

BOATS = """
openapi: 3.1.0
info: {title: Boats, version: '1'}
paths:
  /boats:
    post:
      operationId: add
      requestBody: {$ref: '#/components/requestBodies/Boat'}
      responses:
        '201':
          description: created
          headers:
            Location: {required: true, schema: {type: string, format: uri}, example: /boats/1}
            X-Rate: {$ref: '#/components/headers/Rate'}
            content-type: {schema: {type: string}}
            X-Tags: {explode: true, schema: {type: array, items: {type: string}}, x-note: n}
            X-Json: {content: {application/json: {schema: {type: object}, example: {a: 1}}}}
          content:
            text/csv: {schema: {type: string}, examples: {one: {value: 'a,b'}, far: {externalValue: 'x.csv'}}}
            application/vnd.boats+json: {schema: {$ref: '#/components/schemas/Boat'}, example: {name: Ada}}
            application/json: {schema: {type: object}}
            image/*:
    get:
      operationId: list
      responses:
        default: {$ref: '#/components/responses/Problem'}
components:
  schemas:
    Boat: {type: object, properties: {name: {type: string}, sister: {$ref: '#/components/schemas/Boat'}}}
  headers:
    Rate: {description: 'calls left', deprecated: true, schema: {type: integer}, examples: {few: {value: 3}}}
  responses:
    Problem: {description: wrong, content: {application/problem+json: {schema: {type: object}}}}
  requestBodies:
    Boat:
      description: a boat
      required: true
      content:
        application/json: {schema: {$ref: '#/components/schemas/Boat'}, examples: {ada: {$ref: '#/x-ada'}}}
        multipart/form-data:
          schema: {type: object, properties: {photo: {type: string}, tags: {type: array}}}
          encoding:
            photo: {contentType: 'image/png, image/jpeg', headers: {X-Size: {schema: {type: integer}}}}
            tags: {style: spaceDelimited, explode: false, allowReserved: true}
        '*/*': {}
x-ada: {value: {name: Ada}}
"""


@pytest.fixture
def add(read: Read) -> Operation:
    """The operation with a request body, several media types and headers."""
    found = read(BOATS).operation("add")
    assert found is not None
    return found


def test_a_request_body_has_every_media_type(read: Read, add: Operation) -> None:
    body = add.request_body
    assert body is not None
    assert (body.required, body.description) == (True, "a boat")
    assert list(body.content) == ["application/json", "multipart/form-data", "*/*"]
    json = body.content["application/json"]
    assert json.examples == {"ada": {"name": "Ada"}}
    assert json.schema is not None
    assert json.schema["properties"]["sister"] is json.schema
    assert body.content["*/*"] == MediaType()
    assert [o.id for o in read(BOATS).operations if o.request_body is None] == ["list"]


def test_a_form_says_how_each_property_is_sent(add: Operation) -> None:
    body = add.request_body
    assert body is not None
    assert body.content["multipart/form-data"].encoding == {
        "photo": Encoding("image/png, image/jpeg", {"X-Size": Header({"type": "integer"})}),
        "tags": Encoding(style="spaceDelimited", explode=False, allow_reserved=True),
    }


def test_a_schema_that_only_a_request_has_is_in_the_dialect_of_3_1(read: Read) -> None:
    body = "requestBody: {content: {a/b: {schema: {type: string, nullable: true, exclusiveMinimum: true, minimum: 1}}}}"
    text = f"openapi: 3.0.3\npaths: {{/a: {{put: {{{body}, responses: {{default: {{description: d}}}}}}}}}}\n"
    request_body = read(text).operations[0].request_body
    assert request_body == RequestBody({"a/b": MediaType({"type": ["string", "null"], "exclusiveMinimum": 1})})


def test_a_response_has_every_media_type(add: Operation) -> None:
    created = add.responses["201"]
    assert list(created.content) == ["text/csv", "application/vnd.boats+json", "application/json", "image/*"]
    assert created.content["text/csv"] == MediaType({"type": "string"}, {"one": "a,b"})
    assert created.content["image/*"] == MediaType()


def test_the_json_of_a_response_is_the_first_one(add: Operation) -> None:
    created = add.responses["201"]
    assert created.media_type == "application/vnd.boats+json"
    assert created.schema is created.content["application/vnd.boats+json"].schema
    assert created.examples == {"example": {"name": "Ada"}}
    text = Response("200", content={"text/csv": MediaType({"type": "string"}, {"one": "a"})})
    assert (text.media_type, text.schema, text.examples) == (None, None, {})


def test_headers_of_a_response(add: Operation) -> None:
    headers = add.responses["201"].headers
    assert list(headers) == ["Location", "X-Rate", "X-Tags", "X-Json"], "Content-Type follows from the media type"
    assert headers["Location"] == Header({"type": "string", "format": "uri"}, True, examples={"example": "/boats/1"})
    assert headers["X-Rate"] == Header({"type": "integer"}, False, True, "calls left", examples={"few": 3})
    assert (headers["X-Tags"].style, headers["X-Tags"].explode, headers["X-Rate"].explode) == ("simple", True, False)
    assert headers["X-Tags"].extensions == {"x-note": "n"}
    json = MediaType({"type": "object"}, {"example": {"a": 1}})
    assert headers["X-Json"] == Header({"type": "object"}, content={"application/json": json})


def test_the_status_of_success(read: Read) -> None:
    assert {o.id: o.success_status for o in read(BOATS).operations} == {"list": 200, "add": 201}
    both = Operation("a", "GET", "/", (), {s: Response(s) for s in ("404", "204", "202", "2XX", "default")})
    assert both.success_status == 202


def test_the_json_body_for_a_status(read: Read, add: Operation) -> None:
    listing = read(BOATS).operations[0]
    created = add.json_body(201)
    assert created is not None
    assert created == (add.responses["201"].schema, "application/vnd.boats+json")
    assert listing.json_body(404) == ({"type": "object"}, "application/problem+json")
    assert add.json_body(404) is None
    assert (
        Operation("a", "GET", "/", (), {"200": Response("200", content={"a/b": MediaType({})})}).json_body(200) is None
    )
