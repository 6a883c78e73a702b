"""`mockserver check` on servers that want something before they answer: parameters, credentials, patience, care."""

from __future__ import annotations

import base64
import gzip
import importlib
import json
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response, jsonify, redirect, request

from tests.support.checking import check, check_in_a_process, rows, summary
from tests.support.list_app import FEW, RECORDS, Change, Refusal, application, contract, parameter, secured, serving

QUICK = ("--laws-only", "--law", "total", "--budget", "60")


def judged(
    tmp_path: Path,
    app: Flask,
    paths: tuple[str, ...] = ("/things",),
    *args: str,
    change: Change | None = None,
    prefix: str = "",
    environment: dict[str, str] | None = None,
) -> tuple[int, str, str]:
    """Judge an application by the contract of lists at these paths."""
    path = contract(tmp_path / "contract.yaml", *paths, change=change)
    with serving(app) as base_url:
        return check(f"{base_url}{prefix}", "--contract", str(path), *args, environment=environment)


def unless(is_fine: Callable[[], Any], body: Any = None, status: int = 401) -> Callable[[], Any]:
    """Refuse every request that is not fine."""
    return lambda: None if is_fine() else (jsonify(body or {"detail": "no"}), status)


# Parameters -----------------------------------------------------------------------------------------------------------


def things_of_shops() -> Flask:
    """Two shops; the second one has more things."""
    app = application({"/shops": [{"id": "a"}, {"id": "b"}]})
    served = application({"/things": FEW})

    @app.get("/shops/<shop>/things")
    def things(shop: str) -> Any:
        if shop not in ("a", "b"):
            return jsonify({"detail": "unknown shop"}), 404
        answer = served.test_client().get("/things", query_string=request.query_string)
        if shop == "a" and answer.status_code == 200:
            body = answer.get_json()
            body["items"], body["meta"]["total"] = [], 0
            return jsonify(body)
        return Response(answer.data, answer.status_code, content_type=answer.content_type)

    return app


def in_path(whole: dict[str, Any]) -> None:
    parameter(whole, "/shops/{shopId}/things", "path", "shopId")


def test_a_path_parameter_comes_from_the_list_of_parents(tmp_path: Path) -> None:
    """The parent that has records is walked."""
    paths = ("/shops", "/shops/{shopId}/things")
    code, out, err = judged(tmp_path, things_of_shops(), paths, *QUICK, "--operation", "*things", change=in_path)
    assert (code, err) == (0, "")
    assert rows(out) == {"total": "passed"}
    assert "asked with shopId=b, from the list of parents" in out


def test_parents_that_show_the_same_records_are_told(tmp_path: Path) -> None:
    app = application({"/shops": [{"id": "a"}, {"id": "b"}], "/shops/<shop>/things": FEW})
    paths = ("/shops", "/shops/{shopId}/things")
    code, out, _ = judged(tmp_path, app, paths, *QUICK, "--operation", "*things", change=in_path)
    assert code == 0
    assert "shopId=a, shopId=b show the same records: the server may ignore shopId" in out


def test_a_path_parameter_is_given(tmp_path: Path) -> None:
    args = (*QUICK, "--param", "shopId=b")
    code, out, _ = judged(tmp_path, things_of_shops(), ("/shops/{shopId}/things",), *args, change=in_path)
    assert (code, rows(out)) == (0, {"total": "passed"})


def test_a_missing_parameter_is_named_and_other_lists_are_judged(tmp_path: Path) -> None:
    paths = ("/shops/{shopId}/things", "/shops")
    app = application({"/shops/<shop>/things": FEW, "/shops": [], "/others": FEW})
    code, out, _ = judged(tmp_path, app, (*paths, "/others"), *QUICK, change=in_path)
    assert code == 0
    table = summary(out)
    assert table["GET /others"][0] == "passed"
    assert table["GET /shops/{shopId}/things"][0] == "not judged"
    assert "no value for the required parameter shopId (path)" in out
    assert "give --param shopId=VALUE" in out


