"""Edits are followed as editors make them, within a second, and nothing that happens to files ends it."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from watchfiles import Change

from mockserver.errors import ContractError
from mockserver.server import watch as reloading
from mockserver.server.watch import Watch, is_watched
from tests.support.programs import wait_for


class Calls:
    """What stands for the mock: counts how often it was asked, and answers with the files to watch."""

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
        """Make an edit; the seconds until it was taken up (and these texts were seen)."""
        count, begun = len(self.times), time.monotonic()
        edit()
        wait_for(lambda: len(self.times) > count and seen in (None, self.seen[-1]))
        return self.times[count] - begun


@contextmanager
def watching(calls: Calls) -> Iterator[Watch]:
    watch = Watch(calls.files, calls)
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


def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows with each look at the files."""
    looks, stamps = list[int](), reloading._stamps
    monkeypatch.setattr(reloading, "_stamps", lambda files: looks.append(1) or stamps(files))
    return looks


def replace(file: Path, text: str) -> None:
    """As editors save: another file takes the name."""
    other = file.with_name("4913~")
    other.write_text(text)
    other.replace(file)


def append(file: Path) -> None:
    with file.open("a") as opened:
        opened.write("b")


def swap(folder: Path, text: str) -> None:
    """Another folder takes the name, and keeps the file's; as a checkout, or a mounted configuration, does."""
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
def test_an_edit_is_taken_up_within_a_second(edit: Callable[[Path], object], contract: Path) -> None:
    calls = Calls(contract)
    with watching(calls):
        assert calls.after(lambda: edit(contract)) < 1


def test_edits_go_on_being_followed(contract: Path) -> None:
    calls = Calls(contract)
    with watching(calls):
        for text in "bcd":
            calls.after(lambda text=text: replace(contract, text), seen=text)
            calls.after(lambda text=text: contract.write_text(text * 2), seen=text * 2)


def test_a_file_that_is_missed_may_appear(contract: Path) -> None:
    calls = Calls(contract, contract.parent / "odd.txt", contract.parent.parent / "later" / "more.txt")
    with watching(calls):
        assert calls.seen[-1] == "a--"
        assert calls.after(lambda: (contract.parent / "odd.txt").write_text("b"), seen="ab-") < 1
        (contract.parent.parent / "later").mkdir()
        assert calls.after(lambda: (contract.parent.parent / "later" / "more.txt").write_text("c"), seen="abc") < 1


def test_what_was_edited_before_watching_began_is_taken_up(contract: Path) -> None:
    calls = Calls(contract)
    watch = Watch(calls.files, calls)
    contract.write_text("b")
    watch.start()
    wait_for(lambda: calls.seen)
    watch.close()
    assert calls.seen == ["b"]


