"""The journal and the tally: in memory and between processes, what is written can be read, and no more than so much."""

from __future__ import annotations

import multiprocessing
import pickle
import threading
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mockserver.errors import OptionError
from mockserver.mock.journal_entries import Wanted, entries, entry_of, read_wanted
from mockserver.mock.messages import About, Reply, Request
from mockserver.mock.options import options_of
from mockserver.mock.runtime import Mock
from mockserver.server.control.har import har
from mockserver.server.control.metrics import exposition
from mockserver.state.counters import BOUNDS, MAX_SERIES, OTHER, Counter, label_of
from mockserver.state.journal import CAPACITY, MAX_ENTRY_BYTES, Journal, MemoryJournal, Row
from mockserver.state.mapped_journal import FileCounter, FileJournal
from mockserver.state.memory import MemoryState
from mockserver.state.sqlite import SqliteState
from mockserver.state.stores import open_journal


@pytest.fixture(params=["memory", "file"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Journal:
    return MemoryJournal() if request.param == "memory" else FileJournal(tmp_path / "s")


def row(number: int, text: bytes = b"{}") -> Row:
    return Row(number, 2 * number, text)


def test_what_is_added_is_read_oldest_first(journal: Journal) -> None:
    for number in (1, 2, 4, 3):
        journal.add(row(number, b'{"n": %d}' % number))
    assert journal.rows() == [row(n, b'{"n": %d}' % n) for n in (1, 2, 3, 4)]


def test_the_latest_are_kept(journal: Journal) -> None:
    for number in range(1, CAPACITY + 8):
        journal.add(row(number))
    assert [r.instant for r in journal.rows()] == list(range(8, CAPACITY + 8))


def test_clear_forgets_what_was_and_keeps_what_comes(journal: Journal) -> None:
    journal.clear()
    journal.add(row(5))
    journal.clear()
    assert journal.rows() == []
    journal.add(row(6))
    assert journal.rows() == [row(6)]


def test_many_threads_lose_nothing(journal: Journal) -> None:
    def write(first: int) -> None:
        for number in range(first, first + 100):
            journal.add(row(number))

    threads = [threading.Thread(target=write, args=(1 + 100 * k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [r.instant for r in journal.rows()] == list(range(1, 801))


def _write(path: Path, first: int) -> None:
    kept, tally = FileJournal(path), FileCounter(path)
    for number in range(first, first + 50):
        kept.add(row(number, b'{"from": %d}' % first))
        tally.count(("list", "GET", "200"), 10**6)


def test_processes_read_each_other_and_what_ended_ones_wrote(tmp_path: Path) -> None:
    path = tmp_path / "s"
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=_write, args=(path, 1 + 50 * k)) for k in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    journal, tally = FileJournal(path), FileCounter(path)
    assert [r.instant for r in journal.rows()] == list(range(1, 201))
    (series,) = tally.series()
    assert (series.label, series.count, series.seconds) == (("list", "GET", "200"), 200, pytest.approx(0.2))
    for number in range(201, 211):
        journal.add(row(number))
        tally.count(("list", "GET", "200"), 10**6)
    assert journal.rows()[-1] == row(210)
    assert tally.series()[0].count == 210, "a later process goes on with an earlier one's table"
    assert len(list(tmp_path.glob("s-requests-*"))) <= 5
    other = pickle.loads(pickle.dumps(journal))
    other.clear()
    assert journal.rows() == []


def test_a_row_that_is_being_written_is_not_read(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path / "s")
    for number in (1, 2, 3):
        journal.add(row(number))
    (file,) = tmp_path.glob("s-requests-0")
    torn = bytearray(file.read_bytes())
    torn[8 + 4096] ^= 1
    file.write_bytes(torn)
    assert [r.instant for r in journal.rows()] == [1, 3]
    (tmp_path / "s-requests-1").write_bytes(b"half made")
    assert [r.instant for r in FileJournal(tmp_path / "s").rows()] == [1, 3]


def test_a_journal_belongs_to_its_state(tmp_path: Path) -> None:
    assert isinstance(open_journal(MemoryState()), MemoryJournal)
    assert isinstance(open_journal(SqliteState(tmp_path / "s")), FileJournal)
    with pytest.raises(OptionError, match="the journal cannot be kept next to"):
        FileJournal(tmp_path / "nowhere" / "s")


# What an entry says ---------------------------------------------------------------------------------------------------

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
    return entries([Row(1_700_000_000_000_000_000, 1_500_000, text)], Wanted())[0]


def test_an_entry_says_what_was_asked_and_answered() -> None:
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


def test_what_is_too_long_is_shortened_and_said_to_be() -> None:
    many = [VIOLATION | {"input": "x" * 200, "msg": "y" * 900}] * 50
    told = entry("q" * 100_000, violations=many, parameters={str(n): "x" * 200 for n in range(100)})
    assert told["shortened"] is True
    assert told["query"] == "q" * 500 + "..."
    assert len(told["violations"]) == 5
    assert told["parameters"] == {}
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
def test_a_note_is_json_and_no_larger_than_it_may_be(
    method: str, path: str, query: str, operation: str, violations: list[dict[str, Any]], warnings: list[str]
) -> None:
    about = About(operation, {"p": query}, violations, scenario=operation)
    reply = Reply(200, tuple(("X-Mock-Warning", w) for w in warnings), about=about)
    text = entry_of(Request(method, path), query, reply)
    assert len(text) <= MAX_ENTRY_BYTES
    told = orjson.loads(text)
    assert told["status"] == 200
    assert all(name in told for name in ("method", "path", "query", "operation", "parameters", "warnings", "key"))


def test_whole_numbers_beyond_64_bits_are_noted_too() -> None:
    assert entry(parameters={"a": 2**70, "b": ["\ud800"]})["parameters"] == {"a": 2**70, "b": ["?"]}


def test_as_much_is_kept_as_there_is_room_for() -> None:
    assert entry("é" * 250)["query"] == "é" * 250
    assert entry("é" * 251)["query"] == "é" * 250 + "..."
    assert entry("\x01" * 84)["query"] == "\x01" * 83 + "..."


def test_what_cannot_be_read_is_left_out(journal: Journal) -> None:
    """Notes that an earlier version wrote, or that were damaged, do not keep the others from being read."""
    good = entry_of(Request("GET", "/p"), "", Reply(200, ()))
    for number, text in enumerate((good, good[:50], b"", b"[]", b"\xff", b"{}", good), 1):
        journal.add(row(number, text))
    assert [e["id"] for e in entries(journal.rows(), Wanted())] == ["1", "7"]
    assert [e["id"] for e in entries(journal.rows(), Wanted(status="200", path="/*"))] == ["1", "7"]


@pytest.mark.parametrize("path", ["/a[b]", "/a?", "/[!a]", "/a.c", "/(", "/a+", "/a\\", "/a\nb"])
def test_only_a_star_stands_for_more(path: str) -> None:
    for other, found in ((path, True), ("/ab", False), ("/a", False), ("/abc", False)):
        assert Wanted(path=path).matches(noted(other)) is found, other


@pytest.mark.parametrize(
    ("wanted", "path", "found"),
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
def test_a_star_stands_for_anything(wanted: str, path: str, found: bool) -> None:
    assert Wanted(path=wanted).matches(noted(path)) is found


def noted(path: str) -> dict[str, Any]:
    return entries([Row(1, 0, entry_of(Request("GET", path), "", Reply(200, ())))], Wanted())[0]


@pytest.mark.parametrize(
    ("said", "found"),
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
def test_entries_can_be_asked_for(said: dict[str, Any], found: list[int]) -> None:
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
    assert [int(e["id"]) for e in entries(made, read_wanted(said))] == found


@pytest.mark.parametrize("said", [{"status": "9xx"}, {"status": "42"}, {"since": "yesterday"}, {"since": "1" * 30}])
def test_what_cannot_be_asked_for_is_said(said: dict[str, Any]) -> None:
    with pytest.raises(OptionError, match=f"got {next(iter(said))} '.*', expected"):
        read_wanted(said)


def test_an_archive_is_what_har_1_2_says() -> None:
    made = entry("chain_id=SETH&x=%20", 422, violations=[VIOLATION])
    log = har([made], base_url="http://127.0.0.1:1", version="1")["log"]
    assert (log["version"], log["creator"]) == ("1.2", {"name": "mockserver", "version": "1"})
    (one,) = log["entries"]
    assert set(one) == {"startedDateTime", "time", "request", "response", "cache", "timings", "comment"}
    assert one["comment"] == "too much; w"
    assert one["request"]["url"] == "http://127.0.0.1:1/p?chain_id=SETH&x=%20"
    assert one["request"]["queryString"] == [{"name": "chain_id", "value": "SETH"}, {"name": "x", "value": " "}]
    assert (one["response"]["status"], one["response"]["statusText"]) == (422, "Unprocessable Entity")
    assert one["time"] == sum(one["timings"].values()) == 1.5


# Numbers --------------------------------------------------------------------------------------------------------------


def test_a_tally_counts_by_label_and_bucket() -> None:
    tally = Counter()
    durations = [1, int(BOUNDS[0] * 1e9), int(BOUNDS[0] * 1e9) + 1, 10**10]
    for duration in durations:
        tally.count(("a", "GET", "200"), duration)
    tally.count(("b", "GET", "404"), 5)
    one, two = tally.series()
    assert (one.label, one.count, one.seconds) == (("a", "GET", "200"), 4, sum(durations) / 1e9)
    assert one.buckets == (2, 1, *[0] * (len(BOUNDS) - 2), 1)
    assert (two.label, two.count) == (("b", "GET", "404"), 1)


def test_endless_labels_stay_bounded() -> None:
    tally = Counter()
    for number in range(MAX_SERIES + 50):
        tally.count((str(number), "GET", "200"), 1)
    tally.count(("x" * 1000, "GET", "200"), 1)
    series = {s.label: s.count for s in tally.series()}
    assert len(series) == MAX_SERIES
    assert series[OTHER] == 52
    assert sum(series.values()) == MAX_SERIES + 51


def test_methods_that_are_invented_share_a_label() -> None:
    """So they leave room for what is asked later."""
    mock = Mock(options_of(None, {}))
    for number in range(MAX_SERIES):
        mock.answer(Request(f"M{number}", "/nowhere"), "")
    mock.answer(Request("GET", "/nowhere"), "")
    counts = {s.label: s.count for s in mock.counter.series()}
    assert counts == {("", "other", "404"): MAX_SERIES, ("", "GET", "404"): 1}
    assert entries(mock.journal.rows(), Wanted())[0]["method"] == "M0", "the journal has it as it came"


@pytest.mark.parametrize("letter", ["x", "é", '"', "\U0001f600", "\ud800"])
def test_long_operations_have_labels_of_their_own(letter: str, tmp_path: Path) -> None:
    names = [letter * 300 + last for last in "ab"]
    for build in (Counter, lambda: FileCounter(tmp_path / "s")):
        tally = build()
        for name in names:
            tally.count(label_of(name, "OPTIONS", 200), 1)
            tally.count(label_of(name, "OPTIONS", 200), 1)
        series = tally.series()
        assert [s.count for s in series] == [2, 2]
        assert all(s.label[0].startswith(letter * 5) and s.label[1:] == ("OPTIONS", "200") for s in series)


def test_labels_that_fit_are_as_they_are() -> None:
    fitting = "x" * (128 - len('["", "OPTIONS", "200"]'))
    assert label_of(fitting, "OPTIONS", 200) == (fitting, "OPTIONS", "200")
    assert label_of(fitting + "x", "OPTIONS", 200)[0] != fitting + "x"
    assert label_of(None, "GET", 404) == ("", "GET", "404")


def test_numbers_in_prometheus_text_format() -> None:
    """Read back by the library's own parser."""
    from prometheus_client.parser import text_string_to_metric_families

    tally = Counter()
    for duration in (10**5, 10**8, 10**10):
        tally.count(('a"\n', "GET", "200"), duration)
    text = exposition(tally.series(), gauges={"records": ("Records.", 3)}, info={"world": "w"}).decode()
    found = {s.name + s.labels.get("le", ""): s.value for f in text_string_to_metric_families(text) for s in f.samples}
    assert found["mockserver_requests_total"] == 3
    assert found["mockserver_request_seconds_count"] == 3
    assert found["mockserver_request_seconds_sum"] == pytest.approx(10.1001)
    assert (found["mockserver_request_seconds_bucket0.0005"], found["mockserver_request_seconds_bucket0.1"]) == (1, 2)
    assert found["mockserver_request_seconds_bucket+Inf"] == 3
    assert (found["mockserver_records"], found["mockserver_world_info"]) == (3, 1)
