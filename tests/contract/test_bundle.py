"""The contract as one document: it means the same, needs no other file, and every YAML parser reads the same."""

from __future__ import annotations

import dataclasses
import json
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import validate

from mockserver.contract import (
    Contract,
    as_served,
    bundled,
    files_of,
    load_contract,
    load_document,
    parse_contract,
    to_yaml,
)
from mockserver.contract.bundle import Bundle
from mockserver.contract.references import Files
from mockserver.errors import ContractError
from mockserver.semantics import list_operations
from tests.support.paths import ROOT

CONTRACTS = [ROOT / "contracts" / "openapi.yaml", *sorted((ROOT / "tests" / "contracts").iterdir())]
URL = "http://127.0.0.1:4010"
Json = dict[str, Any]

# A contract of many files: the main one refers to files beside and below it, which refer to each other and back.
MAIN = """
openapi: 3.1.0
info: {title: Harbour, version: "1"}
servers: [{url: https://example.com/v1}]
paths:
  /boats: {$ref: paths/boats.yaml}
  /owners:
    servers: [{url: https://owners.example.com}]
    parameters: [{$ref: "parts/limit.json"}]
    get:
      operationId: owners
      servers: [{url: https://other.example.com}]
      x-note: {$ref: "boats.yaml#/nothing"}
      parameters:
        - {name: after, in: query, schema: {type: string}}
        - {$ref: "./parts/the%20names.yaml#/a~1b/~0c"}
      responses:
        "200": {$ref: "paths/../responses.yaml#/owners"}
        default: {$ref: "responses.yaml#/default"}
  /boats/{id}:
    post:
      operationId: rename
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      requestBody: {$ref: "bodies.yaml#/rename"}
      responses:
        "201":
          description: d
          content:
            application/json:
              schema: {$ref: "boats.yaml#/components/schemas/Boat"}
              examples:
                shared: {$ref: "examples.yaml#/boat"}
                plain: {value: {$ref: "boats.yaml#/components/schemas/Boat"}}
          links:
            back: {operationRef: "paths/boats.yaml#/get"}
      callbacks:
        moved:
          "{$request.body#/url}":
            post: {responses: {"200": {$ref: "responses.yaml#/default"}}}
components:
  parameters:
    Cursor: {name: cursor, in: query, schema: {type: string}}
  schemas:
    Port: {type: object, properties: {name: {type: string}, boats: {$ref: "boats.yaml#/components/schemas/Boats"}}}
"""
FILES = {
    "boats.yaml": """
openapi: 3.1.0
info: {title: Boats, version: "1"}
servers: [{url: https://boats.example.com}]
components:
  schemas:
    Boats: {type: array, items: {$ref: "#/components/schemas/Boat"}}
    Boat:
      type: object
      required: [id]
      properties:
        id: {type: string}
        rig: {enum: [sloop, {$ref: "parts/owner.yaml"}]}
        owner: {$ref: "parts/owner.yaml"}
        $ref: {type: string, const: {$ref: "#/x"}}
        default: {$ref: "#/components/schemas/Name"}
        servers: {$ref: "#/components/schemas/Name", description: Servers of drinks.}
        port: {$ref: "harbour.yaml#/components/schemas/Port"}
        tender: {anyOf: [{$ref: "#/components/schemas/Boat"}, {type: "null"}]}
        kind:
          oneOf: [{$ref: "#/components/schemas/Sail"}, {$ref: "parts/owner.yaml"}]
          discriminator:
            propertyName: type
            mapping: {sail: "#/components/schemas/Sail", person: parts/owner.yaml, other: Sail, odd: "none.yaml#/X"}
    Sail: {type: object, properties: {type: {const: sail}}}
    Name: {type: string, minLength: 1, examples: [{$ref: "#/components/schemas/Boat"}]}
    Unused: {$ref: "#/components/schemas/Name"}
""",
    "parts/owner.yaml": """
type: object
required: [id]
properties:
  id: {type: integer}
  boats: {$ref: "../boats.yaml#/components/schemas/Boats"}
  self: {$ref: "#"}
  name: {$ref: "#/$defs/Name"}
$defs:
  Name: {$ref: "the%20names.yaml#/Name"}
""",
    "parts/the names.yaml": """
Name: {type: string, maxLength: 40}
a/b:
  ~c: {name: name, in: query, schema: {$ref: "#/Name"}}
""",
    "parts/limit.json": json.dumps(
        {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 9, "default": 5}}
    ),
    "paths/boats.yaml": """
parameters: [{$ref: "../parts/limit.json"}, {$ref: "../harbour.yaml#/components/parameters/Cursor"}]
servers: [{url: https://boats.example.com}]
get:
  operationId: boats
  servers: [{url: https://boats.example.com}]
  responses:
    "200":
      description: d
      content:
        application/json:
          schema:
            type: object
            required: [data]
            properties:
              data: {$ref: "../boats.yaml#/components/schemas/Boats"}
              cursor: {type: string}
""",
    "responses.yaml": """
owners:
  description: d
  headers: {X-Rate: {$ref: "headers.yaml#/rate"}}
  content:
    application/json:
      schema:
        type: object
        required: [items]
        properties:
          items: {type: array, items: {$ref: "parts/owner.yaml"}}
          after: {type: [string, "null"]}
default:
  description: d
  content: {application/json: {schema: {type: object, properties: {why: {$ref: "parts/the%20names.yaml#/Name"}}}}}
""",
    "headers.yaml": "rate: {schema: {type: integer}}\n",
    "bodies.yaml": """
rename: {content: {application/json: {schema: {$ref: "inner.yaml#/Rename"}}}}
""",
    "inner.yaml": 'Rename: {type: object, properties: {name: {$ref: "parts/the%20names.yaml#/Name"}}}\n',
    "examples.yaml": 'boat: {value: {id: a, note: {$ref: "boats.yaml#/components/schemas/Boat"}}}\n',
}


