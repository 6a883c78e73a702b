"""What several processes or machines share: `SqliteState` in a file, `RedisState` behind a URL, and their journals."""

from __future__ import annotations

import sys
from pathlib import Path

from mockserver.journal import Journal, MemoryJournal
from mockserver.shared.files import SqliteState
from mockserver.shared.network import RedisJournal, RedisState
from mockserver.shared.rings import FileJournal, FileTally
from mockserver.state import State

__all__ = ["FileJournal", "FileTally", "RedisJournal", "RedisState", "SqliteState", "open_journal", "open_state"]

_SCHEMES = ("redis://", "rediss://", "unix://")


def open_state(where: str) -> State:
    """The state that an option names: a Redis URL (``redis://``, ``rediss://``, ``unix://``), else a file.

    A file is made where there is none. Raises `OptionError`.
    """
    if where.startswith(_SCHEMES):
        return RedisState(where)
    return SqliteState(Path(where).expanduser())


def open_journal(state: State) -> Journal:
    """The journal that belongs to a state: those who share the one share the other. Raises `OptionError`."""
    if isinstance(state, RedisState):
        return RedisJournal(state)
    if isinstance(state, SqliteState) and sys.platform != "win32":
        return FileJournal(state.path)
    return MemoryJournal()
