"""Fetches a contract that is given as a URL, or as a path that the server under test serves."""

from __future__ import annotations

import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from mockserver.errors import OptionError
from mockserver.judge.access import Access
from mockserver.judge.schemathesis.transport import USER_AGENT, BoundedSession, reason

_ACCEPT = "application/vnd.oai.openapi+json, application/json, application/yaml, text/yaml, */*;q=0.1"


def local_contract(
    contract: str | Path, base_url: str, application: Any, access: Access, headers: Any
) -> tuple[Path, str]:
    """Return a contract as a file, and what to call it: its URL, if it was fetched.

    One that is fetched is put into a folder that is gone when the program ends. ``/openapi.json`` that is no file here
    is asked of the server. Raises `OptionError` if it cannot be fetched.
    """
    text = str(contract)
    is_url = text.startswith(("http://", "https://"))
    # A path in a folder that is here is a file that is missing.
    is_served = text.startswith("/") and not Path(text).exists() and not _is_below_a_folder(text)
    if "://" in text and not is_url:
        raise OptionError(f"got --contract {text}, expected a file, an http(s) URL, or a path that the server serves")
    if not is_url and not is_served:
        return Path(contract), text
    url = text if is_url else f"{base_url.rstrip('/')}{text}"
    inside = application if is_served else None
    sent = dict(headers) if is_served or _same_host(url, base_url) else {}
    content = _fetched(url, text, inside, access, sent)
    name = Path(urlsplit(url).path).name or "openapi"
    path = Path(_folder().name) / (name if name.endswith((".json", ".yaml", ".yml")) else f"{name}.yaml")
    path.write_bytes(content)
    return path, url


def _is_below_a_folder(text: str) -> bool:
    return Path(text).parent != Path("/") and Path(text).parent.is_dir()


@lru_cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="mockserver-contract-")


def _same_host(url: str, base_url: str) -> bool:
    return urlsplit(url).netloc == urlsplit(base_url).netloc


def _fetched(url: str, path: str, application: Any, access: Access, headers: dict[str, str]) -> bytes:
    sent = {"User-Agent": USER_AGENT, "Accept": _ACCEPT, **headers}
    try:
        status, content = _inside(application, path, sent) if application else _over_network(url, access, sent)
    except requests.RequestException as error:
        raise OptionError(f"cannot fetch the contract {url}: {reason(error)}") from None
    if status != 200:
        hint = f"; there is no file {path} here either" if path.startswith("/") else ""
        raise OptionError(f"cannot fetch the contract {url}: status {status}{hint}")
    return content


def _over_network(url: str, access: Access, headers: dict[str, str]) -> tuple[int, bytes]:
    with BoundedSession() as session:
        answer = session.get(url, headers=headers, timeout=15.0, **access.for_requests)
    return answer.status_code, answer.content


def _inside(application: Any, path: str, headers: dict[str, str]) -> tuple[int, bytes]:
    """Ask an application in process."""
    from schemathesis.python import asgi, wsgi
    from schemathesis.transport import is_asgi_app

    if is_asgi_app(application):
        with asgi.get_client(application) as client:
            answer = client.get(path, headers=headers)
            return answer.status_code, answer.content
    response = wsgi.get_client(application).get(path, headers=headers)
    return response.status_code, response.get_data()
