"""Cursors with wrong values inside, by what they are made of."""

from __future__ import annotations

import base64

import pytest

from mockserver.judge.survey.cursors import altered_cursors, bare_cursor, cursors_with_wrong_values

UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"


def coded(text: str, *, padded: bool = True) -> str:
    made = base64.urlsafe_b64encode(text.encode()).decode()
    return made if padded else made.rstrip("=")


@pytest.mark.parametrize(
    ("cursor", "wrong"),
    [
        (coded('{"id": 17}'), coded('{"id": "x"}')),
        (coded('{"id": 17}', padded=False), coded('{"id": "x"}', padded=False)),
        (coded("[1, 2]"), coded('["x", 2]')),
        (coded("p=2024-01-01&r=1"), coded("p=x&r=1")),
        (coded("p=2024-01-01&r=1"), coded("p=2024-01-01&r=9223372036854775808")),
        (coded("r=1&p=Jane"), coded("r=1&p=%00")),
        (coded("1734"), coded("9223372036854775808")),
        (coded(UUID), coded("1")),
        (coded("cursor:17"), coded("cursor:x")),
        (coded("2024-01-01T00:00:00Z|17"), coded("2024-01-01T00:00:00Z|-1")),
        ("2024-01-01T00:00:00Z,17", "9999-99-99T99:99:99Z,17"),
        ("1734", "1734abc"),
        (UUID, UUID[:-1] + "g"),
        ("after=17&dir=up", "after=x&dir=up"),
        ('{"id": 17}', '{"id": []}'),
        (".".join(("e30", coded('{"id": 1}'), "c2ln")), ".".join(("e30", coded('{"id": null}'), "c2ln"))),
    ],
)
def test_a_value_inside_a_cursor_is_replaced(cursor: str, wrong: str) -> None:
    found = list(cursors_with_wrong_values(cursor))
    assert wrong in found
    assert cursor not in found


@pytest.mark.parametrize("cursor", ["", "opaque", "kZ3_x9-Qw0aLmN", coded("\x01\x02\x7f")])
def test_what_cannot_be_read_is_left(cursor: str) -> None:
    assert not list(cursors_with_wrong_values(cursor))


def test_every_cursor_is_cut_and_lengthened() -> None:
    assert list(altered_cursors("opaque")) == ["opa", "opaqu", "opaqueA", "opaAue"]
    assert not list(altered_cursors(None))


def test_the_cursor_in_a_url_is_what_stands_under_its_name() -> None:
    assert bare_cursor("http://host/things?limit=5&cursor=cD0x%3D", ("after", "cursor")) == "cD0x="
    assert bare_cursor("/things?page=2", ("cursor",)) == "/things?page=2"
    assert bare_cursor("abc", ("cursor",)) == "abc"
