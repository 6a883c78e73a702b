"""Finds the parents of a nested list: ids from the list of customers for ``/customers/{customerId}/orders``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mockserver.contract import Operation
from mockserver.errors import JudgeError, listed
from mockserver.judge.schemathesis.inputs import inputs_for, missing_parameters
from mockserver.judge.schemathesis.target import Inputs
from mockserver.judge.survey.recorder import BudgetSpent
from mockserver.judge.walk import ReceivedPage
from mockserver.semantics import ListSemantics

Ask = Callable[[ListSemantics, Inputs], ReceivedPage | None]
"""Asks for the first page of a list with these inputs; ``None`` if it shows none."""

PARENTS = 3
"""How many parents are asked for their records, to find one that has some."""


class InputFinder:
    """Finds what the lists of a contract are asked with. ``lists`` are all of them, ``given`` are the caller's values.

    ``declared`` are the names that any operation declares.
    """

    def __init__(
        self, lists: Sequence[ListSemantics], given: Mapping[str, str], declared: frozenset[str], ask: Ask
    ) -> None:
        self.lists, self.given, self.declared, self.ask = lists, given, declared, ask
        self._ids: dict[tuple[str, str], tuple[str, ...]] = {}

    def of(self, semantics: ListSemantics) -> Inputs:
        """Return the inputs of a list. Raises `MissingValueError` if there is no value for one of them."""
        return self._of(semantics, frozenset())

    def _of(self, semantics: ListSemantics, below: frozenset[str]) -> Inputs:
        operation, known = semantics.operation, dict(self.given)
        ids: tuple[str, ...] = ()
        name = ""
        for parameter in missing_parameters(operation, known, semantics):
            name, ids = parameter.name, self._parents(operation, parameter.name, known, below)
            if ids:
                known[name] = ids[0]
        found = inputs_for(operation, known, semantics, self.declared)
        return self._best(semantics, found, name, ids) if len(ids) > 1 and not below else found

    def _parents(
        self, operation: Operation, name: str, known: Mapping[str, str], below: frozenset[str]
    ) -> tuple[str, ...]:
        for parent in _parents_of(operation, name, self.lists):
            label = parent.operation.path
            if label in below or label == operation.path:
                continue
            key = (label, repr(sorted(known.items())))
            if key not in self._ids:
                self._ids[key] = self._shown(parent, name, known, below | {operation.path})
            if self._ids[key]:
                return self._ids[key]
        return ()

    def _shown(
        self, parent: ListSemantics, name: str, known: Mapping[str, str], below: frozenset[str]
    ) -> tuple[str, ...]:
        """Return the ids that the first page of a parent's list shows; none if it cannot be asked."""
        finder = InputFinder(self.lists, known, self.declared, self.ask)
        try:
            page = self.ask(parent, finder._of(parent, below))
        except (JudgeError, BudgetSpent):
            return ()
        items = page.items if page is not None else ()
        return tuple(dict.fromkeys(filter(None, (_id_of(item, name, parent.identity) for item in items))))

    def _best(self, semantics: ListSemantics, first: Inputs, name: str, ids: Sequence[str]) -> Inputs:
        """Return the inputs with the parent, of the first few, that shows the most records."""
        tried: list[tuple[str, Inputs, list[Any]]] = []
        for value in ids[:PARENTS]:
            inputs = _with_parent(first, name, value)
            page = self.ask(semantics, inputs)
            tried.append((value, inputs, list(page.items) if page is not None else []))
        value, inputs, items = max(tried, key=lambda one: len(one[2]))
        note = f"asked with {name}={value}, from the list of parents"
        if len(items) > 1 and all(other == items for _, _, other in tried):
            shown = listed(f"{name}={other}" for other, _, _ in tried)
            note = f"{shown} show the same records: the server may ignore {name}"
        return replace(inputs, notes=(note,))


def _with_parent(inputs: Inputs, name: str, value: str) -> Inputs:
    if name in inputs.path:
        return replace(inputs, path={**inputs.path, name: value})
    query = tuple((n, value if n == name else v) for n, v in inputs.query)
    headers = {n: value if n == name else v for n, v in inputs.headers.items()}
    return replace(inputs, query=query, headers=headers)


def _parents_of(operation: Operation, name: str, lists: Sequence[ListSemantics]) -> Iterator[ListSemantics]:
    """Yield the lists whose records a parameter may name: the one above it in the path, else one of that name."""
    above = operation.path.partition("/{" + name + "}")[0]
    if above != operation.path:
        yield from (found for found in lists if found.operation.path == above)
    stem = _stem(name)
    if stem:
        for found in lists:
            last = _plain(found.operation.path.rpartition("/")[2])
            if last in (stem, f"{stem}s", f"{stem}es", f"{stem[:-1]}ies") and found.operation.path != above:
                yield found


def _stem(name: str) -> str:
    """Return what a parameter names: ``customer`` for ``customerId``; empty for a plain ``id``."""
    return re.sub(r"(id|uuid|key|slug|code|name)$", "", _plain(name))


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _id_of(item: Any, name: str, identity: str | None) -> str | None:
    """Return what a parameter would hold for a record: the property of its name, else the identity, else ``id``."""
    if isinstance(item, str | int):
        return str(item)
    if not isinstance(item, dict):
        return None
    same = [key for key in item if _plain(key) == _plain(name)]
    ending = _plain(name).removeprefix(_stem(name))
    for key in (*same, identity, *(k for k in item if ending and _plain(k) == ending), "id"):
        value = item.get(key) if key is not None else None
        if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
            return str(value)
    return None
