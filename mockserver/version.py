"""The version of the installed package."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed


def version() -> str:
    """Return the version of the installed package; ``0+unknown`` where it runs from a checkout never installed."""
    try:
        return installed("mockserver")
    except PackageNotFoundError:
        return "0+unknown"
