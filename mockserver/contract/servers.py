"""Servers of a contract: where its vendor serves it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from posixpath import normpath
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from mockserver.contract.context import Context, description
from mockserver.contract.faults import Spot

_VARIABLE = re.compile(r"\{([^{}]*)\}")


class Server(NamedTuple):
    """One server. ``url`` has the defaults of its variables filled in; ``template`` is the URL as it is written."""

    url: str
    description: str = ""
    template: str = ""


DEFAULT_SERVERS = (Server("/", template="/"),)
"""What a contract without servers means."""


def base_paths(servers: Iterable[Server]) -> tuple[str, ...]:
    """Return the path of each server once, without trailing slash, as it is written in the URL (not decoded).

    A URL without scheme and host is taken as relative to ``/``. One with a variable left in its path has no base path.
    """
    paths = (normpath("/" + urlsplit(server.url).path.lstrip("/")).rstrip("/") for server in servers)
    return tuple(dict.fromkeys(path for path in paths if not _VARIABLE.search(path)))


def read_servers(context: Context, holder: Mapping[str, Any], spot: Spot) -> tuple[Server, ...]:
    """Return the servers that a document, path item or operation declares itself."""
    rows = holder.get("servers")
    if rows is None:
        return ()
    if not isinstance(rows, list):
        context.report(spot.fault("'servers' must be a list", "servers"))
        return ()
    found = (read_server(context, row, spot.at("servers", str(index))) for index, row in enumerate(rows))
    return tuple(server for server in found if server is not None)


def read_server(context: Context, row: Any, spot: Spot) -> Server | None:
    """Return one server, or ``None`` where it is not one."""
    if not isinstance(row, dict) or not isinstance(row.get("url"), str):
        context.report(spot.fault("a server needs a 'url'"))
        return None
    url = row["url"]
    variables = context.mapping(row, "variables", spot)
    for name in _VARIABLE.findall(url):
        variable = variables.get(name)
        default = variable.get("default") if isinstance(variable, dict) else None
        if default is None:
            context.report(spot.fault(f"the variable '{name}' of the server has no default", "variables", name))
        else:
            url = url.replace("{" + name + "}", str(default))
    try:
        urlsplit(url)
    except ValueError:
        context.report(spot.fault(f"'{url}' is not a URL", "url"))
        return None
    return Server(url, description(row), row["url"])
