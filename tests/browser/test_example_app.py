"""The example frontend in a browser. It is served from another origin than the mock, as an app usually is."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from mockserver.mock.scenarios.reading import read_scenario, scenario_of
from tests.browser.conftest import Errors
from tests.browser.example_app import (
    APP,
    LIST,
    THE_END,
    faked,
    faked_page,
    ids,
    listed,
    opened,
    queries,
    rows,
    scrolled,
    shown,
    stopped_clock,
)
from tests.browser.hosting import axe, folder_served, screenshot
from tests.support.serving import served


@pytest.fixture(scope="module")
def app() -> Iterator[str]:
    """Serve the app, and return its URL."""
    with folder_served(APP) as url:
        yield url


# Scrolling ------------------------------------------------------------------------------------------------------------


def test_scrolling_to_the_end_shows_every_balance_once(page: Page, app: str, mock: str) -> None:
    sent = queries(page)
    opened(page, app, mock)
    assert scrolled(page) == ids(listed(mock))
    expect(page.get_by_role("status")).to_have_text(f"{len(listed(mock))} balances")
    assert len(sent) > 3 and all("after" in query for query in sent[1:])
    assert not any("offset" in query for query in sent)


def test_a_page_is_loaded_only_when_the_reader_is_near_the_end(page: Page, app: str, mock: str) -> None:
    opened(page, app, mock)
    expect(page.get_by_role("status")).to_have_text(f"25 of {len(listed(mock))} balances")
    page.wait_for_load_state("networkidle")
    assert shown(page) == ids(listed(mock))[:25]
    rows(page).last.scroll_into_view_if_needed()
    expect(rows(page)).to_have_count(50)


def test_repeated_records_are_shown_once(page: Page, app: str, mock: str) -> None:
    """A server that pages by offset may repeat records; and a page may be empty although others follow."""
    faked(page, faked_page("abc", "1"), faked_page("", "2"), faked_page("cbd", "3"), faked_page("e", None))
    opened(page, app, mock)
    assert scrolled(page) == list("abcde")


def test_a_repeated_cursor_ends_the_walk(page: Page, app: str, mock: str) -> None:
    faked(page, faked_page("a", "1"), faked_page("b", "2"), faked_page("c", "1"))
    opened(page, app, mock)
    expect(page.get_by_role("alert").first).to_contain_text("The server repeated a cursor.")
    assert shown(page) == list("abc")


def test_an_amount_is_shown_to_the_last_digit(page: Page, app: str, mock: str) -> None:
    """Some are above 2^53, where JavaScript numbers are not exact."""
    amounts = [Decimal(record["amount"]) for record in listed(mock, token_id="SOL_BONK")]
    assert max(amounts) > 2**53
    opened(page, app, mock)
    page.get_by_label("Token").fill("SOL_BONK")
    expect(rows(page)).to_have_count(len(amounts))
    expect(page.get_by_text(THE_END)).to_be_visible()
    texts = page.locator(".amount strong").all_inner_texts()
    assert [Decimal(text.replace(",", "")) for text in texts] == amounts


# Filters --------------------------------------------------------------------------------------------------------------


def test_each_chain_shows_exactly_its_balances(page: Page, app: str, mock: str) -> None:
    opened(page, app, mock)
    chains = page.eval_on_selector_all("#chain option", "options => options.map(option => option.value)")
    assert {chain or None for chain in chains} == {record["chain_id"] for record in listed(mock)}
    for chain in filter(None, chains):
        page.get_by_label("Chain").select_option(chain)
        assert scrolled(page) == ids(listed(mock, chain_id=chain)), chain


def test_chain_and_token_are_combined(page: Page, app: str, mock: str) -> None:
    opened(page, app, mock)
    page.get_by_label("Chain").select_option("SOL")
    page.get_by_label("Token").fill("SOL_USDC")
    expect(page.get_by_role("status")).to_have_text("5 balances")
    assert shown(page) == ids(listed(mock, chain_id="SOL", token_id="SOL_USDC"))
    page.get_by_label("Token").fill("ETH_USDC")
    expect(page.get_by_role("status")).to_have_text("No balances match.")
    assert shown(page) == []


def test_typing_sends_one_request_after_a_pause(page: Page, app: str, mock: str) -> None:
    sent = queries(page)
    stopped_clock(page)
    opened(page, app, mock)
    expect(rows(page)).to_have_count(25)
    for letter in "SETH_USDC":
        page.get_by_label("Token").press_sequentially(letter)
        page.clock.run_for(200)
    assert len(sent) == 1
    page.clock.run_for(50)
    expect(rows(page)).to_have_count(6)
    assert [query["token_id"] for query in sent if "token_id" in query] == ["SETH_USDC"]


def test_a_late_answer_for_an_older_filter_is_ignored(page: Page, app: str, mock: str, errors: Errors) -> None:
    held: list[Route] = []
    page.route(re.compile(f"{LIST}.limit=25$"), lambda route: held.append(route))
    opened(page, app, mock)
    expect(page.get_by_text("Loading…")).to_be_visible()
    page.get_by_label("Chain").select_option("SOL")
    expected = ids(listed(mock, chain_id="SOL"))
    assert scrolled(page) == expected
    assert errors.cancelled
    held[0].continue_()
    page.wait_for_load_state("networkidle")
    assert shown(page) == expected


# Scenarios ------------------------------------------------------------------------------------------------------------


def test_slow_answers(page: Page, app: str, mock: str, errors: Errors) -> None:
    """The page shows that it is loading. A filter that is selected meanwhile cancels the request, and takes effect."""
    with served("--scenario", "slow:min=0.2,max=0.5") as slow:
        opened(page, app, slow)
        expect(page.get_by_text("Loading…")).to_be_visible()
        page.get_by_label("Chain").select_option("ETH")
        assert scrolled(page) == ids(listed(mock, chain_id="ETH"))
        assert errors.cancelled
        page.get_by_label("Chain").select_option("")
        assert scrolled(page) == ids(listed(mock))


def test_shifting_records(page: Page, app: str, mock: str) -> None:
    """The walk ends; no balance is shown twice or out of order. By offset, two would be shown twice with this seed."""
    everything = ids(listed(mock))
    with served("--scenario", "shifting:seed=2") as shifting:
        opened(page, app, shifting)
        seen = scrolled(page)
    assert len(everything) > len(seen) > len(everything) / 2
    assert seen == [each for each in everything if each in set(seen)]


def test_requests_are_retried_after_server_errors(page: Page, app: str, mock: str, errors: Errors) -> None:
    errors.allow("status of 500")
    with served("--scenario", "server-error:every=3") as failing:
        opened(page, app, failing)
        assert scrolled(page) == ids(listed(mock))
    assert len(errors.all) >= 3


def test_after_many_failures_the_reader_may_retry(page: Page, app: str, mock: str, errors: Errors) -> None:
    errors.allow("status of 503")
    sent = queries(page)
    stopped_clock(page)
    with served("--scenario", "server-error:every=1,status=503,times=5") as failing:
        opened(page, app, failing)
        for seconds in (0.5, 1, 2, 4):
            expect(page.get_by_text(f"failed (503). Retrying in {seconds} s.")).to_be_visible()
            page.clock.run_for(int(seconds * 1000))
        expect(page.locator("#reason")).to_have_text("The server failed (503).")
        page.clock.run_for(3_600_000)
        assert len(sent) == 5
        page.get_by_role("button", name="Retry").click()
        assert scrolled(page) == ids(listed(mock))
    expect(page.get_by_role("button", name="Retry")).to_be_hidden()


def test_after_too_many_requests_the_app_waits_as_long_as_demanded(page: Page, app: str, errors: Errors) -> None:
    errors.allow("status of 429")
    sent = queries(page)
    stopped_clock(page)
    with served("--scenario", "rate-limited:after=1,per=20") as limited:
        opened(page, app, limited)
        expect(rows(page)).to_have_count(25)
        with page.expect_response(lambda response: response.status == 429) as refused:
            page.keyboard.press("End")
        seconds = int(refused.value.headers["retry-after"])
        assert 5 < seconds <= 20
        expect(page.get_by_text(f"Retrying in {seconds} s.")).to_be_visible()
        page.clock.run_for(seconds * 1000 - 1)
        assert len(sent) == 2
        with page.expect_response(lambda response: response.status == 429):
            page.clock.run_for(1)


@pytest.mark.parametrize("scenario", ["truncated:times=1", "disconnect:times=1"])
def test_a_request_is_retried_after_an_answer_that_is_cut_off(
    page: Page, app: str, mock: str, errors: Errors, scenario: str
) -> None:
    errors.allow("net::ERR")
    with served("--scenario", scenario) as breaking:
        opened(page, app, breaking)
        expect(page.get_by_text("Retrying in 0.5 s.")).to_be_visible()
        assert scrolled(page) == ids(listed(mock))


def test_a_refusal_is_shown_and_not_retried(page: Page, app: str, mock: str, errors: Errors) -> None:
    errors.allow("status of 422")
    sent = queries(page)
    fault = {"loc": ["query", "after"], "msg": "this cursor was altered"}
    faked(page, {"success": False, "error": {"detail": [fault]}}, faked_page("a", None))
    opened(page, app, mock)
    expect(page.locator("#reason")).to_have_text("The server refused the request (422). after: this cursor was altered")
    assert len(sent) == 1
    page.get_by_role("button", name="Retry").click()
    assert scrolled(page) == ["a"]


def test_a_key_is_requested_and_kept_in_the_tab_for_this_server_only(
    page: Page, app: str, mock: str, errors: Errors
) -> None:
    errors.allow("status of 401")
    with served("--api-key", "secret") as locked:
        opened(page, app, locked)
        expect(page.get_by_text("The server needs a key.")).to_be_visible()
        expect(page.get_by_label("API key")).to_be_focused()
        for key, message in (("wrong", "does not accept this key"), ("secret", "of 173 balances")):
            page.get_by_label("API key").fill(key)
            page.get_by_role("button", name="Use this key").click()
            expect(page.get_by_text(message)).to_be_visible()
        page.reload()
        assert scrolled(page) == ids(listed(mock))
        with page.expect_request(f"**{LIST}?*") as sent_to_other:
            opened(page, app, mock)
        assert "x-api-key" not in sent_to_other.value.all_headers()
        expect(rows(page)).to_have_count(25)
        opened(page, app, locked)
        page.get_by_role("button", name="Forget key").click()
        expect(page.get_by_text("The server needs a key.")).to_be_visible()


# Design ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_app_is_accessible(page: Page, app: str, mock: str, errors: Errors, scheme: Any) -> None:
    """axe-core finds nothing, whatever the page shows."""
    errors.allow("status of 4")
    page.emulate_media(color_scheme=scheme)
    opened(page, app, mock)
    expect(rows(page)).to_have_count(25)
    assert axe(page) == []
    screenshot(page, f"example-{scheme}")
    page.get_by_label("Token").fill("NOTHING")
    expect(page.get_by_text("No balances match.")).to_be_visible()
    assert axe(page) == []
    faked(page, {"success": False, "error": "no"})
    page.get_by_label("Token").fill("")
    expect(page.get_by_role("button", name="Retry")).to_be_visible()
    assert axe(page) == []
    with served("--api-key", "secret") as locked:
        page.unroute_all()
        opened(page, app, locked)
        expect(page.get_by_label("API key")).to_be_visible()
        assert axe(page) == []


def test_the_app_fits_on_a_phone(page: Page, app: str, mock: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    opened(page, app, mock)
    expect(rows(page)).to_have_count(25)
    screenshot(page, "example-phone")
    assert len(scrolled(page)) == len(listed(mock))
    wide = (
        "[...document.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > 360.5).map(e => e.outerHTML)"
    )
    assert page.evaluate(wide) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_the_scenarios_of_the_readme_exist() -> None:
    named = re.findall(r"--scenario (\S+)`", (APP / "README.md").read_text(encoding="utf-8"))
    assert len(named) >= 4
    for each in named:
        assert scenario_of(read_scenario(each))
