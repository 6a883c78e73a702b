"""Mask the keys of callers in what the journal and the log show.

A key may be in any *place* (location and name) that the contract declares for keys, and under a name such as
``api_key``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote_plus

from mockserver.contract import KEY_NAME, KeyPlace

MASK = "***"
_SHOWN_FROM = 8
"""Characters that a key has at least if its first two may be shown."""


def masked(key: str | None) -> str | None:
    """Return a key as it may be shown: its first two characters if it is long enough, and `MASK`.

    Returns ``None`` if there is no key.
    """
    if not key:
        return None
    return key[:2].encode("ascii", "replace").decode() + MASK if len(key) >= _SHOWN_FROM else MASK


def is_key(location: str, name: str, places: Iterable[KeyPlace]) -> bool:
    """Return whether a parameter contains a key: it is one of the ``places`` (in any case), or named like a key."""
    if location in ("query", "cookie") and KEY_NAME.search(name):
        return True
    folded = name.lower()
    return any(where == location and known.lower() == folded for where, known in places)


def masked_query(query: str, places: Sequence[KeyPlace]) -> str:
    """Return a raw query string with the keys in it masked, and otherwise unchanged."""
    parts = query.split("&")
    shown = [_masked_part(part, places) for part in parts]
    return query if shown == parts else "&".join(shown)


def _masked_part(part: str, places: Sequence[KeyPlace]) -> str:
    name, _, value = part.partition("=")
    if not value or not is_key("query", unquote_plus(name) if "%" in name or "+" in name else name, places):
        return part
    return f"{name}={quote(masked(unquote_plus(value)) or '', safe='*')}"


def masked_violations(
    violations: Sequence[Mapping[str, Any]], places: Sequence[KeyPlace]
) -> Sequence[Mapping[str, Any]]:
    """Return the entries of a 422's detail with the keys in them masked."""
    return [_masked_violation(v) if _is_about_key(v["loc"], places) else v for v in violations] if violations else ()


def _is_about_key(loc: Sequence[str | int], places: Sequence[KeyPlace]) -> bool:
    return len(loc) > 1 and is_key(str(loc[0]), str(loc[1]), places)


def _masked_violation(violation: Mapping[str, Any]) -> dict[str, Any]:
    given = violation.get("input")
    keys = [value for value in (given if isinstance(given, list) else [given]) if isinstance(value, str)]
    hidden: Any = [masked(key) for key in keys]
    if not isinstance(given, list):
        hidden = masked(given) if isinstance(given, str) else None
    shown = {**violation, "msg": _without_keys(violation["msg"], keys), "input": hidden}
    if "ctx" in violation:
        shown["ctx"] = {name: _without_keys(value, keys) for name, value in violation["ctx"].items()}
    return shown


def _without_keys(value: Any, keys: Sequence[str]) -> Any:
    """Return a value with the keys in it masked, if it is text."""
    if not isinstance(value, str):
        return value
    for key in keys:
        # A short key may be a part of any word.
        if len(key) >= _SHOWN_FROM:
            value = value.replace(key, masked(key) or "")
    return value
