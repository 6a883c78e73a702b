"""The pages beside a page: their positions, and the URLs that lead there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from mockserver.mock.lists.cursors import encode_cursor
from mockserver.mock.lists.pagination import PageRange
from mockserver.mock.lists.query import Query
from mockserver.mock.messages import Request
from mockserver.semantics import ListSemantics
from mockserver.semantics.headers import documented_headers, role_of_header
from mockserver.semantics.links import RELATIONS

_ROLES = (
    *("page_echo", "total_pages", "is_first", "is_last", "next_page", "previous_page"),
    *(f"{relation}_link" for relation in RELATIONS),
)
_SCHEMES = ("http", "https")


@dataclass(frozen=True)
class Neighbours:
    """What leads to the pages beside one page. A URL is ``None`` where there is no such page.

    ``number`` is that of the page itself, ``pages`` how many there are; both count pages of the size that was served.
    ``urls`` are by relation (``next``, ``previous``, ``first``, ``last``): absolute, of the host that was asked, with
    the same filters and page size.
    """

    number: int
    pages: int
    follows: bool
    precedes: bool
    urls: dict[str, str | None]

    @property
    def link(self) -> str | None:
        """The value of a ``Link`` header (RFC 8288), ``None`` without any URL."""
        named = {"previous": "prev"}
        links = [f'<{url}>; rel="{named.get(name, name)}"' for name, url in self.urls.items() if url is not None]
        return ", ".join(links) or None


def neighbours(
    semantics: ListSemantics, query: Query, page: PageRange, ordinals: Sequence[int], request: Request
) -> Neighbours:
    """Return the neighbours of a page; ``ordinals`` are those of its records."""
    index = page.start // query.limit if query.kind != "page" else query.position
    pages = -(-page.count // query.limit)
    ways = _positions(semantics, query, page, ordinals, index, pages)
    urls = {relation: None if way is None else _url(semantics, request, way) for relation, way in ways.items()}
    return Neighbours(semantics.first_page + index, pages, page.follows, page.precedes, urls)


def _positions(
    semantics: ListSemantics, query: Query, page: PageRange, ordinals: Sequence[int], index: int, pages: int
) -> dict[str, tuple[str, str] | None]:
    """Return the parameter with its value that leads to each neighbour: of the kind that was sent, else the usual."""
    kind = query.kind or next((k for k in ("after", "page", "offset") if getattr(semantics, k) is not None), None)
    last = max(pages - 1, 0)
    if kind == "page":
        indexes = {"next": index + 1, "previous": index - 1, "first": 0, "last": last}
        name, values = semantics.page or "", {r: str(i + semantics.first_page) for r, i in indexes.items()}
    elif kind == "offset":
        starts = {
            "next": page.stop,
            "previous": max(page.start - query.limit, 0),
            "first": 0,
            "last": last * query.limit,
        }
        name, values = semantics.offset or "", {r: str(n + semantics.first_offset) for r, n in starts.items()}
    else:
        return {
            "next": _cursor(semantics.after, query, ordinals[-1] if page.follows else None),
            "previous": _cursor(semantics.before, query, ordinals[0] if page.precedes else None),
            "first": ("", ""),
            "last": None,
        }
    exists = {"next": page.follows, "previous": page.precedes, "first": True, "last": True}
    return {relation: (name, value) if exists[relation] else None for relation, value in values.items()}


def _cursor(name: str | None, query: Query, ordinal: int | None) -> tuple[str, str] | None:
    return None if name is None or ordinal is None else (name, encode_cursor(ordinal, query.binding))


def _url(semantics: ListSemantics, request: Request, position: tuple[str, str]) -> str:
    """Return the URL of the same request at another position; an empty one is the beginning."""
    positions = {semantics.after, semantics.before, semantics.offset, semantics.page}
    pairs = [(name, value) for name, value in request.query if name not in positions]
    pairs += [position] if position[0] else []
    scheme = (request.header("X-Forwarded-Proto") or "").split(",")[0].strip().lower()
    origin = f"{scheme if scheme in _SCHEMES else 'http'}://{request.header('Host') or 'localhost'}"
    return f"{origin}{quote(request.path)}{'?' if pairs else ''}{urlencode(pairs)}"


def tells_of_neighbours(semantics: ListSemantics) -> bool:
    """Return whether the pages of a list say more of themselves than cursors, total, offset and page size."""
    return any(getattr(semantics, role) is not None for role in _ROLES) or any(
        role_of_header(name) is not None for name in documented_headers(semantics)
    )
