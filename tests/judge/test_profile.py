"""Sections of a profile that hold for some operations."""

from __future__ import annotations

from pathlib import Path

import pytest

from mockserver.errors import OptionError
from mockserver.judge.laws import LAWS
from mockserver.judge.profile import Profile, load_profile, template

TEXT = """
total = "estimate"
off = ["back"]

[operations.list_events]
total = "exact"

[operations."list_*"]
total = "estimate"
off = ["total"]

[operations."GET /v2/*"]
off = []
"""


def loaded(tmp_path: Path, text: str) -> Profile:
    path = tmp_path / "profile.toml"
    path.write_text(text, encoding="utf-8")
    return load_profile(path, LAWS)


@pytest.mark.parametrize(
    ("names", "total", "off"),
    [
        (("get_thing", "GET /things"), "estimate", ("back",)),
        (("list_things", "GET /things"), "estimate", ("total",)),
        (("list_events", "GET /events"), "exact", ("total",)),
        (("list_things", "GET /v2/things"), "estimate", ()),
        (("other", "POST /v2/things"), "estimate", ("back",)),
    ],
    ids=["no section", "a pattern", "a name before a pattern", "the last pattern", "another method"],
)
def test_each_operation_has_its_switches(tmp_path: Path, names: tuple[str, str], total: str, off: tuple[str]) -> None:
    profile = loaded(tmp_path, TEXT).of(names)
    assert (profile.total, profile.off) == (total, off)
    assert profile.operations == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('operations = "list_*"', "got operations that are no sections"),
        ("[operations]\nlist_a = 3", "got operations that are no sections"),
        ('[operations."list_*"]\nof = []', "operations.\"list_*\": unknown switch 'of'; did you mean 'off'?"),
        ("[operations.a]\noff = ['totl']", "operations.\"a\": unknown law 'totl'; did you mean 'total'?"),
        ("[operations.a]\ntotal = 3", 'operations."a": got total = 3'),
        ("[operations.a.operations.b]\ntotal = 'exact'", "unknown switch 'operations'"),
    ],
)
def test_a_faulty_section_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(OptionError) as error:
        loaded(tmp_path, text)
    assert said in error.value.message
    assert "profile.toml" in error.value.message


def test_a_template_with_sections_is_a_profile(tmp_path: Path) -> None:
    sections = {"list_a": {"total": ('"estimate"', "a reason\nin two lines")}, 'GET /a"b': {"off": ('["back"]', "why")}}
    text = template(operations=sections)
    profile = loaded(tmp_path, text)
    assert profile.of(("list_a", "")).total == "estimate"
    assert profile.of(("x", 'GET /a"b')).off == ("back",)
    assert profile.of(("x", "y")) == Profile()
    assert "# a reason\n# in two lines\n" in text