@pytest.mark.parametrize("location", ["query", "header", "cookie"])
@pytest.mark.parametrize("source", ["option", "example", "enum", "profile"])
def test_required_parameters_go_along_in_every_request(tmp_path: Path, location: str, source: str) -> None:
    def sent() -> bool:
        places = {"query": request.args, "header": request.headers, "cookie": request.cookies}
        return places[location].get("tenant") == "acme"  # type: ignore[attr-defined, no-any-return]

    def change(whole: dict[str, Any]) -> None:
        more: dict[str, Any] = {"example": "acme"} if source == "example" else {}
        more |= {"schema": {"type": "string", "enum": ["acme", "other"]}} if source == "enum" else {}
        parameter(whole, "/things", location, "tenant", **more)

    args: tuple[str, ...] = ("--param", "tenant=acme") if source == "option" else ()
    if source == "profile":
        (tmp_path / "profile.toml").write_text('params = {tenant = "acme"}\n', encoding="utf-8")
        args = ("--profile", str(tmp_path / "profile.toml"))
    app = application({"/things": FEW}, unless(sent, status=422))
    code, out, err = judged(tmp_path, app, ("/things",), *QUICK, *args, change=change)
    assert (code, err, rows(out)) == (0, "", {"total": "passed"})


def test_a_parameter_that_the_contract_does_not_have_is_sent_in_every_query(tmp_path: Path) -> None:
    """In Schemathesis' own phases too."""
    app = application({"/things": FEW}, unless(lambda: request.args.get("tenant") == "acme", status=422))
    args = ("--law", "total", "--budget", "60", "--param", "tenant=acme", "--gentle")
    code, out, _ = judged(tmp_path, app, ("/things",), *args)
    assert (code, rows(out)) == (0, {"total": "passed"})
    asked = [target for method, target, _ in app.config["seen"] if target.startswith("/things") and method == "GET"]
    assert len(asked) > 40
    assert all("tenant=acme" in target for target in asked)


# Access ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scheme", "args", "environment"),
    [
        ({"type": "http", "scheme": "bearer"}, ("--bearer", "sesame"), {}),
        ({"type": "http", "scheme": "bearer"}, (), {"MOCKSERVER_BEARER": "sesame"}),
        ({"type": "http", "scheme": "bearer"}, (), {"MOCKSERVER_KEY": "sesame"}),
        ({"type": "http", "scheme": "basic"}, ("--basic", "joe:sesame"), {}),
        ({"type": "http", "scheme": "basic"}, (), {"MOCKSERVER_BASIC": "joe:sesame"}),
        ({"type": "apiKey", "in": "header", "name": "X-Pass"}, ("--api-key", "sesame"), {}),
        ({"type": "apiKey", "in": "query", "name": "pass"}, ("--api-key", "sesame"), {}),
        ({"type": "apiKey", "in": "query", "name": "pass"}, (), {"MOCKSERVER_KEY": "sesame"}),
        ({"type": "apiKey", "in": "cookie", "name": "pass"}, ("--api-key", "sesame"), {}),
        (None, ("--api-key", "sesame", "--api-key-in", "query:pass"), {}),
        (None, ("--bearer", "sesame"), {}),
    ],
)
def test_credentials_go_where_the_contract_or_an_option_says(
    tmp_path: Path, scheme: dict[str, Any] | None, args: tuple[str, ...], environment: dict[str, str]
) -> None:
    """No output has the secret, and the law of keys is judged; Schemathesis' own phases find no fault either."""
    coded = base64.b64encode(b"joe:sesame").decode()
    proofs = ("Bearer sesame", f"Basic {coded}")

    def proved() -> bool:
        values = (request.headers.get("X-Pass"), request.args.get("pass"), request.cookies.get("pass"))
        return request.headers.get("Authorization") in proofs or "sesame" in values

    app = application({"/things": FEW}, unless(proved))

    def change(whole: dict[str, Any]) -> None:
        whole["paths"]["/things"]["get"]["responses"]["401"] = {"description": ""}
        if scheme is not None:
            secured(**scheme)(whole)

    options = ("--law", "total", "--law", "key", "--law", "limits", "--budget", "120", *args)
    code, out, err = judged(tmp_path, app, ("/things",), *options, change=change, environment=environment)
    assert (code, err) == (0, ""), out
    assert rows(out)["total"] == "passed"
    if scheme is not None:
        assert rows(out)["key"] == "passed"
    assert "sesame" not in out
    assert coded not in out


