"""The wallet contract as others might publish it: the same list, described less, otherwise, or in another dialect."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from mockserver.semantics import BLOCK
from tests.support.paths import BALANCES
from tests.support.verdicts import contract_document

Document = dict[str, Any]
Change = Callable[[Document], Document]

VARIANTS: dict[str, Change] = {}
"""What is changed in the contract, by name; none of it makes a correct server wrong."""

_NAMED = ("properties", "schemas", "responses", "examples")
"""Keys whose values have names for keys: ``description`` may be one of them."""


def variant(change: Change) -> Change:
    """Enter a change, by the name of its function."""
    VARIANTS[change.__name__.replace("_", "-")] = change
    return change


def wallet_contract(*names: str) -> Document:
    """Return the contract with these changes."""
    document = deepcopy(contract_document())
    for name in names:
        document = VARIANTS[name](document)
    return document


def _get(document: Document) -> Any:
    return document["paths"][BALANCES]["get"]


def _limit(document: Document) -> Any:
    return next(p["schema"] for p in _get(document)["parameters"] if p["name"] == "limit")


@variant
def without_block(document: Document) -> Document:
    """Leave out the block of ours: a vendor has none."""
    del _get(document)[BLOCK]
    return document


@variant
def without_words(document: Document) -> Document:
    """Leave out every description, summary and title but the document's own."""
    return {**document, "paths": _wordless(document["paths"]), "components": _wordless(document["components"])}


def _wordless(value: Any, *, named: bool = False) -> Any:
    if isinstance(value, list):
        return [_wordless(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    words = () if named else ("description", "summary", "title")
    kept = {name: _wordless(inner, named=name in _NAMED) for name, inner in value.items() if name not in words}
    for response in kept.get("responses", {}).values():
        response["description"] = ""  # it has to have one
    return kept


@variant
def without_sizes(document: Document) -> Document:
    """Say nothing of the page size but that it is an integer."""
    _limit(document).clear()
    _limit(document)["type"] = "integer"
    return document


@variant
def without_default(document: Document) -> Document:
    """Leave out the default page size."""
    del _limit(document)["default"]
    return document


@variant
def without_maximum(document: Document) -> Document:
    """Leave out the largest page size."""
    del _limit(document)["maximum"]
    return document


@variant
def without_refusals(document: Document) -> Document:
    """Document no refusal of bad input."""
    del _get(document)["responses"]["422"]
    return document


@variant
def without_names(document: Document) -> Document:
    """Leave out the operation's id, and the links that need it."""
    del _get(document)["operationId"]
    del _get(document)["responses"]["200"]["links"]
    return document


@variant
def inlined(document: Document) -> Document:
    """Write each schema where it is used."""
    made: Document = _inlined(document, document)
    del made["components"]
    return made


def _inlined(value: Any, root: Document) -> Any:
    if isinstance(value, list):
        return [_inlined(inner, root) for inner in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        return _inlined(root["components"]["schemas"][value["$ref"].rpartition("/")[2]], root)
    return {name: _inlined(inner, root) for name, inner in value.items()}


@variant
def as_openapi_30(document: Document) -> Document:
    """Write it in the older dialect."""
    made: Document = _older(document)
    made["openapi"] = "3.0.3"
    del made["info"]["summary"], made["info"]["license"]["identifier"]
    return made


def _older(value: Any) -> Any:
    if isinstance(value, list):
        return [_older(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    made = {name: _older(inner) for name, inner in value.items()}
    if isinstance(made.get("type"), list):
        types = [kind for kind in made.pop("type") if kind != "null"]
        made |= {"type": types[0], "nullable": True} if len(types) == 1 else {"anyOf": [{"type": t} for t in types]}
    if "const" in made:
        made["enum"] = [made.pop("const")]
    if {"type": "null"} in made.get("anyOf", ()):
        made |= {"allOf": [schema for schema in made.pop("anyOf") if schema != {"type": "null"}], "nullable": True}
    return made


_PARAMETERS = {
    "wallet_uuid": "Filter balances by wallet ID. The wallet ID can be retrieved by calling List all wallets.",
    "chain_id": "Filter balances by chain ID (for example, `SETH`, `BASE_ETH`).",
    "address": "Filter balances by on-chain address.",
    "token_id": "Filter balances by token ID (for example, `SETH`, `SETH_USDC`).",
    "force_refresh": "When `true` and `address` is provided, force a fresh sync of balances from on-chain before "
    "returning results.",
    "limit": "The maximum number of items to return. Range: [1, 200].",
    "offset": "Deprecated. Use `after`/`before` cursors instead.",
}
_PROPERTIES = {
    "chain_type": "The address standard shared across chains: those with the same chain_type share one wallet address.",
    "amount": "The spendable balance as a decimal string.",
    "total": "The total balance including pending amounts, as a decimal string.",
    "pending": "The pending balance (unconfirmed inbound transfers), as a decimal string.",
    "locked": "The locked balance (for example, staked or escrowed amounts), as a decimal string.",
    "balance_updated_at": "The timestamp when the balance was last synced from on-chain, in ISO 8601 format.",
    "updated_at": "The timestamp when this balance record was last updated, in ISO 8601 format.",
}
_META = (
    "Pagination metadata for list responses.\n\nSupports both legacy offset-based and cursor-based pagination.\n"
    "Cursor fields (``has_more``, ``after``, ``before``) are populated for\ncursor-paginated endpoints.  Legacy fields "
    "(``offset``, ``limit``) are\npopulated when the caller uses the deprecated ``offset`` parameter."
)


@variant
def as_published(document: Document) -> Document:
    """Describe it as its vendor does: in other words, and no constant."""
    document = without_words(without_block(document))
    for parameter in _get(document)["parameters"]:
        parameter["description"] = _PARAMETERS.get(parameter["name"], "")
    schemas = document["components"]["schemas"]
    for name, words in _PROPERTIES.items():
        schemas["BalanceRead"]["properties"][name]["description"] = words
    schemas["PaginationMeta"]["description"] = _META
    del schemas["BalancePage"]["properties"]["success"]["const"]
    return document