@pytest.fixture
def harbour(tmp_path: Path) -> Path:
    """The main file of the contract of many files."""
    for name, text in {"harbour.yaml": MAIN, **FILES}.items():
        file = tmp_path / "harbour" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path / "harbour" / "harbour.yaml"


def reloaded(document: Json, folder: Path, name: str = "served.yaml") -> Contract:
    """A served document, read again in a folder without the other files."""
    place = folder / "elsewhere"
    place.mkdir(exist_ok=True)
    text = to_yaml(document) if name.endswith("yaml") else json.dumps(document)
    (place / name).write_text(text, encoding="utf-8")
    return load_contract(place / name)


DIFFERENT = {"operation_ref", "servers", "server"}
"""Fields that differ in a served document: references as they are written there, and where the API is."""


def same(left: Any, right: Any, seen: set[tuple[int, int]] | None = None) -> bool:
    """Compare values that may contain themselves; fields that are `DIFFERENT` do not count."""
    seen = set() if seen is None else seen
    if (id(left), id(right)) in seen:
        return True
    seen.add((id(left), id(right)))
    names = getattr(left, "_fields", ())
    if dataclasses.is_dataclass(left):
        names = [f.name for f in dataclasses.fields(left) if f.compare]
    if names and type(left) is type(right):
        names = [name for name in names if name not in DIFFERENT]
        return all(same(getattr(left, n), getattr(right, n), seen) for n in names)
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return list(left) == list(right) and all(same(left[k], right[k], seen) for k in left)
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return len(left) == len(right) and all(same(a, b, seen) for a, b in zip(left, right, strict=True))
    return type(left) is type(right) and left == right


