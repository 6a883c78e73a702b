"""The console in a browser: what a frontend developer does with it, and its accessibility."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Errors
from tests.browser.example_app import LIST, ids, listed
from tests.browser.hosting import ROOT, axe, folder_served, screenshot
from tests.support.programs import wait_for
from tests.support.serving import served, started

TABS = {"explorer": "", "journal": "journal", "scenarios": "switch", "reference": "reference"}
CANCELLED = r"net::ERR_ABORTED \S+/__mock__/(bar|journal)\?"
"""A page may be left while it is being updated."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Start a mock for the tests of this file."""
    with served() as url:
        yield url


@pytest.fixture
def mock(server: str) -> str:
    """Reset the mock to its start, and return its base URL."""
    control(server, "reset", method="POST")
    return server


@pytest.fixture(autouse=True)
def this_machine_only(context: BrowserContext, errors: Errors) -> Iterator[None]:
    """Check that no test sends a request to another machine."""
    urls: list[str] = []
    errors.allow(CANCELLED)
    context.on("request", lambda request: urls.append(request.url))
    yield
    assert not [url for url in urls if not url.startswith(("http://127.0.0.1:", "data:", "blob:"))]


@pytest.fixture
def other_origin(tmp_path: Path) -> Iterator[str]:
    """Serve an empty page of another origin."""
    (tmp_path / "index.html").write_text("<!doctype html><title>Other origin</title><link rel=icon href=data:,>")
    with folder_served(tmp_path) as url:
        yield url


def control(mock: str, path: str, data: Any = None, method: str = "PUT") -> None:
    """Send a request to the control API, outside the browser."""
    body = None if data is None else json.dumps(data).encode()
    headers = {"Content-Type": "application/json"}
    with urlopen(Request(f"{mock}/__mock__/{path}", body, headers, method=method), timeout=10):
        pass


def refused(mock: str, query: str) -> None:
    """Send a request as another client; it is answered with 422."""
    with pytest.raises(HTTPError) as caught, urlopen(f"{mock}{LIST}?{query}", timeout=10):
        pass
    with caught.value as error:
        assert error.code == 422


def opened(page: Page, mock: str, tab: str = "explorer") -> None:
    """Open a tab of the console without animations, which would have a low contrast for a moment."""
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{mock}/__mock__/{TABS[tab]}")
    if tab == "reference":
        expect(page.locator(".opblock")).to_be_visible()


def shown(page: Page) -> list[str]:
    """Return the ids in the table of records."""
    return page.locator("#results tbody td:nth-of-type(1)").all_inner_texts()


def position(page: Page) -> str:
    """Return the position of the page, as it is shown."""
    return page.locator("#position").inner_text()


def walked(page: Page, link: str) -> list[list[str]]:
    """Follow Next or Previous to the end; return the ids of each page."""
    pages = [shown(page)]
    while page.locator(f"#{link}").get_attribute("href"):
        before = position(page)
        page.locator(f"#{link}").click()
        expect(page.locator("#position")).not_to_have_text(before)
        pages.append(shown(page))
        assert len(pages) < 100
    return pages


# Explorer -------------------------------------------------------------------------------------------------------------


def test_next_leads_to_the_last_page_and_previous_back_to_the_first(page: Page, mock: str) -> None:
    expected = ids(listed(mock))
    opened(page, mock)
    expect(page.locator("#position")).to_have_text("Records 1 to 50 of 173 the first page")
    forward = walked(page, "next")
    assert [each for part in forward for each in part] == expected
    expect(page.locator("#position")).to_contain_text("Records 151 to 173 of 173")
    back = walked(page, "previous")
    assert [each for part in reversed(back) for each in part] == expected
    expect(page.locator("#position")).to_contain_text("Records 1 to 50 of 173")


def test_the_back_and_forward_buttons_of_the_browser(page: Page, mock: str) -> None:
    expected = ids(listed(mock))
    opened(page, mock)
    page.locator("#next").click()
    expect(page.locator("#position")).to_contain_text("Records 51 to 100 of 173")
    page.go_back()
    expect(page.locator("#position")).to_contain_text("Records 1 to 50 of 173")
    assert shown(page) == expected[:50]
    page.go_forward()
    expect(page.locator("#position")).to_contain_text("Records 51 to 100 of 173")
    page.reload()
    assert shown(page) == expected[50:100]


def test_a_filter_shows_exactly_what_matches(page: Page, mock: str) -> None:
    opened(page, mock)
    for chain in ("SETH", "SOL"):
        page.get_by_label("chain_id").fill(chain)
        page.get_by_label("limit").fill("4")
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.locator(".target")).to_have_text(f"{LIST}?chain_id={chain}&limit=4")
        expected = ids(listed(mock, chain_id=chain))
        assert [each for part in walked(page, "next") for each in part] == expected
    page.get_by_label("token_id").fill("NOTHING")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#position")).to_have_text("No records")
    assert shown(page) == []


