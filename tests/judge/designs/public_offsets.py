"""Lists as public APIs page them by offset, by id, by link: each correct, as documented, and some with a bug."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import jsonify, request
from werkzeug.datastructures import MultiDict

from tests.judge.designs.design import Designs, Document, Made, application, document, envelope, query
from tests.judge.designs.public_cursors import COUNT, FLAG, NUMBER, STATES, TEXT, chosen, cut, item, number, rows, token
from tests.judge.designs.public_pages import ARRAY, LINK, STATUS, url, whole

DESIGNS = Designs()
Args = MultiDict[str, str]


def natural(args: Args, name: str, default: int = 0) -> int:
    """Return a number from 0 on, the default where there is none; nothing is refused."""
    text = args.get(name, "")
    return min(int(text), 2**40) if text.isascii() and text.isdigit() else default


@DESIGNS.correct("start-at", offset_slice="passed", total="passed", has_more="passed", links="passed")
def boards(bug: str = "") -> Made:
    """startAt, maxResults (clamped), total, isLast, nextPage as URL (Jira)."""

    def answer(args: Args) -> Any:
        start, size, found = natural(args, "startAt"), min(25, whole(args, "maxResults", 25)), chosen(rows(), args)
        shown, is_last = found[start : start + size], start + size >= len(found)
        said: Document = {"startAt": start, "maxResults": size, "total": len(found), "isLast": is_last}
        if bug == "last":
            said["isLast"] = start + size > len(found)
        return {"values": shown, **said, **({} if is_last else {"nextPage": url(args, startAt=start + size)})}

    numbers = dict.fromkeys(("startAt", "maxResults", "total"), NUMBER)
    start = query("startAt", "integer", default=0, description="The starting index. Base index: 0.")
    most = query("maxResults", "integer", description="The maximum number per page. Default: 50.")
    return document(
        [start, most, STATUS], envelope("values", item(), isLast=FLAG, nextPage=TEXT, **numbers)
    ), application(answer)


@DESIGNS.correct("link-below-a-context", limit_free="passed", offset_slice="passed")
def pages_of_a_space() -> Made:
    """_links.next is relative to _links.base, not to the host; size is of this page (Confluence)."""

    def answer(args: Args) -> Any:
        start, size, found = natural(args, "start"), min(30, whole(args, "limit", 25)), rows()
        shown = found[start : start + size]
        links = {"base": request.host_url + "wiki", "context": "/wiki"}
        if start + size < len(found):
            links["next"] = f"/rest/api/content?limit={size}&start={start + size}"
        return {"results": shown, "start": start, "limit": size, "size": len(shown), "_links": links}

    numbers = dict.fromkeys(("start", "limit", "size"), NUMBER)
    links = {"type": "object", "properties": dict.fromkeys(("base", "context", "next"), TEXT)}
    parameters = [query("start", "integer"), query("limit", "integer", default=25)]
    answered = envelope("results", item(), _links=links, **numbers)
    path = "/wiki/rest/api/content"
    return document(parameters, answered, path), application(answer, path)


@DESIGNS.correct("count-and-total-items", offset_slice="passed", total="passed")
def audiences() -> Made:
    """count is the page size, total_items the total; fields leaves out what was not asked for (Mailchimp)."""

    def answer(args: Args) -> Any:
        start, size, found = natural(args, "offset"), number(args, "count", 10, 1000, 0), chosen(rows("e"), args)
        said = {"lists": found[start : start + size], "total_items": len(found), "_links": [{"rel": "self"}]}
        fields = {name.split(".")[0] for name in args.get("fields", "").split(",") if name}
        return {name: value for name, value in said.items() if not fields or name in fields}

    parameters = [
        query("fields", description="A comma-separated list of fields to return."),
        query("count", "integer", minimum=0, maximum=1000, default=10),
        query("offset", "integer", minimum=0, default=0),
        STATUS,
    ]
    links = {"type": "array", "items": {"type": "object", "properties": {"rel": TEXT, "href": TEXT}}}
    answered = envelope("lists", item("string"), total_items=NUMBER, _links=links)
    del answered["required"]
    return document(parameters, answered), application(answer)


@DESIGNS.correct("urls-and-numbers", offset_slice="passed", links="passed", total="passed")
def tracks(bug: str = "") -> Made:
    """href, next, previous, limit, offset, total (Spotify)."""

    def answer(args: Args) -> Any:
        start, size, found = natural(args, "offset"), number(args, "limit", 20, 50), rows("3z")
        shown, total = found[start : start + size], len(found)
        following = url(args, limit=size, offset=start + size) if start + size < total else None
        preceding = url(args, limit=size, offset=max(0, start - size)) if start else None
        if bug == "next" and following:
            following = url(args, limit=size, offset=start + size + 1)
        said = {"href": request.url, "limit": size, "offset": start, "total": total}
        return {"items": shown, "next": following, "previous": preceding, **said}

    numbers = dict.fromkeys(("limit", "offset", "total"), NUMBER)
    parameters = [
        query("limit", "integer", minimum=1, maximum=50, default=20),
        query("offset", "integer", minimum=0, default=0),
    ]
    return document(parameters, envelope("items", item("string"), href=TEXT, next=LINK, previous=LINK, **numbers)), (
        application(answer)
    )


@DESIGNS.correct("top-is-of-the-whole-walk", offset_slice="passed")
def products() -> Made:
    """$top is how many records all pages have; the next link asks for what is left (OData)."""

    def answer(args: Args) -> Any:
        text = {name: args.get(name, "0") for name in ("$top", "$skip")}
        if not all(part.isdigit() for part in text.values()):
            return {"error": {"code": "BadRequest", "message": "$top and $skip are not negative"}}, 400
        start, found = min(int(text["$skip"]), 2**40), rows()
        asked = int(args["$top"]) if "$top" in args else len(found)
        end, page = min(start + asked, len(found)), 20
        said: Document = {"@odata.context": request.host_url + "$metadata#Products"}
        if args.get("$count") == "true":
            said["@odata.count"] = len(found)
        if start + page < end:
            left = f"&$top={asked - page}" if "$top" in args else ""
            said["@odata.nextLink"] = f"{request.base_url}?$skip={start + page}{left}"
        return {**said, "value": found[start : min(end, start + page)]}

    parameters = [
        query("$top", "integer", minimum=0, description="Show only the first n items"),
        query("$skip", "integer", minimum=0, description="Skip the first n items"),
        query("$count", "boolean", description="Include count of items"),
        query("$filter", description="Filter items by property values"),
        query("$orderby", "array", items={"type": "string", "enum": ["id", "id desc"]}),
    ]
    fields = {"@odata.context": TEXT, "@odata.count": NUMBER, "@odata.nextLink": TEXT}
    return document(parameters, envelope("value", item(), **fields)), application(answer)


@DESIGNS.correct("next-link-with-a-version", limit_free="passed")
def resources() -> Made:
    """A version is required in each request, and stands in nextLink with a $skiptoken (Azure)."""

    def answer(args: Args) -> Any:
        if not args.get("api-version"):
            return {"error": {"code": "MissingApiVersionParameter", "message": "api-version is required"}}, 400
        size = number(args, "$top", 20, 1000)
        page, following = cut(rows("vm"), token(args, "$skiptoken"), min(size, 20))
        link = f"{request.base_url}?api-version={args['api-version']}&$top={size}&$skiptoken={following}"
        return {"value": page, **({"nextLink": link} if following else {})}

    version = query("api-version", required=True, description="The API version.", enum=["2021-04-01"])
    parameters = [version, query("$top", "integer"), query("$skiptoken"), query("$filter")]
    return document(parameters, envelope("value", item("string"), nextLink=TEXT)), application(answer)


@DESIGNS.correct("items-per-page-of-this-page", offset_slice="passed", total="passed")
def identities() -> Made:
    """startIndex from 1, count may be 0, itemsPerPage is of this page (SCIM)."""

    def answer(args: Args) -> Any:
        start, size, found = max(1, natural(args, "startIndex", 1)), natural(args, "count", 20), rows("u")
        shown = found[start - 1 : start - 1 + min(size, 40)]
        said = {"totalResults": len(found), "itemsPerPage": len(shown), "startIndex": start}
        schemas = ["urn:ietf:params:scim:api:messages:2.0:ListResponse"]
        return {"schemas": schemas, **said, **({"Resources": shown} if shown else {})}

    start = query("startIndex", "integer", description="The 1-based index of the first query result.")
    count = query("count", "integer", description="The desired maximum number of query results per page.")
    numbers = dict.fromkeys(("totalResults", "itemsPerPage", "startIndex"), NUMBER)
    answered = envelope("Resources", item("string"), schemas={"type": "array", "items": TEXT}, **numbers)
    answered["required"] = ["schemas", "totalResults"]
    return document([start, count, query("filter")], answered), application(answer)


@DESIGNS.correct("first-and-max", offset_slice="passed", limit_free="passed")
def realm_users(bug: str = "") -> Made:
    """first is the offset, max the page size; a name matches what contains it (Keycloak)."""

    def answer(args: Args) -> Any:
        start, size = natural(args, "first"), natural(args, "max", 100)
        found = [row for row in rows("kc") if args.get("name", "").lower() in row["name"].lower()]
        start += bug == "skip" and start > 9
        return jsonify(found[start : start + size])

    parameters = [
        query("first", "integer", description="Pagination offset"),
        query("max", "integer", description="Maximum results size (defaults to 100)"),
        query("name", description="A String contained in name, or the complete name, if param exact is true"),
    ]
    return document(parameters, {"type": "array", "items": item("string")}), application(answer)


@DESIGNS.correct("from-and-size", offset_slice="passed", total="passed")
def packages() -> Made:
    """from and size, objects that wrap the records, a clock (npm)."""
    clock = iter(range(10**6))

    def answer(args: Args) -> Any:
        if not args.get("text"):
            return {"error": "'text' query parameter is required"}, 400
        start, size, found = natural(args, "from"), number(args, "size", 20, 250, 0), rows()
        objects = [{"package": {"name": f"pkg-{row['id']}", "version": "1.0.0"}, "score": 1} for row in found]
        return {"objects": objects[start : start + size], "total": len(found), "time": f"2026-11-26 tick {next(clock)}"}

    package = {"type": "object", "properties": {"name": TEXT, "version": TEXT}}
    found = {"type": "object", "properties": {"package": package, "score": {"type": "number"}}}
    text = query("text", required=True, description="full-text search to apply", example="mock")
    parameters = [text, query("size", "integer", maximum=250), query("from", "integer")]
    return document(parameters, envelope("objects", found, total=NUMBER, time=TEXT)), application(answer)


@DESIGNS.correct("deep-window-refused", total="passed")
def businesses() -> Made:
    """offset + limit may be 100 at most, and the total is larger (Yelp, Elasticsearch)."""

    def answer(args: Args) -> Any:
        start, size, found = natural(args, "offset"), number(args, "limit", 20, 50), rows("b", 160)
        if start + size > 100:
            return {"error": {"code": "VALIDATION_ERROR", "description": "Too many results requested"}}, 400
        return {"businesses": found[start : start + size], "total": len(found)}

    parameters = [query("limit", "integer", minimum=1, maximum=50, default=20), query("offset", "integer", minimum=0)]
    return document(parameters, envelope("businesses", item("string"), total=NUMBER)), application(answer)


@DESIGNS.correct("before-is-older")
def channel_messages() -> Made:
    """Newest first: before=id are older ones, after=id newer ones (Discord)."""

    def answer(args: Args) -> Any:
        newest, size = rows()[::-1], number(args, "limit", 20, 100)
        if "after" in args:
            page = [row for row in newest if row["id"] > int(args["after"])][-size:]
        else:
            page = [row for row in newest if row["id"] < int(args.get("before", "1000"))][:size]
        return jsonify(page)

    before = query("before", description="Get messages before this message ID", pattern="^[0-9]+$")
    after = query("after", description="Get messages after this message ID", pattern="^[0-9]+$")
    parameters = [query("limit", "integer", minimum=1, maximum=100), before, after]
    return document(parameters, ARRAY), application(answer)


@DESIGNS.correct("links-by-id", links="passed")
def timeline(bug: str = "") -> Made:
    """Newest first: max_id, since_id, min_id, and a Link header with both neighbours (Mastodon)."""

    def answer(args: Args) -> Any:
        newest, size = rows()[::-1], min(40, whole(args, "limit", 20))
        for name in ("max_id", "since_id", "min_id"):
            if name in args and not args[name].isdigit():
                return {"error": "Record not found"}, 404
        page = [row for row in newest if row["id"] < int(args.get("max_id", "1000")) - (bug == "skip")]
        page = [row for row in page if row["id"] > int(args.get("since_id", "0"))]
        page = [row for row in page if row["id"] > int(args["min_id"])][-size:] if "min_id" in args else page[:size]
        response = jsonify(page)
        if page:
            base = f"{request.base_url}?limit={size}"
            response.headers.add(
                "Link", f'<{base}&max_id={page[-1]["id"]}>; rel="next", <{base}&min_id={page[0]["id"]}>; rel="prev"'
            )
        return response

    names = {"max_id": "Results lower than this ID.", "since_id": "Results greater.", "min_id": "Results just newer."}
    ids = [query(name, description=text) for name, text in names.items()]
    return document([*ids, query("limit", "integer", default=20)], ARRAY), application(answer)


@DESIGNS.correct("two-link-headers", limit_free="passed", links="passed")
def directory() -> Made:
    """Link headers of their own for self and next (Okta)."""

    def answer(args: Args) -> Any:
        size = number(args, "limit", 20, 200)
        page, following = cut(rows("00u"), token(args, "after"), size)
        response = jsonify(page)
        if following:
            response.headers.add("Link", f'<{request.base_url}?after={following}&limit={size}>; rel="next"')
        response.headers.add("Link", f'<{request.url}>; rel="self"')
        return response

    after = query("after", description="The pagination cursor. Obtain it from the next link.")
    parameters = [query("limit", "integer", maximum=200, minimum=1), after]
    return document(parameters, {"type": "array", "items": item("string")}), application(answer)


@DESIGNS.correct("token-refuses-filters", links="passed", filter_complete="passed")
def storefront() -> Made:
    """A Link header with page_info; a filter beside it is refused; any state is ``any`` (Shopify)."""
    carried: dict[str, tuple[int, str]] = {}

    def answer(args: Args) -> Any:
        size, status, start = min(250, whole(args, "limit", 50)), args.get("status", "active"), 0
        if "page_info" in args:
            if "status" in args or args["page_info"] not in carried:
                return {"errors": {"page_info": "Invalid value."}}, 400
            start, status = carried[args["page_info"]]
        found = [row for row in rows(count=90) if status in ("any", row["status"])]
        response = jsonify(orders=found[start : start + size])
        links = []
        for relation, place in (("previous", start - size), ("next", start + size)):
            if -size < place < len(found) and (start or relation == "next"):
                name = f"eyJ{max(0, place)}{status}"
                carried[name] = (max(0, place), status)
                links.append(f'<{request.base_url}?limit={size}&page_info={name}>; rel="{relation}"')
        response.headers["Link"] = ", ".join(links)
        return response

    status = query("status", enum=[*STATES, "any"], default="active", description="any shows orders of any status.")
    limit = query("limit", "integer", maximum=250, default=50)
    return document([limit, query("page_info"), status], envelope("orders", item())), application(answer)


@DESIGNS.correct("path-of-the-next-records", limit_free="passed")
def soql(bug: str = "") -> Made:
    """nextRecordsUrl is the path of another operation; done says that there are no more (Salesforce)."""

    def page_from(start: int, size: int) -> Any:
        found, more = rows("001"), {}
        if start + size < len(found):
            place = start + size + (bug == "skip")
            more = {"nextRecordsUrl": f"/services/data/query/01gD-{place}-{size}"}
        return {"totalSize": len(found), "done": not more, "records": found[start : start + size], **more}

    def locate(locator: str) -> Any:
        _, start, size = locator.split("-")
        return jsonify(page_from(int(start), int(size)))

    properties = envelope("records", item("string"), totalSize=NUMBER, done=FLAG, nextRecordsUrl=TEXT)
    path = "/services/data/query"
    app = application(lambda args: page_from(0, min(25, whole(args, "batchSize", 20))), path)
    app.get(f"{path}/<locator>")(locate)
    statement = query("q", required=True, example="SELECT Id FROM Account")
    return document([statement, query("batchSize", "integer")], properties, path), app


@DESIGNS.correct("bundle", total="passed")
def patients() -> Made:
    """link is an array of relation and url, records stand in entries (FHIR)."""

    def answer(args: Args) -> Any:
        start, size, found = natural(args, "_offset"), natural(args, "_count", 10), rows("p")
        links = [{"relation": "self", "url": request.url}]
        if start + size < len(found) and size:
            links.append({"relation": "next", "url": url(args, _offset=start + size, _count=size)})
        entries = [
            {"fullUrl": f"{request.base_url}/{row['id']}", "resource": row} for row in found[start : start + size]
        ]
        return {"resourceType": "Bundle", "total": len(found), "link": links, **({"entry": entries} if entries else {})}

    link = {"type": "array", "items": {"type": "object", "properties": {"relation": TEXT, "url": TEXT}}}
    entry = {"type": "object", "properties": {"fullUrl": TEXT, "resource": item("string")}}
    answered = envelope("entry", entry, resourceType=TEXT, total=NUMBER, link=link)
    del answered["required"]
    return document([query("_count", "integer"), query("_offset", "integer")], answered), application(answer)


@DESIGNS.correct("operators-before-values")
def rest_of_a_table() -> Made:
    """A filter's value begins with an operator: status=eq.active; Content-Range, 206 (PostgREST)."""

    def answer(args: Args) -> Any:
        start, size, found = natural(args, "offset"), min(30, natural(args, "limit", 30)), rows()
        for name in ("id", "status", "name"):
            operator, dot, value = args.get(name, "eq.").partition(".")
            if operator != "eq" or not dot:
                return {"code": "PGRST100", "message": f"failed to parse filter ({args[name]})"}, 400
            found = [row for row in found if name not in args or str(row[name]) == value]
        response = jsonify(found[start : start + size])
        response.headers["Content-Range"] = f"{start}-{start + size - 1}/*"
        response.status_code = 206 if size < len(found) else 200
        return response

    filters = [query(name) for name in ("id", "status", "name")]
    parameters = [*filters, query("limit", "integer"), query("offset", "integer"), query("order")]
    return document(parameters, ARRAY), application(answer)


