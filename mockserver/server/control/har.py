"""Writes entries of the journal as an HTTP archive (HAR 1.2), which the developer tools of browsers open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, quote

UNKNOWN = -1
"""The value of a size that is unknown."""


def har(entries: Iterable[Mapping[str, Any]], *, base_url: str, version: str) -> dict[str, Any]:
    """Return the archive of entries of the journal (`journal_entries.entries`), without bodies.

    ``base_url`` of the server is without a slash at the end.
    """
    creator = {"name": "mockserver", "version": version}
    return {"log": {"version": "1.2", "creator": creator, "entries": [_entry(e, base_url) for e in entries]}}


def _entry(entry: Mapping[str, Any], base_url: str) -> dict[str, Any]:
    duration = entry["milliseconds"]
    comment = "; ".join([*(v["msg"] for v in entry["violations"]), *entry["warnings"]])
    archived = {
        "startedDateTime": entry["time"],
        "time": duration,
        "request": _request(entry, base_url),
        "response": _response(entry),
        "cache": {},
        "timings": {"send": 0, "wait": duration, "receive": 0},
    }
    return {**archived, "comment": comment} if comment else archived


def _request(entry: Mapping[str, Any], base_url: str) -> dict[str, Any]:
    query = entry["query"]
    url = base_url + quote(entry["path"]) + (f"?{query}" if query else "")
    pairs = parse_qsl(query, keep_blank_values=True)
    return {
        "method": entry["method"],
        "url": url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [],
        "queryString": [{"name": name, "value": value} for name, value in pairs],
        "headersSize": UNKNOWN,
        "bodySize": 0,
    }


def _response(entry: Mapping[str, Any]) -> dict[str, Any]:
    status = entry["status"]
    phrase = HTTPStatus(status).phrase if status in {s.value for s in HTTPStatus} else ""
    return {
        "status": status,
        "statusText": phrase,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [],
        "content": {"size": entry["bytes"], "mimeType": "application/json"},
        "redirectURL": "",
        "headersSize": UNKNOWN,
        "bodySize": entry["bytes"],
    }
