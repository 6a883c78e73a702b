"""Discriminators have one form: the property, and the schema for each of its values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mockserver.contract import Contract, load_contract
from tests.contract.conftest import Read

ANIMALS = """
components:
  schemas:
    Cat: {type: object, properties: {kind: {type: string}, lives: {type: integer}}}
    Dog: {type: object, properties: {kind: {type: string}, tricks: {type: array, items: {$ref: '#/x-animal'}}}}
"""


def document(schema: str, more: str = ANIMALS, version: str = "3.1.0") -> str:
    """A contract whose one answer has this schema, which is ``x-animal`` too."""
    answer = "{content: {application/json: {schema: {$ref: '#/x-animal'}}}}"
    return f"openapi: {version}\npaths: {{/a: {{get: {{responses: {{'200': {answer}}}}}}}}}\nx-animal: {schema}\n{more}"


def schema_of(contract: Contract) -> Any:
    return contract.operations[0].responses["200"].schema


CAT, DOG = "{$ref: '#/components/schemas/Cat'}", "{$ref: '#/components/schemas/Dog'}"


@pytest.mark.parametrize("key", ["oneOf", "anyOf"])
@pytest.mark.parametrize(
    ("mapping", "values"),
    [
        ("", ["Cat", "Dog"]),
        ("mapping: {}", ["Cat", "Dog"]),
        ("mapping: {cat: '#/components/schemas/Cat', dog: Dog}", ["cat", "dog"]),
        ("mapping: {tom: Cat, kitty: '#/components/schemas/Cat'}", ["tom", "kitty", "Dog"]),
    ],
)
def test_a_value_leads_to_the_branch_itself(read: Read, key: str, mapping: str, values: list[str]) -> None:
    contract = read(document(f"{{{key}: [{CAT}, {DOG}], discriminator: {{propertyName: kind, {mapping}}}}}"))
    schema = schema_of(contract)
    found = schema["discriminator"]
    assert set(found) == {"propertyName", "mapping"}
    assert found["propertyName"] == "kind"
    assert list(found["mapping"]) == values
    cat, dog = schema[key]
    assert [found["mapping"][v] is (dog if v.lower() == "dog" else cat) for v in values] == [True] * len(values)
    assert cat["properties"]["lives"] == {"type": "integer"}
    assert contract.problems == ()


def test_a_branch_with_something_beside_its_reference_is_the_branch(read: Read) -> None:
    cat = "{$ref: '#/components/schemas/Cat', description: a cat}"
    schema = schema_of(
        read(document(f"{{oneOf: [{cat}, {DOG}], discriminator: {{propertyName: kind, mapping: {{c: Cat}}}}}}"))
    )
    assert schema["discriminator"]["mapping"]["c"] is schema["oneOf"][0]
    assert schema["oneOf"][0]["description"] == "a cat"


def test_a_value_may_lead_to_what_is_no_branch(read: Read) -> None:
    text = f"{{oneOf: [{CAT}], discriminator: {{propertyName: kind, mapping: {{d: Dog}}}}}}"
    mapping = schema_of(read(document(text)))["discriminator"]["mapping"]
    assert list(mapping) == ["d", "Cat"]
    assert mapping["d"]["properties"]["tricks"]["type"] == "array"


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("{const: cat}", ["cat"]),
        ("{type: string, enum: [cat, tiger, null]}", ["cat", "tiger"]),
        ("{enum: [1, 2]}", ["Cat"]),
        ("{type: string}", ["Cat"]),
    ],
)
def test_a_branch_that_fixes_the_property_has_these_values(read: Read, kind: str, values: list[str]) -> None:
    """Many documents give no mapping, and name their schemas otherwise than the values."""
    more = f"components: {{schemas: {{Cat: {{properties: {{kind: {kind}}}}}}}}}\n"
    schema = schema_of(read(document(f"{{oneOf: [{CAT}], discriminator: {{propertyName: kind}}}}", more)))
    assert list(schema["discriminator"]["mapping"]) == values


def test_a_branch_without_a_name_is_found_by_what_it_fixes(read: Read) -> None:
    branches = "[{properties: {kind: {const: cat}}}, {properties: {kind: {type: string}}}]"
    schema = schema_of(read(document(f"{{oneOf: {branches}, discriminator: {{propertyName: kind}}}}")))
    assert schema["discriminator"]["mapping"] == {"cat": schema["oneOf"][0]}


HEIRS = """
components:
  schemas:
    Animal:
      type: object
      properties: {kind: {type: string, enum: [Cat, Lion, pup]}}
      discriminator: {propertyName: kind, mapping: {pup: Dog}}
    Cat: {allOf: [{$ref: '#/components/schemas/Animal'}, {properties: {lives: {type: integer}}}]}
    Lion: {allOf: [{$ref: '#/components/schemas/Cat'}]}
    Dog: {allOf: [{$ref: '#/components/schemas/Animal'}]}
    Stone: {allOf: [{type: object}, {$ref: '#/none'}]}
    Liger: {allOf: [{$ref: '#/components/schemas/Lion'}, {$ref: '#/components/schemas/Cat'}]}
