"""Finds by which sortings the contract says that a list can be asked for: enums, patterns, words of descriptions.

Pure: it reads the contract, and sends nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from mockserver.contract import Parameter, Schema, non_null
from mockserver.judge.inputs import parameters_without_role
from mockserver.semantics import ListSemantics

_FIELDS = {"sort", "sortby", "sortkey", "sortfield", "sortcolumn", "sorting", "sorts", "orderby", "ordering", "order"}
_DIRECTIONS = {
    "order", "direction", "dir", "sortorder", "sortdirection", "sortdir", "orderdirection", "orderdir", "ordertype",
    "sorttype",
}  # fmt: skip
_SWITCHES = {"desc", "descending", "asc", "ascending", "reverse", "reversed", "sortdesc", "sortasc", "isdesc"}
_UP, _DOWN = {"asc", "ascending", "up", "1"}, {"desc", "descending", "down", "-1"}
_WORDS = _UP | _DOWN
_CHOICES = re.compile(r"\^?(?P<sign>\(?[-+\[\]|]+\)?\??)?\(?(?:\?:)?(?P<names>\w+(?:\|[-+]?\w+)+)\)?\$?")
_NAMED = re.compile(r"(?<![\w-])-?[A-Za-z_]\w*(?:[:., ](?:asc|desc)\b)?", re.IGNORECASE)
_ENDING = re.compile(r"(?P<link>[:._, -])(?:asc|desc|ascending|descending)$", re.IGNORECASE)
_HAS_SIGN = re.compile(r"minus|hyphen|dash|prefix|(?<!\w)[`'\"(]?-[`'\"\w]", re.IGNORECASE)
_UNSTEADY = re.compile(
    r"rand|shuffl|relevan|scor|trend|popular|hot|best|rank|distance|recommend|featur|magic|custom", re.IGNORECASE
)


@dataclass(frozen=True)
class Sorting:
    """One documented way to sort a list: what is asked for, and the property that it names, if it names one.

    ``up`` says whether the values rise; ``None`` where the contract leaves that open.
    """

    query: tuple[tuple[str, str], ...]
    field: str | None = None
    up: bool | None = None

    @property
    def text(self) -> str:
        """The sorting for people."""
        return "&".join(f"{name}={value}" for name, value in self.query)


def sortings(semantics: ListSemantics) -> tuple[Sorting, ...]:
    """Return the documented sortings of a list.

    Those by what is no property and may change by itself (random, popular, relevant) are left out.
    """
    parameters = list(parameters_without_role(semantics))
    properties = frozenset(semantics.properties)
    fields = {p.name: _values(p, properties) for p in parameters if _plain(p.name) in _FIELDS and not _turns(p)}
    ways = {p.name: _turns(p) for p in parameters if _plain(p.name) in _DIRECTIONS | _SWITCHES and _turns(p)}
    field, values = next(((name, found) for name, found in fields.items() if found), ("", []))
    way, turns = next(iter(ways.items()), ("", []))
    found = [_sorting([(field, v), (way, t)], properties) for v, t in product(values or [""], turns or [""]) if v or t]
    return tuple(s for s in dict.fromkeys(found) if s.field is not None or not _UNSTEADY.search(s.text))


def _sorting(pairs: Iterable[tuple[str, str]], properties: frozenset[str]) -> Sorting:
    """Return one sorting: what its value names, and which way it goes, by a sign, an ending or the other parameter."""
    query = tuple((name, value) for name, value in pairs if value)
    names = {_plain(name): name for name in properties}
    value = next((value for _, value in query if value.lower() not in {*_WORDS, "true", "false"}), "")
    ending = _ENDING.search(value)
    bare = _plain(value[: ending.start()] if ending else value.lstrip("+-"))
    words = [text.lower() for _, text in query]
    words += [ending[0][1:].lower()] if ending else []
    down = value.startswith("-") or bool(_DOWN.intersection(words))
    up = None if not (down or _UP.intersection(words)) else not down
    return Sorting(query, names.get(bare), up)


def _plain(name: str) -> str:
    """Return a name without case and what separates its words (``orderBy``, ``order_by``, ``$orderby``)."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _turns(parameter: Parameter) -> list[str]:
    """Return the two directions, if a parameter takes nothing else."""
    if "boolean" in parameter.types:
        return ["true", "false"] if _plain(parameter.name) in _SWITCHES else []
    values = _listed(parameter.schema)
    return values if values and all(value.lower() in _WORDS for value in values) else []


def _values(parameter: Parameter, properties: frozenset[str]) -> list[str]:
    """Return the documented values of a parameter that names what to sort by, up and down where it says how."""
    values = _listed(parameter.schema)
    if values:
        return values
    described = " ".join((parameter.description, str(parameter.schema.get("description", ""))))
    named = [value for value in _NAMED.findall(described) if _sorting([("", value)], properties).field]
    named = list(dict.fromkeys(value for value in named if value in properties or not value.isalpha()))
    return list(_both_ways(named, described))


def _both_ways(named: Sequence[str], described: str) -> Iterator[str]:
    """Yield values up and down, in the way that a description shows: ``-name``, or ``name:desc``."""
    ending = next((found["link"] for found in map(_ENDING.search, named) if found), None)
    signed = any(value.startswith("-") for value in named) or bool(_HAS_SIGN.search(described))
    bare = dict.fromkeys(_ENDING.sub("", value.lstrip("-")) for value in named)
    for value in bare:
        if ending is not None:
            yield from (f"{value}{ending}asc", f"{value}{ending}desc")
        else:
            yield from (value, f"-{value}") if signed else (value,)


def _listed(schema: Schema) -> list[str]:
    """Return the values that a schema lists: an enum, that of its items, or a pattern that is a choice."""
    schema = non_null(schema)
    if schema.get("type") == "array" and isinstance(schema.get("items"), dict):
        schema = non_null(schema["items"])
    if isinstance(schema.get("enum"), list):
        return [str(value) for value in schema["enum"] if value not in (None, "")]
    choice = _CHOICES.fullmatch(str(schema.get("pattern", "")))
    if choice is None:
        return []
    names = choice["names"].split("|")
    return [*names, *(f"-{name}" for name in names)] if "-" in (choice["sign"] or "") else names
