"""The console in a browser: what a frontend developer does with it, and that everybody can."""

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

from tests.browser.conftest import Complaints
from tests.browser.example_app import LIST, ids, listed
from tests.browser.hosting import ROOT, axe, folder_served, screenshot
from tests.support.programs import wait_for
from tests.support.serving import served, started

TABS = {"explorer": "", "journal": "journal", "scenarios": "switch", "reference": "reference"}
LEFT = r"net::ERR_ABORTED \S+/__mock__/(bar|journal)\?"
"""A page that is left may have been about to look again."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A mock, shared by the tests of this file."""
    with served() as url:
        yield url


@pytest.fixture
def mock(server: str) -> str:
    """The shared mock as it was at its start."""
    told(server, "reset", method="POST")
    return server


@pytest.fixture(autouse=True)
def this_machine_only(context: BrowserContext, complaints: Complaints) -> Iterator[None]:
    """Nothing is asked of any other machine, in any test."""
    asked: list[str] = []
    complaints.allow(LEFT)
    context.on("request", lambda request: asked.append(request.url))
    yield
    assert not [url for url in asked if not url.startswith(("http://127.0.0.1:", "data:", "blob:"))]


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[str]:
    """An empty page of another origin."""
    (tmp_path / "index.html").write_text("<!doctype html><title>Elsewhere</title><link rel=icon href=data:,>")
    with folder_served(tmp_path) as url:
        yield url


def told(mock: str, what: str, data: Any = None, method: str = "PUT") -> None:
    """Steer the mock from outside the browser."""
    body = None if data is None else json.dumps(data).encode()
    headers = {"Content-Type": "application/json"}
    with urlopen(Request(f"{mock}/__mock__/{what}", body, headers, method=method), timeout=10):
        pass


def refused(mock: str, query: str) -> None:
    """Another client sends a request that the contract does not allow."""
    with pytest.raises(HTTPError) as caught, urlopen(f"{mock}{LIST}?{query}", timeout=10):
        pass
    with caught.value as error:
        assert error.code == 422


def opened(page: Page, mock: str, tab: str = "explorer") -> None:
    """Open a tab of the console, in which nothing moves: a colour that fades in has no contrast yet."""
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{mock}/__mock__/{TABS[tab]}")
    if tab == "reference":
        expect(page.locator(".opblock")).to_be_visible()


def shown(page: Page) -> list[str]:
    """The ids in the table of records."""
    return page.locator("#results tbody td:nth-of-type(1)").all_inner_texts()


def place(page: Page) -> str:
    """Where the page lies, as it is told."""
    return page.locator("#place").inner_text()


def walked(page: Page, way: str) -> list[list[str]]:
    """Follow Next or Previous for as long as there is one: the ids of each page."""
    pages = [shown(page)]
    while page.locator(f"#{way}").get_attribute("href"):
        before = place(page)
        page.locator(f"#{way}").click()
        expect(page.locator("#place")).not_to_have_text(before)
        pages.append(shown(page))
        assert len(pages) < 100
    return pages


# Explorer -------------------------------------------------------------------------------------------------------------


def test_next_walks_to_the_last_page_and_previous_back_to_the_first(page: Page, mock: str) -> None:
    there = ids(listed(mock))
    opened(page, mock)
    expect(page.locator("#place")).to_have_text("Records 1 to 50 of 173 the first page")
    ahead = walked(page, "next")
    assert [each for part in ahead for each in part] == there
    expect(page.locator("#place")).to_contain_text("Records 151 to 173 of 173")
    back = walked(page, "previous")
    assert [each for part in reversed(back) for each in part] == there
    expect(page.locator("#place")).to_contain_text("Records 1 to 50 of 173")


def test_back_and_forward_of_the_browser(page: Page, mock: str) -> None:
    there = ids(listed(mock))
    opened(page, mock)
    page.locator("#next").click()
    expect(page.locator("#place")).to_contain_text("Records 51 to 100 of 173")
    page.go_back()
    expect(page.locator("#place")).to_contain_text("Records 1 to 50 of 173")
    assert shown(page) == there[:50]
    page.go_forward()
    expect(page.locator("#place")).to_contain_text("Records 51 to 100 of 173")
    page.reload()
    assert shown(page) == there[50:100]


