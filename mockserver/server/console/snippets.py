"""A request as code to copy, and JSON as it is shown."""

from __future__ import annotations

import json
import re
import shlex
from typing import Any

from markupsafe import Markup, escape

from mockserver.server.console.requests import Asked

_TOKEN = re.compile(
    r'(?P<key>"(?:\\.|[^"\\])*")(?=\s*:)|(?P<text>"(?:\\.|[^"\\])*")'
    r"|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?P<word>true|false|null)"
)
_LARGEST = 400_000
"""Characters of JSON that are coloured at most: beyond, a browser has too much to do."""


def snippets(asked: Asked, base_url: str) -> list[tuple[str, str, str]]:
    """The request as code: a short name, what the reader calls it, the code. ``base_url`` has no slash at its end."""
    return [
        ("curl", "curl", as_curl(asked, base_url)),
        ("fetch", "fetch", as_fetch(asked, base_url)),
        ("python", "Python", as_python(asked, base_url)),
    ]


def as_curl(asked: Asked, base_url: str) -> str:
    """The request as a command for a POSIX shell."""
    headers = [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in asked.headers]
    return " \\\n  ".join([f"curl -sS {shlex.quote(base_url + asked.target)}", *headers])


def as_fetch(asked: Asked, base_url: str) -> str:
    """The request as JavaScript, for a browser or Node."""
    options = f", {{\n  headers: {_written(dict(asked.headers), 2)},\n}}" if asked.headers else ""
    url = json.dumps(base_url + asked.target)
    return f"const response = await fetch({url}{options});\nconst body = await response.json();"


def as_python(asked: Asked, base_url: str) -> str:
    """The request as Python, by the requests library."""
    lines = [f"    {base_url + asked.path!r},"]
    repeated = len({name for name, _ in asked.query}) < len(asked.query)
    if asked.query:
        lines.append(f"    params={list(asked.query) if repeated else dict(asked.query)!r},")
    if asked.headers:
        lines.append(f"    headers={dict(asked.headers)!r},")
    call = "\n".join(["response = requests.get(", *lines, "    timeout=10,", ")"])
    return f"import requests\n\n{call}\nresponse.raise_for_status()\nbody = response.json()"


def _written(value: Any, indent: int) -> str:
    lines = json.dumps(value, indent=2).splitlines()
    return f"\n{' ' * indent}".join(lines)


def indented(text: str) -> str:
    """JSON with a line for each value; what is no JSON as it is."""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def coloured(text: str) -> Markup:
    """JSON as HTML: keys, texts, numbers and words in a ``span`` each."""
    if len(text) > _LARGEST:
        return escape(text)
    parts: list[str] = []
    end = 0
    for token in _TOKEN.finditer(text):
        parts.append(escape(text[end : token.start()]))
        parts.append(Markup('<span class="{}">{}</span>').format(token.lastgroup, token.group()))
        end = token.end()
    return Markup("").join([*parts, escape(text[end:])])
