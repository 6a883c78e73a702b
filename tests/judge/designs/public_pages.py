"""Lists as well-known public APIs number their pages: each correct, as its vendor documents it, and some with a bug."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import jsonify, request
from werkzeug.datastructures import MultiDict

from tests.judge.designs.design import Designs, Document, Made, application, document, envelope, query
from tests.judge.designs.public_cursors import FLAG, NUMBER, STATES, TEXT, chosen, item, rows

DESIGNS = Designs()
Args = MultiDict[str, str]
ARRAY: Document = {"type": "array", "items": item()}
STATUS = query("status", enum=list(STATES))
LINK: Document = {"type": ["string", "null"]}


def whole(args: Args, name: str, default: int) -> int:
    """Return a number, or the default where there is none that is positive: nothing is refused."""
    text = args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text) < 2**31 else default


def url(args: Args, **changes: Any) -> str:
    """Return the URL of this request with other parameters."""
    parameters = {**args.to_dict(), **{name.replace("__", "-"): value for name, value in changes.items()}}
    return f"{request.base_url}?" + "&".join(f"{name}={value}" for name, value in parameters.items())


def pages(count: int, size: int) -> int:
    """Return the number of pages."""
    return -(-count // size)


def with_links(page: list[Document], links: dict[str, str], **headers: Any) -> Any:
    """Return an array with a ``Link`` header and others."""
    response = jsonify(page)
    if links:
        response.headers["Link"] = ", ".join(f'<{target}>; rel="{name}"' for name, target in links.items())
    for name, value in headers.items():
        response.headers[name.replace("_", "-")] = str(value)
    return response


@DESIGNS.correct("only-the-open-ones", page_slice="passed", links="passed", filter_complete="passed")
def issues(bug: str = "") -> Made:
    """Open issues unless state says otherwise; bad numbers are the default; links in a header (GitHub)."""

    def answer(args: Args) -> Any:
        page, size = whole(args, "page", 1), min(100, whole(args, "per_page", 30))
        state = args.get("state", "open")
        if state not in ("open", "closed", "all"):
            return {"message": "Validation Failed"}, 422
        found = [{**row, "state": "open" if row["id"] % 3 else "closed"} for row in rows(count=120)]
        found = [row for row in found if state in ("all", row["state"])]
        last, links = max(1, pages(len(found), size)), {}
        kept = MultiDict() if bug == "filter" else args
        if page > 1:
            links |= {"prev": url(kept, page=page - 1, per_page=size), "first": url(kept, page=1, per_page=size)}
        if page < last:
            links |= {"next": url(kept, page=page + 1, per_page=size), "last": url(kept, page=last, per_page=size)}
        return with_links(found[(page - 1) * size : page * size], links)

    state = query("state", enum=["open", "closed", "all"], default="open", description="The state of the issues.")
    parameters = [
        state,
        query("per_page", "integer", default=30, description="The number of results per page (max 100)."),
        query("page", "integer", default=1),
    ]
    schema = {**item(), "properties": {**item()["properties"], "state": TEXT}}
    return document(parameters, {"type": "array", "items": schema}), application(answer)


@DESIGNS.correct("headers-with-numbers", page_slice="passed", total="passed", filter_complete="passed")
def projects(bug: str = "") -> Made:
    """X-Page, X-Next-Page (empty on the last page), X-Total, X-Total-Pages (GitLab)."""

    def answer(args: Args) -> Any:
        page, size, found = whole(args, "page", 1), min(100, whole(args, "per_page", 20)), chosen(rows(), args)
        last = pages(len(found), size)
        shown = found[(page - 1) * size : page * size]
        total = len(shown) if bug == "total" else len(found)
        said = {"X_Page": page, "X_Per_Page": size, "X_Total": total, "X_Total_Pages": last}
        said |= {"X_Next_Page": page + 1 if page < last else "", "X_Prev_Page": page - 1 if page > 1 else ""}
        return with_links(shown, {}, **said)

    parameters = [query("page", "integer", default=1), query("per_page", "integer", default=20), STATUS]
    return document(parameters, ARRAY), application(answer)


@DESIGNS.correct("page-of-everything", page_slice="passed", total="passed", has_more="passed")
def customers(bug: str = "") -> Made:
    """content, number from 0, size, totalPages, first, last; sizes are clamped; sort takes two words (Spring Data)."""

    def answer(args: Args) -> Any:
        page = int(args["page"]) if args.get("page", "").isdigit() and len(args["page"]) < 10 else 0
        size, found = min(2000, whole(args, "size", 20)), chosen(rows(), args)
        for text in args.getlist("sort"):
            name, _, direction = text.partition(",")
            if name not in ("id", "name", "status"):
                return {"status": 400, "error": f"No property '{name}' found"}, 400
            found.sort(key=lambda row: row[name], reverse=direction.lower() == "desc")
        last = pages(len(found), size)
        shown = found[page * size : (page + 1) * size]
        said = {"totalElements": len(found), "totalPages": last, "number": page, "size": size}
        is_last = page >= last - 1 if bug != "last" else len(shown) < size
        flags = {"first": page == 0, "last": is_last, "numberOfElements": len(shown), "empty": not shown}
        return {
            "content": shown,
            "pageable": {"pageNumber": page, "pageSize": size, "offset": page * size},
            **said,
            **flags,
        }

    pageable = {"type": "object", "properties": {"pageNumber": NUMBER, "pageSize": NUMBER, "offset": NUMBER}}
    numbers = dict.fromkeys(("totalElements", "totalPages", "number", "size", "numberOfElements"), NUMBER)
    flags = dict.fromkeys(("first", "last", "empty"), FLAG)
    sort = query("sort", "array", description="Sorting criteria in the format: property,(asc|desc).", items=TEXT)
    parameters = [
        query("page", "integer", minimum=0, default=0, description="Zero-based page index (0..N)"),
        query("size", "integer", minimum=1, default=20, description="The size of the page to be returned"),
        sort,
        STATUS,
    ]
    return document(parameters, envelope("content", item(), pageable=pageable, **numbers, **flags)), application(answer)


@DESIGNS.correct("hypertext", page_slice="passed", links="passed", total="passed")
def hypertext() -> Made:
    """_embedded, _links with href, a templated link to itself, and the page's numbers in an object (HAL)."""

    def answer(args: Args) -> Any:
        page = int(args["page"]) if args.get("page", "").isdigit() and len(args["page"]) < 10 else 0
        size, found = min(1000, whole(args, "size", 20)), rows()
        last = pages(len(found), size)
        links = {"self": {"href": request.base_url + "{?page,size,sort}", "templated": True}}
        places = {"first": 0, "prev": page - 1, "next": page + 1, "last": last - 1}
        links |= {
            name: {"href": url(args, page=place, size=size)}
            for name, place in places.items()
            if 0 <= place < last and last > 1
        }
        said = {"size": size, "totalElements": len(found), "totalPages": last, "number": page}
        shown = found[page * size : (page + 1) * size]
        return {"_embedded": {"orders": shown}, "_links": links, "page": said}

    link = {"type": "object", "properties": {"href": TEXT, "templated": FLAG}}
    properties = {
        "_embedded": envelope("orders", item()),
        "_links": {"type": "object", "properties": dict.fromkeys(("self", "first", "prev", "next", "last"), link)},
        "page": {
            "type": "object",
            "properties": dict.fromkeys(("size", "totalElements", "totalPages", "number"), NUMBER),
        },
    }
    parameters = [query("page", "integer", default=0), query("size", "integer", default=20)]
    return document(parameters, {"type": "object", "properties": properties}), application(answer)


