"""Serves a mock of an API from its OpenAPI contract, and judges any server by the same contract.

Nothing is imported, and nothing happens, until a name is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockserver.app import create_app

    __version__: str

__all__ = ["__version__", "create_app"]


def __getattr__(name: str) -> Any:
    if name == "create_app":
        from mockserver.app import create_app

        return create_app
    if name == "__version__":
        return _version()
    raise AttributeError(f"module 'mockserver' has no attribute '{name}'")


def _version() -> str:
    """The version of the installed package; ``0+unknown`` when it runs from a checkout that was never installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("mockserver")
    except PackageNotFoundError:
        return "0+unknown"
