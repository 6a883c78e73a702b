"""Everything that can go wrong for a user, as one tree.

::

    MockserverError
    ├── ContractError      the contract cannot be read, or says something impossible: the contract author's to mend
    ├── OptionError        an option that cannot be served: the caller's to mend
    ├── AddressError       the address cannot be listened on
    ├── JudgeError         a server could not be judged: nothing was learned about it
    └── CursorError        a cursor that this list did not issue: the client's to mend, answered with 422

Each message is one clear sentence or two: what came, what was expected, what to do. None is meant to be shown with a
traceback.
"""

from __future__ import annotations

from click import ClickException


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
        where = source if line is None else f"{source}:{line}"
        super().__init__(f"{where}: {problem}")


class OptionError(MockserverError):
    """An option whose value cannot be served."""


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
