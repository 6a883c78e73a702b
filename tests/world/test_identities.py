"""Identities of records are distinct, fit their schema and can be mapped back to the record."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from tests.support.expected import all_records, check_selection
from tests.support.ships import ships


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("contracts")


@pytest.mark.parametrize(
    ("schema", "example"),
    [
        ({"type": "string", "format": "uuid"}, None),
        ({"type": "string"}, None),
        ({"type": "string", "maxLength": 4}, None),
        ({"type": "string", "minLength": 20}, None),
        ({"type": "integer"}, 1),
        ({"type": "integer", "minimum": 10, "multipleOf": 5}, 10),
        ({"type": "number", "exclusiveMinimum": 7}, 8),
        ({"type": "integer", "format": "int32", "maximum": 500}, 1),
        ({"type": "string", "pattern": "^sh_[a-z]{5}$"}, None),
        ({"type": "string", "format": "email"}, None),
        ({"enum": [f"v{i}" for i in range(300)]}, None),
    ],
    ids=str,
)
def test_identities_are_distinct_and_can_be_mapped_back(folder: Path, schema: dict[str, Any], example: Any) -> None:
    item = {"type": "object", "required": ["code"], "properties": {"code": schema, "name": {"type": "string"}}}
    data = ships(folder, item=item, filters=("code",))
    records = all_records(data)
    values = [r["code"] for r in records]
    assert len(set(values)) == 120
    assert all(Draft202012Validator(schema).is_valid(v) for v in values)
    assert example in (None, values[0])
    assert all(check_selection(data, records, {"code": v}) == 1 for v in values[::7])
    unknown = [
        "",
        "x",
        "-1",
        "07",
        "0",
        "1e3",
        "f" * 12,
        "g" * 12,
        "9" * 30,
        "٣",
        str(uuid.uuid4()),
        10**9,
        1.5,
        None,
    ]
    for value in [*unknown, str(values[0]) + " ", str(values[0]).upper() if str(values[0]).islower() else "?"]:
        assert check_selection(data, records, {"code": value}) == (value in values), value


def test_a_list_has_at_most_as_many_records_as_there_are_identities(folder: Path) -> None:
    for schema, room in (
        ({"enum": ["a", "b"]}, 2),
        ({"type": "integer", "maximum": 50}, 50),
        ({"type": "string", "maxLength": 1}, 16),
    ):
        data = ships(folder, 60, item={"type": "object", "properties": {"code": schema}}, filters=())
        assert len({data.record(n)["code"] for n in range(data.size)}) == data.size == room
    pattern = {"type": "object", "properties": {"code": {"type": "string", "pattern": "^[a-z]{9}$"}}}
    assert ships(folder, 10**5, item=pattern, filters=()).size == 10**4
