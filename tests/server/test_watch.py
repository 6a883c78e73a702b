"""Edits are noticed within a second, however editors make them, and nothing that happens to files ends the watch."""

from __future__ import annotations

import itertools
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import pytest
from watchfiles import Change

from mockserver.errors import ContractError
from mockserver.server.watch import Watch, is_watched
from tests.support.programs import wait_for


class Calls:
    """Stands for the mock: records each call, and returns the files to watch."""

    def __init__(self, *files: Path) -> None:
        self.files: Iterable[Path] = files
        self.times: list[float] = []
        self.seen: list[str] = []
        self.error: Exception | None = None

    def __call__(self) -> Iterable[Path]:
        self.seen.append("".join(file.read_text() if file.exists() else "-" for file in self.files))
        self.times.append(time.monotonic())
        if self.error is not None:
            raise self.error
        return self.files

    def after(self, edit: Callable[[], object], seen: str | None = None) -> float:
        """Make an edit; return the seconds until the call for it (and until these texts were seen)."""
        count, begun = len(self.times), time.monotonic()
        edit()
        wait_for(lambda: len(self.times) > count and seen in (None, self.seen[-1]))
        return self.times[count] - begun


@contextmanager
def watching(calls: Calls, **options: Any) -> Iterator[Watch]:
    watch = Watch(calls.files, calls, **options)
    watch.start()
    try:
        wait_for(lambda: calls.times)
        yield watch
    finally:
        watch.close()


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    file = tmp_path / "api" / "contract.yaml"
    file.parent.mkdir()
    file.write_text("a")
    return file


class CountingStat:
    """`Path.stat` that counts how often the metadata of a file was read."""

    def __init__(self, file: Path) -> None:
        self.count = 0
        self._file = file

    def __call__(self, path: Path) -> os.stat_result:
        if path == self._file:
            self.count += 1
        return path.stat()


def replace(file: Path, text: str) -> None:
    """Save as editors do: another file gets the name."""
    other = file.with_name("4913~")
    other.write_text(text)
    other.replace(file)


def append(file: Path) -> None:
    with file.open("a") as opened:
        opened.write("b")


def swap(folder: Path, text: str) -> None:
    """Replace the folder by another one with a file of the same name, as a checkout or a mounted configuration does."""
    other = folder.with_name("other")
    other.mkdir()
    (other / "contract.yaml").write_text(text)
    folder.rename(folder.with_name("old"))
    other.rename(folder)


