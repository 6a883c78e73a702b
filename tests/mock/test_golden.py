"""Answers of the default worlds, byte for byte: another byte changes the snapshots of every user."""

from pathlib import Path

import pytest

from tests.golden import GOLDEN, answer


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.http")), ids=lambda path: path.stem)
def test_an_answer_is_the_recorded_one(path: Path) -> None:
    """If a change is intended, the file is renewed and the changelog mentions it."""
    request, expected = path.read_bytes().split(b"\n\n", 1)
    assert answer(request.decode()) == expected
