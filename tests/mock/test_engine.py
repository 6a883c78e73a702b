"""The pipeline, with contracts of many kinds, compared with records in a plain list."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.contract import load_contract
from mockserver.mock.engine import Engine
from mockserver.mock.messages import Reply, Request
from mockserver.mock.request.api_keys import key_header
from mockserver.semantics import list_operations
from mockserver.state.memory import MemoryState
from mockserver.values.encode import encode
from mockserver.world.model import World

NOON = datetime(2025, 1, 15, 12, tzinfo=UTC)


class ListSelection:
    def __init__(self, ordinals: Sequence[int]) -> None:
        self.ordinals = ordinals
        self.count = len(ordinals)

    def ordinal(self, rank: int) -> int:
        return self.ordinals[rank]

    def rank(self, ordinal: int) -> int:
        return sum(o < ordinal for o in self.ordinals)


@dataclass
class ListDataset:
    """Records in a list; ``removed`` are ordinals that no selection has."""

    records: list[dict[str, Any]]
    removed: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        self.size = len(self.records)

    def matching(self, filters: Mapping[str, Any]) -> list[dict[str, Any]]:
        return [self.records[o] for o in self.select(filters).ordinals]

    def select(self, filters: Mapping[str, Any]) -> ListSelection:
        present = [i for i in range(self.size) if i not in self.removed]
        return ListSelection([i for i in present if all(self.records[i][n] == v for n, v in filters.items())])

    def record(self, ordinal: int) -> dict[str, Any]:
        return dict(self.records[ordinal])


def rows(count: int) -> list[dict[str, Any]]:
    colours = ("red", "green", "Red")
    return [
        {"id": f"r{i}", "colour": colours[i % 3], "rank": i % 4, "at": "2025-01-01T00:00:00Z", "seen": None}
        for i in range(count)
    ]


ITEM: dict[str, Any] = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "string"},
        "colour": {"type": "string"},
        "rank": {"type": "integer"},
        "at": {"type": "string", "format": "date-time"},
        "seen": {"type": ["string", "null"], "format": "date-time"},
        "labels": {"type": "array", "items": {"type": "string"}},
    },
}
TEXT = {"type": ["string", "null"]}
META = {
    "type": "object",
    "properties": {
        "total": {"type": ["integer", "null"]},
        "offset": {"type": ["integer", "null"]},
        "limit": {"type": ["integer", "null"]},
        "has_more": {"type": ["boolean", "null"]},
        "after": TEXT,
        "before": TEXT,
    },
}
LIMIT = {"type": "integer", "minimum": 1, "maximum": 10, "default": 4}
FULL = {
    "colour": TEXT,
    "rank": {"type": ["integer", "null"]},
    "limit": LIMIT,
    "after": TEXT,
    "before": TEXT,
    "offset": {"type": ["integer", "null"], "minimum": 0, "maximum": 2**63 - 1},
}


def body(items: str = "result", **fields: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": [items],
        "properties": {items: {"type": "array", "items": ITEM}, **fields},
    }


def operation(query: Mapping[str, Any], answer: Any, *, refusal: Any = None, **more: Any) -> dict[str, Any]:
    parameters = [{"name": n, "in": "query", "schema": s} for n, s in query.items()]
    responses = {"200": {"description": "", "content": {"application/json": {"schema": answer}}}}
    if refusal is not None:
        responses["422"] = {"description": "", "content": {"application/json": {"schema": refusal}}}
    return {"operationId": "things", "parameters": parameters + more.pop("extra", []), "responses": responses, **more}


@dataclass
class Bench:
    """An engine, the list of its records, and short ways to send requests."""

    engine: Engine
    data: ListDataset
    path: str = "/things"

    def ask(self, *, method: str = "GET", path: str | None = None, headers: Any = (), **query: Any) -> Reply:
        pairs = tuple((n, v) for n, value in query.items() for v in (value if isinstance(value, list) else [value]))
        pairs = tuple((n, str(v)) for n, v in pairs)
        return self.engine.handle(Request(method, path or self.path, pairs, tuple(headers)))

    def page(self, **query: Any) -> Any:
        reply = self.ask(**query)
        assert reply.status == 200, reply.body
        return json.loads(reply.body)

    def faults(self, **query: Any) -> list[dict[str, Any]]:
        reply = self.ask(**query)
        assert reply.status == 422, reply.body
        details = json.loads(reply.body)
        found: list[dict[str, Any]] = details["detail"]
        return found


class Bencher:
    """Makes benches: writes a contract, reads it, and gives it a list of records."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = NOON
        self.keys: list[str | None] = []

    def __call__(self, operations: Mapping[str, Any], *, records: int | list[Any] = 23, **options: Any) -> Bench:
        paths = operations if any(k.startswith("/") for k in operations) else {"/things": {"get": operations}}
        document = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": paths}
        document |= options.pop("document", {})
        file = self.folder / "contract.yaml"
        file.write_text(yaml.safe_dump(document))
        data = ListDataset(rows(records) if isinstance(records, int) else records)

        def worlds(key: str | None) -> World:
            self.keys.append(key)
            return World(f"world-of-{key}", "seed", {"things": data})

        options.setdefault("generate", lambda schema, world, path: f"fake {'/'.join(path)}")
        options.setdefault("state", MemoryState())
        contract = load_contract(file)
        options.setdefault("semantics", list_operations(contract))
        engine = Engine(contract, worlds, clock=lambda: self.now, **options)
        return Bench(engine, data)


