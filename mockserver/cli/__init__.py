"""The command line: parse, call, exit code. Whatever is wrong is one sentence on stderr and exit code 2."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, NoReturn

import click

from mockserver.cli.check import check
from mockserver.cli.export import export
from mockserver.cli.routes import routes
from mockserver.cli.serve import serve
from mockserver.errors import MockserverError


class _Commands(click.Group):
    """A group of commands that knows what was meant."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """The command that the arguments name; an unknown one is answered with the nearest there is."""
        if self.get_command(ctx, args[0]) is None:
            names = self.list_commands(ctx)
            near = get_close_matches(args[0], names, 1)
            hint = f"did you mean '{near[0]}'?" if near else f"there are: {', '.join(names)}"
            raise click.UsageError(f"there is no command '{args[0]}'; {hint}")
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
    """Serve a mock of an API from its OpenAPI contract, and judge servers by it."""


for _command in (serve, check, export, routes):
    cli.add_command(_command)


def main(args: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit: 0 when all went well, 2 when the user can mend what is wrong."""
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
