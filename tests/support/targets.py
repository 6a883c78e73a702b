"""The servers that the contract suite judges: a real one by its base URL, else the mock and the second server."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from mockserver import create_app
from tests.reference_servers.running import running
from tests.reference_servers.server import create_app as create_second_server
from tests.support.serving import served


@dataclass(frozen=True)
class Target:
    """A server under test. ``app`` is ``None`` where it is spoken to over HTTP."""

    base_url: str
    app: Any = None


Opened = Callable[[], AbstractContextManager[Target]]


@contextmanager
def in_process() -> Iterator[Target]:
    yield Target("http://localhost", create_app())


@contextmanager
def over_http() -> Iterator[Target]:
    with served() as base_url:
        yield Target(base_url)


@contextmanager
def second_server() -> Iterator[Target]:
    with running(create_second_server()) as base_url:
        yield Target(base_url)


def targets(base_url: str | None) -> list[Any]:
    """What is judged, each with its name: the server at ``base_url`` if there is one, else all that are at hand."""
    if base_url:

        @contextmanager
        def at_base_url() -> Iterator[Target]:
            yield Target(base_url.rstrip("/"))

        return [pytest.param(at_base_url, id=base_url)]
    return [
        pytest.param(in_process, id="mock in process"),
        pytest.param(over_http, id="mock over HTTP"),
        pytest.param(second_server, id="second server"),
    ]