@pytest.fixture
def bencher(tmp_path: Path) -> Bencher:
    return Bencher(tmp_path)


@pytest.fixture
def full(bencher: Bencher) -> Bench:
    return bencher(
        operation(FULL, body(meta={"anyOf": [META, {"type": "null"}]}, success={"type": "boolean", "default": True}))
    )


def ids(page: Any) -> list[str]:
    return [r["id"] for r in page["result"]]


def cut(records: Sequence[Any], start: int, count: int) -> list[str]:
    return [r["id"] for r in records[start : start + count]]


# Pages --------------------------------------------------------------------------------------------------------------


def test_the_first_page_and_its_meta(full: Bench) -> None:
    page = full.page()
    assert ids(page) == ["r0", "r1", "r2", "r3"]
    assert page["success"] is True
    assert {**page["meta"], "after": "?"} == {
        "total": 23,
        "offset": None,
        "limit": None,
        "has_more": True,
        "after": "?",
        "before": None,
    }


@pytest.mark.parametrize("limit", [1, 4, 7, 10])
@pytest.mark.parametrize("filters", [{}, {"colour": "red"}, {"rank": 2}, {"colour": "Red", "rank": 1}, {"colour": "x"}])
def test_walks_forward_and_back_show_the_list(full: Bench, limit: int, filters: dict[str, Any]) -> None:
    expected = [r["id"] for r in full.data.matching(filters)]
    query: dict[str, Any] = {"limit": limit, **filters}
    pages = [full.page(**query)]
    while pages[-1]["meta"]["after"] is not None:
        assert len(pages) < 30
        pages.append(full.page(after=pages[-1]["meta"]["after"], **query))
    assert [i for p in pages for i in ids(p)] == expected
    assert all(p["meta"]["total"] == len(expected) for p in pages)
    assert [p["meta"]["has_more"] for p in pages] == [True] * (len(pages) - 1) + [False]
    back = [pages[-1]]
    while back[-1]["meta"]["before"] is not None:
        assert len(back) < 30
        back.append(full.page(before=back[-1]["meta"]["before"], **query))
    assert [i for p in reversed(back) for i in ids(p)] == expected
    assert [p["meta"]["has_more"] for p in back[1:]] == ([True] * (len(back) - 2) + [False] if len(back) > 1 else [])


def test_before_gives_the_page_that_precedes_the_cursor_in_list_order(full: Bench) -> None:
    page = full.page(offset=15, limit=3)
    before = full.page(before=page["meta"]["before"], limit=4)
    assert ids(before) == ["r11", "r12", "r13", "r14"]
    assert before["meta"]["has_more"] is True
    assert ids(full.page(after=before["meta"]["after"], limit=2)) == ["r15", "r16"]
    start = full.page(before=full.page(offset=2, limit=1)["meta"]["before"], limit=4)
    assert ids(start) == ["r0", "r1"]
    assert (start["meta"]["has_more"], start["meta"]["before"]) == (False, None)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(offset=st.integers(0, 30) | st.just(2**63 - 1), limit=st.integers(1, 10))
def test_an_offset_is_a_slice(full: Bench, offset: int, limit: int) -> None:
    page = full.page(offset=offset, limit=limit)
    assert ids(page) == cut(full.data.records, offset, limit)
    assert (page["meta"]["offset"], page["meta"]["limit"], page["meta"]["total"]) == (offset, limit, 23)
    if not page["result"]:
        assert (page["meta"]["has_more"], page["meta"]["after"], page["meta"]["before"]) == (False, None, None)