@DESIGNS.correct("brackets", page_slice="passed", links="passed", total="passed")
def articles(bug: str = "") -> Made:
    """page[number], page[size], filter[status], sort=-name, links and meta, a media type of its own (JSON:API)."""

    def answer(args: Args) -> Any:
        try:
            page, size = int(args.get("page[number]", 1)), int(args.get("page[size]", 10))
        except ValueError:
            page, size = 0, 0
        if page < 1 or not 1 <= size <= 50:
            return {"errors": [{"status": "400", "source": {"parameter": "page"}}]}, 400
        found = chosen(rows("a"), args, "filter[status]")
        for name in args.get("sort", "").split(",")[::-1]:
            if name.lstrip("-") in ("name", "status"):
                found.sort(key=lambda row: row[name.lstrip("-")], reverse=name.startswith("-"))
        last = max(1, pages(len(found), size))
        places = {"first": 1, "prev": page - 1, "next": page + 1, "last": last}
        kept = {name: args[name] for name in ("filter[status]", "sort") if name in args}
        links: Document = {"self": request.url}
        for name, place in places.items():
            said = {**kept, "page[number]": place, "page[size]": 10 if bug == "size" else size}
            text = "&".join(f"{key}={value}" for key, value in said.items()).replace("[", "%5B").replace("]", "%5D")
            links[name] = f"{request.base_url}?{text}" if 1 <= place <= last else None
        shown = found[(page - 1) * size : page * size]
        data = [{"type": "articles", "id": row["id"], "attributes": {**row}} for row in shown]
        response = jsonify(data=data, links=links, meta={"total": len(found)})
        response.headers["Content-Type"] = "application/vnd.api+json"
        return response

    attributes = {"type": "object", "properties": item("string")["properties"]}
    resource = {"type": "object", "properties": {"type": TEXT, "id": TEXT, "attributes": attributes}}
    links = {"type": "object", "properties": dict.fromkeys(("self", "first", "prev", "next", "last"), LINK)}
    answered = envelope("data", resource, links=links, meta={"type": "object", "properties": {"total": NUMBER}})
    parameters = [
        query("page[number]", "integer", minimum=1, default=1),
        query("page[size]", "integer", minimum=1, maximum=50, default=10),
        query("filter[status]", enum=list(STATES)),
        query("sort", enum=["name", "-name", "status", "-status"]),
    ]
    responses = {"200": {"description": "Articles", "content": {"application/vnd.api+json": {"schema": answered}}}}
    return document(parameters, {}, responses=responses), application(answer)


