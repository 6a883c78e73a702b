"""The servers that tests judge: in process or over HTTP, chosen here."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from mockserver import create_app
from tests.reference_servers.in_process import in_process
from tests.reference_servers.running import running
from tests.reference_servers.server import create_app as create_second_server
from tests.support.serving import served

LOCALHOST = "http://localhost"
"""The base URL of a server in process."""


@dataclass(frozen=True)
class Target:
    """A server under test. ``app`` is its WSGI application where it is called in process, else ``None``."""

    base_url: str
    app: Any = None


Opened = Callable[[], AbstractContextManager[Target]]


@contextmanager
def mock_in_process() -> Iterator[Target]:
    """Create the mock in this process."""
    yield Target(LOCALHOST, create_app())


@contextmanager
def mock_over_http() -> Iterator[Target]:
    """Serve the mock from a process of its own."""
    with served() as base_url:
        yield Target(base_url)


@contextmanager
def second_server(*, over_http: bool = True, **options: Any) -> Iterator[Target]:
    """Run the second server, with the options of its ``create_app``.

    Over HTTP the judge sends requests at once where it can; in process it sends them one by one, and nothing is
    encoded on the way.
    """
    if over_http:
        with running(create_second_server(**options)) as base_url:
            yield Target(base_url)
    else:
        with in_process(create_second_server(**options, threads=False)) as app:
            yield Target(LOCALHOST, app)


def targets(base_url: str | None) -> list[Any]:
    """Return what is judged, each with its name: the server at ``base_url`` if there is one, else all at hand."""
    if base_url:

        @contextmanager
        def at_base_url() -> Iterator[Target]:
            yield Target(base_url.rstrip("/"))

        return [pytest.param(at_base_url, id=base_url)]
    return [
        pytest.param(mock_in_process, id="mock in process"),
        pytest.param(mock_over_http, id="mock over HTTP"),
        pytest.param(second_server, id="second server"),
    ]
