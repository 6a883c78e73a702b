"""What the judge says wrongly, or does not say yet: the one place for it. To be empty in the end.

By the list and the law, with the reason. A law that fails and should not is here, and one that should fail, or pass,
and does not. `ENDS` stands for an exception that ends the judge. An entry that is not needed any more fails its test.
"""

from __future__ import annotations

ENDS = "(ends)"
PAGE_SLICE = "there is no law page-slice"
LINKS = "there is no law links, and a URL in `next` is not followed"
FIRST_PAGE = (
    "the first page is taken for the whole list: its next cursor or URL is not understood; `_first_walk` walks as if "
    "there were none, and `_is_last` calls that the end"
)
URL_AS_CURSOR = "a URL in `next` is sent as a cursor"
INSIDE = "`bare_cursor` is given the whole URL where the next link is not understood"
HEADER = "a total in a header is not read"
SHAPE = "`offset_slice` says that an offset is refused, where the answer is no page: the fault is that of `record`"

TODAY: dict[str, dict[str, str]] = {
    "fastapi-pagination/page": {"page-slice": PAGE_SLICE},
    "fastapi-pagination/page-links": {"page-slice": PAGE_SLICE, "links": LINKS},
    "fastapi-pagination/offset-links": {"links": LINKS},
    "fastapi-pagination/page-unbounded": {"page-slice": PAGE_SLICE},
    "fastapi-pagination/cursor-ties": {"cursor-accepted": FIRST_PAGE},
    "fastapi-pagination/cursor-nulls": {"cursor-accepted": FIRST_PAGE},
    "rest-framework/page": {"page-slice": PAGE_SLICE, "links": LINKS},
    "rest-framework/offset": {"links": LINKS},
    "rest-framework/cursor": {"links": LINKS},
    "rest-framework/offset-uncapped": {"links": LINKS},
    "rest-framework/offset-without-default": {"offset-slice": SHAPE},
    "rest-framework/cursor-by-author": {
        "limit-free": FIRST_PAGE,
        "filter-complete": FIRST_PAGE,
        "cursor-accepted": FIRST_PAGE,
        "links": LINKS,
    },
    "rest-framework/cursor-by-year": {
        "limit-free": FIRST_PAGE,
        "filter-complete": FIRST_PAGE,
        "cursor-accepted": FIRST_PAGE,
        "no-crash": INSIDE,
    },
    "rest-framework/cursor-by-price": {"no-crash": FIRST_PAGE},
    "rest-framework/cursor-by-shelf": {"cursor-accepted": FIRST_PAGE},
    "django-ninja/page": {"page-slice": PAGE_SLICE},
    "django-ninja/cursor": {"links": LINKS},
    "django-ninja/page-unbounded": {"page-slice": PAGE_SLICE},
    "django-ninja/cursor-unguarded": {"cursor-accepted": URL_AS_CURSOR, "links": LINKS, "no-crash": INSIDE},
    "django-ninja/cursor-by-added": {"cursor-accepted": URL_AS_CURSOR, "links": LINKS},
    "flask-smorest/page": {"page-slice": PAGE_SLICE, "total": HEADER},
    "flask-smorest/page-unbounded": {"page-slice": PAGE_SLICE, "total": HEADER},
    "datasette/table-undeclared": {
        "cursor-accepted": FIRST_PAGE,
    },
}
