"""Replaces generated cursors and filter values with those that the server itself has shown."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mockserver.judge.exchange import Fetch
from mockserver.judge.schemathesis.lists import Case
from mockserver.judge.schemathesis.sending import CaseFetch
from mockserver.judge.survey import filter_text
from mockserver.judge.walk import ReceivedPage, largest_page_size, page_query, received_page
from mockserver.semantics import ListSemantics

Cursor = tuple[str, Mapping[str, str]]
"""A cursor, and the filters that it was issued under."""


@dataclass(frozen=True)
class Observed:
    """What a server has shown of one list: values by filter parameter, and cursors by cursor parameter."""

    values: Mapping[str, tuple[str, ...]]
    cursors: Mapping[str, tuple[Cursor, ...]]

    def applied_to(self, query: Mapping[str, Any], semantics: ListSemantics) -> dict[str, Any]:
        """Return a query with real cursors (and their filters) and real filter values in place of generated ones.

        A generated cursor for which there is no real one is left out.
        """
        name = next((name for name in semantics.cursors if query.get(name) is not None), None)
        if name is None:
            return self._with_values(query)
        positions = {*semantics.cursors, semantics.offset}
        result = {n: value for n, value in query.items() if n not in positions}
        cursors = self.cursors.get(name, ())
        if not cursors:
            return self._with_values(result)
        cursor, filters = _picked(cursors, query[name])
        result = {n: value for n, value in result.items() if n not in semantics.filters}
        return {**result, **filters, name: cursor}

    def _with_values(self, query: Mapping[str, Any]) -> dict[str, Any]:
        result = dict(query)
        for name, values in self.values.items():
            if isinstance(result.get(name), str) and values:
                result[name] = _picked(values, result[name])
        return result


def _picked(choices: Sequence[Any], generated: Any) -> Any:
    """Return one of the choices, the same one for the same generated value."""
    return choices[zlib.crc32(str(generated).encode("utf-8", "surrogatepass")) % len(choices)]


def observe(fetch: Fetch, semantics: ListSemantics) -> Observed:
    """Ask for a few pages and return what they show: one large page, and the first two under each filter."""

    def page(filters: Mapping[str, str], size: int | None, after: str | None = None) -> ReceivedPage | None:
        return received_page(fetch(page_query(semantics, filters, size, after=after)), semantics)

    largest = page({}, largest_page_size(semantics))
    items = largest.items if largest is not None else ()
    values: dict[str, tuple[str, ...]] = {}
    for name, target in semantics.filters.items():
        texts = (filter_text(item, target) for item in items)
        values[name] = tuple(dict.fromkeys(text for text in texts if text))
    cursors: dict[str, list[Cursor]] = {name: [] for name in semantics.cursors}
    for filters in ({}, *({name: texts[0]} for name, texts in values.items() if texts)):
        first = page(filters, 1)
        if first is None or first.next is None or semantics.after is None:
            continue
        cursors[semantics.after].append((first.next, filters))
        second = page(filters, 1, after=first.next)
        if second is not None and second.previous is not None and semantics.before is not None:
            cursors[semantics.before].append((second.previous, filters))
    return Observed(values, {name: tuple(found) for name, found in cursors.items()})


@dataclass
class Observations:
    """What was observed, once for each operation of each document."""

    _known: dict[tuple[int, str], Observed] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, case: Case, semantics: ListSemantics) -> Observed:
        """Return what the server of a case has shown; it is asked the first time."""
        key = (id(case.operation.schema.raw_schema), case.operation.label)
        with self._lock:
            if key not in self._known:
                self._known[key] = observe(CaseFetch(case, semantics.operation), semantics)
            return self._known[key]


OBSERVATIONS = Observations()
"""What the servers under test have shown."""
