"""Keeps which parts of a contract were asked for, and makes its coverage of them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mockserver.contract import Contract, Operation, Parameter
from mockserver.judge.coverage import Coverage, Item
from mockserver.judge.exchange import Exchange
from mockserver.judge.outcome import FAILED, KNOWN, NOT_APPLICABLE, PASSED, OperationOutcome

_UNREACHABLE = ("default", "429")
"""Documented statuses that no request can be sure to get; those of 500 and more are never asked for either."""

Sent = Mapping[str, Collection[str]]
"""The values that were sent, by the name of the parameter."""


@dataclass
class Asked:
    """What was asked of one operation, and answered: values by location and name, and statuses.

    ``accepted`` has the values that were in a request with a 2xx answer.
    """

    sent: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    accepted: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    statuses: set[int] = field(default_factory=set)

    def take(self, status: int | None, values: Iterable[tuple[str, str, Any]]) -> None:
        """Keep one request that was answered: its status, and its values, each with location and name."""
        if status is None:
            return
        self.statuses.add(status)
        for location, name, value in values:
            key = (location, name.lower() if location == "header" else name)
            texts = _texts(value)
            self.sent[key].update(texts)
            if 200 <= status < 300:
                self.accepted[key].update(texts)

    def was_sent(self, parameter: Parameter) -> bool:
        """Return whether a parameter was in a request that was answered."""
        return bool(self.values(parameter, self.sent))

    def values(self, parameter: Parameter, among: Mapping[tuple[str, str], set[str]]) -> set[str]:
        """Return the values of a parameter; an array or object written out has names of its own."""
        name = parameter.name.lower() if parameter.location == "header" else parameter.name
        exact = among.get((parameter.location, name), set())
        nested = (v for (where, n), v in among.items() if where == parameter.location and n.startswith(f"{name}["))
        return exact.union(*nested)


def _texts(value: Any) -> set[str]:
    if isinstance(value, list | tuple):
        return set().union(*(_texts(part) for part in value)) or {""}
    if isinstance(value, str):
        return {value, *value.split(",")} if "," in value and len(value) < 1000 else {value}
    if isinstance(value, bool) or value is None:
        return {json.dumps(value)}
    return {str(value)}


def merged(first: Mapping[str, Asked], second: Mapping[str, Asked]) -> dict[str, Asked]:
    """Return what was asked in either, by method and path."""
    result: dict[str, Asked] = {}
    for asked in (first, second):
        for label, found in asked.items():
            into = result.setdefault(label, Asked())
            into.statuses |= found.statuses
            for kept, more in ((into.sent, found.sent), (into.accepted, found.accepted)):
                for key, values in more.items():
                    kept[key] |= values
    return result


def asked_by(exchange: Exchange, operation: Operation) -> Iterator[tuple[str, str, str]]:
    """Yield what one request of a survey sent: path parameters are always there."""
    yield from (("query", name, value) for name, value in exchange.query)
    yield from (("header", name, value) for name, value in exchange.request_headers)
    cookies = "; ".join(value for name, value in exchange.request_headers if name.lower() == "cookie")
    yield from (("cookie", name.strip(), value) for name, _, value in (c.partition("=") for c in cookies.split(";")))
    yield from (("path", p.name, "") for p in operation.parameters if p.location == "path")


def coverage_of(
    contract: Contract,
    asked: Mapping[str, Asked],
    outcomes: Mapping[str, OperationOutcome],
    filters: Mapping[str, Collection[str]],
    why_not: Mapping[str, str],
    laws: Sequence[str],
) -> Coverage:
    """Return how much of a contract was exercised.

    All mappings are by an operation's method and path: what was asked, what came of it, for lists the parameters that
    filter, and why nothing was asked. What is not in ``why_not`` was asked without an answer. ``laws`` are all of them.
    """
    items: list[Item] = []
    for operation in contract.operations:
        label = f"{operation.method} {operation.path}"
        found = asked.get(label, Asked())
        reason = why_not.get(label, "no request was answered")
        items += _items(operation, label, found, filters.get(label, ()), reason)
        if label in filters:
            items += _laws(label, laws, outcomes.get(label), why_not.get(label, "left out by --law"))
    return Coverage(tuple(items))


def _items(operation: Operation, label: str, asked: Asked, filters: Collection[str], reason: str) -> Iterator[Item]:
    is_asked = bool(asked.statuses)
    yield Item("operation", label, operation.id, is_asked, "" if is_asked else reason)
    for parameter in operation.parameters:
        why = "no request sent it" if is_asked else reason
        yield _item("parameter", label, parameter.name, asked.was_sent(parameter), why)
        if parameter.location in ("query", "body") and parameter.name in filters:
            why = "no request with it was accepted" if is_asked else reason
            yield _item("filter", label, parameter.name, bool(asked.values(parameter, asked.accepted)), why)
        for value in _enum(parameter):
            why = "no request sent it" if is_asked else reason
            sent = value in asked.values(parameter, asked.sent)
            yield _item("value", label, f"{parameter.name}={value}", sent, why)
    for status in operation.responses:
        yield _status(label, status, asked.statuses, reason if not is_asked else "no answer had it")


def _item(kind: str, label: str, name: str, exercised: bool, reason: str) -> Item:
    return Item(kind, label, name, exercised, "" if exercised else reason)


def _enum(parameter: Parameter) -> list[str]:
    """Return the values that a parameter can have where the contract lists them."""
    schema: Mapping[str, Any] = parameter.schema
    parts = [schema, *(schema.get(key) for key in ("items",)), *schema.get("anyOf", ()), *schema.get("oneOf", ())]
    values = [value for part in parts if isinstance(part, Mapping) for value in _listed(part)]
    return list(dict.fromkeys(value if isinstance(value, str) else json.dumps(value) for value in values))


def _listed(schema: Mapping[str, Any]) -> list[Any]:
    values = list(schema.get("enum", ())) + ([schema["const"]] if "const" in schema else [])
    return [value for value in values if value is not None]


def _status(label: str, status: str, seen: Collection[int], reason: str) -> Item:
    is_seen = any(status in (str(code), f"{str(code)[0]}XX", f"{str(code)[0]}xx") for code in seen)
    if not is_seen and (status in _UNREACHABLE or status.startswith("5")):
        return Item("status", label, status, False, f"{reason}; no request can be sure to get it", counts=False)
    return _item("status", label, status, is_seen, reason)


def _laws(label: str, laws: Sequence[str], outcome: OperationOutcome | None, reason: str) -> Iterator[Item]:
    results = {result.rule: result for result in outcome.laws} if outcome is not None else {}
    for name in laws:
        if name not in results:
            yield Item("law", label, name, False, reason)
            continue
        result = results[name]
        is_judged = result.status in (PASSED, FAILED, KNOWN)
        why = "" if is_judged else f"{result.status}: {result.reason}"
        yield Item("law", label, name, is_judged, why, result.status != NOT_APPLICABLE)
