"""Contracts written for a test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mockserver.contract import Contract, load_contract

Read = Callable[[str], Contract]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read a contract from YAML text, which lies in ``c.yaml`` in the test's folder."""

    def read_text(text: str) -> Contract:
        (tmp_path / "c.yaml").write_text(text, encoding="utf-8")
        return load_contract(tmp_path / "c.yaml")

    return read_text
