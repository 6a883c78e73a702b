"""Helpers of the browser tests: serve a folder as another origin, take screenshots, check accessibility."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.support.paths import ROOT

SCREENSHOTS = "MOCKSERVER_SCREENSHOTS"
"""The environment variable with the folder for screenshots; by default ``screenshots`` in the checkout."""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Log nothing."""


@contextmanager
def folder_served(path: Path) -> Iterator[str]:
    """Serve a folder on a free port of 127.0.0.1; the value is the URL, without a slash at its end.

    Another port makes another origin than that of a mock on the same machine.
    """
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(path))) as server:
        thread = Thread(target=server.serve_forever, args=[0.05])
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def screenshot(page: Page, name: str) -> Path:
    """Save a screenshot of the window as ``NAME.png``, and return the file."""
    folder = Path(os.environ.get(SCREENSHOTS) or ROOT / "screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.png"
    page.screenshot(path=path, animations="disabled")
    return path


def axe(page: Page) -> list[str]:
    """Return the violations that axe-core finds in the page: each a rule, its requirement, and the elements."""
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['help']}: {[node['html'] for node in v['nodes']]}" for v in found]
