"""A browser for each process of the tests, and a page for each test, which fails if errors are in its console."""

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

TIMEOUT = 10_000
"""Milliseconds after which an action or an expectation fails."""


class Errors:
    """Console errors, uncaught exceptions and failed requests of all pages of a test, in order.

    ``cancelled`` are the URLs of requests that a page itself cancelled, which is not an error.
    """

    def __init__(self, context: BrowserContext) -> None:
        self.all: list[str] = []
        self.cancelled: list[str] = []
        self._allowed: list[str] = []
        context.on("console", self._on_console)
        context.on("weberror", lambda raised: self.all.append(f"uncaught: {raised.error}"))
        context.on("requestfailed", self._on_failed)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.all.append(f"console: {message.text}")

    def _on_failed(self, request: Request) -> None:
        if request.failure == "net::ERR_ABORTED":
            self.cancelled.append(request.url)
        else:
            self.all.append(f"request: {request.failure} {request.url}")

    def allow(self, pattern: str) -> None:
        """Allow errors that match a regular expression anywhere in their text."""
        self._allowed.append(pattern)

    def unexpected(self) -> list[str]:
        """Return the errors that are not allowed."""
        return [error for error in self.all if not any(re.search(pattern, error) for pattern in self._allowed)]


# Sync Playwright keeps an event loop running in this thread, which must end before the tests of other folders begin. So
# the scope of the fixture is the package, not the session.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Start the installed Chromium, headless."""
    path = find_program("chromium")
    expect.set_options(timeout=TIMEOUT)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=ARGUMENTS.split())
        yield started
        started.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Make a new browser profile; ``context.new_page()`` opens another page in it."""
    created = browser.new_context(locale="en-US", timezone_id="UTC", color_scheme="light")
    created.set_default_timeout(TIMEOUT)
    yield created
    created.close()


@pytest.fixture
def errors(context: BrowserContext) -> Iterator[Errors]:
    """Collect the errors of all pages; the test fails at its end if one is not allowed."""
    collected = Errors(context)
    yield collected
    for opened in context.pages:
        opened.evaluate("0")  # events that precede this answer have been handled after it
    assert not collected.unexpected()


@pytest.fixture
def page(context: BrowserContext, errors: Errors) -> Page:
    """Open an empty page, 1280 by 720, whose errors are collected."""
    return context.new_page()


@pytest.fixture(scope="package")
def mock() -> Iterator[str]:
    """Return the base URL of a mock without a scenario, for tests that do not change it."""
    with served() as url:
        yield url
