"""What the browser tests stand on: a folder served as another origin, screenshots, and the accessibility check."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page

from tests.support.paths import ROOT

SCREENSHOTS = "MOCKSERVER_SCREENSHOTS"
"""The environment variable that names the folder for screenshots; by default ``screenshots`` in the checkout."""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def folder_served(path: Path) -> Iterator[str]:
    """Serve a folder's files on a free port of 127.0.0.1; the value is the URL, without a slash at its end.

    The port makes it another origin than that of a mock on the same machine.
    """
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(path))) as server:
        thread = Thread(target=server.serve_forever, args=[0.05])
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def screenshot(page: Page, name: str, *, whole: bool = False) -> Path:
    """Keep what the page looks like as ``NAME.png``: the window, or the ``whole`` page. Returns the file."""
    folder = Path(os.environ.get(SCREENSHOTS) or ROOT / "screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.png"
    page.screenshot(path=path, full_page=whole, animations="disabled")
    return path


def axe(page: Page) -> list[str]:
    """What axe-core objects to in the page as it is: the rule, what it asks for, and the elements; empty is best."""
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['help']}: {[node['html'] for node in v['nodes']]}" for v in found]
