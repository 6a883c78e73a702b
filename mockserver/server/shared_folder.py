"""A folder for the files that the workers of one server share while it runs."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "serve-"
"""Begins the name of each folder; the process id of its server follows."""


@contextmanager
def shared_folder() -> Iterator[Path]:
    """Make a folder that is removed at the end of the block.

    It is in the user's cache if that is writable, otherwise in the folder for temporary files. Folders in the cache
    whose server was killed are removed too.
    """
    cache = _cache()
    if cache is not None and sys.platform != "win32":
        _remove_abandoned(cache)
    path = tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=cache)
    try:
        yield Path(path)
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _cache() -> Path | None:
    """Return the user's cache folder of this program, or ``None`` if it is not writable."""
    from platformdirs import user_cache_path

    try:
        folder = user_cache_path("mockserver")
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):
        return None
    return folder if os.access(folder, os.W_OK) else None


def _remove_abandoned(cache: Path) -> None:
    """Remove the folders whose process does not exist any more."""
    for folder in cache.glob(f"{PREFIX}*"):
        process = folder.name.removeprefix(PREFIX).partition("-")[0]
        if process.isdigit() and not _exists(int(process)):
            shutil.rmtree(folder, ignore_errors=True)


def _exists(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
