"""What a list operation means once its contract is read: frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from mockserver.contract import Operation, Schema

Path_ = tuple[str, ...]
"""Where something stands in a body: keys from the outside in."""

PARAMETER_ROLES = ("limit", "after", "before", "offset", "page")
FIELD_ROLES = ("has_more", "next_cursor", "previous_cursor", "total", "offset_echo", "limit_echo")


@dataclass(frozen=True)
class Refresh:
    """A boolean parameter that re-syncs the records of one ``scope`` (a filter parameter) before the answer.

    ``moves`` names date-time properties that move forward; ``settles`` is ``(from, into)``, an amount that moves over.
    """

    parameter: str
    scope: str | None = None
    moves: tuple[str, ...] = ()
    settles: tuple[str, str] | None = None


@dataclass(frozen=True)
class Invariants:
    """What is true of every record, as the contract declares it.

    ``decimals``: text properties that hold plain decimal numbers, not negative. ``sums``: a property and those that add
    up to it. ``constant``: a property and those that determine it.
    """

    decimals: tuple[str, ...] = ()
    sums: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    constant: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class ListSemantics:
    """What one list operation means. Paths are tuples of keys into the 200 body, ``()`` being the body itself.

    ``limit``, ``after``, ``before``, ``offset``, ``page`` are names of query parameters; ``has_more``, ``next_cursor``,
    ``previous_cursor``, ``total``, ``offset_echo``, ``limit_echo`` are paths; ``filters`` maps a query parameter to the
    item's property that it filters. ``None`` where the operation has no such thing.
    """

    operation: Operation
    items: Path_
    item_schema: Schema
    identity: str | None
    default_limit: int
    max_limit: int
    limit: str | None = None
    after: str | None = None
    before: str | None = None
    offset: str | None = None
    page: str | None = None
    has_more: Path_ | None = None
    next_cursor: Path_ | None = None
    previous_cursor: Path_ | None = None
    total: Path_ | None = None
    offset_echo: Path_ | None = None
    limit_echo: Path_ | None = None
    filters: Mapping[str, str] = field(default_factory=dict)
    total_kind: Literal["exact", "estimate", "none"] = "exact"
    bad_cursor: Literal["reject", "first_page"] = "reject"
    both_cursors: Literal["reject", "after", "before"] = "reject"
    over_limit: Literal["reject", "clamp"] = "reject"
    refresh: Refresh | None = None
    invariants: Invariants = field(default_factory=Invariants)
    why: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def properties(self) -> Mapping[str, Schema]:
        """The item's properties by name, those of ``allOf`` branches included."""
        return item_properties(self.item_schema)

    @property
    def cursors(self) -> tuple[str, ...]:
        """The cursor parameters that there are."""
        return tuple(n for n in (self.after, self.before) if n is not None)


def item_properties(schema: Schema) -> dict[str, Schema]:
    """The properties of an object schema, merged over ``allOf``."""
    found: dict[str, Schema] = {}
    for branch in schema.get("allOf", ()):
        found |= item_properties(branch)
    return found | dict(schema.get("properties", {}))


def item_required(schema: Schema) -> frozenset[str]:
    """The names of the properties that every object has, merged over ``allOf``."""
    return frozenset(schema.get("required", ())).union(*(item_required(branch) for branch in schema.get("allOf", ())))
