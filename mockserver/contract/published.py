"""A contract as the one document that is served to its readers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mockserver.contract.bundle import Bundle
from mockserver.contract.model import Contract
from mockserver.contract.references import Files


def bundled(contract: Contract) -> dict[str, Any]:
    """Return the contract as one document of JSON values that needs no other file. It must not be changed.

    A contract of one file stays as it is. Raises `ContractError` for one that is too large or too deep.
    """
    return _bundle(contract).document


def as_served(contract: Contract, url: str) -> dict[str, Any]:
    """Return the same document with ``url`` as its only server. Raises `ContractError` as `bundled` does."""
    document = dict(_bundle(contract).without_servers)
    served: dict[str, Any] = {key: document.pop(key) for key in ("openapi", "info") if key in document}
    served["servers"] = [{"url": url}]
    return {**served, **document}


def _bundle(contract: Contract) -> Bundle:
    if contract.bundle is not None:
        return contract.bundle
    return Bundle(Files(Path(contract.source), contract.document))
