"""Make the answer of every operation once, to find what no value fits before a client does."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.contract import Operation
from mockserver.errors import ContractError
from mockserver.mock.answers import Answers
from mockserver.mock.engine import Engine


def unanswerable(engine: Engine) -> Iterator[tuple[Operation, str]]:
    """Yield each operation that is answered with 501, and why. The state does not change."""
    for operation in engine.contract.operations:
        if operation.unreadable is not None:
            yield operation, operation.unreadable
            continue
        try:
            _rehearse(engine, operation)
        except ContractError as error:
            yield operation, error.problem


def _rehearse(engine: Engine, operation: Operation) -> None:
    """Make the first record of a list, or the answer of any other operation. Raises `ContractError`."""
    world = engine.worlds(None)
    dataset = world.datasets.get(operation.id)
    answers: Answers = engine.answers
    if dataset is None:
        answers.documented(operation, {}, world)
    elif dataset.size:
        dataset.record(0)
    answers.invalid(operation, (), world)
