"""The command line. A mistake of the user is reported in one line on stderr, with exit code 2."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from mockserver.cli.check import check
from mockserver.cli.export import export
from mockserver.cli.lint import lint
from mockserver.cli.routes import routes
from mockserver.cli.serve import serve
from mockserver.errors import MockserverError, unknown


class _Commands(click.Group):
    """A group of commands that suggests the nearest command for an unknown one."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Return the command that the arguments name. Raises `click.UsageError` for an unknown one."""
        if self.get_command(ctx, args[0]) is None:
            raise click.UsageError(unknown("command", args[0], self.list_commands(ctx)))
        return super().resolve_command(ctx, args)


def _show_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from mockserver.version import version

        click.echo(f"mockserver {version()}")
        ctx.exit()


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help="Show the version."
)
def cli() -> None:
    """Serve a mock of an API from its OpenAPI contract, and judge servers by the same contract."""


for _command in (serve, check, export, routes, lint):
    cli.add_command(_command)


def main(args: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit.

    Exit code: what the command returns, else 0; 2 for a mistake of the user, 130 after Ctrl-C, 1 if nobody reads the
    output.
    """
    try:
        code = cli.main(args, prog_name="mockserver", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(2)
    except click.ClickException as error:
        _fail(error.format_message())
    except MockserverError as error:
        _fail(str(error))
    except click.Abort:
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


def _fail(message: str) -> NoReturn:
    click.echo(f"mockserver: {' '.join(message.split())}", err=True)
    sys.exit(2)
