"""State that several processes or machines share: `SqliteState` in a file, `RedisState` behind a URL."""

from __future__ import annotations

from pathlib import Path

from mockserver.shared.files import SqliteState
from mockserver.shared.network import RedisState
from mockserver.state import State

__all__ = ["RedisState", "SqliteState", "open_state"]

_SCHEMES = ("redis://", "rediss://", "unix://")


def open_state(where: str) -> State:
    """The state that an option names: a Redis URL (``redis://``, ``rediss://``, ``unix://``), else a file.

    A file is made where there is none. Raises `OptionError`.
    """
    if where.startswith(_SCHEMES):
        return RedisState(where)
    return SqliteState(Path(where).expanduser())