def test_a_filter_shows_exactly_what_matches(page: Page, mock: str) -> None:
    opened(page, mock)
    for chain in ("SETH", "SOL"):
        page.get_by_label("chain_id").fill(chain)
        page.get_by_label("limit").fill("4")
        page.get_by_role("button", name="Send").click()
        expect(page.locator(".target")).to_have_text(f"{LIST}?chain_id={chain}&limit=4")
        there = ids(listed(mock, chain_id=chain))
        assert [each for part in walked(page, "next") for each in part] == there
    page.get_by_label("token_id").fill("NOTHING")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#place")).to_have_text("No records")
    assert shown(page) == []


def test_an_awkward_case_is_one_link_away(page: Page, mock: str) -> None:
    opened(page, mock)
    page.get_by_text("Awkward cases").click()
    page.get_by_role("link", name="exactly one page").click()
    expect(page.locator("#place")).to_contain_text("of 50")


def test_the_code_to_copy_works_in_a_page_of_another_origin(
    page: Page, mock: str, elsewhere: str, context: BrowserContext
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=mock)
    opened(page, mock)
    page.get_by_label("limit").fill("3")
    page.get_by_label("Key").fill("some-key")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#place")).to_contain_text("Records 1 to 3")
    page.get_by_role("radio", name="fetch").check()
    page.locator("#next").click()
    expect(page.locator("#place")).to_contain_text("Records 4 to 6")
    expect(page.get_by_role("radio", name="fetch")).to_be_checked()
    page.locator(".as-fetch").get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    code = page.evaluate("navigator.clipboard.readText()")
    other = context.new_page()
    other.goto(elsewhere)
    body = other.evaluate(f"async () => {{ {code}; return body; }}")
    assert [record["id"] for record in body["result"]] == shown(page) == ids(listed(mock))[3:6]


def test_what_is_wrong_with_a_request_is_told(page: Page, mock: str) -> None:
    opened(page, mock)
    page.get_by_label("limit").fill("many")
    page.get_by_text("Start elsewhere").click()
    page.get_by_label("after").fill("nonsense")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#results .notice li")).to_have_count(2)
    expect(page.locator("#results .notice")).to_contain_text("query.limit Input should be a valid integer")
    expect(page.get_by_role("status")).to_contain_text("422 Unprocessable Entity")
    page.locator("#first").focus()
    assert page.locator("#next").get_attribute("aria-disabled") == "true"


def test_by_keyboard_alone(page: Page, mock: str) -> None:
    """The first Tab leads past what is around; Next keeps the focus, and Enter pages on, to the end."""
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
        expect(page.locator("#place")).to_contain_text(f"Records {start} to ")
        expect(page.get_by_role("status")).to_contain_text(f"Records {start} to")
    expect(page.locator("#next")).to_be_focused()
    expect(page.locator("#next")).to_have_attribute("aria-disabled", "true")


def test_it_works_without_javascript(browser: Browser, mock: str) -> None:
    there = ids(listed(mock, chain_id="ETH"))
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    try:
        opened(page, mock)
        page.get_by_label("chain_id").fill("ETH")
        page.get_by_label("limit").fill("8")
        page.get_by_role("button", name="Send").click()
        assert [each for part in walked(page, "next") for each in part] == there
        opened(page, mock, "scenarios")
        page.get_by_role("button", name="Put on: empty").click()
        expect(page.locator("#bar")).to_contain_text("empty")
        page.locator("#turn-off").click()
        expect(page.locator("#bar")).to_contain_text("Scenario none")
        opened(page, mock, "journal")
        page.locator("#clear").click()
        expect(page.get_by_text("No request yet")).to_be_visible()
    finally:
        context.close()


# Scenarios ------------------------------------------------------------------------------------------------------------