def references(node: Any) -> Iterator[str]:
    """Every text beside the word ``$ref``, data or not."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


# The same meaning ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["served.yaml", "served.json"])
@pytest.mark.parametrize("path", CONTRACTS, ids=lambda p: p.name)
def test_a_contract_that_was_served_is_the_same(path: Path, name: str, tmp_path: Path) -> None:
    contract = load_contract(path)
    again = reloaded(as_served(contract, URL), tmp_path, name)
    assert same(again.operations, contract.operations)
    assert same(list_operations(again), list_operations(contract))
    assert list_operations(again)
    assert (again.title, again.version) == (contract.title, contract.version)


@pytest.mark.parametrize("name", ["served.yaml", "served.json"])
def test_a_contract_of_many_files_that_was_served_is_the_same(harbour: Path, name: str, tmp_path: Path) -> None:
    contract = load_contract(harbour)
    again = reloaded(as_served(contract, URL), tmp_path, name)
    assert same(again.operations, contract.operations)
    assert same(list_operations(again), list_operations(contract))
    assert [s.operation.id for s in list_operations(again)] == ["boats", "owners"]
    assert [file.name for file in again.files] == [name, "none.yaml"]


def test_the_comparison_sees_a_difference(harbour: Path, tmp_path: Path) -> None:
    """The oracle of the tests above can fail."""
    contract = load_contract(harbour)
    document = as_served(contract, URL)
    document["x-files"]["parts/the names.yaml"]["Name"]["maxLength"] = 41
    assert not same(reloaded(document, tmp_path).operations, contract.operations)


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda p: p.name)
def test_what_is_served_is_valid_openapi(path: Path) -> None:
    validate(as_served(load_contract(path), URL))


def test_what_is_served_of_many_files_is_valid_openapi(harbour: Path) -> None:
    document = as_served(load_contract(harbour), URL)
    validate(document)
    validate(yaml.safe_load(to_yaml(document)))


# One document -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda p: p.name)
def test_a_contract_of_one_file_stays_as_it_is(path: Path) -> None:
    document = bundled(load_contract(path))
    assert json.dumps(document) == json.dumps(load_document(path, "the file").data)


def test_every_file_is_there_by_its_name(harbour: Path) -> None:
    document = bundled(load_contract(harbour))
    assert list(document) == ["openapi", "info", "servers", "paths", "components", "x-files"]
    assert set(document["x-files"]) == set(FILES)


def test_only_data_refer_to_other_files(harbour: Path) -> None:
    document = bundled(load_contract(harbour))
    outside = sorted(ref for ref in references(document) if not ref.startswith("#"))
    # In values: of an example, of examples.yaml, of an extension, of an enum.
    boat = "boats.yaml#/components/schemas/Boat"
    assert outside == [boat, boat, "boats.yaml#/nothing", "parts/owner.yaml"]


def test_references_are_made_local(harbour: Path) -> None:
    document = bundled(load_contract(harbour))
    files, owners = document["x-files"], document["paths"]["/owners"]
    assert document["paths"]["/boats"] == {"$ref": "#/x-files/paths~1boats.yaml"}
    assert owners["parameters"] == [{"$ref": "#/x-files/parts~1limit.json"}]
    assert owners["get"]["parameters"][1] == {"$ref": "#/x-files/parts~1the%20names.yaml/a~1b/~0c"}
    assert owners["get"]["responses"]["200"] == {"$ref": "#/x-files/responses.yaml/owners"}
    assert files["paths/boats.yaml"]["parameters"][1] == {"$ref": "#/components/parameters/Cursor"}
    assert files["parts/owner.yaml"]["properties"]["self"] == {"$ref": "#/x-files/parts~1owner.yaml"}
    assert files["parts/owner.yaml"]["properties"]["boats"] == {"$ref": "#/x-files/boats.yaml/components/schemas/Boats"}
    assert files["bodies.yaml"]["rename"]["content"]["application/json"]["schema"] == {
        "$ref": "#/x-files/inner.yaml/Rename"
    }
    post = document["paths"]["/boats/{id}"]["post"]
    callback = post["callbacks"]["moved"]["{$request.body#/url}"]
    assert callback["post"]["responses"]["200"] == {"$ref": "#/x-files/responses.yaml/default"}
    assert files["boats.yaml"]["components"]["schemas"]["Unused"] == {
        "$ref": "#/x-files/boats.yaml/components/schemas/Name"
    }


def test_the_word_is_data_where_it_is_a_name_or_a_value(harbour: Path) -> None:
    boat = bundled(load_contract(harbour))["x-files"]["boats.yaml"]["components"]["schemas"]["Boat"]["properties"]
    name = {"$ref": "#/x-files/boats.yaml/components/schemas/Name"}
    assert boat["$ref"] == {"type": "string", "const": {"$ref": "#/x"}}
    assert boat["rig"] == {"enum": ["sloop", {"$ref": "parts/owner.yaml"}]}
    assert boat["default"] == name
    assert boat["servers"] == name | {"description": "Servers of drinks."}


@pytest.mark.parametrize("word", ["const", "default", "example", "examples", "enum", "x-note"])
def test_a_value_of_a_schema_is_data(word: str, tmp_path: Path) -> None:
    value: Any = {"$ref": "a.yaml#/A", "in": [{"$ref": "a.yaml#/A", "properties": {"b": {"$ref": "a.yaml#/A"}}}]}
    schema = {"anyOf": [{"$ref": "a.yaml#/A"}], word: [value] if word in ("examples", "enum") else value}
    document = bundled(load_contract(small(tmp_path, json.dumps(schema), a="A: {type: string}\n")))
    assert the_schema(document) == schema | {"anyOf": [{"$ref": "#/x-files/a.yaml/A"}]}


def test_a_link_leads_to_the_same_operation(harbour: Path) -> None:
    post = bundled(load_contract(harbour))["paths"]["/boats/{id}"]["post"]
    assert post["responses"]["201"]["links"] == {"back": {"operationRef": "#/x-files/paths~1boats.yaml/get"}}


def test_a_mapping_of_a_discriminator_leads_to_the_same_schemas(harbour: Path) -> None:
    boat = bundled(load_contract(harbour))["x-files"]["boats.yaml"]["components"]["schemas"]["Boat"]["properties"]
    assert boat["kind"]["discriminator"]["mapping"] == {
        "sail": "#/x-files/boats.yaml/components/schemas/Sail",
        "person": "#/x-files/parts~1owner.yaml",
        "other": "#/x-files/boats.yaml/components/schemas/Sail",
        "odd": "none.yaml#/X",
    }


def test_what_was_parsed_already_is_bundled_too(harbour: Path) -> None:
    parsed = parse_contract(load_document(harbour, "the file").data, str(harbour))
    assert json.dumps(bundled(parsed)) == json.dumps(bundled(load_contract(harbour)))
    by_hand = dataclasses.replace(parsed, bundle=None)
    assert bundled(by_hand) == bundled(parsed)


def test_the_same_document_is_made_once(harbour: Path) -> None:
    contract = load_contract(harbour)
    assert bundled(contract) is bundled(contract)


def small(folder: Path, schema: str, more: str = "", **files: str) -> Path:
    """A contract whose one answer has a schema, and files beside it (``__`` stands for a slash)."""
    text = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {/a: {get: {responses: {'200': {description: d, "
    text += f"content: {{application/json: {{schema: {schema}}}}}}}}}}}}}}}\n{more}"
    for name, content in {"main": text, **files}.items():
        file = folder / f"{name.replace('__', '/')}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    return folder / "main.yaml"


def the_schema(document: Json) -> Any:
    return document["paths"]["/a"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]


def test_the_key_of_the_other_files_is_a_free_one(tmp_path: Path) -> None:
    path = small(tmp_path, "{$ref: 'a.yaml#/A'}", "x-files: {a: 1}\n", a="A: {type: string}\n")
    document = bundled(load_contract(path))
    assert document["x-files"] == {"a": 1}
    assert document["x-files-"] == {"a.yaml": {"A": {"type": "string"}}}
    assert the_schema(document) == {"$ref": "#/x-files-/a.yaml/A"}


def test_two_files_of_one_name(tmp_path: Path) -> None:
    """``d/../a.yaml`` is another file than ``a.yaml`` where ``d`` leads elsewhere."""
    path = small(
        tmp_path / "home",
        "{anyOf: [{$ref: a.yaml}, {$ref: d/../a.yaml}]}",
        a="type: string\n",
    )
    small(tmp_path / "far" / "deep", "{}")
    (tmp_path / "far" / "a.yaml").write_text("type: integer\n")
    (tmp_path / "home" / "d").symlink_to(tmp_path / "far" / "deep")
    document = bundled(load_contract(path))
    assert document["x-files"] == {"a.yaml": {"type": "string"}, "a.yaml-": {"type": "integer"}}
    assert the_schema(document) == {"anyOf": [{"$ref": "#/x-files/a.yaml"}, {"$ref": "#/x-files/a.yaml-"}]}


def test_no_name_tells_where_the_contract_is(tmp_path: Path) -> None:
    path = small(tmp_path / "home", "{$ref: ../common/a.yaml}", common__x="")
    (tmp_path / "common").mkdir()
    (tmp_path / "common" / "a.yaml").write_text("type: string\n")
    document = bundled(load_contract(path))
    assert document["x-files"] == {"../common/a.yaml": {"type": "string"}}
    assert the_schema(document) == {"$ref": "#/x-files/..~1common~1a.yaml"}
    assert str(tmp_path) not in json.dumps(document)


def test_names_are_escaped_as_in_a_url(tmp_path: Path) -> None:
    path = small(tmp_path, "{$ref: 'größe %25 ~.yaml#/A b'}", **{"größe % ~": "A b: {type: string}\n"})
    contract = load_contract(path)
    document = bundled(contract)
    assert the_schema(document) == {"$ref": "#/x-files/gr%C3%B6%C3%9Fe%20%25%20~0.yaml/A b"}
    assert same(reloaded(document, tmp_path).operations, contract.operations)


def test_a_file_that_is_schema_and_has_components(tmp_path: Path) -> None:
    """A part that is data of a document can be part of a schema, where the file is both."""
    path = small(tmp_path, "{$ref: a.yaml}", a="components: {}\nproperties: {b: {$ref: b.yaml}}\n", b="type: string\n")
    assert bundled(load_contract(path))["x-files"]["a.yaml"]["properties"] == {"b": {"$ref": "#/x-files/b.yaml"}}


REF = {"$ref": "a.yaml#/A"}
LOCAL = {"$ref": "#/x-files/a.yaml/A"}
ONE = """items additionalProperties contains propertyNames unevaluatedItems unevaluatedProperties contentSchema not if
then else"""
MANY = ("allOf", "anyOf", "oneOf", "prefixItems")
NAMED = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
KINDS = "schemas responses parameters examples requestBodies headers securitySchemes links callbacks pathItems"
WITH_SCHEMA = {"schema": {"items": REF}, "examples": {"default": REF}, "encoding": {"e": {"headers": {"h": REF}}}}
OBJECTS: dict[str, Json] = {
    **{word: {"components": {"schemas": {"S": {word: REF}}}} for word in ONE.split()},
    **{word: {"components": {"schemas": {"default": {word: [{}, REF]}}}} for word in MANY},
    **{word: {"components": {"schemas": {"enum": {word: {"default": REF, "x-a": REF}}}}} for word in NAMED},
    **{kind: {"components": {kind: {"x-a": REF}}} for kind in KINDS.split()},
    "webhooks": {"webhooks": {"w": REF}},
    "x-webhooks": {"x-webhooks": {"w": REF}},
    "a path": {"paths": {"/b": REF}},
    "parameters of a path": {"paths": {"/b": {"parameters": [REF]}}},
    "an operation": {"paths": {"/b": {"get": {"parameters": [], "requestBody": REF, "responses": {"200": REF}}}}},
    "a callback": {"paths": {"/b": {"put": {"responses": {"200": REF}, "callbacks": {"c": {"{$url}": REF}}}}}},
    "a parameter": {"components": {"parameters": {"p": {"schema": {"not": REF}, "examples": {"e": REF}}}}},
    "a body": {"components": {"requestBodies": {"b": {"content": {"a/b": WITH_SCHEMA}}}}},
    "a response": {"components": {"responses": {"r": {"headers": {"default": REF}, "links": {"l": REF}}}}},
    "content of a response": {"components": {"responses": {"r": {"content": {"a/b": WITH_SCHEMA}}}}},
    "content of a header": {"components": {"headers": {"h": {"content": {"a/b": WITH_SCHEMA}}}}},
}
DATA: dict[str, Json] = {
    "an extension": {"x-note": {"a": REF}},
    "an extension of paths": {"paths": {"x-note": {"get": {"responses": {"200": REF}}}}},
    "an extension of responses": {"components": {"pathItems": {"p": {"get": {"responses": {"x-note": REF}}}}}},
    "an extension of an operation": {"components": {"pathItems": {"p": {"get": {"x-note": REF}}}}},
    "a value": {"components": {"examples": {"e": {"value": REF}}}},
    "an example": {"components": {"parameters": {"p": {"example": REF}}}},
    "parameters of a link": {"components": {"links": {"l": {"parameters": {"p": REF}, "requestBody": REF}}}},
    "the title": {"info": {"title": "t", "version": "1", "description": REF}},
}


def with_places(folder: Path, places: Json) -> Json:
    """The keys of ``places`` in a bundled contract that has them."""
    path = {"get": {"responses": {"200": {"description": "d"}}}}
    document = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {"/a": path}}
    document |= places | ({"paths": {"/a": path} | places["paths"]} if "paths" in places else {})
    shape = {"get": {"operationId": "a", "responses": {"200": {"description": "d"}}}, "description": "d"}
    (folder / "a.yaml").write_text(json.dumps({"A": shape}))
    (folder / "main.json").write_text(json.dumps(document))
    found = bundled(load_contract(folder / "main.json"))
    assert set(found) - {"x-files"} == set(document)
    return {key: value for key, value in found.items() if key in places}


def replaced(node: Any) -> Any:
    """The same with every reference made local."""
    return json.loads(json.dumps(node).replace(json.dumps(REF), json.dumps(LOCAL)))


@pytest.mark.parametrize("places", OBJECTS.values(), ids=OBJECTS)
def test_wherever_a_reference_may_stand_it_is_one(places: Json, tmp_path: Path) -> None:
    found = with_places(tmp_path, places)
    found.get("paths", {}).pop("/a", None)
    assert found == replaced(places) != places


@pytest.mark.parametrize("places", DATA.values(), ids=DATA)
def test_elsewhere_it_is_data(places: Json, tmp_path: Path) -> None:
    found = with_places(tmp_path, places)
    found.get("paths", {}).pop("/a", None)
    assert found == places


def test_what_nothing_refers_to_is_local_too(tmp_path: Path) -> None:
    """Tools that collect all references of a document must be able to resolve each."""
    other = "A: {type: string}\nB: [{$ref: '#/A'}, {$ref: main.yaml}]\n"
    document = bundled(load_contract(small(tmp_path, "{$ref: 'a.yaml#/A'}", a=other)))
    assert document["x-files"]["a.yaml"]["B"] == [{"$ref": "#/x-files/a.yaml/A"}, {"$ref": "#"}]


def test_a_file_that_only_such_parts_name_is_there_too(tmp_path: Path) -> None:
    files = {"a": "A: {}\nB: {$ref: b.yaml}\n", "b": "c: &c [{$ref: c.yaml}]\nd: *c\n", "c": "{}"}
    document = bundled(load_contract(small(tmp_path, "{$ref: 'a.yaml#/A'}", **files)))
    assert document["x-files"] == {
        "a.yaml": {"A": {}, "B": {"$ref": "#/x-files/b.yaml"}},
        "b.yaml": {"c": [{"$ref": "#/x-files/c.yaml"}], "d": [{"$ref": "#/x-files/c.yaml"}]},
        "c.yaml": {},
    }


def test_data_name_no_file(tmp_path: Path) -> None:
    path = small(tmp_path, "{$ref: 'a.yaml#/A'}", a="A: {const: {$ref: b.yaml}}\n", b="{}")
    assert list(bundled(load_contract(path))["x-files"]) == ["a.yaml"]


def test_a_list_where_a_mapping_belongs_is_copied_as_it_is(tmp_path: Path) -> None:
    places = "components: {schemas: [{$ref: a.yaml}, {$ref: b.yaml}]}\n"
    document = bundled(load_contract(small(tmp_path, "{$ref: c.yaml}", places, a="{}", b="{}", c="{}")))
    assert document["components"] == {"schemas": [{"$ref": "a.yaml"}, {"$ref": "b.yaml"}]}
    assert list(document["x-files"]) == ["c.yaml"]


@pytest.mark.parametrize(
    ("ref", "expected", "files"),
    [
        ("none.yaml#/A", "none.yaml#/A", []),
        ("broken.yaml", "broken.yaml", []),
        ("a.yaml#/None", "#/x-files/a.yaml/None", ["a.yaml", "b.yaml"]),
        ("a.yaml#anchor", "a.yaml#anchor", ["a.yaml", "b.yaml"]),
        ("#anchor", "#anchor", []),
        ("https://example.com/a.yaml", "https://example.com/a.yaml", []),
        ("a\x00b.yaml", "a\x00b.yaml", []),
        ("", "", []),
    ],
)
def test_a_reference_to_nothing_is_copied_as_it_is(ref: str, expected: str, files: list[str], tmp_path: Path) -> None:
    """Where the mock does not need it; elsewhere it stops the contract."""
    body = f"components: {{requestBodies: {{a: {{$ref: {json.dumps(ref)}}}}}}}\n"
    path = small(tmp_path, "{}", body, a="A: {$ref: b.yaml}\n", b="{}", broken="[")
    document = bundled(load_contract(path))
    assert document["components"]["requestBodies"]["a"] == {"$ref": expected}
    assert list(document.get("x-files", {})) == files


def test_aliases_of_aliases_are_not_served(tmp_path: Path) -> None:
    rows = ["x0: &x0 [1]"] + [f"x{i}: &x{i} [{', '.join([f'*x{i - 1}'] * 9)}]" for i in range(1, 30)]
    path = small(tmp_path, "{}", "\n".join(rows) + "\n")
    contract = dataclasses.replace(load_contract(path), bundle=Bundle(Files(path), max_parts=10_000))
    with pytest.raises(ContractError, match=r"main\.yaml: more than 10000 values, too many to be served$"):
        bundled(contract)


def test_aliases_of_aliases_in_another_file_are_visited_once(tmp_path: Path) -> None:
    rows = ["x0: &x0 [{$ref: b.yaml}]"] + [f"x{i}: &x{i} [{', '.join([f'*x{i - 1}'] * 9)}]" for i in range(1, 30)]
    contract = load_contract(small(tmp_path, "{$ref: 'a.yaml#/A'}", a="\n".join(["A: {}", *rows]), b="{}"))
    assert [file.name for file in contract.files] == ["main.yaml", "a.yaml", "b.yaml"]


def test_what_nests_too_deeply_is_not_served(tmp_path: Path) -> None:
    document = {"openapi": "3.1.0", "paths": {"/a": {"get": {"responses": {"200": {"description": "d"}}}}}}
    path = tmp_path / "c.json"
    path.write_text(json.dumps(document)[:-1] + ', "x-deep": ' + "[" * 300 + "]" * 300 + "}")
    with pytest.raises(ContractError, match="more than 200 levels, too many to be served"):
        bundled(load_contract(path))


# As served ----------------------------------------------------------------------------------------------------------


def test_this_server_is_the_only_one(harbour: Path) -> None:
    contract = load_contract(harbour)
    document = as_served(contract, URL)
    assert list(document)[:3] == ["openapi", "info", "servers"]
    assert document["servers"] == [{"url": URL}]
    files = document["x-files"]
    assert "servers" not in document["paths"]["/owners"]
    assert "servers" not in document["paths"]["/owners"]["get"]
    assert "servers" not in files["paths/boats.yaml"]
    assert "servers" not in files["paths/boats.yaml"]["get"]
    assert "servers" not in files["boats.yaml"]
    assert "example.com" not in json.dumps(document)
    assert "servers" in files["boats.yaml"]["components"]["schemas"]["Boat"]["properties"]


def test_serving_changes_nothing(harbour: Path) -> None:
    contract = load_contract(harbour)
    before = json.dumps(bundled(contract))
    first = as_served(contract, URL)
    assert as_served(contract, "http://other")["servers"] == [{"url": "http://other"}]
    assert first["servers"] == [{"url": URL}]
    assert json.dumps(bundled(contract)) == before
    assert "https://example.com/v1" in before


def test_a_link_names_no_other_server(tmp_path: Path) -> None:
    links = "{next: {operationId: x, server: {url: 'https://example.com'}}}"
    more = f"components: {{responses: {{a: {{description: d, links: {links}}}}}}}\n"
    document = as_served(load_contract(small(tmp_path, "{}", more)), URL)
    assert document["components"]["responses"]["a"]["links"] == {"next": {"operationId": "x"}}


# Files --------------------------------------------------------------------------------------------------------------


def test_the_files_of_a_contract(harbour: Path) -> None:
    expected = {(harbour.parent / name).resolve() for name in ("harbour.yaml", *FILES, "none.yaml")}
    contract = load_contract(harbour)
    assert set(contract.files) == expected
    assert contract.files[0] == harbour.resolve()
    assert set(files_of(harbour)) == expected


def test_a_file_that_only_a_request_body_needs_counts(harbour: Path) -> None:
    before = load_contract(harbour)
    (harbour.parent / "inner.yaml").write_text("Rename: {type: string}\n")
    assert load_contract(harbour).digest != before.digest


def test_the_files_of_a_contract_that_cannot_be_used(tmp_path: Path) -> None:
    path = small(tmp_path, "{$ref: 'later/b.yaml#/B'}")
    assert load_contract(path).problems
    assert files_of(path) == (path.resolve(), (tmp_path / "later" / "b.yaml").resolve())
    path.write_text("[")
    assert files_of(path) == (path,)
    assert files_of(tmp_path / "none.yaml") == (tmp_path / "none.yaml",)
    path.write_text("text")
    assert files_of(path) == (path.resolve(),)


def test_a_big_contract_is_bundled_in_seconds(tmp_path: Path) -> None:
    count = 2000
    properties = {f"p{j}": {"$ref": f"parts.json#/S{j}", "description": "d"} for j in range(20)}
    (tmp_path / "parts.json").write_text(
        json.dumps({f"S{i}": {"type": "object", "properties": properties} for i in range(count)})
    )
    page = {"description": "d", "content": {"application/json": {"schema": {"$ref": "parts.json#/S7"}}}}
    paths = {f"/p{i}": {"get": {"responses": {"200": page}}} for i in range(count)}
    (tmp_path / "big.json").write_text(json.dumps({"openapi": "3.1.0", "paths": paths}))
    contract = load_contract(tmp_path / "big.json")
    began = time.process_time()
    document = as_served(contract, URL)
    assert len(document["x-files"]["parts.json"]) == count
    assert time.process_time() - began < 5


# YAML ---------------------------------------------------------------------------------------------------------------

# What other parsers take for a number, a date, a boolean or null, and what has a meaning in the grammar of YAML.
WORDS = r"""y n yes No ON off true FALSE null Null ~ 0 1 -1 +1 017 0o17 0x1F 0b1 1_000 1e3 1.0 1. .5 .inf
-.INF .nan 1:30 2024-01-01 2024-01-01T00:00:00Z = << - -- --- ... ? : # ! & * | > % @ ` ' " \ , [ ]
{ } - a a: :a a:b a# #a &a *a !a %a @a {a} [a] 'a' "a" a' C:\x inf NaN Infinity 1e 0x 12e03 685_230.15"""
SPACED = ("", " ", "a ", " a", "a: b", "a #b", "a b", "- a", "\t", "a\tb", "\n", "a\n", "\na", "a\nb")
LINES = ("a\nb\n", "a\nb\n\n", " a\nb", "a\n b", "a\n\n\nb", "a \nb", "a\n\tb", "a\r\nb", "a\rb", "---\na", "a\n...\n")
STRANGE = ("größe", "日本", "😀", "\u2028", "a\u2028b", "\x85", "\ufeff", "\ufeffa", "\xa0", "\x00", "\x7f", "\ufffe")
LONG = ("x" * 200, "x " * 200, "a\n" + "x " * 200, "# a\nb")
AWKWARD = [*WORDS.split(), *SPACED, *LINES, *STRANGE, *LONG]
TEXTS = st.text(max_size=12) | st.sampled_from(AWKWARD) | st.text("ab \n:#-'\"\t", max_size=12)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    TEXTS | NUMBERS | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=12,
)


