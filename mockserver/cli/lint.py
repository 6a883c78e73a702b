"""``mockserver lint``: tells what is wrong with a contract, for people and for CI."""

from __future__ import annotations

import click

from mockserver.cli.settings import SETTINGS


@click.command(context_settings=SETTINGS)
@click.argument("contract", required=False, envvar="MOCKSERVER_CONTRACT", type=click.Path())
def lint(contract: str | None) -> int:
    """Tell what is wrong with CONTRACT, each fault with file and line, and which operations cannot be answered.

    The exit code is 1 if there are faults.
    """
    from mockserver.mock.rehearsal import unanswerable
    from mockserver.program import Mock

    mock = Mock(contract)
    loaded = mock.engine.contract
    lines = [problem.sentence for problem in loaded.problems]
    lines += [f"{o.method} {o.path} is answered with 501: {why}" for o, why in unanswerable(mock.engine)]
    for line in lines:
        click.echo(line)
    click.echo(f"{_count(len(loaded.operations), 'operation')}, {_count(len(lines), 'fault')}")
    return 1 if lines else 0


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
