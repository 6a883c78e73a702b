"""Checks the base URL that a user gives."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from mockserver.errors import OptionError


def check_base_url(text: str) -> None:
    """Raise `OptionError` for a text that is not the base URL of a server."""
    try:
        parts = urlsplit(text)
        is_valid = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        is_valid = False
    if not is_valid:
        raise OptionError(f"'{text}' is not a base URL; {_url_hint(text)}")
    if parts.username is not None:
        raise OptionError("the base URL has a user; give --basic USER:PASSWORD instead, which no output shows")
    if parts.query or parts.fragment:
        raise OptionError(f"'{text}' is not a base URL: it has a query or a fragment; give --param NAME=VALUE instead")


def _url_hint(text: str) -> str:
    if re.match(r"(localhost|\d[\d.]*|\[::1\])(:\d+)?(/|$)", text):
        return f"did you mean http://{text}?"
    if ".py" in text:
        return "an application is named by its module: package.module:app"
    if re.match(r"[\w-]+(\.[\w-]+)+(:\d+)?(/|$)", text):
        return f"did you mean https://{text}?"
    return "one looks like https://api.example.com"
