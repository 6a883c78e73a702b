"""What leads from one operation to another: links, callbacks, webhooks."""

from __future__ import annotations

from pathlib import Path

from mockserver.contract import Link, Operation, Server, load_contract
from tests.contract.conftest import Read

LINKS = """
openapi: 3.1.0
paths:
  /boats:
    post:
      operationId: add
      responses:
        '201':
          description: d
          links:
            self:
              operationId: get one
              parameters: {path.id: $response.body#/id, full: true}
              description: the new boat
            edit: {$ref: '#/components/links/Edit'}
            by path: {operationRef: '#/paths/~1boats~1%7Bid%7D/get'}
            unnamed: {operationRef: '#/paths/~1boats~1{id}/delete'}
            elsewhere: {operationRef: 'https://other.example/api.yaml#/paths/~1a/get'}
            beside: {operationRef: 'harbour.yaml#/get'}
  /boats/{id}:
    get: {operationId: get one, responses: {'200': {description: d, links: {all: {operationId: add}}}}}
    put: {operationId: edit, responses: {'200': {description: d}}}
    delete: {responses: {'204': {description: d}}}
  /harbour: {$ref: harbour.yaml}
components:
  links:
    Edit:
      operationId: edit
      requestBody: $request.body
      server: {url: 'https://{a}.example', variables: {a: {default: b}}}
"""


def test_a_link_leads_to_an_operation(tmp_path: Path, read: Read) -> None:
    (tmp_path / "harbour.yaml").write_text("get: {operationId: harbour, responses: {'200': {description: d}}}\n")
    contract = read(LINKS)
    assert contract.problems == ()
    assert contract.operations[0].responses["201"].links == {
        "self": Link("get one", parameters={"path.id": "$response.body#/id", "full": True}, description="the new boat"),
        "edit": Link(
            "edit", request_body="$request.body", server=Server("https://b.example", "", "https://{a}.example")
        ),
        "by path": Link("get one", "#/paths/~1boats~1%7Bid%7D/get"),
        "unnamed": Link("DELETE /boats/{id}", "#/paths/~1boats~1{id}/delete"),
        "elsewhere": Link(None, "https://other.example/api.yaml#/paths/~1a/get"),
        "beside": Link("harbour", "harbour.yaml#/get"),
    }
    assert contract.operations[1].responses["200"].links == {"all": Link("add")}


def test_a_link_through_a_path_that_is_a_reference(tmp_path: Path, read: Read) -> None:
    (tmp_path / "harbour.yaml").write_text("get: {operationId: harbour, responses: {'200': {description: d}}}\n")
    text = LINKS.replace("'harbour.yaml#/get'", "'#/paths/~1harbour/get'")
    assert read(text).operations[0].responses["201"].links["beside"] == Link("harbour", "#/paths/~1harbour/get")


CALLBACKS = """
openapi: 3.1.0
security: [{key: []}]
servers: [{url: /v1}]
paths:
  /subscribe:
    post:
      operationId: subscribe
      responses: {'201': {description: d}}
      callbacks:
        sailed:
          x-note: n
          '{$request.body#/url}/sailed':
            parameters: [{name: X-Signature, in: header, required: true}]
            post:
              operationId: sailed
              requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Event'}}}}
              responses: {'204': {description: d}}
            put: {requestBody: {content: {text/plain: {}}}, security: [{key: []}]}
        moored: {$ref: '#/components/callbacks/Moored'}
components:
  schemas: {Event: {type: object}}
  securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}
  callbacks:
    Moored:
      $request.query.url:
        post: {responses: {'200': {description: d}}, callbacks: {again: {$ref: '#/components/callbacks/Moored'}}}
"""


