"""Follows edits of files, wherever editors put them: says that something changed, and is told which files count now.

Folders are watched, not files, since editors replace a file by another of the same name, and a file that is missed may
appear. What no folder tells of (a mount without notifications, a folder that was replaced) is seen by a look at the
files themselves, four times a second.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import closing, suppress
from pathlib import Path

from mockserver.errors import MockserverError

SUFFIXES = (".yaml", ".yml", ".json", ".ndjson", ".jsonl")
"""Files of these kinds are watched, beside those that are named."""

TICK = 250
"""Milliseconds between two looks at the files."""

SETTLED = 50
"""Milliseconds without an edit after which a row of edits is taken as one."""

LONGEST = 400
"""Milliseconds after which edits are taken up although more follow."""

CLOSING = 5
"""Seconds that `Watch.close` waits for an edit that is being taken up."""

Stamp = tuple[int, ...] | None


class Watch:
    """Calls ``changed`` in a thread of its own when a file was edited in one of the folders of ``files``, no deeper.

    What it returns are the files from then on. It is called once at the start, and once more after other files came in,
    for what was edited before they were watched. What it raises is told in one sentence on stderr, and ends nothing.
    """

    def __init__(self, files: Iterable[Path], changed: Callable[[], Iterable[Path]]) -> None:
        self._changed = changed
        self._files = _absolute(files)
        self._stamps: dict[Path, Stamp] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mockserver-watch", daemon=True)

    def start(self) -> None:
        """Begin; once only."""
        self._thread.start()

    def close(self) -> None:
        """End; afterwards ``changed`` is not called any more, unless it is still at work after `CLOSING` seconds."""
        self._stop.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(CLOSING)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._watch()

    def _watch(self) -> None:
        """Follow edits until the folders are others than those that are watched."""
        folders = _folders(self._files)
        with closing(self._edits([folder for folder, identity in folders.items() if identity is not None])) as edits:
            for paths in edits:
                if self._stop.is_set():
                    return
                if paths or self._stamps != _stamps(self._files):
                    self._ask()
                if _folders(self._files) != folders or paths & folders.keys():
                    return

    def _edits(self, folders: list[Path]) -> Generator[set[Path], None, None]:
        """The files that were edited and the folders that went, as they do; nothing at each tick."""
        try:
            from watchfiles import Change, watch

            # Without a filter of its own, since it says nothing of an edit that it filters, not even that time passes.
            for changes in watch(
                *folders,
                watch_filter=None,
                stop_event=self._stop,
                debounce=LONGEST,
                step=SETTLED,
                rust_timeout=TICK,
                yield_on_timeout=True,
                recursive=False,
                raise_interrupt=False,
            ):
                gone = {Path(path) for change, path in changes if change == Change.deleted}
                yield {Path(path) for _, path in changes if is_watched(path)} | gone.intersection(folders)
        except FileNotFoundError:
            pass  # one went a moment ago: they are others than those that were asked for
        except Exception as error:
            _say(f"the folders cannot be watched ({_told(error)}); the files are looked at instead")
        while not self._stop.wait(TICK / 1000):
            yield set()

    def _ask(self) -> None:
        self._stamps = _stamps(self._files)  # without those that come in, which so are looked at once more
        try:
            self._files = _absolute(self._changed())
        except Exception as error:
            _say(_told(error))


def is_watched(path: str | Path) -> bool:
    """Whether an edit of a file counts although nobody named it."""
    return Path(path).suffix.lower() in SUFFIXES


def _absolute(files: Iterable[Path]) -> tuple[Path, ...]:
    return tuple(file.absolute() for file in files)


def _stamps(files: Iterable[Path]) -> dict[Path, Stamp]:
    """For each file what is other once it was edited; ``None`` where there is none."""
    found = {file: _stat(file) for file in files}
    return {
        file: None if stat is None else (stat.st_ino, stat.st_size, stat.st_mtime_ns) for file, stat in found.items()
    }


def _folders(files: Iterable[Path]) -> dict[Path, Stamp]:
    """For each folder of files what is other once it was replaced; ``None`` where there is none."""
    found = {file.parent: _stat(file.parent) for file in files}
    return {folder: None if stat is None else (stat.st_dev, stat.st_ino) for folder, stat in found.items()}


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except (OSError, ValueError):
        return None


def _told(error: Exception) -> str:
    return str(error) if isinstance(error, MockserverError) else f"{type(error).__name__}: {error}"


def _say(text: str) -> None:
    with suppress(OSError, ValueError):  # nobody may be listening
        sys.stderr.write(f"mockserver: {' '.join(text.split())}\n")
        sys.stderr.flush()