@DESIGNS.correct("zero-based-with-a-cap", page_slice="passed", total="passed")
def hits() -> Made:
    """page from 0, hitsPerPage, nbHits, nbPages; only the first records are ever shown (Algolia)."""

    def answer(args: Args) -> Any:
        page = int(args["page"]) if args.get("page", "").isdigit() and len(args["page"]) < 10 else 0
        size, found = min(50, whole(args, "hitsPerPage", 20)), rows("obj", 130)
        reached = found[:100]
        said = {"nbHits": len(found), "nbPages": pages(len(reached), size), "page": page, "hitsPerPage": size}
        return {
            "hits": reached[page * size : (page + 1) * size],
            **said,
            "processingTimeMS": 1,
            "exhaustiveNbHits": True,
        }

    numbers = dict.fromkeys(("nbHits", "nbPages", "page", "hitsPerPage", "processingTimeMS"), NUMBER)
    page = query("page", "integer", description="Page of search results to retrieve, the first one is 0.")
    parameters = [page, query("hitsPerPage", "integer", maximum=1000, description="The maximum is 50 on your plan.")]
    return document(parameters, envelope("hits", item("string"), exhaustiveNbHits=FLAG, **numbers)), application(answer)


@DESIGNS.correct("size-is-the-total", page_slice="passed", links="passed")
def repositories(bug: str = "") -> Made:
    """pagelen is the page size, size the total, next and previous are URLs (Bitbucket)."""

    def answer(args: Args) -> Any:
        page, size, found = whole(args, "page", 1), whole(args, "pagelen", 10), chosen(rows(), args)
        if not 10 <= size <= 100:
            return {"type": "error", "error": {"message": "Invalid pagelen"}}, 400
        start = (page - 1) * size + (bug == "skip" and page > 1)
        said: Document = {"size": len(found), "page": page, "pagelen": size, "values": found[start : start + size]}
        said |= {"next": url(args, page=page + 1)} if page * size < len(found) else {}
        return said | ({"previous": url(args, page=page - 1)} if page > 1 else {})

    numbers = {name: {**NUMBER, "minimum": 0} for name in ("size", "page", "pagelen")}
    parameters = [query("page", "integer"), query("pagelen", "integer", minimum=10, maximum=100), STATUS]
    return document(parameters, envelope("values", item(), next=TEXT, previous=TEXT, **numbers)), application(answer)


