"""Next and previous as URLs, in the body or in a ``Link`` header; page numbers and what is said beside them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from flask import jsonify, request
from werkzeug.datastructures import MultiDict

from tests.judge.designs.design import Designs, Document, Made, application, document, envelope, query, records, thing

DESIGNS = Designs()
ITEM = thing(shape={"type": "string"})
URL: Document = {"type": ["string", "null"], "format": "uri-reference"}
NUMBER: Document = {"type": ["integer", "null"]}
SIZE = [query("limit", "integer", minimum=1, maximum=20, default=10), query("colour"), query("shape")]
OFFSET = [*SIZE, query("offset", "integer", minimum=0)]
PAGE = [*SIZE, query("page", "integer", minimum=1, default=1)]

Rewrite = Callable[[dict[str, Any], str], str]
"""Makes a link of its parameters and its relation."""


def plain(parameters: dict[str, Any], _relation: str) -> str:
    """Return an absolute URL."""
    return f"http://localhost/things?{urlencode(parameters)}"


def matching(args: MultiDict[str, str]) -> list[Document]:
    """Return the records that match the filters."""
    rows = [row | {"shape": ("disc", "cu be")[row["id"] % 2]} for row in records()]
    return [row for row in rows if all(args.get(name, row[name]) == row[name] for name in ("colour", "shape"))]


def bounds(args: MultiDict[str, str], name: str = "offset", lowest: int = 0) -> tuple[int, int]:
    """Return the page size and the position."""
    size, position = int(args.get("limit", "10")), int(args.get(name, str(lowest)))
    if not 1 <= size <= 20 or position < lowest:
        raise ValueError(f"{name} or limit")
    return size, position


def by_offset(link: Rewrite = plain) -> Callable[[MultiDict[str, str]], Document]:
    """Return what answers with a page by offset, with links of this kind."""

    def answer(args: MultiDict[str, str]) -> Document:
        size, offset = bounds(args)
        rows, kept = matching(args), {n: v for n, v in args.items() if n in ("colour", "shape")}
        following, preceding = offset + size, max(0, offset - size)
        return {
            "items": rows[offset : offset + size],
            "total": len(rows),
            "next": link({**kept, "limit": size, "offset": following}, "next") if following < len(rows) else None,
            "previous": link({**kept, "limit": size, "offset": preceding}, "previous") if offset else None,
        }

    return answer


def linked(link: Rewrite = plain, parameters: list[Document] | None = None) -> Made:
    """Return a list by offset with links."""
    fields: Document = {"total": {"type": "integer"}, "next": URL, "previous": URL}
    return document(parameters or OFFSET, envelope(item=ITEM, **fields)), application(by_offset(link))


@DESIGNS.correct("absolute", links="passed", offset_slice="passed", total="passed")
def absolute() -> Made:
    """Absolute URLs."""
    return linked()


@DESIGNS.correct("relative", links="passed", offset_slice="passed")
def relative() -> Made:
    """Paths, with a parameter of the server's own."""
    return linked(lambda parameters, _: f"/things?{urlencode({**parameters, 'trace': 'x'})}")


@DESIGNS.correct("only-links", links="passed", limit_free="passed", filter_complete="passed", total="passed")
def only_links() -> Made:
    """The contract has no parameter for a position: the URL is the only way."""
    return linked(parameters=SIZE)


@DESIGNS.faulty("drops-a-filter", "links")
def drops_a_filter() -> Made:
    """Next forgets the colour."""
    return linked(lambda p, r: plain({n: v for n, v in p.items() if n != "colour" or r != "next"}, r))


@DESIGNS.faulty("drops-the-second-filter-backwards", "links")
def drops_the_second_filter_backwards() -> Made:
    """Previous forgets the shape."""
    return linked(lambda p, r: plain({n: v for n, v in p.items() if n != "shape" or r == "next"}, r))


@DESIGNS.faulty("internal-host", "links")
def internal_host() -> Made:
    """The host behind the proxy."""
    return linked(lambda parameters, _: f"http://things-7f9c.internal:8080/things?{urlencode(parameters)}")


@DESIGNS.faulty("lost-path", "links")
def lost_path() -> Made:
    """The path of the list is lost."""
    return linked(lambda parameters, _: f"http://localhost/?{urlencode(parameters)}")


@DESIGNS.faulty("escaped-as-html", "links")
def escaped_as_html() -> Made:
    """Made by a template that escapes."""
    return linked(lambda parameters, relation: plain(parameters, relation).replace("&", "&amp;"))


@DESIGNS.faulty("repeats", "links")
def repeats() -> Made:
    """The new parameters are appended to the old ones."""
    return linked(lambda parameters, relation: f"{plain(parameters, relation)}&{urlencode(parameters)}")


@DESIGNS.faulty("negative", "links")
def negative() -> Made:
    """The first page has a previous one, at a negative offset."""

    def answer(args: MultiDict[str, str]) -> Document:
        size, offset = bounds(args)
        body = by_offset()(args)
        return body | {"previous": plain({**args.to_dict(), "limit": size, "offset": offset - size}, "")}

    fields: Document = {"total": {"type": "integer"}, "next": URL, "previous": URL}
    return document(OFFSET, envelope(item=ITEM, **fields)), application(answer)


