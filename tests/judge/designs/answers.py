"""Answers as they are on the wire: strict JSON, errors, stack traces, parameters without a role."""

from __future__ import annotations

import json
from typing import Any

from flask import Response
from werkzeug.datastructures import MultiDict

from tests.judge.designs.design import Designs, Document, Made, application, document, envelope, query, records, thing
from tests.judge.designs.sizes import strict

DESIGNS = Designs()
ERROR = {
    "type": "object",
    "properties": {"field": {"type": "string"}, "detail": {"type": "string"}},
}
TRACE = 'Traceback (most recent call last):\n  File "app.py", line 3, in show\nValueError: no'


def listed(change: Any = None, item: Any = None, things: Any = None, wrong: Any = None, *more: Document) -> Made:
    """Return a list by offset; ``change`` makes an answer of a query and a page, ``wrong`` an error of a name."""
    rows = things or records()

    def answer(args: MultiDict[str, str]) -> Any:
        name = "limit"
        try:
            size = strict(args.get("limit", "10"))
            name = "offset"
            offset = int(args.get("offset", "0"))
            if not 0 <= offset < 2**63 or not args.get("offset", "0").isdigit():
                raise ValueError
        except ValueError:
            return (wrong or (lambda name: {"field": name, "detail": f"{name} is wrong"}))(name), 422
        page = {"items": rows[offset : offset + size], "total": len(rows)}
        return change(args, page) if change else page

    parameters = [
        query("limit", "integer", minimum=1, maximum=20, default=10),
        query("offset", "integer", minimum=0),
        *more,
    ]
    made = document(parameters, envelope(item=item, total={"type": "integer"}))
    refusal = {"description": "", "content": {"application/json": {"schema": ERROR}}}
    made["paths"]["/things"]["get"]["responses"]["422"] = refusal
    return made, application(answer)


def raw(body: bytes) -> Response:
    """Return an answer of these bytes."""
    return Response(body, content_type="application/json")


def times(text: str) -> Made:
    """Return a list whose records have this time."""
    rows = [{**record, "made_at": text} for record in records()]
    return listed(item=thing(made_at={"type": "string", "format": "date-time"}), things=rows)


@DESIGNS.correct("plain")
def plain() -> Made:
    """Errors name their parameter."""
    return listed()


@DESIGNS.correct("log-lines")
def log_lines() -> Made:
    """The records are lines of a log, some of them of stack traces."""
    rows = [{**record, "colour": TRACE} for record in records()]
    return listed(things=rows)


@DESIGNS.correct("sparse-fields")
def sparse_fields() -> Made:
    """`fields` leaves out all fields but those that it names."""

    def change(args: MultiDict[str, str], page: Document) -> Any:
        if "fields" not in args:
            return page
        wanted = args["fields"].split(",")
        return {**page, "items": [{n: v for n, v in r.items() if n in wanted} for r in page["items"]]}

    return listed(change, None, None, None, query("fields"))


@DESIGNS.correct("times-with-offset")
def times_with_offset() -> Made:
    """Times have their offset."""
    return times("2024-01-01T00:00:00+02:00")


@DESIGNS.faulty("times-without-offset", "record")
def times_without_offset() -> Made:
    """Times have no offset."""
    return times("2024-01-01T00:00:00")


@DESIGNS.faulty("key-twice", "record")
def key_twice() -> Made:
    """An object has a key twice."""
    return listed(lambda _, page: raw(json.dumps(page).replace('"colour"', '"colour": "x", "colour"', 1).encode()))


@DESIGNS.faulty("byte-order-mark", "record")
def byte_order_mark() -> Made:
    """The body begins with a byte order mark."""
    return listed(lambda _, page: raw(b"\xef\xbb\xbf" + json.dumps(page).encode()))


@DESIGNS.faulty("twins-by-case", "record")
def twins_by_case() -> Made:
    """Two ids differ in case only."""
    rows = [{"id": f"item-{n:02}", "colour": "red"} for n in range(30)]
    rows[9]["id"] = "ITEM-08"
    return listed(item={**thing(), "properties": {"id": {"type": "string"}, "colour": {"type": "string"}}}, things=rows)


@DESIGNS.faulty("another-parameter-named", "error-shape")
def another_parameter_named() -> Made:
    """Errors of the offset name the limit."""
    return listed(wrong=lambda _: {"field": "limit", "detail": "limit is wrong"})


@DESIGNS.faulty("trace-in-refusal", "no-crash")
def trace_in_refusal() -> Made:
    """Refusals show a stack trace."""
    return listed(wrong=lambda name: {"field": name, "detail": TRACE})


@DESIGNS.faulty("sort-crashes", "no-crash")
def sort_crashes() -> Made:
    """An unknown value of `sort` is a 500."""

    def change(args: MultiDict[str, str], page: Document) -> Any:
        return ({"detail": "?"}, 500) if args.get("sort", "id") not in ("id", "colour") else page

    return listed(change, None, None, None, query("sort"))


TRACES = {
    "java": "java.lang.NumberFormatException: x\n\tat a.List.show(List.java:17)\n\tat a.Main.run(Main.java:3)",
    "node": "TypeError: x is not a function\n    at show (/srv/app/list.js:17:9)\n    at run (/srv/app/main.js:3:1)",
    "php": "PHP Fatal error:  Uncaught TypeError: x in /srv/list.php:17\nStack trace:\n#0 /srv/main.php(3): show()",
    "sql": "You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version",
}


def _trace(text: str) -> Made:
    return listed(wrong=lambda name: {"field": name, "detail": text})


for _name, _text in TRACES.items():
    DESIGNS.faulty(f"{_name}-trace-in-refusal", "no-crash")(lambda text=_text: _trace(text))


@DESIGNS.faulty("not-a-number", "record")
def not_a_number() -> Made:
    """A record has NaN, which is not JSON."""
    change = '"amount": NaN, "colour"'
    return listed(lambda _, page: raw(json.dumps(page).replace('"colour"', change).encode()))


@DESIGNS.faulty("number-too-large", "no-crash")
def number_too_large() -> Made:
    """A filter by a number crashes beyond 64 bits."""

    def change(args: MultiDict[str, str], page: Document) -> Any:
        try:
            return ({"detail": "?"}, 500) if int(args.get("since", "0")) >= 2**63 else page
        except ValueError:
            return {"field": "since", "detail": "since is wrong"}, 422

    return listed(change, None, None, None, query("since", "integer"))


@DESIGNS.faulty("time-without-zone", "no-crash")
def time_without_zone() -> Made:
    """A time without a zone crashes."""

    def change(args: MultiDict[str, str], page: Document) -> Any:
        since = args.get("since", "2024-01-01T00:00:00Z")
        return ({"detail": "?"}, 500) if since[-1:].isdigit() and "T" in since and "+" not in since else page

    return listed(change, None, None, None, query("since", format="date-time"))


@DESIGNS.correct("busy-at-times")
def busy_at_times() -> Made:
    """Some answers ask to come again at once."""
    asked = iter(range(10**9))

    def change(_: MultiDict[str, str], page: Document) -> Any:
        if next(asked) % 40 != 39:
            return page
        return Response("{}", 503, content_type="application/json", headers={"Retry-After": "0"})

    return listed(change)
