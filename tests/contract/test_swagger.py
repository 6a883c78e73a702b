"""Swagger 2.0 documents: what they say in the words of OpenAPI 3."""

from __future__ import annotations

from pathlib import Path

import pytest
from openapi_spec_validator import validate as validate_document

from mockserver.contract import Contract, bundled, load_contract

TEXT = """\
swagger: '2.0'
info: {title: Shop, version: '1'}
host: shop.example
basePath: /v2
schemes: [https, http]
consumes: [application/json]
produces: [application/json, application/xml]
security: [{key: []}]
securityDefinitions:
  key: {type: apiKey, in: header, name: X-Key}
  login: {type: basic}
  app: {type: oauth2, flow: application, tokenUrl: 'https://shop.example/token', scopes: {read: Read}}
parameters:
  size: {name: size, in: query, type: integer, maximum: 50}
  order: {name: order, in: body, required: true, schema: {$ref: '#/definitions/Order'}}
responses:
  Missing: {description: no such order, schema: {$ref: '#/definitions/Fault'}}
paths:
  /orders:
    parameters:
      - {name: tenant, in: header, type: string, required: true}
    get:
      operationId: list orders
      security: [{login: []}]
      parameters:
        - {$ref: '#/parameters/size'}
        - {name: state, in: query, type: array, items: {type: string, enum: [open, paid]}, collectionFormat: multi}
        - {name: ids, in: query, type: array, items: {type: integer}, collectionFormat: pipes}
        - {name: tags, in: query, type: array, items: {type: string}}
      responses:
        '200':
          description: orders
          schema: {type: array, items: {$ref: '#/definitions/Order'}}
          headers: {X-Total: {type: integer, description: all of them}}
          examples: {application/json: [{id: 1}]}
        '404': {$ref: '#/responses/Missing'}
    post:
      operationId: add order
      security: [{app: [read]}]
      parameters: [{$ref: '#/parameters/order'}]
      responses: {'201': {description: made}}
  /orders/{id}/file:
    put:
      operationId: put file
      parameters:
        - {name: id, in: path, required: true, type: integer, format: int64}
        - {name: document, in: formData, required: true, type: file}
        - {name: note, in: formData, type: string, maxLength: 5}
      produces: [application/pdf]
      responses: {'200': {description: the file, schema: {type: file}}}
    post:
      operationId: post form
      parameters:
        - {name: id, in: path, required: true, type: integer}
        - {name: note, in: formData, type: string}
      responses: {'204': {description: done}}
definitions:
  Order:
    type: object
    discriminator: kind
    required: [kind]
    properties:
      kind: {type: string}
      note: {type: string, x-nullable: true}
      parent: {$ref: '#/definitions/Order'}
  Gift: {allOf: [{$ref: '#/definitions/Order'}, {type: object, properties: {card: {type: string}}}]}
  Fault: {type: object, properties: {message: {type: string}}}
"""


@pytest.fixture
def contract(tmp_path: Path) -> Contract:
    file = tmp_path / "shop.yaml"
    file.write_text(TEXT)
    return load_contract(file)


def test_the_document_is_valid_openapi(contract: Contract) -> None:
    validate_document(bundled(contract))
    assert contract.problems == ()
    assert (contract.title, contract.version) == ("Shop", "2.0")
    assert [server.url for server in contract.servers] == ["https://shop.example/v2", "http://shop.example/v2"]


def test_parameters(contract: Contract) -> None:
    operation = contract.operation("list orders")
    assert operation is not None
    assert [(p.location, p.name) for p in operation.parameters] == [
        *(("header", "tenant"), ("query", "size"), ("query", "state"), ("query", "ids"), ("query", "tags")),
    ]
    size, state, ids, tags = operation.parameters[1:]
    assert size.schema == {"type": "integer", "maximum": 50}
    assert state.schema == {"type": "array", "items": {"type": "string", "enum": ["open", "paid"]}}
    assert [(p.style, p.explode) for p in (state, ids, tags)] == [
        *(("form", True), ("pipeDelimited", False), ("form", False)),
    ]


def test_responses(contract: Contract) -> None:
    operation = contract.operation("list orders")
    assert operation is not None
    good, missing = operation.responses["200"], operation.responses["404"]
    assert list(good.content) == ["application/json", "application/xml"]
    assert good.examples == {"example": [{"id": 1}]}
    assert good.headers["X-Total"].schema == {"type": "integer"}
    assert missing.schema == {"type": "object", "properties": {"message": {"type": "string"}}}
    file = contract.operation("put file")
    assert file is not None
    assert {name: media.schema for name, media in file.responses["200"].content.items()} == {
        "application/pdf": {"type": "string", "format": "binary"}
    }


def test_bodies(contract: Contract) -> None:
    bodies = {o.id: o.request_body for o in contract.operations}
    assert bodies["list orders"] is None
    order, file, form = bodies["add order"], bodies["put file"], bodies["post form"]
    assert order is not None and file is not None and form is not None
    schema = order.content["application/json"].schema
    assert order.required
    assert schema is not None
    assert schema["properties"]["note"] == {"type": ["string", "null"]}
    assert schema["properties"]["parent"] is schema
    assert schema["discriminator"]["mapping"].keys() == {"Gift"}
    assert {name: media.schema for name, media in file.content.items()} == {
        "multipart/form-data": {
            "type": "object",
            "properties": {
                "document": {"type": "string", "format": "binary"},
                "note": {"type": "string", "maxLength": 5},
            },
            "required": ["document"],
        }
    }
    assert list(form.content) == ["application/x-www-form-urlencoded"]
    assert not form.required


def test_security(contract: Contract) -> None:
    schemes = contract.security_schemes
    assert (schemes["key"].location, schemes["key"].parameter) == ("header", "X-Key")
    assert (schemes["login"].type, schemes["login"].scheme) == ("http", "basic")
    assert schemes["app"].flows["clientCredentials"].token_url == "https://shop.example/token"
    assert [o.security for o in contract.operations] == [
        *(({"login": ()},), ({"app": ("read",)},), ({"key": ()},), ({"key": ()},)),
    ]


def test_a_fault_has_its_line_in_the_document(tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text(TEXT.replace("kind: {type: string}", "kind: {type: strnig}"))
    line = TEXT[: TEXT.index("      kind: {type")].count("\n") + 1
    assert [problem.line for problem in load_contract(file).problems] == [line]