def test_an_edge_case_is_a_link(page: Page, mock: str) -> None:
    opened(page, mock)
    page.get_by_text("Edge cases").click()
    page.get_by_role("link", name="exactly one page").click()
    expect(page.locator("#position")).to_contain_text("of 50")


def test_the_code_to_copy_works_in_a_page_of_another_origin(
    page: Page, mock: str, other_origin: str, context: BrowserContext
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=mock)
    opened(page, mock)
    page.get_by_label("limit").fill("3")
    page.get_by_label("Key").fill("some-key")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#position")).to_contain_text("Records 1 to 3")
    page.get_by_role("radio", name="fetch").check()
    page.locator("#next").click()
    expect(page.locator("#position")).to_contain_text("Records 4 to 6")
    expect(page.get_by_role("radio", name="fetch")).to_be_checked()
    page.locator(".as-fetch").get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    code = page.evaluate("navigator.clipboard.readText()")
    other = context.new_page()
    other.goto(other_origin)
    body = other.evaluate(f"async () => {{ {code}; return body; }}")
    assert [record["id"] for record in body["result"]] == shown(page) == ids(listed(mock))[3:6]


def test_the_faults_of_a_request_are_shown(page: Page, mock: str) -> None:
    opened(page, mock)
    page.get_by_label("limit").fill("many")
    page.get_by_text("Position", exact=True).click()
    page.get_by_label("after").fill("nonsense")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#results .notice li")).to_have_count(2)
    expect(page.locator("#results .notice")).to_contain_text("query.limit Input should be a valid integer")
    expect(page.get_by_role("status")).to_contain_text("422 Unprocessable Entity")
    page.locator("#first").focus()
    assert page.locator("#next").get_attribute("aria-disabled") == "true"


def test_the_explorer_can_be_used_with_the_keyboard(page: Page, mock: str) -> None:
    """The first Tab focuses a link to the content. Next keeps the focus, and Enter follows it, up to the last page."""
    opened(page, mock)
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "next":
            break
    for start in (51, 101, 151):
        expect(page.locator("#next")).to_be_focused()
        assert page.locator("#next").evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
        page.keyboard.press("Enter")
        expect(page.locator("#position")).to_contain_text(f"Records {start} to ")
        expect(page.get_by_role("status")).to_contain_text(f"Records {start} to")
    expect(page.locator("#next")).to_be_focused()
    expect(page.locator("#next")).to_have_attribute("aria-disabled", "true")


def test_the_console_works_without_javascript(browser: Browser, mock: str) -> None:
    expected = ids(listed(mock, chain_id="ETH"))
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    try:
        opened(page, mock)
        page.get_by_label("chain_id").fill("ETH")
        page.get_by_label("limit").fill("8")
        page.get_by_role("button", name="Send", exact=True).click()
        assert [each for part in walked(page, "next") for each in part] == expected
        opened(page, mock, "scenarios")
        page.get_by_role("button", name="Activate: empty").click()
        expect(page.locator("#bar")).to_contain_text("empty")
        page.locator("#turn-off").click()
        expect(page.locator("#bar")).to_contain_text("Scenario none")
        opened(page, mock, "journal")
        page.locator("#clear").click()
        expect(page.get_by_text("No request yet")).to_be_visible()
    finally:
        context.close()


# Scenarios ------------------------------------------------------------------------------------------------------------


def test_an_active_scenario_changes_the_answers_for_an_app_of_another_origin(
    page: Page, mock: str, other_origin: str, context: BrowserContext, errors: Errors
) -> None:
    errors.allow("status of 503")
    app = context.new_page()
    app.goto(other_origin)

    def status() -> Any:
        return app.evaluate("url => fetch(url).then(response => response.status)", f"{mock}{LIST}")

    assert status() == 200
    opened(page, mock, "scenarios")
    card = page.locator("#server-error")
    card.get_by_label("every").fill("2")
    card.get_by_label("status").fill("503")
    card.get_by_role("button", name="Activate: server-error").click()
    expect(page.locator("#bar")).to_contain_text("server-error")
    assert [status() for _ in range(4)] == [200, 503, 200, 503]
    expect(page.locator("#bar")).to_contain_text("4 requests")
    for tab in TABS:
        opened(page, mock, tab)
        expect(page.locator("#bar .active")).to_contain_text("server-error every 2, status 503")
    page.locator("#turn-off").click()
    expect(page.locator("#bar")).to_contain_text("Scenario none")
    assert page.url.endswith("/__mock__/reference")
    assert [status() for _ in range(3)] == [200, 200, 200]


