"""Security schemes of every type, and what an operation demands."""

from __future__ import annotations

import pytest

from mockserver.contract import OAuthFlow, SecurityScheme
from tests.contract.conftest import Read

SCHEMES = """
components:
  securitySchemes:
    header: {type: apiKey, in: header, name: X-Key, description: 'Ask us.', x-note: n}
    query: {type: apiKey, in: query, name: key}
    cookie: {type: apiKey, in: cookie, name: session}
    basic: {type: http, scheme: Basic}
    bearer: {type: http, scheme: bearer, bearerFormat: JWT}
    digest: {type: http, scheme: digest}
    other: {type: http, scheme: HOBA}
    oauth:
      type: oauth2
      flows:
        authorizationCode:
          authorizationUrl: https://a.example/auth
          tokenUrl: https://a.example/token
          refreshUrl: https://a.example/refresh
          scopes: {read: 'Read all.', write: 'Write all.'}
        clientCredentials: {tokenUrl: https://a.example/token, scopes: {}}
    connect: {type: openIdConnect, openIdConnectUrl: https://a.example/.well-known}
    mutual: {type: mutualTLS}
    alias: {$ref: '#/components/securitySchemes/bearer'}
"""
FLOWS = {
    "authorizationCode": OAuthFlow(
        "https://a.example/auth",
        "https://a.example/token",
        "https://a.example/refresh",
        {"read": "Read all.", "write": "Write all."},
    ),
    "clientCredentials": OAuthFlow(token_url="https://a.example/token"),
}
AUTHORIZATION = ("header", "Authorization")


def operation(security: str, root: str = "") -> str:
    return (
        f"openapi: 3.1.0\n{root}\npaths: {{/a: {{get: {{{security} responses: {{default: {{description: d}}}}}}}}}}\n"
    )


def test_schemes_of_every_type(read: Read) -> None:
    assert read(operation("") + SCHEMES).security_schemes == {
        "header": SecurityScheme(
            "header", "apiKey", "header", "X-Key", description="Ask us.", extensions={"x-note": "n"}
        ),
        "query": SecurityScheme("query", "apiKey", "query", "key"),
        "cookie": SecurityScheme("cookie", "apiKey", "cookie", "session"),
        "basic": SecurityScheme("basic", "http", scheme="basic"),
        "bearer": SecurityScheme("bearer", "http", scheme="bearer", bearer_format="JWT"),
        "digest": SecurityScheme("digest", "http", scheme="digest"),
        "other": SecurityScheme("other", "http", scheme="hoba"),
        "oauth": SecurityScheme("oauth", "oauth2", flows=FLOWS),
        "connect": SecurityScheme("connect", "openIdConnect", open_id_connect_url="https://a.example/.well-known"),
        "mutual": SecurityScheme("mutual", "mutualTLS"),
        "alias": SecurityScheme("alias", "http", scheme="bearer", bearer_format="JWT"),
    }


def test_where_a_request_has_the_credential(read: Read) -> None:
    found = {name: scheme.place for name, scheme in read(operation("") + SCHEMES).security_schemes.items()}
    assert found == {
        "header": ("header", "X-Key"),
        "query": ("query", "key"),
        "cookie": ("cookie", "session"),
        **dict.fromkeys(("basic", "bearer", "digest", "other", "oauth", "connect", "alias"), AUTHORIZATION),
        "mutual": None,
    }


@pytest.mark.parametrize(
    ("own", "root", "expected"),
    [
        ("", "", ()),
        ("", "security: [{header: []}]", ({"header": ()},)),
        ("security: [],", "security: [{header: []}]", ()),
        ("security: [{}],", "security: [{header: []}]", ({},)),
        ("security: ,", "security: [{header: []}]", ()),
        ("security: [{oauth: [read, write]}],", "", ({"oauth": ("read", "write")},)),
        (
            "security: [{header: [], basic: []}, {oauth: [read]}, {}],",
            "security: [{query: []}]",
            ({"header": (), "basic": ()}, {"oauth": ("read",)}, {}),
        ),
    ],
)
def test_what_an_operation_demands(read: Read, own: str, root: str, expected: tuple[object, ...]) -> None:
    contract = read(operation(own, root) + SCHEMES)
    assert contract.operations[0].security == expected
    assert contract.problems == ()


@pytest.mark.parametrize(("own", "is_a_place"), [("", True), ("security: [],", False)])
def test_a_header_is_a_place_for_a_key_only_where_it_is_demanded(read: Read, own: str, is_a_place: bool) -> None:
    places = read(operation(own, "security: [{header: []}]") + SCHEMES).operations[0].key_parameters
    assert (("header", "X-Key") in places) == is_a_place


def test_an_operation_that_demands_a_scheme_that_refers_to_nothing_is_unreadable(read: Read) -> None:
    schemes = "components:\n  securitySchemes:\n    k: {$ref: '#/x'}\n"
    for demanded, why in (("", None), ("security: [{k: []}],", "'$ref: #/x' points to nothing: no 'x'")):
        contract = read(operation(demanded) + schemes)
        assert [p.line for p in contract.problems] == [6]
        assert contract.operations[0].unreadable == why


def test_where_a_key_may_be_is_as_it_was(read: Read) -> None:
    """What is demanded comes first, then keys outside of headers, which a client may send everywhere."""
    found = read(operation("security: [{mutual: [], bearer: []}, {header: []}],") + SCHEMES).operations[0]
    assert found.key_parameters == (AUTHORIZATION, ("header", "X-Key"), ("query", "key"), ("cookie", "session"))
    assert found.key_headers == ("Authorization", "X-Key")
    declared = "security: [], parameters: [{name: key, in: query}, {name: api_key, in: query}],"
    found = read(operation(declared) + SCHEMES).operations[0]
    assert found.key_parameters == (("cookie", "session"), ("query", "api_key"))


def test_where_a_key_may_be_in_any_operation(read: Read) -> None:
    get = "get: {security: [{header: []}], responses: {default: {description: d}}}"
    put = "put: {security: [{bearer: []}], responses: {default: {description: d}}}"
    contract = read(f"openapi: 3.1.0\npaths: {{/a: {{{get}, {put}}}}}\n{SCHEMES}")
    elsewhere = (("query", "key"), ("cookie", "session"))
    assert contract.key_parameters == (("header", "X-Key"), *elsewhere, AUTHORIZATION)
