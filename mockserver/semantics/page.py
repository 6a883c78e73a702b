"""Reads a page of a list out of the body of a response. The mock's console and the judge both read pages here."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mockserver.semantics.headers import Headers, header_page
from mockserver.semantics.links import RELATIONS, body_links, looks_like_url
from mockserver.semantics.model import ListSemantics


@dataclass(frozen=True)
class Page:
    """What the body of a response says as a page of a list.

    ``items`` are the records in the order of the page, ``ids`` their identities as text (`record_id`). ``next`` and
    ``previous`` are the cursors of the pages beside this one, ``total`` the number of records in the list; ``offset``,
    ``limit`` and ``number`` (of the page) are repeated from the request; ``pages`` is the number of pages. ``None`` for
    what the body does not say, or says in another JSON type.

    ``links`` are the URLs of other pages by relation (`RELATIONS`) as the body has them, ``header_links`` those of the
    ``Link`` header.
    """

    items: tuple[Any, ...]
    ids: tuple[str, ...]
    next: str | None
    previous: str | None
    has_more: bool | None
    total: int | None
    offset: int | None
    limit: int | None
    number: int | None = None
    pages: int | None = None
    next_number: int | None = None
    previous_number: int | None = None
    links: Mapping[str, str] = field(default_factory=dict)
    header_links: Mapping[str, str] = field(default_factory=dict)


def read_page(body: Any, semantics: ListSemantics, headers: Headers = ()) -> Page | None:
    """Return the page in a parsed JSON ``body``; ``None`` if there is no array where the items belong.

    ``headers`` are those of the answer. What the body says goes before what they say. A cursor that is a URL is one of
    the links.
    """
    items = value_at(body, semantics.items)
    if not isinstance(items, list):
        return None
    beside = header_page(headers)
    ids = tuple(record_id(item, semantics) for item in items)
    has_more = _has_more(body, semantics)
    following, preceding = value_at(body, semantics.next_cursor), value_at(body, semantics.previous_cursor)
    next_cursor, previous_cursor = _cursor(following) or beside.next, _cursor(preceding) or beside.previous
    if semantics.id_cursors and ids:
        next_cursor, previous_cursor = None if has_more is False else ids[-1], ids[0]
    return Page(
        items=tuple(items),
        ids=ids,
        next=next_cursor if semantics.after is not None else None,
        previous=previous_cursor if semantics.before is not None else None,
        has_more=has_more,
        total=_either(_integer(value_at(body, semantics.total)), beside.total),
        offset=_integer(value_at(body, semantics.offset_echo)),
        limit=_integer(value_at(body, semantics.limit_echo)),
        number=_either(_integer(value_at(body, semantics.page_echo)), beside.number),
        pages=_either(_integer(value_at(body, semantics.total_pages)), beside.pages),
        next_number=_either(_integer(value_at(body, semantics.next_page)), beside.next_number),
        previous_number=_either(_integer(value_at(body, semantics.previous_page)), beside.previous_number),
        links={**_urls({"next": following, "previous": preceding}), **_link_fields(body, semantics)},
        header_links=beside.links,
    )


def _either(one: int | None, other: int | None) -> int | None:
    return other if one is None else one


def _has_more(body: Any, semantics: ListSemantics) -> bool | None:
    """Return whether records follow, as the body says it: by itself, or by whether the page is the last."""
    has_more = _boolean(value_at(body, semantics.has_more))
    is_last = _boolean(value_at(body, semantics.is_last))
    return not is_last if has_more is None and is_last is not None else has_more


def _link_fields(body: Any, semantics: ListSemantics) -> dict[str, str]:
    paths = {name: getattr(semantics, f"{name}_link") for name in RELATIONS}
    found = body_links({name: _below_base(body, path) for name, path in paths.items()})
    return {name: text for name, text in found.items() if looks_like_url(text) or text.startswith(("/", "?", "."))}


def _below_base(body: Any, path: Sequence[str] | None) -> Any:
    """Return the value of a link; a path is below the ``base`` that stands beside it, if one does."""
    value = value_at(body, path)
    beside = value_at(body, path[:-1]) if path else None
    base = beside.get("base") if isinstance(beside, dict) else None
    if isinstance(value, str) and value.startswith("/") and isinstance(base, str) and looks_like_url(base):
        return base.rstrip("/") + value
    return value


def _urls(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the cursors that are URLs."""
    return {name: text for name, text in body_links(values).items() if looks_like_url(text)}


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
    """Return a cursor as a query would spell it. An empty text is no cursor, and neither is a URL."""
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        return None
    return None if looks_like_url(str(value)) else str(value)


def _boolean(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _integer(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
