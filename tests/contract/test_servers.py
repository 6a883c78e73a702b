"""Servers and the base paths that follow from them."""

from __future__ import annotations

import pytest

from mockserver.contract import Server
from tests.contract.conftest import Read

PATHS = """
paths:
  /a:
    servers: [{url: https://path.example/p}]
    get: {operationId: of the path, responses: {default: {description: d}}}
    put: {operationId: its own, servers: [{url: /own}, {url: /other/}], responses: {default: {description: d}}}
  /b:
    get: {operationId: of the contract, responses: {default: {description: d}}}
"""


def test_the_closest_servers_count(read: Read) -> None:
    contract = read("openapi: 3.1.0\nservers: [{url: 'https://a.example/v1', description: main}]\n" + PATHS)
    assert contract.servers == (Server("https://a.example/v1", "main", "https://a.example/v1"),)
    assert {o.id: [s.url for s in o.servers] for o in contract.operations} == {
        "of the path": ["https://path.example/p"],
        "its own": ["/own", "/other/"],
        "of the contract": ["https://a.example/v1"],
    }
    assert {o.id: o.base_paths for o in contract.operations} == {
        "of the path": ("/p",),
        "its own": ("/own", "/other"),
        "of the contract": ("/v1",),
    }


@pytest.mark.parametrize("servers", ["", "servers: []\n", "servers:\n"])
def test_without_servers_the_paths_are_below_the_root(read: Read, servers: str) -> None:
    contract = read("openapi: 3.1.0\n" + servers + PATHS)
    assert [s.url for s in contract.servers] == ["/"]
    assert contract.base_paths == ("",)
    assert contract.problems == ()


def test_variables_have_their_defaults(read: Read) -> None:
    servers = """
servers:
  - url: https://{region}.example:{port}/{version}/{version}
    variables: {region: {default: eu, enum: [eu, us]}, port: {default: 443}, version: {default: v2}}
"""
    contract = read("openapi: 3.1.0" + servers + PATHS)
    assert contract.servers == (
        Server("https://eu.example:443/v2/v2", "", "https://{region}.example:{port}/{version}/{version}"),
    )
    assert contract.base_paths == ("/v2/v2",)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://a.example", ""),
        ("https://a.example/", ""),
        ("https://a.example/v1/", "/v1"),
        ("//a.example/v1", "/v1"),
        ("v1", "/v1"),
        ("./v1/..", ""),
        ("../v1", "/v1"),
        ("/a%20b/(c)", "/a%20b/(c)"),
        ("https://a.example/v1?x=1#y", "/v1"),
    ],
)
def test_the_base_path_of_a_url(read: Read, url: str, path: str) -> None:
    assert read(f"openapi: 3.1.0\nservers: [{{url: '{url}'}}]\n" + PATHS).base_paths == (path,)


def test_a_base_path_is_there_once(read: Read) -> None:
    servers = "servers: [{url: 'https://a.example/v1'}, {url: 'https://b.example/v1'}, {url: /v2}]\n"
    assert read("openapi: 3.1.0\n" + servers + PATHS).base_paths == ("/v1", "/v2")


def test_a_path_with_a_variable_left_is_none(read: Read) -> None:
    contract = read("openapi: 3.1.0\nservers: [{url: '/{a}'}, {url: /v1}]\n" + PATHS)
    assert [s.url for s in contract.servers] == ["/{a}", "/v1"]
    assert contract.base_paths == ("/v1",)
