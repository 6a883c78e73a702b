"""Input that bites: cursors and filter values that the server itself has shown."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mockserver.judge.schemathesis.lists import Case
from mockserver.judge.schemathesis.sending import CaseFetch
from mockserver.judge.survey import filter_text
from mockserver.judge.walk import Fetch, query_of, read_page
from mockserver.semantics import ListSemantics


@dataclass(frozen=True)
class Material:
    """What a server has shown of one list: values by filter, and cursors with the filters that they belong to."""

    values: Mapping[str, tuple[str, ...]]
    cursors: Mapping[str, tuple[tuple[str, Mapping[str, str]], ...]]

    def biting(self, query: Mapping[str, Any], semantics: ListSemantics) -> dict[str, Any]:
        """The query with real cursors (and their filters) and real filter values in the place of generated ones."""
        result = dict(query)
        wanted = next((n for n in semantics.cursors if result.get(n) is not None), None)
        picked = _pick(self.cursors.get(wanted, ()), result[wanted]) if wanted is not None else None
        if wanted is not None:
            for name in (*semantics.cursors, *((semantics.offset,) if semantics.offset else ())):
                result.pop(name, None)
        if wanted is not None and picked is not None:
            result = {n: v for n, v in result.items() if n not in semantics.filters}
            return {**result, **picked[1], wanted: picked[0]}
        for name, values in self.values.items():
            if isinstance(result.get(name), str) and values:
                result[name] = _pick(values, result[name])
        return result


def _pick(rows: Sequence[Any], drawn: Any) -> Any:
    """One of the rows, the same for the same drawn value."""
    return rows[zlib.crc32(str(drawn).encode("utf-8", "surrogatepass")) % len(rows)] if rows else None


def gather(fetch: Fetch, semantics: ListSemantics) -> Material:
    """Look at a few pages for cursors and filter values: two pages of the whole list, and one of each filter."""
    first = read_page(fetch(query_of(semantics, None, semantics.max_limit if semantics.limit else None)), semantics)
    items = first.items if first is not None else ()
    values = {
        n: tuple(dict.fromkeys(t for i in items if (t := filter_text(i, p)))) for n, p in semantics.filters.items()
    }
    cursors: dict[str, list[tuple[str, Mapping[str, str]]]] = {name: [] for name in semantics.cursors}
    for filters in ({}, *({name: rows[0]} for name, rows in values.items() if rows)):
        page = read_page(fetch(query_of(semantics, filters, 1 if semantics.limit else None)), semantics)
        if page is None or page.next is None or semantics.after is None:
            continue
        cursors[semantics.after].append((page.next, filters))
        second = read_page(
            fetch(query_of(semantics, filters, 1 if semantics.limit else None, after=page.next)), semantics
        )
        if second is not None and second.previous is not None and semantics.before is not None:
            cursors[semantics.before].append((second.previous, filters))
    return Material(values, {name: tuple(rows) for name, rows in cursors.items()})


@dataclass
class _Materials:
    """What was gathered, once for each operation of each document."""

    known: dict[tuple[int, str], Material] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, case: Case, semantics: ListSemantics) -> Material:
        key = (id(case.operation.schema.raw_schema), case.operation.label)
        with self.lock:
            if key not in self.known:
                self.known[key] = gather(CaseFetch(case, semantics.operation), semantics)
            return self.known[key]


MATERIALS = _Materials()