def read_by_us(text: str) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "a.yaml"
        file.write_bytes(text.encode())
        return load_document(file, "the file").data


@settings(max_examples=200)
@given(st.dictionaries(TEXTS, VALUES, max_size=4))
def test_what_is_written_is_read_again(document: Json) -> None:
    """By our own reader (YAML 1.2) and by PyYAML (1.1), with the same types in the same order."""
    text = to_yaml(document)
    for found in (read_by_us(text), yaml.safe_load(text)):
        assert json.dumps(found) == json.dumps(document)


@pytest.mark.parametrize("word", AWKWARD)
def test_every_awkward_text_stays_text(word: str) -> None:
    document = {word: word, "list": [word, [word]], "last": {"a": word}}
    text = to_yaml(document)
    assert json.dumps(read_by_us(text)) == json.dumps(yaml.safe_load(text)) == json.dumps(document)


def test_how_it_is_written() -> None:
    document = {
        "openapi": "3.1.0",
        "info": {"version": "1", "title": "Größe 日本", "description": "One.\n\nTwo: # not a comment\n  - deeper\n"},
        "paths": {"/a/{b}": {"200": "NO", "y": [1, 1.5, True, None, "true"], "date": "2024-01-01"}},
        "shared": [[], {}],
    }
    assert to_yaml(document) == (
        "openapi: '3.1.0'\n"
        "info:\n"
        "  version: '1'\n"
        "  title: Größe 日本\n"
        "  description: |\n    One.\n\n    Two: # not a comment\n      - deeper\n"
        "paths:\n"
        "  '/a/{b}':\n"
        "    '200': 'NO'\n"
        "    'y':\n    - 1\n    - 1.5\n    - true\n    - null\n    - 'true'\n"
        "    date: '2024-01-01'\n"
        "shared:\n- []\n- {}\n"
    )


def test_aliases_are_written_out() -> None:
    part = {"a": [1]}
    assert "&" not in to_yaml({"x": part, "y": part})


def test_half_a_surrogate_pair_is_written_as_a_question_mark() -> None:
    """JSON can write what UTF-8 cannot."""
    assert yaml.safe_load(to_yaml({"a": "x\ud800y"})) == {"a": "x?y"}


@example(["a" * 129])
@given(st.lists(TEXTS, max_size=3, unique=True))
def test_long_keys_are_keys(keys: list[str]) -> None:
    document = {key: {"in": i} for i, key in enumerate(keys)}
    assert read_by_us(to_yaml(document)) == document