def test_callbacks_are_operations_by_name_and_expression(read: Read) -> None:
    contract = read(CALLBACKS)
    assert contract.problems == ()
    assert [o.id for o in contract.operations] == ["subscribe"]
    callbacks = contract.operations[0].callbacks
    assert {name: list(found) for name, found in callbacks.items()} == {
        "sailed": ["{$request.body#/url}/sailed"],
        "moored": ["$request.query.url"],
    }
    put, post = callbacks["sailed"]["{$request.body#/url}/sailed"]
    assert (post.id, post.method, post.path) == ("sailed", "POST", "{$request.body#/url}/sailed")
    assert [(p.name, p.required) for p in post.parameters] == [("X-Signature", True)]
    assert post.request_body is not None
    assert post.request_body.content["application/json"].schema == {"type": "object"}
    assert list(post.responses) == ["204"]
    assert (put.id, put.responses) == ("PUT {$request.body#/url}/sailed", {})


def test_only_what_a_callback_itself_demands_counts(read: Read) -> None:
    """Security and servers of the contract are those of its own operations."""
    put, post = read(CALLBACKS).operations[0].callbacks["sailed"]["{$request.body#/url}/sailed"]
    assert (post.security, post.servers, post.key_parameters) == ((), (), ())
    assert put.security == ({"key": ()},)


def test_a_callback_of_a_callback_may_be_itself(read: Read) -> None:
    (moored,) = read(CALLBACKS).operations[0].callbacks["moored"]["$request.query.url"]
    assert moored.callbacks["again"]["$request.query.url"] == (moored,)


def test_a_callback_may_lead_to_the_operation_that_has_it(read: Read) -> None:
    """A path item can be referred to: the operation expects of its receiver what it is itself."""
    text = CALLBACKS.replace("{$ref: '#/components/callbacks/Moored'}", "{u: {$ref: '#/paths/~1subscribe'}}", 1)
    (inner,) = read(text).operations[0].callbacks["moored"]["u"]
    assert (inner.id, inner.path) == ("subscribe", "u")
    assert inner.callbacks["moored"]["u"] == (inner,)


def test_callbacks_nested_very_deeply_are_read(tmp_path: Path) -> None:
    depth = 150
    start = '{"post": {"responses": {"200": {"description": "d"}}, "callbacks": {"c": {"u": '
    text = start * depth + '{"post": {"operationId": "last"}}' + "}}}}" * depth
    (tmp_path / "c.json").write_text('{"openapi": "3.1.0", "paths": {"/a": ' + text + "}}")
    operation = load_contract(tmp_path / "c.json").operations[0]
    for _ in range(depth):
        (operation,) = operation.callbacks["c"]["u"]
    assert operation.id == "last"


WEBHOOK = "{post: {requestBody: {content: {application/json: {schema: {type: object}}}}}}"
NOTHING_ELSE = "paths: {/a: {get: {responses: {default: {description: d}}}}}\n"


def test_webhooks_are_operations_by_name(read: Read) -> None:
    contract = read(
        f"openapi: 3.1.0\nwebhooks: {{new boat: {WEBHOOK}, gone: {{$ref: '#/x-gone'}}}}\n{NOTHING_ELSE}"
        "x-gone: {post: {operationId: gone}, get: {operationId: ask}}\n"
    )
    assert {name: [(o.id, o.path) for o in found] for name, found in contract.webhooks.items()} == {
        "new boat": [("POST new boat", "new boat")],
        "gone": [("ask", "gone"), ("gone", "gone")],
    }
    (webhook,) = contract.webhooks["new boat"]
    assert isinstance(webhook, Operation)
    assert webhook.request_body is not None
    assert webhook.request_body.content["application/json"].schema == {"type": "object"}
    assert [o.id for o in contract.operations] == ["GET /a"]


def test_webhooks_of_documents_before_3_1(read: Read) -> None:
    contract = read(f"openapi: 3.0.3\nx-webhooks: {{new boat: {WEBHOOK}}}\n{NOTHING_ELSE}")
    assert list(contract.webhooks) == ["new boat"]
