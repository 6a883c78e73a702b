"""A request as code to copy, and JSON as the console shows it."""

from __future__ import annotations

import json
import re
import shlex
from typing import Any

from markupsafe import Markup, escape

from mockserver.server.console.requests import FormRequest

_TOKEN = re.compile(
    r'(?P<key>"(?:\\.|[^"\\])*")(?=\s*:)|(?P<text>"(?:\\.|[^"\\])*")'
    r"|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?P<word>true|false|null)"
)
_LONGEST = 400_000
"""The most characters of JSON that are coloured: more would slow down the browser."""


def snippets(request: FormRequest, base_url: str) -> list[tuple[str, str, str]]:
    """Return the request as code, each with a short name and a label; ``base_url`` has no slash at its end."""
    return [
        ("curl", "curl", as_curl(request, base_url)),
        ("fetch", "fetch", as_fetch(request, base_url)),
        ("python", "Python", as_python(request, base_url)),
    ]


def as_curl(request: FormRequest, base_url: str) -> str:
    """Return the request as a command for a POSIX shell."""
    headers = [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in request.headers]
    return " \\\n  ".join([f"curl -sS {shlex.quote(base_url + request.target)}", *headers])


def as_fetch(request: FormRequest, base_url: str) -> str:
    """Return the request as JavaScript, for a browser or Node."""
    options = f", {{\n  headers: {_indented_json(dict(request.headers), 2)},\n}}" if request.headers else ""
    url = json.dumps(base_url + request.target)
    return f"const response = await fetch({url}{options});\nconst body = await response.json();"


def as_python(request: FormRequest, base_url: str) -> str:
    """Return the request as Python, with the library requests."""
    lines = [f"    {base_url + request.path!r},"]
    if request.query:
        is_repeated = len(dict(request.query)) < len(request.query)
        params = list(request.query) if is_repeated else dict(request.query)
        lines.append(f"    params={params!r},")
    if request.headers:
        lines.append(f"    headers={dict(request.headers)!r},")
    call = "\n".join(["response = requests.get(", *lines, "    timeout=10,", ")"])
    return f"import requests\n\n{call}\nresponse.raise_for_status()\nbody = response.json()"


def _indented_json(value: Any, indent: int) -> str:
    """Return JSON whose lines, except for the first one, are indented further."""
    lines = json.dumps(value, indent=2).splitlines()
    return f"\n{' ' * indent}".join(lines)


def indented(text: str) -> str:
    """Return JSON with a line for each value; any other text unchanged."""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def coloured(text: str) -> Markup:
    """Return JSON as HTML, with a ``span`` around each key, text, number and word. It may be cut off anywhere."""
    if len(text) > _LONGEST:
        return escape(text)
    parts: list[str] = []
    end = 0
    for token in _TOKEN.finditer(text):
        parts.append(escape(text[end : token.start()]))
        parts.append(Markup('<span class="{}">{}</span>').format(token.lastgroup, token.group()))
        end = token.end()
    return Markup("").join([*parts, escape(text[end:])])
