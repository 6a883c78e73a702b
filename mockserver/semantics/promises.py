"""Reads promises out of descriptions: which fields of a page are there, and when."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mockserver.contract import Schema
from mockserver.semantics.likely import description
from mockserver.semantics.model import FieldPath, Promise

_WHEN_USED = re.compile(
    r"\b(?:when|where|if|whenever)\b[^.]*\b(?:offset|(?:caller|client|request|you)\s+(?:gave|gives?|pass\w*|sen[dt]s?))\b",
    re.IGNORECASE,
)
_THERE = re.compile(r"\b(?:always|filled|included|populated|present|returned|set)\b", re.IGNORECASE)
_NOT_ALWAYS = re.compile(
    r"\b(?:absent|available|if|may|might|not|null|omitted|only|optional(?:ly)?|unless|when|where)\b", re.IGNORECASE
)


def likely_promises(found: Mapping[str, FieldPath], fields: Mapping[FieldPath, Schema]) -> dict[str, Promise]:
    """Return which of ``has_more``, ``offset`` and ``limit`` descriptions promise: their own, or of what holds them."""
    promises: dict[str, Promise] = {}
    for name, role in (("has_more", "has_more"), ("offset", "offset_echo"), ("limit", "limit_echo")):
        path = found.get(role)
        text = _about(path, fields) if path else ""
        if name != "has_more" and _WHEN_USED.search(text):
            promises[name] = "when_used"
        elif name == "has_more" and _THERE.search(text) and not _NOT_ALWAYS.search(text):
            promises[name] = "always"
    return promises


def _about(path: FieldPath, fields: Mapping[FieldPath, Schema]) -> str:
    """Return a field's description, and the sentences about it in that of the object which holds it."""
    sentences = re.split(r"(?<=[.;])\s", description(fields.get(path[:-1], {})))
    about = [sentence for sentence in sentences if re.search(rf"\b{re.escape(path[-1])}\b", sentence)]
    return " ".join((description(fields[path]), *about))
