"""Every list of every library, and what the judge has to say of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from tests.judge.libraries.library import Library, Paging
from tests.judge.libraries.records import COUNT

MODULES = {
    "fastapi-pagination": "fastapi_lists",
    "rest-framework": "drf_lists",
    "django-ninja": "ninja_lists",
    "flask-smorest": "smorest_lists",
    "datasette": "datasette_lists",
}
"""The module of each library's lists."""

Proof = Callable[[Library, "Listing"], bool]
"""Whether a list shows its bug to a client that knows nothing of the judge."""


@dataclass(frozen=True)
class Listing:
    """A list, and the expected verdicts.

    ``passed`` are the laws that have to pass. ``failed`` are those that have to fail, because of the ``bug`` that
    ``proof`` shows; ``also`` are laws that may fail for the same reason. No other law may fail.
    """

    library: str
    name: str
    paging: Paging
    passed: frozenset[str]
    failed: frozenset[str] = frozenset()
    also: frozenset[str] = frozenset()
    bug: str = ""
    proof: Proof | None = None

    @property
    def key(self) -> str:
        """The library and the name."""
        return f"{self.library}/{self.name}"


def correct(library: str, name: str, paging: Paging, passed: set[str]) -> Listing:
    """Return a list that has to pass these laws, and fail none."""
    return Listing(library, name, paging, frozenset(passed))


def faulty(
    library: str,
    name: str,
    paging: Paging,
    passed: set[str],
    failed: set[str],
    bug: str,
    proof: Proof,
    also: set[str] | None = None,
) -> Listing:
    """Return a list with a bug; of the laws in `passed`, those that fail or may fail do not have to pass."""
    other = frozenset(also or ())
    return Listing(
        library, name, paging, frozenset(passed - failed - other), frozenset(failed), other, bug=bug, proof=proof
    )


def crashes(**query: Any) -> Proof:
    """Return the proof that a request is answered with a 500."""
    return lambda library, listing: library.ask(listing.name, query)[0] == 500


def loses(size: int) -> Proof:
    """Return the proof that a walk at this page size does not meet every record."""
    return lambda library, listing: len(set(library.walk(listing.name, listing.paging, size))) < COUNT


def lacks(field: str, **query: Any) -> Proof:
    """Return the proof that the answer to a request lacks a field that the document requires."""
    return lambda library, listing: field not in library.ask(listing.name, query)[1]


def leads_back_to_nothing(size: int) -> Proof:
    """Return the proof that the link from the second page to the first one leads to an empty page."""

    def shown(library: Library, listing: Listing) -> bool:
        paging = listing.paging
        _, first = library.ask(listing.name, {paging.size: size})
        _, second = library.ask(listing.name, paging.parameters_of(first["next"]))
        _, back = library.ask(listing.name, paging.parameters_of(second["previous"]))
        return bool(first[paging.items]) and not back[paging.items]

    return shown


EVERY = {"page-size", "no-repeat", "walk-ends", "limit-free", "replay", "no-crash", "record"}
FILTERED = {"filter-sound", "filter-complete", "filter-unknown"}
BY_PAGE = EVERY | FILTERED | {"page-slice", "total"}
BY_OFFSET = EVERY | FILTERED | {"offset-slice", "total"}
BY_CURSOR = EVERY | FILTERED | {"cursor-accepted"}
BOUNDED = {"limits"}
"""Where the document gives bounds of the page size."""

VALIDATED = {"limits", "error-shape"}
"""Where the document gives them, and the body of a refusal."""

LINKED = {"links"}
LOST = {"no-repeat", "total", "filter-complete", "back", "links"}
"""Laws that may fail beside ``limit-free`` where a walk loses records: its cursors are accepted all the same."""

CUT = LOST | {"limit-free", "cursor-accepted"}
"""Laws that may fail beside ``no-crash`` where an issued cursor is answered with a 500."""

