"""Entries of the journal: what they say of a request, their bounded size, and how they are searched."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mockserver.errors import OptionError
from mockserver.mock.journal_entries import EntryFilter, entries, entry_of, read_entry_filter
from mockserver.mock.messages import About, Reply, Request
from mockserver.state.journal import MAX_ENTRY_BYTES, Row

VIOLATION = {
    "loc": ["query", "limit"],
    "msg": "too much",
    "type": "less_than_equal",
    "input": "201",
    "ctx": {"le": 200},
}


def entry(query: str = "", status: int = 200, **about: Any) -> dict[str, Any]:
    reply = Reply(status, (("X-Mock-Warning", "w"), ("X", "y")), b"12345", about=About(**about))
    text = entry_of(Request("GET", "/p"), query, reply)
    assert len(text) <= MAX_ENTRY_BYTES
    return entries([Row(1_700_000_000_000_000_000, 1_500_000, text)], EntryFilter())[0]


def test_an_entry_describes_request_and_answer() -> None:
    assert entry("limit=201", 422, operation="o", parameters={"a": 1}, violations=[VIOLATION], key="ab***") == {
        "id": "1700000000000000000",
        "time": "2023-11-14T22:13:20Z",
        "milliseconds": 1.5,
        "method": "GET",
        "path": "/p",
        "query": "limit=201",
        "operation": "o",
        "parameters": {"a": 1},
        "status": 422,
        "violations": [VIOLATION],
        "warnings": ["w"],
        "scenario": None,
        "key": "ab***",
        "bytes": 5,
    }


def test_a_long_entry_is_shortened_and_says_so() -> None:
    many = [VIOLATION | {"input": "x" * 200, "msg": "y" * 900}] * 50
    long = entry("q" * 100_000, violations=many, parameters={str(n): "x" * 200 for n in range(100)})
    assert long["shortened"] is True
    assert long["query"] == "q" * 500 + "..."
    assert len(long["violations"]) == 5
    assert long["parameters"] == {}
    assert entry("\udcff\x00é")["query"] == "?\x00é"


ANY = st.text(st.characters(), max_size=300)
FAULT = st.fixed_dictionaries(
    {"loc": st.lists(ANY | st.integers(0, 9), max_size=4), "msg": ANY, "type": ANY, "input": ANY},
    optional={"ctx": st.dictionaries(ANY, ANY | st.integers(), max_size=3)},
)


@settings(max_examples=300, deadline=None)
@example("X" * 4500, "", "", "", [], [])
@example("GET", "/" + "\x01" * 500, "é" * 250, "o", [], ["w"])
@example("GET", "/\ud800", "\udcff" * 9, "\ud800", [{"loc": ["\ud800"], "msg": "\udc00", "type": "", "input": ""}], [])
@example("GET", "/" + "\U0001f600" * 500, '"' * 999, "\\" * 9999, [], ["\x7f" * 9999] * 50)
@example(
    "GET",
    "/",
    "",
    "o",
    [{"loc": ["\x00" * 5000] * 500, "msg": "\x00" * 5000, "type": "\x00" * 5000, "input": 1}] * 9,
    [],
)
@given(ANY, ANY, ANY, ANY, st.lists(FAULT, max_size=9), st.lists(ANY, max_size=9))
def test_an_entry_is_json_of_bounded_size(
    method: str, path: str, query: str, operation: str, violations: list[dict[str, Any]], warnings: list[str]
) -> None:
    about = About(operation, {"p": query}, violations, scenario=operation)
    reply = Reply(200, tuple(("X-Mock-Warning", w) for w in warnings), about=about)
    text = entry_of(Request(method, path), query, reply)
    assert len(text) <= MAX_ENTRY_BYTES
    fields = orjson.loads(text)
    assert fields["status"] == 200
    assert all(name in fields for name in ("method", "path", "query", "operation", "parameters", "warnings", "key"))


def test_integers_beyond_64_bits_are_kept() -> None:
    assert entry(parameters={"a": 2**70, "b": ["\ud800"]})["parameters"] == {"a": 2**70, "b": ["?"]}


def test_text_is_cut_only_if_it_is_too_long() -> None:
    assert entry("é" * 250)["query"] == "é" * 250
    assert entry("é" * 251)["query"] == "é" * 250 + "..."
    assert entry("\x01" * 84)["query"] == "\x01" * 83 + "..."


def test_unreadable_rows_are_skipped() -> None:
    """Entries of an earlier version, or damaged ones, do not affect the others."""
    good = entry_of(Request("GET", "/p"), "", Reply(200, ()))
    rows = []
    for number, text in enumerate((good, good[:50], b"", b"[]", b"\xff", b"{}", good), 1):
        rows.append(Row(number, 2 * number, text))
    assert [e["id"] for e in entries(rows, EntryFilter())] == ["1", "7"]
    assert [e["id"] for e in entries(rows, EntryFilter(status="200", path="/*"))] == ["1", "7"]


@pytest.mark.parametrize("path", ["/a[b]", "/a?", "/[!a]", "/a.c", "/(", "/a+", "/a\\", "/a\nb"])
def test_only_a_star_is_special_in_a_path(path: str) -> None:
    for other, found in ((path, True), ("/ab", False), ("/a", False), ("/abc", False)):
        assert EntryFilter(path=path).matches(entry_for(other)) is found, other


@pytest.mark.parametrize(
    ("pattern", "path", "found"),
    [
        ("*", "", True),
        ("/a*", "/a", True),
        ("/a*b", "/ab", True),
        ("/a*a", "/a", False),
        ("*b", "/a\nb", True),
        ("/*/b/*", "/a/b/c", True),
        ("/*/b/*", "/a/b", False),
        ("/a**c", "/abc", True),
        ("/*bc*c", "/abcbc", True),
        ("/*bc*c", "/abc", False),
        ("/A", "/a", False),
        ("*a" * 40 + "*b", "/" + "a" * 500, False),
    ],
)
def test_a_star_matches_any_text(pattern: str, path: str, found: bool) -> None:
    assert EntryFilter(path=pattern).matches(entry_for(path)) is found


def entry_for(path: str) -> dict[str, Any]:
    return entries([Row(1, 0, entry_of(Request("GET", path), "", Reply(200, ())))], EntryFilter())[0]


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ({}, [1, 2, 3, 4]),
        ({"status": "422"}, [3]),
        ({"status": "4xx"}, [3, 4]),
        ({"status": "4XX", "operation": "a"}, [3]),
        ({"path": "/a"}, [1, 3]),
        ({"path": "/*"}, [1, 2, 3, 4]),
        ({"method": "post"}, [2]),
        ({"since": "2"}, [3, 4]),
        ({"since": "1970-01-01T00:00:01Z"}, []),
        ({"parameters": {"chain": "SETH"}}, [1]),
        ({"parameters": {"limit": 5}}, [1, 2]),
        ({"parameters": {"limit": "5"}}, [1, 2]),
        ({"parameters": {"flag": True}}, [2]),
        ({"parameters": {"none": "x"}}, []),
        ({"parameters": {"limit": 10**40}}, []),
    ],
)
def test_entries_are_selected_by_conditions(conditions: dict[str, Any], found: list[int]) -> None:
    rows = [
        ("GET", "/a", 200, "a", {"chain": "SETH", "limit": 5}),
        ("POST", "/b", 200, "b", {"limit": 5, "flag": True}),
        ("GET", "/a", 422, "a", {}),
        ("GET", "/c/d", 404, None, {}),
    ]
    made = [
        Row(k, 0, entry_of(Request(method, path), "", Reply(status, (), about=About(operation, parameters))))
        for k, (method, path, status, operation, parameters) in enumerate(rows, 1)
    ]
    assert [int(e["id"]) for e in entries(made, read_entry_filter(conditions))] == found


@pytest.mark.parametrize(
    "conditions", [{"status": "9xx"}, {"status": "42"}, {"since": "yesterday"}, {"since": "1" * 30}]
)
def test_invalid_conditions_are_refused(conditions: dict[str, Any]) -> None:
    with pytest.raises(OptionError, match=f"got {next(iter(conditions))} '.*', expected"):
        read_entry_filter(conditions)