def test_curl_lines_name_the_variable_of_a_key_in_the_query(tmp_path: Path) -> None:
    app = application({"/things": FEW}, unless(lambda: request.args.get("pass") == "sesame"))
    app.after_request(lambda answer: Response("{}", 500) if request.args.get("limit") == "1" else answer)
    change = secured(type="apiKey", **{"in": "query", "name": "pass"})
    code, out, _ = judged(
        tmp_path, app, ("/things",), "--laws-only", "--law", "no-crash", "--api-key", "sesame", change=change
    )
    assert code == 1
    assert 'pass=$MOCKSERVER_KEY"' in out
    assert "sesame" not in out


def test_oauth_client_credentials_are_renewed(tmp_path: Path) -> None:
    """A token is good for five requests."""
    uses: dict[str, int] = {}
    app = application({"/things": FEW})

    @app.post("/token")
    def token() -> Any:
        proof = request.authorization
        if proof is None or (proof.username, proof.password) != ("me", "sesame"):
            return jsonify({"error": "invalid_client"}), 401
        assert request.form["scope"] == "things:read"
        fresh = f"token-{len(uses)}"
        uses[fresh] = 0
        return jsonify({"access_token": fresh, "token_type": "bearer", "expires_in": 3600})

    @app.before_request
    def proved() -> Any:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if request.path == "/token":
            return None
        if given not in uses or uses[given] >= 5:
            return jsonify({"detail": "no"}), 401
        uses[given] += 1
        return None

    flow = {"clientCredentials": {"tokenUrl": "/token", "scopes": {"things:read": ""}}}
    options = (*QUICK, "--oauth-client-id", "me", "--oauth-client-secret", "sesame", "--concurrency", "1")
    code, out, err = judged(tmp_path, app, ("/things",), *options, change=secured(type="oauth2", flows=flow))
    assert (code, err, rows(out)) == (0, "", {"total": "passed"})
    assert len(uses) > 3
    wrong = (*QUICK, "--oauth-client-id", "me", "--oauth-client-secret", "wrong-one")
    code, out, err = judged(tmp_path, app, ("/things",), *wrong, change=secured(type="oauth2", flows=flow))
    assert code == 2
    assert "/token: no token: status 401, invalid_client" in err
    assert "wrong-one" not in out + err


def test_redirects_on_the_same_host_are_followed_and_told(tmp_path: Path) -> None:
    app = application({"/v2/things": FEW})
    app.add_url_rule("/things", view_func=lambda: redirect(f"/v2/things?{request.query_string.decode()}"))
    code, out, _ = judged(tmp_path, app, ("/things",), *QUICK)
    assert (code, rows(out)) == (0, {"total": "passed"})
    assert "/things to http://127.0.0.1" in out


def test_the_prefix_of_the_base_url_is_told_where_it_is_missing_or_twice(tmp_path: Path) -> None:
    app = application({"/api/v1/things": FEW})

    def below(whole: dict[str, Any]) -> None:
        whole["servers"] = [{"url": "https://api.example.com/api/v1"}]

    assert judged(tmp_path, app, ("/things",), *QUICK, change=below, prefix="/api/v1")[0] == 0
    code, _, err = judged(tmp_path, app, ("/things",), *QUICK, change=below)
    assert code == 2
    assert "the contract's servers are below /api/v1; give the base URL http://127.0.0.1" in err
    code, _, err = judged(tmp_path, app, ("/api/v1/things",), *QUICK, prefix="/api/v1")
    assert code == 2
    assert "the contract's paths begin with /api/v1 already; give the base URL http://127.0.0.1" in err


