"""Reads what the headers of an answer say of a page: its neighbours, totals, numbers (RFC 8288 and usual names)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from mockserver.semantics.conventions import plain
from mockserver.semantics.links import RELATIONS, link_header, looks_like_url
from mockserver.semantics.model import ListSemantics

_CURSORS = ("nextcursor", "nexttoken", "nextpagetoken", "continuationtoken", "continuation", "cursor", "endcursor")
_PREVIOUS_CURSORS = ("previouscursor", "prevcursor", "previoustoken", "prevtoken", "startcursor")
_TOTALS = ("totalcount", "total", "totalrecords", "totalobjects", "totalitems", "totalresults", "totalelements")
_PAGES = ("totalpages", "pagecount", "pages", "lastpage")
_NEXT_PAGES = ("nextpage",)
_PREVIOUS_PAGES = ("previouspage", "prevpage")
_NUMBERS = ("page", "currentpage")
_PAGINATION = ("pagination", "paginationmetadata", "paging")

_OF_OTHERS = ("ratelimit", "rate", "quota", "credits", "request", "requests")
"""Words before a total that is none of records."""

Headers = Iterable[tuple[str, str]]


_LIMITS = ("perpage", "pagesize", "limit")

_ROLES = {
    **dict.fromkeys(_CURSORS, "next_cursor"),
    **dict.fromkeys(_PREVIOUS_CURSORS, "previous_cursor"),
    **dict.fromkeys(_TOTALS, "total"),
    **dict.fromkeys(_PAGES, "total_pages"),
    **dict.fromkeys(_NEXT_PAGES, "next_page"),
    **dict.fromkeys(_PREVIOUS_PAGES, "previous_page"),
    **dict.fromkeys(_NUMBERS, "page_echo"),
    **dict.fromkeys(_LIMITS, "limit_echo"),
    "link": "link",
    "contentrange": "content_range",
}


def role_of_header(name: str) -> str | None:
    """Return what a header says of a page: a role of `ListSemantics`, ``link``, ``content_range``, or ``None``."""
    return _ROLES.get(_key(name))


def has_urls(semantics: ListSemantics) -> bool:
    """Return whether the pages of a list have URLs of other pages, in the body or in a header."""
    in_body = any(getattr(semantics, f"{relation}_link") is not None for relation in RELATIONS)
    return in_body or "link" in map(role_of_header, documented_headers(semantics))


def documented_headers(semantics: ListSemantics) -> tuple[str, ...]:
    """Return the names of the headers that the contract documents for a page."""
    response = semantics.operation.response(200)
    return () if response is None else tuple(response.headers)


class HeaderPage(NamedTuple):
    """What headers say of a page; ``None`` for what they do not say. ``links`` are URLs by relation."""

    next: str | None = None
    previous: str | None = None
    total: int | None = None
    pages: int | None = None
    number: int | None = None
    next_number: int | None = None
    previous_number: int | None = None
    links: Mapping[str, str] = {}


def header_page(headers: Headers) -> HeaderPage:
    """Return what the headers of an answer say of its page."""
    texts: dict[str, str] = {}
    for name, value in headers:
        # RFC 9110: fields of one name are one list.
        texts[name.lower()] = ", ".join(filter(None, (texts.get(name.lower()), value.strip())))
    said: dict[str, Any] = {}
    for name, value in texts.items():
        key = _key(name)
        if key in _PAGINATION:
            said = {**_object(value), **said}
        elif value:
            said[key] = value
    links = link_header(texts.get("link", ""))
    for relation, names in (("next", _NEXT_PAGES), ("previous", _PREVIOUS_PAGES)):
        text = _first(said, names)
        if isinstance(text, str) and looks_like_url(text):
            links.setdefault(relation, text)
    return HeaderPage(
        _text(_first(said, _CURSORS)),
        _text(_first(said, _PREVIOUS_CURSORS)),
        _number(_first(said, _TOTALS)),
        _number(_first(said, _PAGES)),
        _number(_first(said, _NUMBERS)),
        _number(_first(said, _NEXT_PAGES)),
        _number(_first(said, _PREVIOUS_PAGES)),
        links,
    )


def _key(name: str) -> str:
    """Return the plain name of a header without ``X-`` and a vendor's prefix (``X-WP-Total``)."""
    words = name.lower().split("-")
    words = words[words[0] == "x" :]
    if len(words) > 1 and plain("".join(words[1:])) in (*_TOTALS, *_PAGES) and words[0] not in _OF_OTHERS:
        words = words[1:]
    return plain("".join(words))


def _object(text: str) -> dict[str, Any]:
    """Return the keys of a header that holds JSON, such as ``X-Pagination``."""
    try:
        parsed = json.loads(text)
    except ValueError:
        return {}
    return {plain(name): value for name, value in parsed.items()} if isinstance(parsed, dict) else {}


def _first(said: Mapping[str, Any], names: Iterable[str]) -> Any:
    return next((said[name] for name in names if name in said), None)


def _text(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "" or looks_like_url(str(value)):
        return None
    return str(value)


def _number(value: Any) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else None
