"""The journal in memory and in files: rows are kept, bounded, and shared between processes."""

from __future__ import annotations

import multiprocessing
import pickle
import threading
from pathlib import Path

import pytest

from mockserver.errors import OptionError
from mockserver.state.journal import CAPACITY, Journal, MemoryJournal, Row
from mockserver.state.mapped_journal import FileCounter, FileJournal
from mockserver.state.memory import MemoryState
from mockserver.state.sqlite import SqliteState
from mockserver.state.stores import open_journal


@pytest.fixture(params=["memory", "file"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Journal:
    return MemoryJournal() if request.param == "memory" else FileJournal(tmp_path / "s")


def row(number: int, text: bytes = b"{}") -> Row:
    return Row(number, 2 * number, text)


def test_rows_are_returned_oldest_first(journal: Journal) -> None:
    for number in (1, 2, 4, 3):
        journal.add(row(number, b'{"n": %d}' % number))
    assert journal.rows() == [row(n, b'{"n": %d}' % n) for n in (1, 2, 3, 4)]


def test_only_the_latest_rows_are_kept(journal: Journal) -> None:
    for number in range(1, CAPACITY + 8):
        journal.add(row(number))
    assert [r.instant for r in journal.rows()] == list(range(8, CAPACITY + 8))


def test_clear_removes_earlier_rows_and_keeps_later_ones(journal: Journal) -> None:
    journal.clear()
    journal.add(row(5))
    journal.clear()
    assert journal.rows() == []
    journal.add(row(6))
    assert journal.rows() == [row(6)]


def test_no_row_of_several_threads_is_lost(journal: Journal) -> None:
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
    journal, counter = FileJournal(path), FileCounter(path)
    for number in range(first, first + 50):
        journal.add(row(number, b'{"from": %d}' % first))
        counter.count(("list", "GET", "200"), 10**6)


def test_processes_share_what_they_have_written_also_after_their_end(tmp_path: Path) -> None:
    path = tmp_path / "s"
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=_write, args=(path, 1 + 50 * k)) for k in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    journal, counter = FileJournal(path), FileCounter(path)
    assert [r.instant for r in journal.rows()] == list(range(1, 201))
    (series,) = counter.series()
    assert (series.label, series.count, series.seconds) == (("list", "GET", "200"), 200, pytest.approx(0.2))
    for number in range(201, 211):
        journal.add(row(number))
        counter.count(("list", "GET", "200"), 10**6)
    assert journal.rows()[-1] == row(210)
    assert counter.series()[0].count == 210, "a later process continues the table of an earlier one"
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
    (tmp_path / "s-requests-1").write_bytes(b"incomplete")
    assert [r.instant for r in FileJournal(tmp_path / "s").rows()] == [1, 3]


def test_a_journal_belongs_to_its_state(tmp_path: Path) -> None:
    assert isinstance(open_journal(MemoryState()), MemoryJournal)
    assert isinstance(open_journal(SqliteState(tmp_path / "s")), FileJournal)
    with pytest.raises(OptionError, match="the journal cannot be kept next to"):
        FileJournal(tmp_path / "nowhere" / "s")
