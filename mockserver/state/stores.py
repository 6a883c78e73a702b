"""Open the store that an option names, SQLite in a file or Redis behind a URL, and the journal that belongs to it."""

from __future__ import annotations

import sys
from pathlib import Path

from mockserver.state.base import State
from mockserver.state.journal import Journal, MemoryJournal
from mockserver.state.mapped_journal import FileJournal
from mockserver.state.redis import RedisJournal, RedisState
from mockserver.state.sqlite import SqliteState

_SCHEMES = ("redis://", "rediss://", "unix://")


def open_state(where: str) -> State:
    """Open the state that an option names: a Redis URL (``redis://``, ``rediss://``, ``unix://``) or a file.

    A missing file is created. Raises `OptionError` if the state cannot be opened.
    """
    if where.startswith(_SCHEMES):
        return RedisState(where)
    return SqliteState(Path(where).expanduser())


def open_journal(state: State) -> Journal:
    """Open the journal that belongs to a state: mocks that share the state share the journal. Raises `OptionError`."""
    if isinstance(state, RedisState):
        return RedisJournal(state)
    if isinstance(state, SqliteState) and sys.platform != "win32":
        return FileJournal(state.path)
    return MemoryJournal()
