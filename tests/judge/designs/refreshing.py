"""Flags that refresh, and flags that only sound like it: what names and descriptions say of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from werkzeug.datastructures import MultiDict

from tests.judge.designs.design import Designs, Document, Made, application, document, envelope, query, thing

DESIGNS = Designs()

Row = Document
Refresh = Callable[[list[Row], MultiDict[str, str]], None]
TIME = {"type": "string", "format": "date-time"}
SYNCED = {**TIME, "description": "When the price was last read from the shop."}
SHOP = query("shop", description="Only the prices of this shop.")


def priced(flag: Document, refresh: Refresh, **times: Document) -> Made:
    """Return a list of prices by offset, with a flag; ``refresh`` is called if it is given as true."""
    old = datetime.now(UTC) - timedelta(days=3)
    rows: list[Row] = [
        {
            "id": number,
            "colour": ("red", "green", "blue")[number % 3],
            "shop": f"shop-{number * 7 % 5}",
            **{name: written(old + timedelta(seconds=number * 37 % 83)) for name in times},
        }
        for number in range(1, 46)
    ]

    def answer(args: MultiDict[str, str]) -> Any:
        size, offset = int(args.get("limit", "10")), int(args.get("offset", "0"))
        if not 1 <= size <= 50 or offset < 0:
            raise ValueError("out of range")
        if args.get(flag["name"]) == "true":
            refresh(rows, args)
        given = [(name, args[name]) for name in ("shop", "colour") if args.get(name)]
        found = [row for row in rows if all(row[name] == value for name, value in given)]
        return {"items": found[offset : offset + size], "total": len(found)}

    parameters = [query("limit", "integer", minimum=1, maximum=50, default=10), query("offset", "integer", minimum=0)]
    item = thing(shop={"type": "string"}, **times)
    return document(
        [*parameters, SHOP, query("colour"), flag], envelope(item=item, total={"type": "integer"})
    ), application(answer)


def written(time: datetime) -> str:
    """Return a time as RFC 3339 has it."""
    return time.isoformat().replace("+00:00", "Z")


def sync(rows: list[Row], args: MultiDict[str, str], every: int = 1) -> None:
    """Move the times of a shop; of every second record, or the like."""
    found = [row for row in rows if row["shop"] == args.get("shop")]
    for row in found[::every]:
        row["synced_at"] = written(datetime.now(UTC))


@DESIGNS.correct("refresh", refresh="passed")
def refresh() -> Made:
    """A refresh by name, and a scope that its description names."""
    flag = query("refresh", "boolean", description="Reads the prices of the `shop` anew before the answer.")
    return priced(flag, sync, synced_at=SYNCED)


@DESIGNS.correct("force-update", refresh="passed")
def force_update() -> Made:
    """A refresh that its description tells: with `shop`, prices are brought up to date."""
    words = "With `shop`, its prices are synced from the shop before they are listed."
    return priced(query("force_update", "boolean", description=words), sync, synced_at=SYNCED)


@DESIGNS.correct("sync-means-wait", refresh="not applicable")
def sync_means_wait() -> Made:
    """`sync` says that the answer waits, `shop` or not."""
    flag = query("sync", "boolean", description="Wait until the prices of the `shop` are complete.")
    return priced(flag, lambda rows, args: None, synced_at=SYNCED)


@DESIGNS.correct("skip-refresh", refresh="not applicable")
def skip_refresh() -> Made:
    """A flag that turns off a refresh which is made otherwise."""
    flag = query("no_refresh", "boolean", description="Do not refresh the prices of the `shop` first.")
    return priced(flag, lambda rows, args: None, synced_at=SYNCED)


@DESIGNS.correct("refreshed-only", refresh="not applicable")
def refreshed_only() -> Made:
    """A flag that chooses records: those that were refreshed."""
    flag = query("refreshed", "boolean", description="Only prices of the `shop` that were refreshed today.")
    return priced(flag, lambda rows, args: None, synced_at=SYNCED)


@DESIGNS.correct("refresh-of-everything", refresh="not applicable")
def refresh_of_everything() -> Made:
    """A refresh of the whole list, which ignores `shop`."""

    def everything(rows: list[Row], args: MultiDict[str, str]) -> None:
        for row in rows:
            row["synced_at"] = written(datetime.now(UTC))

    flag = query("refresh", "boolean", description="Refreshes all prices; ignores `shop`.")
    return priced(flag, everything, synced_at=SYNCED)


@DESIGNS.correct("only-what-changed-moves", refresh="passed")
def only_what_changed_moves() -> Made:
    """A refresh moves `updated_at` of the records that it changed, and no other."""

    def some(rows: list[Row], args: MultiDict[str, str]) -> None:
        for row in [row for row in rows if row["shop"] == args.get("shop")][::2]:
            row["updated_at"] = written(datetime.now(UTC))

    flag = query("refresh", "boolean", description="Reads the prices of the `shop` anew before the answer.")
    return priced(flag, some, updated_at={**TIME, "description": "When the price last changed."})


@DESIGNS.faulty("half-of-a-refresh", "refresh")
def half_of_a_refresh() -> Made:
    """A refresh reads every second price of the shop only."""
    flag = query("refresh", "boolean", description="Reads the prices of the `shop` anew before the answer.")
    return priced(flag, lambda rows, args: sync(rows, args, 2), synced_at=SYNCED)
