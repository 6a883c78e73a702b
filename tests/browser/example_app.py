"""The example app as its reader handles it, and the API that it reads from, asked without a browser."""

import json
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import urlopen

from playwright.sync_api import Locator, Page, Request, Route

from tests.browser.hosting import ROOT
from tests.support.programs import wait_for

APP = ROOT / "examples" / "frontend"
LIST = "/api/v1/wallets/balances"
THE_END = "That is all."


def listed(mock: str, **filters: str) -> list[dict[str, Any]]:
    """The oracle: all balances, walked without a browser."""
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
    """The ids of records, in their order."""
    return [record["id"] for record in records]


def opened(page: Page, app: str, mock: str) -> None:
    """Open the app, to read from this server."""
    page.goto(f"{app}/?{urlencode({'api': mock})}")


def rows(page: Page) -> Locator:
    """The balances on the page."""
    return page.locator("#balances > li")


def shown(page: Page) -> list[str]:
    """The ids of the balances on the page, from the top."""
    found: list[str] = page.eval_on_selector_all("#balances > li", "items => items.map(item => item.dataset.id)")
    return found


def scrolled(page: Page) -> list[str]:
    """Scroll until the app says that the end is reached; the ids that are then on the page."""

    def ended() -> bool:
        page.keyboard.press("End")
        return page.get_by_text(THE_END).is_visible()

    wait_for(ended)
    return shown(page)


def stopped_clock(page: Page) -> None:
    """Let the page's time stand still; ``page.clock.run_for(milliseconds)`` moves it."""
    page.clock.install(time=0)
    page.clock.pause_at(1)


def queries(page: Page) -> list[dict[str, str]]:
    """The queries of all requests for balances from now on; grows while the page lives."""
    kept: list[dict[str, str]] = []

    def keep(request: Request) -> None:
        if LIST in request.url:
            kept.append({name: value for name, [value] in parse_qs(urlsplit(request.url).query).items()})

    page.on("request", keep)
    return kept


def faked(page: Page, *pages: dict[str, Any]) -> None:
    """Answer requests for balances with these bodies, one after the other; the last one stays."""
    left = list(pages)

    def answer(route: Route) -> None:
        body = left.pop(0) if len(left) > 1 else left[0]
        status = 200 if "result" in body else 422
        route.fulfill(status=status, json=body, headers={"Access-Control-Allow-Origin": "*"})

    page.route(f"**{LIST}?*", answer)


def faked_page(names: str, after: str | None, **meta: Any) -> dict[str, Any]:
    """A page of balances whose ids are these letters."""
    record = {
        "token_id": "ETH",
        "chain_id": None,
        "address": "0x0",
        "amount": "1",
        "updated_at": "2025-01-01T00:00:00Z",
    }
    result = [record | {"id": name} for name in names]
    return {"result": result, "meta": {"after": after, "has_more": after is not None, "total": None} | meta}
