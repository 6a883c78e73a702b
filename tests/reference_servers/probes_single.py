"""Probes of single responses, which stand for Schemathesis' own checks."""

import re
from typing import Any
from uuid import UUID

from tests.reference_servers.client import Client

HUGE = 2**63 - 1
REJECTED = ({"limit": 0}, {"limit": -1}, {"limit": 201}, {"limit": "ten"}, {"wallet_uuid": "no-uuid"}, {"offset": -1},
            {"offset": "two"}, {"force_refresh": "perhaps"}, {"limit": "9" * 30}, {"offset": HUGE + 1})  # fmt: skip


def negative_data(client: Client) -> None:
    """Send input that the contract does not allow."""
    assert all(client.get(**query).status in {400, 422} for query in REJECTED)


def statuses(client: Client) -> None:
    """Check for the documented statuses."""
    assert all(client.get(**query).status in {200, 422} for query in ({}, *REJECTED))


def kinds(client: Client) -> None:
    """Check for the documented media type."""
    assert all(client.get(**query).kind == "application/json" for query in ({}, *REJECTED))


TIME = re.compile(r"(?!0000)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def schema(client: Client) -> None:
    """Check the shape of every response of a walk, of an empty list, of an offset, of an error with status 200."""
    queries: list[dict[str, Any]] = [{"chain_id": "ETH", "token_id": "SOL"}, {"offset": 1}, {"limit": 0}]
    for answer in [*client.walk((50,)), *(client.get(**query) for query in queries)]:
        if answer.status == 200:
            _envelope(answer.body)


def _envelope(body: dict[str, Any]) -> None:
    assert isinstance(body["result"], list) and isinstance(body.get("meta") or {}, dict) and body.get("meta") != []
    types = {"total": int, "offset": int, "limit": int, "has_more": bool, "after": str, "before": str}
    meta = body.get("meta") or {}
    assert all(meta.get(name) is None or type(meta[name]) is kind for name, kind in types.items())
    for row in body["result"]:
        texts = [row[name] for name in ("cobo_wallet_id", "address", "token_id", "amount")]
        texts += [row.get(name) or "" for name in ("chain_id", "chain_type", "total", "pending", "locked")]
        assert all(isinstance(text, str) for text in texts) and isinstance(row.get("compatible_chains", []), list)
        assert all(str(UUID(row[name])) == row[name] for name in ("id", "wallet_uuid", "user_id"))
        assert all(
            TIME.fullmatch(time) for time in (row["updated_at"], row.get("balance_updated_at")) if time is not None
        )
