"""What is wrong with a contract, and where.

A `Fault` is raised while a contract is read. One that makes the contract unusable becomes a `ContractError`; any other
is collected as a `Problem`, and the faulty part is left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from mockserver.contract.documents import Document
from mockserver.errors import ContractError, did_you_mean


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

    def fault(self, text: str, *keys: str, missing: str | None = None, among: Iterable[str] = ()) -> Fault:
        """Return a fault at ``keys`` below this place, for the caller to raise or to report; see `Fault`."""
        return Fault(text, self.at(*keys), missing, among)

    def error(self, text: str, *keys: str) -> ContractError:
        """Return the error for such a fault, with file and line."""
        return self.fault(text, *keys).error()


class Fault(Exception):
    """Something wrong at a place of a contract. It never leaves this package.

    ``missing`` is a name that was not found ``among`` others; the nearest of them is only looked for when somebody
    reads the `sentence`.
    """

    def __init__(self, text: str, spot: Spot, missing: str | None = None, among: Iterable[str] = ()) -> None:
        self.text = text
        self.spot = spot
        self.missing = missing
        self.among = among
        super().__init__(text)

    @property
    def brief(self) -> str:
        """What a user reads, without a search for the nearest name."""
        return self.text if self.missing is None else f"{self.text}: no '{self.missing}'"

    @property
    def sentence(self) -> str:
        """What a user reads."""
        hint = "" if self.missing is None else did_you_mean(self.missing, self.among)
        return f"{self.brief}{'; ' if hint else ''}{hint}"

    def error(self) -> ContractError:
        """Return the error that a user sees."""
        return ContractError(self.spot.file.shown, self.spot.line, self.sentence)

    def behind(self, text: str, spot: Spot) -> Fault:
        """Return a fault at another place, of which this one is the reason."""
        return Fault(f"{text}: {self.text}", spot, self.missing, self.among)


class Problem(NamedTuple):
    """A fault that does not make a contract unusable; the faulty part is left out of the `Contract`.

    ``source`` is the file as the user named it, ``line`` counts from 1 (``None`` where lines are not known), ``where``
    is the JSON pointer of the faulty part in that file, ``text`` is one sentence.
    """

    source: str
    line: int | None
    where: str
    text: str

    @property
    def sentence(self) -> str:
        """The fault with its place: ``api.yaml:12: a parameter needs a 'name'``."""
        return f"{self.source if self.line is None else f'{self.source}:{self.line}'}: {self.text}"


class Problems:
    """Collects faults, each once. Lines and nearest names are looked up when they are listed, as that takes time."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str, str | None], Fault] = {}

    def add(self, fault: Fault) -> None:
        """Collect one fault."""
        key = (fault.spot.file.shown, fault.spot.pointer, fault.text, fault.missing)
        self._found[key] = Fault(fault.text, fault.spot, fault.missing, fault.among)

    def listed(self) -> tuple[Problem, ...]:
        """Return all problems, by file and line."""
        spots = [(fault.spot, fault.sentence) for fault in self._found.values()]
        found = [Problem(spot.file.shown, spot.line, spot.pointer, sentence) for spot, sentence in spots]
        return tuple(sorted(found, key=lambda problem: (problem.source, problem.line or 0)))
