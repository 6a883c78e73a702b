"""Settings that all commands share, and options of the mock and of domains as click options."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from mockserver.domains import installed
from mockserver.errors import OptionError
from mockserver.mock.options import Option, declared

C = TypeVar("C", bound=Callable[..., Any])

SETTINGS = {
    "auto_envvar_prefix": "MOCKSERVER",
    "show_default": True,
    "help_option_names": ["-h", "--help"],
    "max_content_width": 100,
}
"""Settings of click: each option can be set by an environment variable, and its default is shown."""

SERVER_OPTIONS = {
    "host": Option("--host", "text", "Address to listen on; 0.0.0.0 for all addresses.", "127.0.0.1"),
    "port": Option("--port", "number", "Port to listen on; 0 picks a free one and prints it.", 4010, high=65535),
    "workers": Option("--workers", "number", "Number of worker processes.", 1, low=1, high=256),
    "where": Option(
        "--state",
        "text",
        "Where refreshes, the journal and runtime settings are kept: a file, or redis://HOST:PORT for many machines.",
        shown="in memory",
    ),
    "reload": Option("--reload/--no-reload", "flag", "Apply edits of the contract and of the fixtures.", True),
}
"""The options of ``serve`` that are the server's own, by the names of its arguments."""


class WholeNumber(click.IntRange):
    """A whole number from ``min`` to ``max``; a refusal says which numbers are expected."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number that a text stands for. Raises `click.BadParameter`."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            bounds = f", {self.min} or more" if self.max is None else f" from {self.min} to {self.max}"
            self.fail(f"got '{value}', expected a whole number{bounds}", param, ctx)


def use_options(options: dict[str, Option]) -> Callable[[C], C]:
    """Return a decorator that adds options to a command, in their order."""

    def add(command: C) -> C:
        for name, option in reversed(options.items()):
            command = _decorator(name, option)(command)
        return command

    return add


def mock_options(*names: str) -> dict[str, Option]:
    """Return options of the mock by name; all of them if no name is given."""
    table = declared()
    return {name: table[name] for name in names or table}


class DomainCommand(click.Command):
    """A command that also has the options of the installed domains. They are looked up when the command is used."""

    _params: list[click.Parameter]
    _has_domains: bool

    @property
    def params(self) -> list[click.Parameter]:
        """All parameters, those of domains last.

        Raises `OptionError` for a domain that cannot be loaded, or has an option that the command has already.
        """
        if not self._has_domains:
            own = {name for parameter in self._params for name in parameter.opts}
            for parameter in _domain_parameters():
                if not own.isdisjoint(parameter.opts):
                    raise OptionError(f"a domain declares {parameter.opts[0]}, which exists already; rename its option")
            # Added once, to the same list: click itself changes this list.
            self._has_domains = True
            self._params += _domain_parameters()
        return self._params

    @params.setter
    def params(self, own: list[click.Parameter]) -> None:
        self._params = own
        self._has_domains = False


def domain_options() -> dict[str, Option]:
    """Return the options of the installed domains by name."""
    return {
        option.name: Option(f"--{option.name.replace('_', '-')}", "number", option.help, shown=str(option.default))
        for domain in installed()
        for option in domain.options
    }


def split_domain_options(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options, with those of domains moved to the key ``domain_options``."""
    names = domain_options()
    given = {name: value for name, value in options.items() if name in names}
    return {**{n: v for n, v in options.items() if n not in names}, "domain_options": given}


def _domain_parameters() -> list[click.Parameter]:
    def command() -> None:
        """Only holds the parameters."""

    use_options(domain_options())(command)
    return list(reversed(getattr(command, "__click_params__", [])))


def _decorator(name: str, option: Option) -> Callable[[C], C]:
    settings: dict[str, Any] = {"help": option.help, "show_envvar": True}
    if option.variable != f"{SETTINGS['auto_envvar_prefix']}_{name.upper()}":
        settings["envvar"] = option.variable
    if option.kind == "number":
        settings["type"] = WholeNumber(option.low, option.high)
    elif option.kind == "file":
        settings["type"] = click.Path()
    elif option.kind == "several":
        settings["multiple"] = True
    elif option.kind == "flag" and "/" not in option.flag:
        settings["is_flag"] = True
    if option.kind != "several" and option.default is not None:
        settings["default"] = option.default
    if option.shown and option.shown != "none":
        settings["show_default"] = option.shown
    return click.option(option.flag, name, metavar=option.metavar, **settings)