@DESIGNS.faulty("escaped-twice", "links", also=["filter-complete"])
def escaped_twice() -> Made:
    """A blank in a filter becomes %2520."""

    def link(parameters: dict[str, Any], relation: str) -> str:
        return plain({n: str(v).replace(" ", "%20") for n, v in parameters.items()}, relation)

    return linked(link)


def in_header(position: Callable[[int, int], int]) -> Made:
    """Return a root array with a ``Link`` header and a total in another."""

    def answer(args: MultiDict[str, str]) -> Any:
        size, page = bounds(args, "page", 1)
        rows, kept = matching(args), {n: v for n, v in args.items() if n in ("colour", "shape")}
        response = jsonify(rows[(page - 1) * size : page * size])
        response.headers["X-Total-Count"] = str(len(rows))
        url = plain({**kept, "limit": size, "page": position(page, size)}, "next")
        if page * size < len(rows):
            response.headers["Link"] = f'<{url}>; rel="next", <{request.base_url}>; rel="first"'
        return response

    array = envelope(item=ITEM)["properties"]["items"]
    return document(PAGE, array), application(answer)


@DESIGNS.correct("link-header", links="passed", page_slice="passed", filter_complete="passed")
def link_header() -> Made:
    """A root array, with a ``Link`` header."""
    return in_header(lambda page, _: page + 1)


@DESIGNS.faulty("stale-link-header", "links")
def stale_link_header() -> Made:
    """The header of the first page comes with every page."""
    return in_header(lambda _page, _: 2)


def numbered(first: int = 1, said: bool = True, **changes: Callable[[int, int], Any]) -> Made:
    """Return a list by page number, with what is said beside the records."""

    def answer(args: MultiDict[str, str]) -> Any:
        size, page = bounds(args, "page", first)
        rows, place = matching(args), page - first
        pages = -(-len(rows) // size)
        found = rows[place * size : (place + 1) * size]
        body = {
            "items": found,
            "page": page,
            "pages": pages,
            "total": len(rows),
            "next": page + 1 if place + 1 < pages else None,
            "prev": page - 1 if place else None,
        }
        return body | {name: change(page, pages) for name, change in changes.items()}

    number = query("page", "integer", minimum=first, default=first) if said else query("page", "integer")
    fields: Document = {"page": NUMBER, "pages": NUMBER, "total": NUMBER, "next": NUMBER, "prev": NUMBER}
    return document([*SIZE, number], envelope(item=ITEM, **fields)), application(answer)


@DESIGNS.correct("page-numbers", page_slice="passed", limit_free="passed", filter_complete="passed", total="passed")
def page_numbers() -> Made:
    """Page numbers from 1, and every number beside them."""
    return numbered()


@DESIGNS.correct("from-zero", page_slice="passed", limit_free="passed", filter_complete="passed")
def from_zero() -> Made:
    """Page numbers from 0, as the contract says."""
    return numbered(0)


@DESIGNS.correct("from-zero-undeclared", page_slice="passed", limit_free="passed", filter_complete="passed")
def from_zero_undeclared() -> Made:
    """Page numbers from 0, which the contract does not say."""
    return numbered(0, said=False)


@DESIGNS.correct("not-found-past-the-end", page_slice="passed", limit_free="passed", total="passed")
def not_found_past_the_end() -> Made:
    """404 past the last page."""

    def answer(args: MultiDict[str, str]) -> Any:
        size, page = bounds(args, "page", 1)
        rows = matching(args)
        found = rows[(page - 1) * size : page * size]
        return ({"detail": "no such page"}, 404) if page > 1 and not found else {"items": found, "total": len(rows)}

    return document(PAGE, envelope(item=ITEM, total=NUMBER)), application(answer)


@DESIGNS.faulty("wrong-page-echo", "page-slice")
def wrong_page_echo() -> Made:
    """The echo is always 1."""
    return numbered(page=lambda _page, _pages: 1)


@DESIGNS.faulty("next-past-the-end", "page-slice")
def next_past_the_end() -> Made:
    """The last page names a next one."""
    return numbered(next=lambda page, _: page + 1)


@DESIGNS.faulty("previous-is-next", "page-slice")
def previous_is_next() -> Made:
    """The number of the previous page is that of this one."""
    return numbered(prev=lambda page, _: page if page > 1 else None)


@DESIGNS.faulty("last-page-for-ever", "page-slice")
def last_page_for_ever() -> Made:
    """Past the end the last page comes again."""

    def answer(args: MultiDict[str, str]) -> Document:
        size, page = bounds(args, "page", 1)
        rows = matching(args)
        page = min(page, max(1, -(-len(rows) // size)))
        return {"items": rows[(page - 1) * size : page * size], "total": len(rows)}

    return document(PAGE, envelope(item=ITEM, total=NUMBER)), application(answer)


@DESIGNS.faulty("negative-pages-count-from-the-end", "page-slice")
def negative_pages_count_from_the_end() -> Made:
    """Page -1 is a slice of the end."""

    def answer(args: MultiDict[str, str]) -> Document:
        size, page = int(args.get("limit", "10")), int(args.get("page", "1"))
        if not 1 <= size <= 20:
            raise ValueError("limit")
        rows = matching(args)
        start = (page - 1) * size
        return {"items": rows[start : start + size], "total": len(rows)}

    return document([*SIZE, query("page", "integer")], envelope(item=ITEM, total=NUMBER)), application(answer)
