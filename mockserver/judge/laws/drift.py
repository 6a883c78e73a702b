"""Finds what becomes a little more, or a little less, each time that the same page is asked for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from mockserver.judge.volatile import steady
from mockserver.judge.walk import ReceivedPage
from mockserver.semantics import FieldPath

_NEARLY_ALL = 0.8


def drift(runs: Sequence[ReceivedPage], volatile: frozenset[FieldPath]) -> str:
    """Return which field grows or shrinks from each run to the next in nearly all records, for people.

    Texts and arrays are measured by their length, numbers by their value.
    """
    takes = [dict(zip(page.ids, page.items, strict=True)) for page in runs]
    ids = [identity for identity in takes[0] if all(identity in take for take in takes)]
    records = [[steady(take[identity], volatile) for take in takes] for identity in ids]
    records = [versions for versions in records if all(isinstance(version, dict) for version in versions)]
    names = dict.fromkeys(name for versions in records for version in versions for name in version)
    for name in names:
        measured = [[_measure(version.get(name)) for version in versions] for versions in records]
        changing = [values for values in measured if len(set(values)) > 1]
        if changing and len(changing) >= _NEARLY_ALL * len(measured):
            if all(_rises(values) for values in changing):
                return f"{name} grows"
            if all(_rises(values[::-1]) for values in changing):
                return f"{name} shrinks"
    return ""


def _measure(value: Any) -> float:
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return len(value)
    if isinstance(value, int | float):
        return float(value)
    return 0 if value is None else len(json.dumps(value))


def _rises(values: Sequence[float]) -> bool:
    return all(one < other for one, other in pairwise(values))
