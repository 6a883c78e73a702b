"""What every command has in common."""

from __future__ import annotations

from typing import Any

import click

from mockserver.domains import installed

SETTINGS = {
    "auto_envvar_prefix": "MOCKSERVER",
    "show_default": True,
    "help_option_names": ["-h", "--help"],
    "max_content_width": 100,
}
"""How click reads a command: each option also by an environment variable, and every default shown."""


class DomainCommand(click.Command):
    """A command that also has the options of the installed domains, which are found when it is used."""

    _params: list[click.Parameter]
    _has_domains: bool

    @property
    def params(self) -> list[click.Parameter]:
        """Every parameter; those of domains come last. Raises `OptionError` for a domain that cannot be loaded."""
        if not self._has_domains:
            # Once, and into the same list: click appends to it and takes away from it.
            self._has_domains = True
            self._params += _domain_parameters()
        return self._params

    @params.setter
    def params(self, own: list[click.Parameter]) -> None:
        self._params = own
        self._has_domains = False


def _domain_parameters() -> list[click.Parameter]:
    return [
        click.Option(
            [f"--{option.name.replace('_', '-')}", option.name],
            type=click.IntRange(min=0),
            show_default=str(option.default),
            show_envvar=True,
            help=option.help,
        )
        for domain in installed()
        for option in domain.options
    ]


def split_domain_options(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options with those of the domains apart, under ``domain_options``."""
    names = {option.name for domain in installed() for option in domain.options}
    given = {name: value for name, value in options.items() if name in names}
    return {**{n: v for n, v in options.items() if n not in names}, "domain_options": given}