@DESIGNS.correct("all-records-beside-the-found-ones", page_slice="passed")
def catalogue() -> Made:
    """found is the number of matches, out_of the number of all (Typesense)."""

    def answer(args: Args) -> Any:
        page, size, found = whole(args, "page", 1), min(250, whole(args, "per_page", 10)), chosen(rows("t"), args)
        hits = [{"document": row, "highlights": []} for row in found[(page - 1) * size : page * size]]
        return {"found": len(found), "out_of": COUNT, "page": page, "hits": hits, "search_time_ms": 1}

    hit = {"type": "object", "properties": {"document": item("string")}}
    numbers = dict.fromkeys(("found", "out_of", "page", "search_time_ms"), NUMBER)
    parameters = [query("page", "integer", default=1), query("per_page", "integer"), STATUS]
    return document(parameters, envelope("hits", hit, **numbers)), application(answer)


@DESIGNS.correct("total-of-the-database", total="passed")
def view() -> Made:
    """total_rows is how many the database has, whatever the filter (CouchDB)."""

    def answer(args: Args) -> Any:
        start, size, found = natural(args, "skip"), natural(args, "limit", 25), chosen(rows("doc"), args)
        return {"total_rows": COUNT, "offset": start, "rows": found[start : start + size]}

    total = {
        **NUMBER,
        "description": "Number of documents in the database/view. Note that this is not the number of rows.",
    }
    parameters = [query("limit", "integer"), query("skip", "integer"), STATUS]
    return document(parameters, envelope("rows", item("string"), total_rows=total, offset=NUMBER)), application(answer)