"""


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_without_branches_the_values_lead_to_the_schemas_that_have_it_in_their_all_of(read: Read, version: str) -> None:
    animal = schema_of(read(document("{$ref: '#/components/schemas/Animal'}", HEIRS, version)))
    mapping = animal["discriminator"]["mapping"]
    assert list(mapping) == ["pup", "Cat", "Lion", "Liger"]
    assert mapping["Cat"]["allOf"][0] is animal
    assert mapping["Cat"]["allOf"][1] == {"properties": {"lives": {"type": "integer"}}}
    assert mapping["Lion"]["allOf"][0] is mapping["Cat"]


def test_nullable_without_a_type_leaves_the_discriminator(read: Read) -> None:
    text = f"{{nullable: true, oneOf: [{CAT}], discriminator: {{propertyName: kind}}}}"
    inner = schema_of(read(document(text, version="3.0.3")))
    assert inner["discriminator"]["mapping"]["Cat"] is inner["oneOf"][0]


def test_schemas_of_other_files(tmp_path: Path, read: Read) -> None:
    (tmp_path / "animals").mkdir()
    (tmp_path / "animals" / "dog.yaml").write_text("{title: dog}\n")
    (tmp_path / "animals" / "all.yaml").write_text(
        "openapi: 3.1.0\ncomponents:\n  schemas:\n    com.Cat: {title: cat}\n    Any:\n"
        "      oneOf: [{$ref: 'dog.yaml'}, {$ref: '#/components/schemas/com.Cat'}]\n"
        "      discriminator: {propertyName: kind, mapping: {c: com.Cat, d: dog.yaml, x: Stone}}\n"
    )
    text = document(
        "{$ref: 'animals/all.yaml#/components/schemas/Any'}", "components: {schemas: {Stone: {title: s}}}\n"
    )
    mapping = schema_of(read(text))["discriminator"]["mapping"]
    assert {value: schema["title"] for value, schema in mapping.items()} == {"c": "cat", "d": "dog", "x": "s"}
    text = text.replace(
        "Stone: {title: s}", "Stone: {title: s, allOf: [{$ref: 'animals/all.yaml#/components/schemas/Any'}]}"
    )
    assert schema_of(read(text))["discriminator"]["mapping"]["x"]["title"] == "s"


def test_the_name_of_a_branch_that_is_a_file_is_the_files(tmp_path: Path) -> None:
    (tmp_path / "cat.yaml").write_text("{title: cat}\n")
    (tmp_path / "c.yaml").write_text(document("{oneOf: [{$ref: cat.yaml}], discriminator: {propertyName: kind}}"))
    assert list(schema_of(load_contract(tmp_path / "c.yaml"))["discriminator"]["mapping"]) == ["cat"]


def test_a_property_of_that_name_is_a_property(read: Read) -> None:
    schema = schema_of(read(document("{properties: {discriminator: {type: string}}}")))
    assert schema == {"properties": {"discriminator": {"type": "string"}}}
