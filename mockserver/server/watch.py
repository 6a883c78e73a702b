"""Follows edits of files, however an editor saves them: reports that something changed, and learns which files count.

Folders are watched, not files, because editors replace a file by another one of the same name, and because a missing
file may appear. Some edits cause no notification: on some mounts, or when a folder is replaced. They are found by
comparing the files' metadata four times a second.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Collection, Generator, Iterable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from mockserver.errors import MockserverError

SUFFIXES = (".yaml", ".yml", ".json", ".ndjson", ".jsonl")
"""Files with these suffixes are watched in addition to those that are named."""

TICK = 250
"""Milliseconds between two comparisons of the files' metadata."""

SETTLED = 50
"""Milliseconds without an edit that end a series of edits, which then counts as one."""

LONGEST = 400
"""Milliseconds after which a series of edits is reported although it goes on."""

CLOSING = 5
"""Seconds that `Watch.close` waits for ``changed`` to return."""

Stamp = tuple[int, ...] | None
"""Differs after an edit of a file, or the replacement of a folder; ``None`` if there is no such file or folder."""

WatchFolders = Callable[..., Iterable[Collection[tuple[Any, str]]]]
"""Yields edits of folders, as `watchfiles.watch` does."""

Stat = Callable[[Path], os.stat_result]


class Watch:
    """Calls ``changed`` in a thread of its own when a file in a folder of ``files`` was edited (not in subfolders).

    ``changed`` returns the files to watch from then on. It is also called at the start, and again after it returned
    other files, for edits made before these were watched. An exception in it is reported in one line on stderr; the
    watch goes on. ``watch_folders`` is by default `watchfiles.watch`.
    """

    def __init__(
        self,
        files: Iterable[Path],
        changed: Callable[[], Iterable[Path]],
        *,
        watch_folders: WatchFolders | None = None,
        stat: Stat = Path.stat,
    ) -> None:
        self._changed = changed
        self._watch_folders = watch_folders
        self._stat = stat
        self._files = _absolute(files)
        self._stamps: dict[Path, Stamp] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mockserver-watch", daemon=True)

    def start(self) -> None:
        """Start the thread. May be called once."""
        self._thread.start()

    def close(self) -> None:
        """Stop: ``changed`` is not called again. If it is running, wait for it, at most `CLOSING` seconds."""
        self._stop.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(CLOSING)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._follow()

    def _follow(self) -> None:
        """Follow edits until other folders have to be watched."""
        folders = self._folders()
        existing = [folder for folder, stamp in folders.items() if stamp is not None]
        with closing(self._edits(existing)) as edits:
            for paths in edits:
                if self._stop.is_set():
                    return
                if paths or self._stamps != self._file_stamps():
                    self._report()
                if self._folders() != folders or paths & folders.keys():
                    return

    def _edits(self, folders: list[Path]) -> Generator[set[Path], None, None]:
        """Yield the files that were edited and the folders that were deleted; an empty set at each tick."""
        try:
            import watchfiles

            # No filter: for a filtered edit watchfiles yields nothing, so that even ticks would be missed.
            for changes in (self._watch_folders or watchfiles.watch)(
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
                deleted = {Path(path) for change, path in changes if change == watchfiles.Change.deleted}
                yield {Path(path) for _, path in changes if is_watched(path)} | deleted.intersection(folders)
        except FileNotFoundError:
            pass  # a folder was deleted just now: the next comparison of the folders notices it
        except Exception as error:  # whatever the system refuses: comparing the files works without it
            _print(f"cannot watch the folders ({_message(error)}); comparing the files instead")
        while not self._stop.wait(TICK / 1000):
            yield set()

    def _report(self) -> None:
        # Stamps of the old files only: so files that are new are reported once more.
        self._stamps = self._file_stamps()
        try:
            self._files = _absolute(self._changed())
        except Exception as error:  # a reload runs any code that reads a file; the watch must outlive its faults
            _print(_message(error))

    def _file_stamps(self) -> dict[Path, Stamp]:
        found = {file: self._stat_or_none(file) for file in self._files}
        return {
            file: None if stat is None else (stat.st_ino, stat.st_size, stat.st_mtime_ns)
            for file, stat in found.items()
        }

    def _folders(self) -> dict[Path, Stamp]:
        """Return the folders of the files, each with its stamp."""
        found = {file.parent: self._stat_or_none(file.parent) for file in self._files}
        return {folder: None if stat is None else (stat.st_dev, stat.st_ino) for folder, stat in found.items()}

    def _stat_or_none(self, path: Path) -> os.stat_result | None:
        try:
            return self._stat(path)
        except (OSError, ValueError):
            return None


def is_watched(path: str | Path) -> bool:
    """Return whether edits of a file count even if nobody named it."""
    return Path(path).suffix.lower() in SUFFIXES


def _absolute(files: Iterable[Path]) -> tuple[Path, ...]:
    return tuple(file.absolute() for file in files)


def _message(error: Exception) -> str:
    return str(error) if isinstance(error, MockserverError) else f"{type(error).__name__}: {error}"


def _print(text: str) -> None:
    with suppress(OSError, ValueError):  # stderr may be closed
        sys.stderr.write(f"mockserver: {' '.join(text.split())}\n")
        sys.stderr.flush()