def test_a_fault_in_the_options_is_shown_beside_them(page: Page, mock: str, errors: Errors) -> None:
    errors.allow("status of 422")
    opened(page, mock, "scenarios")
    card = page.locator("#slow")
    card.get_by_label("min").fill("9")
    card.get_by_role("button", name="Activate: slow").click()
    expect(page.locator("#slow").get_by_role("alert")).to_contain_text("got 'min' 9.0, expected at most 'max', 2.0")
    expect(page.locator("#slow").get_by_label("min")).to_have_value("9")
    assert axe(page) == []


# Journal --------------------------------------------------------------------------------------------------------------


def test_a_422_for_another_client_appears_with_its_reason(page: Page, mock: str) -> None:
    """It appears without a reload; Clear empties the journal."""
    opened(page, mock, "journal")
    expect(page.get_by_text("No request yet")).to_be_visible()
    page.evaluate("document.notReloaded = true")
    refused(mock, "limit=0")
    row = page.locator("#journal tbody tr").first
    expect(row).to_contain_text("! 422")
    reason = row.locator(".violations")
    expect(reason).to_have_text("query.limit Input should be greater than or equal to 1")
    red, green, blue = reason.evaluate("e => getComputedStyle(e).color.match(/\\d+/g).map(Number)")
    assert red > 2 * max(green, blue)
    expect(page.get_by_role("status")).to_have_text("1 request")
    refused(mock, "after=x")
    expect(page.locator("#journal tbody tr")).to_have_count(2)
    expect(page.locator("#journal tbody tr").first).to_contain_text("query.after")
    assert page.evaluate("document.notReloaded")
    page.locator("#clear").click()
    expect(page.get_by_text("No request yet")).to_be_visible()


def test_an_update_of_the_journal_keeps_scroll_position_and_focus(page: Page, mock: str) -> None:
    """On a phone, the table can be scrolled horizontally."""
    page.set_viewport_size({"width": 360, "height": 740})
    refused(mock, "limit=0")
    opened(page, mock, "journal")
    box = page.locator("#journal .box")
    box.focus()
    box.evaluate("e => e.scrollTo(200, 0)")
    refused(mock, "after=x")
    expect(page.locator("#journal tbody tr")).to_have_count(2)
    expect(box).to_be_focused()
    assert box.evaluate("e => e.scrollLeft") == 200


def test_a_paused_journal_is_not_updated(page: Page, mock: str) -> None:
    page.clock.install()
    opened(page, mock, "journal")
    page.locator("#pause").click()
    expect(page.get_by_text("paused")).to_be_visible()
    urls: list[str] = []
    page.on("request", lambda request: urls.append(request.url))
    refused(mock, "limit=0")
    with page.expect_request(re.compile(r"/__mock__/bar\?")):
        page.clock.run_for(5000)
    assert not [url for url in urls if urlsplit(url).path.endswith("/journal")]
    page.locator("#pause").click()
    expect(page.locator("#journal tbody tr")).to_have_count(1)


def test_a_live_journal_keeps_its_filter(page: Page, mock: str) -> None:
    opened(page, mock, "journal")
    page.get_by_label("Status").fill("4xx")
    page.get_by_role("button", name="Filter").click()
    listed(mock)
    refused(mock, "limit=0")
    expect(page.locator("#journal tbody tr")).to_have_count(1)
    expect(page.get_by_role("status")).to_have_text("1 request of 2")
    expect(page.get_by_label("Status")).to_have_value("4xx")


# The bar --------------------------------------------------------------------------------------------------------------


def test_the_bar_is_updated_without_a_reload(page: Page, mock: str) -> None:
    opened(page, mock)
    control(mock, "scenario", {"name": "one-page", "times": 7})
    expect(page.locator("#bar")).to_contain_text("one-page times 7 · 0 requests")
    listed(mock)
    expect(page.locator("#bar")).to_contain_text("one-page times 7 · 1 request")
    control(mock, "scenario", method="DELETE")
    expect(page.locator("#bar")).to_contain_text("Scenario none")


def test_the_fault_of_an_edit_is_shown_until_it_is_fixed(page: Page, tmp_path: Path) -> None:
    contract = tmp_path / "contract.yaml"
    text = (ROOT / "contracts" / "openapi.yaml").read_text(encoding="utf-8")
    contract.write_text(text)
    with served(str(contract)) as mock:
        opened(page, mock, "journal")
        contract.write_text(f"{text}\nbroken: [")
        expect(page.locator("#bar").get_by_role("alert")).to_contain_text("contract.yaml:")
        assert axe(page) == []
        contract.write_text(text)
        expect(page.locator("#bar").get_by_role("alert")).to_have_count(0)


