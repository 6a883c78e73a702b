"""Helpers for the example frontend: actions of its reader, and the API without a browser."""

import json
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import urlopen

from playwright.sync_api import Locator, Page, Request, Route

from tests.browser.hosting import ROOT
from tests.support.programs import wait_for

APP = ROOT / "examples" / "frontend"
LIST = "/api/v1/wallets/balances"
THE_END = "End of the list."


def listed(mock: str, **filters: str) -> list[dict[str, Any]]:
    """Return the expected balances: those of a walk without a browser."""
    found: list[dict[str, Any]] = []
    query = filters | {"limit": "200"}
    while True:
        with urlopen(f"{mock}{LIST}?{urlencode(query)}", timeout=10) as answer:
            page = json.load(answer)
        found += page["result"]
        assert len(found) < 2000
        if not page["meta"]["has_more"]:
            return found
        query["after"] = page["meta"]["after"]


def ids(records: list[dict[str, Any]]) -> list[str]:
    """Return the ids of records, in order."""
    return [record["id"] for record in records]


def opened(page: Page, app: str, mock: str) -> None:
    """Open the app with this server as its API."""
    page.goto(f"{app}/?{urlencode({'api': mock})}")


def rows(page: Page) -> Locator:
    """Return the elements of the balances on the page."""
    return page.locator("#balances > li")


def shown(page: Page) -> list[str]:
    """Return the ids of the balances on the page, from the top."""
    found: list[str] = page.eval_on_selector_all("#balances > li", "items => items.map(item => item.dataset.id)")
    return found


def scrolled(page: Page) -> list[str]:
    """Scroll until the app shows that the end is reached; return the ids on the page."""

    def ended() -> bool:
        page.keyboard.press("End")
        return page.get_by_text(THE_END).is_visible()

    wait_for(ended)
    return shown(page)


def stopped_clock(page: Page) -> None:
    """Stop the page's clock; ``page.clock.run_for(milliseconds)`` advances it."""
    page.clock.install(time=0)
    page.clock.pause_at(1)


def queries(page: Page) -> list[dict[str, str]]:
    """Return a list that grows with the query of each request for balances from now on."""
    sent: list[dict[str, str]] = []

    def record(request: Request) -> None:
        if LIST in request.url:
            sent.append({name: value for name, [value] in parse_qs(urlsplit(request.url).query).items()})

    page.on("request", record)
    return sent


def faked(page: Page, *pages: dict[str, Any]) -> None:
    """Answer requests for balances with these bodies in order; the last one is repeated."""
    remaining = list(pages)

    def answer(route: Route) -> None:
        body = remaining.pop(0) if len(remaining) > 1 else remaining[0]
        status = 200 if "result" in body else 422
        route.fulfill(status=status, json=body, headers={"Access-Control-Allow-Origin": "*"})

    page.route(f"**{LIST}?*", answer)


def faked_page(names: str, after: str | None, **meta: Any) -> dict[str, Any]:
    """Return a page of balances whose ids are these letters."""
    record = {
        "token_id": "ETH",
        "chain_id": None,
        "address": "0x0",
        "amount": "1",
        "updated_at": "2025-01-01T00:00:00Z",
    }
    result = [record | {"id": name} for name in names]
    return {"result": result, "meta": {"after": after, "has_more": after is not None, "total": None} | meta}