def test_offset_and_limit_are_echoed_only_with_an_offset(full: Bench) -> None:
    assert full.page(limit=3)["meta"]["limit"] is None
    assert full.page(offset=0)["meta"] | {"after": 0} == {
        "total": 23, "offset": 0, "limit": 4, "has_more": True, "after": 0, "before": None,
    }  # fmt: skip


def test_a_cursor_works_at_any_page_size_and_in_any_order_of_filters(full: Bench) -> None:
    cursor = full.page(limit=2, colour="red", rank=0)["meta"]["after"]
    assert cursor is None
    cursor = full.page(limit=1, colour="red")["meta"]["after"]
    assert ids(full.page(colour="red", limit=2, after=cursor)) == ["r3", "r6"]


def test_a_cursor_remains_valid_without_its_record(full: Bench) -> None:
    page = full.page(offset=4, limit=4)
    full.data.removed = frozenset({4, 7})
    assert ids(full.page(after=page["meta"]["after"], limit=2)) == ["r8", "r9"]
    assert ids(full.page(before=page["meta"]["before"], limit=2)) == ["r2", "r3"]


def test_an_empty_list_has_an_empty_page(bencher: Bencher) -> None:
    bench = bencher(operation(FULL, body(meta=META)), records=0)
    assert bench.page() == {
        "result": [],
        "meta": {"total": 0, "offset": None, "limit": None, "has_more": False, "after": None, "before": None},
    }


def test_filters_compare_exactly_and_are_joined_by_and(full: Bench) -> None:
    assert {r["colour"] for r in full.page(colour="Red", limit=10)["result"]} == {"Red"}
    both = full.page(colour="red", rank=3)
    assert ids(both) == ["r3", "r15"]
    for value in ("RED", "re", "red ", "%", "\x00", "é", "null"):
        assert full.page(colour=value)["result"] == []
    assert full.page(colour="")["meta"]["total"] == 23, "an empty value is null, and null is no filter"


# Faults -------------------------------------------------------------------------------------------------------------


def test_two_positions_are_refused_by_name(full: Bench) -> None:
    cursor = full.page()["meta"]["after"]
    for query in ({"after": cursor, "before": cursor}, {"after": cursor, "offset": 0}, {"offset": 3, "before": cursor}):
        (fault,) = full.faults(**query)
        assert all(f"'{name}'" in fault["msg"] for name in query)
    (fault,) = full.faults(after=cursor, before=cursor, offset=1)
    assert fault["msg"].count("'") == 6
    assert full.page(after=cursor, before="", offset="")["result"], "an empty position counts as not sent"


def test_an_invalid_cursor_is_refused_with_the_reason(full: Bench, bencher: Bencher) -> None:
    cursor = full.page()["meta"]["after"]
    other = "B" if cursor[5] != "B" else "C"
    cases = [
        ({"after": cursor[:-1]}, "malformed", "cut"),
        ({"after": "made up"}, "malformed", "not a cursor"),
        ({"after": cursor[:5] + other + cursor[6:]}, "altered", "altered"),
        ({"after": cursor, "colour": "red"}, "filters", "other filters"),
        ({"before": cursor, "rank": 1}, "filters", "other filters"),
    ]
    for query, reason, words in cases:
        (fault,) = full.faults(**query)
        assert (fault["loc"], fault["type"], fault["ctx"]["reason"]) == (
            ["query", next(iter(query))],
            "value_error",
            reason,
        )
        assert words in fault["msg"]
    elsewhere = Engine(
        full.engine.contract,
        lambda _: World("elsewhere", "", {"things": full.data}),
        semantics=full.engine.semantics,
        state=MemoryState(),
        clock=lambda: NOON,
        generate=lambda *_: 0,
    )
    (fault,) = Bench(elsewhere, full.data).faults(after=cursor)
    assert fault["ctx"]["reason"] == "seed"


def test_a_faulty_filter_is_not_reported_for_the_cursor(full: Bench) -> None:
    cursor = full.page(rank=1, limit=1)["meta"]["after"]
    assert [f["loc"][1] for f in full.faults(rank="x", after=cursor)] == ["rank"]
    assert [f["loc"][1] for f in full.faults(rank="x", after=cursor[:-1])] == ["rank", "after"]


