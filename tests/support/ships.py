"""A contract of another list than the wallet balances: ships."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from mockserver.contract import load_contract
from mockserver.semantics import ListSemantics, list_operations
from mockserver.world.model import Dataset
from tests.support.worlds import build_world

SHIP: dict[str, Any] = {
    "type": "object",
    "required": ["code", "name", "kind", "sails"],
    "properties": {
        "code": {"type": "string"},
        "name": {"type": "string"},
        "kind": {"enum": ["brig", "sloop", "yawl"]},
        "sails": {"type": "integer", "minimum": 1, "maximum": 9},
        "afloat": {"type": ["boolean", "null"]},
        "draught": {"type": "number", "minimum": 1, "maximum": 4},
        "owner_id": {"type": ["string", "null"], "format": "uuid"},
        "flags": {"type": "array", "items": {"enum": ["red", "white", "blue"]}, "minItems": 1, "uniqueItems": True},
        "built_at": {"type": "string", "format": "date-time"},
    },
}
SHIP_FILTERS = ("kind", "sails", "afloat", "draught", "owner_id", "flags")


def semantics(
    folder: Path,
    item: dict[str, Any] = SHIP,
    identity: str = "code",
    filters: tuple[str, ...] = (*SHIP_FILTERS, "code"),
    *names: str,
) -> tuple[ListSemantics, ...]:
    """Write a contract of lists into a folder, and return its list operations."""
    query = [{"name": "page_size", "in": "query", "schema": {"type": "integer"}}]
    query += [{"name": n, "in": "query", "schema": {"type": "string"}} for n in filters]
    body = {
        "type": "object",
        "properties": {"ships": {"type": "array", "items": {"$ref": "#/components/schemas/Item"}}},
    }

    def operation(name: str) -> dict[str, Any]:
        return {
            "get": {
                "operationId": name,
                "parameters": query,
                "x-list-semantics": {"identity": identity, "filters": {n: n for n in filters}},
                "responses": {"200": {"description": "", "content": {"application/json": {"schema": body}}}},
            }
        }

    document = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {f"/{name}": operation(name) for name in names or ("ships",)},
        "components": {"schemas": {"Item": item}},
    }
    path = folder / "contract.yaml"
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    return list_operations(load_contract(path))


def ships(folder: Path, size: int | None = None, **more: Any) -> Dataset:
    """Return the records of a list of ships."""
    return build_world(semantics(folder, **more), size=size).datasets["ships"]