@DESIGNS.correct("page-number-is-for-the-client", cursor_accepted="passed", limit_free="passed")
def messages() -> Made:
    """next_page_uri is relative and holds a token; Page alone has no effect (Twilio)."""

    def answer(args: Args) -> Any:
        size, found, text = min(50, whole(args, "PageSize", 50)), rows("SM"), args.get("PageToken", "PA0")
        if not text.removeprefix("PA").isdigit() or len(text) > 9:
            return {"code": 20001, "message": "Invalid PageToken"}, 400
        start = int(text.removeprefix("PA"))
        page = whole(args, "Page", 0) if "PageToken" in args else 0
        said: Document = {"page": page, "page_size": size, "start": start, "next_page_uri": None}
        if start + size < len(found):
            said["next_page_uri"] = f"/things?PageSize={size}&Page={page + 1}&PageToken=PA{start + size}"
        said["previous_page_uri"] = f"/things?PageSize={size}&Page={page - 1}&PageToken=PA{max(0, start - size)}"
        said["previous_page_uri"] = said["previous_page_uri"] if page > 0 else None
        return {"messages": found[start : start + size], "first_page_uri": f"/things?PageSize={size}&Page=0", **said}

    links = dict.fromkeys(("next_page_uri", "previous_page_uri", "first_page_uri"), LINK)
    numbers = dict.fromkeys(("page", "page_size", "start"), NUMBER)
    parameters = [
        query("PageSize", "integer", minimum=1, maximum=1000),
        query("Page", "integer", minimum=0, description="The page index. This value is simply for client state."),
        query("PageToken", description="The page token. This is provided by the API."),
    ]
    return document(parameters, envelope("messages", item("string"), **links, **numbers)), application(answer)


@DESIGNS.correct("offset-is-the-page-size", page_slice="passed", limit_free="passed")
def transactions() -> Made:
    """``offset`` is how many records a page has; status and message stand beside the result (Etherscan)."""

    def answer(args: Args) -> Any:
        page, size, found = whole(args, "page", 1), whole(args, "offset", 100), rows("0x")
        if args.get("sort") == "desc":
            found.reverse()
        shown = found[(page - 1) * size : page * size]
        said = ("1", "OK") if shown else ("0", "No transactions found")
        return {"status": said[0], "message": said[1], "result": shown}

    parameters = [
        query("page", "integer", description="The page number, if pagination is enabled"),
        query("offset", "integer", description="The number of transactions displayed per page"),
        query("sort", enum=["asc", "desc"]),
    ]
    return document(parameters, envelope("result", item("string"), status=TEXT, message=TEXT)), application(answer)


