"""The journal as an archive in the format HAR 1.2."""

from __future__ import annotations

from mockserver.mock.journal_entries import EntryFilter, entries, entry_of
from mockserver.mock.messages import About, Reply, Request
from mockserver.server.control.har import har
from mockserver.state.journal import Row

VIOLATION = {
    "loc": ["query", "limit"],
    "msg": "too much",
    "type": "less_than_equal",
    "input": "201",
    "ctx": {"le": 200},
}


def test_an_archive_has_the_format_of_har_1_2() -> None:
    reply = Reply(422, (("X-Mock-Warning", "w"),), b"12345", about=About(violations=[VIOLATION]))
    text = entry_of(Request("GET", "/p"), "chain_id=SETH&x=%20", reply)
    found = entries([Row(1_700_000_000_000_000_000, 1_500_000, text)], EntryFilter())
    log = har(found, base_url="http://127.0.0.1:1", version="1")["log"]
    assert (log["version"], log["creator"]) == ("1.2", {"name": "mockserver", "version": "1"})
    (one,) = log["entries"]
    assert set(one) == {"startedDateTime", "time", "request", "response", "cache", "timings", "comment"}
    assert one["comment"] == "too much; w"
    assert one["request"]["url"] == "http://127.0.0.1:1/p?chain_id=SETH&x=%20"
    assert one["request"]["queryString"] == [{"name": "chain_id", "value": "SETH"}, {"name": "x", "value": " "}]
    assert (one["response"]["status"], one["response"]["statusText"]) == (422, "Unprocessable Entity")
    assert one["time"] == sum(one["timings"].values()) == 1.5
