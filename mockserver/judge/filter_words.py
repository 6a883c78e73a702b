"""Says which parameters filter by equality, and which values mean the same, by what names and words say."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import UTC, datetime

from mockserver.contract import Parameter, non_null
from mockserver.semantics import ListSemantics

_NOT_EQUAL = re.compile(
    r"\b(?:contain(?:s|ing|ed)?|search(?:es|ed|ing)?|look(?:s|ed)? for|keywords?|prefix(?:es)?|suffix(?:es)?|"
    r"(?:start|begin|end)(?:s|(?:n?ing))? (?:with|in)|first (?:letters?|characters?|words?)|(?:any|an?) part of|"
    r"(?:every|any)thing (?:below|under|inside|within|in)|descendants?|children|sub-?(?:folders?|trees?|categor\w+)|"
    r"fuzzy|similar|partial(?:ly)?|substring|wildcards?|patterns?|regex|(?:regular )?expression|full[- ]text|"
    r"(?:less|greater|more|later|earlier|older|newer|higher|lower) than|at (?:least|most)|minimum|maximum|up to|since|"
    r"(?<!one )(?:or|and) (?:less|fewer|more|later|earlier|older|newer|higher|lower|above|below|greater|smaller|up)|"
    r"on or (?:after|before)|(?:created|made|updated|changed|modified|dated) (?:after|before)|until|"
    r"from (?:this|that|the given) \w+ on(?:wards?)?|nearby|within (?:a|\d|the (?:range|distance)))\b"
    r"|\bI?LIKE\b|\blike\b(?= match)",
    re.IGNORECASE,
)
_SQL_LIKE = re.compile(r"^like$", re.IGNORECASE)
_CASELESS = re.compile(r"case[- ]?insensitiv|(?:without|ignor\w+|regardless of) (?:the )?case", re.IGNORECASE)


def equality_filters(semantics: ListSemantics) -> ListSemantics:
    """Return the same list without the inferred filters that compare otherwise, by their names or descriptions.

    What a parameter that searches, or bounds a range, has to match is not certain.
    """
    if not semantics.why.get("filters", "").startswith("inferred"):
        return semantics
    kept = {}
    for name, target in semantics.filters.items():
        parameter = semantics.operation.parameter(name)
        if parameter is None or not _compares_otherwise(parameter):
            kept[name] = target
    return replace(semantics, filters=kept) if len(kept) < len(semantics.filters) else semantics


def with_one_page_size(semantics: ListSemantics) -> ListSemantics:
    """Return the same list without the cursor that takes a page size of its own: ``last`` beside ``before``."""
    last = semantics.operation.parameter("last")
    if last is None or semantics.before is None or semantics.limit != "first":
        return semantics
    return replace(semantics, before=None, previous_cursor=None)


def _compares_otherwise(parameter: Parameter) -> bool:
    found = _NOT_EQUAL.search(_words(parameter))
    # "chains like SETH" gives an example; "LIKE" is the operator.
    return found is not None and (not _SQL_LIKE.match(found[0]) or found[0].isupper())


def caseless_filters(semantics: ListSemantics) -> tuple[str, ...]:
    """Return the filters whose descriptions say that case does not matter."""
    parameters = [semantics.operation.parameter(name) for name in semantics.filters]
    return tuple(p.name for p in parameters if p is not None and _CASELESS.search(_words(p)))


def without_strangers(semantics: ListSemantics, values: dict[str, Collection[str]]) -> ListSemantics:
    """Return the same list without filters that share no value with the property of their name: they mean another one.

    ``values`` are the values of each filter's property that were seen.
    """
    kept = dict(semantics.filters)
    for name in semantics.filters:
        parameter = semantics.operation.parameter(name)
        choices = _choices(parameter) if parameter is not None else set()
        seen = {value.lower() for value in values.get(name, ())}
        if choices and seen and not choices & seen:
            del kept[name]
    return replace(semantics, filters=kept) if len(kept) < len(semantics.filters) else semantics


def _choices(parameter: Parameter) -> set[str]:
    schema = non_null(parameter.schema)
    items = schema.get("items")
    found = schema.get("enum") or (items.get("enum") if isinstance(items, dict) else None) or ()
    return {str(choice).lower() for choice in found if choice is not None}


def _words(parameter: Parameter) -> str:
    """Return the name, with its words apart, and the description."""
    spaced = re.sub(r"[_\-\[\].]+|(?<=[a-z])(?=[A-Z])", " ", parameter.name)
    return f"{spaced} {parameter.description} {non_null(parameter.schema).get('description', '')}"


def unknown_by_meaning(candidate: str, known: Iterable[str], parameter: Parameter) -> bool:
    """Return whether no record has a value, in whatever spelling, and the contract does not give it a meaning."""
    if candidate and re.search(rf"(?<![\w-]){re.escape(candidate)}(?![\w-])", parameter.description):
        return False
    meant = _meaning(candidate)
    return all(_meaning(value) != meant and not _is_cut_time(candidate, value) for value in known)


def is_plain_text(value: str) -> bool:
    """Return whether a value is no number and no time, of which a part means something too."""
    return isinstance(_meaning(value), str) and not re.match(r"\d{4}-\d\d", value)


def _meaning(value: str) -> object:
    """Return a number or a time as one, so that ``1.0`` is 1 and a time needs no zone; any other text as it is."""
    text = value.strip()
    try:
        return float(text)
    except ValueError:
        pass
    found = _instant(text)
    return found if found is not None else text


def _is_cut_time(candidate: str, value: str) -> bool:
    """Return whether a value is the beginning of a time: a day, a month."""
    return value.startswith(candidate) and _instant(value) is not None


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found