def test_a_cursor_past_the_end_leads_to_an_empty_page_and_back(full: Bench) -> None:
    """A fixture comes last; it can be removed, and its cursor remains valid."""
    from mockserver.mock.lists.cursors import Binding, canonical_filters, encode_cursor

    last = full.page(offset=19, limit=4)["result"]
    for ordinal in (23, 2**64 - 1):
        cursor = encode_cursor(ordinal, Binding("things", "world-of-None", canonical_filters({})))
        assert full.page(after=cursor)["result"] == []
        assert full.page(before=cursor, limit=4)["result"] == last


def test_every_fault_is_in_one_answer(full: Bench) -> None:
    found = full.faults(limit="0", rank="x", after=["a", "b"], before="junk", offset="-1")
    assert [(f["loc"][1], f["type"]) for f in found] == [
        ("rank", "int_parsing"),
        ("limit", "greater_than_equal"),
        ("after", "too_long"),
        ("offset", "greater_than_equal"),
        ("offset", "value_error"),
        ("before", "value_error"),
    ]


def test_a_page_size_without_bounds_in_the_contract_has_default_bounds(bencher: Bencher) -> None:
    loose = {"limit": {"type": "integer"}, "offset": {"type": "integer"}, "page": {"type": "integer"}}
    bench = bencher(operation(loose, body()), records=1500)
    assert len(bench.page(limit=10**9)["result"]) == 1000
    assert len(bench.page()["result"]) == 50
    for query in ({"limit": 0}, {"limit": -1}, {"offset": -1}, {"page": 0}):
        assert [f["type"] for f in bench.faults(**query)] == ["greater_than_equal"]