@DESIGNS.correct("refused-past-the-end", page_slice="passed", total="passed", links="passed")
def posts() -> Made:
    """X-WP-Total and X-WP-TotalPages; a page past the last one is a 400 (WordPress)."""

    def answer(args: Args) -> Any:
        try:
            page, size = int(args.get("page", 1)), int(args.get("per_page", 10))
        except ValueError:
            page = size = 0
        found = chosen(rows(), args)
        if page < 1 or not 1 <= size <= 100:
            return {"code": "rest_invalid_param", "message": "Invalid parameter(s)"}, 400
        last = pages(len(found), size)
        if page > max(1, last):
            return {"code": "rest_post_invalid_page_number", "message": "The page number is too large."}, 400
        links = {"prev": url(args, page=page - 1)} if page > 1 else {}
        links |= {"next": url(args, page=page + 1)} if page < last else {}
        shown = found[(page - 1) * size : page * size]
        return with_links(shown, links, X_WP_Total=len(found), X_WP_TotalPages=last)

    parameters = [
        query("page", "integer", default=1, minimum=1),
        query("per_page", "integer", default=10, minimum=1, maximum=100),
        STATUS,
    ]
    return document(parameters, ARRAY), application(answer)


@DESIGNS.correct("fixed-page-size", page_slice="passed", total="passed", links="passed")
def orders(bug: str = "") -> Made:
    """data, links, meta with from, to and per_page; the page size is fixed(Laravel)."""

    def answer(args: Args) -> Any:
        page, size, found = whole(args, "page", 1), 15, chosen(rows(), args)
        last, shown = max(1, pages(len(found), size)), found[(page - 1) * size : page * size]
        start = (page - 1) * size + 1 if shown else None
        meta = {"current_page": page, "from": start, "last_page": last, "per_page": size, "total": len(found)}
        meta["to"] = None if start is None else start + len(shown) - 1
        meta["total"] = len(found) - (bug == "total" and page > 1)
        places = {"first": 1, "last": last, "prev": page - 1 or None, "next": page + 1 if page < last else None}
        links = {name: None if place is None else url(args, page=place) for name, place in places.items()}
        return {"data": shown, "links": links, "meta": meta}

    optional = {"type": ["integer", "null"]}
    numbers = dict.fromkeys(("current_page", "last_page", "per_page", "total"), NUMBER)
    meta = {"type": "object", "properties": {**numbers, "from": optional, "to": optional}}
    links = {"type": "object", "properties": dict.fromkeys(("first", "last", "prev", "next"), LINK)}
    return document([query("page", "integer"), STATUS], envelope("data", item(), links=links, meta=meta)), application(
        answer
    )


@DESIGNS.correct("links-as-an-array", page_slice="passed", total="passed")
def invoices() -> Made:
    """Totals are there when they are asked for; links are an array with rel and href (PayPal)."""

    def answer(args: Args) -> Any:
        page, size, found = whole(args, "page", 1), min(20, whole(args, "page_size", 10)), rows("INV-")
        links = [{"rel": "self", "href": request.url}]
        links += [{"rel": "next", "href": url(args, page=page + 1)}] if page * size < len(found) else []
        said = {"total_items": len(found), "total_pages": pages(len(found), size)}
        said = said if args.get("total_required") == "true" else {}
        return {"items": found[(page - 1) * size : page * size], "links": links, **said}

    link = {"type": "object", "properties": {"rel": TEXT, "href": TEXT}}
    parameters = [
        query("page", "integer", minimum=1, default=1),
        query("page_size", "integer", minimum=1, maximum=100, default=10),
        query("total_required", "boolean", default=False, description="Whether to show the total count."),
    ]
    answered = envelope("items", item("string"), total_items=NUMBER, total_pages=NUMBER)
    answered["properties"]["links"] = {"type": "array", "items": link}
    return document(parameters, answered), application(answer)


@DESIGNS.correct("last-page-past-the-end")
def last_page() -> Made:
    """A number past the end shows the last page, and says so (Rails' pagy, Django's get_page)."""

    def answer(args: Args) -> Any:
        found, size = chosen(rows(), args), min(30, whole(args, "per_page", 10))
        last = max(1, pages(len(found), size))
        page = min(last, whole(args, "page", 1))
        said = {"current": page, "next": page + 1 if page < last else None, "prev": page - 1 or None}
        said |= {"pages": last, "count": len(found)}
        return {"players": found[(page - 1) * size : page * size], "pagination": said}

    optional = {"type": ["integer", "null"]}
    said = {"current": NUMBER, "next": optional, "prev": optional, "pages": NUMBER, "count": NUMBER}
    parameters = [query("page", "integer"), query("per_page", "integer"), STATUS]
    answered = envelope("players", item(), pagination={"type": "object", "properties": said})
    return document(parameters, answered), application(answer)


