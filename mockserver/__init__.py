"""Serves a mock of an API from its OpenAPI contract, and judges any server by the same contract.

Nothing is imported, and nothing happens, until a name is used: the judge runs without the mock, and the mock without
the judge.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockserver.errors import (
        AddressError,
        ContractError,
        CursorError,
        FixtureError,
        JudgeError,
        MockserverError,
        NotKeptError,
        OptionError,
        RecordError,
    )
    from mockserver.judge import judge_server
    from mockserver.program import Mock, create_app

    __version__: str

__all__ = [
    "AddressError",
    "ContractError",
    "CursorError",
    "FixtureError",
    "JudgeError",
    "Mock",
    "MockserverError",
    "NotKeptError",
    "OptionError",
    "RecordError",
    "__version__",
    "create_app",
    "judge_server",
]

_HOMES = {"Mock": "mockserver.program", "create_app": "mockserver.program", "judge_server": "mockserver.judge"}
"""The modules of names that are not exceptions."""


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from mockserver.version import version

        return version()
    if name not in __all__:
        raise AttributeError(f"module 'mockserver' has no attribute '{name}'")
    return getattr(import_module(_HOMES.get(name, "mockserver.errors")), name)


def __dir__() -> list[str]:
    return __all__
