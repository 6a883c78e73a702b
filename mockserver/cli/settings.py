"""What every command has in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from mockserver.domains import installed

C = TypeVar("C", bound=Callable[..., Any])

SETTINGS = {
    "auto_envvar_prefix": "MOCKSERVER",
    "show_default": True,
    "help_option_names": ["-h", "--help"],
    "max_content_width": 100,
}
"""How click reads a command: each option also by an environment variable, and every default shown."""


def domain_options(command: C) -> C:
    """Add the options of the installed domains to a command."""
    for domain in installed():
        for option in domain.options:
            command = click.option(
                f"--{option.name.replace('_', '-')}",
                option.name,
                type=click.IntRange(min=0),
                show_default=str(option.default),
                show_envvar=True,
                help=option.help,
            )(command)
    return command


def split_domain_options(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options with those of the domains apart, under ``domain_options``."""
    names = {option.name for domain in installed() for option in domain.options}
    given = {name: value for name, value in options.items() if name in names}
    return {**{n: v for n, v in options.items() if n not in names}, "domain_options": given}