@DESIGNS.correct("shape-by-parameter", page_slice="passed")
def accounts() -> Made:
    """An array, or with include_totals an object; pages from 0 (Auth0)."""

    def answer(args: Args) -> Any:
        page = int(args["page"]) if args.get("page", "").isdigit() and len(args["page"]) < 10 else 0
        size, found = min(50, whole(args, "per_page", 50)), rows("auth0|")
        shown = found[page * size : (page + 1) * size]
        if args.get("include_totals") == "true":
            return {"start": page * size, "limit": size, "length": len(shown), "total": len(found), "users": shown}
        return shown

    numbers = dict.fromkeys(("start", "limit", "length", "total"), NUMBER)
    array = {"type": "array", "items": item("string")}
    parameters = [
        query("page", "integer", minimum=0, description="Page index of the results to return. First page is 0."),
        query("per_page", "integer", minimum=0, maximum=100, description="Number of results per page."),
        query("include_totals", "boolean"),
    ]
    answered = {"anyOf": [array, envelope("users", item("string"), **numbers)]}
    return document(parameters, answered), application(answer)


@DESIGNS.correct("bounded-pages", page_slice="passed")
def movies() -> Made:
    """The page size is fixed, total_results is more than can be reached, and pages past 5 are refused (TMDB)."""

    def answer(args: Args) -> Any:
        text, found = args.get("page", "1"), rows(count=333)
        if not text.isdigit() or not 1 <= int(text) <= 5:
            return {"success": False, "status_code": 22, "status_message": "Pages start at 1 and max at 5."}, 400
        page = int(text)
        said = {"total_pages": 5, "total_results": len(found)}
        return {"page": page, "results": found[(page - 1) * 20 : page * 20], **said}

    numbers = dict.fromkeys(("page", "total_pages", "total_results"), NUMBER)
    return document([query("page", "integer", default=1)], envelope("results", item(), **numbers)), application(answer)


@DESIGNS.correct("quota-and-filter-wrapper", page_slice="passed", has_more="passed")
def questions() -> Made:
    """has_more beside page numbers, and a quota that changes with each answer (Stack Exchange)."""
    left = iter(range(9999, 0, -1))

    def answer(args: Args) -> Any:
        text = (args.get("page", "1"), args.get("pagesize", "30"))
        if not all(part.isdigit() for part in text) or int(text[0]) < 1 or not 1 <= int(text[1]) <= 100:
            return {"error_id": 400, "error_message": "page", "error_name": "bad_parameter"}, 400
        page, size, found = int(text[0]), int(text[1]), rows()
        shown = found[(page - 1) * size : page * size]
        return {"items": shown, "has_more": page * size < len(found), "quota_max": 10000, "quota_remaining": next(left)}

    parameters = [query("page", "integer"), query("pagesize", "integer", maximum=100)]
    answered = envelope("items", item(), has_more=FLAG, quota_max=NUMBER, quota_remaining=NUMBER)
    return document(parameters, answered), application(answer)


DESIGNS.faulty("link-header-forgets-the-state", "links")(partial(issues, bug="filter"))
DESIGNS.faulty("total-in-a-header-is-the-page's", "total")(partial(projects, bug="total"))
DESIGNS.faulty("last-is-a-short-page", "has-more")(partial(customers, bug="last"))
DESIGNS.faulty("brackets-lose-the-page-size", "links")(partial(articles, bug="size"))
DESIGNS.faulty("each-page-but-the-first-skips-one", "limit-free", also=["links", "page-slice"])(
    partial(repositories, bug="skip")
)
DESIGNS.faulty("total-differs-by-page", "total")(partial(orders, bug="total"))
