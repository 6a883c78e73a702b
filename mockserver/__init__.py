"""Serves a mock of an API from its OpenAPI contract, and judges any server by the same contract.

Nothing is imported, and nothing happens, until a name is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockserver.server.app import create_app

    __version__: str

__all__ = ["__version__", "create_app"]


def __getattr__(name: str) -> Any:
    if name == "create_app":
        from mockserver.server.app import create_app

        return create_app
    if name == "__version__":
        from mockserver.version import version

        return version()
    raise AttributeError(f"module 'mockserver' has no attribute '{name}'")
