"""Reads what the headers of an answer say of a page: its neighbours, totals, numbers (RFC 8288 and usual names)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from mockserver.semantics.conventions import plain
from mockserver.semantics.links import link_header, looks_like_url

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