@DESIGNS.correct("identity-inside", offset_slice="passed", total="passed")
def entries() -> Made:
    """The identity is inside of an object: sys.id (Contentful)."""

    def answer(args: Args) -> Any:
        start, size, found = natural(args, "skip"), number(args, "limit", 100, 1000, 0), rows("ct")
        items = [{"sys": {"id": row["id"], "type": "Entry"}, "fields": {"name": row["name"]}} for row in found]
        return {"total": len(found), "skip": start, "limit": size, "items": items[start : start + size]}

    inner = {"type": "object", "properties": {"id": TEXT, "type": TEXT}}
    entry = {"type": "object", "properties": {"sys": inner, "fields": {"type": "object"}}}
    numbers = dict.fromkeys(("total", "skip", "limit"), NUMBER)
    parameters = [query("skip", "integer", minimum=0), query("limit", "integer", minimum=0, maximum=1000)]
    return document(parameters, envelope("items", entry, **numbers)), application(answer)


@DESIGNS.correct("from-id-inclusive")
def old_trades() -> Made:
    """The newest without a position; from an id on, that one included (Binance)."""

    def answer(args: Args) -> Any:
        found, size = rows(), number(args, "limit", 20, 1000)
        if "fromId" in args:
            return jsonify([row for row in found if row["id"] >= int(args["fromId"])][:size])
        return jsonify(found[-size:])

    start = query("fromId", "integer", description="Trade id to fetch from. Default gets most recent trades.")
    return document([query("limit", "integer", maximum=1000, minimum=1), start], ARRAY), application(answer)