def test_a_contract_by_url_and_one_that_the_server_itself_serves(tmp_path: Path) -> None:
    path = contract(tmp_path / "contract.yaml", "/things")
    app = application({"/things": FEW}, unless(lambda: request.headers.get("X-Api-Key") == "k"))
    app.add_url_rule("/docs/openapi.yaml", view_func=lambda: path.read_text(encoding="utf-8"))
    with serving(app) as base_url:
        for where in (f"{base_url}/docs/openapi.yaml", "/docs/openapi.yaml"):
            report = ("--report", "json", "--report-dir", str(tmp_path))
            code, out, err = check(base_url, "--contract", where, *QUICK, "-H", "X-Api-Key: k", *report)
            assert (code, err, rows(out)) == (0, "", {"total": "passed"})
            made = json.loads((tmp_path / "json-report.json").read_text())
            assert made["contract"] == made["operations"][0]["source"] == f"{base_url}/docs/openapi.yaml"
        code, _, err = check(base_url, "--contract", "/nope.yaml", "-H", "X-Api-Key: k")
    assert code == 2
    assert f"cannot fetch the contract {base_url}/nope.yaml: status 404" in err


MODULE = """
import json
from tests.support.list_app import FEW, application

app = application({"/things": FEW})
create_app = lambda: app
broken = application({"/things": FEW})
broken.testing = True

@broken.before_request
def fail():
    from flask import request
    if request.args.get("limit") == "1":
        raise RuntimeError("boom")

async def asgi_raising_after_its_answer(scope, receive, send):
    async def note(message):
        await send({**message, "status": 500} if failing and "status" in message else message)

    failing = "limit=1&" in scope.get("query_string", b"").decode() + "&"
    scope["query_string"] = scope.get("query_string", b"").replace(b"limit=1", b"limit=2")
    await asgi(scope, receive, note)
    if failing:
        raise RuntimeError("boom")

async def asgi_cut(scope, receive, send):
    if b"limit=1&" in scope.get("query_string", b"") + b"&":
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})
    await asgi(scope, receive, send)

async def asgi(scope, receive, send):
    if scope["type"] != "http":
        raise RuntimeError("no lifespan")
    query = scope["query_string"].decode()
    if "limit=1&" in query + "&":
        raise RuntimeError("boom")
    answer = app.test_client().get(scope["path"], query_string=query)
    headers = [(b"content-type", answer.content_type.encode())]
    await send({"type": "http.response.start", "status": answer.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": answer.data})
"""


