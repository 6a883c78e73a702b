"""Reads a page of a list out of the body of a response. The mock's console and the judge both read pages here."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mockserver.semantics.model import ListSemantics


@dataclass(frozen=True)
class Page:
    """What the body of a response says as a page of a list.

    ``items`` are the records in the order of the page, ``ids`` their identities as text (`record_id`). ``next`` and
    ``previous`` are the cursors of the pages beside this one, ``total`` the number of records in the list; ``offset``
    and ``limit`` are repeated from the request. ``None`` for what the body does not say, or says in another JSON type.
    """

    items: tuple[Any, ...]
    ids: tuple[str, ...]
    next: str | None
    previous: str | None
    has_more: bool | None
    total: int | None
    offset: int | None
    limit: int | None


def read_page(body: Any, semantics: ListSemantics) -> Page | None:
    """Return the page in a parsed JSON ``body``; ``None`` if there is no array where the items belong."""
    items = value_at(body, semantics.items)
    if not isinstance(items, list):
        return None
    return Page(
        items=tuple(items),
        ids=tuple(record_id(item, semantics) for item in items),
        next=_cursor(value_at(body, semantics.next_cursor)),
        previous=_cursor(value_at(body, semantics.previous_cursor)),
        has_more=_boolean(value_at(body, semantics.has_more)),
        total=_integer(value_at(body, semantics.total)),
        offset=_integer(value_at(body, semantics.offset_echo)),
        limit=_integer(value_at(body, semantics.limit_echo)),
    )


def value_at(body: Any, path: Sequence[str] | None) -> Any:
    """Return the value at a path of object keys in a JSON value; ``None`` if there is none, or no path."""
    if path is None:
        return None
    for key in path:
        body = body.get(key) if isinstance(body, dict) else None
    return body


def record_id(record: Any, semantics: ListSemantics) -> str:
    """Return a record's identity as text: the identifying property, or the record as JSON if it has none."""
    identity = record.get(semantics.identity) if isinstance(record, dict) and semantics.identity is not None else None
    if identity is not None:
        return str(identity)
    return json.dumps(record, sort_keys=True)


def _cursor(value: Any) -> str | None:
    """Return a cursor as a query would spell it. An empty text is no cursor."""
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        return None
    return str(value)


def _boolean(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _integer(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
