"""What several processes or machines share: `SqliteState` in a file, `RedisState` behind a URL, and their journals."""

from __future__ import annotations

import sys
from pathlib import Path

from mockserver.mock.journal_entries import Journal, MemoryJournal
from mockserver.state.base import State
from mockserver.state.mapped_journal import FileJournal, FileTally
from mockserver.state.redis import RedisJournal, RedisState
from mockserver.state.sqlite import SqliteState

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