EDITS: dict[str, Callable[[Path], object]] = {
    "written": lambda file: file.write_text("bb"),
    "appended": append,
    "replaced": lambda file: replace(file, "bb"),
    "deleted": lambda file: file.unlink(),
    "another": lambda file: (file.parent / "extra.json").write_text("{}"),
    "lines": lambda file: (file.parent / "records.ndjson").write_text("{}"),
    "folder deleted": lambda file: shutil.rmtree(file.parent),
    "folder replaced": lambda file: swap(file.parent, "bb"),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_an_edit_is_noticed_within_a_second(edit: Callable[[Path], object], contract: Path) -> None:
    calls = Calls(contract)
    with watching(calls):
        assert calls.after(lambda: edit(contract)) < 1


def test_many_edits_are_noticed(contract: Path) -> None:
    calls = Calls(contract)
    with watching(calls):
        for text in "bcd":
            calls.after(lambda text=text: replace(contract, text), seen=text)
            calls.after(lambda text=text: contract.write_text(text * 2), seen=text * 2)
    assert [text for text, _ in itertools.groupby(calls.seen)] == ["a", "b", "bb", "c", "cc", "d", "dd"]


def test_a_missing_file_is_noticed_when_it_appears(contract: Path) -> None:
    calls = Calls(contract, contract.parent / "odd.txt", contract.parent.parent / "later" / "more.txt")
    with watching(calls):
        assert calls.seen[-1] == "a--"
        assert calls.after(lambda: (contract.parent / "odd.txt").write_text("b"), seen="ab-") < 1
        (contract.parent.parent / "later").mkdir()
        assert calls.after(lambda: (contract.parent.parent / "later" / "more.txt").write_text("c"), seen="abc") < 1


def test_an_edit_before_the_start_is_noticed(contract: Path) -> None:
    calls = Calls(contract)
    watch = Watch(calls.files, calls)
    contract.write_text("b")
    watch.start()
    wait_for(lambda: calls.seen)
    watch.close()
    assert calls.seen == ["b"]


def test_without_an_edit_nothing_is_called(contract: Path) -> None:
    calls, stat = Calls(contract), CountingStat(contract)
    deep = contract.parent / "sub"
    deep.mkdir()
    with watching(calls, stat=stat):
        (contract.parent / "server.log").write_text("started")
        (deep / "deep.yaml").write_text("")
        wait_for(lambda: stat.count > 6)
        assert len(calls.times) == 1


def test_frequent_writes_to_other_files_do_not_hide_an_edit(contract: Path) -> None:
    odd = contract.with_name("contract.txt")
    odd.write_text("a")
    calls, done = Calls(odd), threading.Event()

    def write_on() -> None:
        while not done.is_set():
            (odd.parent / "server.log").write_text(str(time.monotonic()))

    busy = threading.Thread(target=write_on)
    with watching(calls):
        busy.start()
        try:
            assert calls.after(lambda: odd.write_text("bb"), seen="bb") < 1
        finally:
            done.set()
            busy.join()


def test_new_files_in_other_folders_are_watched(contract: Path) -> None:
    other = contract.parent.parent / "parts" / "boat.yaml"
    other.parent.mkdir()
    other.write_text("x")
    calls = Calls(contract)
    with watching(calls):

        def refer() -> None:
            calls.files = [contract, other]
            contract.write_text("b")

        calls.after(refer, seen="bx")
        calls.after(lambda: other.write_text("yy"), seen="byy")
        count = len(calls.times)
        calls.after(lambda: (other.parent / "extra.yml").write_text(""))
        assert len(calls.times) > count
    assert calls.seen[-1] == "byy"


@pytest.mark.parametrize("folder", ["api", "parts"])
def test_a_new_file_may_be_edited_before_it_is_watched(folder: str, contract: Path) -> None:
    """After it was read, and before the watch began."""
    other = contract.parent.parent / folder / "boat.yaml"
    other.parent.mkdir(exist_ok=True)
    other.write_text("x")
    calls = Calls(contract)
    record = calls.__call__

    def changed() -> Iterable[Path]:
        files = record()
        if calls.seen[-1] == "bx":
            other.write_text("y")
        return files

    def refer() -> None:
        calls.files = [contract, other]
        contract.write_text("b")

    watch = Watch(calls.files, changed)
    watch.start()
    wait_for(lambda: calls.seen)
    refer()
    wait_for(lambda: calls.seen[-1] == "by")
    watch.close()
    assert calls.seen[-1] == "by"


def test_a_series_of_edits_is_noticed_before_it_ends(contract: Path) -> None:
    calls, done = Calls(contract), threading.Event()

    def write_on() -> None:
        while not done.wait(0.01):
            (contract.parent / f"{time.monotonic_ns()}.yaml").write_text("")

    busy = threading.Thread(target=write_on)
    with watching(calls):
        try:
            assert calls.after(busy.start) < 1
        finally:
            done.set()
            busy.join()


def test_a_folder_that_is_deleted_and_made_again(contract: Path) -> None:
    """A file system may give the new folder the inode number of the old one."""
    calls, first = Calls(contract), contract.parent.stat()

    def same_folder(path: Path) -> os.stat_result:
        return first if path == contract.parent else path.stat()

    def make_again() -> None:
        shutil.rmtree(contract.parent)
        contract.parent.mkdir()
        contract.write_text("b")

    with watching(calls, stat=same_folder):
        calls.after(make_again, seen="b")
        count = len(calls.times)
        calls.after(lambda: (contract.parent / "extra.yaml").write_text(""))
        assert len(calls.times) > count
    assert calls.seen[-1] == "b"


def test_an_exception_is_reported_and_the_watch_goes_on(contract: Path, capfd: pytest.CaptureFixture[str]) -> None:
    calls = Calls(contract)
    with watching(calls):
        for error, line in (
            (ContractError("c.yaml", 3, "no 'paths'"), "mockserver: c.yaml:3: no 'paths'\n"),
            (RuntimeError("one\n  two"), "mockserver: RuntimeError: one two\n"),
        ):
            calls.error = error
            calls.after(lambda line=line: replace(contract, line))
            wait_for(lambda line=line: capfd.readouterr().err == line)
        calls.error = None
        calls.after(lambda: contract.write_text("well"), seen="well")
    assert capfd.readouterr().err == ""


def test_an_exception_is_reported_once(contract: Path, capfd: pytest.CaptureFixture[str]) -> None:
    calls, stat = Calls(contract), CountingStat(contract)
    with watching(calls, stat=stat):
        calls.error = ContractError("c.yaml", 3, "wrong")
        calls.after(lambda: replace(contract, "b"))
        enough = stat.count + 6
        wait_for(lambda: stat.count > enough)
    assert capfd.readouterr().err.count("wrong") == 1


@pytest.mark.parametrize("again", range(3))
def test_a_folder_that_is_deleted_and_comes_back(again: int, contract: Path) -> None:
    calls = Calls(contract)
    with watching(calls):
        calls.after(lambda: shutil.rmtree(contract.parent), seen="-")
        contract.parent.mkdir()
        calls.after(lambda: contract.write_text("b"), seen="b")
        calls.after(lambda: (contract.parent / "extra.yaml").write_text(""))
        calls.after(lambda: swap(contract.parent, "c"), seen="c")
        count = len(calls.times)
        calls.after(lambda: (contract.parent / "more.yaml").write_text(""))
        assert len(calls.times) > count
    assert [text for text, _ in itertools.groupby(calls.seen)][-3:] == ["-", "b", "c"]


def test_without_notifications(contract: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHFILES_FORCE_POLLING", "true")
    calls = Calls(contract)
    with watching(calls):
        assert calls.after(lambda: contract.write_text("bb"), seen="bb") < 1
        assert calls.after(lambda: (contract.parent / "extra.yaml").write_text("")) < 1


def test_folders_that_cannot_be_watched(contract: Path, capfd: pytest.CaptureFixture[str]) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise OSError("file watch limit reached")

    calls = Calls(contract)
    with watching(calls, watch_folders=refuse):
        assert calls.after(lambda: contract.write_text("bb"), seen="bb") < 1
        assert calls.after(lambda: swap(contract.parent, "c"), seen="c") < 1
    message = "cannot watch the folders (OSError: file watch limit reached); comparing the files instead"
    assert capfd.readouterr().err.splitlines()[0] == f"mockserver: {message}"


def test_a_folder_that_is_deleted_just_before_it_is_watched(contract: Path, capfd: pytest.CaptureFixture[str]) -> None:
    def miss(*_: object, **__: object) -> NoReturn:
        raise FileNotFoundError("no such folder")

    calls = Calls(contract)
    with watching(calls, watch_folders=miss):
        calls.after(lambda: shutil.rmtree(contract.parent), seen="-")
    assert capfd.readouterr().err == ""


def test_a_closed_watch_has_no_thread(contract: Path) -> None:
    calls = Calls(contract)
    with watching(calls) as watch:
        watch.close()
        assert not [t for t in threading.enumerate() if t.name == "mockserver-watch"]
        watch.close()


def test_a_watch_may_be_closed_by_its_own_call(contract: Path) -> None:
    edits = [{(Change.modified, str(contract))}] * 3
    calls = Calls(contract)

    def close() -> Iterable[Path]:
        watch.close()
        return calls()

    watch = Watch([contract], close, watch_folders=lambda *_, **__: iter(edits))
    watch.start()
    wait_for(lambda: not [t for t in threading.enumerate() if t.name == "mockserver-watch"])
    assert len(calls.times) == 1


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.yaml", True), ("a.YML", True), ("a.json", True), ("a.ndjson", True), ("a.jsonl", True), ("a.yaml~", False)],
)
def test_which_files_are_watched(name: str, expected: bool) -> None:
    assert is_watched(f"/x/{name}") is expected
