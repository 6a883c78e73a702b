"""Reads the links of a page: URLs of other pages, in the body or in a ``Link`` header (RFC 8288)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

RELATIONS = ("next", "previous", "first", "last")
"""What a link may lead to."""

_RELATION_NAMES = {"next": "next", "previous": "previous", "prev": "previous", "first": "first", "last": "last"}

_HEADER_LINK = re.compile(r"<(?P<url>[^>]*)>(?P<parameters>(?:\s*;[^,\"]*(?:\"[^\"]*\"[^,\"]*)*)?)")
_HEADER_RELATION = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,]+))", re.IGNORECASE)

_LOOKS_LIKE_URL = re.compile(r"https?://\S|[^\s?#]*\?[\w.\[\]%-]+=", re.IGNORECASE)
"""An absolute URL, or a relative one with a query."""


def looks_like_url(text: str) -> bool:
    """Return whether a text in the place of a cursor is the URL of a page."""
    return _LOOKS_LIKE_URL.match(text) is not None


def link_header(value: str) -> dict[str, str]:
    """Return the URLs in the value of a ``Link`` header by relation; of two for one relation, the first.

    Only relations to other pages are read: ``next``, ``prev`` or ``previous``, ``first``, ``last``.
    """
    found: dict[str, str] = {}
    for link in _HEADER_LINK.finditer(value):
        relation = _HEADER_RELATION.search(link["parameters"])
        for name in (relation[1] or relation[2] or "").lower().split() if relation else ():
            if name in _RELATION_NAMES:
                found.setdefault(_RELATION_NAMES[name], link["url"])
    return found


def body_links(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the URLs among the values of link fields, by relation; what is no text, or empty, is left out."""
    return {relation: value for relation, value in values.items() if isinstance(value, str) and value}