def test_nothing_is_asked_while_nothing_happens(contract: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls, looks = Calls(contract), counted(monkeypatch)
    deep = contract.parent / "sub"
    deep.mkdir()
    with watching(calls):
        (contract.parent / "server.log").write_text("started")
        (deep / "deep.yaml").write_text("")
        wait_for(lambda: len(looks) > 6)
        assert len(calls.times) == 1


def test_busy_neighbours_do_not_hide_an_edit(contract: Path) -> None:
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


def test_the_files_that_count_are_followed_into_other_folders(contract: Path) -> None:
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
        calls.after(lambda: (other.parent / "extra.yml").write_text(""))


@pytest.mark.parametrize("folder", ["api", "parts"])
def test_a_file_that_comes_in_may_be_edited_meanwhile(folder: str, contract: Path) -> None:
    """Between the moment it is read and the one when it is watched."""
    other = contract.parent.parent / folder / "boat.yaml"
    other.parent.mkdir(exist_ok=True)
    other.write_text("x")
    calls = Calls(contract)
    asked = calls.__call__

    def ask() -> Iterable[Path]:
        files = asked()
        if calls.seen[-1] == "bx":
            other.write_text("y")
        return files

    def refer() -> None:
        calls.files = [contract, other]
        contract.write_text("b")

    watch = Watch(calls.files, ask)
    watch.start()
    wait_for(lambda: calls.seen)
    refer()
    wait_for(lambda: calls.seen[-1] == "by")
    watch.close()


def test_a_stream_of_edits_is_taken_up_before_it_ends(contract: Path) -> None:
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


def test_a_folder_that_is_made_again_at_once(contract: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system may give the new one the number of the old one."""
    calls = Calls(contract)
    monkeypatch.setattr(reloading, "_folders", lambda files: {file.parent: (1, 1) for file in files})

    def make_again() -> None:
        shutil.rmtree(contract.parent)
        contract.parent.mkdir()
        contract.write_text("b")

    with watching(calls):
        calls.after(make_again, seen="b")
        calls.after(lambda: (contract.parent / "extra.yaml").write_text(""))


def test_what_is_raised_is_told_and_ends_nothing(contract: Path, capfd: pytest.CaptureFixture[str]) -> None:
    calls = Calls(contract)
    with watching(calls):
        for error, told in (
            (ContractError("c.yaml", 3, "no 'paths'"), "mockserver: c.yaml:3: no 'paths'\n"),
            (RuntimeError("one\n  two"), "mockserver: RuntimeError: one two\n"),
        ):
            calls.error = error
            calls.after(lambda told=told: replace(contract, told))
            wait_for(lambda told=told: capfd.readouterr().err == told)
        calls.error = None
        calls.after(lambda: contract.write_text("well"), seen="well")
    assert capfd.readouterr().err == ""


def test_a_failure_is_told_once(
    contract: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    calls, looks = Calls(contract), counted(monkeypatch)
    with watching(calls):
        calls.error = ContractError("c.yaml", 3, "wrong")
        calls.after(lambda: replace(contract, "b"))
        enough = len(looks) + 6
        wait_for(lambda: len(looks) > enough)
    assert capfd.readouterr().err.count("wrong") == 1


@pytest.mark.parametrize("again", range(3))
def test_a_folder_that_goes_and_comes_back(again: int, contract: Path) -> None:
    calls = Calls(contract)
    with watching(calls):
        calls.after(lambda: shutil.rmtree(contract.parent), seen="-")
        contract.parent.mkdir()
        calls.after(lambda: contract.write_text("b"), seen="b")
        calls.after(lambda: (contract.parent / "extra.yaml").write_text(""))
        calls.after(lambda: swap(contract.parent, "c"), seen="c")
        calls.after(lambda: (contract.parent / "more.yaml").write_text(""))


def test_without_notifications(contract: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHFILES_FORCE_POLLING", "true")
    calls = Calls(contract)
    with watching(calls):
        assert calls.after(lambda: contract.write_text("bb"), seen="bb") < 1
        assert calls.after(lambda: (contract.parent / "extra.yaml").write_text("")) < 1


def test_where_folders_cannot_be_watched(
    contract: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object, **__: object) -> Iterator[object]:
        raise OSError("file watch limit reached")

    monkeypatch.setattr("watchfiles.watch", refuse)
    calls = Calls(contract)
    with watching(calls):
        assert calls.after(lambda: contract.write_text("bb"), seen="bb") < 1
        assert calls.after(lambda: swap(contract.parent, "c"), seen="c") < 1
    told = "the folders cannot be watched (OSError: file watch limit reached); the files are looked at instead"
    assert capfd.readouterr().err.splitlines()[0] == f"mockserver: {told}"


def test_a_folder_that_goes_just_before_it_is_watched_is_no_news(
    contract: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def miss(*_: object, **__: object) -> Iterator[object]:
        raise FileNotFoundError("no such folder")

    monkeypatch.setattr("watchfiles.watch", miss)
    calls = Calls(contract)
    with watching(calls):
        calls.after(lambda: shutil.rmtree(contract.parent), seen="-")
    assert capfd.readouterr().err == ""


def test_the_end(contract: Path) -> None:
    calls = Calls(contract)
    with watching(calls) as watch:
        watch.close()
        assert not [t for t in threading.enumerate() if t.name == "mockserver-watch"]
        watch.close()


def test_it_may_end_itself(contract: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edits = [{(Change.modified, str(contract))}] * 3
    monkeypatch.setattr("watchfiles.watch", lambda *_, **__: iter(edits))
    calls = Calls(contract)

    def close() -> Iterable[Path]:
        watch.close()
        return calls()

    watch = Watch([contract], close)
    watch.start()
    wait_for(lambda: not [t for t in threading.enumerate() if t.name == "mockserver-watch"])
    assert len(calls.times) == 1


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.yaml", True), ("a.YML", True), ("a.json", True), ("a.ndjson", True), ("a.jsonl", True), ("a.yaml~", False)],
)
def test_which_files_count(name: str, expected: bool) -> None:
    assert is_watched(f"/x/{name}") is expected