@DESIGNS.correct("fullnames", limit_free="passed")
def listing() -> Made:
    """after and before are names of records; count is only for the numbers that are shown (Reddit)."""

    def answer(args: Args) -> Any:
        found, size = rows("t3_"), min(100, whole(args, "limit", 25))
        known = [row["id"] for row in found]
        start = known.index(args["after"]) + 1 if args.get("after") in known else 0
        if args.get("before") in known:
            end = known.index(args["before"])
            start, size = max(0, end - size), min(size, end)
        page = found[start : start + size]
        children = [{"kind": "t3", "data": {"name": row["id"], "title": row["name"]}} for row in page]
        after = page[-1]["id"] if start + size < len(found) else None
        before = page[0]["id"] if start and page else None
        return {"kind": "Listing", "data": {"children": children, "after": after, "before": before, "dist": len(page)}}

    inner = {"type": "object", "properties": {"name": TEXT, "title": TEXT}}
    child = {"type": "object", "properties": {"kind": TEXT, "data": inner}}
    data = envelope("children", child, after=LINK, before=LINK, dist=NUMBER)
    limit = query("limit", "integer", description="the maximum number of items desired (default: 25, maximum: 100)")
    count = query("count", "integer", default=0, description="the number of items already seen in this listing")
    parameters = [query("after"), query("before"), count, limit]
    return document(parameters, {"type": "object", "properties": {"kind": TEXT, "data": data}}), application(answer)


