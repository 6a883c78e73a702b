"""Everything that can go wrong for a user, as one tree.

::

    MockserverError
    ├── ContractError      the contract cannot be read, or says something impossible: the contract author's to mend
    ├── FixtureError       records that cannot be pinned: to be mended by who wrote them
    ├── RecordError        one record that cannot be completed; a FixtureError says where it stands
    ├── OptionError        an option that cannot be served: the caller's to mend
    ├── NotKeptError       the shared state cannot be reached, so that nothing of it was kept
    ├── AddressError       the address cannot be listened on
    ├── JudgeError         a server could not be judged: nothing was learned about it
    └── CursorError        a cursor that this list did not issue: the client's to mend, answered with 422

Each message is one clear sentence or two: what came, what was expected, what to do. None is meant to be shown with a
traceback.
"""

from __future__ import annotations

from collections.abc import Iterable

from click import ClickException

MAX_FAULTS = 20
"""How many faults of one file a message tells; the others are counted."""


class MockserverError(ClickException):
    """The root of every error that a user can cause.

    As click's own, so that Flask's command line tells it in one sentence too. The exit code is 2.
    """

    exit_code = 2


class ContractError(MockserverError):
    """A contract that cannot be used.

    ``source`` is the file as the user named it, ``line`` counts from 1 (``None`` where there is no line to point at),
    ``problem`` says what is wrong.
    """

    def __init__(self, source: str, line: int | None, problem: str) -> None:
        self.source = source
        self.line = line
        self.problem = problem
        super().__init__(f"{_where(source, line)}: {problem}")


class FixtureError(MockserverError):
    """Records that cannot be pinned.

    ``source`` is the file as the user named it, or what else they came from; ``faults`` is every fault: its line (from
    1, ``None`` where there is none) and what is wrong. The message tells the first `MAX_FAULTS`.
    """

    def __init__(self, source: str, faults: Iterable[tuple[int | None, str]]) -> None:
        self.source = source
        self.faults = tuple(faults)
        told = [f"{_where(source, line)}: {problem}" for line, problem in self.faults[:MAX_FAULTS]]
        rest = len(self.faults) - len(told)
        super().__init__("; ".join([*told, *([f"and {rest} more"] if rest else [])]))


class RecordError(MockserverError):
    """A record that cannot be completed; ``faults`` is every one: a property and what is wrong with it."""

    def __init__(self, faults: Iterable[tuple[str, str]]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{name}: {problem}" for name, problem in self.faults))


def _where(source: str, line: int | None) -> str:
    return source if line is None else f"{source}:{line}"


class OptionError(MockserverError):
    """An option whose value cannot be served."""


class NotKeptError(MockserverError):
    """What a running mock was told could not be kept: its shared state is out of reach."""


class AddressError(MockserverError):
    """A host or port that cannot be listened on."""


class JudgeError(MockserverError):
    """A server that could not be judged: unreachable, refusing, or without data."""


class CursorError(MockserverError):
    """A cursor that was not issued by this list.

    ``reason`` is one of ``malformed``, ``altered``, ``filters``, ``seed``, ``operation``: which of these it is.
    """

    def __init__(self, reason: str, message: str) -> None:
        self.reason = reason
        super().__init__(message)
