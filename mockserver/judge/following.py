"""Follows links: where a URL that a server gave leads to on the server that is asked, and what it says."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import parse_qsl, urljoin, urlsplit

from mockserver.contract import Operation
from mockserver.judge.exchange import Query


class Target(NamedTuple):
    """Where a link leads to: ``link`` is the path and the query to ask for, ``query`` what the latter reads as."""

    link: str
    query: Query


def target(url: str, asked: str, operation: Operation) -> Target:
    """Return where a link leads to that came in the answer to ``asked``, kept to the host that was asked.

    A link to a server that the contract documents leads to the path of the operation, below the base URL in use.
    """
    parts, base = urlsplit(urljoin(asked, url)), urlsplit(asked)
    path = parts.path or "/"
    if parts.netloc != base.netloc and is_documented(url, operation):
        path = base.path
    text = f"{path}?{parts.query}" if parts.query else path
    return Target(text, tuple(parse_qsl(parts.query, keep_blank_values=True)))


def is_documented(url: str, operation: Operation) -> bool:
    """Return whether a URL leads to a server that the contract documents, or to no host of its own."""
    host = urlsplit(url).netloc
    return not host or host in {urlsplit(server.url).netloc for server in operation.servers}


def host_of(url: str, asked: str) -> str:
    """Return the host that a link leads to, by the answer to ``asked`` that it came in."""
    return urlsplit(urljoin(asked, url)).netloc
