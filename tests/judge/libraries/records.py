"""Makes the records that every library serves: ties, nulls, unicode, and values that a URL or a query must quote."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

COUNT = 200

AUTHORS = (
    "Ursula K. Le Guin",
    "Flann O'Brien",
    "AC/DC",
    "Gabriel García Márquez",
    "村上春樹",
    'Henri "le Douanier" Rousseau',
    "Crosby, Stills & Nash",
    "100% Proof",
    "C++ Collective",
    "under_score",
    "underXscore",
    "under_score II",
)
"""Twelve values with quotes, a slash, an ampersand, a percent sign, a plus sign, an underscore, and without ASCII."""

SHELVES = ("A/1", "A/2", "b-3", "B-3", "Keller ß", None, None)
"""Places, two of which differ in case only, and two in seven are null."""


@dataclass(frozen=True)
class Book:
    """One record. ``id`` and ``code`` identify it, in different orders; ``added`` and ``year`` have ties."""

    id: int
    code: str
    title: str
    author: str
    shelf: str | None
    year: int
    price: int | None
    added: datetime


def book(number: int) -> Book:
    """Return the record with this id, 1 to `COUNT`."""
    mixed = number * 7919 % 211
    return Book(
        id=number,
        code=f"bk-{number * 77 % 211:03}",
        title=f"Volume {mixed}: {AUTHORS[(number * 5) % 12]}",
        author=AUTHORS[mixed % 12],
        shelf=SHELVES[mixed % 7],
        year=1950 + mixed % 40,
        price=None if mixed % 9 == 4 else 495 + 100 * (mixed % 15),
        added=datetime(2024, 1, 1, 9, tzinfo=UTC) + timedelta(days=mixed % 25),
    )


BOOKS = tuple(book(number) for number in range(1, COUNT + 1))
"""All records, by id."""


def rows() -> list[dict[str, Any]]:
    """Return the records as mappings, in an order that is neither that of the ids nor that of the codes."""
    return [asdict(one) for one in sorted(BOOKS, key=lambda one: one.title)]
