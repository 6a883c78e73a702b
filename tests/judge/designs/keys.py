"""Keys that are demanded: none, a made-up one, the beginning of the real one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, jsonify, request

from tests.judge.designs.design import KEY, Designs, Made, document, envelope, query, records

DESIGNS = Designs()


def locked(is_open: Callable[[str], bool]) -> Made:
    """Return a list by cursor that is shown where ``is_open`` says so of the key."""
    app = Flask("locked")
    rows = records()

    @app.get("/things")
    def show() -> Any:
        if not is_open(request.headers.get("X-Key", "")):
            return jsonify(detail="no key"), 401
        after = request.args.get("after", "0")
        size = request.args.get("limit", "10")
        if not after.isdigit() or not size.isdigit() or len(after) > 9 or not 1 <= int(size) <= 20:
            return jsonify(detail="wrong"), 422
        page = [row for row in rows if row["id"] > int(after)][: int(size)]
        more = bool(page) and page[-1]["id"] < len(rows)
        return jsonify(items=page, has_more=more, next_cursor=str(page[-1]["id"]) if more else None)

    parameters = [query("limit", "integer", minimum=1, maximum=20, default=10), query("after")]
    cursor = {"type": ["string", "null"]}
    made = document(parameters, envelope(has_more={"type": "boolean"}, next_cursor=cursor), security=[{"key": []}])
    made["components"] = {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}}
    return made, app


@DESIGNS.correct("one-key", key="passed")
def one_key() -> Made:
    """The key alone opens."""
    return locked(lambda key: key == KEY)


@DESIGNS.correct("any-key", key="passed")
def any_key() -> Made:
    """Any key opens, as in a sandbox."""
    return locked(bool)


@DESIGNS.correct("no-key", key="not applicable")
def no_key() -> Made:
    """No key is needed, and a wrong one does not matter."""
    return locked(lambda _: True)


@DESIGNS.faulty("half-a-key", "key")
def half_a_key() -> Made:
    """The beginning of the key opens."""
    return locked(lambda key: bool(key) and KEY.startswith(key))


@DESIGNS.faulty("beginning-compared", "key")
def beginning_compared() -> Made:
    """The first eight characters of the key are compared."""
    return locked(lambda key: key[:8] == KEY[:8])


@DESIGNS.faulty("cursor-opens", "key")
def cursor_opens() -> Made:
    """A cursor opens with any key."""
    return locked(lambda key: key == KEY or (bool(key) and "after" in request.args))