FASTAPI_PAGE = Paging("items", "size", "page")
FASTAPI_OFFSET = Paging("items", "limit", "offset")
FASTAPI_CURSOR = Paging("items", "size", "cursor", "next_page")
DRF_PAGE = Paging("results", "page_size", "page", "next")
DRF_OFFSET = Paging("results", "limit", "offset", "next")
DRF_CURSOR = Paging("results", "page_size", "cursor", "next")
NINJA_PAGE = Paging("items", "page_size", "page")
NINJA_OFFSET = Paging("items", "limit", "offset")
NINJA_CURSOR = Paging("results", "page_size", "cursor", "next")
SMOREST_PAGE = Paging("", "page_size", "page")
DATASETTE = Paging("rows", "_size", "_next", "next")
DATASETTE_SHAPED = replace(DATASETTE, always=(("_shape", "objects"),))

CORRECT = (
    correct("fastapi-pagination", "page", FASTAPI_PAGE, BY_PAGE | VALIDATED),
    correct("fastapi-pagination", "page-links", FASTAPI_PAGE, BY_PAGE | VALIDATED | LINKED),
    correct("fastapi-pagination", "offset", FASTAPI_OFFSET, BY_OFFSET | VALIDATED),
    correct("fastapi-pagination", "offset-links", FASTAPI_OFFSET, BY_OFFSET | VALIDATED | LINKED),
    correct("fastapi-pagination", "cursor", FASTAPI_CURSOR, BY_CURSOR | VALIDATED | {"total"}),
    correct("rest-framework", "page", DRF_PAGE, BY_PAGE | LINKED),
    correct("rest-framework", "offset", DRF_OFFSET, BY_OFFSET | LINKED),
    correct("rest-framework", "cursor", DRF_CURSOR, BY_CURSOR | LINKED),
    correct("django-ninja", "page", NINJA_PAGE, BY_PAGE | BOUNDED),
    correct("django-ninja", "offset", NINJA_OFFSET, BY_OFFSET | BOUNDED),
    correct("django-ninja", "cursor", NINJA_CURSOR, BY_CURSOR | LINKED),
    correct("flask-smorest", "page", SMOREST_PAGE, BY_PAGE | VALIDATED),
    correct("datasette", "table", DATASETTE, BY_CURSOR | BOUNDED | {"total"}),
    correct("datasette", "table-undeclared", DATASETTE, BY_CURSOR | BOUNDED),
    correct("datasette", "table-shaped", DATASETTE_SHAPED, BY_CURSOR | BOUNDED | {"total"}),
)
"""Lists without a bug that a client can see."""

