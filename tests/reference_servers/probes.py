"""For each law, requests that show whether a server of this package keeps it: `PROBES[law](client)` asserts it.

This is not the judge: it knows these servers, has no budget and explains nothing. It makes sure that a planted bug is
there, and no other.
"""

import json
import re
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from typing import Any
from uuid import UUID

from tests.reference_servers.client import BOUND, Answer, Client, ids
from tests.reference_servers.probes_single import HUGE, REJECTED, kinds, negative_data, schema, statuses

FILTERS = ("wallet_uuid", "chain_id", "address", "token_id")
PLAIN: tuple[dict[str, Any], ...] = ({}, {"chain_id": "ETH"})
ODD = ("BASE", "ETH_USDC", "SOL_$WIF", "SETH", "ETH", "LEGACY_ERC")


def records(client: Client, limit: int = 50, **filters: Any) -> list[dict[str, Any]]:
    """Return every record of a walk."""
    return [record for page in client.walk((limit,), **filters) for record in page.body["result"]]


def chosen(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return filters worth trying on these records: the commonest and the rarest values, the odd tokens, and pairs."""
    found: list[dict[str, Any]] = []
    for name in FILTERS:
        counts = Counter(row[name] for row in rows if row.get(name)).most_common()
        values = {value for value, _ in counts[:1] + counts[-1:]} | {value for value, _ in counts if value in ODD}
        found += [{name: value} for value in sorted(values)]
    for row in rows[:: max(1, len(rows) // 2)]:
        found += [{name: row[name], "wallet_uuid": row["wallet_uuid"]} for name in FILTERS[1:] if row.get(name)]
        found += [{"token_id": row["token_id"], "chain_id": row["chain_id"]}] if row.get("chain_id") else []
    return found


def matching(rows: list[dict[str, Any]], given: dict[str, Any]) -> list[str]:
    """Return the ids of the records that meet the filters."""
    return [row["id"] for row in rows if all(row.get(name) == value for name, value in given.items())]


def page_size(client: Client) -> None:
    """Get pages in every way."""
    first = client.get()
    assert len(first.ids) <= 50
    rows = records(client, 7)
    for given in [{}, {"chain_id": "ETH"}, {"wallet_uuid": rows[0]["wallet_uuid"]}] if rows else [{}]:
        for limit in (1, 30):
            pages = client.walk((limit,), 4, **given)
            answers = [*pages, *client.walk_back(pages, limit, 2, **given)]
            answers += [client.get(limit=limit, offset=offset, **given) for offset in (0, 100, HUGE)]
            answers += [client.get(limit=limit, after="no cursor", **given)]
            assert all(len(answer.ids) <= limit for answer in answers)
    for row in rows[:1]:
        assert len(client.get(limit=2, address=row["address"], force_refresh="true").ids) <= 2
    queries = [{"limit": limit} for limit in (1, 50, 3, 30, 2, 9)]
    assert all(len(page.ids) <= query["limit"] for query, page in zip(queries, client.together(queries), strict=True))


def no_repeat(client: Client) -> None:
    """Walk, with and without a filter."""
    for given in PLAIN:
        for limit in (7, 50):
            seen = ids(client.walk((limit,), **given))
            assert len(seen) == len({*seen})


def walk_ends(client: Client) -> None:
    """Walk, and compare the cursors."""
    for given in PLAIN:
        for limit in (7, 50):
            pages = client.walk((limit,), **given)
            cursors = [page.meta.get("after") for page in pages]
            assert len(pages) < BOUND and len(cursors) == len({*cursors})


def has_more(client: Client) -> None:
    """Compare `has_more` of each page of a walk with the pages that follow."""
    for given in (
        *PLAIN[:1],
        {"chain_id": "SOL"},
        {"chain_id": "nowhere"},
        {"chain_id": "ETH", "token_id": "ETH_USDC"},
    ):
        for limit in (1, 7) if given else (7, 50):
            pages = client.walk((limit,), **given)
            left = len(ids(pages))
            for page in pages:
                left -= len(page.ids)
                assert page.status != 200 or page.meta["has_more"] is (left > 0)


def cursor_accepted(client: Client) -> None:
    """Walk in both directions."""
    for given in PLAIN:
        for limit in (7, 50):
            pages = client.walk((limit,), **given)
            assert {page.status for page in [*pages, *client.walk_back(pages, limit, **given)]} <= {200}
    pages = client.walk((70,), 3)
    assert len(pages) < 3 or len(pages[1].ids) >= len(pages[0].ids)


def limit_free(client: Client) -> None:
    """Walk at several limits, and with changing ones."""
    for given in PLAIN:
        sizes: list[tuple[int, ...]] = [(200,), (4,), (50,), (3, 40), (100,)]
        walks = [ids(client.walk(limits, **given)) for limits in [*sizes, (1,) if given else (7,)]]
        assert all(walk == walks[0] for walk in walks)


def replay(client: Client) -> None:
    """Send the same requests one after another, again, and all at once."""
    queries: list[dict[str, Any]] = [{"limit": limit} for limit in (1, 50, 3)]
    queries += [{"chain_id": chain, "limit": 20} for chain in ("ETH", "SOL", "SETH", "BASE_ETH")]
    alone = [client.get(**query).ids for query in queries]
    assert alone == [client.get(**query).ids for query in queries]
    assert alone == [answer.ids for answer in client.together(queries)]


def back(client: Client) -> None:
    """Walk back from every page of a walk, step by step and at once."""
    for given in PLAIN:
        for limit in (7, 40):
            pages = client.walk((limit,), **given)
            while len(pages) > 1 and not pages[-1].ids:
                pages.pop()
            assert ids(client.walk_back(pages, limit - 2, **given)[::-1]) == ids(pages[:-1])
            for number in range(1, min(3, len(pages))):
                cursor = client.walk((limit,), number + 1, **given)[number].meta["before"]
                page, known = client.get(before=cursor, limit=limit + 2, **given), ids(pages[:number])
                assert len(page.ids) <= limit + 2 and page.ids == known[len(known) - len(page.ids) :]


def total(client: Client) -> None:
    """Compare every total with the list, under each filter."""
    rows = records(client)
    for given in [{}, *chosen(rows)[::2]]:
        count = len(matching(rows, given))
        answers = [
            *client.walk((9,), 2, **given),
            *(client.get(offset=offset, limit=9, **given) for offset in (3, 5000)),
        ]
        assert all(answer.meta.get("total", count) in (None, count) for answer in answers)


def filter_sound(client: Client) -> None:
    """Look at every record under every filter, in every mode, also at the same time."""
    filters = chosen(records(client))
    for given in filters:
        pages = client.walk((3,), 2, **given)
        answers = [*pages, *client.walk_back(pages, 3, 1, **given), client.get(offset=1, **given)]
        answers += [client.get(force_refresh="true", **given)] if "address" in given else []
        assert all(_matches(answer, given) for answer in answers)
    for one, other in (
        ({"chain_id": "ETH"}, {"token_id": "ETH_USDC"}),
        ({"token_id": "ETH_USDC"}, {"chain_id": "BASE"}),
    ):
        after = client.get(limit=1, **one).meta.get("after")
        shown = client.get(limit=200, after=after, **other) if after else None
        for row in shown.body["result"] if shown is not None and shown.status == 200 else ():
            assert any(row.get(name) == value for given in (one, other) for name, value in given.items())
    answers = client.together(filters[:12])
    assert all(_matches(answer, given) for answer, given in zip(answers, filters, strict=False))


def _matches(answer: Answer, given: dict[str, Any]) -> bool:
    return answer.status != 200 or len(matching(answer.body["result"], given)) == len(answer.body["result"])


def filter_complete(client: Client) -> None:
    """Compare filtered walks with the unfiltered list."""
    rows = records(client)
    for given in chosen(rows):
        assert ids(client.walk((15,), **given)) == matching(rows, given)


def filter_unknown(client: Client) -> None:
    """Filter by values that no record has."""
    rows = records(client)
    address = rows[0]["address"] if rows else "0x00"
    unknown = {
        "token_id": ("%", "seth_usdc", "SETH_USD_", "nothing", "*", "x' OR '1'='1"),
        "chain_id": ("eth", "%", "nowhere", "E_H", "ETH\0x"),
        "address": (address[:-4] + "0000", "0x0"),
        "wallet_uuid": ("no-uuid", str(UUID(int=7, version=4))),
    }
    for name, values in unknown.items():
        assert not any(client.get(**{name: value}).ids for value in values)


def offset_slice(client: Client) -> None:
    """Get slices at offsets, with and without a filter, and far beyond the end."""
    if client.get(offset=0).status == 422:
        return
    for given in PLAIN:
        full = [key for offset in range(0, 1001, 200) for key in client.get(offset=offset, limit=200, **given).ids]
        assert sorted(full) == sorted(ids(client.walk((7,), **given)))
        for offset in (0, 1, 7, 49, 50, 101, len(full) - 1, len(full), len(full) + 1, 2**32, 2**33 + 1, HUGE):
            answer = client.get(offset=max(0, offset), limit=7, **given)
            assert answer.status == 422 or answer.ids == full[max(0, offset) :][:7]
            assert answer.status == 422 or answer.meta.get("offset", max(0, offset)) == max(0, offset)
            assert answer.status == 422 or answer.meta.get("limit", 7) == 7
    assert not client.get(offset=-1).ids


def limits(client: Client) -> None:
    """Try both ends of the range, and beyond."""
    some = bool(client.get().ids)
    assert [len(client.get(limit=limit).ids) > 0 for limit in (1, 200)] == [some, some]
    assert all(len(client.get(limit=limit).ids) <= 200 for limit in (200, 201, 1000, "ten", "9" * 30))
    assert all(len(client.get(limit=limit).ids) <= 1 for limit in (1, 0, -1))
    assert len(client.get().ids) == len(client.get(limit=50).ids)


def no_crash(client: Client) -> None:
    """Send what nobody expects."""
    first = client.get(limit=5)
    after = first.meta.get("after") or "x"
    nasty = (
        "\x00",
        "\u00e9\u4e2d",
        "x" * 5000,
        after[:-3],
        after + "A",
        "e30",
        "MTIz",
        "%",
        "' OR 1=1",
        after + "\x00",
    )
    answers = [client.get(**{name: value}) for name in (*FILTERS, "after", "before") for value in nasty]
    answers += [client.get(**query) for query in REJECTED] + [client.get(offset=2**40), client.get(offset=HUGE)]
    answers += [client.get(after=after, before=after), client.get(after=after, offset=1), client.get(limit=200)]
    answers += client.walk((50,)) + client.together([{"limit": limit} for limit in (1, 2, 3, 4)])
    answers += [client.get(address=row["address"], force_refresh="true") for row in first.body["result"][:1]]
    answers += client.together([refreshing(address) for address in addresses(records(client))[:2]])
    assert all(answer.status < 500 for answer in answers)
    assert not any(answer.body is None for answer in answers if "json" in answer.kind)
    assert not any(b"Traceback" in answer.content for answer in answers)


def both_cursors(client: Client) -> None:
    """Send both cursors of a page at once."""
    listed = ids(client.walk((200,)))
    for page in client.walk((9,), 4)[2:]:
        far = client.walk((9,), 9)
        query = {"after": page.meta["after"], "before": far[-2].meta["before"], "limit": 4}
        answer = client.get(**query)
        places = [listed.index(key) for key in answer.ids]
        assert answer.status == 422 or (len(places) <= 4 and places == sorted(places))


def refresh(client: Client) -> None:
    """Refresh three addresses, with a token too, and say of each that there is to be no refresh."""
    before = records(client, 200)
    for address in sorted({row["address"] for row in before})[::6][:3]:
        client.get(address=address, force_refresh="false")
        assert records(client, 200) == before
        pages = client.walk((200,), address=address, force_refresh="true")
        assert sorted(ids(pages)) == sorted(matching(before, {"address": address}))
        after = records(client, 200)
        newest = max(row.get("balance_updated_at") or "" for row in before)
        assert [row["id"] for row in after] == [row["id"] for row in before]
        for old, new in zip(before, after, strict=True):
            times = [(old.get(name) or "", new.get(name) or "") for name in ("updated_at", "balance_updated_at")]
            assert new == old or new["address"] == address
            assert all(now > then or now == then in ("", newest) for then, now in times) or new["address"] != address
        token = {"address": address, "token_id": after[-1]["token_id"]}
        assert ids([client.get(limit=200, force_refresh="true", **token)]) == matching(after, token)
        before = records(client, 200)
    client.together([refreshing(address) for address in addresses(before)[:2]])
    assert [row["id"] for row in records(client, 200)] == [row["id"] for row in before]


def addresses(rows: list[dict[str, Any]]) -> list[str]:
    """Return the addresses of some records."""
    return sorted({row["address"] for row in rows})


def refreshing(address: str) -> dict[str, Any]:
    """Return the query of a refresh."""
    return {"address": address, "force_refresh": "true"}


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object, none of whose keys stands there twice."""
    assert len({name for name, _ in pairs}) == len(pairs)
    return dict(pairs)


def record(client: Client) -> None:
    """Check every record, before and after a refresh."""
    for again in (False, True):
        rows = records(client, 200)
        assert len({row["id"].lower() for row in rows}) == len(rows)
        json.loads(client.get().content, object_pairs_hook=once)
        json.loads(client.get(token_id="nothing").content, object_pairs_hook=once)
        assert len({(row["wallet_uuid"], row["address"]) for row in rows if row.get("chain_type") == "ETH"}) <= len(
            {row["wallet_uuid"] for row in rows}
        )
        for row in rows:
            parts = [row.get(name) for name in ("amount", "pending", "locked", "total")]
            assert all(part is None or re.fullmatch(r"\d+(\.\d+)?", part) for part in parts)
            if None not in parts:
                assert sum(Fraction(part) for part in parts[:3] if part) == Fraction(parts[3] or 0)
        if rows and not again:
            client.get(address=rows[0]["address"], force_refresh="true")


def error_shape(client: Client) -> None:
    """Check the bodies of refusals, and `success` of the others."""
    assert all(page.body.get("success", True) is True for page in client.walk((50,)))
    for query in REJECTED:
        answer = client.get(**query)
        if answer.status == 422:
            assert answer.body["success"] is False
            entries = answer.body["error"]["detail"]
            assert entries and all(isinstance(entry, dict) and isinstance(entry["loc"], list) for entry in entries)
            assert len(query) > 1 or {*query} <= {entry["loc"][-1] for entry in entries}


def key(client: Client) -> None:
    """Send requests without the key that the server demands."""
    after = client.get(limit=3).meta["after"]
    row = client.get(limit=1).body["result"][0]
    bare, half = Client(client.app), Client(client.app, (client.key or "")[:3])
    try:
        answers = [half.get(), bare.get(), bare.get(after=after), *(bare.get(**{name: row[name]}) for name in FILTERS)]
    finally:
        bare.close()
        half.close()
    assert {answer.status for answer in answers} == {401}


Probe = Callable[[Client], None]

LAWS: dict[str, Probe] = {
    "page-size": page_size, "no-repeat": no_repeat, "walk-ends": walk_ends, "has-more": has_more,
    "cursor-accepted": cursor_accepted, "limit-free": limit_free, "replay": replay, "back": back, "total": total,
    "filter-sound": filter_sound, "filter-complete": filter_complete, "filter-unknown": filter_unknown,
    "offset-slice": offset_slice, "limits": limits, "no-crash": no_crash, "both-cursors": both_cursors,
    "refresh": refresh, "record": record, "error-shape": error_shape, "key": key,
}  # fmt: skip
"""The laws' probes."""

CHECKS: dict[str, Probe] = {
    "response_schema_conformance": schema, "negative_data_rejection": negative_data, "not_a_server_error": no_crash,
    "status_code_conformance": statuses, "content_type_conformance": kinds, "positive_data_acceptance": limits,
}  # fmt: skip
"""The probes that stand for Schemathesis' own checks of single responses."""

PROBES: dict[str, Probe] = {**LAWS, **CHECKS}


def broken(law: str, client: Client) -> bool:
    """Return whether the server breaks the law in these requests."""
    try:
        PROBES[law](client)
    except (AssertionError, LookupError, TypeError, ValueError, AttributeError):
        return True
    return False
