"""Answers as bytes: compressed without saying so, in another encoding, of another media type; refusals in a 200."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any

from flask import Response, request
from werkzeug.datastructures import MultiDict

from tests.judge.designs.design import Designs, Document, Made, application, document, envelope, query, records, thing

DESIGNS = Designs()
Send = Callable[[Document], Any]
NAMES = ("caf\N{LATIN SMALL LETTER E WITH ACUTE}", "red", "blue")
ITEM = thing(name={"type": "string"})


def sent(send: Send, media_type: str = "application/json", **fields: Any) -> Made:
    """Return a list by offset whose pages are sent in some way."""
    rows = [{**row, "name": NAMES[row["id"] % len(NAMES)]} for row in records()]

    def answer(args: MultiDict[str, str]) -> Any:
        size, offset = int(args.get("limit", "10")), int(args.get("offset", "0"))
        if not 1 <= size <= 20 or not 0 <= offset < 2**63:
            raise ValueError("out of range")
        found = [row for row in rows if args.get("name", row["name"]) == row["name"]]
        return send({"items": found[offset : offset + size], "total": len(found)})

    parameters = [query("limit", "integer", minimum=1, maximum=20, default=10), query("offset", "integer", minimum=0)]
    made = document([*parameters, query("name")], envelope(item=ITEM, total={"type": "integer"}, **fields))
    content = made["paths"]["/things"]["get"]["responses"]["200"]["content"]
    content[media_type] = content.pop("application/json")
    return made, application(answer)


def packed(page: Document, coding: str = "gzip", cut: int = 0) -> Response:
    """Return a page in gzip."""
    body = gzip.compress(json.dumps(page).encode())
    headers = {"Content-Encoding": coding} if coding else {}
    return Response(body[: len(body) - cut], content_type="application/json", headers=headers)


def typed(page: Document, media_type: str) -> Response:
    """Return a page as JSON under another name."""
    return Response(json.dumps(page), content_type=media_type)


@DESIGNS.correct("gzip")
def in_gzip() -> Made:
    """Large pages are compressed, and say so."""
    return sent(lambda page: packed(page) if len(page["items"]) > 5 else page)


@DESIGNS.faulty("gzip-unsaid", "no-crash")
def gzip_unsaid() -> Made:
    """Pages are compressed and do not say so."""
    return sent(lambda page: packed(page, ""))


@DESIGNS.faulty("large-pages-gzip-unsaid", "no-crash", also=["limits"])
def large_pages_gzip_unsaid() -> Made:
    """Only large pages are compressed, by a cache that forgets to say so."""
    return sent(lambda page: packed(page, "") if len(page["items"]) > 12 else page)


@DESIGNS.faulty("gzip-cut", "no-crash", also=["limits"])
def gzip_cut() -> Made:
    """The last page's stream is not closed: its end is missing."""
    return sent(lambda page: packed(page, cut=9) if len(page["items"]) < 6 else page)


@DESIGNS.faulty("gzip-said-and-not-done", "no-crash", also=["limits"])
def gzip_said_and_not_done() -> Made:
    """Empty pages say that they are compressed, and are not."""

    def send(page: Document) -> Any:
        if page["items"]:
            return page
        return Response(json.dumps(page), content_type="application/json", headers={"Content-Encoding": "gzip"})

    return sent(send)


@DESIGNS.correct("utf-8")
def utf_8() -> Made:
    """Texts stand as they are."""
    return sent(lambda page: Response(json.dumps(page, ensure_ascii=False), content_type="application/json"))


@DESIGNS.faulty("latin-1", "record", also=["no-crash"])
def latin_1() -> Made:
    """Texts are in the encoding of the database."""

    def send(page: Document) -> Any:
        body = json.dumps(page, ensure_ascii=False).encode("latin-1")
        return Response(body, content_type="application/json")

    return sent(send)


@DESIGNS.faulty("texts-cut-in-a-character", "record", also=["no-crash"])
def texts_cut_in_a_character() -> Made:
    """Names are cut after four bytes, in the middle of a character."""

    def send(page: Document) -> Any:
        body = json.dumps(page, ensure_ascii=False).encode()
        return Response(body.replace(NAMES[0].encode(), NAMES[0].encode()[:4]), content_type="application/json")

    return sent(send)


@DESIGNS.correct("with-charset")
def with_charset() -> Made:
    """The media type has a parameter."""
    return sent(lambda page: typed(page, "application/json; charset=utf-8"))


@DESIGNS.correct("by-accept")
def by_accept() -> Made:
    """The documented type comes where it is asked for, else plain JSON."""
    wanted = "application/vnd.things+json"

    def send(page: Document) -> Any:
        return typed(page, wanted if wanted in request.headers.get("Accept", "") else "application/json")

    return sent(send, wanted)


@DESIGNS.faulty("html", "record")
def html() -> Made:
    """JSON that calls itself HTML."""
    return sent(lambda page: typed(page, "text/html; charset=utf-8"))


@DESIGNS.faulty("filtered-pages-as-text", "record")
def filtered_pages_as_text() -> Made:
    """What comes out of the cache for filters is plain text."""
    return sent(lambda page: typed(page, "text/plain") if "name" in request.args else page)


@DESIGNS.correct("success-true")
def success_true() -> Made:
    """Each page says that it worked."""
    return sent(lambda page: {"success": True, **page}, success={"type": "boolean"})


@DESIGNS.faulty("success-false", "record")
def success_false() -> Made:
    """Pages past the first say that they failed: a flag that is set too late."""
    return sent(lambda page: {"success": "offset" not in request.args, **page}, success={"type": "boolean"})


@DESIGNS.faulty("refused-with-200", "record")
def refused_with_200() -> Made:
    """What no record has is an error with status 200."""

    def send(page: Document) -> Any:
        if page["items"]:
            return {"success": True, **page}
        return {"success": False, "error": "no such name", "items": []}

    made, app = sent(send, success={"type": "boolean"}, error={"type": "string"})
    made["paths"]["/things"]["get"]["responses"]["422"] = {"description": "A wrong value"}
    return made, app


@DESIGNS.correct("errors-with-200")
def errors_with_200() -> Made:
    """The contract knows no other status: errors are a 200 that says so, and no page."""

    def send(page: Document) -> Any:
        known = request.args.get("name", NAMES[0]) in NAMES
        return {"ok": True, **page} if known else {"ok": False, "error": "no such name"}

    made, app = sent(send, ok={"type": "boolean"}, error={"type": "string"})
    schema = made["paths"]["/things"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    del schema["required"]
    return made, app
