"""Folders for what the workers of one server share for as long as it runs, in the user's cache."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "serve-"


@contextmanager
def shared_directory() -> Iterator[Path]:
    """A folder for what the workers share, gone at the end of the block; in the user's cache, else where files may be.

    What a server left behind that was killed is taken away.
    """
    folder = _cache()
    if folder is not None and sys.platform != "win32":
        _tidy(folder)
    path = tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=folder)
    try:
        yield Path(path)
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _cache() -> Path | None:
    """The user's cache folder, or ``None`` where nothing can be written there."""
    from platformdirs import user_cache_path

    try:
        folder = user_cache_path("mockserver")
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):
        return None
    return folder if os.access(folder, os.W_OK) else None


def _tidy(folder: Path) -> None:
    for left in folder.glob(f"{PREFIX}*"):
        owner = left.name.removeprefix(PREFIX).partition("-")[0]
        if owner.isdigit() and not _lives(int(owner)):
            shutil.rmtree(left, ignore_errors=True)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
