"""What is wrong with a contract, and where.

A `Fault` is raised while a contract is read. One that makes the contract unusable becomes a `ContractError`; any other
is collected as a `Problem`, and the faulty part is left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import NamedTuple

from mockserver.contract.documents import Document
from mockserver.errors import ContractError


class Spot(NamedTuple):
    """A place in a document: the file, and the keys that lead there from its root."""

    file: Document
    keys: tuple[str, ...] = ()

    @property
    def pointer(self) -> str:
        """The keys as a JSON pointer: ``/paths/~1boats/get``."""
        return "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in self.keys)

    @property
    def line(self) -> int | None:
        """The line, from 1. The first question for a line parses the file again."""
        return self.file.line(*self.keys)

    def at(self, *keys: str) -> Spot:
        """Return the place at ``keys`` below this one."""
        return Spot(self.file, (*self.keys, *keys))

    def fault(self, text: str, *keys: str) -> Fault:
        """Return a fault at ``keys`` below this place, for the caller to raise or to report."""
        return Fault(text, self.at(*keys))

    def error(self, text: str, *keys: str) -> ContractError:
        """Return the error for such a fault, with file and line."""
        return self.fault(text, *keys).error()


class Fault(Exception):
    """Something wrong at a place of a contract. It never leaves this package."""

    def __init__(self, text: str, spot: Spot) -> None:
        self.text = text
        self.spot = spot
        super().__init__(text)

    def error(self) -> ContractError:
        """Return the error that a user sees."""
        return ContractError(self.spot.file.shown, self.spot.line, self.text)


class Problem(NamedTuple):
    """A fault that does not make a contract unusable; the faulty part is left out of the `Contract`.

    ``source`` is the file as the user named it, ``line`` counts from 1 (``None`` where lines are not known), ``where``
    is the JSON pointer of the faulty part in that file, ``text`` is one sentence.
    """

    source: str
    line: int | None
    where: str
    text: str


class Problems:
    """Collects faults, each once. Their lines are looked up when they are listed, because that takes time."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str], Spot] = {}

    def add(self, fault: Fault) -> None:
        """Collect one fault."""
        self._found[fault.spot.file.shown, fault.spot.pointer, fault.text] = fault.spot

    def listed(self) -> tuple[Problem, ...]:
        """Return all problems, by file and line."""
        found = [Problem(file, spot.line, where, text) for (file, where, text), spot in self._found.items()]
        return tuple(sorted(found, key=lambda problem: (problem.source, problem.line or 0)))


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"`` for the known name that is closest, or nothing where none is close."""
    close = get_close_matches(name, list(known), 1)
    return f"; did you mean '{close[0]}'?" if close else ""
