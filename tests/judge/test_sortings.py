"""Which sortings a contract documents, read out of enums, patterns and words."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.contract import parse_contract
from mockserver.judge.sortings import Sorting, sortings
from mockserver.semantics import list_operations
from tests.judge.designs.design import document, envelope, query, thing


def found(*parameters: Any) -> list[Sorting]:
    made = document(
        [query("limit", "integer"), query("offset", "integer"), *parameters], envelope(item=thing(made_at={}))
    )
    return list(sortings(list_operations(parse_contract(made, "openapi.json"))[0]))


@pytest.mark.parametrize(
    ("parameters", "texts"),
    [
        ([query("sort", enum=["id", "-id"])], ["sort=id", "sort=-id"]),
        ([query("orderBy", enum=["colour", None])], ["orderBy=colour"]),
        ([query("sort", pattern="^-?(id|colour)$")], ["sort=id", "sort=colour", "sort=-id", "sort=-colour"]),
        ([query("order", enum=["asc", "desc"])], ["order=asc", "order=desc"]),
        (
            [query("sort_by", enum=["id"]), query("order", enum=["asc", "desc"])],
            ["sort_by=id&order=asc", "sort_by=id&order=desc"],
        ),
        ([query("sort", enum=["id"]), query("reverse", "boolean")], ["sort=id&reverse=true", "sort=id&reverse=false"]),
        ([query("ordering", description="Which field to use when ordering the results.")], []),
        ([query("ordering", description="One of `id`, `colour`.")], ["ordering=id", "ordering=colour"]),
        ([query("sort", description="`made_at` or `-made_at`")], ["sort=made_at", "sort=-made_at"]),
        ([query("sort", description="As in `id:desc`.")], ["sort=id:asc", "sort=id:desc"]),
        ([query("sort", enum=["id", "random", "relevance"])], ["sort=id"]),
        ([query("sort", enum=["id", "newest"])], ["sort=id", "sort=newest"]),
        ([query("q")], []),
        ([query("fields", enum=["id", "colour"])], []),
    ],
)
def test_documented_sortings_are_found(parameters: list[Any], texts: list[str]) -> None:
    assert [sorting.text for sorting in found(*parameters)] == texts


@pytest.mark.parametrize(
    ("value", "field", "up"),
    [
        ("id", "id", None),
        ("-id", "id", False),
        ("madeAt", "made_at", None),
        ("made_at_desc", "made_at", False),
        ("colour:asc", "colour", True),
        ("newest", None, None),
    ],
)
def test_a_sorting_names_a_property_and_a_direction(value: str, field: str | None, up: bool | None) -> None:
    assert found(query("sort", enum=[value])) == [Sorting((("sort", value),), field, up)]