def test_the_page_reports_that_the_mock_has_ended(page: Page, errors: Errors) -> None:
    errors.allow("ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|htmx:")
    with started() as (mock, _, process):
        opened(page, mock)
        expect(page.locator("#connection")).to_be_hidden()
        process.terminate()
        expect(page.locator("#connection")).to_have_text("The mock does not answer. Is it still running?")


# Reference ------------------------------------------------------------------------------------------------------------


def test_the_reference_sends_requests_to_this_server(page: Page, mock: str) -> None:
    opened(page, mock, "reference")
    page.get_by_placeholder("limit").fill("2")
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table .response-col_status").last).to_contain_text("200")
    expect(page.locator(".live-responses-table")).to_contain_text(
        ids(listed(mock, chain_id="SETH", token_id="SETH"))[1]
    )
    assert axe(page) == []
    opened(page, mock, "journal")
    expect(page.locator("#journal")).to_contain_text("limit=2")


# Design ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def used_mock(mock: str) -> str:
    """Return a mock with an active scenario and entries in its journal."""
    listed(mock)
    control(mock, "scenario", {"name": "server-error", "every": 3})
    for query in ("limit=20", "limit=0&after=nonsense", "chain_id=SETH&lmit=5"):
        try:
            urlopen(f"{mock}{LIST}?{query}", timeout=10).close()
        except HTTPError as error:
            error.close()
    return mock


def settled(page: Page, mock: str, tab: str) -> None:
    """Open a tab; the explorer shows the second page, without a scenario."""
    if tab == "explorer":
        control(mock, "scenario", method="DELETE")
    opened(page, mock, tab)
    if tab == "explorer":
        page.get_by_label("limit").fill("20")
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.locator("#position")).to_contain_text("Records 1 to 20")
        page.locator("#next").click()
        expect(page.locator("#position")).to_contain_text("Records 21 to 40")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("tab", TABS)
def test_every_tab_is_accessible(page: Page, used_mock: str, tab: str, scheme: Any) -> None:
    """axe-core finds nothing, in the theme of the system and in the one that is selected instead."""
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 1280, "height": 800})
    settled(page, used_mock, tab)
    assert axe(page) == []
    screenshot(page, f"console-{tab}-{scheme}")
    page.emulate_media(color_scheme="light" if scheme == "dark" else "dark")
    for _ in range(2 if scheme == "dark" else 1):
        page.locator("#theme").click()
    expect(page.locator("#theme")).to_have_text(f"Theme: {scheme}")
    assert axe(page) == []
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", scheme)


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_fits_on_a_phone(page: Page, used_mock: str, tab: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    settled(page, used_mock, tab)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.keyboard.press("ArrowRight")
    assert page.evaluate("scrollX") == 0
    assert axe(page) == []
    screenshot(page, f"console-{tab}-phone")


def test_an_unusual_answer_is_accessible(page: Page, mock: str) -> None:
    opened(page, mock)
    page.get_by_text("More", exact=True).click()
    page.get_by_label("limit").fill("0")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#results .notice")).to_be_visible()
    page.get_by_text("Answer headers").click()
    assert axe(page) == []
    control(mock, "scenario", {"name": "truncated"})
    page.locator("#resend").click()
    expect(page.locator("#results")).to_contain_text("scenario truncated")
    assert axe(page) == []


def test_full_values_can_be_shown(page: Page, mock: str) -> None:
    opened(page, mock)
    cell = page.locator("#results tbody td.long span").first
    assert cell.evaluate("e => e.scrollWidth > e.clientWidth")
    page.get_by_role("switch", name="full values").check()
    assert not cell.evaluate("e => e.scrollWidth > e.clientWidth")
    page.locator("#next").click()
    expect(page.locator("#position")).to_contain_text("Records 51 to 100")
    expect(page.get_by_role("switch", name="full values")).to_be_checked()


def test_a_hidden_page_is_not_updated(page: Page, mock: str) -> None:
    page.clock.install()
    opened(page, mock, "journal")
    page.clock.pause_at(datetime(2100, 1, 1))
    hidden = "Object.defineProperty(document, 'visibilityState', {value: 'hidden', configurable: true})"
    page.evaluate(hidden)
    page.wait_for_load_state("networkidle")
    urls: list[str] = []
    page.on("request", lambda request: urls.append(request.url))
    page.clock.run_for(10_000)
    page.evaluate(hidden.replace("hidden", "visible"))
    page.clock.run_for(1000)
    wait_for(lambda: page.evaluate("0") == 0 and len(urls) >= 2)
    assert sorted(urlsplit(url).path for url in urls) == ["/__mock__/bar", "/__mock__/journal"]
