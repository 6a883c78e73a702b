"""Laws and parts of a survey are declared once, beside their code, and know each other by name."""

from __future__ import annotations

import pytest

from mockserver.judge.laws import LAWS, parts_for
from mockserver.judge.laws.law import Cases, law
from mockserver.judge.registry import Registry
from mockserver.judge.survey import BASE, PARTS, Survey
from mockserver.judge.survey.parts import part
from mockserver.judge.survey.run import SurveyRun


def nothing(_: Survey) -> Cases:
    yield from ()


def test_every_part_is_used_by_a_law_and_every_law_has_evidence() -> None:
    used = {name for one in LAWS.values() for name in (*one.parts, *one.required)}
    assert set(PARTS) == used - {BASE}
    assert all(one.parts or one.every_answer for one in LAWS.values())
    assert all(set(one.required) <= set(one.parts) for one in LAWS.values())


def test_a_law_that_names_an_unknown_part_fails_where_it_is_declared() -> None:
    with pytest.raises(
        ValueError, match=r"the law 'gravity': unknown part of a survey 'offset'; did you mean 'offsets'"
    ):
        law("gravity", claim="what goes up comes down", parts=("sizes", "offset"))
    with pytest.raises(ValueError, match=r"unknown part of a survey 'hostility'"):
        law("gravity", claim="what goes up comes down", required=("hostility",))
    assert "gravity" not in LAWS


def test_a_name_is_declared_once() -> None:
    with pytest.raises(ValueError, match="the law 'total' is declared twice"):
        law("total", claim="the total is the number of records")(nothing)

    def take(_: SurveyRun) -> None: ...

    with pytest.raises(ValueError, match="the part of a survey 'sizes' is declared twice"):
        part("sizes")(take)


def test_what_is_declared_has_a_place_in_the_order_and_only_that() -> None:
    registry: Registry[int] = Registry("number")
    registry.add("one", 1)
    registry.add("two", 2)
    assert list(registry.in_order(("two", "one")).items()) == [("two", 2), ("one", 1)]
    with pytest.raises(ValueError, match=r"unknown number 'three'; .*available: one, two"):
        registry.in_order(("one", "two", "three"))
    with pytest.raises(ValueError, match="the number 'two' is declared, but has no place in the order"):
        registry.in_order(("one",))


def test_a_decorated_function_is_still_itself() -> None:
    assert LAWS["total"].examine.__name__ == "total"
    assert PARTS["small"].take.__name__ == "small_pages"


def test_some_laws_need_some_parts_and_others_need_all() -> None:
    assert parts_for([]) == set()
    assert parts_for(["key"]) == {"default", "small", "without-key", "wrong-keys"}
    assert parts_for(["key", "refresh"]) == {"default", "small", "without-key", "wrong-keys", "refresh"}
    assert parts_for(["key", "no-crash"]) == set()