FAULTY = (
    faulty(
        "fastapi-pagination",
        "page-unbounded",
        FASTAPI_PAGE,
        BY_PAGE | VALIDATED,
        {"no-crash"},
        "the library bounds no page number, and SQLite has no offset beyond 64 bits",
        crashes(page="9223372036854775807"),
    ),
    faulty(
        "fastapi-pagination",
        "offset-unbounded",
        FASTAPI_OFFSET,
        BY_OFFSET | VALIDATED,
        {"no-crash"},
        "the library bounds no offset, and SQLite has none beyond 64 bits",
        crashes(offset="9223372036854775808"),
    ),
    faulty(
        "fastapi-pagination",
        "cursor-unguarded",
        FASTAPI_CURSOR,
        BY_CURSOR | VALIDATED | {"total"},
        {"no-crash"},
        "a cursor that is base64 but no bookmark is a 500: uriyyo/fastapi-pagination #2044",
        crashes(cursor="AAAA"),
    ),
    faulty(
        "fastapi-pagination",
        "cursor-ties",
        FASTAPI_CURSOR,
        BY_CURSOR | VALIDATED,
        {"limit-free"},
        "a page that ends among ties loses the rest of them: in pages of 7, 168 records of 200 are met",
        loses(7),
        LOST,
    ),
    faulty(
        "fastapi-pagination",
        "cursor-nulls",
        FASTAPI_CURSOR,
        BY_CURSOR | VALIDATED,
        {"limit-free"},
        "a page that ends with a null in its order is the last one: in pages of 7, 7 records of 200 are met",
        loses(7),
        LOST,
    ),
    faulty(
        "rest-framework",
        "offset-uncapped",
        DRF_OFFSET,
        BY_OFFSET | LINKED,
        {"no-crash"},
        "without max_limit a page size beyond 64 bits is a 500",
        crashes(limit="9223372036854775808"),
    ),
    faulty(
        "rest-framework",
        "offset-without-default",
        DRF_OFFSET,
        {"filter-sound", "no-crash"},
        {"record"},
        "without default_limit and a limit, the whole list comes as an array, which the document does not have",
        lacks("results"),
    ),
    faulty(
        "rest-framework",
        "cursor-by-author",
        DRF_CURSOR,
        BY_CURSOR | LINKED,
        {"links"},
        "from a page that holds nothing but ties, the link back leads astray: encode/django-rest-framework #7887",
        leads_back_to_nothing(7),
        {"back"},
    ),
    faulty(
        "rest-framework",
        "cursor-by-year",
        DRF_CURSOR,
        BY_CURSOR | LINKED,
        {"no-crash"},
        "a cursor that holds another type (here base64 of p=abc) is a 500",
        crashes(cursor="cD1hYmM="),
        {"back", "links"},
    ),
    faulty(
        "rest-framework",
        "cursor-by-price",
        DRF_CURSOR,
        BY_CURSOR | LINKED,
        {"no-crash"},
        "a null's position is the word None, a 500 in the next request: encode/django-rest-framework #8912, #9381",
        loses(7),
        CUT,
    ),
    faulty(
        "rest-framework",
        "cursor-by-shelf",
        DRF_CURSOR,
        BY_CURSOR | LINKED,
        {"limit-free"},
        "the same with texts, where None is a text like any other: in pages of 20, 85 records of 200 are met",
        loses(20),
        LOST,
    ),
    faulty(
        "django-ninja",
        "page-unbounded",
        NINJA_PAGE,
        BY_PAGE | BOUNDED,
        {"no-crash"},
        "the library bounds no page number, and SQLite has no offset beyond 64 bits",
        crashes(page="9223372036854775807"),
    ),
    faulty(
        "django-ninja",
        "offset-unbounded",
        NINJA_OFFSET,
        BY_OFFSET | BOUNDED,
        {"no-crash"},
        "the library bounds no offset, and SQLite has none beyond 64 bits",
        crashes(offset="9223372036854775808"),
    ),
    faulty(
        "django-ninja",
        "offset-mixed",
        NINJA_OFFSET,
        {"no-crash"},
        {"record"},
        "two paginators of one item share a schema, so that one list has the other's: vitalik/django-ninja #600",
        lacks("previous"),
    ),
    faulty(
        "django-ninja",
        "cursor-unguarded",
        NINJA_CURSOR,
        BY_CURSOR | LINKED,
        {"no-crash"},
        "a cursor with a wrong value inside (here base64 of o=-1&p=abc) is a 500",
        crashes(cursor="bz0tMSZwPWFiYw=="),
    ),
    faulty(
        "django-ninja",
        "cursor-by-added",
        NINJA_CURSOR,
        BY_CURSOR | LINKED,
        {"no-crash"},
        "a cursor that holds another type (here base64 of p=abc) is a 500",
        crashes(cursor="cD1hYmM="),
    ),
    faulty(
        "django-ninja",
        "cursor-by-price",
        NINJA_CURSOR,
        BY_CURSOR | LINKED,
        {"no-crash"},
        "a null's position is the word None, a 500 in the next request",
        loses(7),
        CUT,
    ),
    faulty(
        "flask-smorest",
        "page-unbounded",
        SMOREST_PAGE,
        BY_PAGE | VALIDATED,
        {"no-crash"},
        "the library bounds no page number, and SQLite has no offset beyond 64 bits",
        crashes(page="9223372036854775807"),
    ),
    faulty(
        "datasette",
        "table-by-year",
        DATASETTE,
        BY_CURSOR | BOUNDED,
        {"limit-free"},
        "the first page has no order among ties, the others that of the key: in pages of 50, records are lost",
        loses(100),
        LOST,
    ),
    faulty(
        "datasette",
        "view",
        DATASETTE,
        BY_CURSOR | BOUNDED | {"total"},
        {"no-crash"},
        "a view's position that is no number is a 500",
        crashes(_next="abc"),
    ),
)
"""Lists with a bug of their library, which the judge has to find."""
