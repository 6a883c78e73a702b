"""The worlds of every release, byte for byte: another byte here changes every user's snapshots."""

from pathlib import Path

import pytest

from tests.golden import GOLDEN, answer


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.http")), ids=lambda path: path.stem)
def test_an_answer_is_the_one_that_was_written_down(path: Path) -> None:
    """A change that is meant is renewed in the file, and told in the changelog."""
    request, expected = path.read_bytes().split(b"\n\n", 1)
    assert answer(request.decode()) == expected
