"""The HTML report of `mockserver check` in a real browser: readable in both themes and on a phone, and alone."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from mockserver.judge.reports.html import html
from tests.browser.hosting import axe, screenshot
from tests.support.outcomes import outcome


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_report_is_accessible_and_asks_for_nothing(
    browser: Browser, tmp_path: Path, theme: str, width: int
) -> None:
    path = tmp_path / "report.html"
    path.write_text(html(outcome()), encoding="utf-8", errors="replace")
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=theme)  # type: ignore[arg-type]
    asked: list[str] = []
    problems: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: problems.append(message.text))
    page.goto(path.as_uri())
    for details in page.locator("details").all():
        details.evaluate("element => element.open = true")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    screenshot(page, f"report-{theme}-{width}")
    page.close()
    assert [url for url in asked if not url.startswith("data:")] == [path.as_uri()]
    assert problems == []
