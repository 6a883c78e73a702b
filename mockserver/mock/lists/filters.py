"""Read filters that are given as pairs of a parameter's name and a value, as on a command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mockserver.errors import OptionError, unknown
from mockserver.mock.lists.query import read_query
from mockserver.mock.messages import Pair
from mockserver.mock.request.validation import validate
from mockserver.semantics import ListSemantics
from mockserver.world.model import Dataset
from mockserver.world.selections import Filters


def read_filters(semantics: ListSemantics, pairs: Sequence[Pair], dataset: Dataset) -> Filters:
    """Return the values of each filtered property, read as in a request.

    Raises `OptionError` for an unknown parameter, an empty value, and a value that a request must not have.
    """
    for name, value in pairs:
        if name not in semantics.filters:
            raise OptionError(f"{semantics.operation.id}: {unknown('filter', name, semantics.filters)}")
        if not value:
            raise OptionError(f"got the filter '{name}' without a value, expected {name}=VALUE")
    given = {("query", name) for name, _ in pairs}
    parsed = validate(semantics.operation, query=pairs)
    wrong = tuple(v for v in parsed.violations if v.loc[:2] in given)
    only_given = {key: value for key, value in parsed.given.items() if key in given}
    query, violations = read_query(
        semantics, replace(parsed, given=only_given, defaults={}, violations=wrong), dataset, ""
    )
    if violations:
        raise OptionError("; ".join(f"the filter '{v.loc[1]}': {v.msg}" for v in violations))
    return query.filters