def test_a_scenario_switched_on_changes_what_an_app_of_another_origin_gets(
    page: Page, mock: str, elsewhere: str, context: BrowserContext, complaints: Complaints
) -> None:
    complaints.allow("status of 503")
    app = context.new_page()
    app.goto(elsewhere)

    def got() -> Any:
        return app.evaluate("url => fetch(url).then(response => response.status)", f"{mock}{LIST}")

    assert got() == 200
    opened(page, mock, "scenarios")
    card = page.locator("#server-error")
    card.get_by_label("every").fill("2")
    card.get_by_label("status").fill("503")
    card.get_by_role("button", name="Put on: server-error").click()
    expect(page.locator("#bar")).to_contain_text("server-error")
    assert [got() for _ in range(4)] == [200, 503, 200, 503]
    expect(page.locator("#bar")).to_contain_text("4 requests")
    for tab in TABS:
        opened(page, mock, tab)
        expect(page.locator("#bar .on")).to_contain_text("server-error every 2, status 503")
    page.locator("#turn-off").click()
    expect(page.locator("#bar")).to_contain_text("Scenario none")
    assert page.url.endswith("/__mock__/reference")
    assert [got() for _ in range(3)] == [200, 200, 200]


def test_a_fault_in_the_options_is_told_beside_them(page: Page, mock: str, complaints: Complaints) -> None:
    complaints.allow("status of 422")
    opened(page, mock, "scenarios")
    card = page.locator("#slow")
    card.get_by_label("min").fill("9")
    card.get_by_role("button", name="Put on: slow").click()
    expect(page.locator("#slow").get_by_role("alert")).to_contain_text("got 'min' 9.0, expected at most 'max', 2.0")
    expect(page.locator("#slow").get_by_label("min")).to_have_value("9")
    assert axe(page) == []


# Journal --------------------------------------------------------------------------------------------------------------


def test_a_422_of_another_client_appears_with_its_reason(page: Page, mock: str) -> None:
    """Without a reload; and Clear empties it."""
    opened(page, mock, "journal")
    expect(page.get_by_text("No request yet")).to_be_visible()
    page.evaluate("document.here = true")
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
    assert page.evaluate("document.here")
    page.locator("#clear").click()
    expect(page.get_by_text("No request yet")).to_be_visible()


def test_a_live_journal_stays_where_its_reader_is(page: Page, mock: str) -> None:
    """On a phone the table is scrolled sideways; what comes does not take that back, nor the focus."""
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


def test_a_paused_journal_stands_still(page: Page, mock: str) -> None:
    page.clock.install()
    opened(page, mock, "journal")
    page.locator("#pause").click()
    expect(page.get_by_text("paused")).to_be_visible()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    refused(mock, "limit=0")
    with page.expect_request(re.compile(r"/__mock__/bar\?")):
        page.clock.run_for(5000)
    assert not [url for url in asked if urlsplit(url).path.endswith("/journal")]
    page.locator("#pause").click()
    expect(page.locator("#journal tbody tr")).to_have_count(1)


def test_the_journal_is_filtered_while_it_is_live(page: Page, mock: str) -> None:
    opened(page, mock, "journal")
    page.get_by_label("Status").fill("4xx")
    page.get_by_role("button", name="Filter").click()
    listed(mock)
    refused(mock, "limit=0")
    expect(page.locator("#journal tbody tr")).to_have_count(1)
    expect(page.get_by_role("status")).to_have_text("1 request of 2")
    expect(page.get_by_label("Status")).to_have_value("4xx")


# The bar --------------------------------------------------------------------------------------------------------------


def test_what_others_tell_the_mock_is_seen_without_a_reload(page: Page, mock: str) -> None:
    opened(page, mock)
    told(mock, "scenario", {"name": "one-page", "times": 7})
    expect(page.locator("#bar")).to_contain_text("one-page times 7 · 0 requests")
    listed(mock)
    expect(page.locator("#bar")).to_contain_text("one-page times 7 · 1 request")
    told(mock, "scenario", method="DELETE")
    expect(page.locator("#bar")).to_contain_text("Scenario none")


