"""A browser for each process of the tests, and a page for each test, that must end without an error in its console."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright

from tests.support.programs import find_program
from tests.support.serving import served

ARGUMENTS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
)

PATIENCE = 10_000
"""Milliseconds that an action or an expectation waits before it fails."""


class Complaints:
    """Console errors, uncaught exceptions and failed requests, of every page of a test, in the order they came.

    ``cancelled`` are the URLs of requests that the page itself gave up, which is no fault.
    """

    def __init__(self, context: BrowserContext) -> None:
        self.all: list[str] = []
        self.cancelled: list[str] = []
        self._allowed: list[str] = []
        context.on("console", self._heard)
        context.on("weberror", lambda raised: self.all.append(f"uncaught: {raised.error}"))
        context.on("requestfailed", self._failed)

    def _heard(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.all.append(f"console: {said.text}")

    def _failed(self, asked: Request) -> None:
        if asked.failure == "net::ERR_ABORTED":
            self.cancelled.append(asked.url)
        else:
            self.all.append(f"request: {asked.failure} {asked.url}")

    def allow(self, pattern: str) -> None:
        """Expect complaints in which the regular expression is found, whenever they come."""
        self._allowed.append(pattern)

    def left(self) -> list[str]:
        """The complaints that nobody expected."""
        return [said for said in self.all if not any(re.search(pattern, said) for pattern in self._allowed)]


# Sync Playwright keeps an event loop running in this thread. It must be gone before the tests of other folders begin: a
# fixture of the package's is, one of the session's would not be.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    path = find_program("chromium")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=ARGUMENTS.split())
        yield started
        started.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser profile of the test's own; ``context.new_page()`` opens one more page in it."""
    made = browser.new_context(locale="en-US", timezone_id="UTC", color_scheme="light")
    made.set_default_timeout(PATIENCE)
    yield made
    made.close()


@pytest.fixture
def complaints(context: BrowserContext) -> Iterator[Complaints]:
    """What the pages complain of; the test fails at its end if there is something that it did not ``allow``."""
    kept = Complaints(context)
    yield kept
    for opened in context.pages:
        opened.evaluate("0")  # what was said before this answer has been heard after it
    assert not kept.left()


@pytest.fixture
def page(context: BrowserContext, complaints: Complaints) -> Page:
    """An empty page, 1280 by 720, whose complaints are watched."""
    return context.new_page()


@pytest.fixture(scope="package")
def mock() -> Iterator[str]:
    """The base URL of a mock in which nothing goes wrong, for tests that leave it as it is."""
    with served() as url:
        yield url