@DESIGNS.correct("same-mark-at-the-end", limit_free="passed", total="passed")
def solr() -> Made:
    """cursorMark begins with ``*``; the end is where the mark stays the same; or start and rows (Solr)."""

    def answer(args: Args) -> Any:
        start, size, found = natural(args, "start"), natural(args, "rows", 10), rows("s")
        said: Document = {}
        if "cursorMark" in args:
            mark = args["cursorMark"]
            if start or not (mark == "*" or (mark.startswith("AoE") and mark[3:].isdigit())):
                return {"error": {"msg": "Unable to parse 'cursorMark'", "code": 400}}, 400
            start = 0 if mark == "*" else min(int(mark[3:]), 2**40)
            end = min(len(found), start + size)
            said["nextCursorMark"] = f"AoE{end}" if end > start else mark
        return {"response": {"numFound": len(found), "start": start, "docs": found[start : start + size]}, **said}

    response = envelope("docs", item("string"), numFound=NUMBER, start=NUMBER)
    mark = query("cursorMark", description="Specify * for the first request, then nextCursorMark.")
    parameters = [query("start", "integer"), query("rows", "integer"), mark]
    return document(parameters, {"type": "object", "properties": {"response": response, "nextCursorMark": TEXT}}), (
        application(answer)
    )


DESIGNS.faulty("is-last-false-on-a-full-last-page", "has-more")(partial(boards, bug="last"))
DESIGNS.faulty("next-url-skips-one", "links")(partial(tracks, bug="next"))
DESIGNS.faulty("large-first-skips-one", "offset-slice", also=["limit-free"])(partial(realm_users, bug="skip"))
DESIGNS.faulty("link-by-id-skips-one", "limit-free", also=["links"])(partial(timeline, bug="skip"))
DESIGNS.faulty("next-records-begin-too-late", "total", also=["limit-free"])(partial(soql, bug="skip"))
