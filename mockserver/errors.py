"""Everything that can go wrong for a user, as one tree, and how a fault is worded.

::

    MockserverError
    ├── ContractError      the contract cannot be read, or contradicts itself: its author has to fix it
    ├── FixtureError       records that cannot be loaded: their author has to fix them
    ├── RecordError        one record that cannot be completed; a FixtureError adds its place
    ├── OptionError        an option that cannot be used: the caller has to change it
    ├── NotKeptError       the shared state is unreachable, so a change was not kept
    ├── AddressError       the server cannot listen on the address
    ├── JudgeError         a server could not be judged
    └── CursorError        a cursor that this list did not issue: the client has to change it; answered with 422

A message says in one or two sentences what was given, what is expected and what to do. None is shown with a traceback.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice
from typing import Any

from click import ClickException

MAX_FAULTS = 20
"""How many faults of one file a message lists; the others are counted."""

MAX_SHOWN = 200
"""How many characters of a text from outside a message shows."""

_COMPARED = 200


class MockserverError(ClickException):
    """The root of every error that a user can cause.

    It is one of click's own, so that Flask's command line shows it in one sentence too. The exit code is 2.
    """

    exit_code = 2


class ContractError(MockserverError):
    """A contract that cannot be used.

    ``source`` is the file as the user named it, ``line`` counts from 1 (``None`` where no line is known), ``problem``
    says what is wrong.
    """

    def __init__(self, source: str, line: int | None, problem: str) -> None:
        self.source = source
        self.line = line
        self.problem = problem
        super().__init__(f"{_where(source, line)}: {problem}")


class FixtureError(MockserverError):
    """Records that cannot be loaded as fixtures.

    ``source`` is the file as the user named it, or another source; ``faults`` has every fault: its line
    (from 1, ``None`` where it is unknown) and what is wrong. The message lists the first `MAX_FAULTS`.
    """

    def __init__(self, source: str, faults: Iterable[tuple[int | None, str]]) -> None:
        self.source = source
        self.faults = tuple(faults)
        listed = [f"{_where(source, line)}: {problem}" for line, problem in self.faults[:MAX_FAULTS]]
        rest = len(self.faults) - len(listed)
        super().__init__("; ".join([*listed, *([f"and {rest} more"] if rest else [])]))


class RecordError(MockserverError):
    """A record that cannot be completed; ``faults`` has every fault: a property and what is wrong with it."""

    def __init__(self, faults: Iterable[tuple[str, str]]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{name}: {problem}" for name, problem in self.faults))


class OptionError(MockserverError):
    """An option whose value cannot be used."""


class NotKeptError(MockserverError):
    """A change of a running mock that was not kept, because its shared state is unreachable."""


class AddressError(MockserverError):
    """A host or port that the server cannot listen on."""


class JudgeError(MockserverError):
    """A server that could not be judged: unreachable, refusing, or without data."""


class CursorError(MockserverError):
    """A cursor that this list did not issue.

    ``reason`` is one of ``malformed``, ``altered``, ``operation``, ``seed``, ``filters``.
    """

    def __init__(self, reason: str, message: str) -> None:
        self.reason = reason
        super().__init__(message)


def did_you_mean(name: object, known: Iterable[str]) -> str:
    """Return ``did you mean 'x'?`` with the name nearest to ``name``, or an empty text where none is near."""
    near = get_close_matches(str(name)[:_COMPARED], list(known), 1)
    return f"did you mean '{near[0]}'?" if near else ""


def unknown(what: str, name: object, known: Iterable[str]) -> str:
    """Return the sentence about a name that is unknown: what was given, the nearest name, and those available.

    ``unknown("law", "totl", LAWS)`` is ``unknown law 'totl'; did you mean 'total'? available: page-size, ...``.
    """
    names = list(known)
    available = f"available: {listed(names)}"
    return f"unknown {what} '{shown(name)}'; {' '.join(filter(None, (did_you_mean(name, names), available)))}"


def listed(names: Iterable[str], most: int = 20) -> str:
    """Return names joined by commas, at most so many of them; ``none`` where there is none."""
    names = list(names)
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(islice(names, most)) + more if names else "none"


def shown(value: Any) -> Any:
    """Return a value as a message or an answer may show it: text bounded and valid Unicode, lists bounded."""
    if isinstance(value, str):
        text = value.encode("utf-8", "replace").decode("utf-8")
        return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "..."
    if isinstance(value, list):
        return [shown(v) for v in value[:10]]
    return value


def _where(source: str, line: int | None) -> str:
    return source if line is None else f"{source}:{line}"