REFUSALS: dict[str, tuple[Any, Callable[[Any], Any]]] = {
    "documented": (
        {
            "type": "object",
            "required": ["success", "error"],
            "properties": {
                "success": {"type": "boolean", "const": False},
                "error": {
                    "type": "object",
                    "required": ["detail"],
                    "properties": {
                        "detail": {
                            "type": "array",
                            "items": {"type": "object", "properties": {"loc": {}, "msg": {}, "type": {}}},
                        }
                    },
                },
            },
        },
        lambda found: found["success"] is False and found["error"]["detail"],
    ),
    "fastapi": (
        {
            "type": "object",
            "properties": {
                "detail": {
                    "type": "array",
                    "items": {"type": "object", "properties": {"loc": {}, "msg": {}, "type": {}}},
                }
            },
        },
        lambda found: found["detail"],
    ),
    "something else": ({"type": "object", "properties": {"code": {"type": "integer"}}}, lambda found: found["detail"]),
    "none": (None, lambda found: found["detail"]),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_422_has_the_format_of_the_contract_if_that_can_list_faults(bencher: Bencher, name: str) -> None:
    schema, details = REFUSALS[name]
    reply = bencher(operation(FULL, body(), refusal=schema)).ask(limit=11)
    assert reply.status == 422
    assert details(json.loads(reply.body)) == [
        {
            "loc": ["query", "limit"],
            "msg": "Input should be less than or equal to 10",
            "type": "less_than_equal",
            "input": "11",
            "ctx": {"le": 10},
        }
    ]


# Routes, methods, warnings ------------------------------------------------------------------------------------------


@pytest.fixture
def many(bencher: Bencher) -> Bench:
    single = {
        "responses": {"200": {"description": "", "content": {"application/json": {"schema": {"type": "string"}}}}}
    }
    example = {"200": {"description": "", "content": {"application/json": {"example": {"a": 1}, "schema": {}}}}}
    by_id = {
        **single,
        "operationId": "one",
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
    }
    return bencher(
        {
            "/things": {
                "get": operation(FULL, body(meta=META)),
                "post": {
                    "operationId": "make",
                    "responses": {
                        "201": {"description": "", "content": {"application/json": {"schema": {}}}},
                        "400": {"description": ""},
                    },
                },
            },
            "/things/{id}": {
                "get": by_id,
                "delete": {"operationId": "drop", "responses": {"204": {"description": ""}}},
            },
            "/things/newest": {"get": {"operationId": "newest", "responses": example}},
            "/a.b/{x}.json": {
                "head": {"operationId": "h", "responses": {"200": {"description": ""}}},
                "get": {
                    "operationId": "j",
                    "responses": {"default": {"description": "", "content": {"application/json": {"schema": {}}}}},
                },
            },
        }
    )


def test_an_unknown_path_is_refused_with_the_available_paths(many: Bench) -> None:
    for path in (
        "/thing",
        "/things/",
        "//things",
        "/",
        "",
        "*",
        "/things/1/2",
        "/THINGS",
        "/a\n",
        "/\ud800",
        "/aXb/1.json",
    ):
        reply = many.ask(path=path or "/nowhere")
        found = json.loads(reply.body)
        assert (reply.status, found["success"], found["error"]) == (404, False, "Not found")
        assert all(p in found["suggestion"] for p in ("/things", "/things/{id}", "/things/newest", "/a.b/{x}.json"))
    suggestion = json.loads(many.ask(path="/thing").body)["suggestion"]
    assert suggestion.startswith("unknown path '/thing'; did you mean '/things'? available: ")


def test_a_wrong_method_is_refused_with_the_available_methods(many: Bench) -> None:
    for method in ("PUT", "OPTIONS", "FOO", "TRACE"):
        reply = many.ask(method=method)
        assert (reply.status, dict(reply.headers)["Allow"]) == (405, "GET, HEAD, POST")
        assert json.loads(reply.body)["success"] is False
    assert dict(many.ask(method="PATCH", path="/things/5").headers)["Allow"] == "DELETE, GET, HEAD"


def test_head_is_get_without_a_body(many: Bench) -> None:
    for query in ({}, {"limit": "0"}):
        get, head = many.ask(**query), many.ask(method="HEAD", **query)
        assert (head.status, head.headers, head.body) == (get.status, get.headers, b"")
        assert dict(head.headers)["Content-Length"] == str(len(get.body))
    own = many.ask(method="HEAD", path="/a.b/1.json")
    assert (own.status, own.body) == (200, b"")


def test_an_operation_that_is_not_a_list_answers_by_its_schema(many: Bench) -> None:
    one, other = many.page(path="/things/5"), many.page(path="/things/6")
    assert (one, other) == ("fake one/id/5", "fake one/id/6"), "the path is part of the key"
    assert many.page(path="/things/newest") == {"a": 1}, "a path without parameters is preferred, and so is an example"
    assert many.page(path="/a.b/1.json") == "fake j/x/1"
    dropped = many.ask(method="DELETE", path="/things/5")
    assert (dropped.status, dropped.body) == (204, b"")
    assert "Content-Type" not in dict(dropped.headers)
    assert many.ask(method="POST").status == 201
    assert many.faults(path="/things/x")[0]["loc"] == ["path", "id"]


def test_unknown_parameters_are_ignored_and_reported(full: Bench) -> None:
    reply = full.ask(limt=2, zzzzzz=1)
    assert len(json.loads(reply.body)["result"]) == 4
    warning = dict(reply.headers)["X-Mock-Warning"]
    assert "'limt', did you mean 'limit'?" in warning
    assert "'zzzzzz'" in warning
    assert "X-Mock-Warning" not in dict(full.ask(limit=2).headers)
    assert "X-Mock-Warning" in dict(full.ask(limit=0, limt=2).headers), "also in a refusal"


def test_a_warning_is_short_printable_ascii(full: Bench) -> None:
    nasty = {
        "é": "",
        "a\r\nSet-Cookie: x": "",
        "\x00": "",
        "\udcff": "",
        "x" * 100_000: "",
        **{f"n{i}": "" for i in range(999)},
    }
    warning = dict(full.ask(**nasty).headers)["X-Mock-Warning"]
    assert all(" " <= c <= "~" for c in warning)
    assert len(warning) < 500
    assert "and 999 more" in warning


def test_every_answer_names_its_world(many: Bench) -> None:
    for reply in (many.ask(), many.ask(limit=0), many.ask(path="/no"), many.ask(method="PUT"), many.ask(method="HEAD")):
        assert dict(reply.headers)["X-Mock-World"] == "world-of-None"


# Keys ---------------------------------------------------------------------------------------------------------------


def test_any_key_is_accepted_by_default(full: Bench) -> None:
    for headers in ((), [("X-API-Key", "anything")], [("X-API-Key", "")]):
        assert full.ask(headers=headers).status == 200


KEYED = operation(FULL, body(meta=META), extra=[{"name": "X-Api-Key", "in": "header", "schema": TEXT}])


def test_an_unknown_or_missing_key_is_refused(bencher: Bencher) -> None:
    bench = bencher(KEYED, api_keys=("sesame", "schlüssel"))
    for headers in (
        (),
        [("x-api-key", "wrong")],
        [("X-API-KEY", "")],
        [("X-API-Key", "sesam")],
        [("X-API-Key", "ü\udcff")],
    ):
        reply = bench.ask(headers=headers, limit=0)
        assert reply.status == 401, "the key is checked before the parameters"
        assert dict(reply.headers)["WWW-Authenticate"].startswith("ApiKey")
        assert json.loads(reply.body)["success"] is False
        assert b"sesame" not in reply.body
    assert bench.ask(headers=[("X-API-KEY", "sesame")]).status == 200
    assert key_header(bench.engine.contract.operations[0]) == "X-Api-Key"
    assert bench.ask(headers=[("X-API-Key", "schlüssel".encode().decode("latin-1"))]).status == 200


def test_a_bearer_token_is_a_key(bencher: Bencher) -> None:
    schemes = {"components": {"securitySchemes": {"b": {"type": "http", "scheme": "bearer"}}}, "security": [{"b": []}]}
    bench = bencher(operation(FULL, body()), api_keys=("sesame",), document=schemes)
    assert bench.ask(headers=[("Authorization", "Bearer sesame")]).status == 200
    reply = bench.ask(headers=[("Authorization", "Bearer wrong")])
    assert (reply.status, dict(reply.headers)["WWW-Authenticate"].split()[0]) == (401, "Bearer")


def test_isolated_keys_have_worlds_of_their_own(bencher: Bencher) -> None:
    bench = bencher(KEYED, isolate_keys=True)
    cursors = {}
    for key in ("a", "b"):
        reply = bench.ask(headers=[("X-API-Key", key)])
        assert dict(reply.headers)["X-Mock-World"] == f"world-of-{key}"
        cursors[key] = json.loads(reply.body)["meta"]["after"]
    (fault,) = bench.faults(headers=[("X-API-Key", "b")], after=cursors["a"])
    assert fault["ctx"]["reason"] == "seed"
    assert dict(bench.ask().headers)["X-Mock-World"] == "world-of-None"


def test_without_isolation_every_key_sees_one_world(bencher: Bencher) -> None:
    bench = bencher(KEYED)
    bodies = {bench.ask(headers=[("X-API-Key", key)]).body for key in ("a", "b", "")}
    assert len(bodies) == 1
    assert set(bencher.keys) == {None}


# Refresh ------------------------------------------------------------------------------------------------------------

REFRESHING = operation(
    {**FULL, "refresh": {"type": "boolean", "default": False}},
    body(meta=META),
    extra=[{"name": "X-API-Key", "in": "header", "schema": TEXT}],
    **{"x-list-semantics": {"refresh": {"parameter": "refresh", "scope": "colour", "moves": ["at", "seen"]}}},
)


def test_a_refresh_applies_to_its_scope_in_this_and_later_requests(bencher: Bencher) -> None:
    bench = bencher(REFRESHING)
    before = bench.page(limit=10)
    fresh = bench.page(refresh="true", colour="red", limit=10)
    assert {(r["at"], r["seen"]) for r in fresh["result"]} == {("2025-01-15T12:00:00Z",) * 2}
    after = bench.page(limit=10)
    assert ids(after) == ids(before)
    assert {**after, "result": 0} == {**before, "result": 0}, "cursors and totals stay"
    for old, new in zip(before["result"], after["result"], strict=True):
        assert (new["seen"] == "2025-01-15T12:00:00Z") == (old["colour"] == "red")
    bench.engine.state.reset()
    assert bench.page(limit=10) == before


def test_a_refresh_follows_the_clock_and_never_moves_back(bencher: Bencher) -> None:
    bench = bencher(REFRESHING)
    for now, expected in (
        (NOON, "2025-01-15T12:00:00Z"),
        (NOON + timedelta(hours=1), "2025-01-15T13:00:00Z"),
        (NOON, "2025-01-15T13:00:00Z"),
    ):
        bencher.now = now
        assert bench.page(refresh="true", colour="red")["result"][0]["at"] == expected


def test_a_refresh_without_scope_or_match_or_true_changes_nothing(bencher: Bencher) -> None:
    bench = bencher(REFRESHING, records=[*rows(9), {**rows(1)[0], "id": "none", "colour": None}])
    before = bench.ask().body
    for query in ({"refresh": "true"}, {"refresh": "false", "colour": "red"}, {"refresh": "true", "colour": "none"}):
        assert bench.ask(**query).status == 200
    assert bench.ask(refresh="true", colour="red", limit=0).status == 422
    assert bench.ask().body == before
    assert bench.engine.state.version() == 0


def test_refreshes_are_per_world(bencher: Bencher) -> None:
    bench = bencher(REFRESHING, isolate_keys=True)
    bench.page(refresh="true", colour="red", headers=[("X-API-Key", "a")])
    assert bench.page(headers=[("X-API-Key", "a")])["result"][0]["seen"] is not None
    assert bench.page(headers=[("X-API-Key", "b")])["result"][0]["seen"] is None


def test_head_refreshes_as_get_does(bencher: Bencher) -> None:
    bench = bencher(REFRESHING)
    bench.ask(method="HEAD", refresh="true", colour="red")
    assert bench.page()["result"][0]["seen"] is not None


# Contracts of other kinds -------------------------------------------------------------------------------------------


def test_other_names_of_tokens_sizes_and_items(bencher: Bencher) -> None:
    answer = {
        "type": "object",
        "required": ["data", "request"],
        "properties": {
            "data": {"type": "object", "properties": {"rows": {"type": "array", "items": ITEM}}},
            "next_page_token": {"type": "string"},
            "total_size": {"type": "integer"},
            "request": {"type": "string"},
            "extra": {"type": "string"},
        },
    }
    query = {
        "page_size": LIMIT,
        "page_token": {"type": "string"},
        "colour": {"type": "string"},
        "rank": {"type": "integer"},
    }
    bench = bencher(operation(query, answer))
    seen, found = [], bench.page(rank=1)
    assert found["request"] == "fake things/request", "required, without default"
    assert "extra" not in found
    for _ in range(10):
        assert found["total_size"] == 6
        seen += [r["id"] for r in found["data"]["rows"]]
        if "next_page_token" not in found:
            break
        found = bench.page(rank=1, page_token=found["next_page_token"])
    assert seen == [r["id"] for r in bench.data.matching({"rank": 1})]
    assert bench.faults(page_token="x")[0]["loc"] == ["query", "page_token"]


def test_a_required_cursor_that_cannot_be_null_is_empty_at_the_end(bencher: Bencher) -> None:
    answer = body(next_page_token={"type": "string"}, offset={"type": "integer"}, limit={"type": "integer"})
    answer["required"] += ["next_page_token", "offset", "limit"]
    query = {"limit": LIMIT, "page_token": {"type": "string"}, "offset": {"type": "integer"}}
    bench = bencher(operation(query, answer), records=3)
    assert {**bench.page(), "result": 0} == {"result": 0, "next_page_token": "", "offset": 0, "limit": 4}


def test_page_numbers(bencher: Bencher) -> None:
    answer = body(total={"type": "integer"}, has_more={"type": "boolean"})
    bench = bencher(operation({"page": {"type": "integer", "minimum": 1, "default": 1}, "per_page": LIMIT}, answer))
    assert ids(bench.page()) == ids(bench.page(page=1)) == ["r0", "r1", "r2", "r3"]
    assert ids(bench.page(page=3, per_page=10)) == ["r20", "r21", "r22"]
    assert {**bench.page(page=10**30), "total": 0} == {"result": [], "total": 0, "has_more": False}


def test_a_bare_array(bencher: Bencher) -> None:
    bench = bencher(operation({"limit": LIMIT, "offset": {"type": "integer"}}, {"type": "array", "items": ITEM}))
    assert [r["id"] for r in bench.page(offset=20)] == ["r20", "r21", "r22"]


def test_identities_are_cursors_if_answers_have_none(bencher: Bencher) -> None:
    query = {"limit": LIMIT, "starting_after": {"type": "string"}, "ending_before": {"type": "string"}}
    bench = bencher(operation(query, body("data", has_more={"type": "boolean"})))
    after, before = bench.page(starting_after="r3", limit=2), bench.page(ending_before="r3", limit=2)
    assert cut(after["data"], 0, 9) == ["r4", "r5"]
    assert cut(before["data"], 0, 9) == ["r1", "r2"]
    assert "no item has the id 'nobody'" in bench.faults(starting_after="nobody")[0]["msg"]


def test_no_total(bencher: Bencher) -> None:
    for total, present in (({"type": ["integer", "null"]}, True), ({"type": "integer"}, False)):
        bench = bencher(operation(FULL, body(total=total), **{"x-list-semantics": {"total": "none"}}))
        page = bench.page()
        assert ("total" in page) == present
        assert page.get("total") is None


def test_rules_that_are_more_lenient_than_the_default(bencher: Bencher) -> None:
    def bench(**rules: str) -> Bench:
        return bencher(operation(FULL, body(meta=META), **{"x-list-semantics": rules}))

    clamp = bench(over_limit="clamp")
    assert [len(clamp.page(limit=n)["result"]) for n in (0, -5, 7, 11, 10**50)] == [1, 1, 7, 10, 10]
    assert [f["type"] for f in clamp.faults(limit="x")] == ["int_parsing"]
    first = bench(bad_cursor="first_page")
    for query in ({"after": "junk"}, {"before": "junk"}):
        assert ids(first.page(**query)) == ["r0", "r1", "r2", "r3"]
    ninth = first.page(offset=8, limit=1)["meta"]
    assert ids(bench(both_cursors="after").page(after=ninth["after"], before=ninth["before"], limit=2)) == ["r9", "r10"]
    assert ids(bench(both_cursors="before").page(after=ninth["after"], before=ninth["before"], limit=2)) == ["r6", "r7"]
    strict = bench(both_cursors="after").faults(after=ninth["after"], before="", offset=1)
    assert "'after' and 'offset'" in strict[0]["msg"]


def test_a_filter_that_takes_several_values(bencher: Bencher) -> None:
    several = {"type": "array", "items": {"type": "string"}}
    query = {**FULL, "colour": several, "labels": several, "rank": {"type": "array", "items": {"type": "integer"}}}
    bench = bencher(operation(query, body(meta=META)))
    expected = [r["id"] for r in bench.data.records if r["colour"] in ("green", "Red") and r["rank"] in (0, 3)]
    seen, page = [], bench.page(colour=["green", "Red"], rank=["3", "0"], limit=3)
    for _ in range(10):
        assert page["meta"]["total"] == len(expected)
        seen += ids(page)
        if not page["meta"]["has_more"]:
            break
        page = bench.page(rank=["0", "3", "0"], colour=["Red", "green"], limit=3, after=page["meta"]["after"])
    assert seen == expected
    assert bench.page(colour=["x", "y"])["result"] == []
    assert "one value" in bench.faults(labels=["a", "b"])[0]["msg"]
    assert bench.faults(rank=[str(n) for n in range(101)])[0]["ctx"] == {"max_alternatives": 100}


def test_two_filters_of_one_property_are_both_applied(bencher: Bencher) -> None:
    rules = {"x-list-semantics": {"filters": {"colour": "colour", "tint": "colour"}}}
    bench = bencher(operation({**FULL, "tint": TEXT}, body(), **rules))
    assert bench.page(colour="red", tint="green")["result"] == []
    assert {r["colour"] for r in bench.page(colour="red", tint="red")["result"]} == {"red"}


def test_the_default_of_a_filter_is_applied(bencher: Bencher) -> None:
    bench = bencher(operation({**FULL, "colour": {"type": "string", "default": "red"}}, body()))
    assert {r["colour"] for r in bench.page()["result"]} == {"red"}


def test_integers_of_any_size_can_be_sent() -> None:
    assert encode({"n": 10**30}) == b'{"n":' + str(10**30).encode() + b"}"


# Any request --------------------------------------------------------------------------------------------------------

NAMES = st.sampled_from([*FULL, "x"]) | st.text(max_size=5)
VALUES = st.text(max_size=50) | st.integers().map(str) | st.sampled_from(["", "r3", "A" * 40, "red", "9" * 5000])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    method=st.sampled_from(["GET", "HEAD", "POST", "x"]),
    path=st.sampled_from(["/things", "/things/1"]) | st.text(),
    query=st.lists(st.tuples(NAMES, VALUES), max_size=8),
    headers=st.lists(st.tuples(st.sampled_from(["X-API-Key", "Cookie", "Host"]) | st.text(), st.text()), max_size=4),
)
def test_no_request_is_answered_with_a_5xx(full: Bench, method: str, path: str, query: Any, headers: Any) -> None:
    reply = full.engine.handle(Request(method, path, tuple(query), tuple(headers)))
    assert reply.status in (200, 401, 404, 405, 422)
    assert reply.body == b"" or json.loads(reply.body)
    for name, value in reply.headers:
        assert all(" " <= c <= "~" for c in name + value)