WANTING = """
count = [0]

def refuse():
    count[0] += 1
    return ({}, 429, {"Retry-After": "0"}) if count[0] % 7 == 0 else None

wanting = application({"/things": FEW}, refuse)

async def asgi_wanting(scope, receive, send):
    if scope["type"] != "http":
        raise RuntimeError("no lifespan")
    headers = [(name.decode(), value.decode("latin-1")) for name, value in scope["headers"]]
    target = {"path": scope["path"], "query_string": scope["query_string"].decode(), "method": scope["method"]}
    client = wanting.test_client(use_cookies=False)
    answer = client.open(**target, headers=headers)
    headers = [(name.lower().encode(), value.encode()) for name, value in answer.headers]
    await send({"type": "http.response.start", "status": answer.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": answer.data})
"""


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("app", 0),
        ("create_app", 0),
        ("create_app()", 0),
        ("broken", 1),
        ("asgi", 1),
        ("asgi_cut", 1),
        ("asgi_raising_after_its_answer", 1),
    ],
)
def test_an_application_of_a_module_is_judged_in_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, code: int
) -> None:
    """An exception in it is a 500, which is found."""
    (tmp_path / "judged_in_process.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    path = contract(tmp_path / "contract.yaml", "/things")
    options = ("--contract", str(path), "--laws-only", "--law", "no-crash")
    result, out, err = check(f"judged_in_process:{name}", *options)
    assert (result, err) == (code, "")
    assert rows(out) == {"no-crash": "failed" if code else "passed"}


@pytest.mark.parametrize("name", ["wanting", "asgi_wanting"])
def test_an_application_in_process_gets_what_a_server_gets_in_every_phase(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Its name, media types, parameters, a token and a key; it is waited for, and nothing but reads is sent."""
    (tmp_path / f"wanted_by_{name}.py").write_text(MODULE + WANTING, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))

    def change(whole: dict[str, Any]) -> None:
        whole["paths"]["/things"]["delete"] = {"operationId": "drop", "responses": {"204": {"description": ""}}}

    path = contract(tmp_path / "contract.yaml", "/things", change=change)
    access = ("--param", "tenant=acme", "--bearer", "sesame-1", "--api-key", "sesame-2", "--api-key-in", "cookie:pass")
    options = ("--contract", str(path), "--law", "total", "--budget", "40", "--read-only", *access)
    code, out, err = check(f"wanted_by_{name}:{name}", *options)
    assert (code, err) == (0, ""), out
    seen = importlib.import_module(f"wanted_by_{name}").wanting.config["seen"]
    assert {method for method, _, _ in seen} <= {"GET", "HEAD", "OPTIONS"}
    assert len(seen) > 100
    for _, target, headers in seen:
        assert "tenant=acme" in target
        assert headers["User-Agent"].startswith("mockserver-check/")
        assert headers["Accept"].startswith("application/json")
        assert (headers["Authorization"], headers["Cookie"]) == ("Bearer sesame-1", "pass=sesame-2")


# Care -----------------------------------------------------------------------------------------------------------------


def throttled(answer: Callable[[], Any], every: int = 7) -> Flask:
    """Refuse every seventh request in some way that says "not now"."""
    count = {"n": 0}

    def refuse() -> Any:
        count["n"] += 1
        return answer() if count["n"] % every == 0 else None

    return application({"/things": FEW}, refuse)


def retry_date() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=1), usegmt=True)


@pytest.mark.parametrize(
    "answer",
    [
        lambda: (jsonify({}), 429, {"Retry-After": "0"}),
        lambda: (jsonify({}), 503, {"Retry-After": "0"}),
        lambda: (jsonify({}), 403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()))}),
        lambda: (jsonify({}), 429, {"RateLimit-Reset": "0"}),
    ],
)
def test_a_server_that_limits_requests_is_waited_for_in_every_phase(tmp_path: Path, answer: Callable[[], Any]) -> None:
    """None of it is documented, and none of it is a finding."""
    code, out, err = judged(tmp_path, throttled(answer), ("/things",), "--budget", "60", "--gentle")
    assert (code, err) == (0, ""), out
    assert "failed" not in out


def test_a_date_to_wait_for_is_kept(tmp_path: Path) -> None:
    app = throttled(lambda: (jsonify({}), 503, {"Retry-After": retry_date()}), every=30)
    assert judged(tmp_path, app, ("/things",), *QUICK)[0] == 0


@pytest.mark.slow
def test_a_429_without_a_time_is_tried_three_times_then_the_list_is_inconclusive(tmp_path: Path) -> None:
    app = application({"/things": FEW, "/others": FEW})
    count = {"n": 0}

    @app.before_request
    def refuse() -> Any:
        count["n"] += request.path == "/things"
        return (jsonify({}), 429) if request.path == "/things" and count["n"] > 10 else None

    code, out, _ = judged(tmp_path, app, ("/things", "/others"), *QUICK, "--concurrency", "1")
    assert code == 0
    assert "the server limits requests (status 429), and waiting did not help" in out
    assert summary(out)["GET /things"][1] == "1 inconclusive"
    assert summary(out)["GET /others"][1] == "1 passed"
    assert count["n"] == 10 + 4


def half_a_second() -> None:
    time.sleep(0.5)


def two_each_second() -> Refusal:
    times: list[float] = []

    def refuse() -> Any:
        times.append(time.monotonic())
        while times[0] < times[-1] - 1:
            times.pop(0)
        if len(times) <= 2:
            return None
        times.pop()
        return jsonify({}), 429, {"Retry-After": "1"}

    return refuse


@pytest.mark.parametrize("refuse", [half_a_second, two_each_second()], ids=["slow", "limited"])
def test_a_time_budget_is_kept_and_spent_on_the_most_telling_laws(tmp_path: Path, refuse: Refusal) -> None:
    """By the laws and by the phases of Schemathesis; what was not reached is said."""
    started = time.monotonic()
    code, out, err = judged(tmp_path, application({"/things": FEW}, refuse), ("/things",), "--time-budget", "6s")
    assert time.monotonic() - started < 8
    assert (code, err) == (0, "")
    assert {rows(out)[law] for law in ("page-size", "no-repeat", "has-more", "total")} == {"passed"}
    left_out = re.search("Not reached within the budget: (.*)", out)
    assert left_out is not None
    assert {"sizes", "backward", "replays"} <= set(left_out[1].split(", "))
    assert "Note: the phases of Schemathesis ended early: the time budget ended" in out


def test_a_reader_sends_no_writes_and_a_gentle_one_nothing_hostile(tmp_path: Path) -> None:
    def more(whole: dict[str, Any]) -> None:
        whole["paths"]["/things"]["delete"] = {"operationId": "drop", "responses": {"204": {"description": ""}}}
        whole["paths"]["/jobs"] = {"post": {"operationId": "start", "responses": {"202": {"description": ""}}}}

    app = application({"/things": FEW})
    code, out, _ = judged(tmp_path, app, ("/things",), "--read-only", "--gentle", "--budget", "80", change=more)
    assert code == 0, out
    seen = app.config["seen"]
    assert {method for method, _, _ in seen} <= {"GET", "HEAD", "OPTIONS"}
    assert not [target for _, target, _ in seen if "%00" in target or "99999999999" in target]
    assert "Left out, to be gentle: " in out
    agents = {headers["User-Agent"].split("/")[0] for _, target, headers in seen if target.startswith("/things")}
    assert agents == {"mockserver-check"}


# Answers --------------------------------------------------------------------------------------------------------------


def test_the_media_type_of_the_contract_is_asked_for(tmp_path: Path) -> None:
    media = "application/vnd.things+json"

    def change(whole: dict[str, Any]) -> None:
        answer = whole["paths"]["/things"]["get"]["responses"]["200"]
        answer["content"] = {media: answer["content"]["application/json"]}

    app = application({"/things": FEW})

    @app.after_request
    def negotiate(answer: Response) -> Response:
        if request.accept_mimetypes.best_match([media, "text/html"], "text/html") == media:
            answer.content_type = media
            return answer
        return Response("<p>things</p>", content_type="text/html")

    options = ("--law", "total", "--law", "record", "--budget", "60", "--gentle")
    code, out, _ = judged(tmp_path, app, ("/things",), *options, change=change)
    assert code == 0, out
    assert set(rows(out).values()) == {"passed"}


def plain_gzip(answer: Response) -> Response:
    return Response(gzip.compress(answer.data), content_type="application/json")


def broken_gzip(answer: Response) -> Response:
    packed = gzip.compress(answer.data)
    return Response(
        packed[:10] + b"xxxx" + packed[14:], content_type="application/json", headers={"Content-Encoding": "gzip"}
    )


def cut_text(answer: Response) -> Response:
    return Response(answer.data[: len(answer.data) // 2], content_type="application/json")


def cut_short(answer: Response) -> Response:
    body = answer.data
    return Response(iter([body[:20]]), content_type="application/json", headers={"Content-Length": str(len(body))})


def empty(_: Response) -> Response:
    return Response(b"", content_type="application/json")


@pytest.mark.parametrize("spoil", [plain_gzip, broken_gzip, cut_text, cut_short, empty])
@pytest.mark.parametrize("always", [True, False])
def test_a_body_that_cannot_be_read_is_a_finding(
    tmp_path: Path, spoil: Callable[[Response], Response], always: bool
) -> None:
    app = application({"/things": RECORDS})
    app.after_request(
        lambda a: spoil(a) if a.status_code == 200 and (always or request.args.get("limit") == "7") else a
    )
    code, out, _ = judged(tmp_path, app, ("/things",), "--laws-only")
    assert code == 1, out
    assert rows(out)["no-crash"] == "failed"
    assert rows(out)["record"] != "failed"


def test_no_traceback_in_a_process_of_its_own(tmp_path: Path) -> None:
    path = contract(tmp_path / "contract.yaml", "/shops/{shopId}/things", change=in_path)
    with serving(application({"/others": FEW})) as base_url:
        code, _, err = check_in_a_process(base_url, "--contract", str(path))
    assert code == 2
    assert "give --param shopId=VALUE" in err
    assert json.dumps(err)
