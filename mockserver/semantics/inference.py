"""One reading of one operation: what was found for each role, and why."""

from __future__ import annotations

import re
from typing import Any

from mockserver.contract import Contract, Operation, Schema, non_null
from mockserver.semantics.conventions import (
    body_fields,
    conventional_field,
    conventional_filters,
    conventional_identity,
    conventional_items,
    conventional_parameter,
    is_list_of_objects,
    page_sizes,
)
from mockserver.semantics.declared import BLOCK, Block
from mockserver.semantics.model import FIELD_ROLES, PARAMETER_ROLES, ListSemantics, Path_, Refresh, item_properties
from mockserver.semantics.vendors import vendors_pagination

_DECLARED = f"declared by {BLOCK}"


class Reading:
    """One reading of one operation: what was found for each role, and why."""

    def __init__(self, contract: Contract, operation: Operation) -> None:
        self.contract = contract
        self.operation = operation
        self.query = {p.name: p for p in operation.parameters if p.location == "query"}
        self.found: dict[str, Any] = {}
        self.why: dict[str, str] = {}
        self.block = Block(operation)
        self.fields: dict[Path_, Schema] = {}
        self.resource = _resource(operation.path)

    def semantics(self) -> ListSemantics | None:
        """What the operation means, or ``None`` if it is no list; raises `ContractError` if its block says it is."""
        response = self.operation.response(200)
        if self.operation.method != "GET" or response is None or response.schema is None:
            return self._no_list("is not a GET with a JSON answer of status 200")
        if not self.query:
            return self._no_list("has neither a page size nor a cursor in its query")
        self.fields = body_fields(response.schema)
        arrays = {path: schema for path, schema in self.fields.items() if is_list_of_objects(schema)}
        self._declared(arrays)
        if "items" not in self.found:
            return self._no_list("has no array of objects in its 200 answer")
        item = non_null(non_null(arrays[self.found["items"]])["items"])
        self._infer_parameters(item)
        if not any(role in self.found for role in PARAMETER_ROLES):
            return self._no_list("has neither a page size nor a cursor in its query")
        self._infer_fields()
        self._meaning(item)
        default, maximum = page_sizes(self.query.get(self.found.get("limit", "")))
        return ListSemantics(
            self.operation, item_schema=item, default_limit=default, max_limit=maximum, why=self.why, **self.found
        )

    def _no_list(self, reason: str) -> ListSemantics | None:
        """No list: fine, unless the contract says that it is one."""
        if self.block.there:
            raise self.operation.fault(f"'{BLOCK}' stands on {self.operation.id}, which {reason}", BLOCK)
        return None

    def _set(self, role: str, value: Any, why: str) -> None:
        if value is not None and role not in self.found:
            self.found[role] = value
            self.why[role] = why

    # Where things are: declared by us, declared by a vendor's extension, inferred -----------------------------------

    def _declared(self, arrays: dict[Path_, Schema]) -> None:
        for role in PARAMETER_ROLES:
            self._set(role, self.block.parameter(role, self.query), _DECLARED)
        self._set("items", self.block.field("items", arrays, "array of objects in the 200 answer"), _DECLARED)
        for role in FIELD_ROLES:
            self._set(role, self.block.field(role, self.fields), _DECLARED)
        for role, value, why in vendors_pagination(self.contract, self.operation, self.query, self.fields):
            if role != "items" or value in arrays:
                self._set(role, value, why)
        self._set(
            "items", conventional_items(arrays, self.resource), "inferred: the array of objects in the 200 answer"
        )

    def _infer_parameters(self, item: Schema) -> None:
        other = {*self.block.rows.get("filters", {}), self.block.rows.get("refresh", {}).get("parameter")}
        for role in PARAMETER_ROLES:
            taken = other | {self.found.get(r) for r in PARAMETER_ROLES}
            free = [p for n, p in self.query.items() if n not in taken]
            name = conventional_parameter(role, free, item_properties(item))
            self._set(role, name, f"inferred from the name '{name}'")

    def _infer_fields(self) -> None:
        for role in FIELD_ROLES:
            partner = {"next_cursor": "after", "previous_cursor": "before"}.get(role)
            if partner is not None and partner not in self.found:
                continue
            taken = [(), *(self.found.get(r) for r in FIELD_ROLES)]
            path = conventional_field(role, {p: s for p, s in self.fields.items() if p not in taken})
            self._set(role, path, f"inferred from the name '{'.'.join(path or ())}'")

    # What things mean ----------------------------------------------------------------------------------------------

    def _meaning(self, item: Schema) -> None:
        properties, rows = item_properties(item), self.block.rows
        if "identity" in rows:
            self._set("identity", self.block.identity(properties), _DECLARED)
        identity, why = conventional_identity(item, self.resource)
        self.found.setdefault("identity", identity)
        self.why.setdefault("identity", why)
        if "filters" in rows:
            self._set("filters", self.block.filters(self.query, properties), _DECLARED)
        taken = {self.found.get(role) for role in PARAMETER_ROLES}
        free = [p for n, p in self.query.items() if n not in taken]
        self._set("filters", conventional_filters(free, item), "inferred: parameters named like a property of the item")
        if "refresh" in rows:
            self._set("refresh", self.block.refresh(self.query, self.found["filters"], properties), _DECLARED)
        self._infer_refresh(properties)
        for key in ("total", "bad_cursor", "both_cursors", "over_limit"):
            self._set("total_kind" if key == "total" else key, rows.get(key), _DECLARED)
        if "invariants" in rows:
            self._set("invariants", self.block.invariants(properties), _DECLARED)

    def _infer_refresh(self, properties: dict[str, Schema]) -> None:
        flags = (p for p in self.query.values() if "boolean" in p.types and p.name not in self.found["filters"])
        flag = next((p for p in flags if re.search(r"refresh|re_?sync", p.name, re.IGNORECASE)), None)
        if flag is None:
            return
        said = flag.description
        scope = next((n for n in self.found["filters"] if re.search(rf"\b{re.escape(n)}\b", said)), None)
        dates = (n for n, s in properties.items() if non_null(s).get("format") == "date-time")
        # The time of the sync itself comes first; a plain updated_at may change for any reason.
        moves = tuple(
            sorted(
                (n for n in dates if re.search(r"updated|synced|refreshed", n, re.IGNORECASE)),
                key=lambda n: n.lower().replace("_", "") == "updatedat",
            )
        )
        self._set("refresh", Refresh(flag.name, scope, moves), f"inferred from the name '{flag.name}'")


def _resource(path: str) -> str:
    """What an operation lists, by the last fixed part of its path: ``tokens`` of ``/wallets/{id}/tokens``."""
    return next((part for part in reversed(path.split("/")) if part and "{" not in part), "")