def test_a_broken_edit_is_told_until_it_is_mended(page: Page, tmp_path: Path) -> None:
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


def test_a_mock_that_has_ended_is_told(page: Page, complaints: Complaints) -> None:
    complaints.allow("ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|htmx:")
    with started() as (mock, _, process):
        opened(page, mock)
        expect(page.locator("#away")).to_be_hidden()
        process.terminate()
        expect(page.locator("#away")).to_have_text("The mock does not answer. Is it still running?")


# Reference ------------------------------------------------------------------------------------------------------------


def test_the_reference_tries_requests_against_this_server(page: Page, mock: str) -> None:
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


# Looks ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def lived_in(mock: str) -> str:
    """A mock to which things have happened."""
    listed(mock)
    told(mock, "scenario", {"name": "server-error", "every": 3})
    for query in ("limit=20", "limit=0&after=nonsense", "chain_id=SETH&lmit=5"):
        try:
            urlopen(f"{mock}{LIST}?{query}", timeout=10).close()
        except HTTPError as error:
            error.close()
    return mock


def settled(page: Page, mock: str, tab: str) -> None:
    """Open a tab; the explorer on a second page, in peace."""
    if tab == "explorer":
        told(mock, "scenario", method="DELETE")
    opened(page, mock, tab)
    if tab == "explorer":
        page.get_by_label("limit").fill("20")
        page.get_by_role("button", name="Send").click()
        expect(page.locator("#place")).to_contain_text("Records 1 to 20")
        page.locator("#next").click()
        expect(page.locator("#place")).to_contain_text("Records 21 to 40")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("tab", TABS)
def test_everybody_can_use_it(page: Page, lived_in: str, tab: str, scheme: Any) -> None:
    """axe-core finds nothing; what the system prefers, and what is chosen instead, look alike."""
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 1280, "height": 800})
    settled(page, lived_in, tab)
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
def test_a_phone_shows_it_without_scrolling_sideways(page: Page, lived_in: str, tab: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    settled(page, lived_in, tab)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.keyboard.press("ArrowRight")
    assert page.evaluate("scrollX") == 0
    assert axe(page) == []
    screenshot(page, f"console-{tab}-phone")


def test_an_unusual_answer_can_be_read_by_everybody(page: Page, mock: str) -> None:
    opened(page, mock)
    page.get_by_text("More", exact=True).click()
    page.get_by_label("limit").fill("0")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#results .notice")).to_be_visible()
    page.get_by_text("Headers of the answer").click()
    assert axe(page) == []
    told(mock, "scenario", {"name": "truncated"})
    page.locator("#again").click()
    expect(page.locator("#results")).to_contain_text("scenario truncated")
    assert axe(page) == []


def test_whole_values_are_shown_when_they_are_wanted(page: Page, mock: str) -> None:
    opened(page, mock)
    cell = page.locator("#results tbody td.long span").first
    assert cell.evaluate("e => e.scrollWidth > e.clientWidth")
    page.get_by_role("switch", name="whole values").check()
    assert not cell.evaluate("e => e.scrollWidth > e.clientWidth")
    page.locator("#next").click()
    expect(page.locator("#place")).to_contain_text("Records 51 to 100")
    expect(page.get_by_role("switch", name="whole values")).to_be_checked()


def test_a_page_that_nobody_sees_does_not_look_again(page: Page, mock: str) -> None:
    page.clock.install()
    opened(page, mock, "journal")
    page.clock.pause_at(datetime(2100, 1, 1))
    hidden = "Object.defineProperty(document, 'visibilityState', {value: 'hidden', configurable: true})"
    page.evaluate(hidden)
    page.wait_for_load_state("networkidle")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.run_for(10_000)
    page.evaluate(hidden.replace("hidden", "visible"))
    page.clock.run_for(1000)
    wait_for(lambda: page.evaluate("0") == 0 and len(asked) >= 2)
    assert sorted(urlsplit(url).path for url in asked) == ["/__mock__/bar", "/__mock__/journal"]
