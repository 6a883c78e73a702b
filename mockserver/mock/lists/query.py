"""Read the query of a list request from its validated parameters: filters, page size and position."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

from mockserver.contract import schema_types
from mockserver.errors import CursorError, shown
from mockserver.mock.lists.cursors import Binding, canonical_filters, decode_cursor
from mockserver.mock.lists.pagination import PageRange, page_from, page_until
from mockserver.mock.request.validation import Parsed, Violation
from mockserver.semantics import ListSemantics
from mockserver.semantics.headers import has_urls
from mockserver.world.selections import Filters

if TYPE_CHECKING:
    from mockserver.world.model import Dataset, Selection

MAX_ALTERNATIVES = 100
"""The largest number of combinations of filter values in one request."""


@dataclass(frozen=True)
class Query:
    """The query of a list request: filters, page size (``limit``, in records) and position.

    ``kind`` is the kind of position: ``after`` or ``before`` (``position`` is an ordinal), ``offset`` or ``page``
    (counted from 0, wherever the contract begins), or ``None`` for the first page. Cursors are bound to ``binding``.
    """

    filters: Filters
    binding: Binding
    limit: int
    kind: str | None = None
    position: int = 0

    def page(self, selection: Selection) -> PageRange:
        """Return the page of a selection that the query asks for."""
        if self.kind == "after":
            return page_from(selection.count, self.limit, selection.rank(self.position + 1))
        if self.kind == "before":
            return page_until(selection.count, self.limit, selection.rank(self.position))
        start = self.position * self.limit if self.kind == "page" else self.position
        return page_from(selection.count, self.limit, start)


def read_query(semantics: ListSemantics, parsed: Parsed, dataset: Dataset, world: str) -> tuple[Query, list[Violation]]:
    """Return the query of a request and all faults, those of ``parsed`` first; if there is one, the query is not used.

    ``world`` is the fingerprint that cursors are bound to. An invalid cursor is a fault, too, and raises nothing.
    """
    filters, violations = _filters(semantics, parsed)
    violations = [*parsed.violations, *violations]
    filters_known = not any(parsed.faulty(name) for name in semantics.filters)
    binding = Binding(semantics.operation.id, world, canonical_filters(filters) if filters_known else None)
    violations += _sizes(semantics, parsed)
    kinds, conflict = _position_kinds(semantics, parsed)
    violations += conflict
    kind_found: str | None = None
    position = 0
    for kind in kinds:
        name = getattr(semantics, kind)
        value = parsed.given.get(("query", name))
        if value is None:
            continue
        try:
            found = _position(semantics, kind, value, dataset, binding)
            if kind_found is None:
                kind_found, position = kind, found
        except CursorError as error:
            if semantics.bad_cursor == "reject":
                violations.append(_bad_cursor(name, value, error))
    limit = parsed.value(semantics.limit)
    limit = semantics.default_limit if not isinstance(limit, int) else limit
    limit = max(1, min(limit, semantics.max_limit))
    return Query(filters, binding, limit, kind_found, position), violations


def _filters(semantics: ListSemantics, parsed: Parsed) -> tuple[Filters, list[Violation]]:
    """Return the values of each filtered property, and what is wrong with their combination."""
    found: dict[str, tuple[Any, ...]] = {}
    for name, target in semantics.filters.items():
        value = parsed.value(name)
        if value is None:
            continue
        values = sorted(set(value), key=repr) if isinstance(value, list) else [value]
        if len(values) > 1 and "array" in schema_types(semantics.properties[target]):
            return {}, [_one_value(name)]
        found[target] = tuple(v for v in values if v in found.get(target, values))
    if prod(map(len, found.values())) <= MAX_ALTERNATIVES:
        return dict(sorted(found.items())), []
    longest = max(semantics.filters, key=lambda n: len(found.get(semantics.filters[n], ())))
    msg = f"Value error, the filters have more than {MAX_ALTERNATIVES} combinations of values"
    return {}, [Violation(("query", longest), msg, "value_error", ctx={"max_alternatives": MAX_ALTERNATIVES})]


def _one_value(name: str) -> Violation:
    """Return the fault of several values for a property that is an array: all or any of them may be meant."""
    error = f"'{name}' filters an array, so it takes one value only"
    return Violation(("query", name), f"Value error, {error}", "value_error", ctx={"error": error})


def _sizes(semantics: ListSemantics, parsed: Parsed) -> Iterator[Violation]:
    """Yield the faults of a page size, an offset or a page number that is too small, if its schema has no minimum."""
    for name, low in (
        (semantics.limit, 1),
        (semantics.offset, semantics.first_offset),
        (semantics.page, semantics.first_page),
    ):
        value = parsed.given.get(("query", name or ""))
        clamped = name == semantics.limit and semantics.over_limit == "clamp"
        if isinstance(value, int) and value < low and not clamped:
            msg = f"Input should be greater than or equal to {low}"
            yield Violation(("query", name or ""), msg, "greater_than_equal", str(value), {"ge": low})


def _position_kinds(semantics: ListSemantics, parsed: Parsed) -> tuple[list[str], list[Violation]]:
    """Return the kinds of position in a request, and the fault if there is more than one."""
    names = {k: name for k in ("after", "before", "offset", "page") if (name := getattr(semantics, k)) is not None}
    sent = [k for k, name in names.items() if ("query", name) in parsed.given or parsed.faulty(name)]
    if semantics.both_cursors != "reject" and {"after", "before"} <= set(sent):
        sent.remove("before" if semantics.both_cursors == "after" else "after")
    if len(sent) < 2:
        return sent, []
    quoted = [f"'{names[kind]}'" for kind in sent]
    error = f"{', '.join(quoted[:-1])} and {quoted[-1]} cannot be combined; send only one of them"
    loc = ("query", names[sent[-1]])
    return sent, [Violation(loc, f"Value error, {error}", "value_error", None, {"error": error})]


def _position(semantics: ListSemantics, kind: str, value: Any, dataset: Dataset, binding: Binding) -> int:
    """Return the number of an offset or a page, counted from 0, or the ordinal of a cursor. Raises `CursorError`.

    If answers have no cursors, the identity of a record is its cursor.
    """
    if kind in ("offset", "page"):
        return int(value) - (semantics.first_page if kind == "page" else semantics.first_offset)
    has_cursors = semantics.next_cursor is not None or semantics.previous_cursor is not None or has_urls(semantics)
    if has_cursors or semantics.identity is None:
        # The ordinal may be past the end, if it is that of a fixture that was removed.
        return decode_cursor(value, binding)
    found = dataset.select({semantics.identity: value})
    if not found.count:
        raise CursorError("malformed", f"no item has the {semantics.identity} '{shown(value)}'")
    return found.ordinal(0)


def _bad_cursor(name: str, value: str, error: CursorError) -> Violation:
    ctx = {"error": str(error), "reason": error.reason}
    return Violation(("query", name), f"Value error, {error}", "value_error", value, ctx)
