"""Decides what each part of one operation means: what is declared first, then what the conventions say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mockserver.contract import Contract, Operation, Parameter, Schema, non_null
from mockserver.semantics.bodies import body_fields, is_list_of_objects, is_list_of_values, values_of_any_field
from mockserver.semantics.conventions import (
    conventional_field,
    conventional_filters,
    conventional_identity,
    conventional_items,
    conventional_parameter,
)
from mockserver.semantics.declared import BLOCK, DeclaredSemantics
from mockserver.semantics.likely import likely_invariants
from mockserver.semantics.model import FIELD_ROLES, PARAMETER_ROLES, FieldPath, Likely, ListSemantics, item_properties
from mockserver.semantics.numbers import declared_sizes, first_number, page_sizes
from mockserver.semantics.promises import likely_promises
from mockserver.semantics.refreshes import likely_refresh
from mockserver.semantics.searches import BODY, body_parameters, flat_parameters, is_search
from mockserver.semantics.together import handed_back, paired_parameters
from mockserver.semantics.vendors import vendors_pagination

_DECLARED = f"declared by {BLOCK}"
_PARAMETERS_OF_FIELDS = {"next_cursor": "after", "previous_cursor": "before"}
_ANY_FIELD: FieldPath = ("*",)
"""Where the records are if the contract leaves the name of their field open."""

_PAGE_NUMBERS = ("page_echo", "next_page", "previous_page")
"""The parameter that takes the value of a field: without it the field is of no use."""


class SemanticsReader:
    """Reads one operation. ``found`` is what plays each role, ``why`` the reason, for people."""

    def __init__(self, contract: Contract, operation: Operation) -> None:
        self.contract = contract
        self.operation = replace(operation, parameters=(*flat_parameters(operation), *body_parameters(operation)))
        self.query = {p.name: p for p in self.operation.parameters if p.location in ("query", BODY)}
        self.found: dict[str, Any] = {}
        self.why: dict[str, str] = {}
        self.declared = DeclaredSemantics(operation)
        self.fields: dict[FieldPath, Schema] = {}
        self.resource = _resource(operation.path)

    def read(self) -> ListSemantics | None:
        """Return what the operation means, or ``None`` if it is not a list.

        Raises `ContractError` if its block says that it is one.
        """
        response = self.operation.response(200)
        if self.operation.method not in ("GET", "POST") or response is None or response.schema is None:
            return self._not_a_list("is not a GET or a search with a JSON answer of status 200")
        if not self.query:
            return self._not_a_list("has neither a page size nor a cursor in its query")
        self.fields = body_fields(response.schema)
        arrays = self._arrays(response.schema)
        self._read_declarations(arrays)
        likeliest = conventional_items(arrays, self.resource)
        what = "any field" if likeliest == _ANY_FIELD else "the array of objects in the 200 answer"
        self._set("items", likeliest, f"inferred: {what}")
        if "items" not in self.found:
            return self._not_a_list("has no array of objects in its 200 answer")
        item = non_null(non_null(arrays[self.found["items"]])["items"])
        self._infer_parameters(item)
        if not any(role in self.found for role in PARAMETER_ROLES):
            return self._not_a_list("has neither a page size nor a cursor in its query")
        if not self._only_reads():
            return self._not_a_list("is a POST that is not paged")
        self._infer_fields()
        self._read_meaning(item)
        self._read_numbers()
        return ListSemantics(self.operation, item_schema=item, why=self.why, **self.found)

    def _arrays(self, body: Schema) -> dict[FieldPath, Schema]:
        """Return the arrays that may be the list: those of objects, else one of texts or numbers, else any field's."""
        found = {path: schema for path, schema in self.fields.items() if is_list_of_objects(schema)}
        if not found:
            found = {path: schema for path, schema in self.fields.items() if is_list_of_values(schema)}
            found = found if len(found) == 1 and len(next(iter(found))) < 2 else {}
        any_field = values_of_any_field(body)
        return {_ANY_FIELD: any_field} if not found and any_field is not None else found

    def _only_reads(self) -> bool:
        if self.operation.method == "GET":
            return True
        is_paged = any(role in self.found for role in ("after", "offset", "page"))
        return is_search(self.operation, is_paged=is_paged, is_sized="limit" in self.found)

    def _not_a_list(self, reason: str) -> ListSemantics | None:
        """Return ``None``; raise `ContractError` if the contract says that the operation is a list."""
        if self.declared.present:
            raise self.operation.fault(f"'{BLOCK}' is set on {self.operation.id}, which {reason}", BLOCK)
        return None

    def _set(self, role: str, value: Any, why: str) -> None:
        """Give a role its value, unless it has one already or there is none to give."""
        if value is not None and role not in self.found:
            self.found[role] = value
            self.why[role] = why

    # Where things are ------------------------------------------------------------------------------------------------

    def _read_declarations(self, arrays: Mapping[FieldPath, Schema]) -> None:
        """Read what our own block declares, then what the extensions of vendors declare."""
        for role in PARAMETER_ROLES:
            self._set(role, self.declared.parameter(role, self.query), _DECLARED)
        self._set("items", self.declared.field("items", arrays, "array of objects in the 200 answer"), _DECLARED)
        for role in FIELD_ROLES:
            self._set(role, self.declared.field(role, self.fields), _DECLARED)
        for role, value, why in vendors_pagination(self.contract, self.operation, self.query, self.fields):
            if role != "items" or value in arrays:
                self._set(role, value, why)

    def _infer_parameters(self, item: Schema) -> None:
        elsewhere = {*self.declared.keys.get("filters", {}), self.declared.keys.get("refresh", {}).get("parameter")}
        for paired, beside, why in paired_parameters(self.query, item_properties(item)):
            if beside not in elsewhere and beside not in self.found.values():
                self._set(paired, beside, why)
        for role in PARAMETER_ROLES:
            name = conventional_parameter(role, self._free_parameters(elsewhere), item_properties(item))
            self._set(role, name, f"inferred from the name '{name}'")
        pair = handed_back({p.name: p for p in self._free_parameters(elsewhere)}, self.fields)
        if pair is not None and "after" not in self.found and "next_cursor" not in self.found:
            name, path = pair
            self._set("after", name, f"inferred: the answers have a field '{'.'.join(path)}'")
            self._set("next_cursor", path, f"inferred: the parameter '{name}' takes it")

    def _infer_fields(self) -> None:
        for role in FIELD_ROLES:
            parameter = "page" if role in _PAGE_NUMBERS else _PARAMETERS_OF_FIELDS.get(role)
            if parameter is not None and parameter not in self.found:
                continue
            taken = {self.found.get(other) for other in FIELD_ROLES}
            free = {path: schema for path, schema in self.fields.items() if path and path not in taken}
            path = conventional_field(role, free)
            self._set(role, path, f"inferred from the name '{'.'.join(path or ())}'")

    def _free_parameters(self, elsewhere: set[str | None]) -> list[Parameter]:
        """Return the query parameters that play no role yet, and are not in ``elsewhere``."""
        taken = elsewhere | {self.found.get(role) for role in PARAMETER_ROLES}
        return [parameter for name, parameter in self.query.items() if name not in taken]

    def _read_numbers(self) -> None:
        """Read the page sizes, and the numbers of the first page and of the first record."""
        limit = self.query.get(self.found.get("limit", ""))
        self.found["default_limit"], self.found["max_limit"] = page_sizes(limit)
        sizes = declared_sizes(limit)
        self.found["declared_default_limit"] = sizes.default
        self.found["declared_min_limit"], self.found["declared_max_limit"] = sizes.minimum, sizes.maximum
        for key, role in (("first_page", "page"), ("first_offset", "offset")):
            self._set(key, self.declared.keys.get(key), _DECLARED)
            number, why = first_number(self.query.get(self.found.get(role, ""))) or (None, "")
            self._set(key, number, why)

    # What things mean ------------------------------------------------------------------------------------------------

    def _read_meaning(self, item: Schema) -> None:
        properties, declared = item_properties(item), self.declared
        if "identity" in declared.keys:
            self._set("identity", declared.identity(properties), _DECLARED)
        identity, why = conventional_identity(item, self.resource)
        self.found.setdefault("identity", identity)
        self.why.setdefault("identity", why)
        if "filters" in declared.keys:
            self._set("filters", declared.filters(self.query, properties), _DECLARED)
        filters = conventional_filters(self._free_parameters(set()), item)
        self._set("filters", filters, "inferred: parameters named like a property of the item")
        if "refresh" in declared.keys:
            self._set("refresh", declared.refresh(self.query, self.found["filters"], properties), _DECLARED)
        self._infer_refresh(properties)
        self._set("total_kind", declared.keys.get("total"), _DECLARED)
        for key in ("bad_cursor", "both_cursors", "over_limit"):
            self._set(key, declared.keys.get(key), _DECLARED)
        self._read_rules(properties)

    def _read_rules(self, properties: Mapping[str, Schema]) -> None:
        """Read what is true of every record and page: as declared, else as names and descriptions suggest."""
        declared, likely = self.declared, Likely()
        if "invariants" in declared.keys:
            self._set("invariants", declared.invariants(properties), _DECLARED)
        else:
            likely = likely_invariants(properties)
        if "promises" in declared.keys:
            self._set("promises", declared.promises(self._found_fields()), _DECLARED)
        else:
            likely = replace(likely, promises=likely_promises(self._found_fields(), self.fields))
        self.found["likely"] = likely

    def _found_fields(self) -> dict[str, FieldPath]:
        return {role: self.found[role] for role in FIELD_ROLES if role in self.found}

    def _infer_refresh(self, properties: Mapping[str, Schema]) -> None:
        filters = self.found["filters"]
        flags = [p for p in self.query.values() if "boolean" in p.types and p.name not in filters]
        found = likely_refresh(flags, filters, properties)
        self._set("refresh", found, f"inferred from the name '{found.parameter}'" if found else "")


def _resource(path: str) -> str:
    """Return what an operation lists, by the last fixed part of its path: ``tokens`` of ``/wallets/{id}/tokens``."""
    return next((part for part in reversed(path.split("/")) if part and "{" not in part), "")
