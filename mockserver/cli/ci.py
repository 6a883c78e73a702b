"""Options of ``mockserver check`` for life in CI: what is known, what fails a run, what runs before and after it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mockserver.errors import OptionError, unknown

if TYPE_CHECKING:
    from mockserver.judge.ci import CiOptions
    from mockserver.judge.set_up import SetUp

C = TypeVar("C", bound=Callable[..., Any])

WAIT = 60
"""Seconds that the commands before a run have, unless it is said."""

_OPTIONS = (
    click.option(
        "--fail-on",
        metavar="inconclusive,not-understood",
        help="Verdicts that make the exit code 2, comma-separated.",
    ),
    click.option("--baseline", metavar="FILE", help="A TOML file of findings that are known and do not fail."),
    click.option(
        "--update-baseline", is_flag=True, help="Write what is found to the baseline; take out what is mended."
    ),
    click.option(
        "--min-coverage",
        metavar="PERCENT",
        help="Fail if less of the contract was exercised.",
    ),
    click.option(
        "--before",
        multiple=True,
        metavar="COMMAND",
        help="Run this in the shell first, such as a server, which is waited for and ended; repeatable.",
    ),
    click.option("--after", multiple=True, metavar="COMMAND", help="Run this last, whatever happened; repeatable."),
    click.option(
        "--wait",
        type=float,
        default=WAIT,
        metavar="SECONDS",
        help="Time that --before has, and the URL to answer after.",
    ),
)


def ci_options(command: C) -> C:
    """Add the options for life in CI to a command, in their order."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def read_ci(options: dict[str, Any], url: str) -> tuple[CiOptions, SetUp]:
    """Take the options of this module out of ``options`` and return their values.

    Raises `OptionError` for one that cannot be used.
    """
    from mockserver.judge.baseline import Baseline, check_writable, load_baseline
    from mockserver.judge.ci import CiOptions
    from mockserver.judge.outcome import FAIL_ON
    from mockserver.judge.set_up import SetUp

    fail_on = names("verdict", options.pop("fail_on"), FAIL_ON)
    file, update = options.pop("baseline"), options.pop("update_baseline")
    if update and not file:
        raise OptionError("got --update-baseline without --baseline, expected --baseline FILE too")
    path = Path(file) if file else None
    baseline = load_baseline(path, today=date.today(), may_be_missing=update) if path else Baseline()
    if path and update:
        check_writable(path)
    percent, wait = _percent(options.pop("min_coverage")), options.pop("wait")
    if not wait > 0:
        raise OptionError(f"got --wait {wait:g}, expected a number of seconds above 0")
    set_up = SetUp(options.pop("before"), options.pop("after"), url if "://" in url else "", wait)
    return CiOptions(baseline, path, update, percent, fail_on), set_up


def _percent(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        percent = float(text.strip().removesuffix("%"))
    except ValueError:
        percent = -1
    if not 0 <= percent <= 100:
        raise OptionError(f"got --min-coverage {text}, expected a percentage from 0 to 100")
    return percent


def names(what: str, text: str | None, known: tuple[str, ...]) -> tuple[str, ...]:
    """Return comma-separated names. Raises `OptionError` for one that is unknown."""
    found = tuple(name.strip() for name in text.split(",") if name.strip()) if text else ()
    for name in found:
        if name not in known:
            raise OptionError(unknown(what, name, known))
    return found
