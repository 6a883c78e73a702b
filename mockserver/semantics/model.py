"""Says what a list operation means once its contract is read: frozen values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from mockserver.contract import Operation, Schema

FieldPath = tuple[str, ...]
"""Where a value is in a JSON body: object keys from the outside in; ``()`` is the body itself."""

Promise = Literal["always", "when_used"]
"""When an answer is promised to say something: always, or when the caller used an offset."""

PARAMETER_ROLES = ("limit", "after", "before", "offset", "page")
"""What a query parameter can do for paging."""

FIELD_ROLES = (
    "has_more", "next_cursor", "previous_cursor", "total", "offset_echo", "limit_echo", "page_echo", "total_pages",
    "is_last", "next_page", "previous_page", "next_link", "previous_link", "first_link", "last_link",
)  # fmt: skip
"""What a field of the answer can say about the page."""


@dataclass(frozen=True)
class Refresh:
    """A boolean parameter that re-syncs the records of one ``scope`` (a filter parameter) before the answer.

    ``moves`` names the date-time properties that move forward; ``settles`` is ``(from, into)``: the amount that becomes
    zero, and the one that it is added to.
    """

    parameter: str
    scope: str | None = None
    moves: tuple[str, ...] = ()
    settles: tuple[str, str] | None = None


@dataclass(frozen=True)
class Invariants:
    """What is true of every record, as the contract declares it.

    ``decimals`` are text properties that hold plain decimal numbers, not negative. ``sums`` maps a property to those
    that add up to it, ``constant`` a property to those that determine its value.
    """

    decimals: tuple[str, ...] = ()
    sums: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    constant: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Likely:
    """What names and descriptions suggest to be true of every record; values have to bear it out.

    ``decimals`` are text properties that may hold decimal numbers, ``described`` those of them whose descriptions say
    so, ``unsigned`` those that by their meaning are never negative. ``sums`` maps a property to those that may add up
    to it, ``promises`` what pages may be promised to say, as in `ListSemantics`.
    """

    decimals: tuple[str, ...] = ()
    described: tuple[str, ...] = ()
    unsigned: tuple[str, ...] = ()
    sums: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    promises: Mapping[str, Promise] = field(default_factory=dict)


@dataclass(frozen=True)
class ListSemantics:
    """What one list operation means.

    ``limit``, ``after``, ``before``, ``offset`` and ``page`` are names of query parameters. ``items`` and the
    `FIELD_ROLES` are paths in the body of the 200 answer. ``filters`` maps a query parameter to the property of the
    item that it is compared with. ``likely`` are the invariants that only names and descriptions suggest. ``promises``
    maps ``has_more``, ``offset`` and ``limit`` to when their fields are there and not null. ``why`` maps a role to the
    reason why it is played by what it is. ``None`` stands for what the operation does not have.

    ``default_limit`` and ``max_limit`` are what a server may use that has to choose; ``declared_default_limit``,
    ``declared_min_limit`` and ``declared_max_limit`` are what the contract says, ``None`` where it is silent.
    ``id_cursors`` says that the identities of the last and the first record of a page are its cursors.
    ``first_page`` and ``first_offset`` are the number of the first page and the offset of the first record: 0 or 1.
    """

    operation: Operation
    items: FieldPath
    item_schema: Schema
    identity: str | None
    default_limit: int
    max_limit: int
    declared_default_limit: int | None = None
    declared_min_limit: int | None = None
    declared_max_limit: int | None = None
    id_cursors: bool = False
    first_page: int = 1
    first_offset: int = 0
    limit: str | None = None
    after: str | None = None
    before: str | None = None
    offset: str | None = None
    page: str | None = None
    has_more: FieldPath | None = None
    next_cursor: FieldPath | None = None
    previous_cursor: FieldPath | None = None
    total: FieldPath | None = None
    offset_echo: FieldPath | None = None
    limit_echo: FieldPath | None = None
    page_echo: FieldPath | None = None
    total_pages: FieldPath | None = None
    is_last: FieldPath | None = None
    next_page: FieldPath | None = None
    previous_page: FieldPath | None = None
    next_link: FieldPath | None = None
    previous_link: FieldPath | None = None
    first_link: FieldPath | None = None
    last_link: FieldPath | None = None
    filters: Mapping[str, str] = field(default_factory=dict)
    total_kind: Literal["exact", "estimate", "none"] = "exact"
    bad_cursor: Literal["reject", "first_page"] = "reject"
    both_cursors: Literal["reject", "after", "before"] = "reject"
    over_limit: Literal["reject", "clamp"] = "reject"
    refresh: Refresh | None = None
    invariants: Invariants = field(default_factory=Invariants)
    likely: Likely = field(default_factory=Likely)
    promises: Mapping[str, Promise] = field(default_factory=dict)
    why: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def properties(self) -> Mapping[str, Schema]:
        """The schemas of the item's properties by name, those of ``allOf`` branches included."""
        return item_properties(self.item_schema)

    @property
    def cursors(self) -> tuple[str, ...]:
        """The names of the cursor parameters, ``after`` first: none, one or two."""
        return tuple(name for name in (self.after, self.before) if name is not None)


def item_properties(schema: Schema) -> dict[str, Schema]:
    """Return the properties of an object schema by name, merged over ``allOf``.

    Of a union (``oneOf``, ``anyOf``) they are those that all of its branches have alike.
    """
    found: dict[str, Schema] = {}
    for branch in schema.get("allOf", ()):
        found |= item_properties(branch)
    for key in ("oneOf", "anyOf"):
        found |= _shared([item_properties(branch) for branch in schema.get(key, ()) if branch.get("type") != "null"])
    return found | dict(schema.get("properties", {}))


def _shared(branches: Sequence[Mapping[str, Schema]]) -> dict[str, Schema]:
    """Return the properties that all branches have with the same schema, but for words."""
    if not branches:
        return {}
    first, *others = branches
    return {n: s for n, s in first.items() if all(n in other and _bare(other[n]) == _bare(s) for other in others)}


def _bare(schema: Schema) -> dict[str, Any]:
    return {k: v for k, v in schema.items() if k in ("type", "format", "enum", "const", "pattern")}


def item_required(schema: Schema) -> frozenset[str]:
    """Return the names of the properties that an object schema requires, merged over ``allOf``."""
    return frozenset(schema.get("required", ())).union(*(item_required(branch) for branch in schema.get("allOf", ())))
