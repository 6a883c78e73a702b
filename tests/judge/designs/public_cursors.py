"""Lists as well-known public APIs page them by cursor: each correct, as documented, and some with a bug."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import jsonify, request
from werkzeug.datastructures import MultiDict

from tests.judge.designs.design import Designs, Document, Made, application, document, envelope, query

DESIGNS = Designs()
Args = MultiDict[str, str]
TEXT: Document = {"type": "string"}
NUMBER: Document = {"type": "integer"}
FLAG: Document = {"type": "boolean"}
COUNT = 120
STATES = ("active", "paused", "closed")


def rows(prefix: str = "", count: int = COUNT) -> list[Document]:
    """Return records with an id, a state and a name; ids with a prefix are texts."""
    return [
        {
            "id": f"{prefix}{n * 7919 % 10007:05x}" if prefix else n,
            "status": STATES[n * 7 % 3],
            "name": f"Item {n * 11 % 17}",
        }
        for n in range(1, count + 1)
    ]


def item(kind: str = "integer") -> Document:
    """Return the schema of such a record."""
    properties = {"id": {"type": kind}, "status": {"type": "string", "enum": list(STATES)}, "name": TEXT}
    return {"type": "object", "required": ["id", "status", "name"], "properties": properties}


def number(args: Args, name: str, default: int, most: int, least: int = 1) -> int:
    """Return a page size that is refused where it is out of range."""
    size = int(args.get(name) or default)
    if not least <= size <= most:
        raise ValueError(f"{name} must be between {least} and {most}")
    return size


def chosen(found: list[Document], args: Args, name: str = "status") -> list[Document]:
    """Return the records that match the filter by state."""
    return [row for row in found if args.get(name, row["status"]) == row["status"]]


def token(args: Args, name: str) -> int:
    """Return the place that a token names; a token that was never issued is refused."""
    text = args.get(name, "")
    if text and not (text.startswith("tok-") and text[4:].isascii() and text[4:].isdigit()):
        raise ValueError(f"{name} is not valid")
    return int(text[4:]) if text else 0


def cut(found: list[Document], start: int, size: int) -> tuple[list[Document], str]:
    """Return a page and the token of the next one, empty where there is none."""
    return found[start : start + size], f"tok-{start + size}" if start + size < len(found) else ""


@DESIGNS.correct("ids-as-cursors-newest-first", limit_free="passed", has_more="passed", back="passed")
def charges(bug: str = "") -> Made:
    """Payments: starting_after and ending_before, has_more in the direction of travel (Stripe)."""
    kept = rows("ch_")

    def answer(args: Args) -> Any:
        size, found = number(args, "limit", 10, 100), chosen(kept, args)
        known = [row["id"] for row in found]
        after, before = args.get("starting_after"), args.get("ending_before")
        if {after, before} - {None, *known}:
            return {"error": {"message": "No such charge", "param": "starting_after"}}, 404
        if before is not None:
            end = known.index(before)
            return {"data": found[max(0, end - size) : end], "has_more": end > size, "object": "list"}
        start = 0 if after is None else known.index(after) + 1
        if bug == "skip" and after is not None:
            start += size % 3 == 0
        more = start + size < len(found) if bug != "more" else start + size <= len(found)
        return {"data": found[start : start + size], "has_more": more, "object": "list"}

    parameters = [
        query("limit", "integer", minimum=1, maximum=100, default=10),
        query("starting_after", maxLength=5000),
        query("ending_before", maxLength=5000),
        query("status", enum=list(STATES)),
    ]
    return document(parameters, envelope("data", item("string"), has_more=FLAG, object=TEXT)), application(answer)


@DESIGNS.correct("empty-cursor-at-the-end", limit_free="passed", cursor_accepted="passed")
def channels(bug: str = "") -> Made:
    """Channels: the cursor in response_metadata, an empty text at the end (Slack)."""

    def answer(args: Args) -> Any:
        start, size = token(args, "cursor"), number(args, "limit", 100, 999)
        found = chosen(rows("C"), {} if bug == "filter" and start else args)  # type: ignore[arg-type]
        page, following = cut(found, start, size)
        return {"ok": True, "channels": page, "response_metadata": {"next_cursor": following}}

    parameters = [
        query("cursor"),
        query("limit", "integer", default=100, description="Maximum number of items, under 1000."),
        query("status", enum=list(STATES)),
    ]
    metadata = {"type": "object", "properties": {"next_cursor": TEXT}}
    answered = envelope("channels", item("string"), ok=FLAG, response_metadata=metadata)
    return document(parameters, answered), application(answer)


@DESIGNS.correct("failure-is-a-200")
def members() -> Made:
    """A refusal has status 200, and says so by ``ok: false`` (Slack)."""

    def answer(args: Args) -> Any:
        try:
            page, following = cut(rows("U"), token(args, "cursor"), number(args, "limit", 100, 999))
        except ValueError as error:
            return {"ok": False, "error": str(error)}
        return {"ok": True, "members": page, "response_metadata": {"next_cursor": following}}

    metadata = {"type": "object", "properties": {"next_cursor": TEXT}}
    good = envelope("members", item("string"), ok={"const": True}, response_metadata=metadata)
    bad = {"type": "object", "required": ["ok", "error"], "properties": {"ok": {"const": False}, "error": TEXT}}
    answered = {"anyOf": [good, bad]}
    return document([query("cursor"), query("limit", "integer", default=100)], answered), application(answer)


@DESIGNS.correct("start-cursor", limit_free="passed", has_more="passed")
def users(bug: str = "") -> Made:
    """Users: start_cursor, next_cursor null at the end, has_more (Notion)."""

    def answer(args: Args) -> Any:
        start, size = token(args, "start_cursor"), number(args, "page_size", 100, 100)
        page, following = cut(rows("u-"), start, size)
        if bug == "repeat" and start:
            page, following = cut(rows("u-"), start - 1, size)
        return {"object": "list", "results": page, "next_cursor": following or None, "has_more": bool(following)}

    parameters = [query("start_cursor"), query("page_size", "integer", default=100, maximum=100, minimum=1)]
    answered = envelope("results", item("string"), next_cursor={"type": ["string", "null"]}, has_more=FLAG, object=TEXT)
    return document(parameters, answered), application(answer)


@DESIGNS.correct("nothing-is-an-empty-object", limit_free="passed", filter_complete="passed")
def short_pages() -> Made:
    """Short pages, sizes brought within bounds, an empty array or token is left out (Google)."""

    def answer(args: Args) -> Any:
        size, start = int(args.get("pageSize", "0")), token(args, "pageToken")
        if size < 0:
            return {"error": {"code": 400, "message": "pageSize must not be negative"}}, 400
        page, following = cut(chosen(rows(), args), start, max(1, min(size or 20, 25) - start % 3))
        return {
            key: value
            for key, value in (("books", page), ("nextPageToken", following), ("totalSize", COUNT if page else 0))
            if value and key != "totalSize"
        }

    size = query("pageSize", "integer", description="Fewer may be returned. The maximum is 25; more is coerced to it.")
    answered = envelope("books", item(), nextPageToken=TEXT)
    del answered["required"]
    return document([size, query("pageToken"), query("status", enum=list(STATES))], answered), application(answer)


@DESIGNS.correct("empty-pages-with-a-token", limit_free="passed", filter_complete="passed")
def scanned() -> Made:
    """A filter is applied to what was read: pages may be empty while a token is there (AWS)."""

    def answer(args: Args) -> Any:
        start, size = token(args, "NextToken"), number(args, "MaxResults", 20, 50)
        page, following = cut(rows("i-"), start, size)
        said = {"NextToken": following} if following else {}
        return {"Instances": chosen(page, args, "Status"), **said}

    parameters = [query("MaxResults", "integer", minimum=1, maximum=50), query("NextToken"), query("Status")]
    return document(parameters, envelope("Instances", item("string"), NextToken=TEXT)), application(answer)


@DESIGNS.correct("count-of-this-page", limit_free="passed", total="not applicable")
def scan() -> Made:
    """Count is how many records this answer has; the last key is there while more may follow (DynamoDB)."""

    def answer(args: Args) -> Any:
        start, size = token(args, "ExclusiveStartKey"), number(args, "Limit", 20, 50)
        page, following = cut(rows("k"), start, size)
        said = {"LastEvaluatedKey": following} if following else {}
        return {"Items": page, "Count": len(page), "ScannedCount": len(page), **said}

    parameters = [query("Limit", "integer", minimum=1), query("ExclusiveStartKey")]
    answered = envelope("Items", item("string"), Count=NUMBER, ScannedCount=NUMBER, LastEvaluatedKey=TEXT)
    return document(parameters, answered), application(answer)


@DESIGNS.correct("result-count-of-this-page", limit_free="passed")
def tweets(bug: str = "") -> Made:
    """pagination_token takes next_token and previous_token; result_count is of this page (Twitter)."""

    def answer(args: Args) -> Any:
        size, start = number(args, "max_results", 10, 100, 5), token(args, "pagination_token")
        page, following = cut(rows("9"), start + (bug == "skip" and start > 0), size)
        meta: Document = {"result_count": len(page)}
        meta |= {"next_token": following} if following else {}
        meta |= {"previous_token": f"tok-{max(0, start - size)}"} if start else {}
        return {"data": page, "meta": meta}

    meta = {"type": "object", "properties": {"result_count": NUMBER, "next_token": TEXT, "previous_token": TEXT}}
    parameters = [
        query("max_results", "integer", minimum=5, maximum=100, default=10),
        query("pagination_token", description="Used to request the next or the previous page."),
    ]
    return document(parameters, envelope("data", item("string"), meta=meta)), application(answer)


@DESIGNS.correct("next-and-previous-token-in-one-parameter", limit_free="passed")
def videos() -> Made:
    """One parameter takes nextPageToken and prevPageToken; a part is required; the total is approximate (YouTube)."""

    def answer(args: Args) -> Any:
        if not args.get("part"):
            return {"error": {"code": 400, "message": "No filter selected: part"}}, 400
        size, start = number(args, "maxResults", 5, 50, 0), token(args, "pageToken")
        page, following = cut(rows("yt"), start, size)
        said = {"nextPageToken": following} if following and size else {}
        said |= {"prevPageToken": f"tok-{max(0, start - size)}"} if start else {}
        return {"items": page, "pageInfo": {"totalResults": 1_000_000, "resultsPerPage": size}, **said}

    totals = {"totalResults": {**NUMBER, "description": "Total number of results: an approximation."}}
    info = {"type": "object", "properties": {**totals, "resultsPerPage": NUMBER}}
    parameters = [
        query("part", required=True, enum=["id", "snippet"]),
        query("maxResults", "integer", minimum=0, maximum=50, default=5),
        query("pageToken"),
    ]
    answered = envelope("items", item("string"), nextPageToken=TEXT, prevPageToken=TEXT, pageInfo=info)
    return document(parameters, answered), application(answer)


@DESIGNS.correct("cursor-below-paging-next", limit_free="passed", filter_complete="passed")
def contacts(bug: str = "") -> Made:
    """paging.next.after and its link; no paging on the last page (HubSpot)."""

    def answer(args: Args) -> Any:
        start, size = token(args, "after"), number(args, "limit", 10, 100)
        page, following = cut(chosen(rows("c"), args), start, size)
        if not following and bug != "endless":
            return {"results": page}
        following = following or "tok-0"
        kept = "".join(f"&{name}={args[name]}" for name in ("status",) if name in args)
        link = f"{request.base_url}?limit={size}&after={following}{kept}"
        return {"results": page, "paging": {"next": {"after": following, "link": link}}}

    following = {"type": "object", "properties": {"after": TEXT, "link": TEXT}}
    paging = {"type": "object", "properties": {"next": following}}
    parameters = [query("limit", "integer", default=10), query("after"), query("status")]
    return document(parameters, envelope("results", item("string"), paging=paging)), application(answer)


@DESIGNS.correct("continue", limit_free="passed", total="not applicable")
def pods(bug: str = "") -> Made:
    """metadata.continue goes back as continue; remainingItemCount (Kubernetes)."""

    def answer(args: Args) -> Any:
        start, size = token(args, "continue"), int(args.get("limit") or 0)
        if size < 0:
            raise ValueError("limit")
        page, following = cut(rows("pod-"), start, size or 1000)
        if bug == "skip" and start:
            page = page[1:] if len(page) > 2 else page
        metadata: Document = {"resourceVersion": "12"}
        if following:
            metadata |= {"continue": following, "remainingItemCount": COUNT - start - len(page)}
        return {"kind": "PodList", "metadata": metadata, "items": page}

    metadata = {
        "type": "object",
        "properties": {"continue": TEXT, "remainingItemCount": NUMBER, "resourceVersion": TEXT},
    }
    parameters = [query("limit", "integer"), query("continue"), query("labelSelector")]
    return document(parameters, envelope("items", item("string"), kind=TEXT, metadata=metadata)), application(answer)


@DESIGNS.correct("next-goes-back-as-next", limit_free="passed")
def assets() -> Made:
    """A field ``next`` that is no URL goes back in a parameter ``next`` (OpenSea)."""

    def answer(args: Args) -> Any:
        page, following = cut(rows("nft"), token(args, "next"), number(args, "limit", 20, 50))
        return {"assets": page, "next": following or None}

    parameters = [query("limit", "integer", minimum=1, maximum=50), query("next")]
    answered = envelope("assets", item("string"), next={"type": ["string", "null"]})
    return document(parameters, answered), application(answer)


@DESIGNS.correct("offset-is-a-token", limit_free="passed")
def tables() -> Made:
    """``offset`` is a text from the answer before (Airtable)."""

    def answer(args: Args) -> Any:
        page, following = cut(rows("rec"), token(args, "offset"), number(args, "pageSize", 100, 100))
        return {"records": page, **({"offset": following} if following else {})}

    parameters = [query("pageSize", "integer", maximum=100), query("offset"), query("maxRecords", "integer")]
    return document(parameters, envelope("records", item("string"), offset=TEXT)), application(answer)


@DESIGNS.correct("next-page-with-offset-and-url", limit_free="passed")
def tasks() -> Made:
    """``next_page`` is null or an object with the token, the path and the URL (Asana)."""

    def answer(args: Args) -> Any:
        size = number(args, "limit", 20, 100)
        page, following = cut(rows("12"), token(args, "offset"), size)
        path = f"/things?limit={size}&offset={following}"
        said = {"offset": following, "path": path, "uri": request.host_url.rstrip("/") + path} if following else None
        return {"data": page, "next_page": said}

    said = {"type": ["object", "null"], "properties": {"offset": TEXT, "path": TEXT, "uri": TEXT}}
    parameters = [query("limit", "integer", minimum=1, maximum=100), query("offset")]
    return document(parameters, envelope("data", item("string"), next_page=said)), application(answer)


@DESIGNS.correct("cursors-on-each-page", limit_free="passed")
def edges() -> Made:
    """Cursors are always there, also on the last page; only the link ends (Facebook)."""

    def answer(args: Args) -> Any:
        size, found = number(args, "limit", 25, 100), rows("1")
        start = token(args, "after")
        if "before" in args:
            end = token(args, "before")
            start, size = max(0, end - size), min(size, end)
        page = found[start : start + size]
        if not page:
            return {"data": []}
        cursors = {"before": f"tok-{start}", "after": f"tok-{start + len(page)}"}
        said: Document = {"cursors": cursors}
        if start + size < len(found):
            said["next"] = f"{request.base_url}?limit={size}&after={cursors['after']}"
        if start:
            said["previous"] = f"{request.base_url}?limit={size}&before={cursors['before']}"
        return {"data": page, "paging": said}

    cursors = {"type": "object", "properties": {"before": TEXT, "after": TEXT}}
    paging = {"type": "object", "properties": {"cursors": cursors, "next": TEXT, "previous": TEXT}}
    parameters = [query("limit", "integer"), query("after"), query("before")]
    return document(parameters, envelope("data", item("string"), paging=paging)), application(answer)


@DESIGNS.correct("connection", limit_free="passed", has_more="passed")
def connection(bug: str = "") -> Made:
    """first/after and last/before, pageInfo with both cursors and both flags (GraphQL's connections)."""

    def answer(args: Args) -> Any:
        found, start = rows("g"), token(args, "after")
        end = token(args, "before") if args.get("before") else len(found)
        size = number(args, "last" if "before" in args else "first", 10, 50)
        if "before" in args:
            start = max(0, end - size)
        page = found[start : min(start + size, end)]
        info = {
            "hasNextPage": start + len(page) < len(found),
            "hasPreviousPage": start > 0,
            "startCursor": f"tok-{start}" if page else None,
            "endCursor": f"tok-{start + len(page)}" if page else None,
        }
        if bug == "more":
            info["hasNextPage"] = len(page) == size
        return {"nodes": page, "pageInfo": info}

    cursor = {"type": ["string", "null"]}
    info = {"hasNextPage": FLAG, "hasPreviousPage": FLAG, "startCursor": cursor, "endCursor": cursor}
    sizes = [query(name, "integer", minimum=1, maximum=50) for name in ("first", "last")]
    parameters = [*sizes, query("after"), query("before")]
    answered = envelope("nodes", item("string"), pageInfo={"type": "object", "properties": info})
    return document(parameters, answered), application(answer)


@DESIGNS.correct("continue-object", walk_ends="passed", cursor_accepted="passed")
def all_pages() -> Made:
    """The object ``continue`` holds the parameters of the next request; a size may be the word max (MediaWiki)."""

    def answer(args: Args) -> Any:
        text = args.get("aplimit", "10")
        size = 50 if text == "max" else min(50, max(1, int(text)))
        page, following = cut(rows(), token(args, "apcontinue"), size)
        more = {"continue": {"apcontinue": following, "continue": "-||"}} if following else {}
        return {"batchcomplete": True, **more, "query": {"allpages": page}}

    inner = {"type": "object", "properties": {"apcontinue": TEXT, "continue": TEXT}}
    properties = {"batchcomplete": FLAG, "continue": inner, "query": envelope("allpages", item())}
    parameters = [
        query("aplimit", "string", description="How many pages to return: a number of at most 50, or max."),
        query("apcontinue", description="When more results are available, use this to continue."),
    ]
    return document(parameters, {"type": "object", "properties": properties}), application(answer)


@DESIGNS.correct("cursors-in-headers-of-the-vendor", limit_free="passed")
def trades() -> Made:
    """The page before is the newer one; cursors are in headers of the vendor (Coinbase)."""

    def answer(args: Args) -> Any:
        newest, size = rows()[::-1], number(args, "limit", 20, 100)
        if "before" in args:
            page = [row for row in newest if row["id"] > int(args["before"])][:size]
        else:
            page = [row for row in newest if row["id"] < int(args.get("after", "1000"))][:size]
        response = jsonify(page)
        if page:
            response.headers["CB-BEFORE"], response.headers["CB-AFTER"] = str(page[0]["id"]), str(page[-1]["id"])
        return response

    before = query("before", "integer", description="Request page before (newer) this pagination id.")
    after = query("after", "integer", description="Request page after (older) this pagination id.")
    parameters = [query("limit", "integer", minimum=1, maximum=100), before, after]
    return document(parameters, {"type": "array", "items": item()}), application(answer)


DESIGNS.faulty("ids-as-cursors-has-more-at-the-end", "has-more")(partial(charges, bug="more"))
DESIGNS.faulty("ids-as-cursors-skips-one-at-some-sizes", "limit-free", also=["filter-complete"])(
    partial(charges, bug="skip")
)
DESIGNS.faulty("cursor-forgets-the-filter", "filter-sound")(partial(channels, bug="filter"))
DESIGNS.faulty("page-begins-with-the-last-record", "no-repeat", also=["walk-ends", "limit-free"])(
    partial(users, bug="repeat")
)
DESIGNS.faulty("token-skips-one", "limit-free")(partial(tweets, bug="skip"))
DESIGNS.faulty("last-page-leads-to-the-first", "walk-ends", also=["links", "no-repeat"])(
    partial(contacts, bug="endless")
)
DESIGNS.faulty("continue-skips-one", "limit-free")(partial(pods, bug="skip"))
DESIGNS.faulty("connection-says-more-of-each-full-page", "has-more")(partial(connection, bug="more"))
